"""One self-contained page on a run: tables, plots, and each failed question with what was quoted.

It holds words of the reports, so it is for whoever runs the evaluation, and is not to be committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.calibration import calibration_error
from eval.cases import Case, read_cases
from eval.measures import PROBABILITIES
from eval.plots import arms_plot, declining_plot, reliability_plot
from eval.rows import Row
from eval.runs import Compared, Run, SuiteRun
from eval.suites import load_suite
from eval.tables import shown_arms, suite_cells, suite_remarks
from peelqa.index import Index, open_index

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class _Quoted:
    report: str
    section: str
    text: str
    relevance: float


@dataclass(frozen=True, slots=True)
class _Failure:
    case: Case
    row: Row
    quoted: tuple[_Quoted, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    suite: SuiteRun
    arms: tuple[str, ...]
    cells: list[tuple[str, list[str]]]
    remarks: list[str]
    plots: tuple[str, ...]
    failures: list[_Failure]
    passed: int


def report_page(run: Run, compared: Sequence[Compared], indexes: dict[str, Path]) -> str:
    """Write the page. `indexes` says where each suite's index is, from which what was quoted is read."""
    template = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html.j2")
    return template.render(
        run=run,
        sections=[_section(suite, indexes.get(suite.suite)) for suite in run.suites],
        compared=compared,
        error=calibration_error(run.reliability),
        count=sum(each.count for each in run.reliability),
        reliability=reliability_plot(run.reliability) if run.reliability else "",
    )


def _section(suite: SuiteRun, index: Path | None) -> _Section:
    if suite.not_run or index is None:
        return _Section(suite, (), [], [], (), [], 0)
    ran = [arm for arm in suite.arms if not arm.not_run]
    product = next((arm.rows for arm in ran if arm.arm in PROBABILITIES), ran[-1].rows if ran else ())
    plots = [arms_plot(ran, suite.measures)] if ran else []
    if {row.answerable for row in product} == {True, False}:
        plots.append(declining_plot(product))
    failures = _failures(suite, product, open_index(index))
    return _Section(
        suite,
        shown_arms(suite),
        suite_cells(suite),
        suite_remarks(suite),
        tuple(plots),
        failures,
        len(product) - len(failures),
    )


def _failures(suite: SuiteRun, rows: Sequence[Row], index: Index) -> list[_Failure]:
    cases = {case.id: case for case in read_cases(load_suite(suite.path))}
    return [
        _Failure(cases[row.id], row, tuple(_quoted(index, row, at) for at in range(len(row.quotes))))
        for row in rows
        if row.failed
    ]


def _quoted(index: Index, row: Row, at: int) -> _Quoted:
    place = row.quotes[at]
    report = index.report(place.report)
    within = [
        each
        for each, section in enumerate(report.sections)
        if section.start_char <= place.start_char < section.end_char
    ]
    section = " > ".join(report.section_path(within[-1])) if within else report.title
    return _Quoted(report.id, section, report.text[place.start_char : place.end_char], place.relevance)
