"""What is known of a report, passage or quotation, in the form of the JSON contract.

Every quotation that leaves the program passes through here, and is compared with the stored text on its way.
"""

from __future__ import annotations

from typing import Any

from peelqa.citations import cite, source_link
from peelqa.errors import NotVerbatim
from peelqa.index import ReportCard
from peelqa.passages import Passage, Quotation
from peelqa.reports.report import Report


def quotation_json(quotation: Quotation) -> dict[str, Any]:
    """Return a quotation as the JSON contract gives it.

    Raises NotVerbatim where it is not what stands in the report's text.
    """
    passage = quotation.passage
    report = passage.report
    if report.text[quotation.start_char : quotation.end_char] != quotation.text or quotation.text not in passage.text:
        raise NotVerbatim(f"A quotation from {report.id} does not match its text and is withheld. Run: peelqa verify")
    period, grade = quotation.period, quotation.grade
    return {
        "text": quotation.text,
        "start_char": quotation.start_char,
        "end_char": quotation.end_char,
        "passage": {
            "id": passage.id,
            "text": passage.text,
            "start_char": passage.start_char,
            "end_char": passage.end_char,
        },
        "report": report_json(report),
        "section": list(passage.section_path),
        "period": {"text": period.text, "from": period.known_from} if period else None,
        "source": quotation.source,
        "speaker": quotation.speaker,
        "page": quotation.page,
        "grade": {"value": grade.value, "level": grade.level, "status": grade.status} if grade else None,
        "finding": quotation.finding,
        "finding_type": quotation.finding_type,
        "citation": cite(quotation),
        "link": source_link(quotation),
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a whole passage with its attribution, as the JSON contract gives it."""
    return quotation_json(passage.quote(passage.start_char, passage.end_char))


def outline_json(report: Report) -> dict[str, Any]:
    """Return how a report was read: its sections with dates and grades, and its warnings."""
    return {
        **report_json(report),
        "file": report.source_name,
        "warnings": list(report.warnings),
        "sections": [
            {
                "heading": section.heading,
                "path": list(report.section_path(index)),
                "start_char": section.start_char,
                "end_char": section.end_char,
                "theme": section.theme,
                "grade": {"value": section.grade.value, "status": section.grade.status} if section.grade else None,
                "period": {"text": section.period.text, "from": section.period.known_from} if section.period else None,
            }
            for index, section in enumerate(report.sections)
        ],
    }


def report_json(report: Report | ReportCard) -> dict[str, Any]:
    """Return what is known of a report as the JSON contract gives it."""
    return {
        "id": report.id,
        "title": report.title,
        "publisher": report.publisher,
        "framework": report.framework,
        "body": report.body,
        "year": report.year,
        "cycle": report.cycle,
        "published": report.published.isoformat() if report.published else None,
        "inspected": [day.isoformat() for day in report.inspected] if report.inspected else None,
        "url": report.url,
        "licence": report.licence,
        "sha256": report.sha256,
        "sample": report.sample,
    }
