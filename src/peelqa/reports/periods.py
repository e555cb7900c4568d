"""The dates of a report, and the date that each of its sections speaks of, with how it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from peelqa.reports.dates import find_cycle, find_day, find_day_range, find_period, find_years, format_day
from peelqa.reports.frameworks import Framework
from peelqa.reports.report import Period, Section, TextBlock
from peelqa.reports.sidefile import SideFile

HEAD = 8000
"""So many characters at the start of a text are its first pages."""
LAST_UPDATED = re.compile(r"last updated:?\s+(?=\d)", re.IGNORECASE)

_PUBLISHED = re.compile(r"^\s*(?:report )?(?:first )?published(?: on)?:?\s", re.IGNORECASE | re.MULTILINE)
_INSPECTED = re.compile(r"(?:inspection dates?:?|took place|inspected|carried out|undertook|between)", re.IGNORECASE)
_INSPECTION_DATE = re.compile(r"\binspection dates?:?\s+(?=\d)", re.IGNORECASE)
_LETTER_DATE = re.compile(r"\s*\d{1,2}(?:st|nd|rd|th)?\s[A-Z][a-z]+\s\d{4}\s*$", re.MULTILINE)


def cycle_and_year(
    framework: Framework | None, side: SideFile, head: str, source_name: str
) -> tuple[str | None, int | None]:
    """Return the cycle and the year a report is known by, as far as its framework's name or title says so."""
    if side.framework and (years := find_years(side.framework)):
        return find_cycle(side.framework), years[0]
    if framework is None or not framework.name.startswith("PEEL"):
        return None, None
    if "{cycle}" not in framework.name:
        return None, find_years(framework.name)[0]
    for place in (head.split("\n", 1)[0], source_name, *re.findall(r".*\bPEEL\b.*", head)):
        if years := find_years(place):
            return find_cycle(place), years[0]
    return None, None


def published_on(text: str, title: str, source_name: str) -> date | None:
    """Return the day of publication: as the first pages state it, else of the title, the file's name or the letter."""
    stated = _PUBLISHED.search(text[:HEAD])
    named = find_day(text[stated.end() : stated.end() + 40]) if stated else None
    letter = _LETTER_DATE.match(text)
    return (
        named or find_day(title) or find_day(source_name.replace("-", " ")) or (find_day(letter[0]) if letter else None)
    )


def inspected_on(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of the inspection, as the first pages state them."""
    for match in _INSPECTED.finditer(text[:HEAD]):
        span = find_day_range(text[match.end() : match.end() + 80])
        if span:
            return span
    stated = _INSPECTION_DATE.search(text[:HEAD])
    day = find_day(text[stated.end() : stated.end() + 40]) if stated else None
    return (day, day) if day else None


def report_period(
    title: str, year: int | None, cycle: str | None, published: date | None, inspected: tuple[date, date] | None
) -> Period | None:
    """Return the date that a report speaks of where nothing narrower is said: of all that is known, the narrowest."""
    if inspected:
        days = dict.fromkeys(format_day(day) for day in inspected)
        return Period(" to ".join(days), "the inspection dates")
    if cycle or (year and str(year) in title):
        return Period(cycle or str(year), title)
    if published:
        return Period(format_day(published), "the date of publication")
    return Period(str(year), "the year of the report") if year else None


def dated(text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], whole: Period | None) -> list[Section]:
    """Give each section the date it speaks of: its "Last updated" line, its heading, or that of the section around it."""
    updated: dict[int, Period] = {}
    for block in blocks:
        line = text[block.start_char : block.end_char]
        day = find_day(line) if LAST_UPDATED.match(line) else None
        if day:
            updated.setdefault(block.section, Period(format_day(day), " ".join(line.split())))
    found: list[Section] = []
    for index, section in enumerate(sections):
        inherited = whole if section.parent is None else found[section.parent].period
        found.append(replace(section, period=updated.get(index) or _heading_period(section) or inherited))
    return found


def _heading_period(section: Section) -> Period | None:
    if section.parent is None:
        return None
    span = find_period(section.heading)
    years = find_years(section.heading)
    text = span.text if span else find_cycle(section.heading) or (str(years[0]) if years else None)
    return Period(text, section.heading) if text else None
