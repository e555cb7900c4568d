"""A question in the light of the ones before it: "and in 2018?", "what about efficiency?", "why?" made whole.

Nothing is kept between questions: the earlier ones come along each time, and what they were answered is found again only
where "that" cannot be understood without. The rule of what is carried over:

- A question that can stand alone is a new one and takes nothing over: it opens with no "and" or "what about", and has no
  word that points back.
- One that points back at the body ("the force", "its", "there"), or opens with "and" or "why", takes over body, year and
  report.
- A fragment, or one that points back at the matter ("that", "why?"), takes over these and the matter asked about.
- What the question itself names takes the place of what would be taken over; a year goes along with another body only
  where that body has a report of the year. What the asker chose or undid with this question holds over everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from peelqa.questions import Filters, put_right, why_unclear
from peelqa.reports.dates import format_day
from peelqa.understanding.appeals import find_advice
from peelqa.understanding.covered import Covered
from peelqa.understanding.followups import Reaction, point_back, react
from peelqa.understanding.naming import Named, find_named
from peelqa.understanding.spans import leave_out, without_scope
from peelqa.understanding.topics import asks_in_full, find_topic

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question without the words that say of which reports, and what says it: filters, and words for what they cannot."""

    text: str
    filters: Filters
    when: str = ""
    """ "in the latest report", or "in the report published on 8 August 2014"."""

    def whole(self) -> str:
        return f"{self.text.rstrip(' ?.!')} {self.when}?" if self.when else self.text


_LATEST = "in the latest report"
_OPENINGS = (
    r"(?:ok(?:ay)?|hm+|oh|ah|sorry|thanks|thank you|interesting|i see|i (?:don.t|do not) (?:understand|get it|follow))[,.!]*\s+",
    r"(?:no|yes|right|well|good|great)[,.!]+\s+",
    r"(?:and|adn|but|or|also|then|plus|so|now(?=\s+\w)|only|just|&)\b,?\s*",
)
_AGAIN = (
    r"(?:what|how)\s+(?:about|abt|of)\b",
    r"(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:(?:do|say|show|check|ask|give)\s+(?:me\s+)?)?(?:the\s+)?same(?:\s+(?:question|thing))?(?:\s+again)?,?(?:\s+but)?(?=\s+(?:for|in|about|with|on|of)\b)",
    r"i\s+(?:mean|meant)\b",
    r"make\s+(?:it|that)\b",
    r"try\b",
    r"let.s\s+(?:try|see|look\s+at|take)\b",
    r"any(?:thing)?\s+(?:on|about|regarding)\b",
    r"(?:is|are|was|were)\s+there\s+(?:any(?:thing)?|something|more)(?:\s+(?:more|else|information|details?))?\s+(?:on|about|regarding)\b",
    r"(?:do(?:es)?|did)\s+(?:it|they|you)\s+(?:say|have|mention|find|report)\s+(?:anything|something|more)\s+(?:on|about|regarding)\b",
    r"(?:how|what)\s+(?:is|was|were|are)\s+(?:it|that|this)(?:\s+like)?(?=\s+(?:in|for|at)\b)",
    r"(?:how\s+does\s+(?:that|this|it)\s+)?compared?(?:\s+(?:that|this|it))?\s+(?:with|to|against)\b",
    r"(?:versus|vs)\b\.?",
)
_TELL = r"(?:tell|show|give)\s+me(?:\s+(?:about|more\s+about|more\s+on))?\b"
_MARKER = re.compile(
    rf"(?:{'|'.join(_OPENINGS)})*(?:{'|'.join(_AGAIN)}|(?<=\s){_TELL})?[\s,:]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[,\s]+(?:too|as well|also|instead|please|then|only|though|exactly|again|specifically|in particular|at all|in (?:the|that) same (?:year|report|inspection|period|time)|for the same (?:year|force))(?=[\s?.!]*$)",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\b(?:compar\w+|versus|vs|than|better|worse|against|both|as well|too)\b", re.IGNORECASE)
_DOES = re.compile(r"\b(?:done|do|doing|change[sd]?|need\w*|improve\w*)\b", re.IGNORECASE)
_PLURAL_BODY = r"(?:forces?|bodies|authorities|councils?|areas?|constabular\w+|places?)"
_ELSEWHERE = re.compile(
    rf"(?:in |for |at |from |by |of |with )?(?:(?:the |all |any |every |each )*(?:other|others|all|every|any other)(?: the)? ?{_PLURAL_BODY}|(?:the |all the )?others?|elsewhere|every ?where(?: else)?|the rest|anywhere else)",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(
    r"(?:in |for |at |from |over )?(?:(?:the |all |any |every )*(?:other|all|every|different|earlier|previous)(?: the)? (?:years|inspections|reports|cycles)|any other year|time|the years)",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"(?:right )?now(?:adays)?|today|currently|at (?:the moment|present)|these days|(?:more |most )?recently|lately|(?:the )?(?:latest|newest|most recent)(?: one)?|since(?: then| that)?|is it (?:still )?(?:like that|the case)? ?now",
    re.IGNORECASE,
)
_POINT = r"(?:one|time|year|inspection|report|assessment|cycle)"
_EARLIER = re.compile(
    rf"(?:in |at |from )?(?:before(?: (?:that|then|this))?|(?:the |its )?(?:previous|earlier|prior|preceding|last)(?: {_POINT})?|the {_POINT} before(?: that)?|previously|earlier(?: on)?)",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"(?:in |at |from )?(?:after(?:wards?| (?:that|then|this))|later(?: on)?|(?:the |its )?(?:next|following|subsequent|later)(?: {_POINT})?|the {_POINT} after(?: that)?|subsequently)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"(?:(?:for|in|at|on|about|with|of|to|by|from|regarding|the case of|as for)\s+)+", re.IGNORECASE)
_FRAGMENT_WORDS = 4


def resolve(
    text: str, filters: Filters, history: Sequence[Turn], covered: Covered, quoted: Quoted | None = None
) -> Resolved:
    """Make a question whole with what the conversation's earlier turns, oldest first, say."""
    before: _Asked | None = None
    for turn in history:
        before = _follow(turn, before, covered, None).next
    found = _follow(Turn(text, filters), before, covered, quoted)
    if found.asked is None or not found.carried:
        return Resolved(text, filters, False)
    return Resolved(found.asked.whole(), found.asked.filters, True)


@dataclass(frozen=True, slots=True)
class _Followed:
    """A turn made whole, and what is talked about after it; nothing asked where it was no question."""

    asked: _Asked | None
    next: _Asked | None
    carried: bool


def _follow(turn: Turn, before: _Asked | None, covered: Covered, quoted: Quoted | None) -> _Followed:
    text = put_right(" ".join(turn.question.split()), turn.filters, covered)
    alone = _alone(text, find_named(text, covered), turn.filters)
    continued = _continue(text, alone, turn.filters, before, covered, quoted) if before else None
    if continued:
        return continued
    if why_unclear(text, covered) or find_advice(text):
        return _Followed(None, before, False)
    return _Followed(alone, alone, False)


def _continue(
    text: str, alone: _Asked, chosen: Filters, before: _Asked, covered: Covered, quoted: Quoted | None
) -> _Followed | None:
    """Read a turn as a continuation; None where it is a question of its own."""
    marker = _MARKER.match(text)
    marked = bool(marker and marker.end() and re.search(r"\w", text[: marker.end()]))
    rest = text[marker.end() :] if marker else text
    rest = _CLOSING.sub("", rest)
    named = find_named(rest, covered)
    said = leave_out(rest, named.spans, stand_ins=False).strip(" ?.!,;:")
    scope = _scope(named, text, before, covered)
    if moved := _moved(said, scope, covered):
        scope, said = moved, ""
    full = asks_in_full(rest)
    if not full and (gone := _uncovered_body(named, rest)):
        place = _Asked(f"{before.text.rstrip(' ?.!')} in {gone}?", replace(before.filters, body=()), scope.when)
        return _carried(place, chosen)
    if not said and scope != before:
        return _carried(scope, chosen)
    reaction = _reaction(said, before, quoted) if said else None
    if reaction:
        asked = replace(scope, text=reaction.text, filters=_asking_otherwise(scope.filters, reaction))
        return _carried(asked, chosen, None if reaction.lasting else scope)
    if why_unclear(rest, covered) or find_advice(rest):
        return None
    if full:
        return _continue_in_full(leave_out(rest, named.spans), marked, alone, scope, before, chosen)
    if not find_topic(said).words and (scope != before or marked):
        return _carried(scope, chosen)
    if marked or (len(said.split()) <= _FRAGMENT_WORDS and not named.bodies):
        return _carried(replace(scope, text=_retopic(said, before)), chosen)
    return _continue_in_full(leave_out(rest, named.spans), False, alone, scope, before, chosen)


def _continue_in_full(
    text: str, marked: bool, alone: _Asked, scope: _Asked, before: _Asked, chosen: Filters
) -> _Followed | None:
    """Take over what the words of a whole question point back at."""
    topic = find_topic(before.text)
    pointed = point_back(text, topic.words, names_body=alone.filters.body != chosen.body)
    marked = marked or text.casefold().startswith("why ")
    points = pointed.at_body or pointed.at_matter
    says_nothing = not find_topic(text).words and not _DOES.search(text)
    if scope != before and says_nothing and (points or _TOGETHER.search(text)):
        return _carried(scope, chosen)
    if not (marked or points):
        return None
    filters = scope.filters if pointed.at_matter else replace(scope.filters, theme=(), finding=None)
    followed = _carried(_Asked(_sentence(pointed.text), filters, scope.when), chosen)
    took_over = pointed.at_matter or followed.asked != replace(
        alone, text=followed.asked.text if followed.asked else ""
    )
    return followed if took_over else None


def _reaction(said: str, before: _Asked, quoted: Quoted | None) -> Reaction | None:
    return react(said, before.text, lambda: quoted(before.whole(), before.filters) if quoted else None)


def _carried(asked: _Asked, chosen: Filters, following: _Asked | None = None) -> _Followed:
    """Put what the asker chose or undid with this question over what is carried over."""
    filters = Filters(
        body=chosen.body or (() if "body" in chosen.undone else asked.filters.body),
        year=chosen.year or (() if "year" in chosen.undone else asked.filters.year),
        theme=chosen.theme or (() if "theme" in chosen.undone else asked.filters.theme),
        finding=chosen.finding or (None if "finding" in chosen.undone else asked.filters.finding),
        undone=chosen.undone,
    )
    when = "" if chosen.year or "year" in chosen.undone else asked.when
    whole = _Asked(asked.text, filters, when)
    return _Followed(whole, replace(following, filters=filters, when=when) if following else whole, True)


def _alone(text: str, named: Named, chosen: Filters) -> _Asked:
    filters = replace(chosen, body=chosen.body or named.bodies, year=chosen.year or named.years)
    return _Asked(without_scope(text, named.spans), filters, "" if chosen.year else _when(named))


def _when(named: Named) -> str:
    if named.published:
        return f"in the report published on {format_day(named.published)}"
    return _LATEST if named.newest else ""


def _scope(named: Named, rest: str, before: _Asked, covered: Covered) -> _Asked:
    """Put what a turn names in the place of what was talked about before."""
    body, year, when = before.filters.body, before.filters.year, before.when
    if named.bodies:
        body = named.bodies
        if _TOGETHER.search(rest):
            body = tuple(dict.fromkeys((*before.filters.body, *named.bodies)))
        elif body != before.filters.body:
            year = tuple(each for each in year if each in covered.years_of(body))
            when = when if when == _LATEST else ""
    if named.years or named.published or named.newest:
        together = before.filters.year if _TOGETHER.search(rest) and not named.bodies else ()
        year, when = tuple(dict.fromkeys((*together, *named.years))), _when(named)
    elif named.not_covered and (found := re.search(r"\b(?:19|20)\d\d\b", named.not_covered)):
        year, when = (int(found[0]),), ""
    return _Asked(before.text, replace(before.filters, body=body, year=year), when)


def _moved(said: str, scope: _Asked, covered: Covered) -> _Asked | None:
    """Move to other bodies or another time: "elsewhere", "before that", "and now"."""
    filters = scope.filters
    if _ELSEWHERE.fullmatch(said):
        return replace(scope, filters=replace(filters, body=()))
    if _ANY_YEAR.fullmatch(said):
        return replace(scope, filters=replace(filters, year=()), when="")
    if _NOW.fullmatch(said):
        return replace(scope, filters=replace(filters, year=()), when=f"now, {_LATEST}")
    earlier = _EARLIER.fullmatch(said)
    if not earlier and not _LATER.fullmatch(said):
        return None
    known = sorted({report.year for report in covered.about(filters.body) if report.year})
    at = filters.year[0] if filters.year else known[-1] if known else 0
    beside = [year for year in known if (year < at if earlier else year > at)]
    return replace(
        scope,
        filters=replace(filters, year=(beside[-1 if earlier else 0],) if beside else (at - 1 if earlier else at + 1,)),
        when="",
    )


def _uncovered_body(named: Named, rest: str) -> str | None:
    """Return the name in a fragment that no report is about, or that may mean several bodies."""
    if named.ambiguous:
        return _LEADING.sub("", rest.strip(" ?.!"), count=1)
    gone = named.not_covered
    return gone if gone and gone in rest and not gone.isdigit() else None


def _retopic(said: str, before: _Asked) -> str:
    """Ask what was asked before about another matter; a bare year is put beside the matter."""
    if re.fullmatch(r"(?:in |by |since |from |for )?(?:\w+ )?(?:19|20)\d\d(?:[/–-]\d\d)?", said):
        return f"{before.text.rstrip(' ?.!')} {said}?"
    other = _LEADING.sub("", said, count=1)
    return find_topic(before.text).about(other)


def _asking_otherwise(filters: Filters, reaction: Reaction) -> Filters:
    """Drop a chosen finding that a follow-up turns round ("any strengths?")."""
    turned = reaction.text.startswith(("What strengths", "What concerns", "What needs"))
    return replace(filters, finding=None) if turned else filters


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
