"""Every file operation of a build and of an erasure fails in turn, and the disk is full at every size: nothing is lost."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from peelqa.errors import BuildFailed, IndexMissing, PeelqaError
from peelqa.index import build, erase_index, find_damage, list_generations, open_index
from tests.faults import counting
from tests.test_gate_crash import _build_in_place, build_numbered, forks, number_served

__all__ = ["forks"]
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


def _fail(number: int) -> Callable[[str], None]:
    def strike(call: str) -> None:
        raise OSError(number, os.strerror(number), call)

    return strike


def _tells_what_to_do(error: PeelqaError, folder: Path) -> bool:
    return str(folder) in str(error) and re.search(r"[Rr]un: peelqa|try again", str(error)) is not None


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_whichever_file_operation_fails_the_old_or_the_new_index_is_served_whole(
    tmp_path: Path, number: int, count: Callable[..., None]
) -> None:
    build_numbered(tmp_path, 0)
    build_numbered(tmp_path, 1)
    served, operation, struck = 1, 0, True
    while struck:
        operation += 1
        before = list_generations(tmp_path)
        with counting(operation, _fail(number)) as counted:
            try:
                build_numbered(tmp_path, operation + 1)
                told = None
            except PeelqaError as error:
                told = error
        struck = counted.struck
        expected = operation + 1 if told is None or "is in force" in str(told) else served
        assert number_served(tmp_path) == expected, (operation, counted.names[operation - 1 :][:1], told)
        if told:
            assert _tells_what_to_do(told, tmp_path), told
        if expected == served:
            assert list_generations(tmp_path) == before, "a build that failed left a generation"
        served = expected
        count(calls_failed=int(struck), told=int(told is not None), silent=0)
    assert operation > 50
    assert find_damage(tmp_path) == []
    assert [path.name for path in tmp_path.glob(".*") if path.is_dir()] == []


def test_whichever_file_operation_of_an_erasure_fails_it_is_told_and_the_next_one_ends_it(
    tmp_path: Path, count: Callable[..., None]
) -> None:
    operation, struck = 0, True
    while struck:
        operation += 1
        folder = tmp_path / str(operation)
        build_numbered(folder, 1)
        with counting(operation, _fail(errno.EIO)) as counted:
            try:
                erase_index(folder)
                told = None
            except PeelqaError as error:
                told = error
        struck = counted.struck
        if told:
            assert _tells_what_to_do(told, folder), told
            erase_index(folder)
        assert [path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", ".builder")] == []
        with pytest.raises(IndexMissing):
            open_index(folder)
        count(calls_failed=int(struck), told=int(told is not None))
    assert operation > 10


def test_the_harness_sees_a_writer_that_overwrites_in_place_and_fails(
    tmp_path: Path, count: Callable[..., None]
) -> None:
    lost = 0
    for operation in (3, 10):
        folder = tmp_path / str(operation) / "index"
        build_numbered(folder, 0)
        build_numbered(folder.with_name("made"), 1)
        writes = [0]

        def strike_later(writes: list[int] = writes, operation: int = operation) -> None:
            writes[0] += 1
            if writes[0] == operation:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with patch("time.sleep", lambda _, strike=strike_later: strike()), pytest.raises(OSError, match="No space"):
            _build_in_place(folder, 1)
        try:
            number_served(folder)
        except Exception:
            lost += 1
    assert lost == 2
    count(control_lost=lost)


def _build_within(folder: Path, number: int, largest: int, outcome: Path) -> None:
    """Build where no file may grow beyond `largest` bytes; write down what was told."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    try:
        build_numbered(folder, number)
        told = ""
    except PeelqaError as error:
        told = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    outcome.write_text(told)


def test_no_file_that_could_not_be_written_whole_is_published(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, count: Callable[..., None]
) -> None:
    folder, outcome = tmp_path / "index", tmp_path / "outcome"
    build_numbered(folder, 0)
    largest = max(path.stat().st_size for path in folder.rglob("*"))
    served = 0
    for number, size in enumerate([0, 1, 64, 512, *range(1024, largest + 4096, largest // 30)], start=1):
        outcome.unlink(missing_ok=True)
        child = forks.Process(target=_build_within, args=(folder, number, size, outcome))
        child.start()
        child.join()
        assert child.exitcode == 0, size
        told = outcome.read_text()
        served = served if told else number
        assert number_served(folder) == served
        assert not told or (str(folder) in told and "run: peelqa build" in told), told
        count(file_sizes_refused=int(bool(told)), silent=0)
    assert served
    assert find_damage(folder) == []


def fill_the_disk(disk: Path) -> None:
    """Build again and again with ever more room on a small disk; print what was told and what is served."""
    folder, ballast = disk / "index", disk / "ballast"
    page = resource.getpagesize()
    outcomes = []
    with patch.object(build, "require_room"):  # the check before the work; here what follows is tried
        build_numbered(folder, 0)
        build_numbered(folder, 1)
        need = sum(path.stat().st_size for path in folder.rglob("*"))
        for number, room in enumerate(range(0, 3 * need, max(page, 3 * need // 50 // page * page)), start=2):
            told = ""
            with ballast.open("wb") as file:
                status = os.statvfs(disk)
                os.posix_fallocate(file.fileno(), 0, max(1, status.f_bavail * status.f_frsize - room))
            try:
                build_numbered(folder, number)
            except PeelqaError as error:
                told = str(error)
            ballast.unlink()
            outcomes.append({"number": number, "told": told, "served": number_served(folder)})
    try:
        build_numbered(folder, 0)
    except BuildFailed as error:
        outcomes.append({"number": 0, "told": str(error), "served": number_served(folder)})
    print(json.dumps({"outcomes": outcomes, "damage": find_damage(folder)}))  # noqa: T201 - read by the test


def test_a_really_full_disk_leaves_the_old_index_and_is_told(tmp_path: Path, count: Callable[..., None]) -> None:
    mounting = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    work = (
        'mount -t tmpfs -o size=8m tmpfs "$0" && exec "$1" -c '
        '"import sys, pathlib; from tests.test_gate_failing_calls import fill_the_disk; fill_the_disk(pathlib.Path(sys.argv[1]))" "$0"'
    )
    try:
        subprocess.run([*mounting, 'mount -t tmpfs tmpfs "$0"', str(tmp_path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system cannot be mounted here")
    done = subprocess.run(
        [*mounting, work, str(tmp_path), sys.executable],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    served = 1
    for each in found["outcomes"]:
        served = served if each["told"] else each["number"]
        assert each["served"] == served, each
        assert not each["told"] or ("peelqa build" in each["told"] or "try again" in each["told"]), each
    refused = [each for each in found["outcomes"] if each["told"]]
    assert len(refused) >= 5
    assert "MB free" in refused[-1]["told"], "a build that cannot fit is refused before it starts"
    assert found["damage"] == []
    count(full_disks_refused=len(refused), silent=0)
