"""Questions that name no subject: what inspectors found, praised or criticised in all, and why they graded so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from peelqa.findings import Finding
from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation, is_repetition
from peelqa.statements.grade_questions import asked_subject, asks_for_account, asks_whether_good, plain_values
from peelqa.statements.graded import has_grade, is_graded
from peelqa.statements.subject import MOST_STATED, are_of_forces, asking_stems, stems_wanted, titled, years_since
from peelqa.statements.summaries import find_on_theme, sum_up
from peelqa.understanding.covered import Line, line_on_body, newest_first, newest_of_each_line
from peelqa.understanding.kinds import Kind, without_since
from peelqa.words import stems

_OF_THE_WHOLE = 0.89
"""The relevance of what sums a report up, set by hand on a sample that was read: no question set asks of reports as a whole."""
_MOST_BODIES = 2
"""Bodies of which a question about a whole report can be meant."""
_WHOLE_STEMS = asking_stems(
    "saying",
    "documents",
    "main",
    "whole",
    "bodies",
    "doing",
    "grading",
    "values",
    "time",
    "becoming",
    "turning",
    "comparing",
    "finding",
)
_NOTING_STEMS = asking_stems("noting")
_NOTED = compile_late(
    r"\b(?:inspections?|inspectors?|reports?|assessment)\b(?: of the (?:force|authority))? (?:identif|note|raise|make|made|set out|give|gave)\w*",
    re.IGNORECASE,
)
"""What inspectors identify says no more than what they say; what a force identifies is a subject."""
_SERVED_STEMS = frozenset(stems("children families"))
"""Whom all inspections of councils' services that peelqa knows are about."""
_OF_ALL = compile_late(
    r"\b(?:say|said|tell|told|find|found|findings?|think|thought|saw|conclu\w+|report(?:s|ed)?|summar\w+|sum up"
    r"|how (?:good|bad|well|effective|strong)|overview|headlines?|happen\w*|perform\w*"
    r"|(?:force|authority) (?:do|doing|going|like)"
    r"|(?:force|authority) (?:\w+ )?(?:improv|chang|declin|deteriorat)\w+|^compare the (?:force|authority)"
    r"|(?:overall|whole|big|bigger) picture|(?:get|gets|getting|got|gone|become|became) (?:any )?(?:better|worse)"
    r"|turn\w* (?:\w+ )?a?round|falling (?:down|short))\b",
    re.IGNORECASE,
)
_BAD = compile_late(
    r"\b(?:inadequate|requires? improvement(?: to be good)?|worse|worst|downhill|bad(?:ly)?|not (?:\w+ )?good|fail\w*)\b",
    re.IGNORECASE,
)
_BECAME = compile_late(
    r"\b(?:bec[oa]me|go|went|gone|drop\w*|fell|fall\w*|slip\w*|turn\w*|get|got|improve|move|end(?:ed)? up|come|came)\b",
    re.IGNORECASE,
)
_NO_LONGER_GOOD = compile_late(
    r"\b(?:los(?:e|es|t|ing)|no longer|stop(?:ped)? being)\b"
    r"|(?:\b(?:not|never)|n[’']t)\b(?: \w+){0,3}? (?:good|outstanding|stay|remain)\b",
    re.IGNORECASE,
)
_WELL = compile_late(r"\b(?:outstanding|good|better|well)\b", re.IGNORECASE)
_OTHERS_SAY = compile_late(
    r"\b(?:judges?|judiciary|children|kids|young people|parents|carers|families|staff|officers|social workers"
    r"|victims|people|partners|leavers|they) "
    r"(?:say|said|think|thought|feel|felt|tell|told|critici[sz]e|criticised|praised?|like|liked)\b",
    re.IGNORECASE,
)
_NO_ACCOUNT = frozenset({Kind.DATE, Kind.PERSON, Kind.FIGURE})


def find_overview(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote how reports sum up what was found, where a question asks of them as a whole; nothing where it names a subject.

    Findings are quoted in the order of the report, only those of the direction that is asked for, if one is; else the
    overall grade goes first.
    """
    if len({report.body for report in reports}) > _MOST_BODIES or not (question.body or len(reports) == 1):
        return []
    accounted = asks_for_account(question)
    if not _may_be_of_all(question, accounted=accounted):
        return []
    wanted = asked_of_whole(question, reports)
    if not accounted and is_graded(reports, asked_subject(question, reports)):
        return []
    direction = _direction(question)
    value = value_to_explain(question)
    meant = titled(reports, wanted)
    whole = _explained(question, meant, value) if value else _of_years(question, meant)
    quotations = _in_turn([sum_up(index, report, direction) for report in whole])
    if not whole and value:
        graded = [report for report in reports if has_grade(report, wanted, value)]
        quotations = chain.from_iterable(
            find_on_theme(index, report, wanted, direction) for report in newest_of_each_line(graded)
        )
    return [RelevantQuotation(quotation, _OF_THE_WHOLE) for quotation in islice(_once(quotations), MOST_STATED)]


def asked_of_whole(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of the subject that a question names; none where it asks of its bodies as a whole."""
    wanted = stems_wanted(question, reports) - _WHOLE_STEMS - years_since(question)
    if _NOTED.search(question.searched):
        wanted -= _NOTING_STEMS
    return wanted if are_of_forces(reports) else wanted - _SERVED_STEMS


def _of_years(question: Question, reports: Sequence[ReportCard]) -> Sequence[ReportCard]:
    """Return all reports of the years, where a question names several; else the newest of each line."""
    ends = set(map(int, years_since(question)))
    if len(ends) > 1 and all(any(year in report.years() for report in reports) for year in ends):
        return newest_first([report for report in reports if report.years() & ends])
    return newest_first(reports) if len(question.year) > 1 else newest_of_each_line(reports)


def _in_turn(reports: Sequence[Iterator[Quotation]]) -> Iterator[Quotation]:
    """Yield one quotation of each report in turn, so that all are heard."""
    return filter(None, chain.from_iterable(zip_longest(*reports)))


def _may_be_of_all(question: Question, *, accounted: bool) -> bool:
    """Tell whether a question asks in general for what was found, or to account for a grade, and not for what others say."""
    if question.theme or question.filters.finding or question.kind in _NO_ACCOUNT:
        return False
    if _OTHERS_SAY.search(question.searched) or asks_whether_good(question):
        return False
    in_general = question.finding is not None or _OF_ALL.search(question.searched) is not None
    return accounted or (question.kind is not Kind.GRADE and in_general)


def _once(quotations: Iterable[Quotation]) -> Iterator[Quotation]:
    """Leave out what repeats an earlier one: a grade may be a sentence of the summary."""
    seen = list[Quotation]()
    for quotation in quotations:
        if not any(is_repetition(quotation, other) for other in seen):
            seen.append(quotation)
            yield quotation


def _direction(question: Question) -> Finding | None:
    if not asks_for_account(question):
        return question.finding
    # "How did it drop from good to inadequate?": the last one is what is to be explained.
    if _NO_LONGER_GOOD.search(question.searched):
        return Finding.CONCERN
    asked = without_since(question.searched)
    told = [*_BAD.finditer(asked), *_WELL.finditer(asked)]
    last = max(told, key=lambda each: each.end(), default=None)
    if last is None:
        return question.finding
    return Finding.CONCERN if _BAD.fullmatch(last[0]) else Finding.STRENGTH


def value_to_explain(question: Question) -> str:
    """Return the grade that a question wants explained, or ""; of several ("drop from good to inadequate") the last."""
    explains = asks_for_account(question) and not _NO_LONGER_GOOD.search(question.searched)
    named = plain_values(without_since(question.searched)) if explains else []
    return named[-1] if named else ""


def value_lost(question: Question) -> str:
    """Return the grade that a question takes for lost ("lose its good rating"), or ""."""
    lost = asks_for_account(question) and _NO_LONGER_GOOD.search(question.searched)
    return next(iter(plain_values(question.searched)), "") if lost else ""


def _explained(question: Question, reports: Sequence[ReportCard], value: str) -> list[ReportCard]:
    """Return the newest reports with an overall grade, newest first; where one came to be asked for, the first that had it."""
    became = _BECAME.search(question.searched) is not None
    found: dict[Line, ReportCard] = {}
    ended = set[Line]()
    for report in newest_first([report for report in reports if report.grades]):
        line = line_on_body(report)
        if has_grade(report, set(), value):
            if line not in found or (became and line not in ended):
                found[line] = report
        elif line in found:
            ended.add(line)
    return list(found.values())
