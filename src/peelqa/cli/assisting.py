"""The command that serves assistants: `mcp`."""

from __future__ import annotations

from pathlib import Path

import click

from peelqa.cli.options import open_existing, places, settings_of
from peelqa.errors import BadInput


@click.command()
@places
def mcp(corpus: Path | None, index: str | None) -> None:
    """Serve assistants on standard input and output (Model Context Protocol); needs the mcp extra."""
    try:
        from peelqa.mcp_server import make_server
    except ModuleNotFoundError as error:
        if error.name != "mcp":
            raise
        raise BadInput("The package mcp is not installed. Run: pip install 'peelqa[mcp]'") from None
    make_server(open_existing(settings_of(corpus, index))).run()
