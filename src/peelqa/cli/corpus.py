"""The commands that change the corpus and build its index: `build`, `add`, `remove`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peelqa.cli.listing import unknown_report
from peelqa.cli.options import ProgressLine, build_now, json_option, places, settings_of
from peelqa.cli.printing import shown
from peelqa.errors import BadInput, NotFetched, NothingReadable, UnreadableReport

if TYPE_CHECKING:
    from peelqa.building import Built
    from peelqa.reports.sidefile import SideFile

_OF_ONE_FILE = ("title", "url")


@click.command()
@places
@json_option("what was built")
def build(corpus: Path | None, index: str | None, as_json: bool) -> None:
    """Read every report in the corpus and publish a new index.

    Files that did not change since the last build are neither read nor embedded again. Text, Markdown, HTML, PDF and
    DOCX files are reports; once there is one of yours, the built-in sample is left out.
    """
    built = build_now(settings_of(corpus, index))
    if as_json:
        click.echo(json.dumps(_summary(built), ensure_ascii=False, indent=1))
        return
    tell_noticed(built)
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


def tell_noticed(built: Built) -> None:
    """Say on stderr what is not indexed and why, and what was noticed in reading the rest."""
    for each in (*built.refused, *built.duplicates):
        click.echo(shown(f"not indexed: {each.name}: {each.reason}"), err=True)
    for name, warnings in built.warnings.items():
        for warning in warnings:
            click.echo(shown(f"{name}: {warning}"), err=True)


@click.command()
@places
@click.argument("reports", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--title", help="The report's title, if its text does not give it.")
@click.option("--url", help="Where it was published.")
@click.option("--publisher", help="Who published it.")
@click.option("--published", help="When, as YYYY-MM-DD.")
@click.option("--retrieved", help="When this copy was taken, as YYYY-MM-DD.")
@click.option("--licence", help="The terms it may be used under.")
@click.option("--body", help="Which force or authority was inspected.")
@click.option("--framework", help="The kind of inspection, for instance PEEL 2014.")
def add(reports: tuple[str, ...], corpus: Path | None, index: str | None, **said: str | None) -> None:
    """Bring report files, or the reports at web addresses, into the corpus and build the index.

    What the options say is kept beside each file and holds over what its text says. What cannot be added leaves
    the corpus as it was.
    """
    settings = settings_of(corpus, index)
    about = _about(said, len(reports))
    brought: list[tuple[str, ExitStack]] = []
    with ExitStack() as undo:
        for report in reports:
            undo_one = undo.enter_context(ExitStack())
            brought.append((_bring(report, settings.corpus, about, undo_one).name, undo_one))
        built = build_now(settings)
        undo.pop_all()
    tell_noticed(built)
    names = {name for name, _ in brought}
    left_out = [each for each in (*built.refused, *built.duplicates) if each.name in names]
    if left_out:
        not_added = {each.name for each in left_out}
        for name, undo_one in reversed(brought):
            if name in not_added:
                undo_one.close()
        build_now(settings)  # so that the index does not go on naming what is no longer there
        raise UnreadableReport(f"{left_out[0].name} was not added: {left_out[0].reason}")
    click.echo(f"Added {', '.join(sorted(names))}; the index holds {_count(built.result.reports, 'report')}.")


def _about(said: dict[str, str | None], reports: int) -> SideFile:
    """Return what the options say of the reports. Raises BadInput with the first that makes no sense."""
    from pydantic import ValidationError

    from peelqa.reports.sidefile import SideFile, first_fault

    wrong = [name for name in _OF_ONE_FILE if said[name] and reports > 1]
    if wrong:
        raise BadInput(f"--{wrong[0]} is about one report; add the reports one at a time.")
    try:
        return SideFile.model_validate({name: value for name, value in said.items() if value})
    except ValidationError as error:
        field, fault = first_fault(error)
        raise BadInput(f"--{field}: {fault}.") from None


def _bring(report: str, corpus: Path, about: SideFile, undo: ExitStack) -> Path:
    """Put a file, or what stands at an address, into the corpus and return its place there; closing `undo` undoes it."""
    if "://" not in report:
        from peelqa.fetching.copies import add_file

        return add_file(Path(report), corpus, about, undo)
    from peelqa.fetching.downloading import Downloader
    from peelqa.fetching.published import add_address

    corpus.mkdir(parents=True, exist_ok=True)
    return add_address(report, corpus, Downloader(), about, undo)


def _take_away(corpus: Path, path: Path) -> None:
    """Remove a report's file with all that is kept of it."""
    from peelqa.fetching.copies import open_copies
    from peelqa.reports.sidefile import side_file_of

    path.unlink(missing_ok=True)
    side_file_of(path).unlink(missing_ok=True)
    if path.parent == corpus:  # where copies stand: a file of the same name in a folder is none
        with open_copies(corpus) as copies:
            copies.forget(path.name)


@click.command()
@places
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all", "everything", is_flag=True, help="Fetch every report that is listed.")
@click.option("--list", "only_list", is_flag=True, help="List the names and series there are, and fetch nothing.")
def fetch(names: tuple[str, ...], everything: bool, only_list: bool, corpus: Path | None, index: str | None) -> None:
    """Fetch published reports from the inspectorates' web sites into the corpus and build the index.

    NAME is a report or a series of them, as --list gives them. Reports that are there already are fetched again only
    where they changed.
    """
    from peelqa.fetching.downloading import Downloader
    from peelqa.fetching.published import State, fetch_reports
    from peelqa.fetching.sources import choose_sources, read_sources
    from peelqa.settings import sources_file

    settings = settings_of(corpus, index)
    sources = read_sources(sources_file(settings.corpus))
    if only_list:
        for source in sources.listed:
            click.echo(f"{source.series}: {source.name}: {source.url}")
        return
    if bool(names) == everything:
        raise BadInput("Name reports or series to fetch, or give --all. See what there is: peelqa fetch --list")
    chosen = sources.listed if everything else choose_sources(sources, names)
    settings.corpus.mkdir(parents=True, exist_ok=True)
    fetched = fetch_reports(chosen, settings.corpus, Downloader(hosts=sources.hosts), ProgressLine())
    for outcome in fetched.failed:
        click.echo(f"not fetched: {outcome.name}: {outcome.reason}", err=True)
    if len(fetched.failed) == len(fetched.outcomes):
        raise NotFetched(f"None of {_count(len(chosen), 'report')} could be fetched: {fetched.failed[0].reason}")
    tell_noticed(build_now(settings))
    states = {state: fetched.count(state) for state in State}
    click.echo(f"{', '.join(f'{count} {state}' for state, count in states.items() if count)}.")
    if fetched.failed:
        raise NotFetched(f"{_count(len(fetched.failed), 'report')} could not be fetched; try again later.")


@click.command()
@places
@click.argument("report")
def remove(report: str, corpus: Path | None, index: str | None) -> None:
    """Remove a report's file from the corpus and all of its text from the index.

    REPORT is an id as `peelqa reports` lists them. Files that were left out as copies or older versions of it are removed
    and named, since one of them would answer in its place; one that has changed since then stays, and is named too. Earlier
    generations of the index that hold it go too. A removal that was broken off is ended by the same command.
    """
    from peelqa.index import erase_index, open_index
    from peelqa.reports.duplicates import left_out_for
    from peelqa.settings import folder_of

    settings = settings_of(corpus, index)
    opened = open_index(settings.index)
    cards = {card.id: card for card in opened.reports}
    if report not in cards:
        raise unknown_report(report, opened.report_ids())
    file = cards[report].source_name
    if cards[report].sample and not (settings.corpus / file).is_file():
        raise BadInput(f"{report} is a sample that comes with peelqa; it goes when the corpus holds another report.")
    reasons = opened.refused()
    copies = left_out_for(file, reasons)
    built_at = datetime.fromisoformat(str(opened.manifest["built_at"])).timestamp()
    left_out = [name for name in copies if not _is_newer(settings.corpus / name, built_at)]
    for name in (*reversed(left_out), file):  # in this order, so that broken off here none of them answers in its place
        _take_away(settings.corpus, settings.corpus / name)
    also = "".join(f", and {name} ({reasons[name]})" for name in left_out)
    kept = "".join(
        f"; {name} has changed since it was left out ({reasons[name]}) and stays"
        for name in copies
        if name not in left_out
    )
    removed = shown(f"Removed {report}{also}{kept}")
    try:
        built = build_now(settings)
    except NothingReadable:
        erase_index(settings.index)
        erase_index(folder_of(settings.index, settings.cache))
        click.echo(f"{removed}; the corpus holds no other report, so there is no index now.")
        return
    click.echo(f"{removed}; the index holds {_count(built.result.reports, 'report')}.")


def _is_newer(path: Path, built_at: float) -> bool:
    """Tell whether a file was written after a build, which is known to the second, and so is not judged by its reasons."""
    return path.is_file() and int(path.stat().st_mtime) > built_at


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
