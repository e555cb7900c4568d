"""One question asked of several bodies or years, side by side. Each cell is quotations, or why there are none; no ranking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from peelqa.answers import Answer, Library, Status
from peelqa.errors import BadInput
from peelqa.grade_table import FIRST_YEAR_OF_FIVE_TIERS
from peelqa.index import ReportCard
from peelqa.messages import not_covered
from peelqa.questions import LONGEST_QUESTION, Filters, Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.bodies import same_body
from peelqa.understanding.covered import newest_of_each_body

MOST_CELLS = 48
"""Each cell is an answer of its own: about a second of work."""
QUOTES_IN_CELL = 2
_NO_PASSAGE = "No passage found."
_NO_REPORT = "No report here."
_COMPARING = re.compile(r"^(?:please |can you |could you )?compare (?:how (?=\w))?", re.IGNORECASE)
"""Words that only say that a comparison is wanted."""


class CellStatus(StrEnum):
    """What a cell holds."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    """There are reports, and they do not say."""
    NO_REPORT = "no_report"
    """No report here is about this body and year."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the reports on one body, of one year, say on the question."""

    body: str
    year: int | None
    """None where all years are asked at once."""
    status: CellStatus
    message: str
    reports: tuple[ReportCard, ...]
    answer: Answer | None

    @property
    def quotes(self) -> tuple[RelevantQuotation, ...]:
        """The best quotations, each wording once: a report may say the same in its summary and in its section."""
        if self.answer is None or self.status is not CellStatus.ANSWERED:
            return ()
        worded: dict[str, RelevantQuotation] = {}
        for quote in self.answer.quotes:
            worded.setdefault(" ".join(quote.quotation.text.split()), quote)
        return tuple(worded.values())[:QUOTES_IN_CELL]

    def to_json(self) -> dict[str, Any]:
        """Return the cell as the API gives it; every quotation is checked against its report first."""
        return {
            "body": self.body,
            "year": self.year,
            "status": self.status,
            "message": self.message,
            "reports": [{"id": each.id, "title": each.title, "framework": each.framework} for each in self.reports],
            "quotes": [each.to_json() for each in self.quotes],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question's cells: a row for each body, a column for each year."""

    question: str
    asked: str
    """What each cell was asked: the question without the bodies and years that rows and columns stand for."""
    columns: tuple[int | None, ...]
    rows: tuple[tuple[Cell, ...], ...]
    message: str
    warnings: tuple[str, ...]
    generation: str
    built_at: str

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as the API gives it."""
        return {
            "question": self.question,
            "understood": {"text": self.asked},
            "message": self.message,
            "columns": list(self.columns),
            "rows": [{"body": row[0].body, "cells": [cell.to_json() for cell in row]} for row in self.rows],
            "warnings": list(self.warnings),
            "coverage": {"generation": self.generation, "built_at": self.built_at},
        }


@dataclass(frozen=True, slots=True)
class PlannedComparison:
    """A comparison whose cells are still to be asked, each by itself."""

    library: Library
    question: Question
    asked: str
    columns: tuple[int | None, ...]
    cells: tuple[Callable[[], Cell], ...]
    """What makes each cell, row by row."""

    def filled(self, cells: Sequence[Cell]) -> Comparison:
        """Put cells together that were made in the order of `cells`."""
        width = len(self.columns)
        return Comparison(
            question=self.question.text,
            asked=self.asked,
            columns=self.columns,
            rows=tuple(tuple(cells[start : start + width]) for start in range(0, len(cells), width)),
            message=_message(cells),
            warnings=(*_not_here(self.library, self.question), *_warnings(cells)),
            generation=self.library.index.generation,
            built_at=str(self.library.index.manifest["built_at"]),
        )


def compare(
    library: Library,
    question: str,
    *,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    filters: Filters | None = None,
) -> Comparison:
    """Ask one question of each body in each year. Raises BadInput as plan_comparison does."""
    planned = plan_comparison(library, question, bodies=bodies, years=years, filters=filters)
    return planned.filled([ask() for ask in planned.cells])


def plan_comparison(
    library: Library,
    question: str,
    *,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    filters: Filters | None = None,
) -> PlannedComparison:
    """Say what is to be asked of each body in each year.

    Bodies and years that are not given are those the question names; else, of bodies, all that have a report of the
    years, and of years, all that the bodies have reports of. Raises BadInput where there is nothing to compare, or more
    than MOST_CELLS cells.
    """
    chosen = filters or Filters()
    understood = library.understand(question, replace(chosen, body=tuple(bodies), year=tuple(years)))
    rows, columns = _axes(library, understood)
    _check(understood, len(rows), len(columns))
    asked = _COMPARING.sub("", understood.asked)
    cells = tuple(partial(_cell, library, asked, body, year, chosen) for body in rows for year in columns)
    return PlannedComparison(library, understood, asked, columns, cells)


def _check(question: Question, bodies: int, years: int) -> None:
    """Raise BadInput for a question that is none to a report, and for a comparison that is too small or too large."""
    if question.unclear or question.asks_advice or len(question.text) > LONGEST_QUESTION:
        raise BadInput(
            f"Give a question that inspection reports can answer, of at most {LONGEST_QUESTION} characters, "
            "for instance: How is custody run?"
        )
    if question.ambiguous:
        raise BadInput(f"That name can mean more than one body: {', '.join(question.ambiguous)}. Please say which.")
    if bodies * years > MOST_CELLS:
        raise BadInput(
            f"That is {bodies} bodies by {years} years; at most {MOST_CELLS} cells can be compared. Name fewer."
        )
    if bodies * years < 2:
        raise BadInput("There is only one body and year to look at. Name two bodies or two years to compare.")


def _axes(library: Library, question: Question) -> tuple[tuple[str, ...], tuple[int | None, ...]]:
    """Return the bodies and the years that a question is asked of; of "the latest report" the year of each body's last."""
    reports, years = library.index.reports, question.year
    rows = question.body or tuple(
        sorted({each.body for each in reports if each.body and (not years or each.years() & set(years))})
    )
    about = [each for each in reports if each.body and any(same_body(body, each.body) for body in rows)]
    left = newest_of_each_body(about) if question.newest else about
    columns: tuple[int | None, ...] = tuple(sorted(dict.fromkeys(years) or {each.year for each in left if each.year}))
    return rows, columns or (None,)


def _cell(library: Library, asked: str, body: str, year: int | None, chosen: Filters) -> Cell:
    reports = tuple(
        each
        for each in library.index.reports
        if same_body(body, each.body or "") and (year is None or year in each.years())
    )
    if not reports:
        return Cell(body, year, CellStatus.NO_REPORT, _NO_REPORT, (), None)
    undone = tuple(dict.fromkeys((*chosen.undone, "body", "year")))
    narrowed = replace(chosen, body=(body,), year=() if year is None else (year,), undone=undone)
    answer = library.ask(asked, narrowed, 2 * QUOTES_IN_CELL)
    if answer.status is not Status.ANSWERED:
        return Cell(body, year, CellStatus.NOT_FOUND, _NO_PASSAGE, reports, answer)
    return Cell(body, year, CellStatus.ANSWERED, answer.message, reports, answer)


def _message(cells: Iterable[Cell]) -> str:
    counted = [cell.status for cell in cells]
    parts = (
        (counted.count(CellStatus.ANSWERED), "with quotations"),
        (counted.count(CellStatus.NOT_FOUND), "without a passage on this"),
        (counted.count(CellStatus.NO_REPORT), "without a report here"),
    )
    return "Of {} cells: {}.".format(len(counted), ", ".join(f"{count} {what}" for count, what in parts if count))


def _not_here(library: Library, question: Question) -> Iterator[str]:
    """Say which bodies or years the question names that cannot be among what is compared."""
    for name in filter(None, (question.not_covered, *question.missing)):
        yield not_covered(name, library.covered)


def _warnings(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Say where what stands side by side was not inspected or graded alike."""
    reports = {report.id: report for cell in cells for report in cell.reports}.values()
    frameworks = sorted({report.framework for report in reports if report.framework})
    warnings: list[str] = []
    if len(frameworks) > 1:
        warnings.append(
            f"These reports are of different inspections ({', '.join(frameworks)}), which asked different questions. "
            "Grades are not directly comparable between them: another grade need not mean a change."
        )
    scales = {
        _has_five_grades(report) for report in reports if report.framework and report.framework.startswith("PEEL")
    }
    if len(scales) > 1:
        warnings.append(
            "Until 2018/19 forces were graded on four grades; from 2021/22 on five, with adequate between good and requires "
            "improvement. HMICFRS says that grades of different cycles are not directly comparable."
        )
    if any(report.framework is None for report in reports):
        warnings.append("Some of these reports are of no recognised kind of inspection, so they may not be comparable.")
    return tuple(warnings)


def _has_five_grades(report: ReportCard) -> bool:
    """Tell whether a PEEL report is of a cycle with five grades."""
    return (report.year or 0) >= FIRST_YEAR_OF_FIVE_TIERS
