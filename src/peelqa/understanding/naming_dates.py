"""The years and days a text names, where they say which report is meant and not merely when something happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peelqa.patterns import compile_late
from peelqa.reports.dates import find_day, format_day, full_month
from peelqa.understanding.covered import Covered
from peelqa.understanding.naming_bodies import NamedBodies
from peelqa.understanding.spans import KINDS_OF_INSPECTION, ScopeSpan

_GRADE = r"(?:grades?|ratings?|judge?ments?)"
_REPORT = rf"(?:inspections?|reports?|assessments?|peel|reviews?|visits?|{_GRADE}|findings|letter)"
_KIND = rf"(?:(?:{KINDS_OF_INSPECTION})\s+){{0,4}}"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)(?P<end>\s?[/–-]\s?(?:20)?\d\d)?(?![\d/%]|[.,]\d)"
_YEARS = compile_late(rf"(?<![\d£$€/.,–-]){_YEAR}", re.IGNORECASE)
# Before a year, these make it a point in the story and not the name of a report.
_TOLD = compile_late(
    rf"(?:\b(?:since|by|before|after|until|till|up\sto|to|towards|ending|ended|between|under\sway\sin|as\sof|as\sat)"
    rf"|\bfrom(?=\s+$)|\b(?:between|from)\s+(?:{_MONTH}\s+)?\d{{4}}(?:/\d\d)?\s+(?:and|to|until))"
    rf"\s+(?:the\s+)?(?:(?:start|end|beginning|middle|year)\s+(?:of\s+)?)?(?:\d{{1,2}}\s+)?(?:{_MONTH}\s+)?$",
    re.IGNORECASE,
)
_COUNTED = compile_late(
    r"\s+(?:people|officers|staff|children|cases|crimes|homes|calls|victims|incidents|records|offences|of\sthe"
    r"|more|miles|key\sfacts)\b",
    re.IGNORECASE,
)
_MONTH_BEFORE = compile_late(rf"\b{_MONTH}\s+$", re.IGNORECASE)
_REPORT_BEFORE = compile_late(
    rf"\b(?:{_REPORT}|published|issued|inspected"
    rf"|visited)\s+(?:{_KIND})(?:(?:in|of|for|from|dated|on)\s+)?(?:{_MONTH}\s+)?$|\bpeel[\s-]*$",
    re.IGNORECASE,
)
_REPORT_AFTER = compile_late(rf"(?:[’']s)?\s+{_KIND}{_REPORT}\b", re.IGNORECASE)
_LEADS_TO_YEAR = compile_late(
    r"\b(?:in|for|of|during|from|the|and|or|vs\.?|versus|with|than|to|about|peel|its|their|compare|between)\s+$|[,:(]\s*$",
    re.IGNORECASE,
)
_BEFORE_YEAR = compile_late(
    rf"(?:\b(?:in|for|of|during|from|and|or)\s+)?(?:\b(?:the|its|their)\s+)?(?:\b{_REPORT}\s+(?:in|of|for"
    rf"|from)\s+)?(?:{_MONTH}\s+)?$",
    re.IGNORECASE,
)
_DAY = compile_late(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d\d-\d\d)\b",
    re.IGNORECASE,
)
_BEFORE_DAY = compile_late(
    rf"(?:\b(?:in|from|of|by)\s+)?(?:\b(?:the|its|a|that)\s+)?(?:\b{_KIND}{_REPORT}\s+)?(?:(?:that|which)\s+was\s+)?"
    rf"(?:\b(?:published|issued|dated|released|of|from|carried\sout)\s+)?(?:\bon\s+)?(?:\bthe\s+)?$",
    re.IGNORECASE,
)
_SAYS_REPORT = compile_late(rf"\b(?:{_REPORT}|published|issued|dated|released)\b", re.IGNORECASE)
_NEWEST = compile_late(
    r"(?:\b(?:in|from|at|by)\s+)?(?:\b(?:the|its|their|this)\s+)?\b(?:latest|newest|most\s+recent(?:ly)?"
    rf"|last)\s+(?:\w+\s+){{0,2}}?"
    rf"(?:published\s+)?(?P<what>{_REPORT}|inspected|graded|assessed)\b",
    re.IGNORECASE,
)
_SINCE = compile_late(
    r"\b(?:than|since|before|until|different\sfrom|compared\s(?:to|with))\s+(?:(?:it|they)\s(?:was|were)\s+)?(?:at\s+)?$",
    re.IGNORECASE,
)
"""Before "the last inspection", these make it a point in the story."""
_IN = compile_late(r"\s*(?:in|from|of|by|at|for|and|or|published|dated|on)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedDates:
    """The years, the day or the "latest" by which a text means reports, and the words that say so."""

    years: tuple[int, ...] = ()
    published: date | None = None
    newest: bool = False
    not_covered: str | None = None
    spans: tuple[ScopeSpan, ...] = ()


def name_dates(text: str, covered: Covered, bodies: NamedBodies) -> NamedDates:
    """Find the dates by which a text means reports; a day holds over years, and years over "latest"."""
    days, published, unknown_day = _find_day(text, covered, bodies.names)
    years, year_spans, unknown_year = _find_years(text, covered, bodies, days)
    newest = next((each for each in _NEWEST.finditer(text) if not _SINCE.search(text[: each.start()])), None)
    spans = (*days, *year_spans)
    if newest and not newest["what"].endswith("ed"):
        spans = (*spans, ScopeSpan(*newest.span(), _report_stand_in(text, *newest.span())))
    return NamedDates(
        years=() if published else years,
        published=published,
        newest=newest is not None and not published and not years,
        not_covered=unknown_day or unknown_year,
        spans=spans,
    )


def _find_day(text: str, covered: Covered, bodies: Sequence[str]) -> tuple[list[ScopeSpan], date | None, str | None]:
    """Return the day that says which report is meant, with its span; or what to say of one that no report has."""
    for match in _DAY.finditer(text):
        day = _read_day(match[0])
        if day is None:
            continue
        before = _BEFORE_DAY.search(text[: match.start()])
        start = before.start() if before else match.start()
        after = _REPORT_AFTER.match(text, match.end())
        end = after.end() if after else match.end()
        span = ScopeSpan(start, end, _report_stand_in(text, start, end))
        known = covered.published_on(day, bodies)
        if known:
            return [span], known, None
        if after or _SAYS_REPORT.search(text[start : match.start()]):
            whom = " and ".join(bodies)
            return [span], None, f"{whom + ' in a report of' if whom else 'the day'} {format_day(day)}"
    return [], None, None


def _report_stand_in(text: str, start: int, end: int) -> str:
    """Return "the report" for words that are a part of the sentence ("what does the 2018 inspection say").

    Where they name a grade ("what is the latest rating"), that stays what is asked for. No article follows a body's name
    ("Kent's latest rating").
    """
    written = text[start:end]
    is_part = re.search(rf"\b{_REPORT}\b", written, re.IGNORECASE) and not _IN.match(written)
    if not is_part or re.match(r"peel\b", written, re.IGNORECASE):
        return ""
    grade = re.search(rf"\b{_GRADE}\b", written, re.IGNORECASE)
    owned = re.search(r"[’']s\s+$", text[:start]) and not re.match(r"the\b", written, re.IGNORECASE)
    return f"{'' if owned else 'the '}{grade[0] if grade else 'report'}"


def _read_day(written: str) -> date | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    full = re.sub(r"(?i)\bof\s+", "", written)
    return find_day(re.sub(rf"(?i)\b{_MONTH}\b", lambda month: full_month(month[0]), full))


def _find_years(
    text: str, covered: Covered, bodies: NamedBodies, days: Sequence[ScopeSpan]
) -> tuple[tuple[int, ...], list[ScopeSpan], str | None]:
    """Return the years that say which report is meant, with their spans; or what to say of one that no report has."""
    years, spans = list[int](), list[ScopeSpan]()
    for match in _YEARS.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if any(day.start_char <= match.start() < day.end_char for day in days):
            continue
        strong = bool(_REPORT_BEFORE.search(before) or _REPORT_AFTER.match(after))
        strong = strong or (not _TOLD.search(before) and _is_month_of_report(match, covered, bodies.names))
        if _is_told(before, after, strong) or not (strong or _stands_for_report(text, match, bodies)):
            continue
        year = _known_year(match, covered, bodies.names)
        if year is not None:
            years.append(year)
            spans.append(_year_span(text, match, strong))
        elif strong or not covered.speaks_of(int(match["year"]), bodies.names):
            whom = " and ".join(bodies.names)
            return (), [], f"{whom} in {match[0]}" if whom else match[0]
    return tuple(dict.fromkeys(years)), spans, None


def _is_month_of_report(year: re.Match[str], covered: Covered, bodies: Sequence[str]) -> bool:
    """Tell whether a month stands before a year in which a report about the bodies was published or inspected."""
    month = _MONTH_BEFORE.search(year.string[: year.start()])
    day = find_day(f"1 {full_month(month[0].strip())} {year['year']}") if month else None
    return day is not None and covered.is_seen_in(day.year, day.month, bodies)


def _year_span(text: str, match: re.Match[str], strong: bool) -> ScopeSpan:
    lead, tail = _BEFORE_YEAR.search(text[: match.start()]), _REPORT_AFTER.match(text[match.end() :])
    end = match.end() + (tail.end() if tail and strong else 0)
    described = lead and re.search(r"\b(?:the|its|their)\s+$", lead[0]) and re.match(r"\s\w", text[end:])
    # "for the 2014 | Kent inspection": the year alone may go.
    start = lead.start() if lead and (tail or not described) else match.start()
    return ScopeSpan(start, end, _report_stand_in(text, start, end))


def _is_told(before: str, after: str, strong: bool) -> bool:
    """Tell whether a year is a point in time that is spoken of, and not the name of a report."""
    if re.search(r"\b(?:since|before|after|until)\s+(?:the\s+|its\s+)?$", before, re.IGNORECASE):
        return True
    return not strong and bool(
        _TOLD.search(before)
        or _MONTH_BEFORE.search(before)
        or _COUNTED.match(after)
        or (
            re.match(rf"\s+(?:and|to|until|-|–)\s+(?:{_MONTH}\s+)?(?:19|20)\d\d", after)
            and re.search(r"\b(?:between|from)\s+$", before, re.IGNORECASE)
        )
    )


def _stands_for_report(text: str, match: re.Match[str], bodies: NamedBodies) -> bool:
    """Tell whether a bare year stands where people write which report they mean: after "in", at an end, beside a body."""
    before, after = text[: match.start()], text[match.end() :]
    beside = any(
        span.end_char + 3 >= match.start() >= span.start_char or match.end() + 1 == span.start_char
        for span in bodies.spans
    )
    return bool(
        beside
        or _LEADS_TO_YEAR.search(before)
        or not before.strip()
        or not after.strip(" ?.!")
        or after.startswith(("'s", "’s"))
    )


def _known_year(match: re.Match[str], covered: Covered, bodies: Sequence[str]) -> int | None:
    """Return the year to filter by, or None where no report about the bodies is known by it."""
    year = int(match["year"])
    if not match["end"]:
        return year if year in covered.years_of(bodies) else None
    last = int(match["end"][-2:])
    cycles = (report.cycle for report in covered.about(bodies) if report.cycle)
    return year if any(int(cycle[:4]) == year and int(cycle[-2:]) == last for cycle in cycles) else None
