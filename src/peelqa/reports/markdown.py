"""Markdown: what its marks mean, without the marks. Raw HTML in it is text like any other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from peelqa.errors import UnreadableReport
from peelqa.reports.layout import BlockKind, Layout, LayoutWriter

DEEPEST_NEST = 60  # levels: what is nested deeper is lost by the parser without a word

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^\w[\w -]*:", re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)


def read_markdown(text: str) -> Layout:
    """Return the visible text of a Markdown document; of a front matter only the title is read.

    Hard-wrapped lines are joined with a space; emphasis marks and the addresses of links are left out.
    """
    writer = LayoutWriter()
    front = _FRONT_MATTER.match(text)
    if front and (_FIELD.search(front[1]) or not front[1].strip()):
        title = _TITLE.search(front[1])
        writer.title = title[1].strip().strip("'\"") or None if title else None
        text = text[front.end() :]
    parser = MarkdownIt("js-default", {"maxNesting": DEEPEST_NEST}).enable("table")
    tokens = parser.parse(text.lstrip("\ufeff"))
    if any(token.level >= DEEPEST_NEST - 1 for token in tokens):
        raise UnreadableReport(f"its lists and quotations are nested more than {DEEPEST_NEST} deep")
    _write(tokens, writer)
    layout = writer.layout()
    if not layout.blocks:
        raise UnreadableReport("it holds no text: nothing to quote from")
    return layout


def _write(tokens: Sequence[Token], writer: LayoutWriter) -> None:
    inside: list[str] = []
    cells: list[str] = []
    fresh_item = False
    for token in tokens:
        if token.type.endswith("_open"):
            inside.append(token.type.removesuffix("_open") + (token.tag[1:] if token.type == "heading_open" else ""))
            fresh_item = fresh_item or token.type == "list_item_open"
        elif token.type.endswith("_close"):
            closed = inside.pop()
            if closed == "tr":
                writer.add(BlockKind.ROW, "\t".join(cell for cell in cells if cell))
                cells = []
        elif token.type == "inline" and inside and inside[-1] in ("th", "td"):
            cells.append(_visible(token))
        elif token.type in ("inline", "fence", "code_block"):
            _write_block(token, inside, fresh_item, writer)
            fresh_item = False


def _write_block(token: Token, inside: Sequence[str], fresh_item: bool, writer: LayoutWriter) -> None:
    text = _visible(token) if token.type == "inline" else token.content
    if inside and inside[-1].startswith("heading"):
        writer.add(BlockKind.HEADING, text.replace("\n", " "), level=int(inside[-1].removeprefix("heading")))
    elif fresh_item:
        writer.add(BlockKind.ITEM, text)
    else:
        writer.add(BlockKind.PARAGRAPH, text)


def _visible(token: Token) -> str:
    """Return the text of an inline token as a reader sees it."""
    pieces: list[str] = []
    for child in token.children or ():
        if child.type == "softbreak":
            pieces.append(" ")
        elif child.type == "hardbreak":
            pieces.append("\n")
        elif child.type != "image":
            pieces.append(child.content)
    return "".join(pieces).strip()
