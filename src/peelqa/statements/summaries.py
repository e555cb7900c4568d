"""How a report sums up what was found: its overall grade, the sentences it opens with, its lists; and what its parts find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from peelqa.findings import Finding
from peelqa.index import Index, ReportCard
from peelqa.passages import Passage, Quotation
from peelqa.patterns import compile_late
from peelqa.quoting import packed, with_antecedent
from peelqa.reports.layout import BlockKind
from peelqa.statements.graded import quote_grade
from peelqa.statements.marked import IMPROVEMENT
from peelqa.statements.subject import are_akin
from peelqa.words import stems

_WITHIN = 8
"""Passages from the start of a report within which a section that sums it up begins."""
_ENOUGH_FINDINGS = 8
"""Findings with which an opening is taken to sum the report up."""
_WORDS_OF_ITEM = 8
"""Words from which an item says something; one of fewer only names what is graded."""
_BEFORE_LIST = 2
"""Quotations of the opening before the report's list of what must improve, or of strengths."""
_PREAMBLE = compile_late(
    r"This (?:letter|report)\b"
    r"|The inspectorates\b|We (?:anticipate|expect|carried out|conducted|inspected|will)\b"
    r"|Between \d|An? (?:\w+ )?(?:multi-agency|joint) inspection\b|Joint targeted area inspection\b|Even where\b"
    r"|[A-Z]\w+(?: [A-Z]\w+){1,3}, (?:\w+ ){0,3}(?:Director|Executive|Chief|Chair|Officer|Commissioner|Leader|Head"
    r"|Manager|Nurse|Lead)\b",
)
"""How sentences begin that only explain the report itself, or to whom it is written."""
_SUMMARY = compile_late(r"\b(?:summary|headline|(?:key|main) findings|outcome)\b", re.IGNORECASE)
_BACKGROUND = compile_late(r"(?:information )?about\b|context\b|background\b", re.IGNORECASE)
_STRENGTHS = compile_late(r"(?:key |the local authority[’']s )?strengths(?: and .*)?", re.IGNORECASE)


def sum_up(index: Index, report: ReportCard, direction: Finding | None) -> Iterator[Quotation]:
    """Quote a report's overall grade, unless one direction is asked for, then what it opens with, then its list of such."""
    passages = list(index.passages_of(report.id))
    if direction is None:
        overall = (quote_grade(index, report, grade) for grade in report.grades if grade.level == "overall")
        yield from filter(None, overall)
    opening = _opening(passages)
    findings = [quotation for passage in opening for quotation in _findings(passage, direction)]
    listed = [passage for passage in passages if _is_list(passage, direction)]
    first = _BEFORE_LIST if _is_mostly(opening, direction) else 0
    yield from findings[:first]
    yield from (passage.quote(*span) for passage in listed for span in packed(passage, range(len(passage.units))))
    yield from findings[first:]


def _is_mostly(passages: Sequence[Passage], direction: Finding | None) -> bool:
    """Tell whether passages speak more in one direction than in the other; of the other, a list is surer to speak."""
    found = Counter(unit.finding for passage in passages for unit in passage.units)
    if direction is Finding.CONCERN:
        return found[Finding.CONCERN] >= found[Finding.STRENGTH]
    return direction is not Finding.STRENGTH or found[Finding.STRENGTH] >= found[Finding.CONCERN]


def find_on_theme(index: Index, report: ReportCard, wanted: set[str], direction: Finding | None) -> Iterator[Quotation]:
    """Quote the findings of the sections whose heading or theme holds all that is wanted."""
    for passage in index.passages_of(report.id):
        section = passage.report.sections[passage.section]
        heading = stems(f"{' '.join(passage.section_path)} {section.theme or ''}")
        if all(any(are_akin(word, other) for other in heading) for word in wanted):
            yield from _findings(passage, direction)


def _opening(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that sum up: those of a section called so, else the first ones, to the end of their section."""
    first = next((at for at, each in enumerate(passages[:_WITHIN]) if _SUMMARY.search(each.section_path[-1])), 0)
    found = list[Passage]()
    findings = 0
    for section, under in groupby(passages[first:], key=lambda passage: passage.section):
        if findings >= _ENOUGH_FINDINGS:
            break
        these = list(under)
        if these[0].report.sections[section].finding_type is None and not _BACKGROUND.match(these[0].section_path[-1]):
            found += these
            findings += sum(_speaks(passage, at, None) for passage in these for at in range(len(passage.units)))
    return found


def _is_list(passage: Passage, direction: Finding | None) -> bool:
    """Tell whether a passage is of a list of what must improve, or of strengths, as is asked for."""
    kind = passage.report.sections[passage.section].finding_type
    if direction is Finding.CONCERN:
        return kind in IMPROVEMENT
    return direction is Finding.STRENGTH and _STRENGTHS.fullmatch(passage.section_path[-1].strip()) is not None


def _findings(passage: Passage, direction: Finding | None) -> Iterator[Quotation]:
    """Quote the runs of sentences in a passage that state findings, of one direction if one is asked for."""
    for spoken, run in groupby(range(len(passage.units)), key=lambda at: _speaks(passage, at, direction)):
        if spoken:
            places = list(run)
            first = with_antecedent(passage, places[0])
            yield from (passage.quote(*span) for span in packed(passage, [*range(first, places[0]), *places]))


def _speaks(passage: Passage, at: int, direction: Finding | None) -> bool:
    """Tell whether a unit is a sentence that states a finding, of one direction if one is asked for."""
    unit = passage.units[at]
    text = passage.text_of(unit)
    is_item = unit.kind is BlockKind.ITEM and len(text.split()) >= _WORDS_OF_ITEM
    if not (unit.kind is BlockKind.PARAGRAPH or is_item) or _PREAMBLE.match(text):
        return False
    return unit.finding is not Finding.NEUTRAL and (direction is None or unit.finding in (direction, Finding.MIXED))
