"""A second, independent reading of a PDF file's characters, to tell whether the first can be believed."""

from __future__ import annotations

import io
import logging
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdf

from peelqa.reports.pdf_glyphs import PageText

MOST_DISAGREEMENT = 0.02
"""Where more of the letters and digits than this are found by one reader alone, the file is read only in part."""
SECONDS = 20.0
"""The second reading stops after so long; what it has not seen then is not compared."""


def compared(data: bytes, pages: Sequence[PageText]) -> tuple[list[str], list[str]]:
    """Say where two readers disagree on a file's letters and digits, and what could not be compared.

    The order of the text and its white space are not compared. A file that the second reader cannot read is believed,
    and said to be unchecked.
    """
    found, total = 0, 0
    differing: list[int] = []
    checked = 0
    try:
        for page, text in zip(pages, _texts(data), strict=False):
            mine = _letters(" ".join(segment.text for segment in page.segments) + page.turned)
            theirs = _letters(text)
            differ, all_letters = ((mine - theirs) + (theirs - mine)).total(), max(mine.total(), theirs.total())
            found, total, checked = found + differ, total + all_letters, checked + 1
            if differ > MOST_DISAGREEMENT * all_letters:
                differing.append(page.number)
    except Exception as error:  # whatever the second reader raises is no fault of the first
        return [], [f"a second reader could not check its text ({type(error).__name__})"]
    unchecked = [] if checked == len(pages) else [f"a second reader checked only {checked} of its {len(pages)} pages"]
    if found <= MOST_DISAGREEMENT * total:
        return [], unchecked
    share = f"{100 * found / total:.0f} of 100 letters"
    listed = ", ".join(map(str, differing[:20]))
    disagreement = f"two readers disagree on {share} of its text, on page {listed}: look at the file itself"
    return [disagreement], unchecked


def _texts(data: bytes) -> Iterator[str]:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    deadline = time.monotonic() + SECONDS
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        if time.monotonic() > deadline:
            return
        yield page.extract_text()


def _letters(text: str) -> Counter[str]:
    return Counter(character for character in unicodedata.normalize("NFKC", text) if character.isalnum())
