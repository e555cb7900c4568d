"""A report as peelqa knows it: its text, fixed once, and what that text says about itself."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from peelqa.reports.layout import BlockKind


class GradeStatus(StrEnum):
    """What a grade's value means for the date of the report."""

    GRADED = "graded"
    UNGRADED = "ungraded"
    TO_BE_GRADED = "to_be_graded"
    CARRIED_OVER = "carried_over"
    NOT_IN_COPY = "not_in_copy"


@dataclass(frozen=True, slots=True)
class Period:
    """The date that a text speaks of, and how that is known."""

    text: str
    """The date for a reader, for instance "13 November 2014" or "12 months to March 2013"."""
    known_from: str
    """The words that say so, for instance "Last updated 13/11/2014"."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade as the report states it."""

    value: str
    """In the report's own words, for instance "Requires improvement"."""
    level: str
    """What kind of thing is graded: overall, pillar, question, area or judgement."""
    status: GradeStatus
    about: str
    """The graded thing, as the report names it."""
    start_char: int
    end_char: int
    """The place in the text that states the grade: with its label, unless that is the heading it stands under."""
    judgement: str | None = None
    """The framework's own name for the graded thing, the same in every report of its kind."""
    also: tuple[str, ...] = ()
    """Other names that people ask for it by."""
    period: Period | None = None
    """The date it was given or last confirmed, where the report states one for it."""
    scale: tuple[str, ...] = ()
    """The grades that its framework gives, best first; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, subsections included: `[start_char, end_char)` of the text."""

    heading: str
    level: int
    """0 for the report itself, then 1 (outermost) upwards."""
    parent: int | None
    """Index of the section it stands in; None for the report itself."""
    start_char: int
    end_char: int
    theme: str | None = None
    """What it is about in its framework's terms; inherited from the section it stands in."""
    grade: Grade | None = None
    """The grade in force here; inherited likewise."""
    period: Period | None = None
    """The date it speaks of; inherited likewise."""
    finding_type: str | None = None
    """For sections that a framework marks, for instance "area_for_improvement"."""
    explains: bool = False
    """True where it tells what grades mean and states nothing of the inspected body; inherited likewise."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, list item, table row or fact of the report's body, in the innermost section it stands in."""

    kind: BlockKind
    start_char: int
    end_char: int
    section: int
    page: int | None = None


@dataclass(frozen=True)
class Report:
    """One published document about one inspected body.

    Offsets are code points of `text`, half-open. `sections[0]` is the report itself; `blocks` are its body: in order,
    without overlap, headings and furniture left out.
    """

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    blocks: tuple[TextBlock, ...]
    source_name: str
    """The file's path within the corpus."""
    source_sha256: str
    publisher: str | None = None
    framework: str | None = None
    body: str | None = None
    year: int | None = None
    cycle: str | None = None
    published: date | None = None
    inspected: tuple[date, date] | None = None
    url: str | None = None
    licence: str | None = None
    retrieved: date | None = None
    grades: tuple[Grade, ...] = ()
    """Each graded thing once, in the text's order; `grades.grade_on` finds one by name."""
    warnings: tuple[str, ...] = ()
    partial_because: tuple[str, ...] = ()
    """Those of the warnings that say what part of the file could not be read, or on what two readers disagree."""
    furniture: tuple[tuple[int, int], ...] = ()
    """Running lines, page numbers and the like, `[start_char, end_char)` of the text in order: inside the blocks, where a sentence
    goes on over a page's end, and between those of one section."""
    sample: bool = False
    """True for the invented reports that come with peelqa."""

    @property
    def partial(self) -> bool:
        """True where a part of the file could not be read, or two readers disagree on what it says."""
        return bool(self.partial_because)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the text's UTF-8 form, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def furniture_in(self, start_char: int, end_char: int) -> list[tuple[int, int]]:
        """Return the furniture that stands inside a span of the text."""
        first, last = (bisect_left(self.furniture, (char, 0)) for char in (start_char, end_char))
        return [span for span in self.furniture[first:last] if span[1] <= end_char]

    def words(self, start_char: int, end_char: int) -> str:
        """Return a copy of a span of the text without the furniture inside it: to read and to search, never to quote."""
        if not self.furniture:
            return self.text[start_char:end_char]
        pieces, at = list[str](), start_char
        for start, end in self.furniture_in(start_char, end_char):
            pieces.append(self.text[at:start])
            at = end
        return "".join((*pieces, self.text[at:end_char]))

    def section_path(self, section: int) -> tuple[str, ...]:
        """List the headings from the top down to a section; the report's own title stands only for itself.

        Never empty.
        """
        return self._paths[section] or (self.title,)

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        """The headings down to each section; a section stands behind the one it is part of."""
        paths: list[tuple[str, ...]] = [()]
        for section in self.sections[1:]:
            paths.append((*paths[section.parent or 0], section.heading))
        return tuple(paths)

    def innermost(self, char: int) -> int:
        """Return the index of the innermost section that a place in the text stands in."""
        return max(index for index, each in enumerate(self.sections) if each.start_char <= char < each.end_char)

    def years(self) -> frozenset[int]:
        """Return every year that a reader may know this report by: year, cycle, publication and inspection."""
        known = {self.year, self.published.year if self.published else None}
        if self.cycle:
            first = int(self.cycle[:4])
            known |= {first, first + 1} if "/" in self.cycle else {first}
        if self.inspected:
            known |= set(range(self.inspected[0].year, self.inspected[1].year + 1))
        return frozenset(year for year in known if year is not None)

    def last_day(self) -> date | None:
        """Return the day the report speaks for: its publication, else the inspection's last day; None where unknown."""
        return self.published or (self.inspected[1] if self.inspected else None)
