"""The commands that check: `verify` and `doctor`."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

import click

from peelqa.cli.options import json_option, places, settings_of

_DAMAGED = 3
_MARKS = {"ok": "ok      ", "warning": "warning ", "wrong": "WRONG   "}


@click.command()
@places
@json_option("what was found")
def verify(corpus: Path | None, index: str | None, as_json: bool) -> None:
    """Check every file of the index and every report's text against what was published.

    Names all damage; exit status 3 where there is any. `peelqa build` makes a new, whole index.
    """
    from peelqa.errors import IndexDamaged
    from peelqa.index import find_damage, generation_names, open_index

    place = settings_of(corpus, index).index
    # An index of another format is whole: it is refused by name, and not called damaged.
    with suppress(IndexDamaged):
        open_index(place)
    damage, generations = find_damage(place), generation_names(place)
    if as_json:
        click.echo(json.dumps({"index": str(place), "generations": generations, "damage": damage}, indent=1))
    else:
        for line in damage:
            click.echo(f"damaged: {line}")
        if not damage:
            click.echo(f"{', '.join(generations)}: every file and every report's text is whole.")
    if damage:
        click.echo(
            f"peelqa: {place} is damaged ({len(damage)} {'thing is' if len(damage) == 1 else 'things are'} wrong). Run: peelqa build",
            err=True,
        )
        sys.exit(_DAMAGED)


@click.command()
@places
@json_option("the findings")
def doctor(corpus: Path | None, index: str | None, as_json: bool) -> None:
    """Check the whole installation: versions, models, corpus, index, disk, memory and limits.

    Prints everything a support person would ask for, with what to do where something is not right; exit status 1
    where something keeps peelqa from answering, and 3 where no whole generation of the index is left.
    """
    from peelqa.cli.checkup import examine

    settings = settings_of(corpus, index)
    findings = list(examine(settings))
    if as_json:
        shown = [
            {"part": each.part, "state": each.state, "says": each.says, "advice": each.advice} for each in findings
        ]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for each in findings:
            click.echo(f"{_MARKS[each.state]}{each.part}: {each.says}")
            if each.advice:
                click.echo(f"        -> {each.advice}")
    sys.exit(max((each.exit_status for each in findings if each.state == "wrong"), default=0))
