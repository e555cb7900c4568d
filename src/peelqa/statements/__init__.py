"""Answers that reading already found, each quoted where it is stated: grades, dates, names, summaries and marked lists."""

from __future__ import annotations

from collections.abc import Sequence

from peelqa.index import Index, ReportCard
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation, is_repetition
from peelqa.statements.dated import find_dates
from peelqa.statements.facts import find_facts
from peelqa.statements.graded import find_grades, find_judgements, why_no_grade
from peelqa.statements.marked import find_marked
from peelqa.statements.overview import find_overview
from peelqa.statements.premises import denied_premise
from peelqa.statements.signed import find_inspectors
from peelqa.understanding.kinds import Kind

__all__ = ["denied_premise", "find_facts", "find_statements", "why_no_grade"]


def find_statements(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Return what reading found of what a question asks for, best first; nothing where it asks for nothing of the kind."""
    if question.kind is Kind.DATE:
        return find_dates(index, question, reports)
    if signed := find_inspectors(index, question, reports):
        return signed
    overview = find_overview(index, question, reports)
    if question.kind is Kind.GRADE:
        return overview or find_grades(index, question, reports)
    marked = find_marked(index, question, reports)
    if overview:
        listed = [each.quotation for each in marked]
        return [*marked, *(each for each in overview if not any(is_repetition(each.quotation, one) for one in listed))]
    return find_judgements(index, question, reports) or marked
