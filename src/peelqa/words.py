"""Words as search compares them: folded, stemmed, the commonest left out. What is quoted is never touched."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

import Stemmer

K1 = 1.2
B = 0.3
"""BM25's constants (Robertson and Zaragoza, 2009). Sentences differ little in worth by their length, hence a small B."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Characters that stand inside words and are not seen: a hyphen for a line's end, joiners, marks of byte order."""
_STEMMER = Stemmer.Stemmer("english")
_STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "for",
        "from",
        "get",
        "give",
        "gave",
        "given",
        "go",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "let",
        "like",
        "me",
        "more",
        "most",
        "much",
        "many",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "over",
        "own",
        "per",
        "put",
        "said",
        "same",
        "say",
        "says",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
# What is left of "isn't", "we'll" and the like where words are parted at the apostrophe.
_STUMPS = frozenset(
    [
        "ain",
        "aren",
        "couldn",
        "didn",
        "doesn",
        "don",
        "hadn",
        "hasn",
        "haven",
        "isn",
        "ll",
        "mustn",
        "needn",
        "re",
        "shouldn",
        "ve",
        "wasn",
        "weren",
        "wouldn",
    ]
)
# Words of asking, and words that every inspection report is full of.
_ASKING_WORDS = frozenset(
    [
        "ask",
        "find",
        "finds",
        "found",
        "force",
        "forces",
        "inspection",
        "inspections",
        "inspector",
        "inspectors",
        "kind",
        "look",
        "police",
        "report",
        "reported",
        "reports",
        "show",
        "tell",
        "thing",
        "things",
        "think",
        "use",
        "used",
        "using",
        "way",
    ]
)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of one folded word (Snowball's English stemmer, as the index uses)."""
    return str(_STEMMER.stemWord(word))


def fold(text: str) -> str:
    """Return a copy of a text with all forms of a character as one (NFKC) and without characters that are not seen.

    >>> fold("safe\u00adguarding of \ufb01les")
    'safeguarding of files'
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_UNSEEN)


def stems(text: str) -> list[str]:
    """Return the stems of all words of a text, in order."""
    return [stem(word) for word in _WORD.findall(fold(text).casefold())]


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text as they are written, each whole.

    >>> sorted(numbers_in("In 2014 it had 1,200 cases, 20 of them new."))
    ['1,200', '20', '2014']
    """
    return set(_NUMBER.findall(text))


def content_words(text: str) -> list[str]:
    """Return the words of a question that are worth looking for, folded, each once, in order."""
    words = dict.fromkeys(word for word in _WORD.findall(fold(text).casefold()) if len(word) > 1 or word.isdigit())
    telling = [word for word in words if word not in _STOP_WORDS and word not in _STUMPS]
    return [word for word in telling if word not in _ASKING_WORDS] or telling


def content_stems(text: str) -> list[str]:
    """Return the stems of a text's content words, each once, in order."""
    return list(dict.fromkeys(stem(word) for word in content_words(text)))


def bm25_scores(wanted: Collection[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """Return the BM25 score, 0 or more, of each text for the wanted stems; rarity is judged among these texts alone.

    A text is given by its stems, as `stems` makes them.
    """
    sought = frozenset(wanted)
    held = [[word for word in text if word in sought] for text in texts]
    holding = Counter(word for words in held for word in set(words))
    rarity = {word: math.log(1 + (len(texts) - holding[word] + 0.5) / (holding[word] + 0.5)) for word in wanted}
    lengths = [max(1, len(text)) for text in texts]
    mean = sum(lengths) / max(1, len(lengths))

    def score(words: list[str], length: int) -> float:
        damping = K1 * (1 - B + B * length / mean)
        counts = [(word, words.count(word)) for word in wanted if word in words]
        return sum(rarity[word] * count * (K1 + 1) / (count + damping) for word, count in counts)

    return [score(words, length) if words else 0.0 for words, length in zip(held, lengths, strict=True)]
