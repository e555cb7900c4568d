"""What the rows of the benchmark work on: a corpus with its index, and other stacks over the same passages."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from eval.bench.corpora import write_corpus, write_peer_data
from eval.bench.environments import PEERS, Asked, NotRun, install
from eval.bench.figures import Corpus
from eval.running import say_progress
from peelqa.building import build_corpus
from peelqa.embedding import Embedder, load_embedder
from peelqa.index import FolderIndex, open_index
from peelqa.weights import minilm_files

OURS = "peelqa"
"""Search without the reranker, as the other stacks search."""
CLOSELY, ENCODING = "peelqa with reranker", "one encoding"

say = say_progress("benchmark")


@dataclass
class Bench:
    """Where things are kept, how large the corpus is and how often is asked."""

    work: Path
    passages: int
    rounds: int
    vectors: int = 1_000_000
    """How many vectors the row on a million has."""
    opened: int = 100_000
    """How many passages the row on opening has."""
    without: tuple[str, ...] = ()
    """Other stacks that are left out."""
    reports: Path | None = None
    """A folder of real reports instead of made-up ones."""

    @cached_property
    def embedder(self) -> Embedder:
        """The model as peelqa runs it."""
        return load_embedder()

    @cached_property
    def corpus(self) -> Corpus:
        """What rows without a size of their own are measured on; real reports are indexed first, to count passages."""
        if self.reports is None:
            return Corpus(self.passages)
        return Corpus(open_index(self.data / "index").count, folder=self.reports.resolve().name)

    @property
    def name(self) -> str:
        """A name of the corpus for folders in the work place."""
        return f"real-{self.reports.resolve().name}" if self.reports else str(self.passages)

    @cached_property
    def data(self) -> Path:
        """The folder of the corpus's index and of what other stacks index; made first where it is not there or is old."""
        folder = self.work / self.name
        corpus = self.reports or folder / "corpus"
        if not self.reports:
            write_corpus(corpus, self.passages)
        build_corpus(corpus, folder / "index", folder / "none", self.embedder, say)
        _renew_peer_data(folder, open_index(folder / "index"))
        return folder

    @contextmanager
    def asked(self) -> Iterator[tuple[dict[str, Asked], dict[str, str]]]:
        """Start everything that can be asked; give it by name, and why the rest is not run."""
        ours = [sys.executable, str(Path(__file__).parent / "peers" / "ours.py"), str(self.data), "none"]
        started = {ENCODING: Asked([*ours, "--encode"]), OURS: Asked(ours), CLOSELY: Asked([*ours, "--closely"])}
        not_run: dict[str, str] = {}
        try:
            for peer in PEERS:
                if peer.name in self.without:
                    not_run[peer.name] = "left out"
                    continue
                try:
                    started[peer.name] = Asked.peer(peer, self.work, self.data, minilm_files().folder)
                except NotRun as error:
                    not_run[peer.name] = str(error)
            yield started, not_run
        finally:
            for each in started.values():
                each.stop()

    def peer_command(self, name: str) -> list[str]:
        """Return the command that asks a peer. Raises NotRun where it cannot be installed."""
        peer = next(each for each in PEERS if each.name == name)
        script = Path(__file__).parent / "peers" / f"{peer.script}.py"
        return [str(install(peer, self.work)), str(script), str(self.data), str(minilm_files().folder)]


def _renew_peer_data(folder: Path, index: FolderIndex) -> None:
    """Write what other stacks index, where it is not of this generation of the index; what they made of it is dropped."""
    told = folder / "generation.txt"
    if told.is_file() and told.read_text() == index.folder.name:
        return
    told.unlink(missing_ok=True)
    for peer in PEERS:
        shutil.rmtree(folder / peer.script, ignore_errors=True)
    texts = [passage.searchable for passage in index.passages(range(index.count))]
    write_peer_data(folder, texts, np.stack([index.vectors.vector(row) for row in range(index.count)]))
    told.write_text(index.folder.name)


def one_thread() -> None:
    """Let numeric libraries of this process and of its children use one thread, so that all are compared alike."""
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Do some work and return its wall and CPU seconds, those of ended children included."""
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - wall, _cpu() - cpu


def peak_memory() -> int:
    """Return the most bytes that this process had resident.

    Not `ru_maxrss`, which starts at what the process had resident that started this one.
    """
    (line,) = (each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def medians(taken: Mapping[str, list[tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """Return the median wall and CPU seconds of each."""
    return {
        name: (statistics.median(wall for wall, _ in pairs), statistics.median(cpu for _, cpu in pairs))
        for name, pairs in taken.items()
    }


def _cpu() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
