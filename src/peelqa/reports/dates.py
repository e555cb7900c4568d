"""Dates in the words of reports and questions: days, years, cycles, and the spans that figures speak of."""

from __future__ import annotations

import re
from datetime import date

from peelqa.patterns import compile_late
from peelqa.reports.report import Period

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_ANY_MONTH = _MONTH[:-1] + "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b)"
_DAY_NUMERIC = compile_late(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_DAY_WORDS = compile_late(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s({_ANY_MONTH}),?\s(\d{{4}})\b", re.IGNORECASE)
_RANGE_WORDS = compile_late(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s({_ANY_MONTH}))?(?:\s(\d{{4}}))?\s?(?:to|until|and|-|–|—)\s?"
    rf"(\d{{1,2}})(?:st|nd|rd|th)?\s({_ANY_MONTH}),?\s(\d{{4}})\b",
    re.IGNORECASE,
)
_CYCLE = compile_late(r"\b((?:19|20)\d\d)\s?[/–—-]\s?(\d\d|20\d\d)\b(?![/–-]\d)")
_YEAR = compile_late(
    r"(?<![\d/£$.,])\b((?:19|20)\d\d)\b(?![/–-]?\d|[.,]\d|\s?(?:people|officers|children|cases|crimes|%))"
)

# Words by which a sentence says which span of time its figures speak of.
_SPAN = compile_late(
    rf"(?:(?:in|for|over|during|within|at)\s)?(?:the\s)?"
    rf"(?P<span>(?:\d+|twelve|six|three)\smonths\s(?:to|ending|ended|up to)\s(?:\d{{1,2}}\s)?{_MONTH}\s\d{{4}}"
    rf"|year\s(?:to|ending|ended)\s(?:the\s)?(?:\d{{1,2}}\s)?{_MONTH}\s\d{{4}}"
    rf"|between\s(?:\d{{1,2}}\s)?{_MONTH}(?:\s\d{{4}})?\sand\s(?:\d{{1,2}}\s)?{_MONTH}\s\d{{4}}"
    rf"|(?:as\sat|as\sof|at)\s\d{{1,2}}\s{_MONTH}\s\d{{4}})",
    re.IGNORECASE,
)
_IN_YEAR = compile_late(
    rf"\b(?:[Ii]n|[Dd]uring)\s(?P<span>(?:(?:early|late|mid-?)\s)?(?:{_MONTH}\s)?20\d\d"
    rf"(?:[/–-]\d\d)?)(?![/–\d-])"
)

# "In 2015/16 | the force plans to recruit": a year ahead.
_AHEAD = compile_late(
    r",?\s(?:[\w’'-]+\s){0,3}?(?:must|will|shall|should|planned|(?:plans?|planning|intends?|aims?|expects?|expected|needs?|hopes?|due|is|are) to|forecasts?|projected|anticipat\w+)\b",
    re.IGNORECASE,
)

# "Since the last inspection in 2018 | it has improved": when it was inspected before, and not what is spoken of.
_INSPECTED_BEFORE = compile_late(
    r"\b(?:since|following|after|until|before|compared\s(?:to|with)|than|from|identified|found|raised|recommended|made|noted|by)\s"
    r"(?:[\w’'()-]+,?\s){0,10}?(?:inspections?|visits?|reports?|reviews?|revisits?|judge?ments?|JTAI|SIF|ILACS)\s(?:[\w’'()-]+\s){0,8}?$",
    re.IGNORECASE,
)
_BEFORE_CHARS = 150


def find_day(text: str) -> date | None:
    """Return the first complete calendar day named in a text, or None."""
    numeric, words = _DAY_NUMERIC.search(text), _DAY_WORDS.search(text)
    if numeric and (not words or numeric.start() < words.start()):
        day, month, year = (int(group) for group in numeric.groups())
        return _date(year, month, day)
    if words:
        return _date(int(words[3]), _month(words[2]), int(words[1]))
    return None


def find_day_range(text: str) -> tuple[date, date] | None:
    """Return the first span of days named in a text ("3 to 14 November 2021"), or None."""
    for match in _RANGE_WORDS.finditer(text):
        day, month, year, last_day, last_month, last_year = match.groups()
        end = _date(int(last_year), _month(last_month), int(last_day))
        start = _date(int(year or last_year), _month(month or last_month), int(day))
        if start and end and start <= end:
            return start, end
    return None


def find_cycle(text: str) -> str | None:
    """Return the first inspection cycle named in a text, as "2021/22" or "2023-25" is written there, or None.

    Two years that follow each other are written with a slash, a longer span with a hyphen.
    """
    for match in _CYCLE.finditer(text):
        first, last = int(match[1]), int(match[2][-2:])
        if 0 < (last - first) % 100 <= 3:
            return f"{first}{'/' if (last - first) % 100 == 1 else '-'}{last:02d}"
    return None


def find_years(text: str) -> tuple[int, ...]:
    """Return the years from 1900 to 2099 named in a text, in order, a cycle by its first year, numbers of things left out."""
    found = {match.start(): int(match[1]) for pattern in (_CYCLE, _YEAR) for match in pattern.finditer(text)}
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def find_period(sentence: str) -> Period | None:
    """Return the span of time that a sentence says its content speaks of, or None where it says nothing of it.

    A date ahead ("savings needed by 2015/16") is not such a span, nor is one that something began or ends with ("since 2010"),
    nor that of an inspection with which things are compared ("since the inspection in 2018").
    """
    match = _SPAN.search(sentence) or _IN_YEAR.search(sentence)
    if not match or _AHEAD.match(sentence, match.end()):
        return None
    if _INSPECTED_BEFORE.search(sentence, max(0, match.start() - _BEFORE_CHARS), match.start()):
        return None
    return Period(text=" ".join(match["span"].split()), known_from="the sentence itself")


def format_day(day: date) -> str:
    """Write a day as reports do: "13 November 2014"."""
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}"


def full_month(name: str) -> str:
    """Return a month's whole name, in small letters, by its first three letters or more."""
    return _MONTHS[_month(name) - 1]


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3].lower()))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
