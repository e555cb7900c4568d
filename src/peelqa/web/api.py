"""The API: what the pages show, as JSON, at the same paths under `/api`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from peelqa.answers import DEFAULT_LIMIT
from peelqa.asking import AskRequest
from peelqa.attribution import outline_json, report_json
from peelqa.web.about import corpus
from peelqa.web.asked import Asked
from peelqa.web.desk import check_text
from peelqa.web.site import Site
from peelqa.web.thread import chosen_facets


def routes(site: Site) -> APIRouter:
    """Make the routes of the API that no page's module makes."""
    router = APIRouter()

    @router.post("/api/ask", tags=["ask"])
    async def ask(request: Request, asked: AskRequest) -> dict[str, Any]:
        """Answer a question with quotations, or say why there are none."""
        check_text(asked)
        limit = asked.limit or DEFAULT_LIMIT
        answer = await site.desk.ask(request, asked.question, asked.filters(), limit=limit, history=asked.turns())
        return answer.to_json()

    @router.get("/api/filters", tags=["ask"])
    def filters(asked: Annotated[Asked, Query()]) -> dict[str, list[dict[str, Any]]]:
        """Count the reports that each choice of a filter leaves, the others being as given."""
        counts = site.catalogue.report_counts(chosen_facets(asked))
        return {
            facet.value: [{"value": each.value, "count": each.count} for each in choices]
            for facet, choices in counts.items()
        }

    @router.get("/api/reports", tags=["reports"])
    def reports() -> list[dict[str, Any]]:
        """List the reports."""
        return [report_json(report) for report in site.reports]

    @router.get("/api/reports/{report_id}", tags=["reports"])
    def report(report_id: str) -> dict[str, Any]:
        """Say how one report was read: dates, grades, section tree, warnings, and passages with their places."""
        return outline_json(site.report(report_id), site.library.index.passages_of(report_id))

    @router.get("/api/about", tags=["about"])
    def about() -> dict[str, Any]:
        """Count what is in the corpus, and say when it was read."""
        return corpus(site)

    @router.get("/healthz", tags=["health"])
    async def alive() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz", tags=["health"])
    async def ready() -> dict[str, str]:
        """Say which generation of the index is open, and why where it is not the newest."""
        index = site.library.index
        if index.warning:
            detail = "An older generation answers, because the newest is damaged. On the machine, run: peelqa verify"
            return {"status": "degraded", "generation": index.generation, "detail": detail}
        return {"status": "ready", "generation": index.generation}

    return router
