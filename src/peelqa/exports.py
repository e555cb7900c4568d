"""Passages as files to take away: CSV for spreadsheets, JSON Lines word for word, Markdown for papers.

Every passage is compared with its report's text on its way out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum

from peelqa.attribution import passage_json
from peelqa.citations import licence_line
from peelqa.findings import Finding
from peelqa.passages import Passage

COLUMNS = (
    "text",
    "body",
    "year",
    "framework",
    "section",
    "finding",
    "concerns",
    "strengths",
    "finding_type",
    "grade",
    "grade_status",
    "speaks_of",
    "source",
    "page",
    "report",
    "publisher",
    "published",
    "url",
    "licence",
    "citation",
    "passage",
    "report_sha256",
)
# What a spreadsheet may take for a formula, full-width forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


class ExportForm(StrEnum):
    """The forms results can be had in, each with its media type."""

    CSV = "csv"
    JSONL = "jsonl"
    MARKDOWN = "md"

    @property
    def media_type(self) -> str:
        """The media type a browser is told."""
        types = {"csv": "text/csv", "jsonl": "application/jsonl", "md": "text/markdown"}
        return f"{types[self.value]}; charset=utf-8"


def export(passages: Iterable[Passage], form: ExportForm) -> Iterator[str]:
    """Write passages in a form, piece by piece, in the order given."""
    writers = {ExportForm.CSV: _csv, ExportForm.JSONL: _json_lines, ExportForm.MARKDOWN: _markdown}
    return writers[form](passages)


def inert(value: object) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe before what may begin a formula.

    >>> inert("=1+1"), inert(2014), inert(None)
    ("'=1+1", '2014', '')
    """
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.lstrip(" \n").startswith(_FORMULA_STARTS) else cell


def _csv(passages: Iterable[Passage]) -> Iterator[str]:
    # The mark at the start makes spreadsheets read UTF-8.
    yield "\ufeff" + _row(COLUMNS)
    for passage in passages:
        found = passage_json(passage)
        report, grade, period = found["report"], found["grade"] or {}, found["period"] or {}
        cells = (
            found["text"],
            report["body"],
            report["year"],
            report["framework"],
            " > ".join(found["section"]),
            found["finding"],
            _sentences(passage, Finding.CONCERN),
            _sentences(passage, Finding.STRENGTH),
            found["finding_type"],
            grade.get("value"),
            grade.get("status"),
            period.get("text"),
            found["source"],
            found["page"],
            report["title"],
            report["publisher"],
            report["published"],
            report["url"],
            report["licence"],
            found["citation"],
            found["passage"]["id"],
            report["sha256"],
        )
        yield _row(map(inert, cells))


def _sentences(passage: Passage, finding: Finding) -> str:
    """Return the sentences of a passage that were taken for a finding, each on a line of its own."""
    taken = (unit for unit in passage.units if unit.finding in (finding, Finding.MIXED))
    return "\n".join(passage.quote(unit.start_char, unit.end_char).text for unit in taken)


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(list(cells))
    return line.getvalue()


def _json_lines(passages: Iterable[Passage]) -> Iterator[str]:
    for passage in passages:
        yield json.dumps(passage_json(passage), ensure_ascii=False) + "\n"


def _markdown(passages: Iterable[Passage]) -> Iterator[str]:
    yield "# Passages from inspection reports\n"
    licences: dict[str, None] = {}
    for passage in passages:
        found = passage_json(passage)
        quoted = "\n".join(f"> {_literal(line)}" for line in found["text"].splitlines())
        yield f"\n{quoted}\n>\n> {_literal(found['citation'])}\n"
        if line := licence_line(passage.report):
            licences.setdefault(line)
    yield "\nEvery passage stands word for word in its report. The choice of passages is automatic.\n"
    for line in licences:
        yield f"\n{_literal(line)}\n"


def _literal(text: str) -> str:
    """Keep what a report says from being read as markup."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>#|~!" else each for each in text)
