"""One question asked of several bodies or years, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from peelqa.asking import TurnRequest
from peelqa.comparison import plan_comparison
from peelqa.errors import BadInput
from peelqa.questions import Filters
from peelqa.web.asked import Asked
from peelqa.web.cards import card
from peelqa.web.desk import Refusal, check_text
from peelqa.web.marking import marker_for
from peelqa.web.site import Site
from peelqa.web.specimens import shown, taken

FULL_CELLS = 16
"""Cells of a comparison up to which each shows all its quotations; in a larger one each shows its best, so that the page stays light."""


def routes(site: Site) -> APIRouter:
    """Make the routes of comparing."""
    router = APIRouter()

    @router.get("/compare", response_class=HTMLResponse, include_in_schema=False)
    def start(request: Request) -> HTMLResponse:
        return site.page(request, "compare.html", form=Asked(), **_axes(site))

    @router.post("/compare", response_class=HTMLResponse, include_in_schema=False)
    async def compared(request: Request, form: Annotated[Asked, Form()]) -> HTMLResponse:
        problem = form.problem()
        result = None
        if not problem:
            site.desk.count(request)
            try:
                result = await _compare(site, form.question, form.body, form.year, form.filters())
            except BadInput as error:
                problem = str(error)
        view = _view(result, form.question) if result else None
        status = 422 if problem else 200
        return site.page(request, "compare.html", status, form=form, result=view, problem=problem, **_axes(site))

    @router.post(
        "/api/compare",
        tags=["compare"],
        responses=shown("compare", 400, 413, 422, 429, 503),
        openapi_extra=taken("compare"),
    )
    async def api_compare(request: Request, asked: TurnRequest) -> dict[str, Any]:
        """Ask one question of several bodies or years; each cell holds quotations, or why there are none."""
        check_text(asked)
        site.desk.count(request)
        try:
            return await _compare(site, asked.question, tuple(asked.body), tuple(asked.year), asked.filters())
        except BadInput as error:
            raise Refusal(422, str(error)) from None

    return router


async def _compare(
    site: Site, question: str, bodies: tuple[str, ...], years: tuple[int, ...], filters: Filters
) -> dict[str, Any]:
    plan = partial(plan_comparison, site.library, question, bodies=bodies, years=years, filters=filters)
    planned = await site.desk.lookups.run(plan)
    # Each cell is a question of its own, which lets others have their turn in between.
    line = site.desk.questions
    cells = [await line.run(planned.cells[0])] + [await line.go_on(cell) for cell in planned.cells[1:]]
    return planned.filled(cells).to_json()


def _axes(site: Site) -> dict[str, Any]:
    return {
        "bodies": sorted({report.body for report in site.reports if report.body}),
        "years": sorted({report.year for report in site.reports if report.year}),
    }


def _view(result: Mapping[str, Any], question: str) -> dict[str, Any]:
    marker = marker_for(question, leave_out=[row["body"] for row in result["rows"]])
    crowded = sum(len(row["cells"]) for row in result["rows"]) > FULL_CELLS
    rows = [
        {
            "body": row["body"],
            "cells": [
                {**cell, "quotes": [card(quote, marker) for quote in cell["quotes"][: 1 if crowded else None]]}
                for cell in row["cells"]
            ],
        }
        for row in result["rows"]
    ]
    return {**result, "rows": rows, "crowded": crowded}
