"""A run: what every suite and arm gave, as it is kept in a file. Ids, places and figures; no word of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from scipy import stats

from eval.calibration import Bin, reliability
from eval.intervals import Difference, Figure, difference
from eval.measures import PROBABILITIES, PROMISES
from eval.rows import Row
from eval.suites import ARMS, CannotRun

FORMAT = 1
NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class ArmRun:
    """What one arm gave on one suite."""

    arm: str
    not_run: str | None
    """Why it did not run; None where it did."""
    figures: dict[str, Figure]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What one suite gave."""

    suite: str
    path: str
    """The suite's file, or its name where it is the checkout's."""
    title: str
    about: str
    measures: tuple[str, ...]
    """What the tables show, in this order."""
    not_run: str | None = None
    """Why it did not run; None where it did."""
    split: str = "all"
    asked: int = 0
    """How many questions were asked, and of how many in this split."""
    of: int = 0
    generation: str = ""
    notes: tuple[str, ...] = ()
    arms: tuple[ArmRun, ...] = ()

    @property
    def changes_parts(self) -> bool:
        """True where its arms are the product with parts changed, asked another suite's questions."""
        return not {arm.arm for arm in self.arms} <= set(ARMS)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command gave."""

    format: int
    made_at: str
    command: str
    version: str
    model: str
    suites: tuple[SuiteRun, ...]
    reliability: tuple[Bin, ...]
    """That of the product's relevance, over all suites."""


_RUN: TypeAdapter[Run] = TypeAdapter(Run)


def write_run(run: Run, path: Path) -> None:
    """Write a run to a JSON file."""
    path.write_bytes(_RUN.dump_json(run, indent=1) + b"\n")


def read_run(path: Path) -> Run:
    """Read a run from its file. Raises CannotRun where it is none, or one of another format."""
    try:
        run = _RUN.validate_json(path.read_bytes())
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise CannotRun(f"{path} is not a run file of this evaluation; make one with --out") from None
    if run.format != FORMAT:
        raise CannotRun(f"{path} is a run file of format {run.format}, not {FORMAT}")
    return run


def run_json(run: Run) -> Any:
    """Return a run in JSON's own types."""
    return _RUN.dump_python(run, mode="json")


def without_rows(run: Run) -> Run:
    """Return a run with figures alone."""
    return replace(
        run,
        suites=tuple(replace(suite, arms=tuple(replace(arm, rows=()) for arm in suite.arms)) for suite in run.suites),
    )


def broken_promises(run: Run) -> Iterator[str]:
    """Name every arm whose quotations are not all verbatim and rightly attributed."""
    for suite in run.suites:
        for arm in suite.arms:
            for promise in PROMISES:
                figure = arm.figures.get(promise)
                if figure and figure.value:
                    yield f"{suite.suite}, {arm.arm}: {figure.value:.0f} {promise}"


def pooled_reliability(suites: Sequence[SuiteRun]) -> tuple[Bin, ...]:
    """Return the reliability of the product's relevance over the answers of all suites but those that change it."""
    whole = [arm for suite in suites if not suite.changes_parts for arm in suite.arms]
    rows = [row for arm in whole if arm.arm in PROBABILITIES for row in arm.rows if row.quotes]
    return tuple(reliability([row.score for row in rows], [row.right for row in rows]))


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of one arm on one suite, against a saved run."""

    suite: str
    arm: str
    measure: str
    difference: Difference
    adjusted: float
    """Its p value, adjusted for how many were compared (Benjamini and Hochberg)."""


def compare(ours: Run, theirs: Run) -> list[Compared]:
    """Compare each measure that is a mean over questions, on the questions that both runs asked."""
    theirs_rows = {(suite.suite, arm.arm): arm.rows for suite in theirs.suites for arm in suite.arms}
    found = [
        (suite.suite, arm.arm, measure, gain)
        for suite in ours.suites
        for arm in suite.arms
        for measure in suite.measures
        if (
            gain := difference(
                _values(arm.rows, measure), _values(theirs_rows.get((suite.suite, arm.arm), ()), measure)
            )
        )
    ]
    if not found:
        return []
    adjusted = stats.false_discovery_control([each[3].p for each in found])
    return [Compared(*each, float(p)) for each, p in zip(found, adjusted, strict=True)]


def _values(rows: Sequence[Row], measure: str) -> dict[str, float]:
    if measure == "answered":
        return {row.id: float(row.answered) for row in rows if row.answerable}
    if measure == "declined":
        return {row.id: float(not row.answered) for row in rows if not row.answerable}
    return {row.id: row.values[measure] for row in rows if measure in row.values}
