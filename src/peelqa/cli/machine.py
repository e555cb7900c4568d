"""What the machine has, what peelqa needs of it, and which of the two will fail to meet first."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from peelqa.settings import Settings, folder_of

SPARE_DISK = 100 * 2**20
"""Bytes that a build wants free beside the new index itself."""
BUILD_SHARE = 2.2
"""A build takes about so many times the bytes of the index it makes, while it makes it."""
READING_MEMORY = 2**30
"""Bytes that reading one report may take, at the most."""
OPEN_FILES = 512
"""Files and connections that serving may have open in a busy minute."""
COMFORT = 2.0
"""Below so many times what is needed, a thing is said to be short."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: "wrong" keeps peelqa from answering, a "warning" does not yet."""

    part: str
    state: Literal["ok", "warning", "wrong"]
    says: str
    advice: str = ""
    exit_status: int = 1
    """What `doctor` exits with where this is wrong."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is of something, and what is needed of it."""

    part: str
    has: float
    needs: float
    shown: str
    """What there is and is needed, in words."""
    advice: str

    @property
    def times(self) -> float:
        """How many times the need there is."""
        return self.has / self.needs

    def check(self) -> Check:
        """Say whether there is enough."""
        if self.times >= COMFORT:
            return Check(self.part, "ok", self.shown)
        return Check(self.part, "warning", self.shown, self.advice)


def look_at_machine(settings: Settings) -> Iterator[Check]:
    """Look at disk, memory and open files, and say which would run out first."""
    stocks = [*_disks(settings), _memory(settings), _open_files()]
    yield from (stock.check() for stock in stocks)
    first = min(stocks, key=lambda stock: stock.times)
    state: Literal["ok", "warning"] = "ok" if first.times >= COMFORT else "warning"
    says = f"{first.part}, which has {first.times:.1f} times what is needed"
    yield Check("would run out first", state, says, first.advice if state == "warning" else "")


def existing(place: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def _disks(settings: Settings) -> Iterator[Stock]:
    build = BUILD_SHARE * _newest_index(folder_of(settings.index, settings.cache)) + SPARE_DISK
    advice = "The next build may be refused. Free some, or put the folder on a larger disk."
    for part, place, needs in (
        ("index", folder_of(settings.index, settings.cache), build),
        ("corpus", settings.corpus, SPARE_DISK),
        ("cache", settings.cache, SPARE_DISK),
    ):
        free = shutil.disk_usage(existing(place)).free
        shown = f"{free / 2**30:.1f} GB free, {needs / 2**20:.0f} MB needed"
        yield Stock(f"disk of the {part}", free, needs, shown, advice)


def _newest_index(folder: Path) -> int:
    """Return the bytes of the newest generation; 0 where there is none."""
    newest = max(folder.glob("gen-*"), default=None)
    return sum(path.stat().st_size for path in newest.rglob("*") if path.is_file()) if newest else 0


def _memory(settings: Settings) -> Stock:
    free, needs = _free_memory(), READING_MEMORY + _newest_index(folder_of(settings.index, settings.cache))
    shown = f"{free / 2**30:.1f} GB free, {os.cpu_count()} cores, at most {needs / 2**30:.1f} GB needed"
    return Stock("memory", free, needs, shown, "Reading large PDF files may fail. Free some.")


def _free_memory() -> int:
    """Return the bytes that programs can still have: of the machine, and of the group of processes that this one is in."""
    told = Path("/proc/meminfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    available = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
    free = available or os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    group = Path("/sys/fs/cgroup")
    try:
        return min(free, int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    except (OSError, ValueError):
        return free


def _open_files() -> Stock:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = most if most >= 0 else 2**20
    advice = f"Many visitors at once would be turned away. Raise it: ulimit -n {4 * OPEN_FILES}"
    return Stock("open files", most, OPEN_FILES, f"at most {most}, {OPEN_FILES} needed", advice)
