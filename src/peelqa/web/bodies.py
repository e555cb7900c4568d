"""What a request brings is read whole before it is handled, in time; and what nobody waits for any more is left off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from anyio import CancelScope, move_on_after, sleep_forever
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from peelqa.web.guard import LARGEST_BODY

BODY_SECONDS = 20.0
"""How long the whole body of a request may take to come."""
_HUNG_UP = 0


class Bodies:
    """Read bodies, so that one that comes slowly takes no place, and leave work off whose client hung up."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, int], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = await _read(receive)
        if isinstance(read, bytes):
            await self._handle(read, scope, receive, send)
        elif read != _HUNG_UP:
            await self._refuse(Request(scope), read)(scope, receive, send)

    async def _handle(self, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request whose body was read; its work is cancelled where the client hangs up before it is answered."""
        waiting = CancelScope()
        answering = False

        async def send_on(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        async def notice_hanging_up() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            if not answering:
                waiting.cancel()

        noticing = asyncio.create_task(notice_hanging_up())
        try:
            with waiting:
                await self._app(scope, _once(body), send_on)
        finally:
            noticing.cancel()


async def _read(receive: Receive) -> bytes | int:
    """Return the body of a request, the status that refuses it, or _HUNG_UP."""
    body = bytearray()
    with move_on_after(BODY_SECONDS):
        while len(body) <= LARGEST_BODY:
            message = await receive()
            if message["type"] == "http.disconnect":
                return _HUNG_UP
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                return bytes(body) if len(body) <= LARGEST_BODY else 413
        return 413
    return 408


def _once(body: bytes) -> Receive:
    """Return what gives a body that was read, and then nothing for as long as anybody waits."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not left:
            await sleep_forever()
        return left.pop()

    return receive
