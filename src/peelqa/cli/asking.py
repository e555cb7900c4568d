"""The commands that ask: `ask` and `search`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from peelqa.cli.options import filters, filters_of, json_option, open_existing, places, settings_of
from peelqa.cli.printing import print_answer, print_passages
from peelqa.errors import BadInput, PeelqaError

if TYPE_CHECKING:
    from peelqa.answers import Library

CSV_COLUMNS = (
    "text",
    "body",
    "framework",
    "year",
    "section",
    "period",
    "grade",
    "finding",
    "page",
    "report",
    "url",
    "citation",
)


@click.command()
@places
@filters
@click.argument("question", required=False)
@click.option(
    "--batch", type=click.File("r", encoding="utf-8"), help="File of JSON Lines, one question each; - reads stdin."
)
@json_option("the answer")
def ask(
    question: str | None,
    batch: TextIO | None,
    as_json: bool,
    corpus: Path | None,
    index: str | None,
    limit: int,
    **chosen: Any,
) -> None:
    """Ask a question; the answer is quotations from the reports, or why there are none.

    \b
    peelqa ask "What concerns exist about child protection?"
    peelqa ask "Is the force efficient?" --body "West Midlands Police" --year 2014

    A line of --batch has a question, and may have an id, body, year, theme, finding, limit and history; each gives a
    line of JSON, in order. A line that cannot be answered gives its id and an error, and the exit status is 1.
    """
    if (question is None) == (batch is None):
        raise BadInput('Give one question in quotation marks, or --batch FILE. For instance: peelqa ask "Who leads?"')
    library = open_existing(settings_of(corpus, index))
    if batch is not None:
        sys.exit(_answer_lines(library, batch, chosen, limit))
    answer = library.ask(question or "", filters_of(chosen), limit).to_json()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print_answer(answer)


def _answer_lines(library: Library, lines: Iterable[str], chosen: dict[str, Any], limit: int) -> int:
    """Answer a batch, line by line, and return the exit status."""
    status = 0
    for line in lines:
        if not line.strip():
            continue
        name: Any = None
        try:
            fields = json.loads(line)
            name = fields.get("id") if isinstance(fields, dict) else None
            answer: dict[str, Any] = _answer_line(library, fields, chosen, limit)
        except (ValueError, PeelqaError, RecursionError) as error:
            answer = {"error": _reason(error)}
            status = 1
        click.echo(json.dumps({"id": name, **answer}, ensure_ascii=False))
    return status


def _answer_line(library: Library, fields: Any, chosen: dict[str, Any], limit: int) -> dict[str, Any]:
    from peelqa.asking import AskRequest

    # What the command line chose holds for lines that do not choose themselves.
    common = {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items() if value}
    request = AskRequest.model_validate({**common, **fields} if isinstance(fields, dict) else fields)
    return library.ask(request.question, request.filters(), request.limit or limit, request.turns()).to_json()


def _reason(error: Exception) -> str:
    """Return what is wrong with a line, in one line, without repeating what it holds."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the line'}: {each['msg']}" for each in wrong)[:300]
    if isinstance(error, json.JSONDecodeError | RecursionError):
        return f"the line is not JSON ({error})"
    return " ".join(str(error).split())[:300]


@click.command()
@places
@filters
@click.argument("query")
@json_option("passages")
@click.option("--csv", "as_csv", is_flag=True, help="Print passages as CSV, for a spreadsheet.")
def search(
    query: str, as_json: bool, as_csv: bool, corpus: Path | None, index: str | None, limit: int, **chosen: Any
) -> None:
    """List the passages that fit a query, best first.

    Unlike `ask` it does not judge whether a passage answers: it is for reading around a subject.
    """
    from peelqa.attribution import passage_json

    if as_json and as_csv:
        raise BadInput("Choose one of --json and --csv.")
    library = open_existing(settings_of(corpus, index), closely=False)
    found = [passage_json(passage) for passage in library.search(query, filters_of(chosen), limit)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif as_csv:
        _write_csv(found)
    else:
        print_passages(found)


def _write_csv(found: Iterable[dict[str, Any]]) -> None:
    from peelqa.exports import inert

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for each in found:
        report, period, grade = each["report"], each["period"], each["grade"]
        cells = {
            **{name: each.get(name) for name in ("text", "finding", "page", "citation")},
            **{name: report[name] for name in ("body", "framework", "year", "url")},
            "section": " > ".join(each["section"]),
            "period": period and period["text"],
            "grade": grade and grade["value"],
            "report": report["id"],
        }
        writer.writerow([inert(cells[name]) for name in CSV_COLUMNS])
