"""What is said to the person beside quotations, or in their place: plain sentences about what was searched and found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from peelqa.index import ReportCard
from peelqa.questions import LONGEST_QUESTION, Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.dates import format_day
from peelqa.understanding.appeals import Advice, Unclear
from peelqa.understanding.covered import Covered
from peelqa.understanding.spelling import nearest_name

NOT_SAID = "The reports searched do not say."
FOREIGN = "That is nothing the reports here speak of."
ADVICE = {
    Advice.EMERGENCY: "In an emergency call 999. To report a crime or reach the police otherwise, call 101. Somebody to talk to, "
    "free and at any hour: Childline 0800 1111, Samaritans 116 123. This service only quotes inspection reports; nobody reads what is typed here.",
    Advice.ADVICE: "Inspection reports cannot advise you or say how to do something. To reach the police call 101, or 999 "
    "in an emergency; if you are worried about a child, you can also tell the council's children's services.",
    Advice.OPINION: "Inspection reports are all this service can quote; it has no opinion and cannot say what will happen.",
}
_UNCLEAR = {
    Unclear.EMPTY: "Please type a question in words.",
    Unclear.GREETING: "Hello. Please ask a question that inspection reports may answer.",
    Unclear.THANKS: "You are welcome. Please ask another question whenever you like.",
    Unclear.GIBBERISH: "That could not be read as a question. Please ask it in other words.",
}
_AS_GOOD = 0.9
"""The relevance from which what is left unshown is spoken of: that of what reports state in so many words."""


def why_no_question(question: Question) -> str | None:
    """Say why a question cannot be looked into, or None where it can."""
    if len(question.text) > LONGEST_QUESTION:
        return f"Please ask a question of at most {LONGEST_QUESTION} characters."
    if question.unclear:
        return _UNCLEAR[question.unclear]
    if question.ambiguous:
        return f"That name can mean more than one body: {_listed(question.ambiguous)}. Please say which."
    return None


def not_covered(name: str, covered: Covered) -> str:
    """Say that no report is about a body, a year, a day or an inspection; and which body may be meant where a name looks misspelt."""
    meant = nearest_name(name, covered.bodies)
    return f"No report here is about {name}.{f' Did you mean {meant}?' if meant else ''}"


def what_is_covered(question: Question, covered: Covered) -> str:
    """Say of which years there are reports on the bodies that a question names, or else which bodies there are."""
    years = sorted({report.year for report in covered.about(question.body) if report.year})
    if question.body and years:
        told = f"on {_listed(question.body)} of {', '.join(map(str, years))}"
        return f"There is a report {told}." if len(covered.about(question.body)) == 1 else f"There are reports {told}."
    return f"Covered: {_listed(covered.bodies)}."


def what_is_quoted(
    question: Question,
    shown: Sequence[RelevantQuotation],
    quoted: Sequence[RelevantQuotation],
    meant: Collection[ReportCard],
) -> str:
    """Say how much is shown of all that can be quoted, of whom nothing is, and how old the reports meant are where that matters."""
    reports = {each.quotation.passage.report.id: each.quotation.passage.report for each in shown}
    said = f"{_counted(len(shown), 'quotation')} from {_counted(len(reports), 'report')}."
    if more := {each.quotation.passage.report.id for each in quoted if each.relevance >= _AS_GOOD} - reports.keys():
        said += f" At least {_counted(len(more), 'more report')} can be quoted as well; name a body or a year to see others."
    if question.missing:
        said += f" No report here is about {_listed(question.missing)}."
    days = {report.id: day for report in meant if (day := report.sort_day())[0]}
    if question.asks_now and (shown_days := [day for report, day in days.items() if report in reports]):
        last, newest = max(days.values()), max(shown_days)
        as_new = last == newest or (last[0] == newest[0] and not all(newest))
        older = "" if as_new else f", what is quoted at the latest of {_told(newest)}"
        said = f"Reports cannot say how things are today: the newest here is of {_told(last)}{older}. {said}"
    return said


def _told(day: tuple[int, int, int]) -> str:
    """Write a day, or a year of which no more is known."""
    return format_day(date(*day)) if all(day) else str(day[0])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return shown or "nothing yet"
