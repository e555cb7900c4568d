"""Labelled sentences of reports, kept without their text and found again by it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from peelqa.passages import split_report
from peelqa.reports.corpus import read_report


def digest(text: str) -> str:
    """Return the SHA-256 of a text's letters and digits alone, in lower case: stable when white space is read anew."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def read_units(path: Path) -> Iterator[tuple[int, int, str]]:
    """Yield the quotable units of a report file: start, end and text, in order."""
    report = read_report(path, name=path.name, report_id=path.stem)
    for passage in split_report(report, count_tokens=len, max_tokens=2000):
        for unit in passage.units:
            yield unit.start_char, unit.end_char, report.text[unit.start_char : unit.end_char]
