"""Plain text, kept to the last character: blocks are marked on it, nothing is moved or removed.

Saved pages and text taken from PDF files carry no marks, so the shape of the lines decides: blank lines part the
groups, a short line alone is a heading, lines as long as the column are one wrapped paragraph, other lines are rows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from peelqa.reports.layout import Block, BlockKind, Layout

_BULLET = re.compile(r"[•◼▪●○■–*\uf06e\uf0b7-]\s+\S")
_LONE_NUMBER = re.compile(r"\d{1,3}\.?|[ivxlc]{1,5}\.")
_SENTENCE_END = re.compile(r"[.;,:!]\s*$|[.!?]\s+[A-Z]")
_SIGNATURE = re.compile(r",\s+(?:(?:Her|His)\sMajesty|HM[IC]|[A-Z]\w+\s(?:Inspector|Director)\b)")
_HEADING_START = re.compile(r"[A-Z‘“'\"]|\d+(?:\.\d+)*\.?\s+[A-Z]")
_HEADING_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?\s")
_LONGEST_HEADING = 100
_WIDEST_COLUMN = 140


@dataclass(frozen=True, slots=True)
class _Line:
    start_char: int
    text: str
    page: int | None

    @property
    def stripped(self) -> str:
        return self.text.strip()

    @property
    def span(self) -> tuple[int, int]:
        start = self.start_char + len(self.text) - len(self.text.lstrip())
        return start, start + len(self.stripped)


def read_text(text: str) -> Layout:
    """Mark the blocks of a plain text; `Layout.text` is the text itself, unchanged.

    Form feeds are page breaks. Block kinds and headings are the best that lines alone can tell.
    """
    groups = list(_groups(text))
    column = _column_width(groups)
    blocks: list[Block] = []
    for group in groups:
        blocks.extend(_blocks(group, column))
    return Layout(text, tuple(blocks), marked=False, levels_marked=False)


def _groups(text: str) -> Iterator[list[_Line]]:
    page, start, group = (1 if "\f" in text else None), 0, list[_Line]()
    for raw in text.splitlines(keepends=True) if "\f" not in text else re.split(r"(?<=\n)|(?=\f)", text):
        if raw.startswith("\f") and page is not None:
            page += 1
        if raw.strip():
            if raw.startswith("\f") and group:
                yield group
                group = []
            group.append(_Line(start, raw, page))
        elif group:
            yield group
            group = []
        start += len(raw)
    if group:
        yield group


def _column_width(groups: list[list[_Line]]) -> int:
    """Return the length of a full line of wrapped text, or 0 where paragraphs are not wrapped."""
    lengths = sorted(len(line.stripped) for group in groups if len(group) > 2 for line in group[:-1])
    if not lengths:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    return width if 50 <= width <= _WIDEST_COLUMN else 0


def _blocks(group: list[_Line], column: int) -> Iterator[Block]:
    if _is_heading(group):
        yield _block(BlockKind.HEADING, group, level=_heading_level(group[0].stripped))
        return
    if len(group) == 1 and _LONE_NUMBER.fullmatch(group[0].stripped):
        yield _block(BlockKind.FURNITURE, group)
        return
    runs = _runs(group, column)
    for run in runs:
        if _BULLET.match(run[0].stripped):
            yield _block(BlockKind.ITEM, run)
        else:
            alone = len(runs) == 1 or len(run) > 1
            yield _block(BlockKind.PARAGRAPH if alone else BlockKind.ROW, run)


def _runs(group: list[_Line], column: int) -> list[list[_Line]]:
    """Part a group into its bullets, wrapped paragraphs and single rows."""
    runs = [[group[0]]]
    for previous, line in itertools.pairwise(group):
        if not _BULLET.match(line.stripped) and _continues(previous.stripped, line.stripped, column):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _continues(previous: str, line: str, column: int) -> bool:
    if column and len(previous) + len(line.split()[0]) + 1 >= column * 0.85:
        return True
    return line[0].islower() and len(previous.split()) > 3 and previous[-1] not in ".!?" and bool(column)


def _is_heading(group: list[_Line]) -> bool:
    text = " ".join(line.stripped for line in group)
    return (
        len(group) == 1
        and len(text) <= _LONGEST_HEADING
        and _HEADING_START.match(text) is not None
        and not _BULLET.match(text)
        and not _SENTENCE_END.search(_HEADING_NUMBER.sub("", text, count=1))
        and not _SIGNATURE.search(text)
        and len(text.split()) <= 15
        and any(character.isalpha() for character in text)
    )


def _heading_level(text: str) -> int:
    number = _HEADING_NUMBER.match(text)
    return min(2 + number[1].count("."), 6) if number else 2


def _block(kind: BlockKind, lines: list[_Line], *, level: int = 0) -> Block:
    return Block(kind, lines[0].span[0], lines[-1].span[1], level, lines[0].page)
