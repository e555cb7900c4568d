"""Read many files at once in child processes, so that a file that hangs or explodes costs that file only."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from peelqa.errors import UnreadableReport
from peelqa.reports.corpus import read_report
from peelqa.reports.report import Report

WALL_SECONDS = 60
CPU_SECONDS = 30
MEMORY_BYTES = 2**30
"""Of address space: ten times what the largest of a hundred real PDF files took."""
LARGEST_WRITTEN = 64 * 2**20
"""No reader writes files; a library that spills may write so much."""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """One file to read."""

    path: Path
    name: str
    report_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not in the index, and why."""

    name: str
    reason: str


class Reader(Protocol):
    """What reads one file, such as `read_report`; children find it by its name."""

    def __call__(self, path: Path, *, name: str, report_id: str) -> Report: ...  # noqa: D102


def read_all(
    tasks: Sequence[ReadingTask],
    *,
    workers: int | None = None,
    reader: Reader = read_report,
    seconds: float | None = None,
) -> Iterator[tuple[ReadingTask, Report | Refusal]]:
    """Read files side by side and yield each as it is done, in no particular order.

    Every file is read in a child with limits on memory and on time: `seconds`, else WALL_SECONDS, by the clock, and
    CPU_SECONDS of computing. What a child cannot read becomes a Refusal.
    """
    count = min(workers or os.cpu_count() or 1, len(tasks))
    waiting = deque(tasks)
    children = {child.pipe: child for child in (_Child(reader, seconds or WALL_SECONDS) for _ in range(count))}
    try:
        for child in children.values():
            child.give(waiting.popleft())
        while any(child.task for child in children.values()):
            yield from _collect(children, waiting)
    finally:
        for child in children.values():
            child.stop()


def _collect(
    children: dict[Connection, _Child], waiting: deque[ReadingTask]
) -> Iterator[tuple[ReadingTask, Report | Refusal]]:
    busy = [pipe for pipe, child in children.items() if child.task]
    ready = set(wait(busy, timeout=0.5))
    for pipe in busy:
        child = children[pipe]
        overdue = time.monotonic() > child.deadline
        if pipe not in ready and not overdue:
            continue
        task, outcome = (
            child.take() if pipe in ready else child.give_up(f"reading it took longer than {child.seconds:g} s")
        )
        if not child.alive:
            del children[pipe]
            child = _Child(child.reader, child.seconds)
            children[child.pipe] = child
        if waiting:
            child.give(waiting.popleft())
        yield task, outcome


class _Child:
    """A process that reads one file after another."""

    def __init__(self, reader: Reader, seconds: float) -> None:
        self.reader, self.seconds = reader, seconds
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, reader), daemon=True)
        self.process.start()
        theirs.close()
        self.task: ReadingTask | None = None
        self.deadline = 0.0
        self.alive = True

    def give(self, task: ReadingTask) -> None:
        self.task = task
        self.deadline = time.monotonic() + self.seconds
        self.pipe.send(task)

    def take(self) -> tuple[ReadingTask, Report | Refusal]:
        task = self._done()
        try:
            outcome: Report | Refusal = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            if self.process.exitcode == -signal.SIGXCPU:
                return self._give_up_on(task, f"reading it took more than {CPU_SECONDS} s of computing")
            return self._give_up_on(task, "its reader broke down over it (too much memory, or a fault)")
        return task, outcome

    def give_up(self, reason: str) -> tuple[ReadingTask, Report | Refusal]:
        return self._give_up_on(self._done(), reason)

    def _done(self) -> ReadingTask:
        assert self.task is not None  # noqa: S101 - only a child at work is asked
        task, self.task = self.task, None
        return task

    def _give_up_on(self, task: ReadingTask, reason: str) -> tuple[ReadingTask, Report | Refusal]:
        self.stop()
        return task, Refusal(task.name, reason)

    def stop(self) -> None:
        self.alive = False
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection, reader: Reader) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_WRITTEN, LARGEST_WRITTEN))
    while True:
        try:
            task: ReadingTask = pipe.recv()
        except EOFError:
            return
        _allow_seconds()
        pipe.send(_read(task, reader))


def _allow_seconds() -> None:
    """Let this process compute for a file's time from now on; beyond, the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _read(task: ReadingTask, reader: Reader) -> Report | Refusal:
    try:
        return reader(task.path, name=task.name, report_id=task.report_id)
    except UnreadableReport as error:
        return Refusal(task.name, str(error))
    except MemoryError:
        return Refusal(task.name, "reading it needs too much memory")
    except OSError as error:
        return Refusal(task.name, f"it cannot be opened ({error.strerror})")
    except Exception as error:  # whatever a parser raises costs this file only, and is named
        return Refusal(task.name, f"its reader failed on it ({type(error).__name__}: {error})")
