"""A build that dies at any moment leaves a whole generation serving. Set TEST_SEED to replay a run."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from peelqa.errors import BuildRunning
from peelqa.index import BuildPlan, build_index, find_damage, list_generations, open_index
from peelqa.index.build import STEPS
from tests.test_index import HASHED, make_report

KILLS = 60
NAMES = ("ash", "birch", "cedar", "damson", "elder")


@pytest.fixture(scope="module")
def forks() -> multiprocessing.context.ForkServerContext:
    """Processes that have the engines loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_index_crashes"])
    return context


@pytest.fixture
def seeded() -> random.Random:
    seed = int(os.environ.get("TEST_SEED", "20141127"))
    print(f"seed {seed}")  # noqa: T201 - shown where a run fails, to replay it
    return random.Random(seed)  # noqa: S311 - chaos that can be replayed


def _build(folder: Path, number: int, dies_at: str | None = None, ready: str | None = None) -> None:
    """Build reports that all name the same number, so that a mixed generation would show."""

    def step(name: str) -> None:
        if name == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "cutting" and ready:
            Path(ready).touch()
            time.sleep(60)

    reports = [make_report(name, f"The number is {number}. The force is busy.") for name in NAMES]
    build_index(folder, reports, HASHED, plan=BuildPlan(step=step))


def _build_in_place(folder: Path, number: int) -> None:
    """The negative control: a writer that overwrites the generation that is served."""
    _build(folder.with_name("made"), number)
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


def _number_served(folder: Path) -> int:
    """Return the one number that all reports name; fails where the generation is mixed, damaged or not the newest."""
    opened = open_index(folder)
    assert opened.warning is None
    numbers = {opened.report(name).text.split("The number is ")[1].split(".")[0] for name in NAMES}
    assert len(numbers) == 1
    assert opened.matching(["number"], 10, None)
    return int(numbers.pop())


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_a_named_step_leaves_the_old_or_the_new_generation(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, step: str
) -> None:
    _build(tmp_path, 1)
    child = forks.Process(target=_build, args=(tmp_path, 2, step))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert _number_served(tmp_path) == (2 if STEPS.index(step) > STEPS.index("publishing") else 1)
    _build(tmp_path, 3)
    assert _number_served(tmp_path) == 3
    assert find_damage(tmp_path) == []
    assert len(list_generations(tmp_path)) <= 2
    assert [path.name for path in tmp_path.glob(".*") if path.is_dir()] == []


def test_builds_killed_at_random_lose_nothing_while_a_reader_reads(
    forks: multiprocessing.context.ForkServerContext, seeded: random.Random, tmp_path: Path
) -> None:
    _build(tmp_path, 0)
    served = [0]
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                served.append(_number_served(tmp_path))
            except Exception as error:
                faults.append(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    acknowledged = 0
    for number in range(1, KILLS + 1):
        child = forks.Process(target=_build, args=(tmp_path, number))
        child.start()
        child.join(seeded.uniform(0.0, 0.5))
        child.kill()
        child.join()
        if child.exitcode == 0:
            acknowledged = number
        now = _number_served(tmp_path)
        assert acknowledged <= now <= number
        acknowledged = now
    stop.set()
    reader.join()
    assert faults == []
    assert served == sorted(served)


def test_the_harness_sees_a_writer_that_overwrites_in_place(
    forks: multiprocessing.context.ForkServerContext, seeded: random.Random, tmp_path: Path
) -> None:
    lost = 0
    for number in range(1, 6):
        folder = tmp_path / str(number) / "index"
        _build(folder, 0)
        child = forks.Process(target=_build_in_place, args=(folder, number))
        child.start()
        while not (folder.with_name("made") / "CURRENT").exists():
            time.sleep(0.005)
        child.join(seeded.uniform(0.01, 0.05))
        child.kill()
        child.join()
        try:
            _number_served(folder)
        except Exception:
            lost += 1
        shutil.rmtree(tmp_path / str(number))
    assert lost >= 2


def test_of_two_builds_one_wins_and_the_other_names_the_holder(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    folder, ready = tmp_path / "index", tmp_path / "ready"
    _build(folder, 1)
    child = forks.Process(target=_build, args=(folder, 2, None, str(ready)))
    child.start()
    while not ready.exists():
        time.sleep(0.01)
    with pytest.raises(BuildRunning, match=f"process {child.pid}"):
        _build(folder, 3)
    child.kill()
    child.join()
    _build(folder, 4)
    assert _number_served(folder) == 4
    assert json.loads((folder / "CURRENT").read_text())["generation"] == list_generations(folder)[0].name
