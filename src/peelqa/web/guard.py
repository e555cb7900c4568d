"""What stands before every page: limits on what is sent, and headers on what is sent back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from anyio.to_thread import current_default_thread_limiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 16 * 1024
"""Bytes; a question of 500 code points with a conversation before it fits well."""
LONGEST_ADDRESS = 8 * 1024
"""Bytes of path and query; the address of an answer carries its conversation."""
LONGEST_LINE = 64
"""Requests for pages that may wait for a thread; questions have a queue of their own."""
ALWAYS_ANSWERED = ("/healthz", "/readyz")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Guard:
    """Put the security headers on every response; refuse what is too long or finds too many waiting, unread."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, int], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        status = _too_long(scope) or _too_busy(scope)
        answering = self._refuse(Request(scope), status) if status else self._app
        await answering(scope, receive, send_with_headers)


def _dress(headers: MutableHeaders, path: str) -> None:
    """Put the security headers on; a redirection leads nowhere but here, whatever host the request named."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith("/static/"):
        headers["Cache-Control"] = "max-age=3600"
    if "location" in headers:
        target = urlsplit(headers["location"])
        query = f"?{target.query}" if target.query else ""
        headers["Location"] = "/" + target.path.lstrip("/\\") + query


def _too_busy(scope: Scope) -> int | None:
    """Return the status that refuses a request while too many wait for a thread, or None."""
    waiting = current_default_thread_limiter().statistics().tasks_waiting
    return 503 if waiting > LONGEST_LINE and scope["path"] not in ALWAYS_ANSWERED else None


def _too_long(scope: Scope) -> int | None:
    """Return the status that refuses a request for its length, or None. A body of unknown length is counted later."""
    if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return 413 if declared.isdigit() and int(declared[:20]) > LARGEST_BODY else None
