"""Which reports a text means: the bodies, years and days it names, read against what is covered.

A name or a number is a filter only where it says which report is meant ("in Kent", "the 2018 inspection"), not wherever it
occurs ("savings by 2015/16", "Kent and Essex share a helicopter").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from peelqa.covered import Covered
from peelqa.reports.bodies import Body, BodyMention, Kind, find_bodies, same_body, unknown_body
from peelqa.reports.dates import find_day, format_day


@dataclass(frozen=True, slots=True)
class ScopeSpan:
    """Words that only say which report is meant, and what may stand in their place."""

    start_char: int
    end_char: int
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says of the reports it means."""

    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    published: date | None = None
    newest: bool = False
    not_covered: str | None = None
    """The body, year or day that no report is about, where none that is covered is named."""
    missing: tuple[str, ...] = ()
    """Bodies that no report is about, named beside covered ones."""
    ambiguous: tuple[str, ...] = ()
    """The covered bodies that a name may mean."""
    spans: tuple[ScopeSpan, ...] = field(default=(), repr=False)


_REPORT = r"(?:inspections?|reports?|assessments?|peel|reviews?|visits?|grades?|ratings?|judge?ments?|findings|letter)"
_KIND = r"(?:(?:peel|full|joint|targeted|area|send|ofsted|hmicfrs|hmic|children.s|services|focused|monitoring)\s+){0,4}"
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?P<end>\s?[/–-]\s?(?:20)?\d\d)?(?![\d/%]|[.,]\d)"
_YEARS = re.compile(rf"(?<![\d£$€/.,–-]){_YEAR}", re.IGNORECASE)
# Before a year, these make it a point in the story and not the name of a report.
_TOLD = re.compile(
    rf"(?:\b(?:since|by|before|after|until|till|up\sto|to|towards|ending|ended|between|under\sway\sin|as\sof|as\sat)"
    rf"|\bfrom(?=\s+$)|\b(?:between|from)\s+(?:{_MONTH}\s+)?\d{{4}}(?:/\d\d)?\s+(?:and|to|until))"
    rf"\s+(?:the\s+)?(?:(?:start|end|beginning|middle|year)\s+(?:of\s+)?)?(?:\d{{1,2}}\s+)?(?:{_MONTH}\s+)?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s+(?:people|officers|staff|children|cases|crimes|homes|calls|victims|incidents|records|offences|of\sthe|more|miles|key\sfacts)\b",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+$", re.IGNORECASE)
_REPORT_BEFORE = re.compile(
    rf"\b(?:{_REPORT}|published|issued|inspected|visited)\s+(?:{_KIND})(?:(?:in|of|for|from|dated|on)\s+)?(?:{_MONTH}\s+)?$|\bpeel[\s-]*$",
    re.IGNORECASE,
)
_REPORT_AFTER = re.compile(rf"(?:[’']s)?\s+{_KIND}{_REPORT}\b", re.IGNORECASE)
_LEADS_TO_YEAR = re.compile(
    r"\b(?:in|for|of|during|from|the|and|or|vs\.?|versus|with|than|to|about|peel|its|their)\s+$|[,:(]\s*$",
    re.IGNORECASE,
)
_BEFORE_YEAR = re.compile(
    rf"(?:\b(?:in|for|of|during|from|and|or)\s+)?(?:\b(?:the|its|their)\s+)?(?:\b{_REPORT}\s+(?:in|of|for|from)\s+)?(?:{_MONTH}\s+)?$",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d\d-\d\d)\b",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(
    rf"(?:\b(?:in|from|of|by)\s+)?(?:\b(?:the|its|a|that)\s+)?(?:\b{_KIND}{_REPORT}\s+)?(?:(?:that|which)\s+was\s+)?"
    rf"(?:\b(?:published|issued|dated|released|of|from|carried\sout)\s+)?(?:\bon\s+)?(?:\bthe\s+)?$",
    re.IGNORECASE,
)
_SAYS_REPORT = re.compile(rf"\b(?:{_REPORT}|published|issued|dated|released)\b", re.IGNORECASE)
_NEWEST = re.compile(
    rf"(?:\b(?:in|from|at|by)\s+)?(?:\b(?:the|its|their|this)\s+)?\b(?:latest|newest|most\s+recent(?:ly)?|last)\s+(?:\w+\s+){{0,2}}?"
    rf"(?:published\s+)?(?P<what>{_REPORT}|inspected|graded|assessed)\b",
    re.IGNORECASE,
)
# A body that others do something with, come from or lie near to says nothing of whose report is meant.
_WITH = re.compile(
    r"\b(?:shar|work|collaborat|merg|joint|join|partner|allian|cooperat|co-operat|border|neighbour)\w*\b[^?.!]{0,60}\b(?:with|to|and)\s+$"
    r"|\b(?:near|outside|towards|bordering|neighbouring|next\sto|unlike)\s+$"
    r"|\b(?:gangs?|drugs?|dealers?|offenders?|criminals?|officers|detectives|people|children|lines|guns|travell\w+|moved|transferred|came|comes?)"
    r"\s+(?:in\s+)?(?:from|to)\s+$",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\s+(?:both\s+|jointly\s+)?(?:shar|work together|collaborat|merg|join|cooperat|co-operat)\w*", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:in|for|at|within|across|on|inside)\s+(?:the\s+)?$", re.IGNORECASE)
_OF_POLICE = re.compile(
    r"\b(?:polic\w+|officers?|constab\w+|the\sforce|peel|hmic(?:frs)?|crime|detectives?|custody)\b", re.IGNORECASE
)
_OF_AUTHORITY = re.compile(
    r"\b(?:ofsted|council|local\sauthority|social\swork\w*|social\scare|care\sleavers|ilacs|send|children.s\sservices)\b",
    re.IGNORECASE,
)


def find_named(text: str, covered: Covered) -> Named:
    """Read which reports a text means."""
    bodies = _find_bodies(text, covered)
    day_spans, published, unknown_day = _find_day(text, covered, bodies.names)
    newest = _NEWEST.search(text)
    spans = [
        *bodies.spans,
        *day_spans,
        *([ScopeSpan(*newest.span())] if newest and not newest["what"].endswith("ed") else []),
    ]
    years, year_spans, unknown_year = _find_years(text, covered, bodies, day_spans)
    gone = bodies.not_covered or unknown_day or unknown_year
    return Named(
        bodies=bodies.names,
        years=() if published else years,
        published=published,
        newest=newest is not None and not published and not years,
        not_covered=gone,
        missing=bodies.missing,
        ambiguous=bodies.ambiguous,
        spans=tuple(sorted((*spans, *year_spans), key=lambda span: span.start_char)),
    )


def without_scope(text: str, spans: Sequence[ScopeSpan]) -> str:
    """Leave out the words that say which report is meant; where they are part of the sentence, put their stand-in."""
    plain = leave_out(text, spans)
    return plain if re.search(r"[^\W\d_]{2,}", plain) else text


def leave_out(text: str, spans: Sequence[ScopeSpan], *, stand_ins: bool = True) -> str:
    """Leave spans out of a text, which may leave nothing."""
    parts, at = list[str](), 0
    for span in spans:
        if span.start_char >= at:
            parts += [text[at : span.start_char], span.stand_in if stand_ins else " "]
            at = span.end_char
    plain = " ".join("".join((*parts, text[at:])).split())
    plain = re.sub(r"\s+([?.,!:;’'])", r"\1", plain)
    return re.sub(r"^[\s,:;–-]+|[\s,:;–-]+(?=[?.!]*$)", "", plain)


@dataclass(frozen=True, slots=True)
class _Bodies:
    names: tuple[str, ...] = ()
    spans: tuple[ScopeSpan, ...] = ()
    not_covered: str | None = None
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def _find_bodies(text: str, covered: Covered) -> _Bodies:
    names, spans, missing = list[str](), list[ScopeSpan](), list[str]()
    mentions = find_bodies(text, covered.bodies)
    for place, mention in enumerate(mentions):
        if not _says_which(text, mentions, place):
            continue
        fitting = _fitting(mention.candidates, covered.bodies, text)
        if not fitting:
            close = _parts_of(mention, covered.bodies)
            if len(close) > 1:
                return _Bodies(ambiguous=close)
            missing.append(mention.text)
        elif len(fitting) > 1 and _are_alike(fitting, mention.candidates):
            return _Bodies(ambiguous=fitting)
        else:
            names += [body for body in fitting if body not in names]
            spans.append(_body_span(text, mention))
    if not names and not missing and not mentions:
        missing = [unknown] if (unknown := unknown_body(text, covered.bodies)) else []
    if names:
        return _Bodies(tuple(names), tuple(spans), None, tuple(missing))
    return _Bodies(not_covered=missing[0] if missing else None)


def _says_which(text: str, mentions: Sequence[BodyMention], place: int) -> bool:
    """Tell whether a mention says whose report is meant, rather than whom the report speaks of."""
    mention = mentions[place]
    if _WITH.search(text[: mention.start_char]):
        return False
    last = mentions[-1]
    return not (len(mentions) > 1 and _TOGETHER.match(text, last.end_char))


def _fitting(candidates: Iterable[Body], covered: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the covered bodies that a mention may mean, narrowed by what else the text speaks of."""
    found: dict[str, Kind] = {}
    for candidate in candidates:
        exact = [body for body in covered if body == candidate.name]
        for body in exact or [body for body in covered if same_body(body, candidate.name)]:
            found.setdefault(body, candidate.kind)
    police, authority = _OF_POLICE.search(text), _OF_AUTHORITY.search(text)
    if len(found) > 1 and bool(police) != bool(authority):
        kind = Kind.FORCE if police else Kind.AUTHORITY
        return tuple(body for body in found if found[body] is kind) or tuple(found)
    return tuple(found)


def _are_alike(fitting: Sequence[str], candidates: Sequence[Body]) -> bool:
    kinds = [candidate.kind for body in fitting for candidate in candidates if same_body(body, candidate.name)]
    return len(set(kinds)) < len(fitting)


def _parts_of(mention: BodyMention, covered: Sequence[str]) -> tuple[str, ...]:
    """Return the covered bodies whose names hold the mention's words ("Sussex": East Sussex, West Sussex)."""
    return tuple(body for body in covered if re.search(rf"\b{re.escape(mention.text)}\b", body, re.IGNORECASE))


def _body_span(text: str, mention: BodyMention) -> ScopeSpan:
    force = any(candidate.kind is Kind.FORCE for candidate in mention.candidates)
    owned = text[mention.end_char : mention.end_char + 2] in ("'s", "’s")
    before = None if owned else _PLACE.search(text[: mention.start_char])
    ends = re.match(
        r"\s*(?:[?.!,:;]|$|\b(?:in|for|at|and|about|during|with|by|get|compared)\b)",
        text[mention.end_char :],
        re.IGNORECASE,
    )
    if before and ends:
        return ScopeSpan(before.start(), mention.end_char)
    start = mention.start_char
    article = re.search(r"\bthe\s+$", text[:start], re.IGNORECASE)
    return ScopeSpan(article.start() if article else start, mention.end_char, "the force" if force else "the authority")


def _find_day(text: str, covered: Covered, bodies: Sequence[str]) -> tuple[list[ScopeSpan], date | None, str | None]:
    """Return the day that says which report is meant, with its span; or what to say of one that no report has."""
    for match in _DAY.finditer(text):
        day = _read_day(match[0])
        if day is None:
            continue
        before = _BEFORE_DAY.search(text[: match.start()])
        start = before.start() if before else match.start()
        after = _REPORT_AFTER.match(text, match.end())
        span = ScopeSpan(start, after.end() if after else match.end())
        known = covered.published_on(day, bodies)
        if known:
            return [span], known, None
        if after or _SAYS_REPORT.search(text[start : match.start()]):
            whom = " and ".join(bodies)
            return [span], None, f"{whom + ' in a report of' if whom else 'the day'} {format_day(day)}"
    return [], None, None


def _read_day(written: str) -> date | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    full = re.sub(r"(?i)\bof\s+", "", written)
    return find_day(re.sub(rf"(?i)\b{_MONTH}\b", lambda month: _full_month(month[0]), full))


def _full_month(written: str) -> str:
    months = [
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
    return next(month for month in months if month.startswith(written[:3].casefold()))


def _find_years(
    text: str, covered: Covered, bodies: _Bodies, days: Sequence[ScopeSpan]
) -> tuple[tuple[int, ...], list[ScopeSpan], str | None]:
    """Return the years that say which report is meant, with their spans; or what to say of one that no report has."""
    years, spans = list[int](), list[ScopeSpan]()
    for match in _YEARS.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if any(day.start_char <= match.start() < day.end_char for day in days):
            continue
        strong = bool(_REPORT_BEFORE.search(before) or _REPORT_AFTER.match(after))
        if _is_told(before, after, strong) or not (strong or _stands_for_report(text, match, bodies)):
            continue
        year = _known_year(match, covered, bodies.names)
        if year is not None:
            years.append(year)
            lead = _BEFORE_YEAR.search(before)
            tail = _REPORT_AFTER.match(after)
            spans.append(
                ScopeSpan(lead.start() if lead else match.start(), match.end() + (tail.end() if tail and strong else 0))
            )
        elif strong or not covered.speaks_of(int(match["year"]), bodies.names):
            whom = " and ".join(bodies.names)
            return (), [], f"{whom} in {match[0]}" if whom else match[0]
    return tuple(dict.fromkeys(years)), spans, None


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


def _stands_for_report(text: str, match: re.Match[str], bodies: _Bodies) -> bool:
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
