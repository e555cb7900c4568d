"""The words by which a sentence is taken for a finding, and where they stand in it. Knows nothing of reports or questions."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby, pairwise

# Every quantifier is bounded, so that no text takes more than linear time.
_SPACE = r"\s{1,9}"
_BETWEEN = rf"(?:[\w'-]{{1,30}}{_SPACE}){{0,3}}"
_ENDING = r"[\w-]{0,30}"
_WORD = re.compile(r"\A|\w+")
"""The start of a sentence, as a word without letters, and its words."""
_LETTER = re.compile(r"[a-z0-9](?![?*{])")
"""What a phrase opens with, unless that may be missing."""
_KNOWN_WORDS = 2**14
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
    opening: re.Pattern[str]
    """What a word begins with that one of the phrases may open with."""
    phrase: re.Pattern[str]
    reason: str
    direction: Direction | None
    weak: bool


def find_cues(sentence: str) -> tuple[Cue, ...]:
    """Return the cues of a sentence in order; no two overlap. The time it takes grows with the length alone."""
    plain = _fold(sentence)
    tried = defaultdict[int, list[int]](list)
    for word in _WORD.finditer(plain):
        for number in _opened_by(word[0]):
            tried[number].append(word.start())
    cues: list[Cue] = []
    for number in sorted(tried):
        group = _groups()[number]
        spans = _spans(group.phrase, plain, tried[number])
        if group.direction:
            cues.extend(Cue(start, end, group.direction, group.reason, group.weak) for start, end in spans)
        if spans:
            plain = _blanked(plain, spans)
    return tuple(sorted(cues, key=lambda cue: cue.start))


def _spans(phrase: re.Pattern[str], plain: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Return where a phrase stands at some of the starts, without overlap."""
    spans: list[tuple[int, int]] = []
    for start in starts:
        match = phrase.match(plain, start) if not spans or start >= spans[-1][1] else None
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
def _opened_by(word: str) -> tuple[int, ...]:
    """Return the groups, by number, of which a phrase may open with a word: there are hundreds, and few to try."""
    return tuple(number for number, group in enumerate(_groups()) if group.opening.match(word))


def _fold(sentence: str) -> str:
    """Return a copy in lower case and of the same length."""
    lower = sentence.lower()
    if len(lower) != len(sentence):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in sentence)
    return lower.translate(_QUOTES)


@cache
def _groups() -> tuple[_Group, ...]:
    return tuple(_read_groups((files("peelqa") / "cues.toml").read_text(encoding="utf-8")))


def _read_groups(text: str) -> Iterator[_Group]:
    for fields in tomllib.loads(text)["group"]:
        phrases = [each for phrase in fields["phrases"] for each in _opened(phrase)]
        direction = Direction(fields["direction"]) if "direction" in fields else None
        yield _Group(
            re.compile("|".join(sorted(set(map(_opening, phrases))))),
            re.compile(rf"(?:{_by_opening(phrases)})(?!\w)"),
            fields["reason"],
            direction,
            fields.get("weak", False),
        )


def _opening(phrase: str) -> str:
    """Return a pattern of what a word must begin with for a phrase to open with it.

    >>> [_opening(phrase) for phrase in ("poor* managed", "^few")]
    ['poo', '$']
    """
    if phrase.startswith("^"):
        return "$"
    at = 0
    while letter := _LETTER.match(phrase, at):
        at = letter.end()
    return phrase[:at] + (r"(?!\w)" if at and phrase[at : at + 1] in ("", " ") else "")


def _by_opening(phrases: Sequence[str]) -> str:
    """Return a pattern of phrases, in order, that tries what several open with once for all of them.

    >>> _by_opening(["bad", "badly", "big", "^few"])
    'b(?:a(?:d(?:|l(?:y)))|i(?:g))|^few'
    """
    if len(phrases) == 1:
        return _pattern(phrases[0])
    parts: list[str] = []
    for lettered, run in groupby(phrases, key=lambda phrase: bool(_LETTER.match(phrase))):
        if not lettered:
            parts.extend(map(_pattern, run))
            continue
        rests: dict[str, list[str]] = {}
        for phrase in run:
            rests.setdefault(phrase[0], []).append(phrase[1:])
        parts.extend(f"{opening}(?:{_by_opening(rest)})" for opening, rest in rests.items())
    return "|".join(parts)


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
