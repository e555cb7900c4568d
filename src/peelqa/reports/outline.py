"""The section tree of a report, made from the headings of its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from peelqa.reports.frameworks import GRADE_TAIL, Framework, any_of, frameworks
from peelqa.reports.grades import is_grade_line
from peelqa.reports.layout import Block, BlockKind, Layout
from peelqa.reports.report import Section, TextBlock

_KEY_FACTS = re.compile(r"key facts\b|.{0,30}\bin numbers$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:table of )?contents(?: page)?", re.IGNORECASE)
_DEMAND = re.compile(
    r"(?:the|this|these|its?|leaders|officers|staff)\b.{2,250}\b"
    r"(?:should|must|needs? to|is(?:n['o]t| not| failing)|do(?:es)?(?:n't| not)|are(?:n't| not))\b.{3,250}",
    re.IGNORECASE,
)
_LONGEST_FACT_WORDS = 60
_TAIL = re.compile(rf"(?:^\d(?:\.\d)*\.?\s+)|(?:{GRADE_TAIL})?\d?$", re.IGNORECASE)
"""What a heading carries beside its name: a number, a grade, the mark of a footnote."""
_SUBTITLE = 0
_BELOW_QUESTION = 3
"""In plain text, what a report demands stands under the question or area before it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and body blocks; themes and finding types set, grades and periods not yet."""

    title: str | None
    sections: tuple[Section, ...]
    blocks: tuple[TextBlock, ...]
    furniture: tuple[tuple[int, int], ...]
    """What stands inside the blocks, and between those of one section, and is none of the body."""


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
    sections, body = builder.finish()
    return Outline(own_title, sections, body, _furniture(layout, body))


def _classified(layout: Layout, framework: Framework | None) -> Iterator[Block]:
    """Correct block kinds and heading levels by what the framework knows; drop furniture."""
    furniture = any_of((*frameworks().furniture, *(framework.furniture if framework else ())))
    levels = _Levels(layout, framework)
    listing = False
    for block in layout.blocks:
        line = fold_line(layout.block_text(block))
        if block.kind is BlockKind.FURNITURE or furniture.fullmatch(line):
            continue
        listing = _CONTENTS.fullmatch(line) is not None or (listing and block.kind is BlockKind.ROW)
        if listing:
            continue
        if block.kind is BlockKind.HEADING and is_grade_line(line):
            block = replace(block, kind=BlockKind.ROW, level=0)
        yield levels.corrected(block, line)


def _furniture(layout: Layout, body: Sequence[TextBlock]) -> tuple[tuple[int, int], ...]:
    found = {span for block in layout.blocks for span in block.furniture}
    for block, following in pairwise(body):
        between = layout.text[block.end_char : following.start_char]
        if block.section == following.section and (left := between.strip()):
            start = block.end_char + between.index(left)
            found.add((start, start + len(left)))
    return tuple(sorted(found))


class _Levels:
    """Set headings beside each other that a framework knows to stand so, where a file's own levels are a guess."""

    def __init__(self, layout: Layout, framework: Framework | None) -> None:
        self._themes = any_of(framework.themes if framework else ())
        self._outer = any_of((*framework.outer, *framework.themes, *frameworks().explaining) if framework else ())
        self._subtitles = any_of(framework.subtitles if framework else ())
        self._marked, self._known = layout.levels_marked, framework is not None
        self._guessed = not layout.marked
        lines = ((block, fold_line(layout.block_text(block))) for block in layout.blocks)
        known = [block.level for block, line in lines if block.kind is BlockKind.HEADING and self._is_outer(line)]
        self._top = 1 if self._guessed else min(known, default=1)
        self._last: int | None = None
        """The level that the last known heading had by its looks."""
        self._under_theme = False
        self._parts_list = self._after_mark = False
        """Whether themes part a list of what must improve, and whether such a list's heading stood right before."""

    def _is_outer(self, line: str) -> bool:
        return self._outer.fullmatch(_TAIL.sub("", line)) is not None

    def corrected(self, block: Block, line: str) -> Block:
        """Return a block with the level it has in the whole; a subtitle becomes a heading of no level."""
        under_theme, self._under_theme = self._under_theme, False
        after_mark, self._after_mark = self._after_mark, False
        if under_theme and self._subtitles.fullmatch(line):
            return replace(block, kind=BlockKind.HEADING, level=_SUBTITLE)
        if block.kind is not BlockKind.HEADING:
            return block
        self._under_theme = self._themes.fullmatch(line) is not None
        if self._marked or not self._known:
            return block
        self._after_mark = bool(_finding_type(line))
        if self._is_outer(line):
            self._last = block.level
            self._parts_list = (after_mark or self._parts_list) and self._themes.fullmatch(
                _TAIL.sub("", line)
            ) is not None
            return replace(block, level=self._top + self._parts_list)
        if self._last is None:
            return replace(block, level=1) if self._guessed else block
        if self._guessed:
            return replace(block, level=_BELOW_QUESTION if _finding_type(line) else 2)
        return replace(block, level=max(block.level - self._last, 0) + self._top) if block.level >= self._top else block


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
        kind = BlockKind.PARAGRAPH if self._is_demand(block) else block.kind
        if kind is not BlockKind.HEADING:
            self._blocks.append(TextBlock(kind, block.start_char, block.end_char, self._open[-1], block.page))
        elif block.level != _SUBTITLE:
            self._open_section(block, framework)

    def _is_demand(self, block: Block) -> bool:
        """Tell whether a heading is itself what a report demands: a sentence set bold under "Areas for improvement"."""
        around = self._sections[self._open[-1]]
        below = block.kind is BlockKind.HEADING and block.level > around.level and around.finding_type is not None
        return below and _DEMAND.fullmatch(fold_line(self._layout.block_text(block))) is not None

    def _open_section(self, block: Block, framework: Framework | None) -> None:
        while len(self._open) > 1 and self._sections[self._open[-1]].level >= block.level:
            self._close(block.start_char)
        parent = self._open[-1]
        heading = fold_line(self._layout.block_text(block))
        kind = _finding_type(heading)
        section = Section(
            heading=" ".join(self._layout.block_text(block).split()),
            level=block.level,
            parent=parent,
            start_char=block.start_char,
            end_char=len(self._layout.text),
            theme=_theme(heading, framework) or self._sections[parent].theme,
            finding_type=self._sections[parent].finding_type if kind is None else kind or None,
            explains=_explains(heading) or self._sections[parent].explains,
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
    plain = _TAIL.sub("", heading).strip(" :–-")
    if framework and any_of(framework.themes).fullmatch(plain):
        return plain
    return None


def _explains(heading: str) -> bool:
    """Tell whether a heading is of what tells what grades mean."""
    return any_of(frameworks().explaining).fullmatch(heading) is not None


def _finding_type(heading: str) -> str | None:
    """Return the kind of finding that a heading names what stands under it as; "" where it says that these are none."""
    found = (kind for pattern, kind in frameworks().finding_sections if any_of((pattern,)).match(heading))
    return next(found, None)
