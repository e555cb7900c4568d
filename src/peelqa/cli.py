"""The command line. Parses, calls, prints; heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peelqa.errors import BadInput, IndexMissing, PeelqaError, UnknownReport

if TYPE_CHECKING:
    from peelqa.answers import Library
    from peelqa.building import Built
    from peelqa.questions import Filters
    from peelqa.settings import Settings


class _Commands(click.Group):
    """Turn expected failures into one line on stderr and their exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PeelqaError as error:
            click.echo(f"peelqa: {error}", err=True)
            sys.exit(error.exit_status)


def _places(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--index", type=click.Path(path_type=Path), help="Folder of the index.")(command)
    return click.option("--corpus", type=click.Path(path_type=Path), help="Folder of report files.")(command)


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--limit", type=click.IntRange(1, 20), default=5, show_default=True, help="How many at the most."),
        click.option("--finding", help="Only concern, strength, mixed or neutral findings."),
        click.option("--theme", multiple=True, help="Only sections about this theme."),
        click.option("--year", type=int, multiple=True, help="Only reports of this year."),
        click.option("--body", multiple=True, help="Only reports on this force or authority."),
    ):
        command = option(command)
    return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="peelqa")
def main() -> None:
    """Ask inspection reports a question and get the reports' own words, each with where it stands."""


@main.command()
@_places
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def build(corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """Read every report in the corpus and publish a new index."""
    built = _build(_settings(corpus, index))
    refused = [{"file": each.name, "reason": each.reason} for each in (*built.refused, *built.duplicates)]
    if as_json:
        result = built.result
        summary = {
            "generation": result.generation,
            "reports": result.reports,
            "passages": result.passages,
            "embedded": result.embedded,
            "refused": refused,
            "skipped": built.skipped,
            "warnings": {report.id: report.warnings for report in built.reports if report.warnings},
        }
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    for each in refused:
        click.echo(f"not indexed: {each['file']}: {each['reason']}", err=True)
    for report in built.reports:
        for warning in report.warnings:
            click.echo(f"{report.source_name}: {warning}", err=True)
    click.echo(
        f"Indexed {built.result.reports} reports, {built.result.passages} passages ({built.result.embedded} new); "
        f"{len(refused)} files not indexed, {built.skipped} of other kinds skipped."
    )


@main.command()
@_places
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(corpus: Path | None, index: Path | None, host: str, port: int) -> None:
    """Serve the web page and the API; builds the index first when there is none."""
    settings = _settings(corpus, index)
    import uvicorn

    from peelqa.settings import web_folder
    from peelqa.web import create_app

    app = create_app(_library(settings), web_folder())
    click.echo(f"peelqa answers at http://{host}:{port}/", err=True)
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=10)


@main.command()
@_places
@_filters
@click.argument("question", required=False)
@click.option("--batch", type=click.File("r", encoding="utf-8"), help="JSON Lines of questions, - for standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def ask(
    question: str | None, batch: Any, as_json: bool, corpus: Path | None, index: Path | None, limit: int, **chosen: Any
) -> None:
    """Ask a question; the answer is quotations from the reports, or why there are none."""
    if (question is None) == (batch is None):
        raise BadInput("Give one question, or --batch FILE.")
    library = _library(_settings(corpus, index))
    if batch is not None:
        sys.exit(_ask_batch(library, batch, limit))
    answer = library.ask(question or "", _chosen(chosen), limit).to_json()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo(answer["message"])
    if answer["nearest"]:
        click.echo("\nNot an answer, but nearest to the question:")
    for quote in answer["quotes"] or answer["nearest"]:
        _print_quote(quote)


def _ask_batch(library: Library, lines: Any, limit: int) -> int:
    from pydantic import ValidationError

    from peelqa.asking import AskRequest

    status = 0
    for line in lines:
        if not line.strip():
            continue
        name = None
        try:
            fields = json.loads(line)
            name = fields.get("id") if isinstance(fields, dict) else None
            request = AskRequest.model_validate(fields)
            answer = library.ask(request.question, request.filters(), request.limit or limit).to_json()
            click.echo(json.dumps({"id": name, **answer}, ensure_ascii=False))
        except (ValueError, ValidationError, PeelqaError) as error:
            click.echo(json.dumps({"id": name, "error": " ".join(str(error).split())[:300]}, ensure_ascii=False))
            status = 1
    return status


def _print_quote(quote: dict[str, Any]) -> None:
    report = quote["report"]
    click.echo(f"\n“{quote['text']}”")
    grade, period = quote["grade"], quote["period"]
    about = [
        report["body"],
        str(report["year"] or ""),
        " > ".join(quote["section"]),
        f"speaks of {period['text']} ({period['from']})" if period else None,
        f"grade: {grade['value']}" if grade else None,
        f"source: {quote['source']}" if quote["source"] else None,
        f"page {quote['page']}" if quote["page"] else None,
        "SAMPLE" if report["sample"] else None,
    ]
    click.echo("  " + " · ".join(part for part in about if part))


@main.command()
@_places
@_filters
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print passages as JSON.")
def search(query: str, as_json: bool, corpus: Path | None, index: Path | None, limit: int, **chosen: Any) -> None:
    """List the passages that fit a query, best first."""
    from peelqa.attribution import passage_json

    library = _library(_settings(corpus, index))
    found = [passage_json(passage) for passage in library.search(query, _chosen(chosen), limit)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for each in found:
        click.echo(f"\n{each['text']}\n  {each['report']['title']} · {' > '.join(each['section'])}")


@main.command()
@_places
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def reports(corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """List the reports in the index."""
    from peelqa.attribution import report_json
    from peelqa.index import open_index

    listed = [
        {**report_json(report), "file": report.source_name, "warnings": list(report.warnings)}
        for report in open_index(_settings(corpus, index).index).reports
    ]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for each in listed:
        click.echo(
            f"{each['id']}: {each['body'] or 'body not known'}, {each['framework'] or 'no known framework'}, {each['title']}"
        )
        for warning in each["warnings"]:
            click.echo(f"  warning: {warning}")


@main.command()
@_places
@click.argument("report")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(report: str, corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """Print how one report was read: sections, dates, grades, warnings."""
    from peelqa.attribution import outline_json
    from peelqa.index import open_index

    opened = open_index(_settings(corpus, index).index)
    if report not in opened.report_ids():
        raise UnknownReport(f"There is no report {report} in the index. Run: peelqa reports")
    about = outline_json(opened.report(report))
    if as_json:
        click.echo(json.dumps(about, ensure_ascii=False, indent=1))
        return
    click.echo(f"{about['title']}\n{about['body']}, {about['framework']}, {about['publisher']}")
    for section in about["sections"]:
        grade, period = section["grade"], section["period"]
        notes = "; ".join(filter(None, (grade and grade["value"], period and period["text"])))
        click.echo(f"{'  ' * len(section['path'])}{section['heading']}{f'  [{notes}]' if notes else ''}")
    for warning in about["warnings"]:
        click.echo(f"warning: {warning}")


@main.command()
@_places
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(path: Path, corpus: Path | None, index: Path | None) -> None:
    """Copy a report file into the corpus and build the index."""
    settings = _settings(corpus, index)
    settings.corpus.mkdir(parents=True, exist_ok=True)
    target = settings.corpus / path.name
    if target.exists():
        raise BadInput(f"{target} is there already. Remove it first: peelqa remove {path.stem}")
    shutil.copyfile(path, target)
    side = path.with_name(path.name + ".meta.json")
    if side.is_file():
        shutil.copyfile(side, target.with_name(side.name))
    _build(settings)
    click.echo(f"Added {path.name}.")


@main.command()
@_places
@click.argument("report")
def remove(report: str, corpus: Path | None, index: Path | None) -> None:
    """Remove a report's file from the corpus and build the index without it."""
    from peelqa.index import open_index

    settings = _settings(corpus, index)
    opened = open_index(settings.index)
    if report not in opened.report_ids():
        raise UnknownReport(f"There is no report {report} in the index. Run: peelqa reports")
    found = opened.report(report)
    place = settings.corpus / found.source_name
    if found.sample or not place.is_file():
        raise BadInput(f"{report} does not stand in {settings.corpus}, so it cannot be removed there.")
    place.unlink()
    place.with_name(place.name + ".meta.json").unlink(missing_ok=True)
    _build(settings)
    click.echo(f"Removed {report}.")


@main.command()
@_places
def verify(corpus: Path | None, index: Path | None) -> None:
    """Check every file of the index and every report's text; exit status 3 where anything is damaged."""
    from peelqa.index import open_index

    opened = open_index(_settings(corpus, index).index)
    click.echo(f"{opened.generation}: {len(opened.reports)} reports and {opened.vectors.count} passages are whole.")


@main.command()
@_places
def doctor(corpus: Path | None, index: Path | None) -> None:
    """Say what this installation is made of and whether it is fit to answer."""
    import platform
    from importlib.metadata import version

    from peelqa.weights import minilm_files, reranker_folder

    settings = _settings(corpus, index)
    click.echo(f"Python {platform.python_version()}")
    for package in ("peelqa", "sentence-transformers", "faiss-cpu", "tantivy", "onnxruntime", "torch"):
        click.echo(f"{package} {version(package)}")
    click.echo(f"models: {minilm_files()} and {reranker_folder()} are the right ones")
    click.echo(f"corpus: {settings.corpus}")
    try:
        from peelqa.index import open_index

        click.echo(f"index: {settings.index}, {open_index(settings.index).generation}")
    except IndexMissing as error:
        click.echo(f"index: {error}")


def _settings(corpus: Path | None, index: Path | None) -> Settings:
    from peelqa.settings import read_settings

    settings = read_settings()
    changes = {name: value for name, value in (("corpus", corpus), ("index", index)) if value is not None}
    return settings.model_copy(update=changes)


def _chosen(chosen: dict[str, Any]) -> Filters:
    from peelqa.questions import Filters

    return Filters(chosen["body"], chosen["year"], chosen["theme"], chosen["finding"])


def _library(settings: Settings) -> Library:
    """Open the index, built first where there is none."""
    from peelqa.answers import open_library
    from peelqa.embedding import load_embedder

    if not (settings.index / "CURRENT").is_file():
        _build(settings)
    return open_library(settings.index, load_embedder(settings.model))


def _build(settings: Settings) -> Built:
    from peelqa.building import build_corpus
    from peelqa.embedding import load_embedder
    from peelqa.settings import sample_folder

    return build_corpus(settings.corpus, settings.index, sample_folder(), load_embedder(settings.model), _progress)


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{what}: {done} of {total} ", err=True, nl=done == total)
    elif done == total or done % max(1, total // 10) == 0:
        click.echo(f"{what}: {done} of {total}", err=True)
