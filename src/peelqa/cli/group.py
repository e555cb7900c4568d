"""The commands by name, each loaded when it is asked for, and what becomes of a command that fails."""

from __future__ import annotations

import atexit
import gc
import logging
import sys
from importlib import import_module
from typing import Any

import click

from peelqa.errors import PeelqaError

COMMANDS = {
    "build": "corpus",
    "serve": "serving",
    "ask": "asking",
    "search": "asking",
    "compare": "comparing",
    "reports": "listing",
    "show": "listing",
    "add": "corpus",
    "remove": "corpus",
    "fetch": "corpus",
    "verify": "care",
    "doctor": "care",
    "cluster": "cluster",
    "backup": "saving",
    "restore": "saving",
    "eval": "evaluating",
    "mcp": "assisting",
}
"""The module of each command, in the order that the help shows them."""


_NAMES = {"eval": "evaluate"}
"""What a command's function is called, where that is not the command's own name."""
# At its end Python looks through all that was loaded for what could be freed, and whoever asked would wait for that.
atexit.register(gc.freeze)


class Commands(click.Group):
    """Turn expected failures into one line on stderr and their exit status; no traceback reaches a reader."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"peelqa.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, _NAMES.get(cmd_name, cmd_name))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        logging.basicConfig(level=logging.WARNING, format="peelqa: %(message)s", stream=sys.stderr)
        try:
            return super().invoke(ctx)
        except PeelqaError as error:
            fail(str(error), error.exit_status)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # a fault of ours: one line that can be reported, without a traceback
            what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            fail(
                f"Something went wrong that should not ({what}). Please report it with what `peelqa doctor` prints.", 1
            )


def fail(message: str, exit_status: int) -> None:
    """Say in one line on stderr what went wrong, and exit."""
    click.echo(f"peelqa: {message}", err=True)
    sys.exit(exit_status)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="peelqa")
def main() -> None:
    """Put a question to inspection reports and read what they say themselves.

    Put report files into the corpus folder, run `peelqa build`, then `peelqa ask "..."` on the command line or
    `peelqa serve` for a web page. Every command says more with --help.

    Exit status: 0 done, 1 it could not be done, 2 wrong usage, 3 the index is damaged.
    """
