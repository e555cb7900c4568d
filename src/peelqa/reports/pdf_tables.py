"""Rows of tables: from the cells that ruling lines enclose, else from wide gaps between texts on a line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from peelqa.reports.pdf_glyphs import PageText, Segment
from peelqa.reports.pdf_lines import Line, join_lines, lines_of

COLUMN_GAP = 1.6  # of the type size: the least gap between columns that no line parts
_LEADERS = re.compile(r"\.{4}|…{2}|(?: \.){4}")


@dataclass(frozen=True, slots=True)
class Row:
    """A table row, its cells' texts from left to right, at the height where it starts."""

    cells: tuple[str, ...]
    page: int
    baseline: float

    @property
    def text(self) -> str:
        return "\t".join(self.cells)


class _Cell(NamedTuple):
    top: float
    bottom: float
    left: float
    right: float


def ruled_rows(page: PageText, segments: Sequence[Segment]) -> tuple[list[Row], list[Segment]]:
    """Return the rows of two or more filled cells that lines enclose, and the segments outside of them."""
    cells: dict[_Cell, list[Segment]] = defaultdict(list)
    outside: list[Segment] = []
    for segment in segments:
        cell = _cell_of(segment, page)
        if cell is None:
            outside.append(segment)
        else:
            cells[cell].append(segment)
    rows: list[Row] = []
    for side_by_side in _by_top(list(cells)):
        if len(side_by_side) < 2:
            outside.extend(segment for cell in side_by_side for segment in cells[cell])
            continue
        texts = tuple(join_lines(line.text for line in lines_of(cells[cell], page.number)) for cell in side_by_side)
        highest = max(segment.baseline for cell in side_by_side for segment in cells[cell])
        rows.append(Row(texts, page.number, highest))
    return rows, outside


def _cell_of(segment: Segment, page: PageText) -> _Cell | None:
    middle = segment.baseline + 0.3 * segment.size
    centre = (segment.left + segment.right) / 2
    beside = [rule.at for rule in page.standing if rule.spans(middle)]
    around = [rule.at for rule in page.lying if rule.spans(centre)]
    left = max((at for at in beside if at <= segment.left + 2), default=None)
    right = min((at for at in beside if at >= segment.right - 2), default=None)
    top = min((at for at in around if at >= middle), default=None)
    bottom = max((at for at in around if at < middle), default=None)
    if top is None or bottom is None or (left is None and right is None):
        return None
    return _Cell(top, bottom, 0.0 if left is None else left, page.width if right is None else right)


def _by_top(cells: list[_Cell]) -> list[list[_Cell]]:
    """Group cells that start at one height, each group from left to right."""
    groups: list[list[_Cell]] = []
    for cell in sorted(cells, key=lambda cell: (-cell.top, cell.left)):
        if groups and groups[-1][0].top - cell.top < 3:
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return [sorted(group, key=lambda cell: cell.left) for group in groups]


def gap_rows(lines: Sequence[Line]) -> list[Line | Row]:
    """Replace each line of texts set wide apart, with the lines that go on in its columns, by a row."""
    flow: list[Line | Row] = []
    index = 0
    while index < len(lines):
        columns = _columns(lines[index])
        if len(columns) < 2:
            line = lines[index]
            flow.append(Row((line.text,), line.page, line.baseline) if _LEADERS.search(line.text) else line)
            index += 1
            continue
        texts = [[join_lines([_text(column)])] for column in columns]
        end = index + 1
        while end < len(lines) and (at := _column_of(lines[end], lines[end - 1], columns)) is not None:
            texts[at].append(lines[end].text)
            end += 1
        cells = tuple(join_lines(column) for column in texts)
        flow.append(Row(cells, lines[index].page, lines[index].baseline))
        index = end
    return flow


def _text(segments: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in segments)


def _columns(line: Line) -> list[list[Segment]]:
    columns: list[list[Segment]] = [[line.segments[0]]]
    for before, after in zip(line.segments, line.segments[1:], strict=False):
        labels = line.label and before is line.segments[0] and before.text == line.label
        names = before.text.endswith(":") and len(columns) == 1 and before.text.count(" ") < 4
        apart = after.left - before.right >= COLUMN_GAP * before.size
        if not labels and (apart or names):
            columns.append([after])
        else:
            columns[-1].append(after)
    return columns


def _column_of(line: Line, above: Line, columns: list[list[Segment]]) -> int | None:
    """Return the column that `line`, right under `above`, goes on in; None if it starts something new."""
    if line.label or len(_columns(line)) > 1 or above.baseline - line.baseline > 1.5 * line.size:
        return None
    for at in range(1, len(columns)):
        if abs(line.left - columns[at][0].left) < 3:
            return at
    lowercase = line.text[:1].islower()
    return 0 if lowercase and abs(line.left - columns[0][0].left) < 3 and line.right < columns[1][0].left else None

