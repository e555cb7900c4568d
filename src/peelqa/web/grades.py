"""The grades that reports state, as tables and as a chart of how those of one body changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from peelqa.grade_table import (
    FIRST_YEAR_OF_FIVE_TIERS,
    SCALE,
    Cell,
    GradeTable,
    Statement,
    areas_by_years,
    bodies_by_years,
    graded_areas,
)
from peelqa.web.cards import STATUSES
from peelqa.web.site import Site
from peelqa.web.specimens import shown

_STEP, _ROW, _LEFT, _TOP = 110, 26, 150, 14
"""The chart's measures in its own units: between years, between grades, and the margins."""
PAGE_ROWS = 60
"""Rows of the table on one page, so that it stays under 60 KB."""
_Name = Annotated[str, Query(max_length=300)]


def routes(site: Site) -> APIRouter:
    """Make the routes of grades."""
    router = APIRouter()

    @router.get("/grades", response_class=HTMLResponse, include_in_schema=False)
    def grades(
        request: Request, body: _Name = "", area: _Name = "", page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
    ) -> HTMLResponse:
        areas = graded_areas(site.reports)
        bodies = sorted({report.body for report in site.reports if report.body and report.grades})
        body = body if body in bodies else ""
        area = area or (areas[0][0] if areas and not body else "")
        table = areas_by_years(site.reports, body) if body else bodies_by_years(site.reports, area)
        shown = table.rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        charts = [chart for name, cells in table.rows if (chart := _chart(name, cells))] if body else []
        return site.page(
            request,
            "grades.html",
            bodies=bodies,
            areas=areas,
            body=body,
            area=area,
            table=table,
            rows=[(name, [_cell(cell) for cell in cells]) for name, cells in shown],
            page=page,
            pages=max(1, -(-len(table.rows) // PAGE_ROWS)),
            charts=charts,
        )

    @router.get("/api/grades", tags=["grades"], responses=shown("grades", 422))
    def api_grades(body: _Name = "", area: _Name = "") -> dict[str, Any]:
        """List what one body was graded, area by area, or what every body was graded on one area, year by year."""
        areas = graded_areas(site.reports)
        area = area or (areas[0][0] if areas and not body else "")
        table = areas_by_years(site.reports, body) if body else bodies_by_years(site.reports, area)
        return {"body": body or None, "area": None if body else area, **_table_json(site, table)}

    return router


def _table_json(site: Site, table: GradeTable) -> dict[str, Any]:
    return {
        "years": table.years,
        "scales_differ": table.scales_differ,
        "rows": [
            {
                "name": name,
                "cells": [
                    {
                        "year": cell.year,
                        "absence": cell.absence,
                        "grades": [_statement_json(site, each) for each in cell.statements],
                    }
                    for cell in cells
                ],
            }
            for name, cells in table.rows
        ],
    }


def _statement_json(site: Site, each: Statement) -> dict[str, Any]:
    grade = each.grade
    return {
        "value": grade.value,
        "level": grade.level,
        "status": grade.status,
        "about": grade.about,
        "text": site.report(each.report.id).text[grade.start_char : grade.end_char],
        "report": each.report.id,
        "start_char": grade.start_char,
        "end_char": grade.end_char,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "absence": cell.absence,
        "year": cell.year,
        "grades": [
            {
                "value": each.grade.value,
                "tier": each.tier,
                "note": STATUSES.get(each.grade.status.value),
                "sample": each.report.sample,
                "href": f"/reports/{each.report.id}?start={each.grade.start_char}&end={each.grade.end_char}#quoted",
                "title": each.report.title,
            }
            for each in cell.statements
        ],
    }


def _chart(name: str, cells: tuple[Cell, ...]) -> dict[str, Any] | None:
    """Place an area's grades on a grid of years and grades; None where fewer than two years were graded."""
    points: list[dict[str, Any]] = [
        {
            "x": _LEFT + _STEP * at,
            "y": _TOP + _ROW * (len(SCALE) - 1 - each.tier),
            "year": cell.year,
            "value": each.grade.value,
        }
        for at, cell in enumerate(cells)
        for each in cell.statements[:1]
        if each.tier is not None
    ]
    if len(points) < 2:
        return None
    return {
        "name": name,
        "points": points,
        "lines": [
            " ".join(
                f"{point['x']},{point['y']}" for point in points if (point["year"] >= FIRST_YEAR_OF_FIVE_TIERS) is later
            )
            for later in (False, True)
        ],
        "levels": [{"y": _TOP + _ROW * at, "value": value} for at, value in enumerate(reversed(SCALE))],
        "years": [{"x": _LEFT + _STEP * at, "year": cell.year} for at, cell in enumerate(cells)],
        "width": _LEFT + _STEP * (len(cells) - 1) + 40,
        "height": _TOP + _ROW * len(SCALE) + 12,
        "right": _LEFT + _STEP * (len(cells) - 1) + 12,
        "left": _LEFT - 12,
        "foot": _TOP + _ROW * len(SCALE) + 2,
    }
