"""What a question asks: of which reports, for which finding, in what kind of answer. Knows nothing of ranking."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from peelqa.findings import Finding
from peelqa.index.cards import ReportCard
from peelqa.patterns import compile_late
from peelqa.reports.bodies import find_bodies, same_body
from peelqa.reports.dates import find_years
from peelqa.reports.frameworks import line_of
from peelqa.understanding.appeals import Advice, Unclear, find_unclear, most_urgent
from peelqa.understanding.covered import Covered, newest_of_each_body
from peelqa.understanding.indirect import asked_outright
from peelqa.understanding.kinds import Kind, find_kind, without_since
from peelqa.understanding.naming import Named, find_named
from peelqa.understanding.spans import without_scope
from peelqa.understanding.spelling import correct_names, correct_words, hyphenate_as, is_english
from peelqa.understanding.topics import find_topic
from peelqa.understanding.wanted import asks_for_finding
from peelqa.understanding.wording import spell_out


@dataclass(frozen=True, slots=True)
class Filters:
    """What the asker chose, beside the question's words."""

    body: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    theme: tuple[str, ...] = ()
    finding: str | None = None
    undone: tuple[str, ...] = ()
    """What must not be understood from the words: any of body, year, inspection, theme, finding, spelling."""


LONGEST_QUESTION = 500
"""Code points of a question that are read; what is longer is no question."""


@dataclass(frozen=True)
class Question:
    """A question as understood. What only answers ask of its words is read from them when it is first asked."""

    text: str
    """As it was asked."""
    body: tuple[str, ...]
    year: tuple[int, ...]
    theme: tuple[str, ...]
    """The themes the asker chose: only sections about them are searched."""
    filters: Filters
    understood: str
    """What was asked, typing errors put right and the conversation filled in."""
    asked: str
    """That without the words that only say which report is meant or who asks, as it is asked outright, with all that asks."""
    searched: str
    """What is looked for: that also without the words that only ask."""
    covered: Covered = field(repr=False, compare=False)
    """What it was read against."""
    matter: str = ""
    """What it asks about, without the words that ask ("what did inspectors say about"); may be empty."""
    not_covered: str | None = None
    """The body, year or day it names that no report is about."""
    ambiguous: tuple[str, ...] = ()
    """The bodies that a name in it may mean, where more than one is covered."""
    published: date | None = None
    """The publication day of the one report it means."""
    newest: bool = False
    """True where the last report on each body is meant."""
    inspection: tuple[str, ...] = ()
    """The lines of inspections it names: only their reports are meant."""
    missing: tuple[str, ...] = ()
    """Bodies it names beside covered ones that no report is about."""
    from_history: bool = False
    """True where something was carried over from the conversation's earlier turns."""

    @cached_property
    def finding(self) -> Finding | None:
        """The direction of finding that the asker chose or the words ask for."""
        if self.filters.finding in set(Finding):
            return Finding(self.filters.finding)
        return None if "finding" in self.filters.undone else asks_for_finding(without_since(self.understood))

    @cached_property
    def kind(self) -> Kind:
        """The kind of answer that is wanted."""
        return find_kind(self.asked, self.finding)

    @cached_property
    def named_themes(self) -> tuple[str, ...]:
        """Themes its words name: a preference, never a filter."""
        return () if "theme" in self.filters.undone else _themes(self.understood, self.covered)

    @cached_property
    def unclear(self) -> Unclear | None:
        """Why it is no question at all."""
        return why_unclear(self.understood, self.covered)

    @cached_property
    def asks_advice(self) -> Advice | None:
        """A call for help, for advice or for an opinion: nothing a report could say."""
        return most_urgent(self.text[:LONGEST_QUESTION], self.understood)

    @cached_property
    def asks_now(self) -> bool:
        """True where it asks how things are now, which no report can say."""
        dated = self.filters.year or find_years(self.understood)
        return not dated and _NOW.search(self.understood) is not None

    def understood_json(self) -> dict[str, Any]:
        """Return what was understood, as the JSON contract gives it."""
        return {
            "text": self.understood or self.text,
            "body": list(self.body),
            "year": list(self.year),
            "theme": list(self.theme or self.named_themes),
            "finding": self.finding,
            "kind": self.kind,
            "published": self.published.isoformat() if self.published else None,
            "newest": self.newest,
            "inspection": list(self.inspection),
            "from_history": self.from_history,
        }


_NOW = compile_late(
    r"\b(?:currently|today|now|nowadays|at (?:the moment|present)|presently|these days|this (?:year|month|week)"
    r"|last (?:year|month|week)|recently(?=\W*$)|so far this|still|as of today)\b"
    r"|\bcurrent (?!inspection|report|assessment|plan)",
    re.IGNORECASE,
)

_RIGHT_NOW = compile_late(r"\b(?:right|just|even) now\b", re.IGNORECASE)
# Nothing that answers has these words, and a passage that has them ("inspectors were concerned") need not answer.
_MERE_ASKING = compile_late(
    r".*\b(?:anything|something|say|said|says|find|found|think|thought|concern\w*|problems?|weak\w*|strengths?"
    r"|issues?|worr\w+)\b.*\b(?:about|with|on|in|over|of|for|at|regarding|around)(?: (?:the|its|their|an?))?",
    re.IGNORECASE,
)


def understand_question(text: str, filters: Filters, covered: Covered) -> Question:
    """Read a question against what the reports cover.

    What the asker chose holds over what the words name, and what the asker has undone is not read from them. No more than
    LONGEST_QUESTION code points are read.
    """
    understood = put_right(text[:LONGEST_QUESTION], filters, covered)
    named = find_named(understood, covered, _covered_names(filters.body, covered)).without(filters.undone)
    asked = asked_outright(_RIGHT_NOW.sub("now", without_scope(understood, named.spans)))
    topic = find_topic(asked)
    return Question(
        text=text,
        body=_covered_names(filters.body, covered) or named.bodies,
        year=filters.year or named.years or ((named.published.year,) if named.published else ()),
        theme=filters.theme,
        filters=filters,
        understood=understood,
        asked=asked,
        searched=topic.words if _MERE_ASKING.fullmatch(topic.before.strip()) and topic.words else asked,
        covered=covered,
        matter=topic.words,
        not_covered=_uncovered(filters, named, covered),
        ambiguous=() if filters.body else named.ambiguous,
        published=None if filters.year else named.published,
        newest=named.newest and not filters.year,
        inspection=named.inspections,
        missing=() if filters.body else named.missing,
    )


def why_unclear(text: str, covered: Covered) -> Unclear | None:
    """Return why a text is no question, or None."""
    return find_unclear(text, lambda word: word in covered.words or is_english(word))


def reports_meant(question: Question, reports: Collection[ReportCard]) -> tuple[ReportCard, ...]:
    """Return the reports that a question's body, year, publication day, kind of inspection and "latest" leave."""
    left = tuple(
        report
        for report in reports
        if (not question.body or any(same_body(name, report.body or "") for name in question.body))
        and (not question.year or report.years() & set(question.year))
        and (question.published is None or report.published == question.published)
        and (not question.inspection or line_of(report.framework) in question.inspection)
    )
    return newest_of_each_body(left) if question.newest else left


def put_right(text: str, filters: Filters, covered: Covered) -> str:
    """Return a text in the words of reports, typing errors put right, unless the asker has undone that."""
    if "spelling" in filters.undone:
        return text
    named = correct_names(hyphenate_as(text, covered.words), covered.bodies, covered.words)
    spans = [(each.start_char, each.end_char) for each in find_bodies(named, covered.bodies)]
    return spell_out(correct_words(named, covered.words, spans), covered.words)


def _themes(text: str, covered: Covered) -> tuple[str, ...]:
    """Return the themes of indexed reports that a text names; a longer name hides the shorter ones in it."""
    left, found = _plain(text), list[str]()
    for theme in covered.themes:
        pattern = rf"\b{re.escape(_plain(theme))}\b"
        if re.search(pattern, left):
            found.append(theme)
            left = re.sub(pattern, " ", left)
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _covered_names(chosen: Collection[str], covered: Covered) -> tuple[str, ...]:
    """Return chosen bodies by the names they are covered under; one that is not covered stays as it is."""
    found = (next((body for body in covered.bodies if same_body(body, each)), each) for each in chosen)
    return tuple(dict.fromkeys(found))


def _uncovered(filters: Filters, named: Named, covered: Covered) -> str | None:
    """Return the body, year, day or inspection, chosen or else named, that no report is about."""
    for body in filters.body:
        if not any(same_body(body, each) for each in covered.bodies):
            return body
    bodies = filters.body or named.bodies
    for year in filters.year:
        if year not in covered.years_of(bodies):
            return f"{' and '.join(bodies)} in {year}" if bodies else str(year)
    unknown = None if filters.body else named.unknown_body
    unknown = unknown or (None if filters.year else named.unknown_date)
    if unknown or not named.inspections:
        return unknown
    years = set(filters.year or named.years)
    held = (each for each in covered.about(bodies) if not years or each.years() & years)
    if any(line_of(each.framework) in named.inspections for each in held):
        return None
    told = (f" of {' and '.join(bodies)}" if bodies else "") + (
        f" in {' and '.join(map(str, sorted(years)))}" if years else ""
    )
    return f"a {' or '.join(named.inspections)} inspection{told}"
