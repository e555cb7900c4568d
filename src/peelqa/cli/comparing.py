"""The command that asks one question of several bodies or years: `compare`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from peelqa.cli.options import FINDINGS, json_option, open_existing, places, settings_of
from peelqa.cli.printing import print_comparison


@click.command()
@places
@click.option("--body", "bodies", multiple=True, help="A force or authority to compare. Repeat it for each.")
@click.option("--year", "years", type=click.IntRange(1900, 2100), multiple=True, help="A year to compare. Repeat it.")
@click.option("--theme", multiple=True, help="Only sections about this, for instance Efficiency. May be repeated.")
@click.option("--finding", type=click.Choice(FINDINGS), help="Only findings of this direction.")
@click.argument("question")
@json_option("the comparison")
def compare(
    question: str,
    bodies: tuple[str, ...],
    years: tuple[int, ...],
    theme: tuple[str, ...],
    finding: str | None,
    as_json: bool,
    corpus: Path | None,
    index: str | None,
) -> None:
    """Ask one question of several bodies or years, side by side.

    \b
    peelqa compare "How well are victims looked after?" --body "Kent Police" --body "Essex Police"
    peelqa compare "Is the force efficient?" --year 2014 --year 2018
    """
    from peelqa.comparison import compare as compare_reports
    from peelqa.questions import Filters

    library, filters = open_existing(settings_of(corpus, index)), Filters(theme=theme, finding=finding)
    found = compare_reports(library, question, bodies=bodies, years=years, filters=filters).to_json()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print_comparison(found)
