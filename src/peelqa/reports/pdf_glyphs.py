"""What one PDF page draws: runs of text with where and how they stand, and the ruling lines between them.

Knows pdfium; knows nothing of paragraphs. All places are in points, the origin at the bottom left of the upright page.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from peelqa.reports.pdf_rules import Rule, Upright, read_rules

WIDE_GAP = 1.0  # of the type size: wider than any gap between words of one sentence
LABEL_GAP = 0.6  # the same, after the colon of a label whose value is set apart
REPLACEMENT = "\ufffd"


class Glyph(NamedTuple):
    """One drawn character."""

    char: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool


class Word(NamedTuple):
    """Characters without white space between them."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that stand on one line without a wide gap; `bold` is None where only a part of them is."""

    words: tuple[Word, ...]
    baseline: float
    size: float
    bold: bool | None
    raised: bool
    """It starts with a raised mark, as a footnote does."""

    @property
    def text(self) -> str:
        """Its words, parted by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Where its first character starts."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where its last character ends."""
        return self.words[-1].right


@dataclass(frozen=True, slots=True)
class PageText:
    """All that a page shows: segments in drawing order, lying and standing rules."""

    number: int
    width: float
    height: float
    segments: list[Segment]
    lying: list[Rule]
    standing: list[Rule]
    turned: str = ""
    """Text that does not run from left to right, in drawing order."""

    @property
    def unknown_glyphs(self) -> int:
        """How many characters the file gives no meaning for."""
        return sum(segment.text.count(REPLACEMENT) for segment in self.segments) + self.turned.count(REPLACEMENT)


class Style(NamedTuple):
    """How the characters of one text object are drawn; `angle` counts quarter turns against the page."""

    size: float
    bold: bool
    angle: int


def read_page(page: pypdfium2.PdfPage, number: int) -> PageText:
    """Return what the page shows, turned upright."""
    rotation = page.get_rotation() // 90 % 4
    left, bottom, right, top = page.get_bbox()
    upright = Upright(rotation, left, bottom, right - left, top - bottom)
    lying, standing = read_rules(page, upright)
    textpage = page.get_textpage()
    try:
        glyphs: list[Glyph | None] = []
        turned: list[str] = []
        for glyph, is_turned in _glyphs(textpage, upright):
            if is_turned:
                turned.append(glyph.char if glyph else " ")
            else:
                glyphs.append(glyph)
    finally:
        textpage.close()
    width, height = upright.size()
    return PageText(
        number, width, height, _segments(glyphs, standing), lying, standing, " ".join("".join(turned).split())
    )


def _glyphs(textpage: pypdfium2.PdfTextPage, upright: Upright) -> Iterator[tuple[Glyph | None, bool]]:
    """Yield each character, and whether it is turned; None stands for white space."""
    styles: dict[int, Style] = {}
    style = Style(0.0, False, 0)
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(pdfium.FPDFText_CountChars(textpage.raw)):
        char = _char(textpage, index)
        if char.isspace() and char not in "\u00a0\u202f":
            yield None, style.angle != upright.quarter_turns
            continue
        address = ctypes.cast(pdfium.FPDFText_GetTextObject(textpage.raw, index), ctypes.c_void_p).value or 0
        if address not in styles:
            styles[address] = _style(textpage, index)
        style = styles[address]
        pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, box)
        pdfium.FPDFText_GetCharOrigin(textpage.raw, index, x, y)
        left, _, right, _ = upright.box(box.left, box.bottom, box.right, box.top)
        baseline = upright.point(x.value, y.value)[1]
        yield Glyph(char, left, right, baseline, style.size, style.bold), style.angle != upright.quarter_turns


def _char(textpage: pypdfium2.PdfTextPage, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(textpage.raw, index)
    if code in (0x2, 0xFFFE):  # how pdfium marks a hyphen drawn at a line's end
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000:
        return REPLACEMENT
    char = chr(code)
    return " " if code < 0x20 or code == 0x7F else char


def _style(textpage: pypdfium2.PdfTextPage, index: int) -> Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage.raw, index, matrix)
    size = abs(pdfium.FPDFText_GetFontSize(textpage.raw, index)) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(textpage.raw, index, name, 128, ctypes.c_int())
    heavy = any(word in name.value.lower() for word in (b"bold", b"black", b"heavy"))
    bold = heavy or pdfium.FPDFText_GetFontWeight(textpage.raw, index) >= 600
    angle = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    return Style(round(size * 2) / 2, bold, angle)


def _segments(glyphs: list[Glyph | None], standing: list[Rule]) -> list[Segment]:
    segments: list[Segment] = []
    words: list[list[Glyph]] = []
    spaced = False
    for glyph in glyphs:
        if glyph is None:
            spaced = True
            continue
        if words and not _continues(words[-1][-1], glyph, standing):
            segments.append(_segment(words))
            words = []
        if not words or spaced or _follows_number(words, glyph):
            words.append([])
        words[-1].append(glyph)
        spaced = False
    if words:
        segments.append(_segment(words))
    return segments


def _follows_number(words: list[list[Glyph]], glyph: Glyph) -> bool:
    """Tell whether `glyph` starts a text set hard against its paragraph's number: "12.When"."""
    if len(words) > 1 or not 2 <= len(words[0]) <= 4 or not glyph.char.isupper():
        return False
    return words[0][-1].char == "." and all(other.char.isdigit() for other in words[0][:-1])


def _continues(last: Glyph, glyph: Glyph, standing: list[Rule]) -> bool:
    """Tell whether `glyph` goes on where `last` ended: raised marks do, a next line or table cell does not."""
    size = max(last.size, glyph.size, 1.0)
    gap = glyph.left - last.right
    widest = (LABEL_GAP if last.char == ":" else WIDE_GAP) * size
    if abs(glyph.baseline - last.baseline) > same_line_drift(last.size, glyph.size) or not -0.6 * size < gap < widest:
        return False
    crossed = gap > 2 and any(
        last.right - 1 <= rule.at <= glyph.left + 1 and rule.spans(glyph.baseline) for rule in standing
    )
    return not crossed


def same_line_drift(one: float, other: float) -> float:
    """Return how far apart the baselines of two texts of these sizes may lie on one line, raised marks included."""
    return (0.65 if min(one, other) < 0.85 * max(one, other) else 0.55) * max(one, other, 1.0)


def _segment(words: list[list[Glyph]]) -> Segment:
    run = [glyph for word in words for glyph in word]
    size = Counter(glyph.size for glyph in run).most_common(1)[0][0]
    full = [glyph for glyph in run if glyph.size >= 0.85 * size] or run
    bold = [glyph.bold for glyph in full if glyph.char.isalnum()] or [glyph.bold for glyph in full]
    return Segment(
        words=tuple(Word("".join(glyph.char for glyph in word), word[0].left, word[-1].right) for word in words),
        baseline=full[0].baseline,
        size=size,
        bold=bold[0] if len(set(bold)) == 1 else None,
        raised=run[0].size < 0.85 * size and run[0].char.isdigit(),
    )
