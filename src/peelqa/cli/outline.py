"""How one report was read, as plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

import click

from peelqa.cli.printing import joined, shown, width

_LABEL = 13


def print_outline(about: dict[str, Any], *, whole: bool) -> None:
    """Print a report's particulars, warnings, grades and section tree and, if `whole`, every passage with its place."""
    click.echo(shown(about["title"]))
    for label, value in _particulars(about):
        _line(label, value)
    for reason in about["partial_because"]:
        _line("read in part", reason)
    for warning in about["warnings"]:
        if warning not in about["partial_because"]:
            _line("warning", warning)
    _print_grades(about["grades"])
    click.echo("\nSections")
    above: list[dict[str, Any]] = []
    for index, section in enumerate(about["sections"]):
        depth = len(section["path"]) if index else 0
        above[depth:] = [section]
        _print_section(section, depth, above[depth - 1] if depth else None)
        for passage in about["passages"] if whole else ():
            if passage["section_index"] == index:
                _print_passage(passage, depth)
    if not whole:
        click.echo(
            f"\n{len(about['passages'])} passages. To see each with its place: peelqa show {about['id']} --passages"
        )


def _particulars(about: dict[str, Any]) -> list[tuple[str, Any]]:
    inspected = " to ".join(dict.fromkeys(about["inspected"] or ()))
    length = f"{about['characters']:,} characters" + (f", {about['pages']} pages" if about["pages"] else "")
    return [
        ("sample", "invented, comes with peelqa" if about["sample"] else None),
        ("body", about["body"] or "not known"),
        ("framework", about["framework"] or "none that is known"),
        ("publisher", about["publisher"]),
        ("year", joined([about["year"], about["cycle"]])),
        ("published", about["published"]),
        ("inspected", inspected),
        ("address", about["url"]),
        ("retrieved", about["retrieved"]),
        ("licence", about["licence"]),
        ("file", f"{about['file']}, {length}"),
    ]


def _print_grades(grades: list[dict[str, Any]]) -> None:
    click.echo()
    scales = [", ".join(grade["scale"]) for grade in grades if grade["scale"]]
    scale = f" (of {scales[0]})" if scales else ""
    _wrapped(f"Grades{scale}" if grades else "No grades", 0)
    for grade in grades:
        status = None if grade["status"] == "graded" else grade["status"].replace("_", " ")
        period = grade["period"]
        _wrapped(f"{grade['about']}: {grade['value']}", 1)
        place = f"{_place(grade)} under {' > '.join(grade['section'])}"
        dated = f"{period['text']} ({period['from']})" if period else None
        _wrapped(joined([grade["level"], status if status != grade["value"].casefold() else None, dated]), 2)
        _wrapped(place, 2)


def _print_section(section: dict[str, Any], depth: int, above: dict[str, Any] | None) -> None:
    """Print a section with what it does not have from the one around it."""
    own = {name: value for name, value in section.items() if above is None or value != above[name]}
    grade, period, theme, kind = (own.get(name) for name in ("grade", "period", "theme", "finding_type"))
    notes = [
        f"theme: {theme}" if theme and theme != section["heading"] else None,
        f"marked: {kind.replace('_', ' ')}" if kind else None,
        f"grade in force: {grade['value']}" if grade else None,
        f"speaks of {period['text']} ({period['from']})" if period else None,
    ]
    _wrapped(f"{section['heading']}  [{section['start_char']}-{section['end_char']}]", depth)
    if any(notes):
        _wrapped(joined(notes), depth + 2)


def _print_passage(passage: dict[str, Any], depth: int) -> None:
    start = textwrap.shorten(passage["text"], 90, placeholder=" …")
    _wrapped(f"{_place(passage)}: {start}", depth + 1)


def _place(each: dict[str, Any]) -> str:
    page = f" page {each['page']}" if each["page"] else ""
    return f"[{each['start_char']}-{each['end_char']}]{page}"


def _line(label: str, value: Any) -> None:
    if value:
        margin = " " * (_LABEL + 2)
        click.echo(textwrap.fill(shown(f"{label:<{_LABEL}}  {value}"), width(), subsequent_indent=margin))


def _wrapped(text: str, depth: int) -> None:
    margin = "  " * depth
    click.echo(textwrap.fill(shown(text), width(), initial_indent=margin, subsequent_indent=margin + "    "))
