"""When a report was published or updated and when its inspection took place, quoted where the report says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.dates import find_day, find_day_range
from peelqa.statements.grade_questions import OPENING
from peelqa.statements.subject import MOST_STATED, asking_stems, stems_wanted, titled
from peelqa.understanding.covered import newest_first

_PUBLICATION = compile_late(
    r"\b(?:publish\w*|publication|come out|came out|appear(?:ed)?|issued|released?)\b(?! (?:of|by|about)\b)",
    re.IGNORECASE,
)
_SAYS = compile_late(r"\b(?:publish\w*|publication|issued|last updated|report date)\b", re.IGNORECASE)
_UPDATE = compile_late(
    rf"{OPENING}when (?:was|were|is) (?:(?:the|this|its) )?(?:(?P<graded>[\w ]{{1,40}}) )?(?:judge?ment|grade"
    r"|rating|page|report)"
    r"(?: (?:for|on|of) [\w ]{1,40})? (?:last |latest )?updated\W*",
    re.IGNORECASE,
)
_UPDATED = compile_late(r"\blast updated\b", re.IGNORECASE)
_OF_REPORT = compile_late(r"\b(?:report|assessment|inspection|letter|review|findings|this|it|page)\b", re.IGNORECASE)
_BODY = r"the (?:force|authority)(?:['’]s (?:[\w'’]{1,20} ){1,3}services)?"
_LAST = r"(?:last|latest|most recent|most recently|newest)"
_INSPECTION = compile_late(
    rf"{OPENING}(?:when (?:was|were) {_BODY} (?:{_LAST} )?inspected"
    rf"|when (?:was|is) (?:{_BODY}['’]s )?(?:the )?(?:{_LAST} )?(?:inspection|report)(?: (?:of|in|at|for) {_BODY})?"
    rf"|when (?:did )?the inspection(?: (?:of|in|at) {_BODY})? (?:(?:take|took) place|happen(?:ed)?|start(?:ed)?|beg[ia]n|end(?:ed)?)"
    rf"|when (?:did )?(?:(?:the )?inspectors|ofsted|hmic\w*) (?:{_LAST} )?(?:visit(?:ed)?|inspect(?:ed)?|c[oa]me|go|went)(?: to)?(?: {_BODY})?"
    r"|(?:(?:what|when) (?:are|is|were|was) the )?(?:inspection dates?|dates? of (?:the )?inspection)"
    rf"(?: (?:(?:of|in|at|for) )?{_BODY})?)\W*",
    re.IGNORECASE,
)
"""Questions for the days of the whole inspection, not of one on a subject nor of anything that was found."""

_PUBLISHING_STEMS = asking_stems("publishing", "documents", "kinds_of_inspection", "bodies", "time", "whole")
_DATED = 0.95
"""The relevance of a day that reading found, set by hand: the question sets have too few such questions to fit it."""


def find_dates(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote where each report says on which day it was published or updated, or on which days its inspection took place.

    Of an update that is asked of a judgement, where the judgement stands. Nothing where the question asks for another date.
    """
    asked, themes = question.searched, tuple[str, ...]()
    if (updated := _UPDATE.fullmatch(asked)) and (question.named_themes or not updated["graded"]):
        says, having, themes = _says_updated, list(reports), question.named_themes
    elif _PUBLICATION.search(asked) and _OF_REPORT.search(asked):
        # "When was the serious case review published?" is of another document, but where reports are titled so.
        named = stems_wanted(question, reports) - _PUBLISHING_STEMS
        says, having = _says_published, [report for report in titled(reports, named) if report.published]
    elif _INSPECTION.fullmatch(asked) and "inspect" in question.text.casefold():
        says, having = _says_inspected, [report for report in reports if report.inspected]
    else:
        return []
    said = (each for report in newest_first(having) for each in _first(index, report, says, themes))
    return [RelevantQuotation(quotation, _DATED) for quotation in islice(said, MOST_STATED)]


def _first(
    index: Index, report: ReportCard, says: Callable[[ReportCard, str], bool], themes: Sequence[str]
) -> Iterator[Quotation]:
    """Quote the first unit of a report that says something, in a section of one of the themes if there are any."""
    for passage in index.passages_of(report.id):
        if themes and passage.report.sections[passage.section].theme not in themes:
            continue
        for unit in passage.units:
            if says(report, passage.text_of(unit)):
                yield passage.quote(unit.start_char, unit.end_char)
                return


def _says_updated(report: ReportCard, text: str) -> bool:
    return bool(_UPDATED.search(text)) and find_day(text) is not None


def _says_published(report: ReportCard, text: str) -> bool:
    return bool(_SAYS.search(text)) and find_day(text) == report.published


def _says_inspected(report: ReportCard, text: str) -> bool:
    day = find_day(text)
    return report.inspected in (find_day_range(text), (day, day))
