"""The words by which a sentence is taken for a finding, and where they stand in it. Knows nothing of reports or questions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby, pairwise
from operator import itemgetter

# Every quantifier is bounded, so that no text takes more than linear time.
_SPACE = r"\s{1,9}"
_BETWEEN = rf"(?:[\w'-]{{1,30}}{_SPACE}){{0,3}}"
_ENDING = r"[\w-]{0,30}"
_WORD = re.compile(r"\A|\w+")
"""The start of a sentence, as a word without letters, and its words."""
_LETTER = re.compile(r"[a-z0-9](?![?{])")
"""What a phrase opens with, unless that may be missing."""
_AT_START = "^"
"""What a phrase opens with that stands at the start of a sentence only."""
_KNOWN_WORDS = 2**14
_number = itemgetter(0)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "\u2011": "-"})


class Direction(StrEnum):
    """Which way a cue points."""

    CONCERN = "concern"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a sentence that speak for a concern or a strength: `sentence[start:end]`, and why, in plain words."""

    start: int
    end: int
    direction: Direction
    reason: str
    weak: bool = False
    """True for words that count only where their part of the sentence has no other cue."""


@dataclass(frozen=True, slots=True)
class _Group:
    phrases: tuple[str, ...]
    """What it looks for, in the order in which it is tried."""
    reason: str
    direction: Direction | None
    weak: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a word may open."""

    any_at: Callable[[str, int], re.Match[str] | None]
    """Looks for any phrase of all at a place: most words open none where they stand, so that nothing else is tried."""
    by_group: tuple[tuple[int, tuple[str, ...]], ...]
    """The phrases of one group each, with its number; most are never tried, and so never compiled."""


def find_cues(sentence: str) -> tuple[Cue, ...]:
    """Return the cues of a sentence in order; no two overlap. The time it takes grows with the length alone.

    Where a cue begins, some phrase stands in the sentence as it is written; its own words are none that an earlier group took.
    """
    plain = _fold(sentence)
    tried: list[tuple[int, int, tuple[str, ...]]] = []
    for word in _WORD.finditer(plain):
        opened = _opened_by(word[0])
        if opened and opened.any_at(plain, start := word.start()):
            tried += [(number, start, phrases) for number, phrases in opened.by_group]
    if not tried:
        return ()
    tried.sort(key=_number)
    cues: list[Cue] = []
    for number, starts in groupby(tried, key=_number):
        spans = _spans(plain, starts)
        if not spans:
            continue
        group = _groups()[number]
        if group.direction:
            cues.extend(Cue(start, end, group.direction, group.reason, group.weak) for start, end in spans)
        plain = _blanked(plain, spans)
    return tuple(sorted(cues, key=lambda cue: cue.start))


def _spans(plain: str, starts: Iterable[tuple[int, int, tuple[str, ...]]]) -> list[tuple[int, int]]:
    """Return where phrases stand that are tried at some starts, in order, without overlap."""
    spans: list[tuple[int, int]] = []
    for _, start, phrases in starts:
        match = _any_of(phrases).match(plain, start) if not spans or start >= spans[-1][1] else None
        if match:
            spans.append(match.span())
    return spans


def _blanked(plain: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a copy in which no later phrase finds a word in the spans."""
    pieces, last = list[str](), 0
    for start, end in spans:
        pieces += (plain[last:start], "|" * (end - start))
        last = end
    return "".join((*pieces, plain[last:]))


@lru_cache(_KNOWN_WORDS)
def _opened_by(word: str) -> _Opened | None:
    """Return the phrases that a word may open, the empty one those at a sentence's start: there are thousands, and few to try."""
    longest = min(len(word), _longest_opening())
    keys = [f"{word} ", *(word[:length] for length in range(1, longest + 1))] if word else [_AT_START]
    places = sorted({place for key in keys for place in _openings().get(key, ())})
    phrases = [(number, _groups()[number].phrases[place]) for number, place in places]
    if not phrases:
        return None
    by_group = ((number, tuple(phrase for _, phrase in opened)) for number, opened in groupby(phrases, key=_number))
    return _Opened(_any_of(tuple(phrase for _, phrase in phrases)).match, tuple(by_group))


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of phrases, tried in order. Many words open the same."""
    return re.compile(rf"(?:{'|'.join(map(_pattern, phrases))})(?!\w)")


@cache
def _openings() -> dict[str, list[tuple[int, int]]]:
    """Return the places of all phrases, by the number of their group and their own in it, by what they open with."""
    openings: dict[str, list[tuple[int, int]]] = {}
    for number, group in enumerate(_groups()):
        for place, phrase in enumerate(group.phrases):
            openings.setdefault(_opening(phrase), []).append((number, place))
    return openings


@cache
def _longest_opening() -> int:
    return max(map(len, _openings()))


def _fold(sentence: str) -> str:
    """Return a copy in lower case and of the same length."""
    lower = sentence.lower()
    if len(lower) != len(sentence):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in sentence)
    return lower if lower.isascii() else lower.translate(_QUOTES)


@cache
def _groups() -> tuple[_Group, ...]:
    return tuple(_read_groups((files("peelqa") / "cues.toml").read_text(encoding="utf-8")))


def _read_groups(text: str) -> Iterator[_Group]:
    for fields in tomllib.loads(text)["group"]:
        phrases = tuple(each for phrase in fields["phrases"] for each in _opened(phrase))
        direction = Direction(fields["direction"]) if "direction" in fields else None
        yield _Group(phrases, fields["reason"], direction, fields.get("weak", False))


def _opening(phrase: str) -> str:
    """Return what a word must begin with for a phrase to open with it, and a space where that is the whole word.

    >>> [_opening(phrase) for phrase in ("poor* managed", "a few", "^few")]
    ['poor', 'a ', '^']
    """
    if phrase.startswith(_AT_START):
        return _AT_START
    at = 0
    while letter := _LETTER.match(phrase, at):
        at = letter.end()
    return phrase[:at] + (" " if at and phrase[at : at + 1] in ("", " ") else "")


def _opened(phrase: str) -> list[str]:
    """Write a phrase that opens with a choice as one phrase for each, in order.

    >>> _opened("(no |a (very )?)few")
    ['no few', 'a (very )?few']
    """
    if not phrase.startswith("(") or phrase.startswith("(?"):
        return [phrase]
    depth, bars = 0, list[int]()
    for at, char in enumerate(phrase):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 1:
            bars.append(at)
        if not depth:
            break
    after = phrase[at + 1 :]
    if after[:1] in ("{", "*"):
        return [phrase]
    bounds = [0, *bars, at]
    choices = [phrase[start + 1 : end] for start, end in pairwise(bounds)]
    if after[:1] == "?":
        after = after[1:]
        choices.append("")
    return [each for choice in choices for each in _opened(f"{choice}{after}")]


def _pattern(phrase: str) -> str:
    return phrase.replace("*", _ENDING).replace("~ ", _BETWEEN).replace(" ", _SPACE)
