"""From ranked hits to quotations: whole units with what belongs to them, none twice, both sides, several reports.

Spans are chosen here; the words themselves are sliced from the report by `Passage.quote`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peelqa.attribution import quotation_json
from peelqa.findings import Finding
from peelqa.passages import Passage, Quotation
from peelqa.relevance import RelevanceModel, WeighedHit
from peelqa.reports.dates import find_period
from peelqa.search import Hit
from peelqa.words import stems

LONGEST_QUOTATION = 80
"""Words, unless one unit alone has more."""
_JOINED = 4.5
_JOINED_UNSURE = 9.0
"""A neighbour whose merit is at most so far behind belongs to the quotation; farther where the hit is less sure."""
_SAME_WORDS = 0.75
"""Share of their words that two quotations have in common from which one repeats the other."""
_FROM_ONE_REPORT = 2
"""Quotations from one report before those of other reports that speak of the matter too."""
_REVERSES = re.compile(r"(?:However|But|Nevertheless|Nonetheless|Despite this|That said|Even so|Yet)\b")
_LEANS_BACK = re.compile(
    r"(?:However|But|Nevertheless|Nonetheless|Despite this|That said|Even so|Yet|Also|In addition|This|These|That|Those|It|Its|"
    r"They|Their|He|She|His|Her|Such|Both|As a result|Consequently|Therefore|For example|For instance|The latter)\b"
)


@dataclass(frozen=True, slots=True)
class RelevantQuotation:
    """A quotation and the probability, 0 to 1, that it answers the question."""

    quotation: Quotation
    relevance: float

    def to_json(self) -> dict[str, Any]:
        """Return the quotation with its attribution and relevance, as the JSON contract gives it."""
        return {**quotation_json(self.quotation), "relevance": self.relevance}


def quote_hits(weighed: Sequence[WeighedHit], model: RelevanceModel) -> list[RelevantQuotation]:
    """Make quotations of weighed hits, best first and none twice; none is more relevant than the one before."""
    merits = merits_of(weighed)
    quoted: list[RelevantQuotation] = []
    relevance = 1.0
    for each in weighed:
        relevance = min(relevance, model.relevance(each.evidence, weighed[0].standing - each.standing))
        quotation = quote_hit(each.hit, merits, unsure=relevance < model.sure)
        if not any(is_repetition(quotation, other.quotation) for other in quoted):
            quoted.append(RelevantQuotation(quotation, round(relevance, 4)))
    return quoted


def merits_of(weighed: Sequence[WeighedHit]) -> dict[tuple[str, int], float]:
    """Return the merit of each hit by its passage's id and its place there."""
    return {(each.hit.passage.id, each.hit.position): each.hit.merit for each in weighed}


def quote_hit(hit: Hit, merits: Mapping[tuple[str, int], float], *, unsure: bool) -> Quotation:
    """Quote a hit with what belongs to it.

    It takes in the neighbours that are nearly as good, a sentence that turns it round, and the sentence it leans on;
    when unsure also neighbours that are less good, for the answer may be there.
    """
    first, last = _extent(hit, merits, unsure)
    return hit.passage.quote(hit.passage.units[first].start_char, hit.passage.units[last].end_char)


def is_repetition(quotation: Quotation, other: Quotation) -> bool:
    """Tell whether a quotation shares its place with another, or nearly all its words with one on the same body and year."""
    if quotation.passage.report.id == other.passage.report.id and (
        quotation.start_char < other.end_char and other.start_char < quotation.end_char
    ):
        return True
    if (quotation.passage.report.body, quotation.passage.report.year) != (
        other.passage.report.body,
        other.passage.report.year,
    ):
        return False
    words, others = _stems_of(quotation.text), _stems_of(other.text)
    return len(words & others) >= _SAME_WORDS * len(words | others)


@lru_cache(maxsize=512)
def _stems_of(text: str) -> frozenset[str]:
    # Each of a question's quotations is compared with all others.
    return frozenset(stems(text))


def choose(quoted: Sequence[RelevantQuotation], limit: int) -> tuple[RelevantQuotation, ...]:
    """Choose at most `limit` quotations, in order of relevance.

    Several reports come before many quotations from one, and where all speak one way, the best that speaks the other
    way takes the last place.
    """
    taken: list[RelevantQuotation] = []
    spare: list[RelevantQuotation] = []
    for each in quoted:
        report = each.quotation.passage.report.id
        crowded = sum(other.quotation.passage.report.id == report for other in taken) >= _FROM_ONE_REPORT
        (spare if crowded else taken).append(each)
    chosen, left = taken[:limit], [*taken[limit:], *spare]
    chosen += left[: limit - len(chosen)]
    other_side = next((each for each in quoted if each not in chosen and _turns(each, chosen)), None)
    if other_side and len(chosen) > 1:
        chosen[-1] = other_side
    return tuple(sorted(chosen, key=lambda each: -each.relevance))


def _turns(quotation: RelevantQuotation, chosen: Sequence[RelevantQuotation]) -> bool:
    opposite = {Finding.CONCERN: Finding.STRENGTH, Finding.STRENGTH: Finding.CONCERN}
    sides = {each.quotation.finding for each in chosen} - {Finding.NEUTRAL}
    return len(sides) == 1 and opposite.get(sides.pop()) is quotation.quotation.finding


def _extent(hit: Hit, merits: Mapping[tuple[str, int], float], unsure: bool) -> tuple[int, int]:
    """Return the places of the first and the last unit to quote."""
    passage, at = hit.passage, hit.position
    least = hit.merit - (_JOINED_UNSURE if unsure else _JOINED)
    first, last = _with_what_belongs(passage, at, at)
    while True:
        sides = [side for side in (first - 1, last + 1) if _fits(passage, min(first, side), max(last, side))]
        near = [(merits[passage.id, side], side) for side in sides if (passage.id, side) in merits]
        merit, side = max(near, default=(least - 1, at))
        if merit < least or not _speaks_with(passage, side, at):
            return first, last
        first, last = min(first, side), max(last, side)


def _speaks_with(passage: Passage, place: int, core: int) -> bool:
    """Tell whether a unit names no source and no date but those that the core names: else they would be lent to it."""
    own, others = (
        passage.quote(unit.start_char, unit.end_char) for unit in (passage.units[core], passage.units[place])
    )
    return others.source in (None, own.source) and find_period(others.text) in (None, find_period(own.text))


def _with_what_belongs(passage: Passage, first: int, last: int) -> tuple[int, int]:
    """Widen a span by the sentence that turns it round, and by the one before that it leans on."""
    if _reads(passage, last + 1, _REVERSES):
        last += 1
    if _reads(passage, first, _LEANS_BACK) and _fits(passage, first - 1, last):
        first -= 1
    return first, last


def _reads(passage: Passage, at: int, pattern: re.Pattern[str]) -> bool:
    if not 0 <= at < len(passage.units):
        return False
    unit = passage.units[at]
    return pattern.match(passage.report.text, unit.start_char, unit.end_char) is not None


def _fits(passage: Passage, first: int, last: int) -> bool:
    """Tell whether units stand in the passage and are together short enough to be quoted."""
    if first < 0 or last >= len(passage.units):
        return False
    text = passage.report.text[passage.units[first].start_char : passage.units[last].end_char]
    return len(text.split()) <= LONGEST_QUOTATION
