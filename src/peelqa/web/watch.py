"""What is noted of every request: an event line and a count, of what it was and never of what it said."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from peelqa.web.metrics import Metrics

REQUEST_ID = "X-Request-Id"
HUNG_UP = 499
"""What is noted as the status where the client hung up before it was answered."""
_LOG = logging.getLogger("peelqa.web.requests")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watch:
    """Give each request a name, and note its route, status and time when it is done."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        name = state["request_id"] = secrets.token_hex(6)
        started = time.perf_counter()
        status = HUNG_UP

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = name
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            status = 500
            raise
        finally:
            self._note(scope, state, status, time.perf_counter() - started)

    def _note(self, scope: Scope, state: dict[str, Any], status: int, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        answer = state.get("answer")
        self._metrics.count(route=route, method=method, status=status, seconds=seconds, answer=answer)
        fields = {"id": state["request_id"], "method": method, "route": route, "status": status}
        fields["ms"] = round(seconds * 1000, 1)
        _LOG.info("request", extra={"fields": {**fields, **({"answer": answer} if answer else {})}})


def _route(scope: Scope) -> str:
    """Return the pattern that a request's path fits, which repeats nothing of the path."""
    return str(getattr(scope.get("route"), "path", None) or "none")
