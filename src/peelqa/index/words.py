"""The words of passages, looked up by BM25; the only module that knows tantivy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tantivy

FEW_ROWS = 2000
"""Up to so many rows a filter lists each; beyond, it names the runs they form."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=True, indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
    return builder.build()


class WordsWriter:
    """A word index being filled. Raises OSError where the disk does not take it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with _as_disk_error():
            self._writer = tantivy.Index(_schema(), path=str(folder)).writer(heap_size=50_000_000, num_threads=1)

    def add(self, row: int, text: str) -> None:
        """Put the words of a row in."""
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_text("text", text)
        with _as_disk_error():
            self._writer.add_document(document)

    def close(self) -> None:
        """Finish the files."""
        with _as_disk_error():
            self._writer.commit()
            self._writer.wait_merging_threads()


@contextmanager
def _as_disk_error() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # tantivy's only kind, for a full disk too
        raise OSError(str(error)) from None


class Words:
    """A finished word index."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    @property
    def count(self) -> int:
        """How many rows it holds."""
        return int(self._searcher.num_docs)

    def holding(self, stem: str) -> int:
        """Count the rows that hold a stem."""
        return int(self._searcher.doc_freq("text", stem))

    def matching(self, words: Sequence[str], limit: int, rows: Sequence[int] | None) -> list[tuple[int, float]]:
        """Return the rows that hold any of the words with their BM25 score, best first; only among `rows` if given."""
        clauses = [
            (tantivy.Occur.Should, self._index.parse_query(f'"{word}"', ["text"])) for word in dict.fromkeys(words)
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if rows is not None:
            allowed = tantivy.Query.const_score_query(_among(rows), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, allowed)])
        found = self._searcher.search(query, limit, count=False).hits
        places = self._searcher.fast_field_values("row", [address for _, address in found])
        hits = [(int(row or 0), score) for row, (score, _) in zip(places, found, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _among(rows: Sequence[int]) -> tantivy.Query:
    if len(rows) <= FEW_ROWS:
        return tantivy.Query.term_set_query(_schema(), "row", list(rows))
    kind = tantivy.FieldType.Unsigned
    runs = [
        (tantivy.Occur.Should, tantivy.Query.range_query(_schema(), "row", kind, run.start, run.stop - 1))
        for run in runs_of(rows)
    ]
    return tantivy.Query.boolean_query(runs)


def runs_of(rows: Sequence[int]) -> list[range]:
    """Return the runs of consecutive numbers that rows form, in order.

    >>> runs_of([7, 1, 2, 3])
    [range(1, 4), range(7, 8)]
    """
    runs: list[range] = []
    for row in sorted(rows):
        if runs and runs[-1].stop == row:
            runs[-1] = range(runs[-1].start, row + 1)
        elif not runs or row >= runs[-1].stop:
            runs.append(range(row, row + 1))
    return runs
