"""From runs of text to printed lines, without running headers, footers and page numbers.

Knows how a line begins (a bullet, a number) and how wrapped lines are joined; knows nothing of paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from peelqa.reports.pdf_glyphs import PageText, Segment, Word, same_line_drift

MARGIN = 0.13  # of the page's height, at the top and at the bottom: where running headers and footers stand
LABEL_SPACE = 0.4  # of the type size: the least room between a bullet or number and its text

_BULLETS = frozenset("•◦▪▫■□●○◆◇◼◾▶►‣∙·✓✔➢−─\u2043")
_WEAK_BULLETS = frozenset("-–—*o")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?")
_PAGE_NUMBER = re.compile(r"\d+|^[ivxl]+$")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. `text_left` is where its text starts after a label, which is a bullet or a number."""

    segments: tuple[Segment, ...]
    page: int
    label: str
    text_left: float
    firm: bool
    """The label is one for certain, and no part of a sentence that happens to stand at the line's start."""
    box: int
    """Which of the page's boxes it stands in; 0 for none."""

    @property
    def text(self) -> str:
        """All that is printed on it, texts set apart being parted by a space."""
        return join_segments(self.segments)

    @property
    def left(self) -> float:
        """Where its first character starts."""
        return self.segments[0].left

    @property
    def right(self) -> float:
        """Where its last character ends."""
        return self.segments[-1].right

    @property
    def main(self) -> Segment:
        """The segment that carries most of the text."""
        return max(self.segments, key=lambda segment: len(segment.text))

    @property
    def baseline(self) -> float:
        """The height it stands at."""
        return self.main.baseline

    @property
    def size(self) -> float:
        """The type size of most of it."""
        return self.main.size

    @property
    def bold(self) -> bool | None:
        """Whether its text is set bold; None where only a part of it is."""
        told = self.segments[1:] if self.label and len(self.segments) > 1 else self.segments
        weights = {segment.bold for segment in told}
        return weights.pop() if len(weights) == 1 else None

    @property
    def is_bullet(self) -> bool:
        """Whether it starts an item of a list, as against a numbered paragraph."""
        return bool(self.label) and not self.label[0].isdigit()

    @property
    def first_word_width(self) -> float:
        """The room that its first word takes."""
        word = self.segments[0].words[0]
        return word.right - word.left


def lines_of(segments: Iterable[Segment], page: int, box: int = 0) -> list[Line]:
    """Return the printed lines from top to bottom."""
    rows: list[list[Segment]] = []  # each with its longest segment first
    for segment in sorted(segments, key=lambda segment: -segment.baseline):
        if rows and _same_line(rows[-1][0], segment):
            rows[-1].append(segment)
            if len(segment.text) > len(rows[-1][0].text):
                rows[-1][0], rows[-1][-1] = segment, rows[-1][0]
        else:
            rows.append([segment])
    return [_line(sorted(row, key=lambda segment: segment.left), page, box) for row in rows]


def _same_line(other: Segment, segment: Segment) -> bool:
    return abs(other.baseline - segment.baseline) < same_line_drift(other.size, segment.size)


def _line(segments: list[Segment], page: int, box: int) -> Line:
    words = [word for segment in segments for word in segment.words]
    first = words[0].text
    room = (words[1].left - words[0].right) / max(segments[0].size, 1.0) if len(words) > 1 else 0.0
    bullet = first in _BULLETS or (len(first) == 1 and "\uf000" <= first <= "\uf0ff")
    numbered = first in _WEAK_BULLETS or _NUMBER.fullmatch(first) is not None or _is_bare_number(segments, words)
    if not bullet and not (numbered and len(words) > 1):
        return Line(tuple(segments), page, "", words[0].left, firm=False, box=box)
    text_left = words[1].left if len(words) > 1 else words[0].right
    return Line(tuple(segments), page, first, text_left, firm=bullet or room >= LABEL_SPACE, box=box)


def _is_bare_number(segments: Sequence[Segment], words: Sequence[Word]) -> bool:
    """Tell whether a line is a text with a number, without a full stop, set well apart before it."""
    alone = len(segments) == 2 and len(segments[0].words) == 1
    return alone and words[0].text.isdigit() and len(words[0].text) <= 3 and any(c.isalpha() for c in words[1].text)


def join_segments(segments: Sequence[Segment]) -> str:
    """Return segments of one line as text, parted by a space unless they touch."""
    text = segments[0].text
    for before, after in pairwise(segments):
        touching = after.left - before.right < 0.12 * max(before.size, after.size)
        text += after.text if touching else " " + after.text
    return text


def join_lines(texts: Iterable[str]) -> str:
    """Join wrapped lines with a space, or with nothing after a hyphen that belongs to the word.

    >>> join_lines(["a multi-", "agency", "team of pre-", "and post-natal staff"])
    'a multi-agency team of pre- and post-natal staff'
    """
    joined: list[str] = []
    for text in texts:
        if joined and not _touches(joined[-1], text):
            joined.append(" ")
        joined.append(text)
    return "".join(joined)


def _touches(before: str, after: str) -> bool:
    if len(before) < 2 or before[-1] not in "-\u2010\u2011\u00ad/–—" or before[-2].isspace():
        return False
    if before[-1] in "–—":
        return before[-2].isdigit() and after[0].isdigit()
    return after[0].isalnum() and after.split(" ", 1)[0] not in ("and", "or", "to")


def without_furniture(pages: Sequence[PageText]) -> list[list[Segment]]:
    """Return each page's segments without those of lines that recur at the top or the bottom of many pages."""
    lines = [lines_of(page.segments, page.number) for page in pages]
    heights: dict[str, list[float]] = defaultdict(list)
    for page, page_lines in zip(pages, lines, strict=True):
        for line in page_lines:
            if _in_margin(line, page):
                heights[_pattern(line)].append(line.baseline / page.height)
    for found in heights.values():
        found.sort()
    needed = max(2, min(3, len(pages)), min(40, round(0.3 * len(pages))))
    kept: list[list[Segment]] = []
    for page, page_lines in zip(pages, lines, strict=True):
        dropped: set[int] = set()
        for line in page_lines:
            found, height = heights[_pattern(line)], line.baseline / page.height
            own_number = line.text == str(page.number) and len(found) >= needed
            if _in_margin(line, page) and (own_number or _recurs(height, found, needed)):
                dropped.update(map(id, line.segments))
        kept.append([segment for segment in page.segments if id(segment) not in dropped])
    return kept


def _in_margin(line: Line, page: PageText) -> bool:
    return not MARGIN * page.height < line.baseline < (1 - MARGIN) * page.height


def _pattern(line: Line) -> str:
    """Return the line's text with its numbers made equal."""
    return _PAGE_NUMBER.sub("#", line.text)


def _recurs(height: float, heights: Sequence[float], needed: int) -> bool:
    return bisect_right(heights, height + 0.01) - bisect_left(heights, height - 0.01) >= needed
