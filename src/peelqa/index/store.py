"""Reports and passages in one SQLite file. Knows nothing of vectors and words."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from cachetools import LRUCache, cached

from peelqa.index.cards import CARD, ReportCard, card_of
from peelqa.index.contract import CACHED_CHARACTERS, headings_of
from peelqa.index.generations import Damage
from peelqa.index.records import Record
from peelqa.passages import Passage, Unit
from peelqa.reports.duplicates import Trace, trace_of
from peelqa.reports.report import Report

CACHED_PASSAGES = 4096
_REPORT = Record[Report](Report)
_UNITS = Record[tuple[Unit, ...]](tuple[Unit, ...])
# SQLite reads a row from its start, so what every opening reads of a report stands before its text.
_SCHEMA = """
CREATE TABLE reports (id TEXT PRIMARY KEY, source_key TEXT NOT NULL, card BLOB, first_row INTEGER, passages INTEGER,
                      runs BLOB NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT NOT NULL, report TEXT NOT NULL, section INTEGER NOT NULL,
                       units BLOB NOT NULL, digest BLOB NOT NULL);
CREATE INDEX passage_by_digest ON passages (digest);
CREATE TABLE headings (report TEXT NOT NULL, section INTEGER NOT NULL, first_row INTEGER NOT NULL,
                       last_row INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (report, section)) WITHOUT ROWID;
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE refused (name TEXT PRIMARY KEY, reason TEXT NOT NULL);
"""


def digest_of(searchable: str) -> bytes:
    """Return the SHA-256 of what is embedded of a passage."""
    return hashlib.sha256(searchable.encode("utf-8", "surrogatepass")).digest()


class StoreWriter:
    """A store being filled."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        # The draft is thrown away when its build dies, and is brought to the disk whole before it is published.
        self._file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;" + _SCHEMA
        )

    def add_report(self, report: Report, source_key: str) -> Trace:
        """Put a report in, without its passages and its card, and return what tells its copies."""
        trace = trace_of(report)
        runs = trace.runs.astype("<u4").tobytes()
        values = report.id, source_key, runs, _REPORT.write(report)
        self._file.execute("INSERT INTO reports VALUES (?, ?, NULL, NULL, NULL, ?, ?)", values)
        return trace

    def drop_report(self, report_id: str) -> None:
        """Take a report out that has no passages yet; what it left in the file is overwritten."""
        self._file.execute("DELETE FROM reports WHERE id = ?", (report_id,))

    def copy_report(self, report_id: str, store: Store) -> None:
        """Put a report in as another store has it, without its passages and its card."""
        found = store.execute("SELECT id, source_key, runs, data FROM reports WHERE id = ?", report_id)[0]
        self._file.execute("INSERT INTO reports VALUES (?, ?, NULL, NULL, NULL, ?, ?)", found)

    def report(self, report_id: str) -> Report:
        """Return a report that was put in."""
        (data,) = self._file.execute("SELECT data FROM reports WHERE id = ?", (report_id,)).fetchone()
        return _REPORT.read(data)

    def add_passages(
        self, report: Report, passages: tuple[Passage, ...], digests: Sequence[bytes], first_row: int
    ) -> None:
        """Put the passages of a report that was put in, each with its digest, in rows from `first_row` on, and its card."""
        self._file.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            (
                (row, passage.id, report.id, passage.section, _UNITS.write(passage.units), digest)
                for row, (passage, digest) in enumerate(zip(passages, digests, strict=True), start=first_row)
            ),
        )
        self._file.executemany(
            "INSERT INTO headings VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_row = excluded.last_row",
            (
                (report.id, passage.section, row, row, headings_of(passage))
                for row, passage in enumerate(passages, start=first_row)
            ),
        )
        self._file.execute(
            "UPDATE reports SET card = ?, first_row = ?, passages = ? WHERE id = ?",
            (CARD.write(card_of(report, passages)), first_row, len(passages), report.id),
        )

    def add_refused(self, name: str, reason: str) -> None:
        """Note a file that is not in the index, and why."""
        self._file.execute("INSERT INTO refused VALUES (?, ?)", (name, reason))

    def add_vocabulary(self, counted: Mapping[str, int]) -> None:
        """Note the words of all reports, with how often each occurs."""
        self._file.executemany("INSERT INTO vocabulary VALUES (?, ?)", sorted(counted.items()))

    def close(self) -> None:
        """Finish the file."""
        self._file.commit()
        self._file.close()


class Store:
    """A finished store, read only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()
        self._first = self._connect()
        self._turn = threading.Lock()
        kept = LRUCache[Any, Report](
            CACHED_CHARACTERS, getsizeof=lambda report: min(len(report.text), CACHED_CHARACTERS)
        )
        self.report = cached(kept, key=lambda report_id: report_id, lock=threading.Lock())(self._report)
        self._cut = lru_cache(CACHED_PASSAGES)(self._read_cut)

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows."""
        # A connection a thread: readers do not wait for each other.
        if not hasattr(self._threads, "file"):
            try:
                self._threads.file = self._connect()
            except sqlite3.OperationalError:
                # Newer generations have taken this one's place on the disk; who opened it goes on reading it.
                self._threads.file = None
        file: sqlite3.Connection | None = self._threads.file
        if file is not None:
            return file.execute(statement, values).fetchall()
        with self._turn:
            return self._first.execute(statement, values).fetchall()

    def _connect(self) -> sqlite3.Connection:
        address = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    @cached_property
    def cards(self) -> dict[str, ReportCard]:
        """The cards of all reports, by id."""
        rows = self.execute("SELECT id, card FROM reports ORDER BY id")
        return {str(report_id): CARD.read(card) for report_id, card in rows}

    @cached_property
    def rows(self) -> dict[str, range]:
        """The passage rows of each report."""
        found = self.execute("SELECT id, first_row, passages FROM reports ORDER BY id")
        return {str(report): range(int(first), int(first) + int(count)) for report, first, count in found}

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """The words of all reports, folded, with how often each occurs."""
        return dict(self.execute("SELECT word, count FROM vocabulary"))

    def rows_under(self, themes: tuple[str, ...]) -> set[int] | None:
        """Return the rows whose theme or headings may hold one of some words; None where the file does not know them.

        Where passages of other sections stand between those of one, they are among them too.
        """
        if not self.execute("SELECT 1 FROM sqlite_master WHERE name = 'headings'"):
            return None
        folded = [each.casefold() for each in themes]
        held = self.execute("SELECT first_row, last_row, text FROM headings")
        return {
            row
            for first, last, text in held
            if any(each in text for each in folded)
            for row in range(int(first), int(last) + 1)
        }

    def source_keys(self) -> dict[str, str]:
        """Return what tells each report's file from a changed one, by report id."""
        return {str(report): str(key) for report, key in self.execute("SELECT id, source_key FROM reports")}

    def trace(self, report_id: str) -> Trace:
        """Return what tells a report's copies, without loading its text."""
        ((runs,),) = self.execute("SELECT runs FROM reports WHERE id = ?", report_id)
        card = self.cards[report_id]
        return Trace(
            report_id,
            card.source_name,
            card.url,
            card.published,
            card.retrieved,
            card.partial,
            np.frombuffer(runs, dtype="<u4"),
        )

    def refused(self) -> dict[str, str]:
        """Return the files that are not in the index, and why."""
        return {str(name): str(why) for name, why in self.execute("SELECT name, reason FROM refused ORDER BY name")}

    def _report(self, report_id: str) -> Report:
        found = self.execute("SELECT data FROM reports WHERE id = ?", report_id)
        if not found:
            raise KeyError(report_id)
        report = _REPORT.read(found[0][0])
        if report.sha256 != self.cards[report_id].sha256:
            raise Damage(f"{self.path}: the text of {report_id} does not match its hash. Run: peelqa build")
        return report

    def passage(self, row: int) -> Passage:
        """Return the passage in a row, from 0. Raises KeyError for a row that is not here."""
        report_id, section, units = self._cut(row)
        return Passage(self.report(report_id), section, units)

    def _read_cut(self, row: int) -> tuple[str, int, tuple[Unit, ...]]:
        """Return where a passage stands, without its report, which is large and need not stay in memory for it."""
        found = self.execute("SELECT report, section, units FROM passages WHERE row = ?", row)
        if not found:
            raise KeyError(row)
        return str(found[0][0]), int(found[0][1]), _UNITS.read(found[0][2])

    def passages(self, rows: range) -> Iterator[Passage]:
        """Yield the passages in some rows. Raises KeyError where there are none."""
        statement = "SELECT report, section, units FROM passages WHERE row >= ? AND row < ? ORDER BY row"
        found = self.execute(statement, rows.start, rows.stop)
        if len(found) != len(rows):
            raise KeyError(rows)
        for report_id, section, units in found:
            report = self.report(str(report_id))
            yield Passage(report, int(section), _UNITS.read(units))

    def row_of(self, digest: bytes) -> int | None:
        """Return a row whose passage has this digest, if any."""
        found = self.execute("SELECT row FROM passages WHERE digest = ? LIMIT 1", digest)
        return int(found[0][0]) if found else None
