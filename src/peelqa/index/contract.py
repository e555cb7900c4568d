"""What search and answers need of an index, whatever keeps it: a folder of this machine, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from peelqa.embedding import Embedder, Vectors
from peelqa.index.cards import ReportCard
from peelqa.passages import Passage, Quotation, Unit
from peelqa.reports.report import Report


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to; each part that is None or empty narrows nothing.

    An index narrows by what it can before it ranks. `admits` has the last word, and who searches asks it.
    """

    reports: frozenset[str] | None = None
    """The ids of the reports that are meant."""
    bodies: frozenset[str] = frozenset()
    """The bodies of those reports, where a body was asked for; says no more than `reports`, in fewer words."""
    years: frozenset[int] = frozenset()
    """The years that were asked for; the same."""
    themes: tuple[str, ...] = ()
    """Words of which one must stand in the passage's theme or headings, without regard to case."""
    finding: str | None = None
    """The direction that a unit of the passage must have."""

    def admits(self, passage: Passage) -> bool:
        """Tell whether a passage is inside."""
        if self.reports is not None and passage.report.id not in self.reports:
            return False
        headings = headings_of(passage) if self.themes else ""
        themed = not self.themes or any(each.casefold() in headings for each in self.themes)
        return themed and any(map(self.admits_unit, passage.units))

    def admits_quotation(self, quotation: Quotation) -> bool:
        """Tell whether a quotation is inside, with a unit of the direction that is wanted."""
        return self.admits(quotation.passage) and any(map(self.admits_unit, quotation.units))

    def admits_unit(self, unit: Unit) -> bool:
        """Tell whether a unit has the direction that is wanted."""
        return self.finding is None or unit.finding == self.finding


EVERYTHING = Scope()
CACHED_CHARACTERS = 16_000_000
"""The text of reports that an open index keeps in memory; their sections and blocks come on top."""


def headings_of(passage: Passage) -> str:
    """Return a passage's theme and headings, folded: what themes are looked for in."""
    theme = passage.report.sections[passage.section].theme or ""
    return " > ".join((theme, *passage.section_path)).casefold()


class Index(Protocol):
    """One generation, opened: its passages, their vectors and their words. It never changes while it is open.

    A row stands for a passage and means nothing outside of its generation.
    """

    manifest: Mapping[str, Any]
    """What the generation says of itself: generation, built_at, model, dimension, passages, vectors."""
    warning: str | None
    """Why this is not the newest generation, where it is not."""

    @property
    def generation(self) -> str:
        """The generation's name."""

    @property
    def count(self) -> int:
        """How many passages there are."""

    @property
    def reports(self) -> tuple[ReportCard, ...]:
        """What is known of all reports, by id; `report` gives one with its text."""

    @property
    def rows_by_report(self) -> Mapping[str, Sequence[int]]:
        """The passage rows of each report."""

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The words of all reports, folded, with how often each occurs."""

    def report_ids(self) -> tuple[str, ...]:
        """List the ids of all reports, sorted."""

    def report(self, report_id: str) -> Report:
        """Return a report, its text checked against its hash. Raises KeyError for an id that is not here."""

    def passages_of(self, report_id: str) -> tuple[Passage, ...]:
        """Return a report's passages in order; none for an id that is not here."""

    def passage(self, row: int) -> Passage:
        """Return the passage in a row."""

    def passages(self, rows: Iterable[int]) -> Iterator[Passage]:
        """Yield the passages in some rows, in the order given."""

    def nearest(self, vector: Vectors, limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows most similar to a unit vector with their cosine, best first."""

    def matching(self, words: Sequence[str], limit: int, scope: Scope) -> list[tuple[int, float]]:
        """Return the rows that hold any of the words with their BM25 score, best first."""

    def holding(self, stem: str) -> int:
        """Count the passages that hold a stem, as `words.stem` makes it."""

    def source_keys(self) -> Mapping[str, str]:
        """Return what tells each report's file from a changed one, by report id."""

    def refused(self) -> Mapping[str, str]:
        """Return the files that are not in the index, and why."""

    def check_model(self, embedder: Embedder) -> None:
        """Raise IndexOutOfDate where the vectors are another model's."""
