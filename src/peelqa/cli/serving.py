"""The command that serves: `serve`."""

from __future__ import annotations

from pathlib import Path

import click

from peelqa.cli.options import open_or_build, places, settings_of


@click.command()
@places
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
def serve(corpus: Path | None, index: Path | None, host: str, port: int) -> None:
    """Serve the web page and the API; builds the index first when there is none."""
    library = open_or_build(settings_of(corpus, index))
    import uvicorn

    from peelqa.settings import web_folder
    from peelqa.web import create_app

    app = create_app(library, web_folder())
    click.echo(f"peelqa answers at http://{host}:{port}/", err=True)
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=10)
