"""The section tree of a report, made from the headings of its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from peelqa.reports.frameworks import FINDING_SECTIONS, PAGE_FURNITURE, Framework
from peelqa.reports.grades import GRADE_ENDING, is_grade_line
from peelqa.reports.layout import Block, BlockKind, Layout
from peelqa.reports.report import Section, TextBlock

_KEY_FACTS = re.compile(r"key facts\b|.{0,30}\bin numbers$", re.IGNORECASE)
_LONGEST_FACT_WORDS = 60
_SUBTITLE = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and body blocks; themes and finding types set, grades and periods not yet."""

    title: str | None
    sections: tuple[Section, ...]
    blocks: tuple[TextBlock, ...]


def fold_line(text: str) -> str:
    """Return a copy of a line for comparison: white space folded, typographic apostrophes plain."""
    return " ".join(text.replace("’", "'").split())


def outline(layout: Layout, framework: Framework | None, title: str | None) -> Outline:
    """Nest a layout's blocks under its headings.

    Headings, subtitles and furniture leave the body; in key facts, a label and its values become one row.
    """
    blocks = list(_classified(layout, framework))
    own_title, blocks = _take_title(layout, blocks)
    builder = _Builder(layout, title or own_title or layout.title or "")
    for block in blocks:
        builder.add(block, framework)
    return Outline(own_title, *builder.finish())


def _classified(layout: Layout, framework: Framework | None) -> Iterator[Block]:
    """Correct block kinds and heading levels by what the framework knows; drop furniture."""
    furniture = _any((*PAGE_FURNITURE, *(framework.furniture if framework else ())))
    outer = _any((*framework.outer, *framework.themes)) if framework else None
    subtitles = _any(framework.subtitles) if framework else None
    inside = False
    for block in layout.blocks:
        line = fold_line(layout.block_text(block))
        if block.kind is BlockKind.FURNITURE or furniture.fullmatch(line):
            continue
        if subtitles and subtitles.fullmatch(line):
            yield replace(block, kind=BlockKind.HEADING, level=_SUBTITLE)
        elif block.kind is BlockKind.HEADING and is_grade_line(line):
            yield replace(block, kind=BlockKind.ROW, level=0)
        elif block.kind is BlockKind.HEADING and not layout.marked and outer:
            is_outer = outer.fullmatch(GRADE_ENDING.sub("", line)) is not None
            inside = inside or is_outer
            yield replace(block, level=1 if is_outer or not inside else 2)
        else:
            yield block


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


def _take_title(layout: Layout, blocks: list[Block]) -> tuple[str | None, list[Block]]:
    """Part the report's own title from the rest: a first heading that no other heading stands beside."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING and block.level]
    if not headings or blocks[0] is not headings[0]:
        return None, blocks
    first = headings[0]
    alone = all(block.level > first.level for block in headings[1:])
    if alone or not layout.marked:
        return fold_line(layout.block_text(first)), blocks[1:]
    return None, blocks


class _Builder:
    """Collect sections and body blocks in one pass over the layout's blocks."""

    def __init__(self, layout: Layout, title: str) -> None:
        self._layout = layout
        self._sections = [Section(title, 0, None, 0, len(layout.text))]
        self._blocks: list[TextBlock] = []
        self._open = [0]

    def add(self, block: Block, framework: Framework | None) -> None:
        if block.kind is not BlockKind.HEADING:
            self._blocks.append(TextBlock(block.kind, block.start_char, block.end_char, self._open[-1], block.page))
        elif block.level != _SUBTITLE:
            self._open_section(block, framework)

    def _open_section(self, block: Block, framework: Framework | None) -> None:
        while len(self._open) > 1 and self._sections[self._open[-1]].level >= block.level:
            self._close(block.start_char)
        parent = self._open[-1]
        heading = fold_line(self._layout.block_text(block))
        section = Section(
            heading=" ".join(self._layout.block_text(block).split()),
            level=block.level,
            parent=parent,
            start_char=block.start_char,
            end_char=len(self._layout.text),
            theme=_theme(heading, framework) or self._sections[parent].theme,
            finding_type=_finding_type(heading) or self._sections[parent].finding_type,
        )
        self._open.append(len(self._sections))
        self._sections.append(section)

    def _close(self, end_char: int) -> None:
        index = self._open.pop()
        self._sections[index] = replace(self._sections[index], end_char=end_char)

    def finish(self) -> tuple[tuple[Section, ...], tuple[TextBlock, ...]]:
        while len(self._open) > 1:
            self._close(len(self._layout.text))
        return tuple(self._sections), tuple(_merge_facts(self._layout.text, self._sections, self._blocks))


def _merge_facts(text: str, sections: list[Section], blocks: list[TextBlock]) -> Iterator[TextBlock]:
    """Make one row of each label under "Key facts" and the values that stand under it."""
    facts = {
        index
        for index, section in enumerate(sections)
        if section.parent is not None and _KEY_FACTS.match(sections[section.parent].heading)
    }
    held: list[TextBlock] = []
    for block in blocks:
        if held and held[0].section != block.section:
            yield from _fact(text, sections, held)
            held = []
        if block.section in facts:
            held.append(block)
        else:
            yield block
    yield from _fact(text, sections, held)


def _fact(text: str, sections: list[Section], held: list[TextBlock]) -> Iterator[TextBlock]:
    if not held:
        return
    start, end = sections[held[0].section].start_char, held[-1].end_char
    if len(text[start:end].split()) <= _LONGEST_FACT_WORDS:
        yield TextBlock(BlockKind.ROW, start, end, held[0].section, held[0].page)
    else:
        yield from held


def _theme(heading: str, framework: Framework | None) -> str | None:
    plain = GRADE_ENDING.sub("", heading).strip(" :–-")
    if framework and framework.themes and _any(framework.themes).fullmatch(plain):
        return plain
    return None


def _finding_type(heading: str) -> str | None:
    found = (kind for pattern, kind in FINDING_SECTIONS if re.match(pattern, heading, re.IGNORECASE))
    return next(found, None)
