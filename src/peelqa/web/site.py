"""What every page needs: the library, the catalogue, the desk, and the templates with what they all show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from peelqa.answers import Library
from peelqa.catalogue import Catalogue, Choice, Facet
from peelqa.index import ReportCard
from peelqa.passages import Quotation
from peelqa.reports.dates import format_day
from peelqa.reports.report import Report
from peelqa.settings import Settings
from peelqa.web.desk import Desk, Refusal
from peelqa.web.examples import Examples

FRAGMENT_HEADER = "peelqa-fragment"
"""Sent by the page's script where it wants the part that is new rather than the whole page."""

_REMEMBERED_COUNTS = 64


class Site:
    """Everything the routes share; nothing in it changes from request to request."""

    def __init__(self, library: Library, web: Path, settings: Settings, desk: Desk | None = None) -> None:
        self.library = library
        self.settings = settings
        self.catalogue = Catalogue(library.index, library.embedder)
        self.examples = Examples(library)
        self._counts = lru_cache(_REMEMBERED_COUNTS)(lambda chosen: self.catalogue.report_counts(dict(chosen)))
        self.desk = desk.over(library) if desk else Desk(library, settings.asks_per_minute)
        self.results: Path | None = web.parent / "eval" / "results.md"
        self._templates = Jinja2Templates(directory=web / "templates")
        self._templates.env.trim_blocks = True
        self._templates.env.lstrip_blocks = True
        self._templates.env.filters["day"] = format_day

    @property
    def reports(self) -> tuple[ReportCard, ...]:
        """All reports in the index."""
        return self.library.index.reports

    @property
    def only_sample(self) -> bool:
        """True where nothing but the built-in sample is indexed."""
        return bool(self.reports) and all(report.sample for report in self.reports)

    @cached_property
    def year_names(self) -> Mapping[int, str]:
        """What each year is called: 2021/22 for 2021, where all its reports are of that cycle."""
        cycles: dict[int, set[str | None]] = {}
        for report in self.reports:
            if report.year:
                cycles.setdefault(report.year, set()).add(report.cycle)
        return {year: (names.pop() if len(names) == 1 else None) or str(year) for year, names in cycles.items()}

    def page(self, request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Render a page, or with the same templates a part of one."""
        shared = {
            "here": request.url.path,
            "sample": self.only_sample,
            "year_names": self.year_names,
            "sample_bodies": sorted({each.body for each in self.reports if each.sample and each.body}),
            "asks_feedback": self.settings.feedback is not None,
            "older": self.library.index.manifest["built_at"][:10] if self.library.index.warning else None,
        }
        return self._templates.TemplateResponse(request, template, {**shared, **context}, status_code)

    def report_counts(self, chosen: Mapping[Facet, tuple[str, ...]]) -> Mapping[Facet, tuple[Choice, ...]]:
        """Count the reports that each choice leaves. Remembered, since every page that asks shows it."""
        return self._counts(tuple(chosen.items()))

    def report(self, report_id: str) -> Report:
        """Return a report. Raises Refusal (404) where there is none of that id."""
        try:
            return self.library.index.report(report_id)
        except KeyError:
            raise Refusal(404, "There is no such report here.") from None

    def quotation(self, report_id: str, start: int, end: int) -> Quotation:
        """Return the quotation of a span. Raises Refusal (404) where no passage holds it."""
        report = self.report(report_id)
        for passage in self.library.index.passages_of(report.id):
            if passage.start_char <= start < end <= passage.end_char:
                return passage.quote(start, end)
        raise Refusal(404, "There is no such passage in this report.")
