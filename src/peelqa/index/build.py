"""A new generation in the making: what is unchanged is taken over from the last one, the rest is cut and embedded."""

from __future__ import annotations

import shutil
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from peelqa.embedding import Embedder, Vectors
from peelqa.errors import BuildFailed, IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.index.cards import words_of
from peelqa.index.embedded import Embedded, forget_embedded
from peelqa.index.generations import Damage, new_draft, only_builder, prune, publish, seal
from peelqa.index.opened import CANARIES, CANARY_QUESTION, FolderIndex, open_index, pack
from peelqa.index.pending import Pending
from peelqa.index.plan import PHASES, BuildPlan, BuildResult
from peelqa.index.store import StoreWriter, digest_of
from peelqa.index.vectors import MappedVectors, is_as_wanted, write_vectors
from peelqa.index.words import WordsWriter
from peelqa.passages import split_report
from peelqa.reports.duplicates import Trace
from peelqa.reports.report import Report

_SPARE_BYTES = 64 * 2**20
_NEW = -1
_CUTTING, _EMBEDDING, _WRITING = PHASES


def build_index(
    folder: Path,
    reports: Iterable[Report],
    embedder: Embedder,
    progress: Callable[[str, int, int], None] | None = None,
    plan: BuildPlan | None = None,
) -> BuildResult:
    """Publish a new generation of the index that holds these reports.

    Raises BuildRunning where another build is at work, BuildFailed where the disk does not take it; the old
    generation then stays.
    """
    with start_build(folder, embedder, plan or BuildPlan(progress=progress)) as draft:
        for report in reports:
            draft.add(report, "")
        return draft.publish()


@contextmanager
def start_build(folder: Path, embedder: Embedder, plan: BuildPlan) -> Iterator[Draft]:
    """Hold the folder's lock and give an empty draft. Raises as build_index does."""
    with ExitStack() as stack:
        try:
            stack.enter_context(only_builder(folder))
            draft = Draft(folder, embedder, plan)
            stack.callback(draft.abandon)
            yield draft
        except (OSError, sqlite3.Error, RuntimeError, Damage) as error:
            raise BuildFailed(
                f"The index in {folder} could not be written ({error}); the old one stays. "
                "Mend that, then run: peelqa build"
            ) from None


@dataclass
class Draft:
    """A generation that is being made in a folder of its own, with the last one at hand."""

    folder: Path
    embedder: Embedder
    plan: BuildPlan
    kept: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    warnings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was noticed in reading each report, by its file."""
    refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._step("reading")
        self.old = _last_generation(self.folder, self.embedder)
        self.source_keys = self.old.store.source_keys() if self.old else {}
        """What the last generation knows its reports' files by."""
        self.place, self.name, self.built_at = new_draft(self.folder)
        self._store = StoreWriter(self.place / "store.sqlite")
        self._old_rows = array("q")

    def keep(self, report_id: str) -> Trace:
        """Take a report over from the last generation; return what tells its copies. Its text is not loaded."""
        assert self.old is not None  # noqa: S101 - only what it holds can be kept
        self.kept.add(report_id)
        card = self.old.store.cards[report_id]
        self.warnings[card.source_name] = card.warnings
        return self.old.store.trace(report_id)

    def add(self, report: Report, source_key: str) -> Trace:
        """Take a report in that was read, and return what tells its copies.

        `source_key` tells its file, and how it was read, from any other.
        """
        trace = self._store.add_report(report, source_key)
        self.added.add(report.id)
        self.warnings[report.source_name] = report.warnings
        return trace

    def drop(self, report_id: str) -> None:
        """Leave a report out again."""
        self.kept.discard(report_id)
        self.added.discard(report_id)
        self._store.drop_report(report_id)

    def publish(self) -> BuildResult:
        """Make the generation and put it in force; the last one stays in force where it holds the very same."""
        if self.old and self._unchanged(self.old):
            manifest = self.old.manifest
            # A build that died at pruning may have left a generation that holds removed reports.
            prune(self.folder, manifest["reports"], self.old.generation)
            forget_embedded(self.folder)
            return BuildResult(manifest["generation"], len(self.kept), manifest["passages"], 0, 0, True)
        self._take_over()
        self._step("cutting")
        with Pending(self.place / "pending", Embedded(self.folder, self.embedder)) as pending:
            self._cut(pending)
        # In a file of their own, in what is kept of a build that dies, and in FAISS.
        vectors_kept = 2 * len(self._old_rows) + pending.unknown
        require_room(self.place, 4 * self.embedder.dimension * vectors_kept + self._bytes())
        self._step("embedding")
        mapped = self._embed(pending)
        self._step("writing vectors")
        self._progress(_WRITING, 0, 1)
        about = write_vectors(self.place / "vectors.faiss", mapped.vectors, self.plan.vectors, mapped.release)
        manifest = self._manifest(mapped.vectors, about)
        del mapped
        (self.place / "vectors.f32").unlink(missing_ok=True)
        self._step("checking")
        # On a full disk FAISS can write a short file without an error, so the draft is opened as a reader will.
        FolderIndex(self.place, manifest)
        self._step("sealing")
        digest = seal(self.place, manifest)
        # Before it is published: what cannot be removed then fails the build, and the old generation stays.
        forget_embedded(self.folder)
        self._step("publishing")
        publish(self.folder, self.place, self.name, digest)
        self._step("pruning")
        prune(self.folder, manifest["reports"], self.name, self.old.generation if self.old else None)
        self._progress(_WRITING, 1, 1)
        self._step("done")
        return BuildResult(
            self.name, len(manifest["reports"]), len(self._old_rows), pending.made, len(self.added), False
        )

    def abandon(self) -> None:
        """Remove what was not published."""
        shutil.rmtree(self.place, ignore_errors=True)

    def _unchanged(self, old: FolderIndex) -> bool:
        return (
            not self.added
            and self.kept == set(self.source_keys)
            and self.refused == old.store.refused()
            and old.warning is None
            and is_as_wanted(old.manifest["vectors"], self.plan.vectors, old.count)
        )

    def _take_over(self) -> None:
        for report_id in sorted(self.kept):
            assert self.old is not None  # noqa: S101 - only what it holds can be kept
            self._store.copy_report(report_id, self.old.store)
        for name, reason in self.refused.items():
            self._store.add_refused(name, reason)

    def _cut(self, pending: Pending) -> None:
        """Fill store and words with passages, report by report in the order of their ids, and list what is to embed."""
        words = WordsWriter(self.place / "words")
        vocabulary = self._known_vocabulary()
        reports = sorted((*self.kept, *self.added))
        for done, report_id in enumerate(reports):
            self._progress(_CUTTING, done, len(reports))
            if self.old and report_id in self.kept:
                report = self.old.report(report_id)
                old_rows = self.old.rows_by_report[report_id]
                passages = self.old.passages_of(report_id)
            else:
                old_rows = None
                report = self._store.report(report_id)
                vocabulary.update(words_of(report))
                count_tokens, most = self.embedder.count_tokens, self.embedder.max_tokens
                passages = split_report(report, count_tokens=count_tokens, max_tokens=most)
            first = len(self._old_rows)
            texts = [passage.searchable for passage in passages]
            digests = list(map(digest_of, texts))
            self._store.add_passages(report, passages, digests, first)
            for place, (text, digest) in enumerate(zip(texts, digests, strict=True)):
                words.add(first + place, text)
                old_row = old_rows[place] if old_rows else self._known(digest)
                self._old_rows.append(old_row)
                if old_row == _NEW:
                    pending.add(digest, text)
        self._progress(_CUTTING, len(reports), len(reports))
        words.close()
        self._store.add_vocabulary(+vocabulary)
        self._store.close()

    def _known_vocabulary(self) -> Counter[str]:
        """Return the last generation's vocabulary without the words of reports that are not taken over."""
        vocabulary: Counter[str] = Counter()
        if self.old:
            vocabulary.update(self.old.vocabulary)
            for report_id in self.source_keys.keys() - self.kept:
                vocabulary.subtract(words_of(self.old.report(report_id)))
        return vocabulary

    def _known(self, digest: bytes) -> int:
        row = self.old.store.row_of(digest) if self.old else None
        return _NEW if row is None else row

    def _embed(self, pending: Pending) -> MappedVectors:
        """Return all vectors, in a file that is mapped into memory: taken over where known, else embedded, once each."""
        mapped = MappedVectors(self.place / "vectors.f32", len(self._old_rows), self.embedder.dimension)
        new = [row for row, old_row in enumerate(self._old_rows) if old_row == _NEW]
        for row, old_row in enumerate(self._old_rows):
            if old_row != _NEW and self.old:
                mapped.vectors[row] = self.old.vectors.vector(old_row)
        done = 0
        self._progress(_EMBEDDING, done, len(new))
        for vectors in pending.vectors():
            mapped.vectors[new[done : done + len(vectors)]] = vectors
            mapped.release()
            done += len(vectors)
            self._progress(_EMBEDDING, done, len(new))
        return mapped

    def _manifest(self, vectors: Vectors, about: dict[str, Any]) -> dict[str, Any]:
        count = len(vectors)
        store = sqlite3.connect(self.place / "store.sqlite")
        rows = sorted({round(place) for place in np.linspace(0, count - 1, min(CANARIES, count))})
        canaries = [
            {"row": row, "id": found[0], "digest": found[1].hex(), "vector": pack(vectors[row])}
            for row in rows
            for found in store.execute("SELECT id, digest FROM passages WHERE row = ?", (row,))
        ]
        cards = store.execute("SELECT id, json_extract(card, '$.sha256') FROM reports ORDER BY id").fetchall()
        store.close()
        return {
            "generation": self.name,
            "built_at": self.built_at.isoformat(timespec="seconds"),
            "made_with": _made_with(),
            "model": self.embedder.name,
            "dimension": self.embedder.dimension,
            "passages": count,
            "vectors": about,
            "reports": dict(cards),
            "canaries": canaries,
            "canary_question": pack(self.embedder.encode([CANARY_QUESTION])[0]),
        }

    def _bytes(self) -> int:
        return sum(path.stat().st_size for path in self.place.rglob("*") if path.is_file())

    def _progress(self, what: str, done: int, total: int) -> None:
        if self.plan.progress:
            self.plan.progress(what, done, total)

    def _step(self, name: str) -> None:
        if self.plan.step:
            self.plan.step(name)


def _made_with() -> dict[str, str]:
    """Return the versions of what writes an index, for whoever must find out why one is as it is."""
    from importlib.metadata import PackageNotFoundError, version  # slow to load, and no question needs it

    made_with = {"sqlite": sqlite3.sqlite_version}
    for name in ("peelqa", "faiss-cpu", "tantivy", "numpy"):
        with suppress(PackageNotFoundError):  # a checkout need not be installed
            made_with[name] = version(name)
    return made_with


def _last_generation(folder: Path, embedder: Embedder) -> FolderIndex | None:
    try:
        old = open_index(folder)
    except (IndexMissing, IndexDamaged, IndexOutOfDate):
        return None
    return old if old.manifest["model"] == embedder.name else None


def require_room(folder: Path, need: int) -> None:
    """Raise BuildFailed where the disk of a folder has less than `need` bytes, and some to spare, free."""
    free = shutil.disk_usage(folder).free
    if free < need + _SPARE_BYTES:
        raise BuildFailed(
            f"The disk of {folder} has {free / 2**20:.0f} MB free and the build needs about "
            f"{(need + _SPARE_BYTES) / 2**20:.0f} MB. Free some, then try again; the old index stays."
        )
