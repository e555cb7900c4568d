"""Typing errors: a body's name or a word that no report holds, put right only where there is one near word to mean.

A name that is a known body's is never changed, nor is a word of ordinary English, one in quotation
marks, or one with a capital letter inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from peelqa.patterns import compile_late
from peelqa.reports.bodies import find_bodies, known_bodies, same_body

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_WORD = compile_late(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED = compile_late(r"[\"“][^\"”]*[\"”]")
_SHORTEST = 4
_COMPOUND = compile_late(
    r"\b(?P<prefix>re(?=-?(?:victim|inspect|referr|[eio]))|co(?=-?o)|multi|anti)-?(?P<rest>[a-z]{4,})\b",
    re.IGNORECASE,
)
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "r", "er", "ers")
_SPELLINGS = (("our", "or"), ("is", "iz"), ("ys", "yz"), ("tre", "ter"), ("ll", "l"), ("ae", "e"), ("ence", "ense"))
_LONGEST_NAME = 5
_SHORT_FORMS = re.findall(
    r"\S+",
    """
    don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't hasn't haven't hadn't mustn't what's
    where's who's how's that's there's they're they've you're you've we've i've i'm
    """,
)
_CONTRACTED = {short.replace("'", ""): short for short in (*_SHORT_FORMS, "children's", "women's", "men's")}
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
    taken = [*((each.start_char, each.end_char) for each in find_bodies(text, covered)), *quoted_spans(text)]
    tokens = [match for match in _WORD.finditer(text) if not any(start <= match.start() < end for start, end in taken)]
    strange = [_is_strange(match[0].casefold(), words) for match in tokens]
    if not any(strange):
        return text
    for at in range(len(tokens)):
        for end in range(min(len(tokens), at + _LONGEST_NAME), at, -1):
            if not any(strange[at:end]):
                break
            run = tokens[at:end]
            written = text[run[0].start() : run[-1].end()]
            if "\n" in written or not _may_be_name(run):
                continue
            name = nearest_name(written, covered)
            if name:
                return correct_names(f"{text[: run[0].start()]}{name}{text[run[-1].end() :]}", covered, words)
    return text


def correct_words(text: str, words: Mapping[str, int], names: Iterable[tuple[int, int]] = ()) -> str:
    """Put right the words that neither the reports nor ordinary English know, and apostrophes left out, outside names' spans.

    >>> correct_words("domestic abuze", {"domestic": 4, "abuse": 7})
    'domestic abuse'
    """
    taken = [*names, *quoted_spans(text)]

    def put_right(match: re.Match[str]) -> str:
        word = match[0]
        named = match.start() > 0 and word[0].isupper() and not re.search(r"[.?!]\s*$", text[: match.start()])
        if named or word.isupper() or any(start <= match.start() < end for start, end in taken):
            return word
        nearest = _CONTRACTED.get(word.casefold()) or _nearest_word(word.casefold(), words)
        return word if nearest is None else nearest.capitalize() if word[0].isupper() else nearest

    return _WORD.sub(put_right, text)


def hyphenate_as(text: str, words: Mapping[str, int]) -> str:
    """Write compounds with a hyphen, or without, as the reports do that `words` are of, where they write them one way only.

    >>> hyphenate_as("reoffending", {"re": 2, "offending": 9}), hyphenate_as("co-operation", {"cooperation": 3})
    ('re-offending', 'cooperation')
    """

    def as_reports(match: re.Match[str]) -> str:
        prefix, rest = match["prefix"].casefold(), match["rest"].casefold()
        joined, parted = prefix + rest in words, prefix in words and rest in words
        if joined == parted:
            return match[0]
        return match["prefix"] + ("" if joined else "-") + match["rest"]

    return _COMPOUND.sub(as_reports, text)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return where a text stands in quotation marks: those words are meant as they are written."""
    return [match.span() for match in _QUOTED.finditer(text)]


def is_english(word: str) -> bool:
    """Tell whether a word, folded, is one of ordinary English, in its British or its American spelling."""
    spellings = (word.replace(british, american) for british, american in _SPELLINGS if british in word)
    return any(each in _english() for each in (word, *spellings))


@cache
def _english() -> SpellChecker:
    from spellchecker import SpellChecker  # which most questions do without

    return SpellChecker(language="en", distance=1)


def _allowed(length: int) -> int:
    """Return how many slips of the keyboard a word of some length may hold."""
    return 0 if length < _SHORTEST else 1 if length < 8 else 2


def _nearest_word(word: str, words: Mapping[str, int]) -> str | None:
    if word in words or word in _QUESTION_WORDS:
        return None
    allowed = _allowed(len(word))
    if not allowed or "'" in word or "’" in word or _is_known(word, words):
        return None
    near = process.extract(word, [*words, *_QUESTION_WORDS], scorer=OSA.distance, score_cutoff=allowed, limit=20)
    # A slip at the first letter is rare, so it counts only where it is the only one in a longer word.
    fitting = [
        (distance, -words.get(each, 1), each)
        for each, distance, _ in near
        if len(each) >= _SHORTEST - 1 and (each[0] == word[0] or (len(word) > 5 and distance == 1))
    ]
    return min(fitting)[2] if fitting else None


def _is_known(word: str, words: Mapping[str, int]) -> bool:
    """Tell whether a word, or another form or spelling of it, stands in the reports or is ordinary English."""
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    # What ends in "s" takes no other ending: "organsed" is no form of "organs".
    stems = (each for each in stems if not each.endswith("s") or each.endswith("ss"))
    return any(each in words or is_english(each) for each in (word, *stems)) or any(
        f"{word}{ending}" in words for ending in _ENDINGS
    )


def _is_strange(word: str, words: Mapping[str, int]) -> bool:
    """Tell whether a word, folded, is neither in the reports nor English."""
    return len(word) >= _SHORTEST and word not in words and not is_english(word)


def _may_be_name(run: Sequence[re.Match[str]]) -> bool:
    """Tell whether a run of words begins and ends with a telling one."""
    first, last = run[0][0].casefold(), run[-1][0].casefold()
    return first not in _WORDS_OF_NAMES and last not in ("the", "in", "for", "and", "of")


def nearest_name(written: str, covered: Collection[str]) -> str | None:
    """Return the one covered body's name that is near enough to what is written; none where another body's is as near.

    >>> nearest_name("Bradfrod", ["Bradford", "Kent"])
    'Bradford'
    """
    plain = " ".join(written.casefold().split())
    allowed = _allowed(len(plain)) if len(plain) > _SHORTEST else 0
    names = _names(tuple(sorted(covered)))
    near = process.extract(plain, list(names), scorer=OSA.distance, score_cutoff=allowed, limit=10) if allowed else []
    # What is a body's name already is no misspelling of it.
    best = [name for name, distance, _ in near if 0 < distance == near[0][1] and name[0] == plain[0]]
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
