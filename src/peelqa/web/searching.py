"""Search for staff: passages by query and facets, page by page, and all of them as files or for print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from peelqa.attribution import passage_json
from peelqa.catalogue import Facet, Found, Sort, Wanted
from peelqa.citations import licence_line
from peelqa.exports import ExportForm, export
from peelqa.passages import Passage
from peelqa.web.asked import Texts
from peelqa.web.cards import FINDING_TYPES, asides, card
from peelqa.web.marking import marker_for, part_text
from peelqa.web.site import Site
from peelqa.web.specimens import shown

PAGE_SIZE = 10
MOST_PRINTED = 500
LABELS = {
    Facet.BODY: "Force or authority",
    Facet.FINDING: "Finding",
    Facet.YEAR: "Year",
    Facet.FRAMEWORK: "Kind of inspection",
    Facet.THEME: "Theme",
    Facet.FINDING_TYPE: "Kind of finding",
    Facet.GRADE: "Grade in force",
    Facet.PUBLISHER: "Publisher",
}
PASSAGE_FINDINGS = {
    "concern": "Holds a concern",
    "strength": "Holds a strength",
    "mixed": "Both in one sentence",
    "neutral": "Neither",
}
"""What choosing a finding finds: a passage with a sentence of that kind, whatever else it says."""
VALUES = {**PASSAGE_FINDINGS, **FINDING_TYPES}


class SearchQuery(BaseModel):
    """The fields of a search address; the API takes the same."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: str = Field(default="", max_length=500)
    exact: bool = False
    body: Texts = ()
    year: Texts = ()
    framework: Texts = ()
    theme: Texts = ()
    finding: Texts = ()
    finding_type: Texts = ()
    grade: Texts = ()
    publisher: Texts = ()
    sort: Sort = Sort.RELEVANCE
    page: int = Field(default=1, ge=1, le=1_000_000)

    def wanted(self) -> Wanted:
        """Return the search itself, without the page of its results."""
        chosen = {facet: getattr(self, facet.value) for facet in Facet if getattr(self, facet.value)}
        return Wanted(self.q, self.exact, chosen, self.sort)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the fields that are not as they are by default, the page left out."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [("exact", "true")] if self.exact else []
        pairs += [(facet.value, value) for facet in Facet for value in getattr(self, facet.value)]
        return pairs + ([("sort", self.sort.value)] if self.sort is not Sort.RELEVANCE else [])

    def address(self, **more: object) -> str:
        """Return the address of this search with some fields more."""
        return "/search?" + urlencode([*self.pairs(), *((name, str(value)) for name, value in more.items())])


class PageQuery(SearchQuery):
    """A search with the form its results are wanted in."""

    format: Literal["html", "csv", "jsonl", "md", "print"] = "html"


def routes(site: Site) -> APIRouter:
    """Make the routes of searching."""
    router = APIRouter()

    @router.get("/search", response_class=HTMLResponse, include_in_schema=False)
    async def search(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        found = await site.desk.lookups.run(lambda: site.catalogue.find(query.wanted()))
        if query.format == "html":
            return site.page(request, "search.html", **_view(site, query, found))
        if query.format == "print":
            return site.page(request, "print.html", **_print_view(site, query, found))
        form = ExportForm(query.format)
        pieces = export(site.catalogue.passages(found.rows), form)
        response = StreamingResponse((piece.encode("utf-8", "replace") for piece in pieces), media_type=form.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="passages.{form.value}"'
        return response

    @router.get("/api/search", tags=["search"], responses=shown("search", 422, 503))
    async def api_search(query: Annotated[SearchQuery, Query()]) -> dict[str, Any]:
        """Find passages by query and facets; ten a page, with the counts that each choice would leave."""
        found = await site.desk.lookups.run(lambda: site.catalogue.find(query.wanted()))
        return {
            "total": len(found.rows),
            "reports": found.reports,
            "page": query.page,
            "pages": _pages(found),
            "results": [passage_json(passage) for passage in site.catalogue.passages(_rows(found, query.page))],
            "facets": {
                facet.value: [{"value": each.value, "count": each.count} for each in choices]
                for facet, choices in found.facets.items()
            },
            "generation": site.library.index.generation,
        }

    return router


def _view(site: Site, query: PageQuery, found: Found) -> dict[str, Any]:
    pages = _pages(found)
    page = min(query.page, pages)
    return {
        "query": query,
        "total": len(found.rows),
        "in_reports": found.reports,
        "cards": _cards(query, site.catalogue.passages(_rows(found, page))),
        "facets": [
            {
                "name": facet.value,
                "label": LABELS[facet],
                "choices": [each for each in choices if each.count or each.chosen],
            }
            for facet, choices in ((facet, found.facets[facet]) for facet in LABELS)
        ],
        "value_names": VALUES,
        "chosen": _chosen(query),
        "page": page,
        "pages": pages,
        "previous": query.address(page=page - 1) if page > 1 else None,
        "next": query.address(page=page + 1) if page < pages else None,
        "exports": {form: query.address(format=form) for form in ("csv", "jsonl", "md", "print")},
        "sorts": {Sort.RELEVANCE: "Relevance", Sort.DATE: "Newest first", Sort.BODY: "Force or authority"},
    }


def _cards(query: SearchQuery, passages: Iterable[Passage]) -> list[dict[str, Any]]:
    """Make cards of passages; where a finding is chosen, they mark its sentences rather than the words looked for."""
    marker = marker_for(query.q)
    cards = [(card(passage_json(each), marker), each) for each in passages]
    for made, passage in cards if query.finding else ():
        at = passage.start_char
        spans = [(each.start_char - at, each.end_char - at) for each in passage.units if each.finding in query.finding]
        made["pieces"] = part_text(made["text"], spans, asides(made))
    return [made for made, _ in cards]


def _print_view(site: Site, query: PageQuery, found: Found) -> dict[str, Any]:
    passages = list(site.catalogue.passages(found.rows[:MOST_PRINTED]))
    return {
        "query": query,
        "total": len(found.rows),
        "most": MOST_PRINTED,
        "chosen": _chosen(query),
        "cards": [card(passage_json(each), marker_for("")) for each in passages],
        "licences": list(dict.fromkeys(filter(None, (licence_line(each.report) for each in passages)))),
        "manifest": site.library.index.manifest,
    }


def _chosen(query: SearchQuery) -> list[dict[str, str]]:
    """List the chosen values, each with the address of the same search without it."""
    listed = []
    for facet in Facet:
        for value in getattr(query, facet.value):
            rest = tuple(each for each in getattr(query, facet.value) if each != value)
            without = query.model_copy(update={facet.value: rest}).address()
            listed.append({"label": LABELS[facet], "value": VALUES.get(value, value), "without": without})
    return listed


def _pages(found: Found) -> int:
    return max(1, -(-len(found.rows) // PAGE_SIZE))


def _rows(found: Found, page: int) -> tuple[int, ...]:
    return found.rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
