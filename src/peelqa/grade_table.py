"""The grades that reports state, laid out as tables: bodies by years for one area, or areas by years for one body.

A cell is what a report states, word for word, or why there is nothing. Bodies stand in the alphabet's order: this is
no league table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from peelqa.index import ReportCard
from peelqa.reports.report import Grade, GradeStatus

OVERALL = "Overall"
SCALE = ("Inadequate", "Requires improvement", "Adequate", "Good", "Outstanding")
"""Grade values from the lowest up."""
FIRST_YEAR_OF_FIVE_TIERS = 2021
"""From PEEL 2021/22 on "Adequate" is a tier of the grades of police forces."""


class Absence(StrEnum):
    """Why a cell of the table holds no grade, in the words that readers see."""

    NO_REPORT = "No report here"
    NOT_STATED = "No grade stated in our copy"


@dataclass(frozen=True, slots=True)
class Statement:
    """A grade and the report that states it."""

    report: ReportCard
    grade: Grade

    @property
    def tier(self) -> int | None:
        """Its place on the scale, 0 lowest to 4; None where nothing was graded."""
        value = self.grade.value.removesuffix(" to be good")
        return SCALE.index(value) if value in SCALE else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What the reports of one year state on one body and area; `absence` says why there is nothing."""

    year: int
    statements: tuple[Statement, ...]
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class GradeTable:
    """Named rows of cells, one for each year."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def scales_differ(self) -> bool:
        """True where grades of forces stand on both sides of the change from four grades to five, so that they cannot be compared."""
        cells = (cell for _, row in self.rows for cell in row)
        of_forces = {
            cell.year >= FIRST_YEAR_OF_FIVE_TIERS for cell in cells if any(_is_peel(each) for each in cell.statements)
        }
        return len(of_forces) > 1


def _is_peel(statement: Statement) -> bool:
    return (statement.report.framework or "").startswith("PEEL")


def graded_areas(reports: Iterable[ReportCard]) -> tuple[tuple[str, int], ...]:
    """List the areas that reports grade with the number of reports each, most often graded first."""
    counted: Counter[str] = Counter()
    names: dict[str, str] = {}
    for report in reports:
        for name in {names.setdefault(_area(grade).casefold(), _area(grade)) for grade in report.grades}:
            counted[name] += 1
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def bodies_by_years(reports: Sequence[ReportCard], area: str) -> GradeTable:
    """Lay out what every body was graded on one area, year by year."""
    graded = [report for report in reports if report.body and report.year]
    kinds = {report.framework for report in graded if _statements([report], area)}
    bodies = sorted({report.body for report in graded if report.body and report.framework in kinds})
    years = _years(report for report in graded if report.framework in kinds)
    rows = tuple((body, _cells([each for each in graded if each.body == body], years, area)) for body in bodies)
    return GradeTable(years, rows)


def areas_by_years(reports: Sequence[ReportCard], body: str) -> GradeTable:
    """Lay out what one body was graded, area by area and year by year."""
    own = [report for report in reports if report.body == body and report.year]
    years = _years(own)
    return GradeTable(years, tuple((area, _cells(own, years, area)) for area, _ in graded_areas(own)))


def _cells(reports: Sequence[ReportCard], years: Sequence[int], area: str) -> tuple[Cell, ...]:
    return tuple(_cell([report for report in reports if report.year == year], year, area) for year in years)


def _cell(reports: Sequence[ReportCard], year: int, area: str) -> Cell:
    statements = _statements(reports, area)
    absence = None if statements else Absence.NOT_STATED if reports else Absence.NO_REPORT
    return Cell(year, statements, absence)


def _statements(reports: Iterable[ReportCard], area: str) -> tuple[Statement, ...]:
    """List what reports state on an area, each value once; a carried-over grade is told rather than a plain one."""
    found: dict[tuple[str, str], Statement] = {}
    for report in reports:
        for grade in report.grades:
            if _area(grade).casefold() != area.casefold():
                continue
            key = (report.id, grade.value.casefold())
            if key not in found or grade.status is GradeStatus.CARRIED_OVER:
                found[key] = Statement(report, grade)
    return tuple(found.values())


def _area(grade: Grade) -> str:
    return OVERALL if grade.level == "overall" else grade.about


def _years(reports: Iterable[ReportCard]) -> tuple[int, ...]:
    return tuple(sorted({report.year for report in reports if report.year}))
