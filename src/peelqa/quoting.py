"""From ranked hits to quotations: whole units with what belongs to them, none twice, both sides, several reports.

Spans are chosen here; the words themselves are sliced from the report by `Passage.quote`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peelqa.attribution import quotation_json
from peelqa.findings import Finding
from peelqa.passages import Passage, Quotation
from peelqa.patterns import compile_late
from peelqa.relevance import BARRED, RelevanceModel, WeighedHit
from peelqa.reports.dates import find_period
from peelqa.reports.layout import BlockKind
from peelqa.search import Hit
from peelqa.sentences import leans_back
from peelqa.words import numbers_in, stems

LONGEST_QUOTATION = 80
"""Words, unless one unit alone has more."""
LONGEST_LIST = 200
"""Words of a list that is quoted whole because one is asked for."""
_JOINED = 4.5
_JOINED_UNSURE = 9.0
"""A neighbour whose merit is at most so far behind belongs to the quotation; farther where the hit is less sure."""
_SAME_WORDS = 0.75
"""Share of their words that two quotations have in common from which one repeats the other."""
_FROM_ONE_REPORT = 2
"""Quotations from one report before those of other reports that speak of the matter too."""
_SIDES = {Finding.CONCERN, Finding.STRENGTH}
_REVERSES = compile_late(r"(?:However|But|Nevertheless|Nonetheless|Despite this|That said|Even so|Yet)\b")
_OF_THE_SAME = compile_late(r"\b[Tt]he same (?:\w+ )?(?:survey|period|inspection|review|audit|visit|plan|year)\b")
"""How a sentence names the source or the date of the one before it again."""


@dataclass(frozen=True, slots=True)
class RelevantQuotation:
    """A quotation and the probability, 0 to 1, that it answers the question."""

    quotation: Quotation
    relevance: float

    def to_json(self) -> dict[str, Any]:
        """Return the quotation with its attribution and relevance, as the JSON contract gives it."""
        return {**quotation_json(self.quotation), "relevance": self.relevance}


def quote_hits(
    weighed: Sequence[WeighedHit], model: RelevanceModel, *, at_most: float = 1.0, whole_lists: bool = False
) -> list[RelevantQuotation]:
    """Make quotations of weighed hits, best first and none twice; none is more relevant than the one before.

    None is more relevant than `at_most`, nor than BARRED where what stands first can be no answer: what holds the name or the number
    that is asked for stands before it, if anything does. With `whole_lists` an item is quoted with the other items of its list.
    """
    merits = merits_of(weighed)
    quoted: list[RelevantQuotation] = []
    relevance = min(at_most, BARRED) if weighed and weighed[0].barred else at_most
    for each in weighed:
        report = each.hit.passage.report
        relevance = min(relevance, model.relevance(each.evidence, report, weighed[0].standing - each.standing))
        unsure = not model.is_sure(relevance, report)
        quotation = quote_hit(each.hit, merits, unsure=unsure, whole_lists=whole_lists)
        if not any(is_repetition(quotation, other.quotation) for other in quoted):
            quoted.append(RelevantQuotation(quotation, round(relevance, 4)))
    return quoted


def merits_of(weighed: Sequence[WeighedHit]) -> dict[tuple[str, int], float]:
    """Return the merit of each hit by its passage's id and its place there."""
    return {(each.hit.passage.id, each.hit.position): each.hit.merit for each in weighed}


def quote_hit(
    hit: Hit, merits: Mapping[tuple[str, int], float], *, unsure: bool, whole_lists: bool = False
) -> Quotation:
    """Quote a hit with what belongs to it.

    It takes in the neighbours that are nearly as good, a sentence that turns it round, and the sentence it leans on;
    when unsure also neighbours that are less good, for the answer may be there. With `whole_lists` an item takes in the
    items around it, and what introduces a list takes in the list, as far as they fit.
    """
    first, last = _extent(hit, merits, unsure)
    if whole_lists:
        first, last = _with_list(hit.passage, first, last)
    return hit.passage.quote(hit.passage.units[first].start_char, hit.passage.units[last].end_char)


def is_repetition(quotation: Quotation, other: Quotation) -> bool:
    """Tell whether a quotation shares its place with another, or nearly all its words with one on the same body and year.

    One that says the opposite, or names other numbers, repeats nothing.
    """
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
    if {quotation.finding, other.finding} == _SIDES or numbers_in(quotation.text) != numbers_in(other.text):
        return False
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


def packed(passage: Passage, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Part neighbouring units of a passage into spans to quote: as many together as a quotation may have.

    A unit that names a source or a date of its own begins a span.
    """
    first = last = places[0]
    for place in places[1:]:
        if not _fits(passage, first, place) or not _speaks_with(passage, place, first):
            yield passage.units[first].start_char, passage.units[last].end_char
            first = place
        last = place
    yield passage.units[first].start_char, passage.units[last].end_char


def with_antecedent(passage: Passage, at: int, last: int | None = None) -> int:
    """Return the place of the unit before, where only that says what a unit speaks of and both fit."""
    leans = leans_back(passage.text_of(passage.units[at])) and _fits(passage, at - 1, at if last is None else last)
    return at - 1 if leans else at


def _turns(quotation: RelevantQuotation, chosen: Sequence[RelevantQuotation]) -> bool:
    sides = {each.quotation.finding for each in chosen} - {Finding.NEUTRAL}
    return len(sides) == 1 and {*sides, quotation.quotation.finding} == _SIDES


def _extent(hit: Hit, merits: Mapping[tuple[str, int], float], unsure: bool) -> tuple[int, int]:
    """Return the places of the first and the last unit to quote."""
    passage, at = hit.passage, hit.position
    least = hit.merit - (_JOINED_UNSURE if unsure else _JOINED)
    first, last = _with_what_belongs(passage, at, at)
    while True:
        sides = [side for side in (first - 1, last + 1) if _fits(passage, min(first, side), max(last, side))]
        near = [(merits[passage.id, side], side) for side in sides if (passage.id, side) in merits]
        near = [(merit, side) for merit, side in near if _is_row(passage, side) == _is_row(passage, at)]
        merit, side = max(near, default=(least - 1, at))
        if merit < least or not _speaks_with(passage, side, at):
            return first, last
        first, last = min(first, side), max(last, side)


def _with_list(passage: Passage, first: int, last: int) -> tuple[int, int]:
    """Widen a span by the items that go on from it, if it is of items or introduces them, and by those before it."""
    while _is_item(passage, last + 1) and (_is_item(passage, last) or _introduces(passage, last)):
        if not _fits(passage, first, last + 1, LONGEST_LIST):
            break
        last += 1
    while _is_item(passage, first) and (_is_item(passage, first - 1) or _introduces(passage, first - 1)):
        if not _fits(passage, first - 1, last, LONGEST_LIST):
            break
        first -= 1
    return first, last


def _is_item(passage: Passage, place: int) -> bool:
    return 0 <= place < len(passage.units) and passage.units[place].kind is BlockKind.ITEM


def _introduces(passage: Passage, place: int) -> bool:
    """Tell whether a unit ends as what introduces a list does."""
    if not 0 <= place < len(passage.units):
        return False
    unit = passage.units[place]
    return passage.text_of(unit).rstrip().endswith((":", ";"))


def _is_row(passage: Passage, place: int) -> bool:
    return passage.units[place].kind is BlockKind.ROW


def _speaks_with(passage: Passage, place: int, core: int) -> bool:
    """Tell whether a unit names no source and no date but those that the core names: else they would be lent to it.

    Nor may it speak, before the core, of the same source or date as what stands before it: the core's would be lent to that.
    """
    if place < core and _OF_THE_SAME.search(passage.text_of(passage.units[place])):
        return False
    own, others = (
        passage.quote(unit.start_char, unit.end_char) for unit in (passage.units[core], passage.units[place])
    )
    return others.source in (None, own.source) and find_period(others.text) in (None, find_period(own.text))


def _with_what_belongs(passage: Passage, first: int, last: int) -> tuple[int, int]:
    """Widen a span by the sentence that turns it round, as far as both fit, and by the one before that it leans on."""
    if _turns_round(passage, last + 1) and _fits(passage, first, last + 1):
        last += 1
    return with_antecedent(passage, first, last), last


def _turns_round(passage: Passage, at: int) -> bool:
    return at < len(passage.units) and _REVERSES.match(passage.text_of(passage.units[at])) is not None


def _fits(passage: Passage, first: int, last: int, most: int = LONGEST_QUOTATION) -> bool:
    """Tell whether units stand in the passage and have together at most so many words."""
    if first < 0 or last >= len(passage.units):
        return False
    text = passage.report.text[passage.units[first].start_char : passage.units[last].end_char]
    return len(text.split()) <= most
