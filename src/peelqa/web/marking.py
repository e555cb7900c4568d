"""Which words of a quotation answer the question, so that a page can mark them. Marks only; never changes a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peelqa.reports.frameworks import GRADE_WORDS
from peelqa.words import content_words, stems

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ANSWERS = {
    "figure": re.compile(
        r"[£$€]?\d[\d,]*(?:\.\d+)?(?:\s?(?:%|per cent|million|billion|m\b|bn\b))?"
        r"|\b(?:two|three|four|five|six|seven|eight|nine"
        r"|ten|eleven|twelve|half|third|quarter)\b",
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"\b(?:\d{1,2}\s)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
        r"\s\d{4}\b|\b\d{1,2}/\d{1,2}/\d{4}\b|\b(?:19|20)\d\d(?:[/–-]\d\d)?\b"
    ),
    "grade": re.compile("|".join(rf"\b{word}\b" for word in sorted(GRADE_WORDS, key=len, reverse=True)), re.IGNORECASE),
}
"""What an answer of a kind is made of, beside the question's own words."""

MARK, ASIDE = "mark", "aside"
Piece = tuple[str, str]
"""A run of text, and what it is: MARK, ASIDE for a running line or a page number that parts a sentence, or ""."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The stems of a question's words, and the kind of answer it wants."""

    stems: frozenset[str]
    kind: str | None = None

    def pieces(self, text: str, asides: Sequence[tuple[int, int]] = ()) -> list[Piece]:
        """Part a text into runs that are marked, runs that are asides and others; joined they are the text."""
        spans = [match.span() for match in _WORD.finditer(text) if _stem(match[0]) in self.stems]
        pattern = _ANSWERS.get(self.kind or "")
        spans += [match.span() for match in pattern.finditer(text)] if pattern else []
        return part_text(text, sorted(spans), asides)


def part_text(text: str, spans: Iterable[tuple[int, int]], asides: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """Part a text into what the spans, which are in order, mark, the asides and the rest; an overlapping span is left out."""
    marked = [span for span in spans if not any(span[0] < end and start < span[1] for start, end in asides)]
    pieces: list[Piece] = []
    at = 0
    for start, end, kind in sorted([(*span, MARK) for span in marked] + [(*span, ASIDE) for span in asides]):
        if start < at:
            continue
        # Two marked words with only a space between them are one run.
        if pieces and pieces[-1][1] == kind == MARK and text[at:start] == " ":
            pieces[-1] = (pieces[-1][0] + text[at:end], MARK)
        else:
            pieces += [(text[at:start], "")] if start > at else []
            pieces.append((text[start:end], kind))
        at = end
    return [*pieces, (text[at:], "")] if at < len(text) else pieces


def marker_for(question: str, kind: str | None = None, leave_out: Collection[str] = ()) -> Marker:
    """Make the marker of a question; words of the bodies it names are left out, since every quotation is about them."""
    names = {_stem(word) for name in leave_out for word in _WORD.findall(name)}
    stems = {_stem(word) for word in content_words(question) if not word.isdigit() or len(word) < 4}
    return Marker(frozenset(stems - names), kind)


def hidden_controls(text: Any) -> list[str]:
    """Name the invisible characters that change the direction of writing, each once: "U+202E"."""
    found = dict.fromkeys(each for each in str(text) if unicodedata.bidirectional(each) in _DIRECTION)
    return [f"U+{ord(each):04X}" for each in found if unicodedata.category(each) == "Cf"]


_DIRECTION = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "L", "R", "AL"})


def _stem(word: str) -> str:
    return "".join(stems(word)[:1])
