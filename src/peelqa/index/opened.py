"""One generation, opened whole: every file was checked, and its parts were checked against each other."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from peelqa.embedding import Embedder, Vectors
from peelqa.errors import IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.index.cards import ReportCard
from peelqa.index.contract import Scope
from peelqa.index.generations import MANIFEST, Damage, check_generation, current_generation, list_generations
from peelqa.index.store import Store
from peelqa.index.vectors import VectorIndex
from peelqa.index.words import Words
from peelqa.passages import Passage
from peelqa.reports.report import Report

CANARIES = 8
CANARY_QUESTION = "What concerns did the inspectors raise, and what must be done about them?"
SAME = 0.9999
"""Vectors of one text by one model are at least so alike."""
SAME_IN_HALF = 0.9995
"""The same where one of them was kept in half precision, 11 bits a number."""
_REMEMBERED_SCOPES = 8


class FolderIndex:
    """Passages, their vectors and their words, in the files of one generation."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], warning: str | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.warning = warning
        """Why this is not the newest generation, where it is not."""
        self.store = Store(folder / "store.sqlite")
        self.vectors = VectorIndex(folder / "vectors.faiss", manifest["vectors"])
        self.words = Words(folder / "words")
        self._rows = lru_cache(_REMEMBERED_SCOPES)(self._rows_in)
        self._check_parts()

    @property
    def generation(self) -> str:
        """The generation's name."""
        return str(self.manifest["generation"])

    @property
    def count(self) -> int:
        """How many passages there are."""
        return self.vectors.count

    def report_ids(self) -> tuple[str, ...]:
        """List the ids of all reports, sorted."""
        return tuple(sorted(self.manifest["reports"]))

    @cached_property
    def reports(self) -> tuple[ReportCard, ...]:
        """What is known of all reports, by id; `report` gives one with its text."""
        return tuple(self.store.cards.values())

    def report(self, report_id: str) -> Report:
        """Return a report, its text checked against its hash. Raises KeyError for an id that is not here."""
        return self.store.report(report_id)

    @property
    def rows_by_report(self) -> Mapping[str, Sequence[int]]:
        """The passage rows of each report."""
        return self.store.rows

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The words of all reports, folded, with how often each occurs."""
        return self.store.vocabulary

    def passages_of(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in order; none for an id that is not here."""
        rows = self.store.rows.get(report_id, range(0))
        return tuple(self.store.passages(rows))

    def holding(self, stem: str) -> int:
        """Count the passages that hold a stem, as `words.stem` makes it."""
        return self.words.holding(stem)

    def passage(self, row: int) -> Passage:
        """Return the passage in a row, from 0."""
        return self.store.passage(row)

    def passages(self, rows: Iterable[int]) -> Iterator[Passage]:
        """Yield the passages in some rows, in the order given."""
        return map(self.store.passage, rows)

    def nearest(self, vector: Vectors, limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows most similar to a unit vector with their cosine, best first."""
        rows = self._rows(scope)
        return [] if rows == [] else self.vectors.nearest(vector, limit, rows)

    def matching(self, words: Sequence[str], limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows that hold any of the words with their BM25 score, best first."""
        return self.words.matching(words, limit, self._rows(scope))

    def _rows_in(self, scope: Scope) -> list[int] | None:
        """Return the rows of the reports and themes that are meant; findings are left to who searches."""
        themed = self.store.rows_under(scope.themes) if scope.themes else None
        if scope.reports is None:
            return None if themed is None else sorted(themed)
        rows = (row for report in sorted(scope.reports) for row in self.store.rows.get(report, ()))
        return [row for row in rows if themed is None or row in themed]

    def source_keys(self) -> Mapping[str, str]:
        """Return what tells each report's file from a changed one, by report id."""
        return self.store.source_keys()

    def refused(self) -> Mapping[str, str]:
        """Return the files that are not in the index, and why."""
        return self.store.refused()

    def check_model(self, embedder: Embedder) -> None:
        """Ask the canary question. Raises IndexOutOfDate where the vectors are another model's."""
        check_canary_question(str(self.folder.parent), self.manifest, embedder)

    def _check_parts(self) -> None:
        """Raise Damage where counts differ or a canary passage does not stand where it stood at the build."""
        count = self.manifest["passages"]
        for name, held in (
            ("store.sqlite", self._count("passages")),
            ("words", self.words.count),
            ("vectors.faiss", self.vectors.count),
        ):
            if held != count:
                raise Damage(f"{self.folder / name} holds {held} passages instead of {count}")
        if self.vectors.dimension != self.manifest["dimension"]:
            raise Damage(f"{self.folder / 'vectors.faiss'} has {self.vectors.dimension} dimensions")
        if (held := self._count("reports")) != len(self.manifest["reports"]):
            raise Damage(f"{self.folder / 'store.sqlite'} holds {held} reports, not {len(self.manifest['reports'])}")
        if len(self.manifest["canaries"]) != min(CANARIES, count):
            raise Damage(f"{self.folder / MANIFEST} holds {len(self.manifest['canaries'])} canary passages")
        for canary in self.manifest["canaries"]:
            row = canary["row"]
            kept = self.store.execute("SELECT id, digest FROM passages WHERE row = ?", row)
            if not kept or (kept[0][0], kept[0][1].hex()) != (canary["id"], canary["digest"]):
                raise Damage(f"{self.folder / 'store.sqlite'} holds another passage in row {row}")
            if float(self.vectors.vector(row) @ unpack(canary["vector"])) < SAME_IN_HALF:
                raise Damage(f"{self.folder / 'vectors.faiss'} holds another vector in row {row}")

    def _count(self, table: Literal["passages", "reports"]) -> int:
        return int(self.store.execute(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608 - one of two names


def check_canary_question(place: str, manifest: Mapping[str, Any], embedder: Embedder) -> None:
    """Raise IndexOutOfDate where a generation's vectors are not of the embedder's model, in the same state."""
    made_with = manifest["model"]
    if made_with != embedder.name:
        raise IndexOutOfDate(f"{place} was built with {made_with}, settings ask for {embedder.name}. Run: peelqa build")
    if float(embedder.encode([CANARY_QUESTION])[0] @ unpack(manifest["canary_question"])) < SAME:
        raise IndexOutOfDate(f"{place} was built with another state of the model {made_with}. Run: peelqa build")


def pack(vector: Vectors) -> str:
    """Write a vector as text."""
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode()


def unpack(text: str) -> Vectors:
    """Return a vector from its text."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)


def open_index(folder: Path) -> FolderIndex:
    """Open the newest whole generation, every file checked; its `warning` says where that is not the newest of all.

    Raises IndexMissing where there is none, IndexDamaged where none is whole, IndexOutOfDate for another format.
    """
    damage: list[str] = []
    in_force: Path | None = None
    try:
        in_force, digest = current_generation(folder)
        return _open(in_force, digest, None)
    except Damage as error:
        damage.extend(error.lines)
    if in_force and not in_force.is_dir() and _published_since(folder, in_force):
        # A build replaced and removed the generation between our two looks.
        return open_index(folder)
    for place in list_generations(folder):
        if place == in_force:
            continue
        try:
            warning = f"{damage[0]}. Answering from the previous generation {place.name}. Run: peelqa build"
            return _open(place, None, warning)
        except Damage as error:
            damage.extend(error.lines)
        except IndexOutOfDate as error:
            damage.append(str(error))
    raise IndexDamaged(f"{damage[0]}, and no other whole generation is left. Run: peelqa build")


def _published_since(folder: Path, place: Path) -> bool:
    try:
        return current_generation(folder)[0] != place
    except (Damage, IndexMissing):
        return False


def _open(place: Path, digest: str | None, warning: str | None) -> FolderIndex:
    try:
        return FolderIndex(place, check_generation(place, digest), warning)
    except (Damage, IndexOutOfDate, IndexMissing):
        raise
    except FileNotFoundError as error:
        raise Damage(f"{error.filename} is missing") from None
    except Exception as error:  # the engines fail in many ways on what is no file of theirs
        raise Damage(f"{place} cannot be opened ({type(error).__name__}: {error})") from None


def find_damage(folder: Path) -> list[str]:
    """Check every generation, every file and every report's text; one line for each thing that is wrong.

    Raises IndexMissing where there is nothing to check.
    """
    wrong: list[str] = []
    in_force: Path | None = None
    digest: str | None = None
    try:
        in_force, digest = current_generation(folder)
        if not in_force.is_dir():
            wrong.append(f"{in_force} is missing")
    except Damage as error:
        wrong.extend(error.lines)
    for place in list_generations(folder):
        try:
            index = _open(place, digest if place == in_force else None, None)
            wrong.extend(_wrong_reports(index))
        except Damage as error:
            wrong.extend(error.lines)
        except IndexOutOfDate as error:
            wrong.append(str(error))
    return wrong


def _wrong_reports(index: FolderIndex) -> list[str]:
    wrong = []
    for report_id in index.report_ids():
        try:
            text = index.store.report(report_id).sha256
            if text != index.manifest["reports"][report_id]:
                wrong.append(f"{index.folder}: the text of {report_id} is not what the manifest says")
        except KeyError:
            wrong.append(f"{index.folder}: the report {report_id} is missing")
        except (Damage, ValueError) as error:
            wrong.append(f"{index.folder}: {report_id}: {error}")
    return wrong
