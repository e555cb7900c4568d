"""Questions put to arms, in one process or several, each with one library open; and each outcome judged."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from eval.arms import Asking, Outcome, make_arm
from eval.cases import Case
from eval.judging import Judge
from eval.perturbing import perturb
from eval.ranking import with_ranking_measures
from eval.rows import Row
from eval.suites import Judging, Probe
from eval.texts import texts_of
from peelqa.answers import Library, open_library
from peelqa.embedding import Embedder, load_embedder
from peelqa.settings import read_settings

Say = Callable[[str, int, int], None]
RunArm = Callable[[str, Sequence[Case], Say], list[Row]]
"""Puts cases to an arm, by its name, and judges what it makes of them, in order."""

_PROBED = "peelqa"
"""The arm whose stability the probes try."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to ask the questions of one suite."""

    index: Path
    judging: Judging
    limit: int | None
    probes: tuple[Probe, ...]


@contextmanager
def asking(job: Job, processes: int, embedder: Embedder) -> Iterator[RunArm]:
    """Open what asks the questions of a suite, for as long as it is needed; one process asks with this embedder."""
    if processes == 1:
        asker = Asker(open_library(job.index, embedder), job)
        yield lambda arm, cases, say: _collect(arm, len(cases), map(partial(asker.row, arm), cases), say)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each process has a core to itself
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawning, initializer=_start, initargs=(job,)) as pool:
        yield lambda arm, cases, say: _collect(arm, len(cases), pool.map(partial(_row, arm), cases, chunksize=4), say)


def _collect(arm: str, total: int, judged: Iterator[Row], say: Say) -> list[Row]:
    rows: list[Row] = []
    for row in judged:
        rows.append(row)
        say(arm, len(rows), total)
    return with_ranking_measures(rows)


class Asker:
    """One library, and the arms that have asked it so far."""

    def __init__(self, library: Library, job: Job) -> None:
        self._library, self._job = library, job
        self._judge = Judge(texts_of(library.index), job.judging)
        self._arms: dict[str, Asking] = {}

    def row(self, arm: str, case: Case) -> Row:
        """Put a case to an arm, and the same case otherwise worded where the suite wants that; judge what comes."""
        if arm not in self._arms:
            self._arms[arm] = make_arm(arm, self._library, self._job.limit)
        ask = self._arms[arm]
        outcome = ask(case)
        row = self._judge.judge(case, arm, outcome)
        if not case.answerable or arm != _PROBED:
            return row
        probed = [value for probe in self._job.probes for value in self._probe(ask, case, outcome, probe)]
        return replace(row, values={**row.values, **dict(probed)})

    def _probe(self, ask: Asking, case: Case, outcome: Outcome, probe: Probe) -> Iterator[tuple[str, float]]:
        other = ask(replace(case, question=perturb(case.question, probe)))
        yield f"hit@1, {probe}", self._judge.judge(case, _PROBED, other).values["hit@1"]
        if outcome.quotes:
            yield f"same first, {probe}", float(_same_first(outcome, other))


def open_embedder() -> Embedder:
    """Open the embedding model of the settings."""
    settings = read_settings()
    return load_embedder(settings.model, settings.cache)


def _same_first(one: Outcome, other: Outcome) -> bool:
    if not one.quotes or not other.quotes:
        return False
    first, second = one.quotes[0], other.quotes[0]
    overlap = min(first.end_char, second.end_char) - max(first.start_char, second.start_char)
    return first.report == second.report and overlap > 0


# A process of the pool keeps its asker here, as the pool's tasks are plain functions.
_OWN: list[Asker] = []


def _start(job: Job) -> None:
    _OWN.append(Asker(open_library(job.index, open_embedder()), job))


def _row(arm: str, case: Case) -> Row:
    return _OWN[0].row(arm, case)
