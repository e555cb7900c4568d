"""The command that serves: `serve`."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from peelqa.cli.options import open_existing, open_or_build, places, settings_of
from peelqa.errors import BadInput, NotListening, ServerUnusable

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

    from peelqa.answers import Library
    from peelqa.settings import Settings
    from peelqa.web.swapping import Swapping

OWN_NAMES = "localhost,127.0.0.1,[::1]"
SHUTDOWN_SECONDS = 10
"""How long answers that are being made may take to finish when the service is told to stop."""
KEEP_ALIVE_SECONDS = 5
BACKLOG = 512
"""Connections that may wait to be taken in."""


@click.command()
@places
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that answer side by side."
)
def serve(corpus: Path | None, index: str | None, host: str, port: int, workers: int) -> None:
    """Serve the web page and the API; builds the index first when there is none.

    Listens on this machine alone unless --host says otherwise; docs/deploying.md says how to put it on the internet.
    Events go to stderr, one line of JSON each, without questions or addresses. On SIGTERM answers are finished first.
    A generation that is published while it serves takes over within seconds; no request fails or mixes two.
    """
    settings = settings_of(corpus, index)
    if workers > 1 and settings.metrics:
        raise BadInput("PEELQA_METRICS counts one process. Leave it out, or serve with --workers 1.")
    library = open_or_build(settings, closely=workers == 1)
    with _listen(host, port) as listening:
        settings = _named(settings, listening)
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"peelqa answers at http://{shown}:{listening.getsockname()[1]}/", err=True)
        if workers > 1:
            from uvicorn.supervisors import Multiprocess

            # Each opens the index for itself; what is mapped of its files is in memory once for all of them.
            del library
            config = configure(partial(_open_app, settings), settings)
            config.factory, config.workers = True, workers
            Multiprocess(config, [listening]).run()
            return
        from uvicorn import Server

        app = _swapping(library, settings)
        del library  # the application alone holds it, and lets it go when a newer one takes over
        if settings.metrics:
            app.app.state.metrics.serve(settings.metrics)
        Server(configure(app, settings)).run(sockets=[listening])


def _open_app(settings: Settings) -> Swapping:
    return _swapping(open_existing(settings), settings)


def _swapping(library: Library, settings: Settings) -> Swapping:
    """Return the application over a library, which goes over to newer generations by itself."""
    from peelqa.answers import open_newer
    from peelqa.index import name_in_force
    from peelqa.settings import web_folder
    from peelqa.web import create_app
    from peelqa.web.swapping import Swapping

    library.prepare()
    tried: str | None = None

    def renew(app: FastAPI) -> FastAPI | None:
        nonlocal tried
        if (name := name_in_force(settings.index)) == tried:
            return None  # a damaged generation is not read through again and again
        try:
            newer = open_newer(settings.index, app.state.site.library)
        except ServerUnusable:
            raise  # it may answer at the next look
        except Exception:
            tried = name
            raise
        tried = name
        return create_app(newer, web_folder(), settings, before=app) if newer else None

    return Swapping(create_app(library, web_folder(), settings), renew)


def configure(app: Swapping | FastAPI | Callable[[], Swapping], settings: Settings) -> Config:
    """Return how uvicorn serves an application: within limits, without a word of what is asked in its logs."""
    from uvicorn import Config

    from peelqa.web.connections import LARGEST_HEAD, Connection
    from peelqa.web.events import LOGGING

    return Config(
        app,
        http=Connection,
        ws="none",
        access_log=False,
        log_config=LOGGING,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises NotListening where the address does not exist here or is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise NotListening(
            f"{host}, port {port}, cannot be listened on ({error.strerror or error}). "
            "Stop what listens there, or choose another --port."
        ) from None


def _named(settings: Settings, listening: socket.socket) -> Settings:
    """Return the settings with the host names that are answered; what is open to more than this machine is said."""
    if settings.host_names() != ["*"]:
        return replace(settings, hosts=f"{settings.hosts},{OWN_NAMES}")
    if ipaddress.ip_address(listening.getsockname()[0]).is_loopback:
        click.echo(f"It answers to the names {OWN_NAMES}; name others in PEELQA_HOSTS.", err=True)
        return replace(settings, hosts=OWN_NAMES)
    click.echo(
        "warning: reachable from other machines under any host name; name the right one in PEELQA_HOSTS "
        "(docs/deploying.md).",
        err=True,
    )
    return settings
