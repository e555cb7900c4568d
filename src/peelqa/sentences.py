"""Where the sentences of a paragraph start and end, and which lean on the one before. Knows nothing of reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from peelqa.patterns import compile_late

LONG_WORDS = 45
"""A longer piece is looked at again: sentencex does not part what stands between two marks of quotation or brackets,
and a single unpaired one holds a whole paragraph together."""
VERY_LONG_WORDS = 80
"""A longer piece may also be parted before a small letter: the text may have no capitals at all."""

_SPACE = compile_late(r"\s")
_NUMBER = compile_late(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]")
"""What a paragraph or item is numbered with."""
_END = compile_late(r"[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[•–-]*\s?[A-Z0-9])")
_END_BEFORE_SMALL = compile_late(r"(?<=[a-z0-9)\]”’%])\s?[.!?]\s+(?=[a-z(“‘\"'])")
_ABBREVIATION = compile_late(
    r"(?:^|[\s(\[“‘\"'])(?:[A-Za-z]|[A-Za-z]\.[A-Za-z]|Mrs?|Ms|Dr|Prof|St|Rev|Sgt|Insp|Supt|No|Nos|vs?|cf|al|etc|approx|"
    r"Fig|Figs|Eq|Vol|pp?|para|paras|art|sec|inc|ltd|co|corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|e\.g|i\.e)$",
    re.IGNORECASE,
)


_LEANS_BACK = compile_late(
    r"(?:However|But|Nevertheless|Nonetheless|Despite this|That said|Even so|Yet|Also|In addition|This|These|That"
    r"|Those|It|Its|"
    r"They|Their|He|She|His|Her|Such|Both|As a result|Consequently|Therefore|For example|For instance|Similarly"
    r"|Likewise|(?:In|By) contrast|The (?:same|latter|former))\b"
    r"|[^.;:]{0,200}\b(?:(?:some|many|most|all|none|few|several|each|any) of|address(?:es|ed|ing)?) (?:this|these|those(?!\s(?:who|whom|whose|that|which|with|in|of|\w{1,20}ed)\b))\b"
)


def leans_back(sentence: str) -> bool:
    """Tell whether only the sentence before says what this one speaks of.

    >>> leans_back("They are late."), leans_back("Leaders knew some of these gaps."), leans_back("Leaders knew.")
    (True, True, False)
    """
    return _LEANS_BACK.match(sentence) is not None


def without_number(text: str) -> str:
    """Return a sentence without what numbers it: that counts nothing.

    >>> without_number("8. Plans are kept.")
    'Plans are kept.'
    """
    number = _NUMBER.match(text)
    return text[number.end() :].lstrip() if number and text[number.end() : number.end() + 1].isspace() else text


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans `[start, end)` of a paragraph's sentences, in order, without surrounding white space.

    Together they hold every character of the paragraph but the white space between them. What numbers a sentence is part of it.

    >>> [("Two officers came. Nobody was in."[a:b]) for a, b in split_sentences("Two officers came. Nobody was in.")]
    ['Two officers came.', 'Nobody was in.']
    """
    number: int | None = None
    for start, end in _sentences(text):
        if _NUMBER.fullmatch(text, start, end):
            number = start if number is None else number
            last = end
            continue
        yield (start if number is None else number), end
        number = None
    if number is not None:
        yield number, last


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences; what numbers one may stand alone."""
    plain = text if text.isprintable() else _SPACE.sub(" ", text)  # printable white space is a space
    for boundary in get_sentence_boundaries("en", plain):
        for start, end in _parted(plain, boundary["start_index"], boundary["end_index"]):
            piece = plain[start:end]
            start += len(piece) - len(piece.lstrip())
            end -= len(piece) - len(piece.rstrip())
            if start < end:
                yield start, end


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a piece that is too long to be one sentence at the ends of sentences inside it."""
    if end - start < 2 * LONG_WORDS:
        yield start, end  # as most do, without a look at its words
        return
    for inner_start, inner_end in _cut(text, start, end, _END, LONG_WORDS):
        yield from _cut(text, inner_start, inner_end, _END_BEFORE_SMALL, VERY_LONG_WORDS)


def _cut(text: str, start: int, end: int, mark: re.Pattern[str], longest: int) -> Iterator[tuple[int, int]]:
    if len(text[start:end].split()) > longest:
        for match in mark.finditer(text, start, end):
            if not _ABBREVIATION.search(text, max(start, match.start() - 12), match.start()):
                yield start, match.end()
                start = match.end()
    yield start, end
