"""A build that is killed at any moment leaves the old or the new generation serving, whole, and never a mix."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from peelqa.building import build_corpus
from peelqa.errors import BuildRunning
from peelqa.index import EVERYTHING, find_damage, list_generations, open_index
from peelqa.index.build import build_index
from peelqa.index.plan import STEPS, BuildPlan
from tests.faults import counting
from tests.test_index import HASHED, make_report

KILLS = 200
NAMES = ("ash", "birch", "cedar", "damson", "elder")


@pytest.fixture(scope="module")
def forks() -> multiprocessing.context.ForkServerContext:
    """Processes that have the engines loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_gate_crash"])
    return context


def build_numbered(folder: Path, number: int, dies_at: str | None = None, ready: str | None = None) -> None:
    """Build reports that all name the same number, so that a mixed generation would show."""

    def step(name: str) -> None:
        if name == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "cutting" and ready:
            Path(ready).touch()
            time.sleep(60)

    reports = [make_report(name, f"The number is {number}. The force is busy.") for name in NAMES]
    build_index(folder, reports, HASHED, plan=BuildPlan(step=step))


def _build_and_die_at_operation(folder: Path, number: int, operation: int) -> None:
    with counting(operation, lambda _: os.kill(os.getpid(), signal.SIGKILL)):
        build_numbered(folder, number)


def _build_in_place(folder: Path, number: int) -> None:
    """The negative control: a writer that overwrites the generation that is served."""
    build_numbered(folder.with_name("made"), number)
    made, served = (open_index(place).folder for place in (folder.with_name("made"), folder))
    for path in sorted(made.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            with (served / path.relative_to(made)).open("wb") as file:
                for start in range(0, len(data), 512):
                    file.write(data[start : start + 512])
                    file.flush()
                    time.sleep(0.0002)
    (folder / "CURRENT").write_bytes((folder.with_name("made") / "CURRENT").read_bytes())


def number_served(folder: Path) -> int:
    """Return the one number that all reports name; fails where the generation is mixed, damaged or not the newest."""
    opened = open_index(folder)
    assert opened.warning is None
    numbers = {opened.report(name).text.split("The number is ")[1].split(".")[0] for name in NAMES}
    assert len(numbers) == 1
    assert opened.matching(["number"], 10, EVERYTHING)
    return int(numbers.pop())


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_a_named_step_leaves_the_old_or_the_new_generation(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, step: str, count: Callable[..., None]
) -> None:
    build_numbered(tmp_path, 1)
    child = forks.Process(target=build_numbered, args=(tmp_path, 2, step))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert number_served(tmp_path) == (2 if STEPS.index(step) > STEPS.index("publishing") else 1)
    build_numbered(tmp_path, 3)
    assert number_served(tmp_path) == 3
    assert find_damage(tmp_path) == []
    assert len(list_generations(tmp_path)) <= 2
    assert [path.name for path in tmp_path.glob(".*") if path.is_dir()] == []
    count(kills_at_named_steps=1, lost=0)


def test_a_build_killed_at_each_file_operation_leaves_the_old_or_the_new_generation(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, count: Callable[..., None]
) -> None:
    build_numbered(tmp_path, 0)
    served, operation, exitcode = 0, 0, -signal.SIGKILL
    while exitcode == -signal.SIGKILL:
        operation += 1
        child = forks.Process(target=_build_and_die_at_operation, args=(tmp_path, operation, operation))
        child.start()
        child.join()
        now, exitcode = number_served(tmp_path), child.exitcode
        assert now in (served, operation)
        served = now
        count(kills_at_file_operations=int(exitcode != 0))
    assert exitcode == 0
    assert operation > 50
    assert served == operation
    assert find_damage(tmp_path) == []
    assert len(list_generations(tmp_path)) <= 2


def test_builds_killed_at_random_lose_nothing_while_a_reader_reads(
    forks: multiprocessing.context.ForkServerContext,
    seeded: random.Random,
    tmp_path: Path,
    count: Callable[..., None],
) -> None:
    build_numbered(tmp_path, 0)
    served = [0]
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                served.append(number_served(tmp_path))
            except Exception as error:
                faults.append(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    acknowledged = number = kills = 0
    takes = 0.3  # seconds that a build takes here, as far as is known: kills fall at any moment of it
    while kills < KILLS:
        number += 1
        started = time.monotonic()
        child = forks.Process(target=build_numbered, args=(tmp_path, number))
        child.start()
        child.join(seeded.uniform(0.0, takes))
        child.kill()
        child.join()
        if child.exitcode == 0:
            acknowledged, takes = number, 0.7 * takes + 0.3 * (time.monotonic() - started)
        else:
            kills, takes = kills + 1, 1.01 * takes
        count(kills_at_random=int(child.exitcode != 0), builds_done=int(child.exitcode == 0))
        now = number_served(tmp_path)
        assert acknowledged <= now <= number
        acknowledged = now
    stop.set()
    reader.join()
    assert faults == []
    assert served == sorted(served)
    count(reads_meanwhile=len(served), bad_reads=len(faults))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the children of a process are found under /proc")
def test_a_whole_build_that_is_killed_leaves_no_reader_behind(
    forks: multiprocessing.context.ForkServerContext, seeded: random.Random, tmp_path: Path, count: Callable[..., None]
) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for number in range(4):
        (corpus / f"report-{number}.txt").write_text(f"Report {number}\n\nFindings\n\nThe force is busy, {number}.\n")
    kept = _build_all(corpus, index)
    for number in range(4, 10):
        (corpus / f"report-{number}.txt").write_text(f"Report {number}\n\nFindings\n\nThe force is busy, {number}.\n")
        child = forks.Process(target=_build_all, args=(corpus, index))
        child.start()
        readers: set[int] = set()
        until = time.monotonic() + seeded.uniform(0.1, 1.5)
        while time.monotonic() < until and child.is_alive():
            readers |= _children_of(child.pid or 0)
            time.sleep(0.01)
        child.kill()
        child.join()
        assert len(open_index(index).report_ids()) in (kept, number + 1)
        until = time.monotonic() + 20
        while any(Path(f"/proc/{reader}/cmdline").exists() for reader in readers) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(Path(f"/proc/{reader}/cmdline").exists() for reader in readers)
        kept = len(open_index(index).report_ids())
        count(kills_while_reading_files=1, readers_left_behind=0)


def _build_all(corpus: Path, index: Path) -> int:
    return build_corpus(corpus, index, corpus / "sample", HASHED, lambda *_: None).result.reports


def _children_of(process: int) -> set[int]:
    found: set[int] = set()
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found |= set(map(int, children.read_text().split()))
        except OSError:
            continue
    return found


def test_the_harness_sees_a_writer_that_overwrites_in_place(
    forks: multiprocessing.context.ForkServerContext, seeded: random.Random, tmp_path: Path, count: Callable[..., None]
) -> None:
    lost = 0
    for number in range(1, 6):
        folder = tmp_path / str(number) / "index"
        build_numbered(folder, 0)
        child = forks.Process(target=_build_in_place, args=(folder, number))
        child.start()
        while not (folder.with_name("made") / "CURRENT").exists():
            time.sleep(0.005)
        child.join(seeded.uniform(0.01, 0.05))
        child.kill()
        child.join()
        try:
            number_served(folder)
        except Exception:
            lost += 1
        shutil.rmtree(tmp_path / str(number))
    assert lost >= 2
    count(control_lost=lost)


def test_of_two_builds_one_wins_and_the_other_names_the_holder(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    folder, ready = tmp_path / "index", tmp_path / "ready"
    build_numbered(folder, 1)
    child = forks.Process(target=build_numbered, args=(folder, 2, None, str(ready)))
    child.start()
    while not ready.exists():
        time.sleep(0.01)
    with pytest.raises(BuildRunning, match=f"process {child.pid}"):
        build_numbered(folder, 3)
    child.kill()
    child.join()
    build_numbered(folder, 4)
    assert number_served(folder) == 4
    assert json.loads((folder / "CURRENT").read_text())["generation"] == list_generations(folder)[0].name
