"""What a file shows: its text, fixed once, and the blocks that text falls into.

Every format reader ends here. Knows nothing of inspection: which heading is a theme, which row a grade, is for
`frameworks` to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    """One item of a list, with its bullet or number."""
    ROW = "row"
    """One row of a table, or one fact: label and value together, cells separated by white space."""
    FURNITURE = "furniture"
    """Navigation, running headers, page numbers: in the text where the source is plain text, never quoted."""


@dataclass(frozen=True, slots=True)
class Block:
    """A span `[start_char, end_char)` of a layout's text, without surrounding white space."""

    kind: BlockKind
    start_char: int
    end_char: int
    level: int = 0
    """Headings: 1 (outermost) to 6. Other kinds: 0."""
    page: int | None = None
    """The page it starts on, from 1, where the source has pages."""
    furniture: tuple[tuple[int, int], ...] = ()
    """The spans of furniture inside it, where it goes on over a page's end."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A document as read: `text` is final, and `blocks` are in order and do not overlap."""

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    """What the file itself declares as its title, if it does."""
    warnings: tuple[str, ...] = ()
    """What could not be read as it should, one plain sentence each."""
    partial_because: tuple[str, ...] = ()
    """Those of the warnings that say what part of the file could not be read, or cannot be believed."""
    marked: bool = True
    """False where headings and their levels are only guessed from the shape of plain lines."""
    levels_marked: bool = True
    """False where the levels of headings are only told from how they look on the page."""

    def block_text(self, block: Block) -> str:
        """Return the text of one block."""
        return self.text[block.start_char : block.end_char]


@dataclass(slots=True)
class LayoutWriter:
    """Compose a layout block by block; the separators it puts between blocks are white space only.

    >>> writer = LayoutWriter()
    >>> writer.add(BlockKind.HEADING, "Efficiency", level=1)
    >>> writer.add(BlockKind.PARAGRAPH, "The force spends wisely.")
    >>> writer.layout().text
    'Efficiency\\n\\nThe force spends wisely.'
    """

    title: str | None = None
    warnings: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _length: int = 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0, page: int | None = None) -> None:
        """Append a block; blank text is ignored. Runs of items and of rows stand on adjacent lines."""
        # The cells that stand empty before a row's first keep its columns in their places.
        blank = len(text) - len(text.lstrip("\t")) if kind is BlockKind.ROW else 0
        text = text.strip()
        if not text:
            return
        if self._blocks:
            previous = self._blocks[-1].kind
            tight = kind == previous and kind in (BlockKind.ITEM, BlockKind.ROW)
            self._append("\n" if tight else "\n\n")
        self._append("\t" * blank)
        start = self._length
        self._append(text)
        self._blocks.append(Block(kind, start, self._length, level, page))

    def layout(self) -> Layout:
        """Return what was written so far as a finished layout."""
        return Layout("".join(self._parts), tuple(self._blocks), self.title, tuple(self.warnings))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
