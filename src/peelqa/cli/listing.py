"""The commands that list: `reports` and `show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peelqa.cli.options import json_option, places, settings_of
from peelqa.cli.outline import print_outline
from peelqa.cli.printing import print_reports
from peelqa.errors import UnknownReport

if TYPE_CHECKING:
    from peelqa.index import Index


@click.command()
@places
@json_option("the list")
def reports(corpus: Path | None, index: str | None, as_json: bool) -> None:
    """List the reports in the index, with what was noticed in reading them."""
    from peelqa.attribution import report_json

    opened = _opened(corpus, index)
    listed = [
        {
            **report_json(card),
            "file": card.source_name,
            "passages": len(opened.rows_by_report[card.id]),
            "partial": card.partial,
            "warnings": list(card.warnings),
        }
        for card in opened.reports
    ]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        print_reports(listed, dict(opened.refused()))


@click.command()
@places
@click.argument("report")
@click.option("--passages", "whole", is_flag=True, help="Print every passage with its place in the text.")
@json_option("all of it")
def show(report: str, whole: bool, corpus: Path | None, index: str | None, as_json: bool) -> None:
    """Show how one report was read: its section tree, dates, grades, passages and warnings.

    REPORT is an id as `peelqa reports` lists them.
    """
    from peelqa.attribution import outline_json

    opened = _opened(corpus, index)
    if report not in opened.report_ids():
        raise unknown_report(report, opened.report_ids())
    about = outline_json(opened.report(report), opened.passages_of(report))
    if as_json:
        click.echo(json.dumps(about, ensure_ascii=False, indent=1))
    else:
        print_outline(about, whole=whole)


def unknown_report(name: str, known: tuple[str, ...]) -> UnknownReport:
    """Return the error for a report that is not there, with the nearest names that are."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return UnknownReport(f"There is no report {name} in the index.{hint} List them: peelqa reports")


def _opened(corpus: Path | None, index: str | None) -> Index:
    from peelqa.index import open_index

    opened = open_index(settings_of(corpus, index).index)
    if opened.warning:
        click.echo(f"warning: {opened.warning}", err=True)
    return opened
