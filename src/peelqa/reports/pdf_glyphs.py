"""What one PDF page draws: runs of text with where and how they stand, and the ruling lines between them.

Knows pdfium; knows nothing of paragraphs. All places are in points, the origin at the bottom left of the upright page.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

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


class Rule(NamedTuple):
    """A straight line, drawn at `at` from `start` to `end`: at a height if it lies, at a distance if it stands."""

    at: float
    start: float
    end: float

    def spans(self, place: float) -> bool:
        """Tell whether the line passes `place`, give or take a hair."""
        return self.start - 2 <= place <= self.end + 2


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters that stand on one line without a wide gap; `bold` is None where only a part of them is."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool | None
    first_word_width: float
    second_word_left: float | None
    raised: bool
    """It starts with a raised mark, as a footnote does."""


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


def read_page(page: Any, number: int) -> PageText:
    """Return what the page shows, turned upright."""
    rotation = page.get_rotation() // 90 % 4
    left, bottom, right, top = page.get_bbox()
    upright = _Upright(rotation, left, bottom, right - left, top - bottom)
    lying, standing = _rules(page, upright)
    textpage = page.get_textpage()
    try:
        glyphs: list[Glyph | None] = []
        turned: list[str] = []
        for glyph, is_turned in _glyphs(textpage.raw, upright):
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


class _Upright(NamedTuple):
    """How places in the file become places on the page as it is shown."""

    quarter_turns: int
    left: float
    bottom: float
    width: float
    height: float

    def size(self) -> tuple[float, float]:
        return (self.width, self.height) if self.quarter_turns % 2 == 0 else (self.height, self.width)

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        if self.quarter_turns == 1:
            return y, self.width - x
        if self.quarter_turns == 2:
            return self.width - x, self.height - y
        if self.quarter_turns == 3:
            return self.height - y, x
        return x, y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _glyphs(textpage: Any, upright: _Upright) -> Iterator[tuple[Glyph | None, bool]]:
    """Yield each character, and whether it is turned; None stands for white space."""
    styles: dict[int, Style] = {}
    style = Style(0.0, False, 0)
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(pdfium.FPDFText_CountChars(textpage)):
        char = _char(textpage, index)
        if char.isspace() and char not in "\u00a0\u202f":
            yield None, style.angle != upright.quarter_turns
            continue
        address = ctypes.cast(pdfium.FPDFText_GetTextObject(textpage, index), ctypes.c_void_p).value or 0
        if address not in styles:
            styles[address] = _style(textpage, index)
        style = styles[address]
        pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        left, _, right, _ = upright.box(box.left, box.bottom, box.right, box.top)
        baseline = upright.point(x.value, y.value)[1]
        yield Glyph(char, left, right, baseline, style.size, style.bold), style.angle != upright.quarter_turns


def _char(textpage: Any, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(textpage, index)
    if code in (0x2, 0xFFFE):  # how pdfium marks a hyphen drawn at a line's end
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000:
        return REPLACEMENT
    char = chr(code)
    return " " if code < 0x20 or code == 0x7F else char


def _style(textpage: Any, index: int) -> Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage, index, matrix)
    size = abs(pdfium.FPDFText_GetFontSize(textpage, index)) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(textpage, index, name, 128, ctypes.c_int())
    heavy = any(word in name.value.lower() for word in (b"bold", b"black", b"heavy"))
    bold = heavy or pdfium.FPDFText_GetFontWeight(textpage, index) >= 600
    angle = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    return Style(round(size * 2) / 2, bold, angle)


def _segments(glyphs: list[Glyph | None], standing: list[Rule]) -> list[Segment]:
    segments: list[Segment] = []
    run: list[Glyph] = []
    text: list[str] = []
    spaced = False
    for glyph in glyphs:
        if glyph is None:
            spaced = True
            continue
        if run and not _continues(run[-1], glyph, standing):
            segments.append(_segment(run, text))
            run, text = [], []
        elif spaced and run:
            text.append(" ")
        run.append(glyph)
        text.append(glyph.char)
        spaced = False
    if run:
        segments.append(_segment(run, text))
    return segments


def _continues(last: Glyph, glyph: Glyph, standing: list[Rule]) -> bool:
    """Tell whether `glyph` goes on where `last` ended: raised marks do, a next line or table cell does not."""
    size = max(last.size, glyph.size, 1.0)
    gap = glyph.left - last.right
    widest = (LABEL_GAP if last.char == ":" else WIDE_GAP) * size
    if abs(glyph.baseline - last.baseline) > 0.55 * size or not -0.6 * size < gap < widest:
        return False
    crossed = gap > 2 and any(
        last.right - 1 <= rule.at <= glyph.left + 1 and rule.spans(glyph.baseline) for rule in standing
    )
    return not crossed


def _segment(run: list[Glyph], text: list[str]) -> Segment:
    size = Counter(glyph.size for glyph in run).most_common(1)[0][0]
    full = [glyph for glyph in run if glyph.size >= 0.8 * size] or run
    bold = [glyph.bold for glyph in full if glyph.char.isalnum()] or [glyph.bold for glyph in full]
    first_word = "".join(text).split(" ", 1)[0]
    return Segment(
        text="".join(text),
        left=min(run[0].left, run[-1].left),
        right=max(run[0].right, run[-1].right),
        baseline=full[0].baseline,
        size=size,
        bold=bold[0] if len(set(bold)) == 1 else None,
        first_word_width=run[len(first_word) - 1].right - run[0].left,
        second_word_left=run[len(first_word)].left if len(first_word) < len(run) else None,
        raised=run[0].size < 0.8 * size and run[0].char.isdigit(),
    )


def _rules(page: Any, upright: _Upright) -> tuple[list[Rule], list[Rule]]:
    """Return the lying and the standing lines drawn on the page, as strokes, thin fills or edges of stroked boxes."""
    lying: set[Rule] = set()
    standing: set[Rule] = set()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = upright.box(*item.get_bounds())
        wide, high = right - left, top - bottom
        stroked = ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item.raw, ctypes.c_int(), stroked)
        boxed = bool(stroked.value) and pdfium.FPDFPath_CountSegments(item.raw) <= 6
        if high < 3 <= wide or (boxed and min(wide, high) >= 3):
            lying.update((Rule(top, left, right), Rule(bottom, left, right)))
        if wide < 3 <= high or (boxed and min(wide, high) >= 3):
            standing.update((Rule(left, bottom, top), Rule(right, bottom, top)))
    return sorted(lying), sorted(standing)
