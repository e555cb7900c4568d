"""Whether a sentence tells of a concern or a strength, judged by its cue words. Knows nothing of questions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter

from peelqa.cues import Cue, Direction, find_cues
from peelqa.patterns import compile_late


class Finding(StrEnum):
    """The direction of a finding."""

    CONCERN = "concern"
    STRENGTH = "strength"
    MIXED = "mixed"
    NEUTRAL = "neutral"


_SPACES = compile_late(r"\s{2,}|[^\S ]")
"""White space but single spaces, which are most of it."""
_TURN = compile_late(
    r"(?<![\w'’-])(?:but|however|although|though|except|whereas|nevertheless|nonetheless|even\sso)(?![\w-])|[.]\s|"
    r",\s(?:yet\b|and\s(?=(?:its|there|they|it|this|some|many|most|few|nobody|no|we|one|yet)\s))|\band\syet\b",
    re.IGNORECASE,
)
_CONCESSION = compile_late(
    r"(?:^\W{0,5}|[,.]\s|\b(?:that|however|and|but),?\s)(?P<side>(?:although|though|while|whilst|despite"
    r"|notwithstanding)\b[^,.;]{0,400},)",
    re.IGNORECASE,
)
_LABEL = compile_late(
    r"\W{0,5}(?:better\s)?(?:[a-z]{2,20}ing|how\s(?:well|far)|[a-z-]{2,20}sharing\sbetween"
    r"|(?:the\s)?(?!majority|minority|community)[a-z]{1,15}(?:tion|ment|ness|ity|ance|ence|ing|vision|sight|use"
    r"|extent|rigour)"
    r"(?:(?:,|\sand)\s[\w-]{1,30}){0,3}\s(?:of|in|for|by))\s",
    re.IGNORECASE,
)
_VERB = (
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|cannot|could|will|would|should|must|may|might|needs?\sto"
    r"|helps|ensures|supports"
    r"|means|shows|demonstrates|remains?|provides|leads|varies|requires|enables|makes|takes|gives|led|lacks?"
    r"|continues?|depends)\b"
)
_FINITE = compile_late(_VERB, re.IGNORECASE)
_SUBORDINATE = compile_late(
    r"\b(?:who|whom|whose|that|which|when|where|while|if|because|how|as)(?:\s[\w'’-]{1,30}){0,3}?\s" + _VERB,
    re.IGNORECASE,
)
_PREDICATE = compile_late(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|may|can|could)\s(?:\w+\s)?$", re.IGNORECASE
)
_SAYS_ITSELF = compile_late(r"(?:is|are|was|were|remains?)\s", re.IGNORECASE)
"""How cues begin that are a predicate whole: "is low"."""
_CONDITION = compile_late(
    r"\W{0,5}(?:when|whenever|where|if|once|until|before|in\sorder)\b[^,.;]{0,300},", re.IGNORECASE
)

_GRADED_ONE = r"(?:local\sauthority|council|LSCB|board|(?:police\s)?force|school|provider|prison)"
_DEFINITION = compile_late(
    rf"\W{{0,5}}(?:in\s)?an?\s(?:(?:outstanding|good|adequate|inadequate)\s{_GRADED_ONE}\s(?!was\b|were\b|had\b|has\sbeen\b)"
    rf"|(?:{_GRADED_ONE}|service)\s(?:that|which)\s(?:is\s(?:outstanding|good|adequate|inadequate)|requires\simprovement)\b"
    rf"|{_GRADED_ONE}\srequires\simprovement\sif\b)",
    re.IGNORECASE,
)
"""What tells what a grade means: said of any that is given it, and of none that was inspected."""


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
    # Where each character of the sentence stands before `_parts` brings white space to single spaces.
    places = [at for at, char in enumerate(sentence) if not (char.isspace() and sentence[at - 1 : at].isspace())]
    return tuple(
        replace(cue, start=places[cue.start], end=places[cue.end - 1] + 1)
        for part in _parts(sentence)
        for cue in part.cues
        if cue.direction is part.direction
    )


@dataclass(frozen=True, slots=True)
class _Part:
    direction: Direction
    cues: Sequence[Cue]


_start = attrgetter("start")


def _parts(sentence: str) -> Iterator[_Part]:
    """Yield the parts of a sentence, white space brought to single spaces, that have cues.

    Weak cues count only where there are no others.
    """
    if "  " in sentence or not sentence.isprintable():  # printable white space is a space
        sentence = _SPACES.sub(" ", sentence)
    cues = find_cues(sentence)
    if not cues or _is_label(sentence) or _DEFINITION.match(sentence):
        return
    condition = _CONDITION.match(sentence)
    if condition:
        cues = tuple(cue for cue in cues if cue.start >= condition.end())
    if len(cues) < 2:  # as most that have any
        yield from (_Part(cue.direction, cues) for cue in cues)
        return
    bounds = sorted({0, *_turns(sentence), len(sentence)})
    for start, end in pairwise(bounds):
        here = cues[bisect_left(cues, start, key=_start) : bisect_left(cues, end, key=_start)]
        strong = [cue for cue in here if not cue.weak] or here
        if strong:
            yield _Part(_direction(sentence, start, strong), strong)


def _turns(sentence: str) -> set[int]:
    """Return where a part of a sentence begins or ends that may speak another way."""
    turns = {match.start() for match in _TURN.finditer(sentence)}
    for match in _CONCESSION.finditer(sentence):
        turns.update(match.span("side"))
    return turns


def _direction(sentence: str, start: int, cues: Sequence[Cue]) -> Direction:
    """The first cue speaks for its part, unless it only describes the subject of which a later one is said."""
    first = cues[0]
    said_later = any(_is_predicate(sentence, cue) for cue in cues[1:] if cue.direction is Direction.CONCERN)
    in_subject = said_later and not _FINITE.search(sentence, start, first.end)
    return Direction.CONCERN if in_subject else first.direction


def _is_predicate(sentence: str, cue: Cue) -> bool:
    before = _PREDICATE.search(sentence, max(0, cue.start - 40), cue.start)
    return before is not None or _SAYS_ITSELF.match(sentence, cue.start, cue.end) is not None


def _is_label(sentence: str) -> bool:
    """Tell whether a sentence is the name of a subject ("The timeliness of visits to ..."), which states nothing."""
    if not _LABEL.match(sentence):
        return False
    return not _FINITE.search(_SUBORDINATE.sub("", sentence))
