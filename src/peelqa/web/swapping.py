"""The application of the generation in force: a newer one is opened beside it and takes its place between requests."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.dependencies import models
from starlette.types import ASGIApp, Receive, Scope, Send

LOOK_SECONDS = 1.0
"""How often is looked whether another generation is in force; a look reads one small file."""
_LOG = logging.getLogger("peelqa.web.swapping")


class Swapping:
    """Hands each request whole to one application, so that no answer mixes two generations and none fails by a swap.

    `renew` gives the application of a newer generation, or None while there is none; it may take its time, and what
    it raises leaves the old one serving.
    """

    def __init__(self, app: FastAPI, renew: Callable[[FastAPI], FastAPI | None], seconds: float = LOOK_SECONDS) -> None:
        self.app = app
        self._renew = renew
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            app: ASGIApp = self.app
            await app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._life = await _begin(self.app)
        looking = asyncio.create_task(self._look())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await self._life.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _look(self) -> None:
        swapped = False
        while True:
            await asyncio.sleep(self._seconds)
            if swapped:
                let_go()
            swapped = False
            try:
                newer = await run_sync(self._renew, self.app)
                if newer:
                    old, self._life = self._life, await _begin(newer)
                    self.app = newer
                    await old.aclose()
                    swapped = True
                    _LOG.info("swapped")
                    del old
                del newer
            except Exception as error:  # whatever is wrong with the newer generation, the old one goes on serving
                _LOG.warning("not swapped", extra={"fields": {"error": f"{type(error).__name__}: {error}"}})


def let_go() -> None:
    """Let applications go that nothing serves any more, with the files of their indexes and any removed text."""
    # FastAPI remembers the functions of every route it ever saw, and with them the index that these answer from.
    for each in vars(models).values():
        if forget := getattr(each, "cache_clear", None):
            forget()
    gc.collect()  # an application refers to itself


async def _begin(app: FastAPI) -> AsyncExitStack:
    """Start what an application does beside its requests; closing what is given ends it."""
    life = AsyncExitStack()
    await life.enter_async_context(app.router.lifespan_context(app))
    return life
