"""What is known of a report, passage or quotation, in the form of the JSON contract.

Every quotation that leaves the program passes through here, and is compared with the stored text on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peelqa.citations import cite, source_link
from peelqa.errors import NotVerbatim
from peelqa.index import ReportCard
from peelqa.passages import Passage, Quotation
from peelqa.reports.report import Grade, Period, Report


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
        "period": _period_json(period),
        "source": quotation.source,
        "speaker": quotation.speaker,
        "page": quotation.page,
        "furniture": [list(span) for span in report.furniture_in(quotation.start_char, quotation.end_char)],
        "grade": {"value": grade.value, "level": grade.level, "status": grade.status} if grade else None,
        "finding": quotation.finding,
        "finding_type": quotation.finding_type,
        "citation": cite(quotation),
        "link": source_link(quotation),
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a whole passage with its attribution, as the JSON contract gives it."""
    return quotation_json(passage.quote(passage.start_char, passage.end_char))


def outline_json(report: Report, passages: Sequence[Passage] = ()) -> dict[str, Any]:
    """Return how a report was read: dates, grades, section tree, warnings, and its passages where they are given."""
    return {
        **report_json(report),
        "file": report.source_name,
        "retrieved": report.retrieved.isoformat() if report.retrieved else None,
        "characters": len(report.text),
        "pages": max((block.page for block in report.blocks if block.page), default=None),
        "partial": report.partial,
        "partial_because": list(report.partial_because),
        "warnings": list(report.warnings),
        "grades": [_grade_json(report, grade) for grade in report.grades],
        "sections": [_section_json(report, index) for index in range(len(report.sections))],
        "passages": [_place_json(passage) for passage in passages],
    }


def _grade_json(report: Report, grade: Grade) -> dict[str, Any]:
    section = report.innermost(grade.start_char)
    here = (block.page for block in report.blocks if block.start_char <= grade.start_char < block.end_char)
    return {
        "about": grade.about,
        "judgement": grade.judgement,
        "value": grade.value,
        "scale": list(grade.scale),
        "level": grade.level,
        "status": grade.status,
        "period": _period_json(grade.period or report.sections[section].period),
        "start_char": grade.start_char,
        "end_char": grade.end_char,
        "text": report.text[grade.start_char : grade.end_char],
        "section": list(report.section_path(section)),
        "page": next(here, None),
    }


def _section_json(report: Report, index: int) -> dict[str, Any]:
    section = report.sections[index]
    grade = section.grade
    return {
        "heading": section.heading,
        "path": list(report.section_path(index)),
        "level": section.level,
        "start_char": section.start_char,
        "end_char": section.end_char,
        "theme": section.theme,
        "finding_type": section.finding_type,
        "grade": {"value": grade.value, "about": grade.about, "status": grade.status} if grade else None,
        "period": _period_json(section.period),
    }


def _place_json(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "start_char": passage.start_char,
        "end_char": passage.end_char,
        "page": passage.units[0].page,
        "section_index": passage.section,
        "section": list(passage.section_path),
        "text": passage.text,
    }


def _period_json(period: Period | None) -> dict[str, str] | None:
    return {"text": period.text, "from": period.known_from} if period else None


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
