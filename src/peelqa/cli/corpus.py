"""The commands that change the corpus and build its index: `build`, `add`, `remove`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peelqa.cli.listing import unknown_report
from peelqa.cli.options import build_now, json_option, places, settings_of
from peelqa.errors import BadInput, NothingReadable, UnreadableReport

if TYPE_CHECKING:
    from peelqa.building import Built
    from peelqa.reports.sidefile import SideFile

_OF_ONE_FILE = ("title", "url")


@click.command()
@places
@json_option("what was built")
def build(corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """Read every report in the corpus and publish a new index.

    Files that did not change since the last build are neither read nor embedded again. Text, Markdown, HTML, PDF and
    DOCX files are reports; the built-in sample is used only while the corpus holds no other report.
    """
    built = build_now(settings_of(corpus, index))
    if as_json:
        click.echo(json.dumps(_summary(built), ensure_ascii=False, indent=1))
        return
    _tell_noticed(built)
    result = built.result
    left_out = len(built.refused) + len(built.duplicates)
    what = "Nothing changed; the index holds" if result.unchanged else "Indexed"
    click.echo(
        f"{what} {_count(result.reports, 'report')}, {_count(result.passages, 'passage')} ({result.embedded} new); "
        f"{_count(left_out, 'file')} not indexed, {built.skipped} of other kinds skipped."
    )


def _summary(built: Built) -> dict[str, Any]:
    result = built.result
    return {
        "generation": result.generation,
        "unchanged": result.unchanged,
        "reports": result.reports,
        "read": result.read,
        "passages": result.passages,
        "embedded": result.embedded,
        "refused": [{"file": each.name, "reason": each.reason} for each in (*built.refused, *built.duplicates)],
        "skipped": built.skipped,
        "warnings": built.warnings,
    }


def _tell_noticed(built: Built) -> None:
    for each in (*built.refused, *built.duplicates):
        click.echo(f"not indexed: {each.name}: {each.reason}", err=True)
    for name, warnings in built.warnings.items():
        for warning in warnings:
            click.echo(f"{name}: {warning}", err=True)


@click.command()
@places
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--title", help="The report's title, if its text does not give it.")
@click.option("--url", help="Where it was published.")
@click.option("--publisher", help="Who published it.")
@click.option("--published", help="When, as YYYY-MM-DD.")
@click.option("--retrieved", help="When this copy was taken, as YYYY-MM-DD.")
@click.option("--licence", help="The terms it may be used under.")
@click.option("--body", help="Which force or authority was inspected.")
@click.option("--framework", help="The kind of inspection, for instance PEEL 2014.")
def add(paths: tuple[Path, ...], corpus: Path | None, index: Path | None, **said: str | None) -> None:
    """Copy report files into the corpus and build the index.

    What the options say is kept beside each file and holds over what its text says.
    """
    settings = settings_of(corpus, index)
    wrong = [name for name in _OF_ONE_FILE if said[name] and len(paths) > 1]
    if wrong:
        raise BadInput(f"--{wrong[0]} is about one report; add the files one at a time.")
    brought = {path: _check_new(path, settings.corpus, said) for path in paths}
    settings.corpus.mkdir(parents=True, exist_ok=True)
    for path, side in brought.items():
        _bring(path, settings.corpus / path.name, side)
    try:
        built = build_now(settings)
    except BaseException:
        for path in paths:
            _take_away(settings.corpus / path.name)
        raise
    _tell_noticed(built)
    names = {path.name for path in paths}
    left_out = [each for each in (*built.refused, *built.duplicates) if each.name in names]
    for each in left_out:
        _take_away(settings.corpus / each.name)
    if left_out:
        raise UnreadableReport(f"{left_out[0].name} was not added: {left_out[0].reason}")
    click.echo(f"Added {', '.join(sorted(names))}; the index holds {_count(built.result.reports, 'report')}.")


def _check_new(path: Path, corpus: Path, said: dict[str, str | None]) -> SideFile:
    """Return what is to stand beside a new report. Raises BadInput where it cannot be brought in."""
    from pydantic import ValidationError

    from peelqa.reports.corpus import REPORT_SUFFIXES
    from peelqa.reports.sidefile import SideFile, read_side_file

    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise BadInput(f"{path} is no kind of report; those are {', '.join(sorted(REPORT_SUFFIXES))}.")
    target = corpus / path.name
    if target.exists():
        raise BadInput(f"{target} is there already. Remove it first: peelqa remove {path.stem}")
    known = read_side_file(path).model_dump(exclude_defaults=True)
    try:
        return SideFile.model_validate({**known, **{name: value for name, value in said.items() if value}})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadInput(f"--{first['loc'][0]}: {first['msg']}.") from None


def _bring(path: Path, target: Path, side: SideFile) -> None:
    from peelqa.reports.sidefile import SideFile, side_file_of

    shutil.copyfile(path, target)
    if side != SideFile():
        side_file_of(target).write_text(side.model_dump_json(exclude_defaults=True, indent=1), encoding="utf-8")


def _take_away(path: Path) -> None:
    from peelqa.reports.sidefile import side_file_of

    path.unlink(missing_ok=True)
    side_file_of(path).unlink(missing_ok=True)


@click.command()
@places
@click.argument("report")
def remove(report: str, corpus: Path | None, index: Path | None) -> None:
    """Remove a report's file from the corpus and all of its text from the index.

    REPORT is an id as `peelqa reports` lists them. Earlier generations of the index that hold it go too.
    """
    from peelqa.index import erase_index, open_index

    settings = settings_of(corpus, index)
    opened = open_index(settings.index)
    cards = {card.id: card for card in opened.reports}
    if report not in cards:
        raise unknown_report(report, opened.report_ids())
    place = settings.corpus / cards[report].source_name
    if cards[report].sample and not place.is_file():
        raise BadInput(f"{report} is a sample that comes with peelqa; it goes when the corpus holds another report.")
    if not place.is_file():
        raise BadInput(f"{place} is not there, so it cannot be removed. To index what is there, run: peelqa build")
    _take_away(place)
    try:
        built = build_now(settings)
    except NothingReadable:
        erase_index(settings.index)
        click.echo(f"Removed {report}; the corpus holds no other report, so there is no index now.")
        return
    click.echo(f"Removed {report}; the index holds {_count(built.result.reports, 'report')}.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
