"""Answers, passages and reports as plain text for a terminal or a file."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import Any

import click

_WIDEST = 100
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def print_answer(answer: dict[str, Any]) -> None:
    """Print an answer as the JSON contract gives it: the message, then each quotation with where it stands."""
    for line in textwrap.wrap(answer["message"], width()) or [""]:
        click.echo(line)
    if answer["nearest"]:
        click.echo("\nNot an answer, but nearest to the question:")
    for number, quote in enumerate(answer["quotes"] or answer["nearest"], start=1):
        _print_quote(number, quote)


def print_comparison(found: dict[str, Any]) -> None:
    """Print a comparison cell by cell: its quotations, or why there are none."""
    click.echo(found["message"])
    for warning in found["warnings"]:
        click.echo(f"warning: {warning}")
    for cell in (cell for row in found["rows"] for cell in row["cells"]):
        click.echo(f"\n{cell['body'] or 'All bodies'}, {cell['year'] or 'all years'}: {cell['message']}")
        for number, quote in enumerate(cell["quotes"], start=1):
            _print_quote(number, quote)


def print_passages(passages: list[dict[str, Any]]) -> None:
    """Print passages as the JSON contract gives them."""
    if not passages:
        click.echo("No passage fits.")
    for number, passage in enumerate(passages, start=1):
        _print_quote(number, passage)


def _print_quote(number: int, quote: dict[str, Any]) -> None:
    margin = " " * (len(str(number)) + 2)
    said = shown(f"“{' '.join(quote['text'].split())}”")
    click.echo("\n" + textwrap.fill(said, width(), initial_indent=f"{number}. ", subsequent_indent=margin))
    for line in _attribution(quote):
        click.echo(textwrap.fill(shown(line), width(), initial_indent=margin, subsequent_indent=f"{margin}  "))


def _attribution(quote: dict[str, Any]) -> list[str]:
    """Return the lines that say who says it, where it stands and what date it speaks of."""
    report, grade, period = quote["report"], quote["grade"], quote["period"]
    framework, year = report["framework"], str(report["year"] or "")
    who = [
        "SAMPLE REPORT, INVENTED" if report["sample"] else None,
        report["body"],
        framework or report["title"],
        year if year not in (framework or report["title"]) else None,
        report["publisher"],
    ]
    about = [
        f"speaks of {period['text']} ({period['from']})" if period else None,
        f"grade in force: {grade['value']} ({grade['level']})" if grade else None,
        f"source named: {quote['source']}" if quote["source"] else None,
        f"page {quote['page']}" if quote["page"] else None,
        quote["finding"] if quote["finding"] != "neutral" else None,
    ]
    lines = (joined(who), " > ".join(quote["section"]), joined(about), report["url"] or f"report {report['id']}")
    return [line for line in lines if line]


def print_reports(listed: list[dict[str, Any]], refused: dict[str, str]) -> None:
    """Print the reports in an index, and the files that are not in it."""
    for each in listed:
        sample = "SAMPLE, INVENTED" if each["sample"] else None
        about = (
            sample,
            each["body"] or "body not known",
            each["framework"] or "no known framework",
            str(each["year"] or ""),
        )
        count = f"{each['passages']} passages{', read in part' if each['partial'] else ''}"
        click.echo(f"{each['id']}\n  {shown(each['title'])}\n  {shown(joined([*about, count]))}")
        for warning in each["warnings"]:
            click.echo(
                textwrap.fill(shown(f"warning: {warning}"), width(), initial_indent="  ", subsequent_indent="    ")
            )
    for name, reason in refused.items():
        click.echo(shown(f"not indexed: {name}: {reason}"))


def shown(text: str) -> str:
    """Return a line in which what would move a terminal's cursor or turn its text round is visible and does nothing.

    >>> shown("a\\x1b[2Jb\\u202ec"), shown("soft\\xadhyphen")
    ('a\\\\x1b[2Jb\\\\u202ec', 'soft\\xadhyphen')
    """
    return _ACTIVE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def joined(parts: list[Any]) -> str:
    """Join what is known of a thing, leaving out what is not."""
    return " · ".join(str(part) for part in parts if part)


def width() -> int:
    """Return how many characters a line may have."""
    return min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
