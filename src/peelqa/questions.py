"""What a question asks: about which body and year, for which finding, in what kind of answer. Knows nothing of ranking."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from peelqa.findings import Finding, asks_for_finding
from peelqa.reports.bodies import find_bodies, same_body, unknown_body


class Kind(StrEnum):
    """The kind of answer a question wants."""

    FINDING = "finding"
    GRADE = "grade"
    FIGURE = "figure"
    DATE = "date"
    PERSON = "person"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the asker chose, beside the question's words."""

    body: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    theme: tuple[str, ...] = ()
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood."""

    text: str
    body: tuple[str, ...]
    year: tuple[int, ...]
    theme: tuple[str, ...]
    finding: Finding | None
    kind: Kind
    filters: Filters
    searched: str = ""
    """What is looked for: the question without the body and year that are filters already."""
    not_covered: str | None = None
    """The body or year it names that no report is about."""
    ambiguous: tuple[str, ...] = ()
    """The bodies that a name in it may mean, where more than one is covered."""
    asks_advice: bool = False
    """True for advice, a crime to report, or an opinion: nothing a report could say."""


_KINDS = (
    (Kind.GRADE, r"\bgrad(?:e|ed|es|ing)\b|\brat(?:ed|ing)\b|\bjudg(?:ed|e?ment)\b"),
    (
        Kind.FIGURE,
        r"\bhow (?:many|much|long|often|big|large)\b|\bwhat (?:share|proportion|percentage|number)\b|\bpercentage\b|"
        r"\bpopulation\b|\bcost\b",
    ),
    (Kind.DATE, r"^when\b|\bwhat date\b|\bwhich (?:year|month|day)\b|\blast updated\b|\bdate of\b"),
    (Kind.PERSON, r"^who (?:is|was|are|were|wrote|led|inspected)\b|\bname of the\b"),
    (Kind.LIST, r"^(?:list|name)\b|\bwhat are the\b|\bwhich (?:areas|recommendations|priorities)\b|\bpriorities\b"),
)
_ADVICE = re.compile(
    r"\b(?:how (?:do|can|should|would) (?:i|we|you|one)\b|should (?:i|we)\b|can (?:i|you)\b|(?:my|our) (?:house|home|car|neighbour|"
    r"phone|bike|son|daughter|husband|wife|partner|friend|child)\b|i(?: have|.ve)? (?:want to|need to|was|been|am being|.m being)\b|"
    r"what do you think|your opinion|do you (?:think|like|believe)|who should i vote|someone (?:is|has) (?:breaking|broken|stol)|"
    r"write (?:me )?a|tell me a joke)",
    re.IGNORECASE,
)
_YEAR_IS_FILTER = re.compile(
    r"\b(?:in|for|of|from|during|the|peel|and)\s+(?P<year>(?:19|20)\d\d)\b(?!/\d\d\b(?=\s+(?:figure|number)))|"
    r"\b(?P<before>(?:19|20)\d\d)(?:[/–-]\d\d)?\s+(?:inspection|report|assessment|peel)",
    re.IGNORECASE,
)


def understand_question(
    text: str, filters: Filters, *, bodies: Collection[str], years: Collection[int], dated: Collection[int] = ()
) -> Question:
    """Read a question against the bodies and years that reports are about.

    `dated` are years that passages speak of without a report being known by them: naming one is no filter.
    """
    named, not_covered, ambiguous = _bodies(text, sorted(bodies))
    asked_years = tuple(
        dict.fromkeys(int(match["year"] or match["before"]) for match in _YEAR_IS_FILTER.finditer(text))
    )
    unknown_years = [year for year in asked_years if year not in years and year not in dated]
    if unknown_years and not not_covered:
        not_covered = str(unknown_years[0])
    return Question(
        text=text,
        body=filters.body or named,
        year=filters.year or tuple(year for year in asked_years if year in years),
        theme=filters.theme,
        finding=Finding(filters.finding) if filters.finding in set(Finding) else asks_for_finding(text),
        kind=_kind(text),
        filters=filters,
        searched=_without_scope(text, named if not filters.body else (), sorted(bodies)),
        not_covered=not_covered or _uncovered_filter(filters, bodies, years),
        ambiguous=() if filters.body else ambiguous,
        asks_advice=_ADVICE.search(text) is not None,
    )


def _kind(text: str) -> Kind:
    plain = text.casefold().strip()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, plain)), Kind.FINDING)


def _bodies(text: str, covered: Sequence[str]) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """Return the covered bodies a text names, a named one that no report covers, and an ambiguous choice."""
    named: list[str] = []
    uncovered: str | None = None
    for mention in find_bodies(text, covered):
        names = {candidate.name for candidate in mention.candidates}
        fitting = [body for body in covered if body in names] or [
            body for body in covered if any(same_body(body, name) for name in names)
        ]
        if not fitting:
            uncovered = uncovered or mention.text
        elif len(fitting) > 2:
            return (), None, tuple(fitting)
        else:
            named.extend(body for body in fitting if body not in named)
    if not named and not uncovered:
        uncovered = unknown_body(text, covered)
    return tuple(named), None if named else uncovered, ()


def _without_scope(text: str, named: Sequence[str], covered: Sequence[str]) -> str:
    """Put "the force" in the place of each body that is a filter, and leave out the year that is one.

    Every passage searched is about them, so their names would only favour the passages that repeat them.
    """
    for mention in reversed(find_bodies(text, covered) if named else ()):
        stand_in = (
            "the force" if any("force" in candidate.kind for candidate in mention.candidates) else "the authority"
        )
        text = f"{text[: mention.start_char]}{stand_in}{text[mention.end_char :]}"
    return text


def _uncovered_filter(filters: Filters, bodies: Collection[str], years: Collection[int]) -> str | None:
    for body in filters.body:
        if not any(same_body(body, covered) for covered in bodies):
            return body
    return next((str(year) for year in filters.year if year not in years), None)
