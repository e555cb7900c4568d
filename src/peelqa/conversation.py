"""A question in the light of the ones before it: "and in 2018?", "what about efficiency?", "why?" made whole.

Nothing is kept between questions: the earlier ones come along each time, and what they were answered is found again only
where "that" cannot be understood without. The rule of what is carried over:

- A question that can stand alone is a new one and takes nothing over: it opens with no "and" or "what about", and has no
  word that points back.
- One that points back at the body ("the force", "its", "there"), that opens with "and" or "why", or that names no body and
  has most words of the matter in common with the question before, takes over body, year and report.
- A fragment, or one that points back at the matter ("that", "why?"), takes over these and the matter asked about.
- What the question itself names takes the place of what would be taken over; a year goes along with another body only
  where that body has a report of the year. What the asker chose or undid with this question holds over everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from peelqa.patterns import compile_late
from peelqa.questions import LONGEST_QUESTION, Filters, put_right, why_unclear
from peelqa.scoped_question import ScopedQuestion, asks_together, moved, rescoped, scoped
from peelqa.understanding.appeals import find_advice
from peelqa.understanding.covered import Covered
from peelqa.understanding.moves import find_move, opens_new_matter, without_opening
from peelqa.understanding.naming import Named, find_named
from peelqa.understanding.pointing import point_back
from peelqa.understanding.reactions import Reaction, react
from peelqa.understanding.spans import leave_out
from peelqa.understanding.topics import as_sentence, asks_in_full, find_topic
from peelqa.words import content_stems

Quoted = Callable[[str, Filters], str | None]
"""Answers a question again and returns the text of its first quotation, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation, with the filters it was asked with."""

    question: str
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that can be asked alone."""

    text: str
    filters: Filters
    from_history: bool
    """True where something was carried over."""


_DOES = compile_late(r"\b(?:done|do|doing|change[sd]?|need\w*|improve\w*)\b", re.IGNORECASE)
_LEADING = compile_late(
    r"^(?:(?:for|in|at|on|about|with|of|to|by|from|regarding|the case of|as for)\s+)+", re.IGNORECASE
)
_SINCE = compile_late(r"\bsince(?:\s+(?:then|that))?[\s?.!]*$", re.IGNORECASE)
_FRAGMENT_WORDS = 4


def resolve(
    text: str, filters: Filters, history: Sequence[Turn], covered: Covered, quoted: Quoted | None = None
) -> Resolved:
    """Make a question whole with what the conversation's earlier turns, oldest first, say."""
    if not history:
        return Resolved(text, filters, False)
    before: ScopedQuestion | None = None
    for turn in history:
        before = _follow(turn, before, covered, None).next
    found = _follow(Turn(text, filters), before, covered, quoted)
    if found.asked is None or not found.carried:
        return Resolved(text, filters, False)
    whole, carried = found.asked.whole_for(text, covered), found.asked.filters
    return Resolved(whole, carried, (whole, carried) != (text, filters))


@dataclass(frozen=True, slots=True)
class _Followed:
    """A turn made whole, and what is talked about after it; nothing asked where it was no question."""

    asked: ScopedQuestion | None
    next: ScopedQuestion | None
    carried: bool


def _follow(turn: Turn, before: ScopedQuestion | None, covered: Covered, quoted: Quoted | None) -> _Followed:
    text = put_right(" ".join(turn.question.split())[:LONGEST_QUESTION], turn.filters, covered)
    alone = scoped(text, find_named(text, covered).without(turn.filters.undone), turn.filters)
    continued = _continue(text, alone, turn.filters, before, covered, quoted) if before else None
    if continued:
        return continued
    if why_unclear(text, covered) or find_advice(text):
        return _Followed(None, before, False)
    return _Followed(alone, alone, False)


@dataclass(frozen=True, slots=True)
class _Read:
    """A turn taken apart in the light of what was asked before."""

    rest: str
    """The turn without "and", "what about" and the like."""
    said: str
    """What is left of that without the words that say which report is meant."""
    asked: str
    """The same as a sentence, with "the force" in the place of a body."""
    marked: bool
    """True where it opens with "and", "what about" and the like."""
    full: bool
    """True where it is a whole question, False for a fragment."""
    names_body: bool
    scope: ScopedQuestion
    """What was asked before, of the reports that this turn means."""
    gone: str | None
    """The name, in a fragment, that no report is about, or that may mean several bodies."""


def _read(text: str, before: ScopedQuestion, covered: Covered) -> _Read:
    rest, marked = without_opening(text)
    named = find_named(rest, covered)
    said = leave_out(rest, named.spans, stand_ins=False).strip(" ?.!,;:")
    scope, full = rescoped(before, named, text, covered), asks_in_full(rest)
    if move := find_move(said):
        scope, said = moved(scope, move, covered), ""
    if full and _SINCE.search(rest):
        scope = scope.of_latest()
    gone = None if full else _uncovered_body(named, rest)
    return _Read(rest, said, leave_out(rest, named.spans), marked, full, bool(named.bodies), scope, gone)


def _continue(
    text: str, alone: ScopedQuestion, chosen: Filters, before: ScopedQuestion, covered: Covered, quoted: Quoted | None
) -> _Followed | None:
    """Read a turn as a continuation; None where it is a question of its own."""
    if opens_new_matter(text):
        return None
    read = _read(text, before, covered)
    if read.gone:
        asked = f"{before.text.rstrip(' ?.!')} in {read.gone}?"
        return _carried(
            ScopedQuestion(asked, replace(before.filters, body=()), read.scope.when, read.scope.kind), chosen
        )
    if not read.said and read.scope != before:
        return _carried(read.scope, chosen)
    reaction = _reaction(read.said, before, quoted) if read.said else None
    if reaction:
        asked_so = replace(read.scope, text=reaction.text, filters=_asking_otherwise(read.scope.filters, reaction))
        return _carried(asked_so, chosen, None if reaction.lasting else read.scope)
    if why_unclear(read.rest, covered) or find_advice(read.rest):
        return None
    fragment = None if read.full else _continue_fragment(read, before, chosen)
    return fragment or _continue_in_full(read, alone, before, chosen)


def _continue_fragment(read: _Read, before: ScopedQuestion, chosen: Filters) -> _Followed | None:
    """Ask of other reports, or about another matter, what was asked before."""
    if not find_topic(read.said).words and (read.scope != before or read.marked):
        return _carried(read.scope, chosen)
    if read.marked or (len(read.said.split()) <= _FRAGMENT_WORDS and not read.names_body):
        return _carried(replace(read.scope, text=_retopic(read.said, before)), chosen)
    return None


def _continue_in_full(read: _Read, alone: ScopedQuestion, before: ScopedQuestion, chosen: Filters) -> _Followed | None:
    """Take over what the words of a whole question point back at."""
    text, scope = read.asked, read.scope
    pointed = point_back(text, find_topic(before.text).words, names_body=read.names_body)
    points = pointed.at_body or pointed.at_matter
    says_nothing = not find_topic(text).words and not _DOES.search(text)
    if scope != before and says_nothing and (points or asks_together(text)):
        return _carried(scope, chosen)
    goes_on = (read.full and read.marked) or text.casefold().startswith("why ")
    if not (goes_on or points or (not read.names_body and _share(text, before.text))):
        return None
    filters = scope.filters if pointed.at_matter else replace(scope.filters, theme=(), finding=None)
    followed = _carried(ScopedQuestion(as_sentence(pointed.text), filters, scope.when, scope.kind), chosen)
    took_over = pointed.at_matter or (filters, scope.when, scope.kind) != (alone.filters, alone.when, alone.kind)
    return followed if took_over else None


def _reaction(said: str, before: ScopedQuestion, quoted: Quoted | None) -> Reaction | None:
    return react(said, before.text, lambda: quoted(before.whole(), before.filters) if quoted else None)


def _carried(asked: ScopedQuestion, chosen: Filters, following: ScopedQuestion | None = None) -> _Followed:
    """Put what the asker chose or undid with this question over what is carried over."""
    filters = Filters(
        body=chosen.body or (() if "body" in chosen.undone else asked.filters.body),
        year=chosen.year or (() if "year" in chosen.undone else asked.filters.year),
        theme=chosen.theme or (() if "theme" in chosen.undone else asked.filters.theme),
        finding=chosen.finding or (None if "finding" in chosen.undone else asked.filters.finding),
        undone=chosen.undone,
    )
    when = "" if chosen.year or "year" in chosen.undone else asked.when
    kind = "" if "inspection" in chosen.undone else asked.kind
    whole = ScopedQuestion(asked.text, filters, when, kind)
    return _Followed(whole, replace(following, filters=filters, when=when, kind=kind) if following else whole, True)


def _uncovered_body(named: Named, rest: str) -> str | None:
    """Return the name in a fragment that no report is about, or that may mean several bodies."""
    if named.ambiguous:
        return _LEADING.sub("", rest.strip(" ?.!"), count=1)
    return named.unknown_body if named.unknown_body and named.unknown_body in rest else None


def _retopic(said: str, before: ScopedQuestion) -> str:
    """Ask what was asked before about another matter; a bare year is put beside the matter."""
    if re.fullmatch(r"(?:in |by |since |from |for )?(?:\w+ )?(?:19|20)\d\d(?:[/–-]\d\d)?", said):
        return f"{before.text.rstrip(' ?.!')} {said}?"
    other = _LEADING.sub("", said, count=1)
    return find_topic(before.text).about(other)


def _asking_otherwise(filters: Filters, reaction: Reaction) -> Filters:
    """Drop a chosen finding that a follow-up turns round ("any strengths?")."""
    turned = reaction.text.startswith(("What strengths", "What concerns", "What needs"))
    return replace(filters, finding=None) if turned else filters


def _share(text: str, other: str) -> bool:
    """Tell whether two questions have most words of their matter in common, whatever their endings."""
    stems, others = (set(content_stems(find_topic(each).words)) for each in (text, other))
    return 2 * len(stems & others) > min(len(stems), len(others))
