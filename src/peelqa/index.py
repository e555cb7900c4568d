"""Passages, their vectors and their words, kept as complete generations on disk. Knows FAISS, tantivy and SQLite.

`CURRENT` names a generation and the SHA-256 of its manifest, and is replaced last: a build that dies at any moment
leaves the old generation serving. Knows nothing of questions.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import tantivy
from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from peelqa.embedding import Embedder, Vectors
from peelqa.errors import BuildRunning, IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.passages import Passage, Unit, split_report
from peelqa.reports.report import Report
from peelqa.weights import sha256_of

FORMAT = 1
KEPT_GENERATIONS = 2
_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
_UNITS: TypeAdapter[tuple[Unit, ...]] = TypeAdapter(tuple[Unit, ...])
_SCHEMA = """
CREATE TABLE reports (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE passages (row INTEGER PRIMARY KEY, report TEXT NOT NULL, section INTEGER NOT NULL, units BLOB NOT NULL,
                       digest TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build published."""

    generation: str
    reports: int
    passages: int
    embedded: int
    """Passages that were new and had to be embedded."""


def build_index(
    folder: Path, reports: Sequence[Report], embedder: Embedder, progress: Callable[[int, int], None] | None = None
) -> BuildResult:
    """Publish a new generation of the index that holds these reports.

    Passages whose searchable text the last generation already holds are not embedded again; `progress` is called
    with how many are done and how many there are to do. Raises BuildRunning where another build is at work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            return _build(folder, reports, embedder, progress)
    except Timeout:
        raise BuildRunning(f"Another build is at work in {folder}. Wait for it, then try again.") from None


def _build(
    folder: Path, reports: Sequence[Report], embedder: Embedder, progress: Callable[[int, int], None] | None
) -> BuildResult:
    passages = [
        passage
        for report in sorted(reports, key=lambda each: each.id)
        for passage in split_report(report, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    ]
    digests = [hashlib.sha256(passage.searchable.encode("utf-8", "surrogatepass")).hexdigest() for passage in passages]
    known = _known_vectors(folder, embedder)
    missing = [row for row, digest in enumerate(digests) if digest not in known]
    vectors = np.empty((len(passages), embedder.dimension), dtype=np.float32)
    for row, digest in enumerate(digests):
        if digest in known:
            vectors[row] = known[digest]
    done = 0

    def count(encoded: int) -> None:
        nonlocal done
        done += encoded
        if progress:
            progress(done, len(missing))

    vectors[missing] = embedder.encode([passages[row].searchable for row in missing], count)
    built_at = datetime.now(UTC)
    name = f"gen-{built_at:%Y%m%dT%H%M%S%f}"
    _remove_leftovers(folder)
    draft = folder / f".building-{name}"
    draft.mkdir()
    _write_store(draft / "store.sqlite", reports, passages, digests)
    _write_vectors(draft / "vectors.faiss", vectors)
    _write_words(draft / "words", passages)
    manifest = _write_manifest(draft, name, built_at, embedder, reports, len(passages))
    _publish(folder, draft, name, manifest)
    return BuildResult(name, len(reports), len(passages), len(missing))


def _known_vectors(folder: Path, embedder: Embedder) -> dict[str, Vectors]:
    try:
        old = open_index(folder)
    except (IndexMissing, IndexDamaged, IndexOutOfDate):
        return {}
    if old.manifest["model"] != embedder.name:
        return {}
    rows = old.store.execute("SELECT row, digest FROM passages").fetchall()
    vectors = old.vectors.reconstruct_n(0, old.vectors.ntotal)
    return {digest: vectors[row] for row, digest in rows}


def _write_store(path: Path, reports: Iterable[Report], passages: Sequence[Passage], digests: Sequence[str]) -> None:
    with sqlite3.connect(path) as store:
        store.executescript(_SCHEMA)
        store.executemany(
            "INSERT INTO reports VALUES (?, ?, ?)",
            ((report.id, report.sha256, _REPORT.dump_json(report)) for report in reports),
        )
        store.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            (
                (row, passage.report.id, passage.section, _UNITS.dump_json(passage.units), digest)
                for row, (passage, digest) in enumerate(zip(passages, digests, strict=True))
            ),
        )
    store.close()


def _write_vectors(path: Path, vectors: Vectors) -> None:
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    faiss.write_index(flat, str(path))
    # On a full disk faiss can write a short file without an error.
    if faiss.read_index(str(path)).ntotal != len(vectors):
        raise OSError(f"{path} was not written whole; is the disk full?")


def _write_words(path: Path, passages: Sequence[Passage]) -> None:
    path.mkdir()
    words = tantivy.Index(_words_schema(), path=str(path))
    writer = words.writer(heap_size=50_000_000, num_threads=1)
    for row, passage in enumerate(passages):
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_text("text", passage.searchable)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _words_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=True, indexed=True)
    builder.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
    return builder.build()


def _write_manifest(
    draft: Path, name: str, built_at: datetime, embedder: Embedder, reports: Sequence[Report], passages: int
) -> bytes:
    files = [path for path in sorted(draft.rglob("*")) if path.is_file() and not path.name.endswith(".lock")]
    manifest = {
        "format": FORMAT,
        "generation": name,
        "built_at": built_at.isoformat(timespec="seconds"),
        "model": embedder.name,
        "dimension": embedder.dimension,
        "passages": passages,
        "reports": {report.id: report.sha256 for report in reports},
        "files": {
            path.relative_to(draft).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
            for path in files
        },
    }
    data = json.dumps(manifest, indent=1).encode()
    (draft / "manifest.json").write_bytes(data)
    for path in draft.rglob("*"):
        _sync(path)
    _sync(draft)
    return data


def _publish(folder: Path, draft: Path, name: str, manifest: bytes) -> None:
    draft.rename(folder / name)
    pointer = folder / ".CURRENT.new"
    pointer.write_text(json.dumps({"generation": name, "manifest_sha256": hashlib.sha256(manifest).hexdigest()}))
    _sync(pointer)
    pointer.replace(folder / "CURRENT")
    _sync(folder)
    for old in sorted(folder.glob("gen-*"))[:-KEPT_GENERATIONS]:
        shutil.rmtree(old)


def _remove_leftovers(folder: Path) -> None:
    for leftover in folder.glob(".building-*"):
        shutil.rmtree(leftover)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Index:
    """One generation, opened whole; every file was checked against the manifest."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.store = sqlite3.connect(
            f"file:{folder / 'store.sqlite'}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self.vectors: Any = faiss.read_index(str(folder / "vectors.faiss"))
        if self.vectors.ntotal != manifest["passages"] or self.vectors.d != manifest["dimension"]:
            raise IndexDamaged(f"{folder / 'vectors.faiss'} does not fit its manifest. Run: peelqa build")
        self.words = tantivy.Index(_words_schema(), path=str(folder / "words"))
        self._reports: dict[str, Report] = {}

    @property
    def generation(self) -> str:
        """The generation's name."""
        return str(self.manifest["generation"])

    def report_ids(self) -> tuple[str, ...]:
        """List the ids of all reports, sorted."""
        return tuple(sorted(self.manifest["reports"]))

    def report(self, report_id: str) -> Report:
        """Return a report, its text checked against the manifest. Raises KeyError for an id that is not here."""
        if report_id not in self._reports:
            (data,) = self.store.execute("SELECT data FROM reports WHERE id = ?", (report_id,)).fetchone()
            report = _REPORT.validate_json(data)
            if report.sha256 != self.manifest["reports"][report_id]:
                raise IndexDamaged(f"The text of {report_id} is not what the manifest says. Run: peelqa build")
            self._reports[report_id] = report
        return self._reports[report_id]

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """All reports, by id."""
        return tuple(self.report(report_id) for report_id in self.report_ids())

    @cached_property
    def rows_by_report(self) -> dict[str, list[int]]:
        """The passage rows of each report."""
        rows: dict[str, list[int]] = {}
        for row, report_id in self.store.execute("SELECT row, report FROM passages ORDER BY row"):
            rows.setdefault(report_id, []).append(row)
        return rows

    def passage(self, row: int) -> Passage:
        """Return the passage in a row, from 0."""
        report_id, section, units = self.store.execute(
            "SELECT report, section, units FROM passages WHERE row = ?", (row,)
        ).fetchone()
        return Passage(self.report(report_id), section, _UNITS.validate_json(units))

    def passages_of(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in order."""
        return tuple(self.passage(row) for row in self.rows_by_report.get(report_id, ()))

    def nearest(self, vector: Vectors, limit: int, rows: Sequence[int] | None) -> list[tuple[int, float]]:
        """Return the rows most similar to a unit vector with their cosine, best first; only among `rows` where given."""
        chosen = None if rows is None else _only(rows)
        similarities, found = self.vectors.search(vector.reshape(1, -1), min(limit, self.vectors.ntotal), params=chosen)
        return [(int(row), float(cosine)) for row, cosine in zip(found[0], similarities[0], strict=True) if row >= 0]

    def matching(self, words: Sequence[str], limit: int, rows: Sequence[int] | None) -> list[tuple[int, float]]:
        """Return the rows that hold any of the words with their BM25 score, best first; only among `rows` where given."""
        schema = _words_schema()
        clauses = [
            (tantivy.Occur.Should, self.words.parse_query(f'"{word}"', ["text"])) for word in dict.fromkeys(words)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if rows is not None:
            allowed = tantivy.Query.term_set_query(schema, "row", list(rows))
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0))]
            )
        searcher = self.words.searcher()
        hits = [
            (int(searcher.doc(address)["row"][0]), float(score))
            for score, address in searcher.search(query, limit).hits
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def holding(self, stem: str) -> int:
        """Count the passages that hold a stem, as `words.stem` makes it."""
        return int(self.words.searcher().doc_freq("text", stem))


def _only(rows: Sequence[int]) -> Any:
    parameters: Any = faiss.SearchParameters
    return parameters(sel=faiss.IDSelectorBatch(np.array(rows, dtype=np.int64)))


def open_index(folder: Path) -> Index:
    """Open the current generation, every file checked.

    Raises IndexMissing where there is none, IndexDamaged with the file's name, IndexOutOfDate for another format.
    """
    pointer = folder / "CURRENT"
    if not pointer.is_file():
        raise IndexMissing(f"There is no index in {folder}. Run: peelqa build")
    try:
        current = json.loads(pointer.read_bytes())
        place, expected = folder / str(current["generation"]), str(current["manifest_sha256"])
    except (ValueError, KeyError, TypeError):
        raise IndexDamaged(f"{pointer} cannot be read. Run: peelqa build") from None
    return Index(place, check_generation(place, expected))


def check_generation(place: Path, manifest_sha256: str) -> dict[str, Any]:
    """Check every file of a generation and return its manifest. Raises IndexDamaged with the file's name."""
    path = place / "manifest.json"
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != manifest_sha256:
        raise IndexDamaged(f"{path} is not the manifest that was published. Run: peelqa build")
    manifest: dict[str, Any] = json.loads(data)
    if manifest["format"] != FORMAT:
        raise IndexOutOfDate(f"{place} is in format {manifest['format']}, not {FORMAT}. Run: peelqa build")
    for name, about in manifest["files"].items():
        file = place / name
        if not file.is_file() or file.stat().st_size != about["bytes"] or sha256_of(file) != about["sha256"]:
            raise IndexDamaged(f"{file} is damaged. Run: peelqa build")
    return manifest
