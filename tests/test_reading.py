"""A file that hangs, exhausts or breaks its reader costs that file only."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path

import pytest

from peelqa.errors import UnreadableReport
from peelqa.reports import reading
from peelqa.reports.corpus import list_corpus, read_report
from peelqa.reports.reading import ReadingTask, Refusal, read_all
from peelqa.reports.report import Report

GOOD = "Oakshire report\n\nFindings\n\nThe inspectors found the letters in good order.\n"


def faulty(path: Path, *, name: str, report_id: str) -> Report:
    """Do what a file's name says, as a faulty reader would."""
    fault = _FAULTS.get(Path(name).stem)
    if fault:
        fault(path)
    return read_report(path, name=name, report_id=report_id)


def _hang(path: Path) -> None:
    time.sleep(3600)


def _compute(path: Path) -> None:
    while True:
        pass


def _explode(path: Path) -> None:
    held = [bytearray(2**28) for _ in range(10_000)]
    raise AssertionError(len(held))


def _leak(path: Path) -> None:
    """Use up all memory outside of Python's own, then trip over the lack of it."""
    allocate = ctypes.CDLL(None).malloc
    allocate.argtypes, allocate.restype = [ctypes.c_size_t], ctypes.c_void_p
    while allocate(2**28):
        pass
    ctypes.string_at(0)


def _crash(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _leave(path: Path) -> None:
    os._exit(0)


def _recurse(path: Path) -> None:
    _recurse(path)


def _fill(path: Path) -> None:
    path.with_suffix(".spill").write_bytes(bytes(reading.LARGEST_WRITTEN + 1))


_FAULTS = {
    "hang": _hang,
    "compute": _compute,
    "explode": _explode,
    "leak": _leak,
    "crash": _crash,
    "leave": _leave,
    "recurse": _recurse,
    "fill": _fill,
}


def _tasks(folder: Path, *names: str) -> list[ReadingTask]:
    for name in names:
        (folder / name).write_text(GOOD)
    return [ReadingTask(folder / name, name, Path(name).stem) for name in names]


def test_whatever_a_reader_does_on_one_file_all_others_are_read(tmp_path: Path) -> None:
    bad = ["hang.txt", "explode.txt", "leak.txt", "crash.txt", "leave.txt", "recurse.txt", "fill.txt"]
    good = [f"good-{number}.txt" for number in range(len(bad))]
    names = [name for pair in zip(bad, good, strict=True) for name in pair]
    found = {
        task.name: outcome for task, outcome in read_all(_tasks(tmp_path, *names), workers=2, reader=faulty, seconds=20)
    }
    assert {name for name, outcome in found.items() if isinstance(outcome, Report)} == set(good)
    reasons = {name: outcome.reason for name, outcome in found.items() if isinstance(outcome, Refusal)}
    broke_down = "its reader broke down over it (too much memory, or a fault)"
    assert reasons.keys() == set(bad)
    assert reasons["hang.txt"] == "reading it took longer than 20 s"
    assert reasons["explode.txt"] == "reading it needs too much memory"
    assert {reasons[f"{name}.txt"] for name in ("leak", "crash", "leave")} == {broke_down}
    assert "RecursionError" in reasons["recurse.txt"]
    assert "File too large" in reasons["fill.txt"]


def test_a_file_may_compute_for_so_long_only(tmp_path: Path) -> None:
    ((_, outcome),) = read_all(_tasks(tmp_path, "compute.txt"), reader=impatient, seconds=120)
    assert isinstance(outcome, Refusal)
    assert outcome.reason == f"reading it took more than {reading.CPU_SECONDS} s of computing"


def impatient(path: Path, *, name: str, report_id: str) -> Report:
    """Compute without end in a child that has used up nearly all of its time."""
    reading.CPU_SECONDS = 0
    reading._allow_seconds()
    return faulty(path, name=name, report_id=report_id)


def test_a_file_that_is_gone_when_its_turn_comes_is_named(tmp_path: Path) -> None:
    task = ReadingTask(tmp_path / "gone.txt", "gone.txt", "gone")
    ((_, outcome),) = read_all([task])
    assert outcome == Refusal("gone.txt", "it cannot be opened (No such file or directory)")


def test_a_document_of_a_kind_that_is_not_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "report.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "figures.csv").write_bytes(b"1,2")
    files = list_corpus(tmp_path)
    assert ([path.name for path in files.paths], files.skipped) == (["report.doc"], 1)
    with pytest.raises(UnreadableReport, match=r"\.doc files are not read: save it as PDF, DOCX or HTML"):
        read_report(files.paths[0], name="report.doc", report_id="report")


def test_a_side_file_that_is_wrong_is_named_with_the_field_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "ash.txt").write_text(GOOD)
    (tmp_path / "ash.txt.meta.json").write_text('{"published": "yesterday"}')
    with pytest.raises(UnreadableReport, match=r"ash\.txt\.meta\.json .* published: .* YYYY-MM-DD"):
        read_report(tmp_path / "ash.txt", name="ash.txt", report_id="ash")
