"""What this service is: about, accessibility, privacy, and how to call the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from peelqa.web.desk import REMEMBERED
from peelqa.web.site import Site

_MOST_FIGURES = 20_000
"""Characters of the results file that the page shows."""


def routes(site: Site) -> APIRouter:
    """Make the routes of what is said about the service."""
    router = APIRouter(include_in_schema=False)

    @router.get("/about", response_class=HTMLResponse)
    def about(request: Request) -> HTMLResponse:
        return site.page(request, "about.html", corpus=corpus(site), figures=list(_figures(site.results)))

    @router.get("/accessibility", response_class=HTMLResponse)
    def accessibility(request: Request) -> HTMLResponse:
        return site.page(request, "accessibility.html")

    @router.get("/privacy", response_class=HTMLResponse)
    def privacy(request: Request) -> HTMLResponse:
        return site.page(request, "privacy.html", remembered=REMEMBERED, a_minute=site.settings.asks_per_minute)

    @router.get("/api", response_class=HTMLResponse)
    def api(request: Request) -> HTMLResponse:
        return site.page(request, "api.html", example=site.reports[0] if site.reports else None)

    return router


def corpus(site: Site) -> dict[str, Any]:
    """Count what is in the corpus, and say when it was read; `newest` is false where a newer generation is damaged."""
    reports = site.reports
    years = sorted({report.year for report in reports if report.year})
    manifest = site.library.index.manifest
    return {
        "reports": len(reports),
        "passages": manifest["passages"],
        "bodies": len({report.body for report in reports if report.body}),
        "years": years,
        "frameworks": sorted({report.framework for report in reports if report.framework}),
        "publishers": sorted({report.publisher for report in reports if report.publisher}),
        "licences": sorted({report.licence for report in reports if report.licence}),
        "with_warnings": sum(1 for report in reports if report.warnings),
        "sample": sum(1 for report in reports if report.sample),
        "generation": manifest["generation"],
        "built_at": manifest["built_at"],
        "model": manifest["model"],
        "newest": site.library.index.warning is None,
    }


def _figures(path: Path | None) -> Iterator[dict[str, Any]]:
    """Yield the headings, paragraphs and tables of the measured results, as text; nothing where there are none."""
    if path is None or not path.is_file():
        return
    parser = MarkdownIt("js-default").enable("table")
    tree = SyntaxTreeNode(parser.parse(path.read_text(encoding="utf-8")[:_MOST_FIGURES]))
    for node in tree.children:
        if node.type == "table":
            rows = [[_text(cell) for cell in row.children] for part in node.children for row in part.children]
            yield {"kind": "table", "head": rows[0], "rows": rows[1:]}
        elif node.type in ("heading", "paragraph"):
            yield {"kind": node.type, "text": _text(node)}
        elif node.type in ("bullet_list", "ordered_list"):
            yield {"kind": "list", "items": [_text(item) for item in node.children]}


def _text(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_text(child) for child in node.children)
