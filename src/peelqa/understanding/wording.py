"""What people write short or in everyday words, put into the words that reports use (`wording.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from peelqa.patterns import compile_late
from peelqa.understanding.spelling import is_english, quoted_spans
from peelqa.words import content_stems, stem

_WORD = compile_late(r"[^\W\d_]+")
_CAPITALISED = compile_late(r"[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*")
"""A name, as "the Kids Company", where it does not begin a sentence."""
_SHORTEST_SMALL = 3
"""Letters from which an abbreviation is known in small letters, if it is no word."""


def spell_out(text: str, words: Mapping[str, int]) -> str:
    """Write abbreviations and everyday words as reports do, where `words`, those of the reports with their number, have that.

    A single everyday word stays where the reports have it as often.

    >>> spell_out("kids in FGM cases", dict.fromkeys(["children", "female", "genital", "mutilation"], 9) | {"fgm": 2})
    'children in female genital mutilation (FGM) cases'
    """
    taken = quoted_spans(text)
    shouted = not any(letter.islower() for letter in text)

    def in_full(match: re.Match[str]) -> str:
        written = match[0]
        quoted = any(start <= match.start() < end for start, end in taken)
        if quoted or written.casefold() in _table("names") or (match.start() and _CAPITALISED.fullmatch(written)):
            return written
        small = written.casefold()
        for said in everyday_words().get(small, ()):
            if all(_count(word, words) > words.get(small, 0) for word in _known(said)):
                return said
        letters = written[:-1] if written[-1:] == "s" and written.upper() not in _table("letters") else written
        full = None if shouted or not _is_abbreviation(letters) else _table("letters").get(letters.upper())
        if not full or not all(_count(word, words) for word in _known(full)) or full.casefold() in text.casefold():
            return written
        short = words.get(letters.casefold(), 0)
        # What reports write short themselves is kept: spelt out, it would find the one sentence that explains it.
        if short >= min(_count(word, words) for word in _known(full)):
            return written
        return f"{full} ({letters.upper()})" if short else full

    return _pattern().sub(in_full, text)


def hold_alike(held: Set[str], question: str) -> set[str]:
    """Return stems that a text also has because it says something of the question's short, in full or in everyday words."""
    found = set[str]()
    for one, other in _alike(question):
        if one <= held:
            found |= other
        elif other <= held:
            found |= one
    return found


@cache
def everyday_words() -> dict[str, tuple[str, ...]]:
    """Return what reports may write for everyday words, the most usual first."""
    table: dict[str, str | list[str]] = _table("words")
    return {written: (full,) if isinstance(full, str) else tuple(full) for written, full in table.items()}


def abbreviated_stems(title: str) -> set[str]:
    """Return the stems of what the abbreviations in a title stand for.

    >>> sorted(abbreviated_stems("Wexhaven: area SEND inspection"))
    ['disabl', 'educ', 'need', 'special']
    """
    full = (_table("letters").get(word.upper(), "") for word in _WORD.findall(title))
    return set(content_stems(" ".join(full)))


def _is_abbreviation(written: str) -> bool:
    return written.isupper() or (len(written) >= _SHORTEST_SMALL and not is_english(written.casefold()))


def _count(word: str, words: Mapping[str, int]) -> int:
    """Return how often reports have a word, in the singular or in the plural."""
    return max(words.get(each, 0) for each in (word, f"{word}s", word.removesuffix("s")))


def _known(full: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(full) if len(word) > 1]


@lru_cache(maxsize=16)
def _alike(question: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return what is written short, or in everyday words, for words of the question, and these words, both as stems."""
    short = [
        (frozenset([stem(letters.casefold())]), full)
        for letters, full in _table("letters").items()
        if f"{full} ({letters}" in question or re.search(rf"\b{letters}s?\b", question)
    ]
    plain = _spaced(question)
    everyday = [
        (one, full)
        for spaced, written, full in _everyday_in_full()
        if spaced in plain
        # Of "look into" only "look" is left, which says too little.
        if len(one := _stems_of(written)) > 1 or (one and _WORD.fullmatch(written))
    ]
    return [(one, _stems_of(full)) for one, full in (*short, *everyday)]


@cache
def _everyday_in_full() -> tuple[tuple[str, str, str], ...]:
    """Return each way that reports may say an everyday word, to be looked for and as it is, with that word."""
    return tuple((_spaced(full), written, full) for written, known in everyday_words().items() for full in known)


@cache
def _stems_of(entry: str) -> frozenset[str]:
    return frozenset(content_stems(entry))


def _spaced(text: str) -> str:
    """Return the words of a text between single spaces, so that whole words can be looked for."""
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return f" {words} "


def _table(name: str) -> dict[str, Any]:
    return _tables()[name]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files("peelqa.understanding") / "wording.toml").read_text("utf-8"))


@cache
def _pattern() -> re.Pattern[str]:
    """Find any abbreviation, also in the plural, and any everyday word, but in a name that has it."""
    entries = sorted((*_table("names"), *_table("letters"), *_table("words")), key=len, reverse=True)
    # By their first letters, so that at a word only those are tried that may stand there.
    rest = defaultdict[str, list[str]](list)
    for entry in entries:
        rest[entry[0].casefold()].append(re.escape(entry[1:]))
    any_entry = "|".join(f"{re.escape(first)}(?:{'|'.join(ends)})" for first, ends in rest.items())
    return re.compile(rf"(?<![\w-])(?:{any_entry})s?(?![\w-])(?![’']s)", re.IGNORECASE)
