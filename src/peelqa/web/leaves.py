"""A report as pages of bounded length: its headings and blocks in order, with one span marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from peelqa.reports.grades import GRADE_ENDING
from peelqa.reports.report import Report, Section, TextBlock
from peelqa.web.cards import STATUSES
from peelqa.web.marking import hidden_controls

LEAF_CHARS = 24_000
"""Code points of text on one page, so that the page stays under 60 KB."""
CONTENTS_LEVELS = 2
_MOST_CONTENTS = 60

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The part `[start_char, end_char)` of a report that one page shows."""

    start_char: int
    end_char: int

    def holds(self, char: int) -> bool:
        """Tell whether a place in the text stands on this page."""
        return self.start_char <= char < self.end_char


def part_report(report: Report) -> tuple[Leaf, ...]:
    """Part a report into leaves that cover it once, at outermost headings where that keeps them long enough."""
    outermost = {section.start_char for section in report.sections if section.level == 1}
    # A heading goes with what stands under it, so a leaf may begin at a heading or at a block.
    places = sorted(
        {section.start_char for section in report.sections[1:]} | {block.start_char for block in report.blocks}
    )
    cuts = [0]
    candidate = 0
    for place, after in zip(places, [*places[1:], len(report.text)], strict=True):
        if place in outermost and place - cuts[-1] > LEAF_CHARS // 3:
            candidate = place
        if after - cuts[-1] > LEAF_CHARS and place > cuts[-1]:
            cuts.append(candidate if candidate > cuts[-1] else place)
    return tuple(Leaf(start, end) for start, end in zip(cuts, [*cuts[1:], len(report.text) + 1], strict=True))


def view_leaf(report: Report, leaves: Sequence[Leaf], at: int, quoted: Span) -> dict[str, Any]:
    """Return what the report's template shows of one leaf: contents of the whole, and its own headings and blocks."""
    leaf = leaves[at]
    return {
        "number": at + 1,
        "count": len(leaves),
        "contents": list(_contents(report, leaves)),
        "items": list(_items(report, leaf, quoted)),
        "controls": hidden_controls(report.text[leaf.start_char : leaf.end_char]),
    }


def _contents(report: Report, leaves: Sequence[Leaf]) -> Iterator[dict[str, Any]]:
    deepest = CONTENTS_LEVELS if len(report.sections) <= _MOST_CONTENTS else 1
    for index, section in enumerate(report.sections):
        if 0 < section.level <= deepest:
            part = next(number for number, leaf in enumerate(leaves, start=1) if leaf.holds(section.start_char))
            yield {"heading": section.heading, "level": section.level, "part": part, "id": f"s{index}"}


def _items(report: Report, leaf: Leaf, quoted: Span) -> Iterator[dict[str, Any]]:
    """Yield headings, paragraphs, lists and rows in the text's order."""
    headings = [
        (section.start_char, index)
        for index, section in enumerate(report.sections)
        if index and leaf.holds(section.start_char)
    ]
    blocks = [block for block in report.blocks if leaf.holds(block.start_char)]
    page = None
    for kind, group in groupby(_merged(headings, blocks), key=_kind):
        if kind == "heading":
            yield from (_heading(report, each, quoted) for each in group if isinstance(each, int))
            continue
        run = [each for each in group if isinstance(each, TextBlock)]
        view = [_block(report, block, quoted) for block in run]
        bare = kind == "item" and report.text[run[0].start_char].isalpha()
        yield {"kind": kind, "bare": bare, "blocks": view, "page": run[0].page if run[0].page != page else None}
        page = run[-1].page


def _merged(headings: list[tuple[int, int]], blocks: list[TextBlock]) -> list[int | TextBlock]:
    """Put section indexes and blocks in the order of their places; a heading comes before what starts with it."""
    placed: list[tuple[int, int, int | TextBlock]] = [(start, 0, index) for start, index in headings]
    placed += [(block.start_char, 1, block) for block in blocks]
    return [each for _, _, each in sorted(placed, key=lambda each: each[:2])]


def _kind(each: int | TextBlock) -> str:
    return "heading" if isinstance(each, int) else each.kind.value


def _heading(report: Report, index: int, quoted: Span) -> dict[str, Any]:
    section = report.sections[index]
    above = report.sections[section.parent or 0]
    end = section.start_char + len(section.heading)
    return {
        "kind": "heading",
        "id": f"s{index}",
        "level": min(section.level + 1, 6),
        "text": section.heading,
        "quoted": _overlap(section.start_char, end, quoted) and GRADE_ENDING.search(section.heading) is not None,
        "grade": _grade_note(section) if section.grade != above.grade else None,
        "period": section.period if section.period != above.period else None,
    }


def _grade_note(section: Section) -> dict[str, Any] | None:
    grade = section.grade
    return {"value": grade.value, "note": STATUSES.get(grade.status.value)} if grade else None


def _block(report: Report, block: TextBlock, quoted: Span) -> dict[str, Any]:
    start, end = block.start_char, block.end_char
    low, high = max(start, quoted[0]), min(end, quoted[1])
    low, high = (low, high) if low < high else (end, end)
    text = report.text
    first = quoted[0] >= start and low < high
    return {
        "id": f"c{start}",
        "before": text[start:low],
        "quoted": text[low:high],
        "after": text[high:end],
        "first": first,
    }


def _overlap(start: int, end: int, span: Span) -> bool:
    return max(start, span[0]) < min(end, span[1])
