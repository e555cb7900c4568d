"""The application, put together of its pages, its API and what guards them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from peelqa.answers import Library
from peelqa.settings import Settings, read_settings
from peelqa.web import about, api, comparing, feedback, findings, grades, health, permalinks, reading, searching, thread
from peelqa.web.bodies import Bodies
from peelqa.web.guard import Guard
from peelqa.web.metrics import Metrics
from peelqa.web.refusals import add_refusals
from peelqa.web.site import Site
from peelqa.web.watch import Watch


def create_app(
    library: Library, web: Path, settings: Settings | None = None, *, before: FastAPI | None = None
) -> FastAPI:
    """Make the application over an opened library; `web` holds `templates` and `static`.

    It goes on counting, and keeps the queue, where that `before` it leaves off.
    """
    settings = settings or read_settings()
    site = Site(library, web, settings, before.state.desk if before else None)

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        site.examples.start()
        yield
        await run_sync(site.examples.stop)

    app = FastAPI(
        title="peelqa",
        description="Answers to questions, quoted word for word from inspection reports.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=serving,
    )
    metrics = before.state.metrics if before else Metrics()
    metrics.follow(site)
    app.state.site, app.state.desk, app.state.metrics = site, site.desk, metrics
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.host_names(), www_redirect=False)
    refuse = add_refusals(app, site)
    app.add_middleware(Bodies, refuse=refuse)
    app.add_middleware(Guard, refuse=refuse)
    app.add_middleware(Watch, metrics=metrics)
    app.mount("/static", StaticFiles(directory=web / "static"), name="static")
    for part in (thread, reading, findings, searching, comparing, grades, permalinks, feedback, about, api, health):
        app.include_router(part.routes(site))
    return app
