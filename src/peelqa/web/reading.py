"""Reading a report in context: the list of reports, one report leaf by leaf, and the citation of a span."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from peelqa.citations import CitationForm, cite_as, source_link
from peelqa.index import ReportCard
from peelqa.reports.bodies import same_body
from peelqa.reports.report import Report
from peelqa.web.leaves import part_report, view_leaf
from peelqa.web.site import Site

_TYPES = {
    CitationForm.TEXT: ("text/plain", "txt"),
    CitationForm.BIBTEX: ("application/x-bibtex", "bib"),
    CitationForm.RIS: ("application/x-research-info-systems", "ris"),
    CitationForm.CSL: ("application/vnd.citationstyles.csl+json", "json"),
}
_Place = Annotated[int, Query(ge=0, le=100_000_000)]


def routes(site: Site) -> APIRouter:
    """Make the routes of reading."""
    router = APIRouter(include_in_schema=False)

    @router.get("/reports", response_class=HTMLResponse)
    def listing(request: Request, body: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
        bodies = sorted({report.body for report in site.reports if report.body})
        shown = [report for report in site.reports if not body or report.body == body]
        shown.sort(key=lambda report: (report.body or "\uffff", -(report.year or 0), report.title))
        return site.page(request, "reports.html", reports=shown, bodies=bodies, chosen=body, total=len(site.reports))

    @router.get("/reports/{report_id}", response_class=HTMLResponse)
    def report(
        request: Request, report_id: str, start: _Place = 0, end: _Place = 0, part: Annotated[int, Query(ge=0)] = 0
    ) -> HTMLResponse:
        found = site.report(report_id)
        leaves = part_report(found)
        at = next((number for number, leaf in enumerate(leaves) if leaf.holds(start)), 0) if end else part - 1
        at = min(max(at, 0), len(leaves) - 1)
        quoted = None
        if end:
            quotation = site.quotation(report_id, start, end)
            quoted = {"link": source_link(quotation), "page": quotation.page}
        view = view_leaf(found, leaves, at, (start, end))
        return site.page(
            request, "report.html", report=found, leaf=view, quoted=quoted, relatives=_relatives(site, found)
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


def _relatives(site: Site, report: Report) -> list[ReportCard]:
    """List the other reports on the same body, oldest first."""
    others = [
        each
        for each in site.reports
        if each.id != report.id and each.body and report.body and same_body(each.body, report.body)
    ]
    return sorted(others, key=lambda each: (each.year or 0, each.id))
