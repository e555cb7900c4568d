"""What is known of a report without its text: enough to list, filter and attribute it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from peelqa.findings import Finding
from peelqa.index.records import Record
from peelqa.passages import Passage
from peelqa.reports.report import Grade, Report
from peelqa.words import fold


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report's particulars, as `Report` has them, and what can be asked of it by name."""

    id: str
    title: str
    source_name: str
    source_sha256: str
    sha256: str
    """Of the report's text."""
    publisher: str | None
    framework: str | None
    body: str | None
    year: int | None
    cycle: str | None
    published: date | None
    inspected: tuple[date, date] | None
    url: str | None
    licence: str | None
    retrieved: date | None
    grades: tuple[Grade, ...]
    warnings: tuple[str, ...]
    partial_because: tuple[str, ...]
    sample: bool
    known_years: frozenset[int]
    """Every year that a reader may know it by: year, cycle, publication and inspection."""
    named_years: frozenset[int]
    """Every year that its text names."""
    themes: frozenset[str]
    """What its sections are about."""
    findings: frozenset[Finding]
    """Which directions the units of its passages have."""
    finding_types: frozenset[str]
    """What its framework calls the findings of its sections: area_for_improvement, recommendation and their like."""

    @property
    def partial(self) -> bool:
        """True where a part of the file could not be read, or two readers disagree on what it says."""
        return bool(self.partial_because)

    def years(self) -> frozenset[int]:
        """Return every year that a reader may know this report by."""
        return self.known_years

    def last_day(self) -> date | None:
        """Return the day the report speaks for: its publication, else the inspection's last day; None where unknown."""
        return self.published or (self.inspected[1] if self.inspected else None)

    def sort_day(self) -> tuple[int, int, int]:
        """Return the last day as year, month and day, to order reports by; of an undated report its year, before its days."""
        day = self.last_day()
        return (day.year, day.month, day.day) if day else (self.year or 0, 0, 0)


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD = re.compile(r"[^\W\d_]{2,}")
CARD = Record[ReportCard](ReportCard)
_DERIVED = frozenset({"known_years", "named_years", "themes", "findings", "finding_types"})
_COPIED = [field.name for field in fields(ReportCard) if field.name not in _DERIVED]


def card_of(report: Report, passages: Sequence[Passage] = ()) -> ReportCard:
    """Return the card of a report that was cut into these passages; without them it tells of no findings."""
    return ReportCard(
        **{name: getattr(report, name) for name in _COPIED},
        known_years=report.years(),
        named_years=frozenset(map(int, _YEAR.findall(report.text))),
        themes=frozenset(section.theme for section in report.sections if section.theme),
        finding_types=frozenset(section.finding_type for section in report.sections if section.finding_type),
        findings=frozenset(unit.finding for passage in passages for unit in passage.units),
    )


def words_of(report: Report) -> list[str]:
    """Return the words of a report's title and text, folded, as often as they occur."""
    return _WORD.findall(fold(f"{report.title}\n{report.text}").casefold())
