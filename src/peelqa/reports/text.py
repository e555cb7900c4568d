"""Plain text, kept to the last character: blocks are marked on it, nothing is moved or removed.

Saved pages and text taken from PDF files carry no marks, so the shape of the lines decides: blank lines part the
groups, a short line alone is a heading, lines as long as the column are one wrapped paragraph, other lines are rows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from peelqa.reports.layout import Block, BlockKind, Layout
from peelqa.reports.text_pages import Line, read_lines

_BULLET_SIGN = r"[•◼▪●○■–*\uf020-\uf0ff-]"
_BULLET = re.compile(rf"{_BULLET_SIGN}\s+\S")
_LONE_BULLET = re.compile(_BULLET_SIGN)
_LONE_NUMBER = re.compile(r"\d{1,3}\.?|[ivxlc]{1,5}\.")
_NUMBERED = re.compile(r"\d{1,3}\.\s+[A-Z‘“]")
_SENTENCE_END = re.compile(r"[.;,:!]\s*$|[.!?]\s+[A-Z]")
_ENDED = re.compile(r"[.?!:;][”’\")]?\d{0,2}$")
_VERB = re.compile(
    r"\b(?:found|should|must|needs? to|is|are|was|were|has|have|had|will|would|can|could|may|do|does|did|that|because)\b"
)
"""What a sentence has that leads into a list without a colon, and a heading has not."""
_UNFINISHED = re.compile(r"\s(?:of|in|the|and|to|for|with|by|on|at|an?|or|from|that|their|its|as|between|than)$")
"""How no sentence ends: a name may open the next line."""
_SIGNATURE = re.compile(
    r",\s+(?:(?:Her|His)\sMajesty|HM[IC]|(?:Ofsted|CQC)\s(?:HMI|[\w\s’']{0,25}(?:[Ii]nspector|[Rr]eviewer))|lead\sperson\b"
    r"|[A-Z]\w+\s(?:Inspector|Director)\b)"
)
_HEADING_START = re.compile(r"[A-Z‘“'\"]|\d+(?:\.\d+)*\.?\s+[A-Z]")
_HEADING_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?\s")
_LONGEST_HEADING = 100
_WIDEST_COLUMN = 140
_LONGEST_BETWEEN = 300
"""A sentence goes on over a page's end only where less than this many characters of furniture stand between."""


def read_text(text: str) -> Layout:
    """Mark the blocks of a plain text; `Layout.text` is the text itself, unchanged.

    Form feeds are page breaks. Block kinds and headings are the best that lines alone can tell.
    """
    lines = read_lines(text)
    groups = list(_groups(lines))
    column = _column_width(groups)
    blocks: list[Block] = []
    for group in groups:
        blocks.extend(_blocks(group, column))
    joined = _over_page_ends(text, _with_lone_bullets(text, blocks))
    return Layout(text, tuple(joined), marked=False, levels_marked=False)


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Part the lines at blank ones, at page ends and around furniture."""
    kept = (line if line.stripped else None for line in lines)
    group: list[Line] = []
    for line in kept:
        if group and (line is None or (line.page, line.furniture) != (group[-1].page, group[-1].furniture)):
            yield group
            group = []
        if line:
            group.append(line)
    if group:
        yield group


def _column_width(groups: list[list[Line]]) -> int:
    """Return the length of a full line of wrapped text, or 0 where paragraphs are not wrapped."""
    lengths = sorted(len(line.stripped) for group in groups if len(group) > 2 for line in group[:-1])
    if not lengths:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    return width if 50 <= width <= _WIDEST_COLUMN else 0


def _blocks(group: list[Line], column: int) -> Iterator[Block]:
    if group[0].furniture or (len(group) == 1 and _LONE_NUMBER.fullmatch(group[0].stripped)):
        yield _block(BlockKind.FURNITURE, group)
        return
    if _is_heading(group):
        yield _block(BlockKind.HEADING, group, level=_heading_level(group[0].stripped))
        return
    runs = _parted(_runs(group, column))
    heads = _heads(runs)
    for place, run in enumerate(runs):
        if _BULLET.match(run[0].stripped):
            yield _block(BlockKind.ITEM, run)
        elif place in heads:
            # It heads a part of what stands under the last heading of a line's own.
            yield _block(BlockKind.HEADING, run, level=_heading_level(run[0].stripped) + 1)
        else:
            alone = len(runs) == 1 or len(run) > 1
            yield _block(BlockKind.PARAGRAPH if alone else BlockKind.ROW, run)


def _runs(group: list[Line], column: int) -> list[list[Line]]:
    """Part a group into its bullets, wrapped paragraphs and single rows."""
    runs = [[group[0]]]
    for previous, line in itertools.pairwise(group):
        if _continues(previous.stripped, line.stripped, column):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _parted(runs: Sequence[list[Line]]) -> list[list[Line]]:
    """Part the last line of a bullet from it where it heads the bullets that follow."""
    parted: list[list[Line]] = []
    for run, after in zip(runs, (*runs[1:], None), strict=True):
        if after and len(run) > 1 and _heads_list(run[:-1], run[-1:], after):
            parted += (run[:-1], run[-1:])
        else:
            parted.append(run)
    return parted


def _heads(runs: Sequence[list[Line]]) -> set[int]:
    """Return which runs of a group are headings: those above its bullets, and those between two of which the first has ended."""
    bullets = [place for place, run in enumerate(runs) if _BULLET.match(run[0].stripped)]
    first = bullets[0] if bullets else 0
    above = set(range(first)) if all(map(_may_head, runs[:first])) else set[int]()
    within = zip(runs, runs[1:], runs[2:], strict=False)
    return above | {place for place, three in enumerate(within, start=1) if _heads_list(*three)}


def _heads_list(before: list[Line], line: list[Line], after: list[Line]) -> bool:
    """Tell whether a line stands as a heading between two bullets, of which the first has ended its sentence."""
    bullets = _BULLET.match(before[0].stripped) and _BULLET.match(after[0].stripped)
    return bool(bullets) and before[-1].stripped.endswith((".", "?", "!")) and _may_head(line)


def _may_head(run: list[Line]) -> bool:
    line = run[0].stripped
    return _is_heading(run) and len(line.split()) > 1 and not _VERB.search(line) and not _UNFINISHED.search(line)


def _continues(previous: str, line: str, column: int) -> bool:
    if _BULLET.match(line) or (_NUMBERED.match(line) and _ENDED.search(previous)):
        return False
    if column and len(previous) + len(line.split()[0]) + 1 >= column * 0.85:
        return True
    return line[0].islower() and len(previous.split()) > 3 and previous[-1] not in ".!?" and bool(column)


def _is_heading(group: list[Line]) -> bool:
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


def _block(kind: BlockKind, lines: list[Line], *, level: int = 0) -> Block:
    return Block(kind, lines[0].span[0], lines[-1].span[1], level, lines[0].page)


def _with_lone_bullets(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Join a bullet that stands on a line of its own to the text under it."""
    bullet: Block | None = None
    for block in blocks:
        if bullet is not None and block.kind is not BlockKind.FURNITURE:
            block = replace(block, kind=BlockKind.ITEM, start_char=bullet.start_char, level=0)
            bullet = None
        if _LONE_BULLET.fullmatch(text[block.start_char : block.end_char]):
            bullet = block
        else:
            yield block
    if bullet is not None:
        yield bullet


def _over_page_ends(text: str, blocks: Iterator[Block]) -> Iterator[Block]:
    """Join a paragraph or item to the next page's first where its sentence goes on there, furniture and all."""
    held: Block | None = None
    between: list[Block] = []
    for block in blocks:
        if held is None:
            held = block
        elif block.kind is BlockKind.FURNITURE:
            between.append(block)
        elif _goes_over(text, held, block):
            inside = (*held.furniture, *((each.start_char, each.end_char) for each in between))
            held, between = replace(held, end_char=block.end_char, furniture=inside), []
        else:
            yield from (held, *between)
            held, between = block, []
    yield from ((held, *between) if held else between)


def _goes_over(text: str, block: Block, following: Block) -> bool:
    running = (BlockKind.PARAGRAPH, BlockKind.ITEM)
    if block.page is None or following.page is None or following.kind is BlockKind.ITEM or block.kind not in running:
        return False
    broken = "\f" in text[block.end_char : following.start_char]
    near = following.start_char - block.end_char < _LONGEST_BETWEEN
    end = text[max(0, block.end_char - 12) : block.end_char]
    unfinished = following.kind is not BlockKind.HEADING and _UNFINISHED.search(end) is not None
    goes_on = text[following.start_char].islower() or unfinished
    return broken and near and _ENDED.search(end[-4:]) is None and goes_on
