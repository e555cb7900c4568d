"""Whether the service is alive and ready, for what watches over it."""

from __future__ import annotations

from fastapi import APIRouter

from peelqa.web.site import Site


def routes(site: Site) -> APIRouter:
    """Make the routes of health."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> dict[str, str]:
        """Say which generation of the index is open, and why where it is not the newest."""
        index = site.library.index
        if index.warning:
            detail = "An older generation answers, because the newest is damaged. On the machine, run: peelqa verify"
            return {"status": "degraded", "generation": index.generation, "detail": detail}
        return {"status": "ready", "generation": index.generation}

    return router
