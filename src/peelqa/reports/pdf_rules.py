"""The straight lines that a PDF page draws, and how a turned page is set upright."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

MOST_RULES = 1000  # of a direction on a page: more are a drawing


class Rule(NamedTuple):
    """A straight line, drawn at `at` from `start` to `end`: at a height if it lies, at a distance if it stands."""

    at: float
    start: float
    end: float

    def spans(self, place: float) -> bool:
        """Tell whether the line passes `place`, give or take a hair."""
        return self.start - 2 <= place <= self.end + 2


class Upright(NamedTuple):
    """How places in the file become places on the page as it is shown."""

    quarter_turns: int
    left: float
    bottom: float
    width: float
    height: float

    def size(self) -> tuple[float, float]:
        """Return the page's width and height as shown."""
        return (self.width, self.height) if self.quarter_turns % 2 == 0 else (self.height, self.width)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the file is shown."""
        x, y = x - self.left, y - self.bottom
        if self.quarter_turns == 1:
            return y, self.width - x
        if self.quarter_turns == 2:
            return self.width - x, self.height - y
        if self.quarter_turns == 3:
            return self.height - y, x
        return x, y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Return where a box of the file is shown, as left, bottom, right, top."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def read_rules(page: pypdfium2.PdfPage, upright: Upright) -> tuple[list[Rule], list[Rule]]:
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
    return _longest(lying), _longest(standing)


def _longest(rules: set[Rule]) -> list[Rule]:
    """Return the rules that can be a table's, in order: of a drawing made of many strokes, only the longest."""
    return sorted(sorted(rules, key=lambda rule: (rule.start - rule.end, rule))[:MOST_RULES])
