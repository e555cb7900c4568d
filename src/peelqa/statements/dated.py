"""When a report was published, quoted where the report says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.dates import find_day
from peelqa.statements.graded import MOST_STATED

_ASKED = re.compile(
    r"\b(?:publish\w*|publication|come out|came out|appear(?:ed)?|issued|released?)\b(?! (?:of|by|about)\b)",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:publish\w*|publication|issued|last updated|report date)\b", re.IGNORECASE)
_OF_REPORT = re.compile(r"\b(?:report|assessment|inspection|letter|review|findings|this|it|page)\b", re.IGNORECASE)


def find_dates(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote where each report says on which day it was published; nothing where the question asks for another date."""
    if not (_ASKED.search(question.searched) and _OF_REPORT.search(question.searched)):
        return []
    newest_first = sorted(reports, key=lambda report: (-(report.year or 0), report.id))
    said = (quotation for report in newest_first if report.published for quotation in _published(index, report))
    return [RelevantQuotation(quotation, 0.95) for quotation in islice(said, MOST_STATED)]


def _published(index: Index, report: ReportCard) -> Iterator[Quotation]:
    """Quote the first unit that says when a report was published."""
    for passage in index.passages_of(report.id):
        for unit in passage.units:
            text = passage.report.text[unit.start_char : unit.end_char]
            if _SAYS.search(text) and find_day(text) == report.published:
                yield passage.quote(unit.start_char, unit.end_char)
                return
