"""What a question takes for granted and the grades of reports deny: that a body was graded so, or got worse or better."""

from __future__ import annotations

import re
from collections.abc import Sequence

from peelqa.index import ReportCard
from peelqa.patterns import compile_late
from peelqa.questions import Question, reports_meant
from peelqa.reports.frameworks import VALUE
from peelqa.reports.report import Grade
from peelqa.statements.grade_questions import asks_for_account, plain_values
from peelqa.statements.graded import has_grade, is_graded
from peelqa.statements.overview import asked_of_whole, value_lost, value_to_explain
from peelqa.understanding.covered import line_on_body, newest_first

_WORSENED = compile_late(
    r"\b(?:get|gets|getting|got|gotten|gone|go|become|became|becoming) (?:\w+ )?(?:worse|downhill)\b"
    r"|\bdeteriorat\w+|\b(?:declin|worsen)\w*|\bfall(?:en)? behind\b|\bdrop(?:ped)? (?:down )?a grade\b",
    re.IGNORECASE,
)
_BETTERED = compile_late(
    r"\b(?:get|gets|getting|got|gotten|become|became|becoming) (?:\w+ )?better\b|\b(?:improv|turn\w* (?:\w+ )?a?round)\w*",
    re.IGNORECASE,
)

_GRADED = compile_late(rf"\b(?:rated|judged|graded|assessed) (?:(?:as|to be|an?) ){{0,2}}(?:{VALUE})\b", re.IGNORECASE)
"""How a question says that something was given a grade."""


def denied_premise(question: Question, reports: Sequence[ReportCard]) -> str | None:
    """Return, in words for the person, what a question takes for granted of one body that its grades deny.

    `reports` are all that there are. None where nothing is taken for granted, or the grades do not tell.
    """
    if not asks_for_account(question):
        return None
    meant = newest_first(reports_meant(question, reports))
    if len({report.body for report in meant}) != 1 or not all(report.framework for report in meant):
        return None
    if subject := asked_of_whole(question, meant):
        return _denied_on(subject, question, meant)
    if lost := value_lost(question):
        kept = any(grade.level == "overall" and lost in plain_values(grade.value) for grade in meant[0].grades)
        return "The reports searched say otherwise: that is still the overall grade." if kept else None
    if value := value_to_explain(question):
        given = {each for report in meant for grade in report.grades for each in plain_values(grade.value)}
        return None if not given or value in given else "The reports searched give other grades than that."
    worsened, bettered = (pattern.search(question.searched) is not None for pattern in (_WORSENED, _BETTERED))
    if worsened == bettered:
        return None
    changes = [change for report in meant if (change := _change(report, reports))]
    if not changes or any(change > 0 if bettered else change < 0 for change in changes):
        return None
    if all(change == 0 for change in changes):
        return None
    return f"The reports searched say otherwise: the overall grade got {'worse' if bettered else 'better'}."


def _denied_on(subject: set[str], question: Question, meant: Sequence[ReportCard]) -> str | None:
    """Say so where reports grade just what is asked about, and none as the question, which names one grade, says that it was."""
    value = value_to_explain(question)
    several = len(set(plain_values(question.searched))) > 1
    if not value or several or not _GRADED.search(question.searched) or not is_graded(meant, subject):
        return None
    kept = any(has_grade(report, subject, value) for report in meant)
    return None if kept else "The reports searched give other grades for that."


def _change(report: ReportCard, reports: Sequence[ReportCard]) -> int | None:
    """Return by how many grades a report's overall grade is better than that of the one before it on its line; None where untold."""
    line = [each for each in newest_first(reports) if line_on_body(each) == line_on_body(report)]
    before = line[line.index(report) + 1 :]
    now, then = (_rank(each) for each in (report, *before[:1])) if before else (None, None)
    return None if now is None or then is None else then - now


def _rank(report: ReportCard) -> int | None:
    """Return the place of a report's overall grade on its scale, 0 for the best; None where it has none."""
    overall: Grade | None = next((grade for grade in report.grades if grade.level == "overall"), None)
    scale = [plain for value in (overall.scale if overall else ()) for plain in plain_values(value)]
    given = plain_values(overall.value) if overall else []
    return scale.index(given[0]) if given and given[0] in scale else None
