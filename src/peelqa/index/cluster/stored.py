"""What a cluster keeps of a report, and of a part of the corpus that one machine loaded, as documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peelqa.index.cards import ReportCard
from peelqa.index.records import Record
from peelqa.passages import Passage, Unit
from peelqa.reports.report import Report


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage without its report."""

    section: int
    units: tuple[Unit, ...]
    digest: str
    """The SHA-256 of what was embedded of it."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report with its passages, in order."""

    report: Report
    passages: tuple[StoredPassage, ...]

    def whole(self) -> tuple[Passage, ...]:
        """Return the passages with their report."""
        return tuple(Passage(self.report, each.section, each.units) for each in self.passages)


@dataclass(frozen=True, slots=True)
class StoredCard:
    """What is known of a report without reading it. It is written last: a report with a card is loaded whole."""

    card: ReportCard
    passages: int
    first_row: int
    source_key: str
    part: str
    """The generation of the local index that it was loaded from."""
    folded_sha256: str
    """Of the text with its white space folded: copies share it."""

    @property
    def rows(self) -> range:
        """Its passages' rows."""
        return range(self.first_row, self.first_row + self.passages)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A local index that was loaded into a generation, or is being loaded."""

    generation: str
    reports: int
    passages: int
    model: str
    dimension: int
    canary_question: str
    """The vector of the canary question, as text."""
    canaries: tuple[dict[str, Any], ...]
    """Passages whose id, digest and vector are known, with the report they stand in and their place there."""
    refused: dict[str, str]
    """Files that are not in it, and why."""
    complete: bool
    """False until everything of it is there."""
    folder: str = ""
    """The name of the folder that it was loaded from, for people to know it by."""

    def __str__(self) -> str:
        return f"{self.folder or self.generation} ({self.reports} report{'' if self.reports == 1 else 's'})"


REPORT = Record[StoredReport](StoredReport)
CARD = Record[StoredCard](StoredCard)
PART = Record[StoredPart](StoredPart)
