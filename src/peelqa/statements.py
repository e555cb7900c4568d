"""Answers that reading already found: grades, and the lists that a framework marks, each quoted where it is stated."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from peelqa.index import Index, ReportCard
from peelqa.passages import Passage, Quotation, Unit
from peelqa.questions import Kind, Question
from peelqa.quoting import LONGEST_QUOTATION, RelevantQuotation
from peelqa.reports.report import Grade, GradeStatus
from peelqa.words import content_stems, stems

_GRADING_STEMS = frozenset(
    stems("grade graded grades grading rate rated rating judge judged judgement judgment award level result score")
)
_VALUE_STEMS = frozenset(stems("outstanding good adequate requires improvement inadequate ungraded"))
_LISTS = (
    (re.compile(r"\bcauses? of concern\b", re.IGNORECASE), ("cause_of_concern",)),
    (re.compile(r"\bpriority actions?\b", re.IGNORECASE), ("priority_action",)),
    (re.compile(r"\brecommend(?:ations?|ed|s)?\b", re.IGNORECASE), ("recommendation", "priority_action")),
    (re.compile(r"\b(?:innovative|promising|good) practices?\b", re.IGNORECASE), ("innovative_practice",)),
    (
        re.compile(r"\b(?:improve(?:ments?|d)?|do better|areas? for (?:improvement|development))\b", re.IGNORECASE),
        ("area_for_improvement", "recommendation", "priority_action", "cause_of_concern"),
    ),
)
_LIST_STEMS = frozenset(
    stems(
        "area areas improve improvement improvements improved need needs needed must should required better development "
        "recommendation recommendations recommend recommended cause causes concern concerns priority action actions innovative "
        "promising good practice practices list authority council partnership service services key main tell say name set out"
    )
)
_LEAST_FIT = 0.5


def find_statements(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Return the grades or the marked list that a question asks for, best first; nothing where it asks for neither."""
    if question.kind is Kind.GRADE:
        return _grades(index, question, reports)
    return _marked(index, question, reports)


def _grades(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote the grades whose subject the question names; all of a report's where it names none."""
    stated = [(report, grade) for report in reports for grade in report.grades]
    wanted = _wanted(question, reports) - _GRADING_STEMS - _VALUE_STEMS
    subjects = {grade.about: frozenset(content_stems(grade.about)) for _, grade in stated}
    fit = {about: _fit(wanted, words, list(subjects.values())) for about, words in subjects.items()}
    best = max(fit.values(), default=0.0)
    if wanted and best < _LEAST_FIT:
        return []
    chosen = [(report, grade) for report, grade in stated if not wanted or fit[grade.about] >= best - 1e-9]
    chosen.sort(key=lambda each: (each[1].level != "overall", -(each[0].year or 0), each[0].id, each[1].start_char))
    relevance = 0.98 if wanted else 0.9
    return [
        RelevantQuotation(quotation, relevance * (0.99 if grade.status is GradeStatus.NOT_IN_COPY else 1))
        for report, grade in chosen
        if (quotation := quote_grade(index, report, grade))
    ]


def _wanted(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of what a question is about, without those that only name the report or its publisher."""
    named = {word for report in reports for word in stems(f"{report.publisher or ''} {report.body or ''}")}
    return set(content_stems(question.searched)) - (named if question.body else set(stems("ofsted hmic hmicfrs")))


def _fit(wanted: set[str], subject: frozenset[str], subjects: Sequence[frozenset[str]]) -> float:
    """Return how well a graded subject fits the wanted words, 0 to 1: the F-measure of rarity-weighed shared words."""
    holding = Counter(word for words in subjects for word in words)

    def weight(words: set[str] | frozenset[str]) -> float:
        return sum(math.log(1 + (len(subjects) + 1) / (holding[word] + 0.5)) for word in words)

    shared = weight(wanted & subject)
    return 2 * shared / (weight(wanted) + weight(subject)) if shared else 0.0


def quote_grade(index: Index, report: ReportCard, grade: Grade) -> Quotation | None:
    """Quote the whole units that state a grade; None where they stand in no passage."""
    for passage in index.passages_of(report.id):
        units = [
            unit for unit in passage.units if unit.start_char < grade.end_char and grade.start_char < unit.end_char
        ]
        if units:
            return passage.quote(units[0].start_char, units[-1].end_char)
    return None


def _marked(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote what the framework marks as the asked kind of finding, where the question names no narrower subject."""
    kinds = next((kinds for pattern, kinds in _LISTS if pattern.search(question.searched)), ())
    if not kinds or _wanted(question, reports) - _LIST_STEMS:
        return []
    newest_first = sorted(reports, key=lambda report: (-(report.year or 0), report.id))
    parts = [list(_list_of(index, report, kinds)) for report in newest_first]
    deepest = max(map(len, parts), default=0)
    in_turn = [part[place] for place in range(deepest) for part in parts if place < len(part)]
    return [RelevantQuotation(quotation, 0.95) for quotation in in_turn]


def _list_of(index: Index, report: ReportCard, kinds: Sequence[str]) -> Iterator[Quotation]:
    """Quote a report's findings of the first of the kinds that it has, several short ones together."""
    marked = {
        kind: [passage for passage in index.passages_of(report.id) if _finding_type(passage) == kind] for kind in kinds
    }
    for passage in next((passages for passages in marked.values() if passages), []):
        yield from _packed(passage)


def _finding_type(passage: Passage) -> str | None:
    return passage.report.sections[passage.section].finding_type


def _packed(passage: Passage) -> Iterator[Quotation]:
    """Quote all units of a passage, as many together as a quotation may have."""
    held: list[Unit] = []
    words = 0
    for unit in passage.units:
        size = len(passage.report.text[unit.start_char : unit.end_char].split())
        if held and words + size > LONGEST_QUOTATION:
            yield passage.quote(held[0].start_char, held[-1].end_char)
            held, words = [], 0
        held.append(unit)
        words += size
    yield passage.quote(held[0].start_char, held[-1].end_char)
