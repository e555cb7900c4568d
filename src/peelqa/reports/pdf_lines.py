"""From runs of text to printed lines, without running headers, footers and page numbers.

Knows how a line begins (a bullet, a number) and how wrapped lines are joined; knows nothing of paragraphs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peelqa.reports.pdf_glyphs import PageText, Segment

MARGIN = 0.13  # of the page's height, at the top and at the bottom: where running headers and footers stand
LABEL_SPACE = 0.4  # of the type size: the least room between a bullet or number and its text

_BULLETS = frozenset("•◦▪▫■□●○◆◇◼◾▶►‣⁃∙·✓✔➢")
_WEAK_BULLETS = frozenset("-–—−─*o")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?")
_PAGE_NUMBER = re.compile(r"[\divxl]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. `bold` is None where only a part of it is; `text_left` is where its text starts after a label."""

    segments: tuple[Segment, ...]
    page: int
    label: str
    text_left: float

    @property
    def left(self) -> float:
        return self.segments[0].left

    @property
    def right(self) -> float:
        return self.segments[-1].right

    @property
    def main(self) -> Segment:
        """The segment that carries most of the text."""
        return max(self.segments, key=lambda segment: len(segment.text))

    @property
    def baseline(self) -> float:
        return self.main.baseline

    @property
    def size(self) -> float:
        return self.main.size

    @property
    def bold(self) -> bool | None:
        told = self.segments[1:] if self.label and len(self.segments) > 1 else self.segments
        weights = {segment.bold for segment in told}
        return weights.pop() if len(weights) == 1 else None

    @property
    def text(self) -> str:
        return join_segments(self.segments)

    @property
    def is_bullet(self) -> bool:
        """Tell whether it starts an item of a list, as against a numbered paragraph."""
        return bool(self.label) and not self.label[0].isdigit()


def lines_of(segments: Iterable[Segment], page: int) -> list[Line]:
    """Return the printed lines from top to bottom."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda segment: -segment.baseline):
        if rows and _same_line(rows[-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [_line(sorted(row, key=lambda segment: segment.left), page) for row in rows]


def _same_line(row: list[Segment], segment: Segment) -> bool:
    other = max(row, key=lambda member: len(member.text))
    larger = max(other.size, segment.size)
    raised = min(other.size, segment.size) < 0.8 * larger
    return abs(other.baseline - segment.baseline) < (0.55 if raised else 0.3) * larger


def _line(segments: list[Segment], page: int) -> Line:
    first = segments[0]
    word = first.text.split(" ", 1)[0]
    alone = word == first.text
    text_left = (segments[1].left if len(segments) > 1 else None) if alone else first.second_word_left
    if text_left is not None and _is_label(word, text_left - first.left - first.first_word_width, first.size):
        return Line(tuple(segments), page, word, text_left)
    return Line(tuple(segments), page, "", first.left)


def _is_label(word: str, room: float, size: float) -> bool:
    if word in _BULLETS or (len(word) == 1 and "\uf000" <= word <= "\uf0ff"):
        return True
    return room >= LABEL_SPACE * size and (word in _WEAK_BULLETS or _NUMBER.fullmatch(word) is not None)


def join_segments(segments: Sequence[Segment]) -> str:
    """Return segments of one line as text, parted by a space unless they touch."""
    text = segments[0].text
    for before, after in zip(segments, segments[1:], strict=False):
        touching = after.left - before.right < 0.12 * max(before.size, after.size)
        text += after.text if touching else " " + after.text
    return text


def join_lines(texts: Iterable[str]) -> str:
    """Join wrapped lines with a space, or with nothing after a hyphen that belongs to the word.

    >>> join_lines(["a multi-", "agency", "team of pre-", "and post-natal staff"])
    'a multi-agency team of pre- and post-natal staff'
    """
    joined = ""
    for text in texts:
        joined += text if not joined or _touches(joined, text) else " " + text
    return joined


def _touches(before: str, after: str) -> bool:
    if len(before) < 2 or before[-1] not in "-\u2010\u2011\u00ad/–—" or before[-2].isspace():
        return False
    if before[-1] in "–—":
        return before[-2].isdigit() and after[0].isdigit()
    return after[0].isalnum() and after.split(" ", 1)[0] not in ("and", "or", "to")


def without_furniture(pages: Sequence[PageText]) -> list[list[Segment]]:
    """Return each page's segments without those of lines that recur at the top or the bottom of many pages."""
    lines = [lines_of(page.segments, page.number) for page in pages]
    places: dict[tuple[bool, str], dict[int, float]] = defaultdict(dict)
    for page, page_lines in zip(pages, lines, strict=True):
        for line in page_lines:
            if _in_margin(line, page):
                places[_key(line, page)][page.number] = line.baseline
    needed = max(2, min(3, len(pages)), round(0.3 * len(pages)))
    recurring = {key: sorted(at.values())[len(at) // 2] for key, at in places.items() if len(at) >= min(needed, 40)}
    kept: list[list[Segment]] = []
    for page, page_lines in zip(pages, lines, strict=True):
        dropped = {id(s) for line in page_lines if _is_furniture(line, page, recurring) for s in line.segments}
        kept.append([segment for segment in page.segments if id(segment) not in dropped])
    return kept


def _in_margin(line: Line, page: PageText) -> bool:
    return not MARGIN * page.height < line.baseline < (1 - MARGIN) * page.height


def _key(line: Line, page: PageText) -> tuple[bool, str]:
    return line.baseline > page.height / 2, _PAGE_NUMBER.sub("#", line.text)


def _is_furniture(line: Line, page: PageText, recurring: dict[tuple[bool, str], float]) -> bool:
    if not _in_margin(line, page):
        return False
    place = recurring.get(_key(line, page))
    return place is not None and abs(place - line.baseline) < 0.02 * page.height
