"""Whether a sentence tells of a concern or a strength, judged by its cue words, and which of them a question asks for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter

from peelqa.cues import Cue, Direction, find_cues


class Finding(StrEnum):
    """The direction of a finding."""

    CONCERN = "concern"
    STRENGTH = "strength"
    MIXED = "mixed"
    NEUTRAL = "neutral"


_TURN = re.compile(
    r"(?<![\w'’-])(?:but|however|although|though|except|whereas|nevertheless|nonetheless|even\sso)(?![\w-])|[.]\s|"
    r",\s(?:yet\b|and\s(?=(?:its|there|they|it|this|some|many|most|few|nobody|no|we|one|yet)\s))|\band\syet\b",
    re.IGNORECASE,
)
_CONCESSION = re.compile(
    r"(?:^\W{0,5}|,\s|\b(?:that|however|and|but),?\s)(?P<side>(?:although|though|while|whilst|despite|notwithstanding)\b[^,.;]{0,400},)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W{0,5}(?:better\s)?(?:[a-z]{2,20}ing|how\s(?:well|far)|[a-z-]{2,20}sharing\sbetween|(?:the\s)?(?!majority|minority|community)[a-z]{1,15}(?:tion|ment|ness|ity|ance|ence|ing|vision|sight|use|extent|rigour)"
    r"(?:(?:,|\sand)\s[\w-]{1,30}){0,3}\s(?:of|in|for|by))\s",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|cannot|could|will|would|should|must|may|might|needs?\sto|helps|ensures|supports"
    r"|means|shows|demonstrates|remains?|provides|leads|varies|requires|enables|makes|takes|gives|led|lacks?|continues?|depends)\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:who|whom|whose|that|which|when|where|while|if|because|how|as)(?:\s[\w'’-]{1,30}){0,3}?\s" + _FINITE.pattern, re.IGNORECASE
)
_PREDICATE = re.compile(r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|may|can|could)\s(?:\w+\s)?$", re.IGNORECASE)
_CONDITION = re.compile(r"\W{0,5}(?:when|whenever|where|if|once|until|before|in\sorder)\b[^,.;]{0,300},", re.IGNORECASE)


def judge_finding(sentence: str) -> Finding:
    """Judge a sentence, or several that stand together, by its cues.

    A part between turns ("but", "although") tells of what its first cue says; parts that disagree make it mixed.
    """
    found = {part.direction for part in _parts(sentence)}
    if len(found) > 1:
        return Finding.MIXED
    return Finding(found.pop()) if found else Finding.NEUTRAL


def finding_cues(sentence: str) -> tuple[Cue, ...]:
    """Return the cues that a sentence was judged by, in order, without those that its judgement passes over."""
    return tuple(cue for part in _parts(sentence) for cue in part.cues if cue.direction is part.direction)


@dataclass(frozen=True, slots=True)
class _Part:
    direction: Direction
    cues: list[Cue]


_start = attrgetter("start")


def _parts(sentence: str) -> Iterator[_Part]:
    """Yield the parts of a sentence that have cues; weak ones count only where there are no others."""
    if _is_label(sentence):
        return
    turns = {match.start() for match in _TURN.finditer(sentence)}
    for match in _CONCESSION.finditer(sentence):
        turns.update(match.span("side"))
    bounds = sorted({0, *turns, len(sentence)})
    condition = _CONDITION.match(sentence)
    cues = [cue for cue in find_cues(sentence) if not condition or cue.start >= condition.end()]
    for start, end in pairwise(bounds):
        here = cues[bisect_left(cues, start, key=_start) : bisect_left(cues, end, key=_start)]
        strong = [cue for cue in here if not cue.weak] or here
        if strong:
            yield _Part(_direction(sentence, start, strong), strong)


def _direction(sentence: str, start: int, cues: Sequence[Cue]) -> Direction:
    """The first cue speaks for its part, unless it only describes the subject of which a later one is said."""
    first = cues[0]
    in_subject = not _FINITE.search(sentence, start, first.start)
    if in_subject and any(_is_predicate(sentence, cue) for cue in cues if cue.direction is Direction.CONCERN):
        return Direction.CONCERN
    return first.direction


def _is_predicate(sentence: str, cue: Cue) -> bool:
    return _PREDICATE.search(sentence, max(0, cue.start - 40), cue.start) is not None


def _is_label(sentence: str) -> bool:
    """Tell whether a sentence is the name of a subject ("The timeliness of visits to ..."), which states nothing."""
    if not _LABEL.match(sentence):
        return False
    return not _FINITE.search(_SUBORDINATE.sub("", sentence))


_SOURCE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Ii]ts|[Tt]he\sforce[’']s(?:\sown)?|HMIC(?:FRS)?[’']s|[Aa])\s(?P<named>(?:[A-Z]?[\w’'-]+\s){0,6}?"
    r"(?:inspection|survey|Survey(?:\sfor\sEngland\sand\sWales)?|audit|review))\s?(?:\([^)]{0,60}\)\s?)?"
    r"(?:also\s)?(?:found|identified|showed|shows|concluded|revealed|noted|reported|highlighted|suggested|says)\b"
)
_UNNAMED_SOURCES = frozenset(
    {"inspection", "review", "survey", "audit", "last inspection", "previous inspection", "same survey"}
)


def find_source(sentence: str) -> str | None:
    """Return the inspection or survey that the sentence itself names as where a finding comes from, or None.

    >>> find_source("The child protection inspection found a clear plan.")
    'child protection inspection'
    """
    match = _SOURCE.search(sentence)
    if not match:
        return None
    named = " ".join(match["named"].split())
    return None if named.casefold() in _UNNAMED_SOURCES else named


def asks_for_finding(question: str) -> Finding | None:
    """Return the direction of finding that a question asks for ("what concerns ...", "... good at"), or None."""
    plain = question.casefold()
    concern = re.search(
        r"\b(?:concern\w*|weak\w*|problem\w*|fail\w*|poor\w*|criticis\w+|worr\w+|shortcoming\w*|gone wrong|going wrong|wrong with"
        r"|improve(?:ment)?s?\b(?!.*\b(?:made|since)\b)|do better|issues?|bad(?:ly)?|struggl\w+|worst)\b",
        plain,
    )
    strength = re.search(
        r"\b(?:good at|strengths?|strong|praise\w*|do(?:es|ing)? well|done well|best|success\w*|positive|impress\w*|commend\w*"
        r"|works well|working well)\b",
        plain,
    )
    if bool(concern) == bool(strength):
        return None
    return Finding.CONCERN if concern else Finding.STRENGTH
