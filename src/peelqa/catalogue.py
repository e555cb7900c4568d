"""Passages for staff: found by query, narrowed by facets whose counts match, sorted and paged. Knows nothing of answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from peelqa.embedding import Embedder
from peelqa.findings import Finding
from peelqa.index import EVERYTHING, Index, ReportCard
from peelqa.passages import Passage
from peelqa.reports.bodies import same_body
from peelqa.search import fuse
from peelqa.words import content_words, fold

NEAREST = 1000
"""At most this many passages are found by meaning alone."""
NEAR_SIMILARITY = 0.4
"""Passages whose cosine to the query is below this are found only if they hold all its words."""
_PLAIN_QUOTES = str.maketrans("‘’‚“”„–—−", "'''\"\"\"---")


class Facet(StrEnum):
    """What passages can be narrowed by."""

    BODY = "body"
    FRAMEWORK = "framework"
    YEAR = "year"
    THEME = "theme"
    FINDING = "finding"
    FINDING_TYPE = "finding_type"
    GRADE = "grade"
    PUBLISHER = "publisher"


OF_QUESTIONS = (Facet.BODY, Facet.YEAR, Facet.THEME, Facet.FINDING)
"""What a question can be narrowed by."""


class Sort(StrEnum):
    """The orders that results can stand in."""

    RELEVANCE = "relevance"
    DATE = "date"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member of staff looks for. Several values of one facet widen it; facets narrow each other."""

    query: str = ""
    exact: bool = False
    """Only passages that hold the query word for word, white space, case and kinds of quotation marks aside."""
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, and how many results there are if it is chosen."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """All results of a search, in order, by passage row, with the choices that narrow or widen them."""

    rows: tuple[int, ...]
    facets: Mapping[Facet, tuple[Choice, ...]]
    reports: int
    """How many reports the results stand in."""


_Values = Mapping[Facet, frozenset[str]]
_T = TypeVar("_T")


class Catalogue:
    """Every passage of an index with what it can be narrowed by."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder

    def find(self, wanted: Wanted) -> Found:
        """Find all passages for a search. Without a query these are all that the chosen facets leave."""
        scored = self._matching(wanted)
        accepted = _accepted(wanted.chosen, self._values.values())
        rows, facets = _narrow({row: self._values[row] for row in scored}, accepted, tuple(Facet))
        reports = len({self._report_ids[row] for row in rows})
        return Found(tuple(sorted(rows, key=self._order(wanted, scored))), facets, reports)

    def passages(self, rows: Sequence[int]) -> Iterator[Passage]:
        """Read passages by their rows, in the order given."""
        return self._index.passages(rows)

    def report_counts(self, chosen: Mapping[Facet, tuple[str, ...]]) -> Mapping[Facet, tuple[Choice, ...]]:
        """Count the reports, rather than passages, that each choice of what questions can be narrowed by leaves.

        Their cards are read and nothing else, so a report that has all that is chosen need not have it in one passage.
        """
        values = {card.id: _values_of_report(card) for card in self._index.reports}
        return _narrow(values, _accepted(chosen, values.values()), OF_QUESTIONS)[1]

    @cached_property
    def _report_ids(self) -> dict[int, str]:
        """The report of each row."""
        return {row: report for report, rows in self._index.rows_by_report.items() for row in rows}

    @cached_property
    def _values(self) -> dict[int, _Values]:
        passages = self._index.passages(self._report_ids)
        return {row: _values_of(passage) for row, passage in zip(self._report_ids, passages, strict=True)}

    def _matching(self, wanted: Wanted) -> dict[int, float]:
        """Return the rows that fit the query with their fused rank score, higher is better."""
        if not wanted.query.strip():
            return dict.fromkeys(self._report_ids, 0.0)
        everything = len(self._report_ids)
        words = content_words(wanted.query)
        lexical = self._index.matching(words, everything, EVERYTHING)
        holding = [{row for row, _ in self._index.matching([word], everything, EVERYTHING)} for word in words]
        all_words = set.intersection(*holding) if holding else set()
        if wanted.exact:
            phrase = _folded(wanted.query)
            candidates = sorted(all_words) if words else self._report_ids
            held = {row for row in candidates if phrase in _folded(self._index.passage(row).text)}
            return {row: score for row, score in fuse(lexical).items() if row in held} or dict.fromkeys(held, 0.0)
        vector = self._embedder.encode([wanted.query])[0]
        dense = [hit for hit in self._index.nearest(vector, NEAREST, EVERYTHING) if hit[1] >= NEAR_SIMILARITY]
        fitting = all_words | {row for row, _ in dense}
        return {row: score for row, score in fuse(lexical, dense).items() if row in fitting}

    def _order(self, wanted: Wanted, scored: Mapping[int, float]) -> Callable[[int], tuple[object, ...]]:
        cards = {card.id: card for card in self._index.reports}

        def report(row: int) -> ReportCard:
            return cards[self._report_ids[row]]

        def newest_first(row: int) -> tuple[int, ...]:
            return tuple(-part for part in report(row).sort_day())

        if wanted.sort is Sort.BODY:
            return lambda row: (report(row).body or "\uffff", newest_first(row), row)
        if wanted.sort is Sort.DATE or not wanted.query.strip():
            return lambda row: (newest_first(row), report(row).body or "\uffff", row)
        return lambda row: (-scored[row], row)


def _accepted(chosen: Mapping[Facet, tuple[str, ...]], known: Collection[_Values]) -> _Values:
    """Return the known values that choices mean: a body by any of its names, the rest without regard to case."""
    accepted: dict[Facet, frozenset[str]] = {}
    for facet, values in chosen.items():
        if values:
            same: Callable[[str, str], bool] = same_body if facet is Facet.BODY else _same
            named = frozenset().union(*(each[facet] for each in known))
            accepted[facet] = frozenset(each for each in named if any(same(each, value) for value in values))
    return accepted


def _narrow(
    known: Mapping[_T, _Values], accepted: _Values, facets: Sequence[Facet]
) -> tuple[list[_T], dict[Facet, tuple[Choice, ...]]]:
    """Return what has an accepted value of each facet chosen, and the choices of facets with how much they would leave."""
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in facets}
    left: list[_T] = []
    for each, values in known.items():
        failing = [facet for facet in accepted if not accepted[facet] & values[facet]]
        if not failing:
            left.append(each)
        # A facet's counts say what choosing its value would give, so its own choice is left aside.
        for facet in facets if not failing else failing[:1] if len(failing) == 1 else ():
            counts[facet].update(values[facet])
    return left, {facet: _choices(counts[facet], accepted.get(facet, frozenset()), facet) for facet in facets}


def _values_of(passage: Passage) -> _Values:
    report, section = passage.report, passage.report.sections[passage.section]
    findings = frozenset(unit.finding.value for unit in passage.units)
    directed = findings - {Finding.NEUTRAL.value}
    single = {
        Facet.BODY: report.body,
        Facet.FRAMEWORK: report.framework,
        Facet.THEME: section.theme,
        Facet.FINDING_TYPE: section.finding_type,
        Facet.GRADE: section.grade.value if section.grade else None,
        Facet.PUBLISHER: report.publisher,
    }
    return {
        **{facet: frozenset([value] if value else []) for facet, value in single.items()},
        Facet.YEAR: frozenset(map(str, report.years())),
        Facet.FINDING: directed or findings,
    }


def _values_of_report(card: ReportCard) -> _Values:
    return {
        Facet.BODY: frozenset([card.body] if card.body else []),
        Facet.YEAR: frozenset(map(str, card.years())),
        Facet.THEME: card.themes,
        Facet.FINDING: card.findings,
    }


def _choices(counts: Counter[str], chosen: frozenset[str], facet: Facet) -> tuple[Choice, ...]:
    names = {*counts, *chosen}
    if facet is Facet.YEAR:
        order = sorted(names, reverse=True)
    elif facet in (Facet.BODY, Facet.PUBLISHER):
        order = sorted(names)
    else:
        order = sorted(names, key=lambda name: (-counts[name], name))
    return tuple(Choice(name, counts[name], name in chosen) for name in order)


def _same(a: str, b: str) -> bool:
    return a.casefold() == b.casefold()


def _folded(text: str) -> str:
    plain = fold(text).translate(_PLAIN_QUOTES).casefold()
    return re.sub(r"\s+", " ", plain).strip()
