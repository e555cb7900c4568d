"""Reading a report in context: the list of reports, one report leaf by leaf, and the citation of a span."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from peelqa.citations import CitationForm, cite_as, source_link
from peelqa.findings import Finding
from peelqa.index import ReportCard
from peelqa.passages import Quotation
from peelqa.reports.bodies import same_body
from peelqa.reports.dates import format_day
from peelqa.reports.report import Report
from peelqa.web.cards import STATUSES
from peelqa.web.findings import reasons, sentence_json
from peelqa.web.leaves import part_report, view_leaf
from peelqa.web.site import Site

_TYPES = {
    CitationForm.TEXT: ("text/plain", "txt"),
    CitationForm.BIBTEX: ("application/x-bibtex", "bib"),
    CitationForm.RIS: ("application/x-research-info-systems", "ris"),
    CitationForm.CSL: ("application/vnd.citationstyles.csl+json", "json"),
}
PAGE_REPORTS = 75
"""Reports on one page of the list, so that it stays under 60 KB."""
FEW_WARNINGS = 3
"""Fewer warnings than this are shown without a press."""
_Place = Annotated[int, Query(ge=0, le=100_000_000)]


def routes(site: Site) -> APIRouter:
    """Make the routes of reading."""
    router = APIRouter(include_in_schema=False)

    @router.get("/reports", response_class=HTMLResponse)
    def listing(
        request: Request,
        body: Annotated[str, Query(max_length=200)] = "",
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> HTMLResponse:
        return site.page(request, "reports.html", **_listed(site, body, page))

    @router.get("/reports/{report_id}", response_class=HTMLResponse)
    def report(
        request: Request, report_id: str, start: _Place = 0, end: _Place = 0, part: Annotated[int, Query(ge=0)] = 0
    ) -> HTMLResponse:
        found = site.report(report_id)
        leaves = part_report(found)
        at = next((number for number, leaf in enumerate(leaves) if leaf.holds(start)), 0) if end else part - 1
        at = min(max(at, 0), len(leaves) - 1)
        return site.page(
            request,
            "report.html",
            report=found,
            facts=_facts(found),
            leaf=view_leaf(found, leaves, at, (start, end)),
            quoted=_quoted(site.quotation(report_id, start, end)) if end else None,
            read=_read(site, found),
            relatives=_relatives(site, found),
        )

    @router.get("/reports/{report_id}/citation")
    def citation(
        report_id: str, start: _Place, end: _Place, form: Annotated[CitationForm, Query(alias="as")] = CitationForm.TEXT
    ) -> Response:
        media_type, suffix = _TYPES[form]
        response = Response(cite_as(site.quotation(report_id, start, end), form), media_type=media_type)
        if form is not CitationForm.TEXT:
            response.headers["Content-Disposition"] = f'attachment; filename="citation-{start}.{suffix}"'
        return response

    return router


def _listed(site: Site, body: str, page: int) -> dict[str, Any]:
    """Return one page of the reports on a body, or of all."""
    shown = [report for report in site.reports if not body or report.body == body]
    shown.sort(key=lambda report: (report.body or "\uffff", -(report.year or 0), report.title))
    return {
        "reports": shown[(page - 1) * PAGE_REPORTS : page * PAGE_REPORTS],
        "bodies": sorted({report.body for report in site.reports if report.body}),
        "chosen": body,
        "total": len(site.reports),
        "page": page,
        "pages": max(1, -(-len(shown) // PAGE_REPORTS)),
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    """List what is known of a report, named as readers see it."""
    days = {"Published": report.published, "Retrieved": report.retrieved}
    facts = {
        "On": report.body,
        "Publisher": report.publisher,
        "Inspected": " to ".join(map(format_day, report.inspected)) if report.inspected else None,
        **{name: format_day(day) if day else None for name, day in days.items()},
        "Licence": report.licence,
    }
    return [(name, value) for name, value in facts.items() if value]


def _quoted(quotation: Quotation) -> dict[str, Any]:
    """Say where a quotation stands, and for which words it was taken for a finding."""
    cues = [cue for unit in quotation.units for cue in sentence_json(quotation.passage, unit)["cues"]]
    finding = quotation.finding
    named = {Finding.MIXED: "strength with a concern"}.get(finding, finding.value)
    return {"link": source_link(quotation), "page": quotation.page, "finding": named, "reasons": reasons(cues)}


def _read(site: Site, report: Report) -> dict[str, Any]:
    """Say how a report was read: how much of it, in how many parts, and each grade with its place."""
    return {
        "open": 0 < len(report.warnings) < FEW_WARNINGS,
        "characters": len(report.text),
        "pages": max((block.page for block in report.blocks if block.page), default=None),
        "sections": len(report.sections),
        "passages": len(site.library.index.rows_by_report.get(report.id, ())),
        "grades": [
            {
                "about": grade.about,
                "grade": grade,
                "note": STATUSES.get(grade.status.value),
                "period": grade.period or report.sections[report.innermost(grade.start_char)].period,
                "href": f"/reports/{report.id}?start={grade.start_char}&end={grade.end_char}#quoted",
            }
            for grade in report.grades
        ],
    }


def _relatives(site: Site, report: Report) -> list[dict[str, Any]]:
    """List the other reports on the same body, oldest first, each said to be earlier or later."""
    others = [
        each
        for each in site.reports
        if each.id != report.id and each.body and report.body and same_body(each.body, report.body)
    ]
    return [
        {"id": each.id, "title": each.title, "when": _when(each, report)}
        for each in sorted(others, key=lambda each: (each.year or 0, each.id))
    ]


def _when(other: ReportCard, report: Report) -> str:
    if not other.year or not report.year:
        return ""
    order = "same year" if other.year == report.year else "earlier" if other.year < report.year else "later"
    return f"{other.cycle or other.year}, {order}"
