"""Threads and processes ask while generations are published and removed: no answer fails, none is of two generations."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from peelqa.answers import Library
from peelqa.embedding import Embedder
from peelqa.errors import BuildRunning
from peelqa.index import EVERYTHING, Index, find_damage, list_generations, open_index
from peelqa.index.build import build_index
from peelqa.relevance import load_relevance
from peelqa.reports.report import Report
from peelqa.reranking import Reranker
from tests.test_gate_crash import NAMES, _build_in_place, build_numbered, forks
from tests.test_index import HASHED, make_report

__all__ = ["forks"]
BUILDERS, READERS, THREADS, SWAPS = 4, 2, 3, 52


def number_of(index: Index) -> int:
    """Return the one number that its reports, words and vectors lead to; fails where they differ."""
    numbers = {index.report(name).text.split("The number is ")[1].split(".")[0] for name in NAMES}
    rows = [row for row, _ in index.matching(["number"], 10, EVERYTHING)]
    rows += [row for row, _ in index.nearest(HASHED.encode(["The number is"])[0], 10, EVERYTHING)]
    texts = [passage.text for passage in map(index.passage, rows)]
    numbers |= {text.split("The number is ")[1].split(".")[0] for text in texts if "The number is " in text}
    assert len(rows) >= len(NAMES)
    assert len(numbers) == 1
    return int(numbers.pop())


def _read(folder: Path, stop: Path, out: Path) -> None:
    """Read in several threads until told to stop; what was opened first is read to the end."""
    faults: list[str] = []
    seen: list[int] = []
    held = open_index(folder)
    first = number_of(held)

    def reading() -> None:
        while not stop.exists():
            try:
                index = open_index(folder)
                seen.append(number_of(index))
                assert index.warning is None
                assert number_of(held) == first
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=reading) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.write_text(json.dumps({"reads": len(seen), "numbers": sorted(set(seen)), "faults": faults}))


def _publish(folder: Path, first: int, out: Path) -> None:
    """Publish again and again, beside others that do the same, until enough generations were published by all."""
    published = refused = 0
    number = first
    while published < SWAPS // BUILDERS:
        number += BUILDERS
        try:
            build_numbered(folder, number)
            published += 1
        except BuildRunning:
            refused += 1
            time.sleep(0.02)
    out.write_text(json.dumps({"published": published, "refused": refused, "last": number}))


def test_readers_see_whole_generations_while_many_are_published_and_removed(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, count: Callable[..., None]
) -> None:
    folder, stop = tmp_path / "index", tmp_path / "stop"
    build_numbered(folder, 0)
    outs = [tmp_path / f"reader-{number}" for number in range(READERS)]
    builds = [tmp_path / f"builder-{number}" for number in range(BUILDERS)]
    readers = [forks.Process(target=_read, args=(folder, stop, out)) for out in outs]
    builders = [forks.Process(target=_publish, args=(folder, place, out)) for place, out in enumerate(builds)]
    for process in (*readers, *builders):
        process.start()
    for process in builders:
        process.join()
    stop.touch()
    for process in readers:
        process.join()
    told = [json.loads(out.read_text()) for out in builds]
    seen = [json.loads(out.read_text()) for out in outs]
    assert [each["faults"] for each in seen] == [[]] * READERS
    assert all(len(each["numbers"]) > 5 for each in seen), "the readers saw too few of the generations"
    assert number_of(open_index(folder)) in [each["last"] for each in told]
    assert find_damage(folder) == []
    assert len(list_generations(folder)) == 2
    count(
        generations=sum(each["published"] for each in told),
        second_builders_refused=sum(each["refused"] for each in told),
        reads=sum(each["reads"] for each in seen),
        mixed_or_failed=sum(len(each["faults"]) for each in seen),
    )


def test_the_harness_sees_a_writer_that_overwrites_in_place(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, count: Callable[..., None]
) -> None:
    folder, stop, out = tmp_path / "index", tmp_path / "stop", tmp_path / "out"
    build_numbered(folder, 0)
    reader = forks.Process(target=_read, args=(folder, stop, out))
    reader.start()
    _build_in_place(folder, 1)
    stop.touch()
    reader.join()
    faults = json.loads(out.read_text())["faults"] if out.exists() else ["the reader died"]
    assert faults
    count(control_failed=len(faults))


def test_a_generation_that_is_gone_from_the_disk_is_read_to_the_end_by_threads_old_and_new(
    tmp_path: Path, count: Callable[..., None]
) -> None:
    build_index(tmp_path, [make_report("ash"), make_report("birch")], HASHED)
    held = open_index(tmp_path)
    expected = [held.passage(row) for row in range(2)]
    for name in ("cedar", "damson", "elder"):
        build_index(tmp_path, [make_report(name)], HASHED)
    assert not held.folder.exists()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: [held.passage(row) for row in range(2)], range(200)))
        assert list(threads.map(lambda _: len(held.matching(["bicycles"], 5, EVERYTHING)), range(50))) == [2] * 50
    assert found == [expected] * 200
    count(reads=250, mixed_or_failed=0)


@pytest.fixture
def own_library(report: Report, embedder: Embedder, tmp_path: Path) -> Library:
    build_index(tmp_path, [report], embedder)
    return Library(open_index(tmp_path), embedder, Reranker(), load_relevance())


def test_answers_are_the_same_while_their_generation_is_replaced_and_removed(
    own_library: Library, report: Report, embedder: Embedder, tmp_path: Path, count: Callable[..., None]
) -> None:
    questions = ("What concerns are there about missing children?", "What has the force saved?", "Is it raining?")

    def answer(question: str) -> str:
        told = own_library.ask(question).to_json()
        assert told["coverage"]["generation"] == own_library.index.generation
        return json.dumps({**told, "took_ms": 0})

    expected = {question: answer(question) for question in questions}
    generation = own_library.index.folder
    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(answer, question) for question in questions * 4]
        for name in ("ash", "birch", "cedar"):
            build_index(tmp_path, [report, make_report(name)], embedder)
        build_index(tmp_path, [make_report("damson")], embedder)
        assert not generation.exists()
        asked += [threads.submit(answer, question) for question in questions * 4]
        given = [each.result() for each in asked]
    assert given == [expected[question] for question in questions * 8]
    count(answers=len(given), mixed_or_failed=0)
