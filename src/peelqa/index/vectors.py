"""The vectors of passages, exact or fast by their number; the only module that knows FAISS."""

from __future__ import annotations

import logging
import mmap
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss as untyped_faiss
import numpy as np

from peelqa.embedding import Vectors
from peelqa.index.generations import Damage

faiss: Any = untyped_faiss  # its types know neither keyword parameters nor the parts of an index

EXACT_UP_TO = 200_000
"""Passages up to which every question is compared with every vector."""
LEAST_RECALL = 0.95
METRIC = "inner_product"
"""Of unit vectors it is their cosine."""
CANDIDATES = 100
"""The number of candidates that recall is measured at: what search asks for."""
_SAMPLED = 200
_SLICE = 16_384
_WIDENINGS = (4.0, 10.0, 25.0, 60.0)
_LIMIT_SHARE = 4
"""FAISS takes a part of at most this share of the limit that it is given (index_read.cpp)."""
_HALF = faiss.ScalarQuantizer.QT_fp16
_KINDS = {b"IxSQ": "exact", b"IxRF": "fast"}


_log = logging.getLogger(__name__)


class MappedVectors:
    """Room for vectors in a new file, of which only what is being worked on need be in memory. Raises OSError where there is none."""

    def __init__(self, path: Path, count: int, dimension: int) -> None:
        size = max(1, 4 * count * dimension)  # nothing at all cannot be mapped
        with path.open("w+b") as file:
            # Room that is only promised would kill the process when the disk turns out to be full.
            os.posix_fallocate(file.fileno(), 0, size)
            self._map = mmap.mmap(file.fileno(), size)
        whole = np.frombuffer(self._map, dtype=np.float32, count=count * dimension)
        self.vectors: Vectors = whole.reshape(count, dimension)
        """All of them, to be read and written."""

    def release(self) -> None:
        """Give back the memory of what was read and written; the file keeps it."""
        self._map.madvise(mmap.MADV_DONTNEED)


def write_vectors(
    path: Path, vectors: Vectors, kind: str, release: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Write an index file over unit vectors, kept in half precision, and return what the manifest says of it.

    That halves what a question reads and changes a cosine by at most 0.0005 (its 11 bits).
    `kind` is "auto" (by their number), "exact" or "fast". A fast index whose recall at CANDIDATES, measured against
    exact search on a sample of the vectors themselves, stays below LEAST_RECALL is refused: an exact one is written,
    with a warning, and what was refused is stated. `release` is called after each slice of the vectors that was read.
    """
    count, dimension = vectors.shape
    refused: dict[str, Any] = {}
    if _wanted(kind, count) == "fast":
        made = faiss.index_factory(dimension, f"PQ{dimension // 2}x4fs,Refine(SQfp16)", faiss.METRIC_INNER_PRODUCT)
        step = max(1, count // 65_536)
        made.train(np.ascontiguousarray(vectors[::step]))
        _fill(made, vectors, release)
        widening, recall = _widening(made, vectors)
        if recall >= LEAST_RECALL:
            faiss.write_index(made, str(path))
            about = {"kind": "fast", "widening": widening, "recall": round(recall, 4), "candidates": CANDIDATES}
            return {**about, "metric": METRIC}
        refused = {"refused": {"kind": "fast", "recall": round(recall, 4)}}
        _log.warning(
            "A fast search would find only %.0f%% of the nearest passages: an exact one is kept.", 100 * recall
        )
    made = faiss.IndexScalarQuantizer(dimension, _HALF, faiss.METRIC_INNER_PRODUCT)
    _fill(made, vectors, release)
    faiss.write_index(made, str(path))
    return {"kind": "exact", "metric": METRIC, **refused}


def is_as_wanted(about: dict[str, Any], kind: str, count: int) -> bool:
    """Tell whether an index over `count` vectors, of which a manifest says `about`, is what writing it again would make."""
    return _wanted(kind, count) in (about["kind"], about.get("refused", {}).get("kind"))


def _wanted(kind: str, count: int) -> str:
    return kind if kind != "auto" else "fast" if count > EXACT_UP_TO else "exact"


def _fill(index: Any, vectors: Vectors, release: Callable[[], None]) -> None:
    for start in range(0, len(vectors), _SLICE):
        index.add(np.ascontiguousarray(vectors[start : start + _SLICE]))
        release()


def _widening(index: Any, vectors: Vectors) -> tuple[float, float]:
    """Return the first widening of the coarse search that is good enough, and its recall."""
    chosen = np.linspace(0, len(vectors) - 1, min(_SAMPLED, len(vectors)), dtype=np.int64)
    queries = np.ascontiguousarray(vectors[chosen])
    wanted = min(CANDIDATES, len(vectors))
    exact = faiss.downcast_index(index.refine_index).search(queries, wanted)[1]
    widening, recall = _WIDENINGS[0], 0.0
    for widening in _WIDENINGS:
        found = index.search(queries, wanted, params=faiss.IndexRefineSearchParameters(k_factor=widening))[1]
        recall = float(np.mean([len(set(one) & set(two)) / wanted for one, two in zip(found, exact, strict=True)]))
        if recall >= LEAST_RECALL:
            break
    return widening, recall


class VectorIndex:
    """A finished index file, mapped into memory and shared between processes."""

    _loading = threading.Lock()
    """FAISS has one limit for all that is read at a time."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        with path.open("rb") as file:
            kind = _KINDS.get(file.read(4))
        if kind is None or kind != about["kind"]:
            raise Damage(f"{path} is not of the kind that its manifest states")
        try:
            self._index: Any = self._read(path)
        except (RuntimeError, MemoryError):
            raise Damage(f"{path} cannot be read") from None
        self._exact: Any = self._index if kind == "exact" else faiss.downcast_index(self._index.refine_index)
        halved = isinstance(self._exact, faiss.IndexScalarQuantizer) and self._exact.sq.qtype == _HALF
        if not halved or (kind == "fast" and not _is_coarse(self._index.base_index)):
            raise Damage(f"{path} holds a kind of index that is not used here")
        if about.get("metric", METRIC) != METRIC or self._index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise Damage(f"{path} does not compare vectors by {METRIC}")
        self._widening = about.get("widening")
        self.count = int(self._index.ntotal)
        self.dimension = int(self._index.d)

    @classmethod
    def _read(cls, path: Path) -> Any:
        """Read an index file none of whose parts may be larger than the file, whatever its header says."""
        with cls._loading:
            usual = faiss.get_deserialization_vector_byte_limit()
            faiss.set_deserialization_vector_byte_limit(_LIMIT_SHARE * (path.stat().st_size + 1))
            try:
                return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            finally:
                faiss.set_deserialization_vector_byte_limit(usual)

    def vector(self, row: int) -> Vectors:
        """Return the vector in a row."""
        found: Vectors = self._exact.reconstruct(row)
        return found

    def nearest(self, vector: Vectors, limit: int, rows: Sequence[int] | None) -> list[tuple[int, float]]:
        """Return the rows most similar to a unit vector with their cosine, best first; only among `rows` if given."""
        query = np.ascontiguousarray(vector.reshape(1, -1), dtype=np.float32)
        wanted = min(limit, self.count, self.count if rows is None else len(rows))
        if not wanted:
            return []
        # One question has no work for a second thread, which would wait for it at full speed; OpenMP counts for each caller.
        faiss.omp_set_num_threads(1)
        if rows is not None:
            # Filters are exact at every size.
            chosen = faiss.SearchParameters(sel=_only(rows, self.count))
            similarities, found = self._exact.search(query, wanted, params=chosen)
        elif self._widening:
            wider = faiss.IndexRefineSearchParameters(k_factor=self._widening)
            similarities, found = self._index.search(query, wanted, params=wider)
        else:
            similarities, found = self._index.search(query, wanted)
        order = np.lexsort((found[0], -similarities[0]))
        hits = list(zip(found[0][order].tolist(), similarities[0][order].tolist(), strict=True))
        # Where fewer were found, FAISS fills up with -1.
        return hits if hits[-1][0] >= 0 else [hit for hit in hits if hit[0] >= 0]


def _is_coarse(index: Any) -> bool:
    return isinstance(faiss.downcast_index(index), faiss.IndexPQFastScan)


def _only(rows: Sequence[int], count: int) -> Any:
    allowed = np.zeros(count, dtype=bool)
    allowed[np.fromiter(rows, dtype=np.int64, count=len(rows))] = True
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
