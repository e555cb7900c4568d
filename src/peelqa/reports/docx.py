"""Word files (.docx): headings by style, paragraphs, list items and table rows, in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from peelqa.errors import UnreadableReport
from peelqa.reports.layout import BlockKind, Layout, LayoutWriter

MOST_ENTRIES = 2000
MOST_BYTES = 100_000_000
HIGHEST_RATIO = 100
SMALL_ENTRY = 100_000  # bytes: what unpacks to less can do no harm, whatever its ratio

# Word writes a text box twice: for itself, and here for programs that do not know its newer form.
_COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SYMBOL = re.compile(r"(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}")
_HEADING_STYLE = re.compile(r"heading ([1-9])")
_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_WIDE_DOCTYPE = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)")


def read_docx(data: bytes) -> Layout:
    """Return the body of a Word document, without page headers and footers and without tracked deletions.

    The file is refused before it is opened if it unpacks to too much or declares a document type.
    """
    _check(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except (KeyError, ValueError, etree.LxmlError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableReport("it is damaged, or no Word document") from error
    writer = LayoutWriter(title=(document.core_properties.title or "").strip() or None)
    _write_blocks(document.element.body, qn("w:body"), document, writer)
    layout = writer.layout()
    if not layout.blocks:
        raise UnreadableReport("it holds no text: nothing to quote from")
    return layout


def _check(data: bytes) -> None:
    """Refuse what is no archive, unpacks to too much, or declares a document type."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableReport("it is an old or an encrypted Word file: save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise UnreadableReport(f"it holds more than {MOST_ENTRIES} parts")
            left = MOST_BYTES
            for entry in entries:
                if entry.flag_bits & 1:
                    raise UnreadableReport("it is encrypted: save a copy without a password")
                with archive.open(entry) as part:
                    left -= _unpacked(part, left, entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableReport("it is no .docx file, whatever its name says, or it is damaged") from error


def _unpacked(part: IO[bytes], left: int, entry: zipfile.ZipInfo) -> int:
    """Return how many bytes a part really unpacks to, reading no more than `left` of them."""
    length, tail = 0, b""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    while chunk := part.read(65536):
        length += len(chunk)
        if length > left:
            raise UnreadableReport(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB")
        if length > max(SMALL_ENTRY, HIGHEST_RATIO * entry.compress_size):
            raise UnreadableReport(f"a part of it unpacks to more than {HIGHEST_RATIO} times its size")
        if is_xml and (_DOCTYPE.search(tail + chunk) or _WIDE_DOCTYPE.search(tail + chunk)):
            raise UnreadableReport("its XML declares a document type, which no Word file needs")
        tail = chunk[-32:]
    return length


def _blocks(part: etree._Element, inside: str) -> Iterator[etree._Element]:
    """Yield a body's or cell's paragraphs and tables in order, those in content controls and text boxes included."""
    for element in part.iter(qn("w:p"), qn("w:tbl")):
        holder = next(element.iterancestors(qn("w:tbl"), inside), None)
        if holder is part and next(element.iterancestors(_COPY), None) is None:
            yield element


def _write_blocks(part: etree._Element, inside: str, document: Document, writer: LayoutWriter) -> None:
    for block in _blocks(part, inside):
        if block.tag == qn("w:tbl"):
            _write_table(block, document, writer)
        else:
            _write_paragraph(Paragraph(block, document), writer)


def _write_paragraph(paragraph: Paragraph, writer: LayoutWriter) -> None:
    text = _text(paragraph._p)
    style = _style(paragraph)
    if style == "title":
        writer.title = writer.title or " ".join(text.split()) or None
        writer.add(BlockKind.HEADING, " ".join(text.split()), level=1)
    elif match := _HEADING_STYLE.fullmatch(style):
        writer.add(BlockKind.HEADING, " ".join(text.split()), level=min(6, int(match[1])))
    elif style.startswith("toc ") or style in ("header", "footer"):
        writer.add(BlockKind.ROW, text)
    elif _is_numbered(paragraph) or (style.startswith("list") and style != "list paragraph"):
        writer.add(BlockKind.ITEM, text)
    else:
        writer.add(BlockKind.PARAGRAPH, text)


def _style(paragraph: Paragraph) -> str:
    """Return the name of the paragraph's style, or of the heading style that it is based on."""
    style = paragraph.style
    name = (style.name or "").lower() if style is not None else ""
    for _ in range(10):
        if style is None or _HEADING_STYLE.fullmatch((style.name or "").lower()):
            break
        style = style.base_style
    return (style.name or "").lower() if style is not None else name


def _is_numbered(paragraph: Paragraph) -> bool:
    """Tell whether Word draws a bullet or a number before the paragraph, by its own setting or its style's."""
    own = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    if own is not None:
        return str(own.get(qn("w:val"))) != "0"
    style = paragraph.style
    for _ in range(10):
        if style is None:
            return False
        if style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
            return True
        style = style.base_style
    return False


def _write_table(table: etree._Element, document: Document, writer: LayoutWriter) -> None:
    """Write a table row by row, a merged cell once; a row of one cell is a box around paragraphs and tables."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue
        cells = [cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]
        if len(cells) > 1:
            texts = [" ".join(_cell_texts(cell)) for cell in cells]
            writer.add(BlockKind.ROW, "\t".join(text for text in texts if text))
        elif cells:
            _write_blocks(cells[0], qn("w:tc"), document, writer)


def _cell_texts(cell: etree._Element) -> Iterator[str]:
    for paragraph in cell.iter(qn("w:p")):
        copied = next(paragraph.iterancestors(_COPY), None) is not None
        if not copied and (text := " ".join(_text(paragraph).split())):
            yield text


def _text(paragraph: etree._Element) -> str:
    """Return a paragraph's text with tracked changes accepted; text boxes anchored in it are read on their own."""
    pieces: list[str] = []
    for element in paragraph.iter(*_DRAWN):
        if next(element.iterancestors(qn("w:p"))) is paragraph and not _is_removed(element, paragraph):
            pieces.append(_symbol(element) or _DRAWN[element.tag] or element.text or "")
    return "".join(pieces)


_DRAWN = {
    qn("w:t"): "",
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:sym"): "",
    qn("w:noBreakHyphen"): "\u2011",
    qn("w:softHyphen"): "\u00ad",
}


def _symbol(element: etree._Element) -> str:
    """Return the character of a symbol that is named by its place in a font, else nothing."""
    code = element.get(qn("w:char"), "") if element.tag == qn("w:sym") else ""
    return chr(int(code, 16)) if _SYMBOL.fullmatch(code) else ""


def _is_removed(element: etree._Element, paragraph: etree._Element) -> bool:
    for parent in element.iterancestors():
        if parent is paragraph:
            return False
        if parent.tag in (qn("w:del"), qn("w:moveFrom"), qn("w:pPr")):
            return True
    return False
