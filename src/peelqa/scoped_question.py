"""A question apart from what it is asked of: its words, and the bodies, years and kinds of inspection that are meant.

A conversation goes on from it: other bodies or another time take the place of those that were meant before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from peelqa.patterns import compile_late
from peelqa.questions import Filters
from peelqa.reports.bodies import Kind as BodyKind
from peelqa.reports.dates import find_day, format_day
from peelqa.understanding.covered import Covered
from peelqa.understanding.moves import Move
from peelqa.understanding.naming import Named
from peelqa.understanding.spans import without_scope

_LATEST = "in the latest report"
_TOGETHER = compile_late(r"\b(?:compar\w+|versus|vs|than|better|worse|against|both|as well|too)\b", re.IGNORECASE)
_FORCE = compile_late(r"\bthe force\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScopedQuestion:
    """A question without the words that say of which reports, and what says it: filters, and words for what they cannot."""

    text: str
    filters: Filters
    when: str = ""
    """ "in the latest report", or "in the report published on 8 August 2014"."""
    kind: str = ""
    """ "in the SEND inspection"."""

    def whole(self) -> str:
        """Return the question with the words for what filters cannot say."""
        told = " ".join(filter(None, (self.when, self.kind)))
        return f"{self.text.rstrip(' ?.!')} {told}?" if told else self.text

    def whole_for(self, typed: str, covered: Covered) -> str:
        """Return the whole question for who typed something, in which a council is called "the authority" and only a force so."""
        kinds = [covered.kinds.get(body, set()) for body in self.filters.body]
        if not kinds or _FORCE.search(typed) or not all(each and BodyKind.FORCE not in each for each in kinds):
            return self.whole()
        return _FORCE.sub("the authority", self.whole())

    def of_latest(self) -> ScopedQuestion:
        """Ask the same of the latest report, whatever year was meant."""
        return replace(self, filters=replace(self.filters, year=()), when=_LATEST)


def asks_together(text: str) -> bool:
    """Tell whether a text puts what it names beside what was meant before ("is Kent better?", "and both?")."""
    return _TOGETHER.search(text) is not None


def scoped(text: str, named: Named, chosen: Filters) -> ScopedQuestion:
    """Part a text that stands alone from what it names; what the asker chose holds over that."""
    filters = replace(chosen, body=chosen.body or named.bodies, year=chosen.year or named.years)
    return ScopedQuestion(without_scope(text, named.spans), filters, "" if chosen.year else _when(named), _kind(named))


def rescoped(before: ScopedQuestion, named: Named, text: str, covered: Covered) -> ScopedQuestion:
    """Put what a text names in the place of what was meant before."""
    body, year, when = before.filters.body, before.filters.year, before.when
    together = asks_together(text)
    if named.bodies:
        body = named.bodies
        if together:
            body = tuple(dict.fromkeys((*before.filters.body, *named.bodies)))
        elif body != before.filters.body:
            year = tuple(each for each in year if each in covered.years_of(body))
            when = when if when == _LATEST else ""
    if named.years or named.published or named.newest:
        year, when = _years_with(year, named) if together and not named.bodies else named.years, _when(named)
    elif named.unknown_date and (found := re.search(r"\b(?:19|20)\d\d\b", named.unknown_date)):
        year, when = (int(found[0]),), ""
    return ScopedQuestion(before.text, replace(before.filters, body=body, year=year), when, _kind(named) or before.kind)


def _years_with(chosen: tuple[int, ...], named: Named) -> tuple[int, ...]:
    """Return the years of a comparison; where none was chosen all are asked already, and one of them leaves none out."""
    return tuple(dict.fromkeys((*chosen, *named.years))) if chosen else ()


def moved(question: ScopedQuestion, move: Move, covered: Covered) -> ScopedQuestion:
    """Move a question to other bodies or another time; past the first or last report, to a year that is not covered."""
    filters = question.filters
    if move is Move.ELSEWHERE:
        return replace(question, filters=replace(filters, body=()))
    if move is Move.ANY_YEAR or move is Move.NOW:
        when = f"now, {_LATEST}" if move is Move.NOW else ""
        return replace(question, filters=replace(filters, year=()), when=when)
    known = sorted({report.year for report in covered.about(filters.body) if report.year})
    if not known:
        return question
    day = find_day(question.when)
    at = filters.year[0] if filters.year else day.year if day else known[-1]
    if move is Move.EARLIER:
        year = max((year for year in known if year < at), default=at - 1)
    else:
        year = min((year for year in known if year > at), default=at + 1)
    return replace(question, filters=replace(filters, year=(year,)), when="")


def _when(named: Named) -> str:
    if named.published:
        return f"in the report published on {format_day(named.published)}"
    return _LATEST if named.newest else ""


def _kind(named: Named) -> str:
    """Say in words, where a text names kinds of inspection, that they are meant."""
    return f"in the {' inspection or the '.join(named.inspections)} inspection" if named.kind_spans else ""
