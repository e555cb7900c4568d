"""Questions put to one arm, in one process or several, and each outcome judged."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from eval.arms import Outcome, make_arm
from eval.cases import Case
from eval.judging import Judge
from eval.perturbing import perturb
from eval.ranking import with_ranking_measures
from eval.rows import Row
from eval.suites import Judging, Probe
from eval.texts import texts_of
from peelqa.answers import open_library
from peelqa.embedding import load_embedder
from peelqa.settings import read_settings

Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to put questions to one arm."""

    index: Path
    judging: Judging
    arm: str
    limit: int | None
    probes: tuple[Probe, ...]


def run_arm(job: Job, cases: Sequence[Case], processes: int, say: Say) -> list[Row]:
    """Put the cases to one arm and judge what it makes of them, in order.

    `say` is told how many are done. Raises what keeps the arm from starting.
    """
    rows: list[Row] = []
    for row in _answered(job, cases, processes):
        rows.append(row)
        say(job.arm, len(rows), len(cases))
    return with_ranking_measures(rows)


def _answered(job: Job, cases: Sequence[Case], processes: int) -> Iterator[Row]:
    if processes == 1:
        yield from map(_Asker(job).row, cases)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each process has a core to itself
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawning, initializer=_start, initargs=(job,)) as pool:
        yield from pool.map(_row, cases, chunksize=4)


class _Asker:
    """One library with one arm that asks it."""

    def __init__(self, job: Job) -> None:
        library = open_library(job.index, load_embedder(read_settings().model))
        self._judge = Judge(texts_of(library.index), job.judging)
        self._ask = make_arm(job.arm, library, job.limit)
        self._job = job

    def row(self, case: Case) -> Row:
        outcome = self._ask(case)
        row = self._judge.judge(case, self._job.arm, outcome)
        if not case.answerable:
            return row
        probed = [value for probe in self._job.probes for value in self._probe(case, outcome, probe)]
        return replace(row, values={**row.values, **dict(probed)})

    def _probe(self, case: Case, outcome: Outcome, probe: Probe) -> Iterator[tuple[str, float]]:
        other = self._ask(replace(case, question=perturb(case.question, probe)))
        yield f"hit@1, {probe}", self._judge.judge(case, self._job.arm, other).values["hit@1"]
        if outcome.quotes:
            yield f"same first, {probe}", float(_same_first(outcome, other))


def _same_first(one: Outcome, other: Outcome) -> bool:
    if not one.quotes or not other.quotes:
        return False
    first, second = one.quotes[0], other.quotes[0]
    overlap = min(first.end_char, second.end_char) - max(first.start_char, second.start_char)
    return first.report == second.report and overlap > 0


# A process of the pool keeps its asker here, as the pool's tasks are plain functions.
_OWN: list[_Asker] = []


def _start(job: Job) -> None:
    _OWN.append(_Asker(job))


def _row(case: Case) -> Row:
    return _OWN[0].row(case)
