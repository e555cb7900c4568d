"""The reports that answers are judged against, and where gold stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.cases import Case, Gold
from eval.corpora import document_of
from peelqa.index import Index, ReportCard
from peelqa.passages import Passage
from peelqa.reports.bodies import same_body
from peelqa.reports.report import Report

Characters = frozenset[tuple[str, int]]
"""Visible characters, each by its report and offset."""


@dataclass(frozen=True, slots=True)
class Texts:
    """An index's reports, as a judge looks at them."""

    index: Index
    ids: dict[str, str]
    """The report of each document."""

    def report(self, report: str) -> Report | None:
        """Return a report by its id, None where there is none."""
        return self.index.report(report) if report in self.index.report_ids() else None

    def of_document(self, document: str | None) -> Report | None:
        """Return the report that was made of a document, None where it is not in the index."""
        return self.report(self.ids.get(document or "", ""))

    def characters(self, report: str, start: int, end: int) -> Characters:
        """Return the visible characters of a span; none where there is no such report."""
        held = self.report(report)
        text = held.text[start:end] if held else ""
        return frozenset((report, start + place) for place, character in enumerate(text) if not character.isspace())

    def gold_characters(self, gold: Gold) -> Characters:
        """Return the visible characters of a gold span; none where its report does not hold it there."""
        report, start = self.of_document(gold.document), gold.start_char or 0
        end = start + len(gold.text)
        if report is None or report.text[start:end] != gold.text:
            return frozenset()
        return self.characters(report.id, start, end)

    def relevant_passages(self, case: Case) -> tuple[str, ...]:
        """Return the ids of the passages that hold gold, or a part of it where its place is known."""
        if not case.answerable:
            return ()
        placed = [gold for gold in case.gold if gold.start_char is not None]
        if placed:
            return tuple(dict.fromkeys(each.id for gold in placed for each in self._around(gold)))
        strings = [fold(gold.text) for gold in case.gold]
        return tuple(
            passage.id
            for report in self.index.reports
            if fits_expectation(case, report)
            for passage in self._passages(report)
            if any(string in fold(passage.text) for string in strings)
        )

    def _around(self, gold: Gold) -> list[Passage]:
        report, start = self.of_document(gold.document), gold.start_char or 0
        passages = self._passages(report) if report else ()
        return [each for each in passages if each.start_char < start + len(gold.text) and start < each.end_char]

    def _passages(self, report: Report | ReportCard) -> Sequence[Passage]:
        return [self.index.passage(row) for row in self.index.rows_by_report.get(report.id, [])]


def texts_of(index: Index) -> Texts:
    """Return the texts of an index's reports."""
    return Texts(index, {document_of(report): report.id for report in index.reports})


def fits_expectation(case: Case, report: Report | ReportCard) -> bool:
    """Tell whether a report is one that the question set expects an answer from."""
    expect = case.expect
    return (
        expect.report in (None, report.id)
        and (expect.body is None or same_body(expect.body, report.body or ""))
        and (expect.year is None or expect.year in report.years())
    )


def fold(text: str) -> str:
    """Return a text with its white space made alike."""
    return " ".join(text.split())
