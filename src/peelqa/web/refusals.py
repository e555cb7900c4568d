"""What is said when something cannot be done: plainly, without repeating what was sent; a page, or JSON for the API."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from peelqa.errors import NotVerbatim, PeelqaError
from peelqa.web.desk import Refusal
from peelqa.web.guard import HEADERS
from peelqa.web.site import Site
from peelqa.web.watch import REQUEST_ID

_LOG = logging.getLogger("peelqa.web")
_TITLES = {
    400: "That request cannot be read",
    403: "That is not allowed",
    404: "There is no such page",
    405: "That cannot be done here",
    408: "The request did not arrive in time",
    413: "That is too long to read",
    414: "That address is too long",
    422: "Something in the request is not right",
    429: "Too many questions in a short time",
    500: "Something went wrong",
    503: "Too busy to answer just now",
}
_HEADERS = {408: {"Connection": "close"}, 413: {"Connection": "close"}, 503: {"Retry-After": "5"}}
_NEXT = {
    404: "Check the address, or start from the list of reports.",
    405: "Go back to the start page and try from there.",
    408: "Check your connection, then try again.",
    413: "A question has at most 500 characters. Shorten it, or start a new conversation.",
    422: "Check what you chose and try again.",
    429: "Wait a minute, then ask again.",
    500: "Try again. If it happens again, tell whoever runs this service.",
    503: "Wait a few seconds, then try again.",
}


def add_refusals(app: FastAPI, site: Site) -> Callable[[Request, int], Response]:
    """Handle every refusal and failure of an application; return what makes a refusal of a request and a status."""

    def refuse(
        request: Request, status: int, detail: str | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        title = _TITLES.get(status, "That cannot be done")
        detail = detail or _NEXT.get(status) or "Go back to the start page and try from there."
        headers = {**_HEADERS.get(status, {}), **(headers or {})}
        if request.scope["path"].startswith("/api/"):
            return JSONResponse({"error": title, "detail": detail}, status, headers)
        page = site.page(request, "problem.html", status_code=status, title=title, detail=detail)
        page.headers.update(headers)
        return page

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        # Only our own words are shown: those of the framework may repeat the request.
        own = error.detail if isinstance(error, Refusal) else None
        return refuse(request, error.status_code, own, dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        if not request.scope["path"].startswith("/api/"):
            return refuse(request, 422)
        wrong = [{"field": _field(each["loc"]), "message": str(each["msg"])} for each in error.errors()]
        return JSONResponse({"error": _TITLES[422], "detail": _NEXT[422], "fields": wrong}, 422)

    @app.exception_handler(NotVerbatim)
    async def on_not_verbatim(request: Request, error: NotVerbatim) -> Response:
        _LOG.error("%s", error)
        detail = (
            "A quotation does not match the stored text of its report, so it is withheld. The index must be checked."
        )
        return refuse(request, 500, detail)

    @app.exception_handler(PeelqaError)
    async def on_failure(request: Request, error: PeelqaError) -> Response:
        _LOG.error("%s", error)
        return refuse(request, 503, "The reports cannot be opened just now.", {"Retry-After": "30"})

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> Response:
        name = getattr(request.state, "request_id", "")
        response = refuse(request, 500, f"{_NEXT[500]} Its reference is {name}." if name else None)
        # This answer is sent outside of the middleware that puts the headers on all others.
        response.headers.update({**HEADERS, **({REQUEST_ID: name} if name else {})})
        return response

    return refuse


def _field(place: tuple[int | str, ...]) -> str:
    # Names that the sender made up are not repeated.
    return ".".join(str(part) for part in place if isinstance(part, int) or part.isidentifier())[:60]
