"""Rows on indexing: encoding, building, opening, and a million vectors."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import faiss as untyped_faiss
import numpy as np

from eval.bench.bench import Bench, peak_memory, say, timed
from eval.bench.corpora import made_report, vocabulary, write_corpus, write_vectors_file
from eval.bench.figures import Corpus, Figure, quartiles
from peelqa.building import build_corpus
from peelqa.embedding import Embedder, Vectors
from peelqa.exporting import ReferenceModel
from peelqa.index import FolderIndex, open_index
from peelqa.index.generations import check_generation
from peelqa.index.vectors import VectorIndex, write_vectors
from peelqa.passages import split_report
from peelqa.weights import minilm_files

faiss: Any = untyped_faiss  # its types know neither keyword parameters nor the parts of an index

_SAMPLE = 64
_NEAREST = 50


def encoding(bench: Bench) -> list[Figure]:
    """Passages a second in float32, in turn with `SentenceTransformer.encode` as it comes, on all cores both."""
    import torch

    index = open_index(bench.data / "index")
    texts = [index.passage(row).searchable for row in range(0, index.count, max(1, index.count // _SAMPLE))][:_SAMPLE]
    model = ReferenceModel(minilm_files().folder).model
    torch.set_num_threads(os.cpu_count() or 1)  # which one_thread() took from it, as from all that ask
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _ in range(4):
        ours.append(timed(lambda: bench.embedder.encode(texts)))
        theirs.append(timed(lambda: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)))
    wall, cpu = (
        statistics.median(two[part] / one[part] for one, two in zip(ours, theirs, strict=True)) for part in (0, 1)
    )
    rate = len(texts) / statistics.median(one for one, _ in ours)
    ratios = [two[0] / one[0] for one, two in zip(ours, theirs, strict=True)]
    note = f"{rate:.1f} passages a second"
    work = statistics.mean(_operations(bench.embedder.count_tokens(text) + 2) for text in texts) * rate
    most = _most_operations()
    bound = f"{work / 1e9:.0f} of {most / 1e9:.0f} GFLOP/s, the latter the faster of the two"
    return [
        Figure("encoding", "rate / SentenceTransformer.encode", wall, 1.5, False, cpu, quartiles(ratios), note),
        Figure("encoding", "rate / large products by torch or numpy", work / most, note=bound),
    ]


def _operations(tokens: int, layers: int = 6, width: int = 384) -> float:
    """Return the floating point operations that all-MiniLM-L6-v2 takes for a text: its matrix products, each pair as two."""
    return layers * (24 * width**2 * tokens + 4 * width * tokens**2)


def _most_operations() -> float:
    """Return the floating point operations a second of a large product of float32 matrices on all cores, the best of ten.

    By torch and by numpy, of whose libraries one or the other is the faster on a machine.
    """
    import torch

    left, right = torch.randn(2048, 1536), torch.randn(1536, 1536)
    products = (lambda: torch.mm(left, right), lambda: left.numpy() @ right.numpy())
    best = min(timed(product)[0] for product in products for _ in range(10))
    return 2 * 2048 * 1536 * 1536 / best


class _Clocked:
    """An embedder that adds up the CPU time it takes."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimension, self.max_tokens = embedder.name, embedder.dimension, embedder.max_tokens
        self.seconds = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        started = time.process_time()
        try:
            return self._embedder.encode(texts)
        finally:
            self.seconds += time.process_time() - started

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)


def building(bench: Bench) -> list[Figure]:
    """A first build, the same again, and with one made-up report more."""
    folder = bench.work / f"building-{bench.name}"
    shutil.rmtree(folder, ignore_errors=True)
    if bench.reports:
        shutil.copytree(bench.reports, folder / "corpus")
    else:
        write_corpus(folder / "corpus", bench.passages)
    clocked = _Clocked(bench.embedder)

    def build() -> int:
        return build_corpus(folder / "corpus", folder / "index", folder / "none", clocked, say).result.embedded

    own = time.process_time()
    first = timed(build)
    besides = time.process_time() - own - clocked.seconds
    again = timed(build)
    more = folder / "corpus" / "one-more.txt"
    more.write_text(made_report(random.Random("one more"), 10**6, *vocabulary()), encoding="utf-8")  # noqa: S311 - made up
    counted: list[int] = []
    added = timed(lambda: counted.append(build()))
    index = open_index(folder / "index")
    total, cutting = index.count, timed(lambda: _cut_all(index, bench.embedder))[1]
    shutil.rmtree(folder)
    share = counted[0] / total
    return [
        Figure("building", "work besides encoding and reading / whole build", besides / first[1], 0.02,
               note=f"CPU time; cutting included; {total - counted[0]} passages in {first[0]:.0f} s"),
        Figure("building", "of it, cutting and judging sentences / whole build", cutting / first[1], note="CPU time"),
        Figure("building", "rebuild unchanged / first build", again[0] / first[0], 0.01, cpu=again[1] / first[1]),
        Figure("building", "one report more / first build", added[0] / first[0], share + 0.01, cpu=added[1] / first[1],
               note=f"its share is {share:.4f}"),
    ]  # fmt: skip


def _cut_all(index: FolderIndex, embedder: Embedder) -> None:
    for report_id in index.report_ids():
        split_report(index.report(report_id), count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)


class _MadeUp:
    """An embedder that makes vectors up, always the same for a text: how long opening takes does not depend on them."""

    name, dimension, max_tokens = "made up", 384, 254

    def encode(self, texts: Sequence[str]) -> Vectors:
        seeds = (zlib.crc32(text.encode()) for text in texts)
        made = np.stack(
            [np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32) for seed in seeds]
        )
        vectors: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(text.split()) * 5 // 4


def _build_made_up(folder: Path) -> int:
    """Build the index in a folder with made-up vectors; return the most bytes that this process had resident."""
    build_corpus(folder / "corpus", folder / "index", folder / "none", _MadeUp(), say)
    return peak_memory()


def opened_corpus(bench: Bench) -> Corpus:
    """Return what `opening` is measured on."""
    return Corpus(bench.opened, own=True)


def opening(bench: Bench) -> list[Figure]:
    """Opening an index of a made-up corpus of a size of its own with made-up vectors, besides checking its checksums."""
    folder = bench.work / f"opening-{bench.opened}"
    shutil.rmtree(folder / "index", ignore_errors=True)
    write_corpus(folder / "corpus", bench.opened)
    with ProcessPoolExecutor(1, get_context("spawn")) as child:
        peak = child.submit(_build_made_up, folder).result()
    place = open_index(folder / "index").folder
    manifest = check_generation(place)
    times = [timed(lambda: FolderIndex(place, manifest)) for _ in range(20)]
    checks = [timed(lambda: check_generation(place))[0] for _ in range(3)]
    walls = [wall * 1e3 for wall, _ in times]
    cpu = statistics.mean(each for _, each in times) * 1e3
    note = f"{manifest['passages']} passages; checksums, once a process: {statistics.median(checks) * 1e3:.0f} ms"
    reach = 30 if manifest["passages"] > 50_000 else None
    return [
        Figure("opening", "opening an index, ms", statistics.median(walls), reach, True, cpu, quartiles(walls), note),
        Figure("opening", "peak memory of its build, MiB", peak / 2**20, note="of the process that cuts and writes"),
    ]


def searched_vectors(bench: Bench) -> Corpus:
    """Return what `million` is measured on."""
    return Corpus(bench.vectors, "vectors", own=True)


def million(bench: Bench) -> list[Figure]:
    """Search among a million vectors, without encoding, in turn with a flat FAISS index over the same."""
    folder = bench.work / "million"
    count = bench.vectors
    vectors = write_vectors_file(folder / f"{count}.npy", count)
    path = folder / f"{count}.faiss"
    faiss.omp_set_num_threads(2)
    written: list[dict[str, Any]] = []
    wall, cpu = timed(lambda: written.append(write_vectors(path, vectors, "fast")))
    faiss.omp_set_num_threads(1)
    ours = VectorIndex(path, written[0])
    flat = faiss.IndexFlatIP(vectors.shape[1])
    for first in range(0, count, 50_000):
        flat.add(np.ascontiguousarray(vectors[first : first + 50_000]))
    chance = np.random.default_rng(8)
    asked = np.asarray(vectors[np.sort(chance.integers(0, count, 60))])
    asked = asked + 0.02 * chance.standard_normal(asked.shape, dtype=np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    fast: list[tuple[float, float]] = []
    exact: list[tuple[float, float]] = []
    recalls = []
    for query in asked:
        found: list[Any] = []
        fast.append(timed(lambda query=query, found=found: found.append(ours.nearest(query, 100, None))))  # type: ignore[misc]
        exact.append(timed(lambda query=query, found=found: found.append(flat.search(query[None], _NEAREST)[1][0])))  # type: ignore[misc]
        recalls.append(len({row for row, _ in found[0][:_NEAREST]} & set(map(int, found[1]))) / _NEAREST)
    ratio = statistics.median(one[0] for one in fast) / statistics.median(one[0] for one in exact)
    cpus = sum(one[1] for one in fast) / sum(one[1] for one in exact)
    ratios = [one[0] / two[0] for one, two in zip(fast, exact, strict=True)]
    note = f"{count} made-up vectors; {statistics.median(one[0] for one in fast) * 1e3:.1f} ms; built in {cpu:.0f} s of CPU time ({wall:.0f} s); {written[0]}"
    reach = 0.15 if count >= 1_000_000 else None
    return [
        Figure("million", "search / flat FAISS", ratio, reach, True, cpus, quartiles(ratios), note),
        Figure("million", f"recall at {_NEAREST}", statistics.mean(recalls), 0.95, False),
    ]
