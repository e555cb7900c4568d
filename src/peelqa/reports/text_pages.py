"""The pages of a plain text: its lines, and which of them are a page's furniture. Form feeds part the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

EDGE_LINES = 3
"""So many lines at the top and at the bottom of a page may be furniture."""
LEAST_REPEATS = 3
"""A line at the edge of so many pages is furniture."""

LONGEST_RUNNING = 120
"""A longer line is no running header or footer."""

_PAGE_NUMBER = re.compile(r"(?:page\s)?\d{1,3}(?:\s(?:of|/)\s\d{1,3})?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_LINE = re.compile(r"[^\n\f]*\n?|\f")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text; `text` has its line end, and the form feed before it is no part of it."""

    start_char: int
    text: str
    page: int | None
    """From 1; None where the text has no pages."""
    furniture: bool = False

    @property
    def stripped(self) -> str:
        """The line without white space around it."""
        return self.text.strip()

    @property
    def span(self) -> tuple[int, int]:
        """Where that stands in the text."""
        start = self.start_char + len(self.text) - len(self.text.lstrip())
        return start, start + len(self.stripped)


def read_lines(text: str) -> list[Line]:
    """Return a text's lines, blank ones too; on pages, running lines and page numbers are marked as furniture."""
    if "\f" not in text:
        return [Line(match.start(), match[0], None) for match in _LINE.finditer(text) if match[0]]
    pages: list[list[Line]] = [[]]
    for match in _LINE.finditer(text):
        if match[0] == "\f":
            pages.append([])
        elif match[0]:
            pages[-1].append(Line(match.start(), match[0], len(pages)))
    return list(_marked(pages))


def _marked(pages: Sequence[Sequence[Line]]) -> Iterator[Line]:
    edges = [_edges(page) for page in pages]
    repeats = Counter(
        shape for page, edge in zip(pages, edges, strict=True) for shape in {_shape(page[at]) for at in edge}
    )
    for page, edge in zip(pages, edges, strict=True):
        known = {
            at for at in edge if repeats[_shape(page[at])] >= LEAST_REPEATS or _PAGE_NUMBER.fullmatch(page[at].stripped)
        }
        kept = [at for at, line in enumerate(page) if line.stripped and at not in known]
        first, last = (kept[0], kept[-1]) if kept else (len(page), -1)
        for at, line in enumerate(page):
            yield replace(line, furniture=at in known and not first < at < last)


def _edges(page: Sequence[Line]) -> set[int]:
    filled = [at for at, line in enumerate(page) if line.stripped]
    return {at for at in (*filled[:EDGE_LINES], *filled[-EDGE_LINES:]) if len(page[at].stripped) <= LONGEST_RUNNING}


def _shape(line: Line) -> str:
    """Return a line with its numbers blotted out: running lines differ in them."""
    return _DIGITS.sub("#", " ".join(line.stripped.split()))
