"""A serving peelqa in a process of its own, over a corpus and index that a stage may change and damage."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from peelqa.settings import sample_folder

START_SECONDS = 120.0


@dataclass
class Service:
    """Where it keeps its things, and its process while it runs."""

    folder: Path
    process: psutil.Popen | None = None
    port: int = 0
    peak: int = 0
    """The most bytes of memory that were seen."""
    seen: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, bytes of memory and open files, as `look` found them."""

    @property
    def places(self) -> list[str]:
        """The corpus and the index, as options."""
        return ["--corpus", str(self.folder / "corpus"), "--index", str(self.folder / "index")]

    @property
    def base(self) -> str:
        """The address it answers at."""
        return f"http://127.0.0.1:{self.port}"

    def fill(self) -> None:
        """Copy the invented sample into the corpus and build the index."""
        shutil.copytree(sample_folder(), self.folder / "corpus", ignore=shutil.ignore_patterns("README.md"))
        self.build()

    def build(self) -> None:
        """Publish a new generation where the corpus changed."""
        command = [sys.executable, "-m", "peelqa", "build", *self.places]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program

    def change(self, number: int) -> None:
        """Put another report into the corpus, in place of the one before, and build."""
        words = f"Soak {number}\n\nFindings\n\nThe force counted {number} bicycles and must record them better.\n"
        (self.folder / "corpus" / "soak.txt").write_text(words)
        self.build()

    def start(self) -> float:
        """Start it and return how many seconds passed until it was ready."""
        started = time.perf_counter()
        log = self.folder / "serve.log"
        with log.open("wb") as errors:
            self.process = psutil.Popen(
                [sys.executable, "-m", "peelqa", "serve", "--port", "0", *self.places],
                stderr=errors, env={**os.environ, "PEELQA_ASKS_PER_MINUTE": "0"},
            )  # fmt: skip
        while time.perf_counter() - started < START_SECONDS:
            if said := re.search(r"answers at http://127\.0\.0\.1:(\d+)/", log.read_text()):
                self.port = int(said[1])
                if self.ready():
                    return time.perf_counter() - started
            time.sleep(0.05)
        raise TimeoutError(f"The service did not start: {log.read_text()[-500:]}")

    def ready(self) -> dict[str, str]:
        """Return what it says of its readiness; nothing where it does not answer."""
        try:
            told: dict[str, str] = httpx.get(f"{self.base}/readyz", timeout=5).json()
        except httpx.HTTPError:
            return {}
        return told

    def look(self) -> None:
        """Note memory and open files of all its processes."""
        if self.process is None:
            return
        family = [self.process, *self.process.children(recursive=True)]
        memory = sum(each.memory_info().rss for each in family)
        self.peak = max(self.peak, memory)
        self.seen.append((time.monotonic(), memory, sum(each.num_fds() for each in family)))

    def stop(self, how: int = signal.SIGTERM) -> float:
        """Send a signal and return how many seconds passed until it was gone."""
        if self.process is None:
            return 0.0
        started = time.perf_counter()
        self.process.send_signal(how)
        self.process.wait(60)
        self.process = None
        return time.perf_counter() - started


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Give a service on the sample; afterwards it is gone."""
    service = Service(folder)
    service.fill()
    try:
        service.start()
        yield service
    finally:
        service.stop(signal.SIGKILL)
