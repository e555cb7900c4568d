"""Rows of tables: from the cells that ruling lines enclose, else from wide gaps between texts on a line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from peelqa.reports.pdf_glyphs import PageText, Segment, Word
from peelqa.reports.pdf_lines import Line, join_lines, lines_of

COLUMN_GAP = 1.6  # of the type size: the least gap between columns that no line parts
_LEADERS = re.compile(r"\.{4}|…{2}|(?: \.){4}")


@dataclass(frozen=True, slots=True)
class Row:
    """A table row, its cells' texts from left to right, at the height where it starts."""

    cells: tuple[str, ...]
    page: int
    baseline: float
    size: float
    bold: bool | None
    """Whether it is set bold; None where only a part of it is."""

    @property
    def text(self) -> str:
        """Its cells, parted by tabs."""
        return "\t".join(self.cells)


class _Cell(NamedTuple):
    top: float
    bottom: float
    left: float
    right: float


def ruled_rows(page: PageText, segments: Sequence[Segment]) -> tuple[list[Row], list[Line]]:
    """Return the rows of two or more filled cells that lines enclose, and the printed lines outside of them."""
    cells: dict[_Cell, list[Segment]] = defaultdict(list)
    outside: list[Segment] = []
    for segment in segments:
        cell = _cell_of(segment, page)
        if cell is None:
            outside.append(segment)
        else:
            cells[cell].append(segment)
    rows: list[Row] = []
    lines = lines_of(outside, page.number)
    for box, side_by_side in enumerate(_by_top(list(cells)), start=1):
        if len(side_by_side) < 2:
            lines.extend(lines_of(cells[side_by_side[0]], page.number, box))
            continue
        rows.append(_ruled_row([lines_of(cells[cell], page.number) for cell in side_by_side]))
    return rows, sorted(lines, key=lambda line: -line.baseline)


def _ruled_row(cells: Sequence[Sequence[Line]]) -> Row:
    lines = [line for cell in cells for line in cell]
    texts = tuple(join_lines(line.text for line in cell) for cell in cells)
    weights = {line.bold for line in lines}
    bold = weights.pop() if len(weights) == 1 else None
    return Row(texts, lines[0].page, max(line.baseline for line in lines), min(line.size for line in lines), bold)


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
    known: tuple[float, ...] = ()
    index = 0
    while index < len(lines):
        line = lines[index]
        columns = _columns(line, known)
        index += 1
        if len(columns) < 2:
            known = ()
            flow.append(_gap_row(line, [[line.text]]) if _LEADERS.search(line.text) else line)
            continue
        known = tuple(column[0].left for column in columns)
        texts = [[" ".join(word.text for word in column)] for column in columns]
        while flow and isinstance(above := flow[-1], Line) and _leads_into(above, texts[0][0], line):
            texts[0].insert(0, above.text)
            flow.pop()
        while index < len(lines) and (at := _column_of(lines[index], lines[index - 1], known)) is not None:
            texts[at].append(lines[index].text)
            index += 1
        flow.append(_gap_row(line, texts))
    return flow


def _gap_row(line: Line, columns: Sequence[Sequence[str]]) -> Row:
    return Row(tuple(join_lines(column) for column in columns), line.page, line.baseline, line.size, line.bold)


def _leads_into(above: Line, text: str, line: Line) -> bool:
    """Tell whether the first text of a row, at `line`, goes on from the line above."""
    near = above.baseline - line.baseline < 1.5 * line.size
    alike = above.size == line.size and above.bold == line.bold and abs(above.left - line.left) < 3
    return near and alike and text[:1].islower()


def _columns(line: Line, known: Sequence[float]) -> list[list[Word]]:
    """Cut a line where its texts are set apart, or where the row above has a column."""
    columns: list[list[Word]] = []
    for segment in line.segments:
        if not columns or _starts_column(segment, columns, line.label):
            columns.append([])
        for word in segment.words:
            room = word.left - columns[-1][-1].right if columns[-1] else 0.0
            if room > 0.4 * segment.size and any(abs(word.left - left) < 2 for left in known[1:]):
                columns.append([])
            columns[-1].append(word)
    return columns


def _starts_column(segment: Segment, columns: list[list[Word]], label: str) -> bool:
    last = columns[-1][-1]
    if len(columns) == 1 and len(columns[0]) == 1 and last.text == label:
        return False
    names = last.text.endswith(":") and len(columns) == 1 and len(columns[0]) < 5
    return names or segment.left - last.right >= COLUMN_GAP * segment.size


def _column_of(line: Line, above: Line, known: Sequence[float]) -> int | None:
    """Return the column that `line`, right under `above`, goes on in; None if it starts something new."""
    if line.firm or len(_columns(line, known)) > 1 or above.baseline - line.baseline > 1.5 * line.size:
        return None
    for at in range(1, len(known)):
        if abs(line.left - known[at]) < 3:
            return at
    lowercase = line.text[:1].islower()
    return 0 if lowercase and abs(line.left - known[0]) < 3 and line.right < known[1] else None
