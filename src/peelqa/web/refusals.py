"""What is said when something cannot be done: plainly, without repeating what was sent; a page, or JSON for the API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

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
    refusals = Refusals(site)
    app.add_exception_handler(HTTPException, refusals.of_http)
    app.add_exception_handler(RequestValidationError, refusals.of_invalid)
    app.add_exception_handler(NotVerbatim, refusals.of_not_verbatim)
    app.add_exception_handler(PeelqaError, refusals.of_failure)
    app.add_exception_handler(Exception, refusals.of_fault)
    return refusals.refuse


class Refusals:
    """Makes of every refusal and failure what is sent for it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def refuse(
        self, request: Request, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Refuse a request: with a page, or with JSON where the API was asked."""
        title = _TITLES.get(status, "That cannot be done")
        detail = detail or _NEXT.get(status) or "Go back to the start page and try from there."
        headers = {**_HEADERS.get(status, {}), **(headers or {})}
        if _asks_api(request):
            return JSONResponse({"error": title, "detail": detail}, status, headers)
        page = self._site.page(request, "problem.html", status_code=status, title=title, detail=detail)
        page.headers.update(headers)
        return page

    async def of_http(self, request: Request, error: Exception) -> Response:
        """Refuse what the routes or the framework refuse."""
        if not isinstance(error, HTTPException):
            raise TypeError(error)
        # Only our own words are shown: those of the framework may repeat the request.
        own = error.detail if isinstance(error, Refusal) else None
        return self.refuse(request, error.status_code, own, error.headers)

    async def of_invalid(self, request: Request, error: Exception) -> Response:
        """Refuse a request whose fields are wrong; the API says which."""
        if not isinstance(error, RequestValidationError) or not _asks_api(request):
            return self.refuse(request, 422)
        wrong = [{"field": _field(each["loc"]), "message": str(each["msg"])} for each in error.errors()]
        return JSONResponse({"error": _TITLES[422], "detail": _NEXT[422], "fields": wrong}, 422)

    async def of_not_verbatim(self, request: Request, error: Exception) -> Response:
        """Withhold a quotation that differs from its report."""
        _LOG.error("%s", error)
        detail = (
            "A quotation does not match the stored text of its report, so it is withheld. The index must be checked."
        )
        return self.refuse(request, 500, detail)

    async def of_failure(self, request: Request, error: Exception) -> Response:
        """Say that the reports cannot be had just now."""
        _LOG.error("%s", error)
        return self.refuse(request, 503, "The reports cannot be opened just now.", {"Retry-After": "30"})

    async def of_fault(self, request: Request, _: Exception) -> Response:
        """Say that something is wrong, and nothing of what."""
        name = getattr(request.state, "request_id", "")
        response = self.refuse(request, 500, f"{_NEXT[500]} Its reference is {name}." if name else None)
        # This answer is sent outside of the middleware that puts the headers on all others.
        response.headers.update({**HEADERS, **({REQUEST_ID: name} if name else {})})
        return response


def _asks_api(request: Request) -> bool:
    return str(request.scope["path"]).startswith("/api/")


def _field(place: tuple[int | str, ...]) -> str:
    # Names that the sender made up are not repeated.
    return ".".join(str(part) for part in place if isinstance(part, int) or part.isidentifier())[:60]
