"""The web pages and the API. Renders what `answers` gives; decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from peelqa.answers import Library
from peelqa.asking import AskRequest
from peelqa.attribution import outline_json, report_json
from peelqa.questions import Filters

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(library: Library, web: Path) -> FastAPI:
    """Make the application over an opened library; `web` holds `templates` and `static`."""
    app = FastAPI(title="peelqa", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.mount("/static", StaticFiles(directory=web / "static"), name="static")
    pages = Jinja2Templates(directory=web / "templates")

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        # The input is left out: it may hold what cannot be encoded, and what should not be repeated.
        wrong = [{"field": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors()]
        return JSONResponse({"error": "The request is not right.", "fields": wrong}, status_code=422)

    _add_pages(app, library, pages)
    _add_api(app, library)
    return app


def _add_pages(app: FastAPI, library: Library, pages: Jinja2Templates) -> None:
    def page(request: Request, name: str, **context: Any) -> HTMLResponse:
        reports = library.index.reports
        sample = bool(reports) and all(report.sample for report in reports)
        return pages.TemplateResponse(request, name, {"sample": sample, "reports": reports, **context})

    @app.get("/", response_class=HTMLResponse)
    def start(request: Request) -> HTMLResponse:
        return page(request, "ask.html", question="", answer=None)

    @app.get("/ask", response_class=HTMLResponse)
    def ask_again(request: Request) -> HTMLResponse:
        return page(request, "ask.html", question="", answer=None)

    @app.post("/ask", response_class=HTMLResponse)
    def ask(
        request: Request, question: Annotated[str, Form(max_length=5000)] = "", body: Annotated[str, Form()] = ""
    ) -> HTMLResponse:
        filters = Filters(body=(body,)) if body else Filters()
        answer = library.ask(question, filters).to_json()
        return page(request, "ask.html", question=question, body=body, answer=answer)

    @app.get("/reports", response_class=HTMLResponse)
    def reports(request: Request) -> HTMLResponse:
        return page(request, "reports.html")

    @app.get("/reports/{report_id}", response_class=HTMLResponse)
    def report(request: Request, report_id: str, start: int = 0, end: int = 0) -> HTMLResponse:
        found = _report(library, report_id)
        sections = [(section, index) for index, section in enumerate(found.sections)]
        return page(request, "report.html", report=found, sections=sections, blocks=_marked(found, start, end))


def _marked(report: Any, start: int, end: int) -> list[dict[str, Any]]:
    """Part each block of a report into what stands before, in and after the quotation."""
    marked = []
    for block in report.blocks:
        low, high = max(block.start_char, start), min(block.end_char, end)
        low, high = (low, high) if low < high else (block.end_char, block.end_char)
        text = report.text
        marked.append(
            {
                "section": block.section,
                "page": block.page,
                "before": text[block.start_char : low],
                "quoted": text[low:high],
                "after": text[high : block.end_char],
            }
        )
    return marked


def _report(library: Library, report_id: str) -> Any:
    if report_id not in library.index.manifest["reports"]:
        raise HTTPException(404, "There is no such report here.")
    return library.index.report(report_id)


def _add_api(app: FastAPI, library: Library) -> None:
    @app.post("/api/ask")
    def ask(request: AskRequest) -> dict[str, Any]:
        return library.ask(request.question, request.filters(), request.limit or 5).to_json()

    @app.get("/api/reports")
    def reports() -> list[dict[str, Any]]:
        return [report_json(report) for report in library.index.reports]

    @app.get("/api/reports/{report_id}")
    def report(report_id: str) -> dict[str, Any]:
        return outline_json(_report(library, report_id))

    @app.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready", "generation": library.index.generation}
