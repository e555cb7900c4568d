"""PDF files: blocks told from where and how the text is printed. Knows of no framework and no publisher."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from peelqa.errors import UnreadableReport
from peelqa.reports.layout import BlockKind, Layout, LayoutWriter
from peelqa.reports.pdf_glyphs import PageText, read_page
from peelqa.reports.pdf_lines import Line, without_furniture
from peelqa.reports.pdf_paragraphs import Body, Paragraph, body_of, over_page_breaks, paragraphs_of
from peelqa.reports.pdf_second import compared
from peelqa.reports.pdf_tables import Row, gap_rows, ruled_rows

MOST_PAGES = 2000
LONGEST_HEADING = 200
LOWEST_LEVEL = 6
LEAST_TEXT = 3  # visible characters: a page with fewer has no text worth the name

_FACT = re.compile(r"(?:[^\s:.]+ ){0,3}[^\s:.]+: \S.{0,80}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.? +[A-Z]")
_NO_TITLE = re.compile(
    r"microsoft word|untitled|template|draft|proofread|\bname\b|\bversion\b|\bv ?\d|\.\w{2,4}$|^\W*$|_", re.IGNORECASE
)

Part = Paragraph | Row


def read_pdf(data: bytes) -> Layout:
    """Return the text of a PDF file in reading order, its headings, paragraphs, items and table rows told apart.

    Running headers, footers and page numbers are left out. What is printed is kept to the character, but for white
    space: wrapped lines are joined, also over page breaks, and a hyphen at a line's end stays.
    """
    document = _open(data)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableReport(f"it has more than {MOST_PAGES} pages")
        pages = [_read_page(document, index) for index in range(len(document))]
        title = _title(document.get_metadata_value("Title"))
    except pypdfium2.PdfiumError as error:
        raise UnreadableReport(f"its pages cannot be read: {error}") from error
    finally:
        document.close()
    layout = _layout(pages, title)
    disagreement, unchecked = compared(data, pages)
    lost = (*_blank(pages), *disagreement)
    return replace(layout, warnings=(*lost, *layout.warnings, *unchecked), partial_because=lost)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    if b"%PDF-" not in data[:1024]:
        page = data[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html"))
        what = "it is a web page" if page else "it is not a PDF file"
        raise UnreadableReport(f"{what}, whatever its name says, so it has no text layer to quote from")
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableReport("it is encrypted: save a copy without a password") from error
        raise UnreadableReport("it is damaged: it starts as a PDF file but cannot be opened") from error


def _read_page(document: pypdfium2.PdfDocument, index: int) -> PageText:
    page = document[index]
    try:
        return read_page(page, index + 1)
    finally:
        page.close()


def _title(declared: str) -> str | None:
    title = " ".join(declared.split())
    return title if " " in title and not _NO_TITLE.search(title) else None


def _layout(pages: Sequence[PageText], title: str | None) -> Layout:
    writer = LayoutWriter(title=title)
    writer.warnings.extend(_warnings(pages))
    flows = _flows(pages)
    body = body_of([element for flow in flows for element in flow if isinstance(element, Line)])
    parts = over_page_breaks([paragraphs_of(flow, body) for flow in flows], body)
    kinds = [_kind(part, body) for part in parts]
    _raise_lone_rows(parts, kinds, body)
    levels = _levels([part for part, kind in zip(parts, kinds, strict=True) if kind is BlockKind.HEADING])
    turned = {page.number: page.turned for page in pages if page.turned}
    for part, kind in zip(parts, kinds, strict=True):
        for number in [number for number in turned if number < part.page]:
            writer.add(BlockKind.PARAGRAPH, turned.pop(number), page=number)
        writer.add(kind, part.text, level=_level(part, kind, levels), page=part.page)
    for number, text in turned.items():
        writer.add(BlockKind.PARAGRAPH, text, page=number)
    return replace(writer.layout(), levels_marked=False)


def _flows(pages: Sequence[PageText]) -> list[list[Line | Row]]:
    """Return what stands on each page from top to bottom, as printed lines and rows of tables."""
    flows: list[list[Line | Row]] = []
    for page, segments in zip(pages, without_furniture(pages), strict=True):
        rows, lines = ruled_rows(page, segments)
        flow = [*rows, *gap_rows(lines)]
        flows.append(sorted(flow, key=lambda element: -element.baseline))
    return flows


def _kind(part: Part, body: Body) -> BlockKind:
    if isinstance(part, Row):
        return BlockKind.ROW
    first = part.lines[0]
    if first.is_bullet:
        return BlockKind.ITEM
    text = part.text
    if len(part.lines) == 1 and _FACT.fullmatch(text) and _YEAR.search(text):
        return BlockKind.ROW
    return BlockKind.HEADING if _is_heading(part, text, body) else BlockKind.PARAGRAPH


def _raise_lone_rows(parts: Sequence[Part], kinds: list[BlockKind], body: Body) -> None:
    """Make a heading of each table of one row that is set as a heading is: a section's name beside its grade."""
    for at, part in enumerate(parts):
        beside = {type(other) for other in (*parts[max(0, at - 1) : at], *parts[at + 1 : at + 2])}
        if isinstance(part, Row) and Row not in beside and part.bold and part.size > 1.08 * body.size:
            kinds[at] = BlockKind.HEADING


def _is_heading(part: Paragraph, text: str, body: Body) -> bool:
    """Tell whether a paragraph is set as a heading: short, in one weight, larger or bolder than running text."""
    if part.note or len(text) > LONGEST_HEADING or len(part.lines) > 4 or not any(c.isalpha() for c in text):
        return False
    larger = part.size > 1.08 * body.size
    ends = text[-1] in ";," or (text[-1] == "." and not (larger and part.bold))
    if ends or text[0].islower() or part.bold is None:
        return False
    if larger or (part.bold and not body.bold and part.size >= 0.95 * body.size):
        return True
    plain_number = len(part.lines) == 1 and len(text) <= 80 and _SECTION_NUMBER.match(text) is not None
    return plain_number and text[-1] not in ":?!" and part.size >= body.size


def _look(part: Part) -> tuple[float, bool]:
    return part.size, part.bold is True


def _levels(headings: Sequence[Part]) -> dict[tuple[float, bool], int]:
    """Number the looks of headings from the most to the least prominent."""
    looks = sorted({_look(part) for part in headings if not _is_contents(part)}, reverse=True)
    return {look: min(rank, LOWEST_LEVEL) for rank, look in enumerate(looks, start=1)}


def _level(part: Part, kind: BlockKind, levels: dict[tuple[float, bool], int]) -> int:
    if kind is not BlockKind.HEADING:
        return 0
    return LOWEST_LEVEL if _is_contents(part) else levels[_look(part)]


def _is_contents(part: Part) -> bool:
    """Tell whether it is the heading of a table of contents: set like a title, yet no section belongs to it."""
    return part.text.lower() in ("contents", "table of contents")


def _blank(pages: Sequence[PageText]) -> tuple[str, ...]:
    """Say which pages have no text, if any. Raises UnreadableReport where none has."""
    blank = [page.number for page in pages if _is_blank(page)]
    if len(blank) == len(pages):
        raise UnreadableReport("it has no text layer (a scan?): nothing to quote from")
    return (f"no text on {_numbered(blank)}: drawn, or a scan",) if blank else ()


def _warnings(pages: Sequence[PageText]) -> list[str]:
    warnings = []
    turned = [page.number for page in pages if page.turned]
    if turned:
        warnings.append(f"text that is turned sideways on {_numbered(turned)} was read without its layout")
    unknown = [page.number for page in pages if page.unknown_glyphs]
    if unknown:
        count = sum(page.unknown_glyphs for page in pages)
        warnings.append(f"the file does not say which letters {count} signs on {_numbered(unknown)} stand for")
    return warnings


def _is_blank(page: PageText) -> bool:
    return sum(len(segment.text) for segment in page.segments) + len(page.turned) < LEAST_TEXT


def _numbered(pages: Sequence[int]) -> str:
    shown = ", ".join(map(str, pages[:20])) + (f" and {len(pages) - 20} more" if len(pages) > 20 else "")
    return f"page {shown}" if len(pages) == 1 else f"pages {shown}"
