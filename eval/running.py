"""Every suite that was named, run as wanted; what cannot run is kept as "not run" with the reason."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
import platformdirs

from eval.asking import Job, RunArm, Say, asking, open_embedder
from eval.cases import Case, choose, read_cases
from eval.corpora import prepare
from eval.measures import figures_of
from eval.runs import FORMAT, ArmRun, Run, SuiteRun, pooled_reliability
from eval.suites import CannotRun, Split, Suite, load_suite
from peelqa.embedding import Embedder
from peelqa.index import open_index


@dataclass(frozen=True, slots=True)
class Wanted:
    """How suites are to be run; None and empty leave it to the suite."""

    split: Split
    sample: int | None
    """How many questions at most; 0 for all."""
    arms: tuple[str, ...]
    probes: bool
    processes: int
    work: Path
    """Where corpora and indexes are kept."""


@dataclass(slots=True)
class Running:
    """The suites run so far, and where their indexes are."""

    wanted: Wanted
    embedder: Embedder
    indexes: dict[str, Path] = field(default_factory=dict)

    def suite(self, name: str) -> SuiteRun:
        """Run one suite; a reason why it cannot run is part of what it gives."""
        try:
            return self._run(load_suite(name), name)
        except CannotRun as error:
            return SuiteRun(Path(name).stem, name, name, "", (), not_run=str(error))

    def _run(self, suite: Suite, path: str) -> SuiteRun:
        wanted = self.wanted
        cases = read_cases(suite)
        limit = suite.sample if wanted.sample is None else wanted.sample or None
        asked = choose(cases, suite, wanted.split, limit)
        if not asked:
            raise CannotRun(f"{suite.name} has no questions in its {wanted.split} half")
        say = say_progress(suite.name)
        prepared = prepare(suite.corpus, wanted.work / "corpora", self.embedder, say)
        self.indexes[suite.name] = prepared.index
        job = Job(prepared.index, suite.judging, suite.limit, suite.probes if wanted.probes else ())
        with asking(job, wanted.processes, self.embedder) as run_arm:
            arms = tuple(_arm(run_arm, arm, asked, say) for arm in wanted.arms or suite.arms)
        return SuiteRun(
            suite=suite.name,
            path=path,
            title=suite.title,
            about=suite.about,
            measures=suite.measures,
            split=wanted.split,
            asked=len(asked),
            of=len(choose(cases, suite, wanted.split, None)),
            generation=open_index(prepared.index).generation,
            notes=prepared.notes,
            arms=arms,
        )


def _arm(run_arm: RunArm, arm: str, cases: Sequence[Case], say: Say) -> ArmRun:
    try:
        rows = run_arm(arm, cases, say)
    except Exception as error:  # whatever keeps an arm from running, the others still run
        return ArmRun(arm, f"{type(error).__name__}: {error}", {})
    if all(row.error for row in rows):
        return ArmRun(arm, f"it failed on every question, first with {rows[0].error}", {})
    return ArmRun(arm, None, figures_of(rows), tuple(rows))


def run_all(names: Sequence[str], wanted: Wanted, command: str) -> tuple[Run, dict[str, Path]]:
    """Run the suites named; return what they gave, and where each one's index is."""
    running = Running(wanted, open_embedder())
    suites = tuple(running.suite(name) for name in names)
    made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    model, reliability = running.embedder.name, pooled_reliability(suites)
    return Run(FORMAT, made_at, command, version("peelqa"), model, suites, reliability), running.indexes


def say_progress(suite: str) -> Say:
    """Return what says on stderr how far a suite is: each step on a terminal, each tenth otherwise."""

    said = -1

    def say(what: str, done: int, total: int) -> None:
        nonlocal said
        tenth = 10 * done // max(1, total)
        if sys.stderr.isatty():
            click.echo(f"\r{suite}: {what}: {done} of {total} ", err=True, nl=done == total)
        elif tenth != said:
            said = tenth
            click.echo(f"{suite}: {what}: {done} of {total}", err=True)

    return say


def default_work() -> Path:
    """Return the folder in which corpora, indexes and runs are kept unless the command says otherwise."""
    return Path(platformdirs.user_cache_dir("peelqa")) / "eval"
