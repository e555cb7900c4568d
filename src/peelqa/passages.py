"""A report's passages and the units they are made of; quotations are sliced from them, never typed.

A unit is a whole sentence, list item, table row, fact, grade line or date line. Knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from peelqa.errors import NotVerbatim
from peelqa.findings import Finding, judge_finding
from peelqa.reports.dates import find_period
from peelqa.reports.layout import BlockKind
from peelqa.reports.report import Grade, Period, Report, TextBlock
from peelqa.sentences import leans_back, split_sentences
from peelqa.sources import find_source, find_speaker
from peelqa.words import fold

_TO_BE_IMPROVED = frozenset({"area_for_improvement", "cause_of_concern", "priority_action"})
LONGEST_WHOLE_WORDS = 80
"""An item or row of more words is quoted by its sentences."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest span that can be quoted alone."""

    start_char: int
    end_char: int
    kind: BlockKind
    finding: Finding
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive units of one section of one report: what is embedded and retrieved."""

    report: Report
    section: int
    units: tuple[Unit, ...]

    @property
    def id(self) -> str:
        """The report's id and the span: stable as long as the report's text is."""
        return f"{self.report.id}:{self.start_char}-{self.end_char}"

    @property
    def start_char(self) -> int:
        """Where its first unit starts in the report's text."""
        return self.units[0].start_char

    @property
    def end_char(self) -> int:
        """Where its last unit ends."""
        return self.units[-1].end_char

    @property
    def text(self) -> str:
        """The words themselves, sliced from the report's text."""
        return self.report.text[self.start_char : self.end_char]

    def text_of(self, unit: Unit) -> str:
        """Return the words of one of its units, without furniture that parts them."""
        return self.report.words(unit.start_char, unit.end_char)

    @property
    def section_path(self) -> tuple[str, ...]:
        """The headings it stands under, from the top."""
        return self.report.section_path(self.section)

    @property
    def searchable(self) -> str:
        """A copy for the search engines: where the passage stands, then its text, folded as words are, white space too."""
        place = (self.report.body or "", *self.section_path)
        words = self.report.words(self.start_char, self.end_char)
        return fold(f"{' > '.join(filter(None, place))}\n{' '.join(words.split())}")

    def quote(self, start_char: int, end_char: int) -> Quotation:
        """Make a quotation of `report.text[start_char:end_char]`.

        Raises NotVerbatim where the span is not inside this passage.
        """
        if not self.start_char <= start_char < end_char <= self.end_char:
            raise NotVerbatim(f"The span {start_char}-{end_char} is not inside passage {self.id}.")
        return Quotation(self, start_char, end_char)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A verbatim span of a passage with everything needed to attribute it."""

    passage: Passage
    start_char: int
    end_char: int

    @property
    def text(self) -> str:
        """The words themselves, sliced from the report's text."""
        return self.passage.report.text[self.start_char : self.end_char]

    @property
    def words(self) -> str:
        """A copy of its text without the furniture that parts its sentences: to read and to search, never to show."""
        return self.passage.report.words(self.start_char, self.end_char)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units it is made of."""
        return tuple(
            unit for unit in self.passage.units if self.start_char <= unit.start_char and unit.end_char <= self.end_char
        )

    def _unit_texts(self) -> list[str]:
        """Return the words of each of its units; all of its words where it is no whole unit."""
        return list(map(self.passage.text_of, self.units)) or [self.words]

    @property
    def finding(self) -> Finding:
        """The direction of its units: that of those which have one, mixed where they differ."""
        found = {unit.finding for unit in self.units} - {Finding.NEUTRAL}
        return Finding.NEUTRAL if not found else found.pop() if len(found) == 1 else Finding.MIXED

    @property
    def finding_type(self) -> str | None:
        """What its framework calls a finding in its section, if anything."""
        return self.passage.report.sections[self.passage.section].finding_type

    @property
    def period(self) -> Period | None:
        """The date it speaks of: its own words first, else that of its section; None where its units name several."""
        own = {found for each in self._unit_texts() if (found := find_period(each))}
        if len(own) > 1:
            return None
        return next(iter(own), self.passage.report.sections[self.passage.section].period)

    @property
    def source(self) -> str | None:
        """The inspection or survey that its first unit names, if any, and no later unit names another of."""
        first, *later = map(find_source, self._unit_texts())
        return first if {None, first}.issuperset(later) else None

    @property
    def speaker(self) -> str | None:
        """Who its own words say speaks, if that is clear."""
        return find_speaker(self.words)

    @property
    def grade(self) -> Grade | None:
        """The grade that its own words state, else the one in force where it stands; None where it states several."""
        stated = [
            grade
            for grade in self.passage.report.grades
            if self.start_char <= grade.start_char and grade.end_char <= self.end_char
        ]
        if len(stated) > 1:
            return None
        return next(iter(stated), self.passage.report.sections[self.passage.section].grade)

    @property
    def page(self) -> int | None:
        """The page it starts on, where there are pages."""
        return self.units[0].page if self.units else None


def split_report(report: Report, *, count_tokens: Callable[[str], int], max_tokens: int) -> tuple[Passage, ...]:
    """Cut a report into passages that cover its body once, in order, and never cross a heading.

    The searchable form of each has at most `max_tokens` tokens, unless one unit alone has more.
    """
    passages: list[Passage] = []
    for section, blocks in groupby(report.blocks, key=lambda block: block.section):
        prefix = " > ".join((report.body or "", *report.section_path(section)))
        budget = max_tokens - count_tokens(prefix)
        units = (each for block in blocks for each in _units(report, block))
        passages += (Passage(report, section, packed) for packed in _packed(units, count_tokens, budget))
    return tuple(passages)


def _packed(
    units: Iterable[tuple[Unit, str]], count_tokens: Callable[[str], int], budget: int
) -> Iterator[tuple[Unit, ...]]:
    """Yield the units, given with their words, of passages of at most `budget` tokens."""
    held: list[tuple[Unit, int]] = []
    used = 0
    for unit, text in units:
        size = count_tokens(text)
        if held and used + size > budget:
            # What leans back on the last sentence takes it along, or could not be quoted with it.
            along = held[-1:] if len(held) > 1 and held[-1][1] + size <= budget and leans_back(text) else []
            yield tuple(each for each, _ in held[: len(held) - len(along)])
            held = along
            used = sum(taken for _, taken in along)
        held.append((unit, size))
        used += size
    if held:
        yield tuple(each for each, _ in held)


def _judged(report: Report, block: TextBlock, text: str, *, whole: bool) -> Finding:
    """Judge words of a block, but for what tells what grades mean, and for a `whole` item of a list of what is to be improved.

    That says how things should be ("oversight that ensures good practice") and praises nothing.
    """
    section = report.sections[block.section]
    if section.explains:
        return Finding.NEUTRAL
    finding = judge_finding(text)
    listed = whole and block.kind is BlockKind.ITEM and section.finding_type in _TO_BE_IMPROVED
    return Finding.CONCERN if listed and finding is Finding.STRENGTH else finding


def _units(report: Report, block: TextBlock) -> Iterator[tuple[Unit, str]]:
    """Yield the units of a block, each with its words."""
    text = report.text[block.start_char : block.end_char]
    if block.kind in (BlockKind.ROW, BlockKind.ITEM) and len(text.split()) <= LONGEST_WHOLE_WORDS:
        words = report.words(block.start_char, block.end_char)
        finding = _judged(report, block, words, whole=True)
        yield Unit(block.start_char, block.end_char, block.kind, finding, block.page), words
        return
    for start, end in split_sentences(text):
        first, last = block.start_char + start, block.start_char + end
        words = report.words(first, last)
        finding = _judged(report, block, words, whole=False)
        yield Unit(first, last, BlockKind.PARAGRAPH, finding, block.page), words
