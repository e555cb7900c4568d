"""One generation in a cluster, opened: searched there, quoted from the reports stored beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached

from peelqa.address import Address
from peelqa.embedding import Embedder, Vectors
from peelqa.errors import IndexMissing
from peelqa.index.cards import ReportCard
from peelqa.index.cluster.connection import MOST_AT_ONCE, Consistency
from peelqa.index.cluster.documents import Documents, quoted
from peelqa.index.cluster.generations import Generation, generation_in_force
from peelqa.index.cluster.shape import PLACES, search_options
from peelqa.index.cluster.stored import CARD, PART, REPORT, StoredCard, StoredPart, StoredReport
from peelqa.index.contract import CACHED_CHARACTERS, Scope
from peelqa.index.generations import Damage
from peelqa.index.opened import check_canary_question
from peelqa.passages import Passage
from peelqa.reports.report import Report
from peelqa.words import stems

READERS = 8
FETCHED_AT_ONCE = 32
CACHED_STEMS = 50_000
MOST_NAMED = 2_000
"""Up to so many reports a filter names each; beyond, it names their bodies and years."""


class ClusterIndex:
    """Passages, their vectors and their words, in the collections of one generation.

    One that is published does not change, so it is asked without waiting for the latest writes; while it is checked
    every call sees them all.
    """

    def __init__(self, place: Generation, manifest: Mapping[str, Any], consistency: Consistency) -> None:
        place.connection.make_ready(place.passages)
        self.place = place
        self.manifest = manifest
        self._consistency = consistency
        self._documents = Documents(place.connection, place.documents_name, consistency)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reports")
        self.warning: str | None = None
        kept = LRUCache[Any, StoredReport](
            CACHED_CHARACTERS, getsizeof=lambda stored: min(len(stored.report.text), CACHED_CHARACTERS)
        )
        self.stored = cached(kept, lock=Lock())(self._stored)
        self.holding = lru_cache(CACHED_STEMS)(self._holding)

    @property
    def generation(self) -> str:
        """The generation's name."""
        return self.place.name

    @property
    def count(self) -> int:
        """How many passages there are."""
        return int(self.manifest["passages"])

    @cached_property
    def cards(self) -> dict[str, StoredCard]:
        """What is known of each report, by id."""
        return {name: CARD.read(text) for name, text in self._documents.all("card").items()}

    @cached_property
    def parts(self) -> tuple[StoredPart, ...]:
        """The local indexes that were loaded into it."""
        return tuple(PART.read(text) for text in self._documents.all("part").values())

    @cached_property
    def reports(self) -> tuple[ReportCard, ...]:
        """What is known of all reports, by id; `report` gives one with its text."""
        return tuple(each.card for each in self.cards.values())

    @cached_property
    def rows_by_report(self) -> Mapping[str, Sequence[int]]:
        """The passage rows of each report."""
        return {name: each.rows for name, each in self.cards.items()}

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The words of all reports, folded, with how often each occurs."""
        counted: Counter[str] = Counter()
        for text in self._documents.all("words").values():
            counted.update(json.loads(text))
        return counted

    @cached_property
    def _names(self) -> dict[int, str]:
        """The report that each block of rows belongs to."""
        return {each.first_row // PLACES: name for name, each in self.cards.items()}

    def report_ids(self) -> tuple[str, ...]:
        """List the ids of all reports, sorted."""
        return tuple(self.cards)

    def source_keys(self) -> Mapping[str, str]:
        """Return what tells each report's file from a changed one, by report id."""
        return {name: each.source_key for name, each in self.cards.items()}

    def refused(self) -> Mapping[str, str]:
        """Return the files that are not in the index, and why."""
        return dict(self.manifest["copies"]) | {name: why for part in self.parts for name, why in part.refused.items()}

    def report(self, report_id: str) -> Report:
        """Return a report, its text checked against its hash. Raises KeyError for an id that is not here."""
        return self.stored(report_id).report

    def passages_of(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in order; none for an id that is not here."""
        return self.stored(report_id).whole() if report_id in self.cards else ()

    def passage(self, row: int) -> Passage:
        """Return the passage in a row. Raises KeyError for a row that is not here."""
        block, at = divmod(row, PLACES)
        stored = self.stored(self._names[block])
        if at >= len(stored.passages):
            raise KeyError(row)
        each = stored.passages[at]
        return Passage(stored.report, each.section, each.units)

    def passages(self, rows: Iterable[int]) -> Iterator[Passage]:
        """Yield the passages in some rows, in the order given; their reports are fetched several at a time."""
        left = iter(rows)
        while chunk := list(islice(left, FETCHED_AT_ONCE)):
            names = dict.fromkeys(self._names[row // PLACES] for row in chunk)
            list(self._readers.map(self.stored, names))
            yield from map(self.passage, chunk)

    def nearest(self, vector: Vectors, limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows most similar to a unit vector with their cosine, best first; MOST_AT_ONCE at the most."""
        most = min(limit, MOST_AT_ONCE)
        options = search_options(self.manifest["vectors"]["kind"], most)
        return sorted(self._search("dense", [float(each) for each in vector], options, most, scope), key=_best_first)

    def matching(self, words: Sequence[str], limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows that hold any of the words with their BM25 score, best first; MOST_AT_ONCE at the most."""
        wanted = " ".join(dict.fromkeys(stem for word in words for stem in stems(word)))
        if not wanted:
            return []
        found = self._search("sparse", wanted, {"metric_type": "BM25"}, min(limit, MOST_AT_ONCE), scope)
        # A server gives BM25's scores as they are, Milvus Lite the same below zero.
        return sorted(((row, abs(score)) for row, score in found), key=_best_first)

    def vector(self, row: int) -> list[float]:
        """Return the vector in a row. Raises KeyError for a row that is not here."""
        found = self.place.connection.read(
            "get", self.place.passages, [row], output_fields=["dense"], consistency_level=self._consistency
        )
        if not found:
            raise KeyError(row)
        return [float(each) for each in found[0]["dense"]]

    def check_model(self, embedder: Embedder) -> None:
        """Ask the canary question. Raises IndexOutOfDate where the vectors are another model's."""
        check_canary_question(str(self.place.connection.address), self.manifest, embedder)

    def _search(
        self, field: str, wanted: object, options: dict[str, Any], limit: int, scope: Scope
    ) -> list[tuple[int, float]]:
        found = self.place.connection.read(
            "search",
            self.place.passages,
            data=[wanted],
            anns_field=field,
            search_params=options,
            limit=limit,
            filter=self._filter(scope),
            output_fields=["row"],
            consistency_level=self._consistency,
        )
        return [(int(each["entity"]["row"]), float(each["distance"])) for each in found[0]]

    def _filter(self, scope: Scope) -> str:
        """Return a filter that leaves out what it can of what is not in scope, and nothing else."""
        parts = []
        if scope.reports is not None and len(scope.reports) <= MOST_NAMED:
            parts.append(f"report in {quoted(sorted(scope.reports))}")
        elif scope.reports is not None:
            if scope.bodies:
                parts.append(f"body in {quoted(sorted(scope.bodies))}")
            if scope.years:
                parts.append(f"array_contains_any(years, {sorted(scope.years)})")
        # In a pattern these stand for others; what such a theme leaves out, `Scope.admits` leaves out.
        themes = [theme for theme in scope.themes if not set(theme) & set('%_\\"')]
        if themes and len(themes) == len(scope.themes):
            parts.append(
                "(" + " or ".join(f"headings like {quoted(f'%{theme.casefold()}%')}" for theme in themes) + ")"
            )
        if scope.finding is not None:
            parts.append(f"array_contains(findings, {quoted(scope.finding)})")
        return " and ".join(parts)

    def _holding(self, stem: str) -> int:
        """Count the passages that hold a stem, as `words.stem` makes it."""
        chosen = f"text_match(words, {quoted(stem)})"
        found = self.place.connection.read("query", self.place.passages, filter=chosen, output_fields=["count(*)"])
        return int(found[0]["count(*)"])

    def _stored(self, report_id: str) -> StoredReport:
        known = self.cards[report_id]
        try:
            stored = REPORT.read(self._documents.get("report", report_id))
        except ValueError:
            raise Damage(
                f"{self.place.connection.address}: the text of {report_id} cannot be read. Run: peelqa build"
            ) from None
        if stored.report.sha256 != known.card.sha256 or len(stored.passages) != known.passages:
            raise Damage(
                f"{self.place.connection.address}: the text of {report_id} does not match its hash. Run: peelqa build"
            )
        return stored


def _best_first(hit: tuple[int, float]) -> tuple[float, int]:
    return -hit[1], hit[0]


def open_cluster(address: Address) -> ClusterIndex:
    """Open the generation in force. Raises IndexMissing where there is none, ServerUnusable as `connect` does."""
    missing = IndexMissing(f"There is no index in {address}. Run: peelqa build --index {address}")
    if address.local and not Path(address.uri).exists():
        raise missing
    place = generation_in_force(address)
    if place is None:
        raise missing
    return ClusterIndex(place, place.manifest(), "Bounded")
