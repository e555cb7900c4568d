"""Lines whose meaning a framework knows, wherever they stand: its headings in plain text, and what states a grade.

Plain text marks nothing, and files made from PDF part a label from its grade by a blank line. This finds both in the
text as it is and sets the blocks right; the text is not touched.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from peelqa.reports.frameworks import GRADE_TAIL, VALUE, Framework, any_of, frameworks, spaced
from peelqa.reports.layout import Block, BlockKind, Layout

_NUMBER = r"^[ \t\f]*(?:\d(?:\.\d)*\.?[ \t]+)?"
_ENDING = rf"(?:{GRADE_TAIL})?\d?[ \t]*$"
_PAGE_NUMBER = re.compile(r"\s*\d{1,3}[ \t]*$", re.MULTILINE)
_VALUE_ALONE = re.compile(rf"(?:{VALUE})\.?", re.IGNORECASE)
_TABLE_HEAD = re.compile(r"^[ \t]*(judge?ment\s+grade)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_GRADE_LINE = re.compile(
    rf"\s+(?:last updated:?\s+\d{{1,2}}/\d{{1,2}}/\d{{4}}(?:[ \t]+(?:{VALUE}))?|{VALUE})\.?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SUBTITLE_LINE = re.compile(r"\s+(?:How|Does|Is)\b[^\n.]{5,120}$(?=\s+Last updated)", re.MULTILINE)
_LONE_NUMBER = re.compile(r"\d{1,3}\.?")
_SENTENCE_ENDS = '.?!:;)”’"\u2019'
_LONGEST_LABEL = 200


class _Landmark(NamedTuple):
    start_char: int
    end_char: int
    kind: BlockKind


def with_landmarks(layout: Layout, framework: Framework | None) -> Layout:
    """Return a layout in which a label and its grade are one row, and in plain text known headings are headings."""
    found = [*_grade_rows(layout, framework), *_verdicts(layout, framework)]
    if not layout.marked:
        headings = list(_headings(layout, framework, found))
        found = [*found, *headings, *_grade_lines(layout, headings)]
    carved = replace(layout, blocks=tuple(_carved(layout, sorted(found))))
    return carved if layout.marked else replace(carved, blocks=tuple(_grade_tables(carved)))


def _grade_rows(layout: Layout, framework: Framework | None) -> Iterator[_Landmark]:
    """Find each of the framework's labels with a grade right behind or under it, the first time each is given."""
    first: int | None = None
    for judgement in framework.judgements if framework else ():
        label = rf"{_NUMBER}({spaced(judgement.label)})\.?\s+(?:\d\s+)?({VALUE})\.?[ \t]*$"
        matches = re.finditer(label, layout.text, re.IGNORECASE | re.MULTILINE)
        # At the top of a page it is the heading of a section, and not a row of a table.
        match = next((each for each in matches if "\f" not in each[0][: each.start(1) - each.start()]), None)
        if match:
            yield _landmark(layout, match.start(), match.end())
            first = match.start() if first is None else min(first, match.start())
    head = list(_TABLE_HEAD.finditer(layout.text, 0, first)) if first else []
    if head and not layout.text[head[-1].end() : first].strip():
        yield _Landmark(*head[-1].span(1), BlockKind.ROW)


def _verdicts(layout: Layout, framework: Framework | None) -> Iterator[_Landmark]:
    """Find the lines that are nothing but a verdict."""
    for pattern in (*framework.overall_verdicts, *framework.verdicts) if framework else ():
        match = any_of((pattern,)).search(layout.text) if pattern.endswith("$") else None
        if match:
            yield _landmark(layout, *match.span())


def _landmark(layout: Layout, start: int, end: int) -> _Landmark:
    """Make a row of a span, without the white space around it."""
    piece = layout.text[start:end]
    return _Landmark(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()), BlockKind.ROW)


def _headings(layout: Layout, framework: Framework | None, taken: Sequence[_Landmark]) -> Iterator[_Landmark]:
    """Find the lines of a plain text that are headings of the framework, or of a kind of finding."""
    own = (*framework.themes, *framework.outer, *framework.questions) if framework else ()
    patterns = (
        *own,
        *frameworks().explaining,
        *(pattern.removesuffix(r"\b") for pattern, _ in frameworks().finding_sections),
    )
    line = re.compile(
        f"{_NUMBER}(?:{'|'.join(f'(?:{spaced(each)})' for each in patterns)}){_ENDING}", re.IGNORECASE | re.MULTILINE
    )
    for match in line.finditer(layout.text):
        # A grade that stands under a blank line, or under a question, is no part of the heading.
        alone = re.split(r"\n\s*\n|(?<=\?)[ \t]*\n", match[0].rstrip(), maxsplit=1)[0]
        length = len(alone) if line.fullmatch(alone) else len(match[0])
        start, end, _ = _landmark(layout, match.start(), match.start() + length)
        inside = any(start < other.end_char and other.start_char < end for other in taken)
        above = len(layout.text[:start].rstrip())
        behind = any(other.end_char == above for other in taken)
        if not inside and _stands_alone(layout.text, start, end, parted=behind):
            listed = _PAGE_NUMBER.match(layout.text, end)
            yield _Landmark(start, end, BlockKind.FURNITURE if listed else BlockKind.HEADING)


def _grade_lines(layout: Layout, headings: Sequence[_Landmark]) -> Iterator[_Landmark]:
    """Find the lines under the known headings of a plain text that give a grade, or the day of one."""
    for heading in headings:
        start = heading.end_char
        while (line := _GRADE_LINE.match(layout.text, start)) or (line := _SUBTITLE_LINE.match(layout.text, start)):
            start = line.end()
            if line.re is _GRADE_LINE:
                yield _landmark(layout, *line.span())


def _stands_alone(text: str, start: int, end: int, *, parted: bool) -> bool:
    """Tell whether lines are a heading's and no part of the sentence around them; `parted` from what is above in any case."""
    if re.search(r"\n\s*\n", text[start:end]) or text[start].islower():
        return False
    above, below = text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
    parted = parted or above[-2:].count("\n") == 2 or "\f" in above[-2:] or not above
    last = above.rstrip()[-1:]
    goes_on = below.startswith("\n") and below[1:2].islower()
    graded = _GRADE_LINE.fullmatch("\n" + above.rstrip().rsplit("\n", 1)[-1]) is not None
    return not goes_on and (parted or graded or last in _SENTENCE_ENDS or last.isdigit() or not last)


def _carved(layout: Layout, landmarks: Sequence[_Landmark]) -> Iterator[Block]:
    """Cut landmarks out of the blocks that they stand in."""
    blocks = deque(layout.blocks)
    last = 0
    for mark in landmarks:
        if mark.start_char < last:
            continue
        last = mark.end_char
        while blocks and blocks[0].end_char <= mark.start_char:
            yield blocks.popleft()
        page = blocks[0].page if blocks else None
        while blocks and blocks[0].start_char < mark.end_char:
            before, after = _around(layout.text, blocks.popleft(), mark)
            yield from before
            if after:
                blocks.extendleft(after)
                break
        yield Block(mark.kind, mark.start_char, mark.end_char, 2 if mark.kind is BlockKind.HEADING else 0, page)
    yield from blocks


def _around(text: str, block: Block, mark: _Landmark) -> tuple[list[Block], list[Block]]:
    """Return what is left of a block before and after a landmark, if anything."""
    pieces: list[list[Block]] = []
    for start, end in ((block.start_char, mark.start_char), (mark.end_char, block.end_char)):
        piece = text[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
        kind = BlockKind.FURNITURE if _LONE_NUMBER.fullmatch(text, start, end) else block.kind
        pieces.append([replace(block, kind=kind, start_char=start, end_char=end)] if start < end else [])
    return pieces[0], pieces[1]


def _grade_tables(layout: Layout) -> Iterator[Block]:
    """Make rows of labels and grades that stand one under the other in plain text, where two or more do so in turn."""
    blocks = layout.blocks
    pairs = {
        at
        for at in range(len(blocks) - 1)
        if _is_label(layout, blocks[at]) and _VALUE_ALONE.fullmatch(layout.block_text(blocks[at + 1]))
    }
    at = 0
    while at < len(blocks):
        if at in pairs and (at - 2 in pairs or at + 2 in pairs):
            yield replace(blocks[at], kind=BlockKind.ROW, end_char=blocks[at + 1].end_char, level=0)
            at += 2
        else:
            yield blocks[at]
            at += 1


def _is_label(layout: Layout, block: Block) -> bool:
    text = layout.block_text(block)
    shown = block.kind is not BlockKind.FURNITURE and not _VALUE_ALONE.fullmatch(text)
    return shown and len(text) <= _LONGEST_LABEL and text[-1] not in ".!?;"
