"""What the indexed reports cover: bodies, years, days, themes and words. Knows nothing of questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from peelqa.index.cards import ReportCard, card_of, words_of
from peelqa.reports.bodies import same_body
from peelqa.reports.frameworks import framework_called, line_of
from peelqa.reports.report import Report

Line = tuple[str | None, str | None]
_LONGEST_THEME = 80


@dataclass(frozen=True)
class Covered:
    """The reports that can be asked, and what they are about; each fact is worked out when first needed."""

    reports: tuple[ReportCard, ...]
    words: Mapping[str, int]
    """The reports' words, folded, with how often each occurs."""

    @cached_property
    def bodies(self) -> tuple[str, ...]:
        """Who the reports are about, sorted."""
        return tuple(sorted({report.body for report in self.reports if report.body}))

    @cached_property
    def kinds(self) -> Mapping[str, set[str]]:
        """What each body is, by the kinds of inspection it had: a police force, a local authority; nothing where unknown."""
        found = defaultdict[str, set[str]](set)
        for body, name in {(report.body, report.framework) for report in self.reports}:
            if body and name and (framework := framework_called(name)):
                found[body].add(framework.body_kind)
        return found

    @cached_property
    def joint(self) -> Mapping[str, set[str]]:
        """The lines of inspections that speak of the police on each council that had such."""
        found = defaultdict[str, set[str]](set)
        for body, name in {(report.body, report.framework) for report in self.reports}:
            if body and name and (framework := framework_called(name)) and framework.speaks_of_police:
                found[body].add(line_of(name) or name)
        return found

    @cached_property
    def lines(self) -> frozenset[str | None]:
        """The lines of inspections that the reports are of."""
        return frozenset(line_of(report.framework) for report in self.reports)

    @cached_property
    def years(self) -> frozenset[int]:
        """Every year that a report is known by."""
        return frozenset(year for report in self.reports for year in report.years())

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """What sections of the reports are about, the longest name first."""
        found = {theme for report in self.reports for theme in report.themes}
        return tuple(
            sorted((each for each in found if len(each) <= _LONGEST_THEME), key=lambda each: (-len(each), each))
        )

    def about(self, bodies: Collection[str]) -> tuple[ReportCard, ...]:
        """Return the reports about any of some bodies; all of them where none is given."""
        if not bodies:
            return self.reports
        return tuple(report for report in self.reports if any(same_body(body, report.body or "") for body in bodies))

    def years_of(self, bodies: Collection[str]) -> frozenset[int]:
        """Return every year that a report about these bodies is known by."""
        return frozenset(year for report in self.about(bodies) for year in report.years())

    def speaks_of(self, year: int, bodies: Collection[str]) -> bool:
        """Tell whether the text of a report about these bodies names a year."""
        return any(year in report.named_years for report in self.about(bodies))

    def is_seen_in(self, year: int, month: int, bodies: Collection[str]) -> bool:
        """Tell whether a report about these bodies was published, or its inspection ended, in a month."""
        days = (
            day for report in self.about(bodies) for day in (report.published, (report.inspected or (None, None))[1])
        )
        return any(day is not None and (day.year, day.month) == (year, month) for day in days)

    def published_on(self, day: date, bodies: Collection[str]) -> date | None:
        """Return the publication day of the reports about these bodies that were published, or under way, on a day."""
        reports = self.about(bodies)
        if any(report.published == day for report in reports):
            return day
        visited = (
            report for report in reports if report.inspected and report.inspected[0] <= day <= report.inspected[1]
        )
        return next((report.published for report in visited if report.published), None)


def cover(reports: Collection[Report]) -> Covered:
    """Return what some reports cover, from the reports themselves."""
    counted = Counter(word for report in reports for word in words_of(report))
    return Covered(tuple(card_of(report) for report in reports), counted)


def newest_of_each_body(reports: Collection[ReportCard]) -> tuple[ReportCard, ...]:
    """Return, of some reports, those on each body that are the last; reports without any date give way to dated ones."""
    last: dict[str, tuple[int, int, int]] = {}
    for report in reports:
        last[report.body or ""] = max(last.get(report.body or "", (0, 0, 0)), report.sort_day())
    return tuple(report for report in reports if report.sort_day() == last[report.body or ""])


def newest_of_each_line(reports: Collection[ReportCard]) -> list[ReportCard]:
    """Return the last report on each body in each line of inspections, newest first."""
    last: dict[Line, ReportCard] = {}
    for report in newest_first(reports):
        last.setdefault(line_on_body(report), report)
    return list(last.values())


def line_on_body(report: ReportCard) -> Line:
    """Return the body and the line of inspections of a report: of one such, a newer report takes an older one's place."""
    return report.body, line_of(report.framework)


def newest_first(reports: Collection[ReportCard]) -> list[ReportCard]:
    """Return reports by the day they speak for, the last first."""
    return sorted(reports, key=lambda report: (report.sort_day(), report.id), reverse=True)
