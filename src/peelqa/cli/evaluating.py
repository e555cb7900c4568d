"""The door to the evaluation, which stands beside peelqa in a checkout: `eval`."""

from __future__ import annotations

import subprocess
import sys

import click

from peelqa.errors import BadInput


@click.command("eval", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[SUITE]...")
def evaluate(arguments: tuple[str, ...]) -> None:
    """Ask the evaluation's question sets and say how well they are answered; --help says more."""
    from peelqa.settings import checkout

    root = checkout()
    if root is None or not (root / "eval" / "__main__.py").is_file():
        raise BadInput("The evaluation is part of a checkout of peelqa, and this is none. Run it in one: peelqa eval")
    sys.exit(subprocess.run([sys.executable, "-m", "eval", *arguments], cwd=root, check=False).returncode)  # noqa: S603
