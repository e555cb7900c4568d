"""What people write short or in everyday words, put into the words that reports use (`abbreviations.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Set
from functools import cache, lru_cache
from importlib import resources

from peelqa.understanding.spelling import is_english
from peelqa.words import content_stems, stem

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_SMALL = 3
"""Letters from which an abbreviation is known in small letters, if it is no word."""


def spell_out(text: str, words: Mapping[str, int]) -> str:
    """Write abbreviations and everyday words as reports do, where `words`, those of the reports with their number, have that.

    >>> spell_out("kids in FGM cases", dict.fromkeys(["children", "female", "genital", "mutilation", "fgm"], 9))
    'children in female genital mutilation (FGM) cases'
    """

    def in_full(match: re.Match[str]) -> str:
        written = match[0]
        full = _table("words").get(written.casefold())
        if full and all(words.get(word, 0) > words.get(written.casefold(), 0) for word in _known(full)):
            return full
        letters = written.rstrip("s") if written[:-1].isupper() else written
        full = _table("letters").get(letters.upper()) if _is_abbreviation(letters) else None
        if not full or not all(word in words for word in _known(full)) or _is_spelled_out(match, full):
            return written
        return f"{full} ({letters.upper()})" if letters.casefold() in words else full

    return _pattern().sub(in_full, text)


def hold_alike(held: Set[str], question: str) -> set[str]:
    """Return stems that a text also has because it has an abbreviation of the question's, or what that stands for."""
    found = set[str]()
    for short, full in _spelled_out(question):
        if short in held:
            found |= full
        elif full <= held:
            found.add(short)
    return found


def abbreviated_stems(title: str) -> set[str]:
    """Return the stems of what the abbreviations in a title stand for.

    >>> sorted(abbreviated_stems("Wexhaven: area SEND inspection"))
    ['disabl', 'educ', 'need', 'special']
    """
    full = (_table("letters").get(word.upper(), "") for word in _WORD.findall(title))
    return set(content_stems(" ".join(full)))


def _is_abbreviation(written: str) -> bool:
    return written.isupper() or (len(written) >= _SHORTEST_SMALL and not is_english(written.casefold()))


def _is_spelled_out(match: re.Match[str], full: str) -> bool:
    """Tell whether an abbreviation's words stand in the text beside it."""
    return full.casefold() in match.string.casefold()


def _known(full: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(full) if len(word) > 1]


@lru_cache(maxsize=16)
def _spelled_out(question: str) -> list[tuple[str, frozenset[str]]]:
    """Return the stem of each abbreviation that stands in brackets behind its words, with their stems."""
    return [
        (stem(letters.casefold()), frozenset(content_stems(full)))
        for letters, full in _table("letters").items()
        if f"{full} ({letters})" in question
    ]


@cache
def _table(name: str) -> dict[str, str]:
    text = (resources.files("peelqa.understanding") / "abbreviations.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[name])


@cache
def _pattern() -> re.Pattern[str]:
    """Find any abbreviation, also in the plural, and any everyday word."""
    names = sorted((*_table("letters"), *_table("words")), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})s?\b(?![’']s)", re.IGNORECASE)
