"""The words by which a sentence is taken for a finding, and where they stand in it. Knows nothing of reports or questions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from importlib.resources import files
from itertools import pairwise

# Every quantifier is bounded, so that no text takes more than linear time.
_SPACE = r"\s{1,9}"
_BETWEEN = rf"(?:[\w'-]{{1,30}}{_SPACE}){{0,3}}"
_ENDING = r"[\w-]{0,30}"
_LETTER = re.compile(r"[a-z](?![?*{])")
"""What a phrase opens with, unless that may be missing."""
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
    pattern: re.Pattern[str]
    reason: str
    direction: Direction | None
    weak: bool


def find_cues(sentence: str) -> tuple[Cue, ...]:
    """Return the cues of a sentence in order; no two overlap. The time it takes grows with the length alone."""
    plain = _fold(sentence)
    cues: list[Cue] = []
    for group in _groups():
        plain = group.pattern.sub(partial(_take, group, cues), plain)
    return tuple(sorted(cues, key=lambda cue: cue.start))


def _take(group: _Group, cues: list[Cue], match: re.Match[str]) -> str:
    """Note a match where it is a cue, and blank it, so that no later group looks at it."""
    if group.direction:
        cues.append(Cue(*match.span(), group.direction, group.reason, group.weak))
    return "|" * len(match[0])


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
        pattern = _by_opening([each for phrase in fields["phrases"] for each in _opened(phrase)])
        direction = Direction(fields["direction"]) if "direction" in fields else None
        yield _Group(
            re.compile(rf"(?<!\w)(?=\w|\A)(?:{pattern})(?!\w)"),
            fields["reason"],
            direction,
            fields.get("weak", False),
        )


def _by_opening(phrases: list[str]) -> str:
    """Return a pattern of phrases, in order, of which only those are tried that open with the letter that stands there.

    There are hundreds, and each would be tried at the start of every word.
    """
    letters = sorted({phrase[0] for phrase in phrases if _LETTER.match(phrase)})
    tried = {letter: [each for each in phrases if each[0] == letter or not _LETTER.match(each)] for letter in letters}
    other = [each for each in phrases if not _LETTER.match(each)]
    parts = [f"(?={letter})(?:{'|'.join(map(_pattern, each))})" for letter, each in tried.items()]
    if other:
        parts.append(f"(?![{''.join(letters)}])(?:{'|'.join(map(_pattern, other))})")
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
