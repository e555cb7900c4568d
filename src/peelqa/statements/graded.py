"""Grades, each quoted where the report states it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice

from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.report import Grade, GradeStatus
from peelqa.statements.grade_questions import (
    OPENING,
    asked_subject,
    asks_as_things_stand,
    asks_for_account,
    asks_for_grade_itself,
    asks_whether_good,
    asks_which_bodies,
    has_asked_value,
    pillar_asked,
    plain_values,
)
from peelqa.statements.subject import MOST_STATED, are_akin, asking_stems, fit, titled
from peelqa.understanding.covered import newest_of_each_line
from peelqa.understanding.kinds import Kind
from peelqa.words import content_stems, stems

Stated = tuple[ReportCard, Grade]

_WELL_STEMS = asking_stems("how_well")
_JUDGED = compile_late(
    rf"{OPENING}(?:how (?P<how>\w+) (?:is|are|was|were|does|do|did|has|have)\b"
    r"|(?:is|was) the (?:force|authority) (?:\w+ )?(?P<well>good|bad|effective|efficient|strong|weak|poor) (?:at"
    r"|in|with|for)\b"
    r"|(?:is|are|was|were) .{3,80}? (?:any |very |really |still )?(?P<fine>good|bad|effective|efficient|strong|weak|poor)\W*$)",
    re.IGNORECASE,
)
_ASKED_BY_NAME = 0.997
"""The relevance of a grade that is asked for by name: 297 of 297 were right on the tuning half (`peelqa eval uk-grades
--split tune --sample 300`), by the rule of succession."""
_SAID_SO = 0.92
_STATED = 0.9
"""Those of a sentence that says how something was judged, and of a grade that is not asked for by name, set by hand: the question
sets have too few such questions to fit them."""
_LEAST_FIT = 0.5
_NEARLY = 0.75
"""Share of the best fit in any report with which a grade of another report fits too."""
_LEAST_FIT_JUDGED = 0.8
"""Higher than where a grade is asked for, because what was found may be meant, and not how it was graded."""


def find_grades(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote the grades whose subject the question names; all of a report's where it names none.

    Where it asks what has a certain grade ("which areas are inadequate?"), only those. Where it asks that of bodies as a
    whole, or several reports are meant, their overall grades, if they have such.
    """
    wanted, reports = _subject(question, reports)
    stated = _on_subject(reports, wanted)
    if asks_which_bodies(question) and asks_as_things_stand(question):
        newest = {report.id for report in newest_of_each_line({report.id: report for report, _ in stated}.values())}
        stated = [each for each in stated if each[0].id in newest]
    if not wanted and asks_which_bodies(question):  # a body without a grade for the whole has not the one asked for
        stated = [each for each in stated if each[1].level == "overall"] or stated
    elif not wanted and (asks_whether_good(question) or len({report.id for report, _ in stated}) > 1):
        stated = _overall(stated)
    chosen = _of_asked_value(question, stated)
    return list(islice(_quoted(index, chosen, _ASKED_BY_NAME if wanted else _STATED), MOST_STATED))


def find_judgements(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote how a graded thing was judged, where the question asks how good, effective or the like just that is.

    The sentences that say it go before the grade itself. "Is it good?" is answered with the overall grades, where there
    are such, else with all.
    """
    if asks_whether_good(question):
        return list(islice(_quoted(index, _overall(_on_subject(reports, set())), _STATED), MOST_STATED))
    asked = _JUDGED.match(question.searched)
    if asked is None:
        return []
    wanted, reports = _subject(question, reports)
    how = asked["how"] or asked["well"] or asked["fine"]
    stated = [(report, grade) for report in reports for grade in report.grades if grade.status is GradeStatus.GRADED]
    alike = [each for each in stated if wanted == set(stems(how)) and _is_quality(how, each[1])]
    chosen = alike or _fitting(stated, wanted - _WELL_STEMS, _LEAST_FIT_JUDGED)
    said = (
        RelevantQuotation(quotation, _SAID_SO)
        for report, grade in sorted(chosen, key=_standing)
        for quotation in _said(index, report, grade)
    )
    return list(islice(chain(said, _quoted(index, chosen, _STATED)), MOST_STATED))


def why_no_grade(question: Question, reports: Sequence[ReportCard]) -> str | None:
    """Return, in words for the person, why no answer can be here: no report meant grades what is asked, or none so.

    None where that cannot be told: only where the kinds of all these reports are known, is it known how they state grades.
    """
    if question.kind is not Kind.GRADE or not asks_for_grade_itself(question) or asks_for_account(question):
        return None
    if not reports or not all(report.framework for report in reports):
        return None
    wanted, reports = _subject(question, reports)
    stated = _on_subject(reports, wanted)
    if not stated:
        return "The reports searched give no grade for that."
    return None if _of_asked_value(question, stated) else "The reports searched give other grades for that."


def quote_grade(index: Index, report: ReportCard, grade: Grade) -> Quotation | None:
    """Quote the whole units that state a grade; None where they stand in no passage."""
    for passage in index.passages_of(report.id):
        units = [
            unit for unit in passage.units if unit.start_char < grade.end_char and grade.start_char < unit.end_char
        ]
        if units:
            return passage.quote(units[0].start_char, units[-1].end_char)
    return None


def _on_subject(reports: Sequence[ReportCard], wanted: set[str]) -> list[Stated]:
    """Return the grades that reports give for a subject, all of them where none is wanted."""
    stated = [(report, grade) for report in reports for grade in report.grades]
    return _fitting(stated, wanted, _LEAST_FIT) if wanted else stated


def _subject(question: Question, reports: Sequence[ReportCard]) -> tuple[set[str], Sequence[ReportCard]]:
    """Return the stems of what a grade is asked on, and of which reports.

    No stems where they only say which kind of inspection is meant, as titles do: then those reports alone are.
    """
    wanted = asked_subject(question, reports)
    peel = [report for report in reports if (report.framework or "").startswith("PEEL")]
    if (pillar := pillar_asked(question, peel)) and not is_graded(reports, wanted):
        wanted, reports = pillar, peel
    of_kind = titled(reports, wanted)
    return (set(), of_kind) if wanted and of_kind and not is_graded(reports, wanted) else (wanted, reports)


def is_graded(reports: Sequence[ReportCard], wanted: set[str]) -> bool:
    """Tell whether any report grades just about what is wanted, beside the whole."""
    return bool(wanted) and any(grade.level != "overall" for _, grade in _on_subject(reports, wanted))


def has_grade(report: ReportCard, wanted: set[str], value: str) -> bool:
    """Tell whether a report's overall grade, or that on what is wanted, is a value, given as `plain_values` does."""
    stated = (
        _on_subject([report], wanted)
        if wanted
        else [(report, each) for each in report.grades if each.level == "overall"]
    )
    return any(plain_values(grade.value)[:1] == [value] for _, grade in stated)


def _overall(stated: Sequence[Stated]) -> list[Stated]:
    """Return each report's grades for the whole, and all of one that has none such."""
    whole = {report.id for report, grade in stated if grade.level == "overall"}
    return [(report, grade) for report, grade in stated if grade.level == "overall" or report.id not in whole]


def _of_asked_value(question: Question, stated: Sequence[Stated]) -> list[Stated]:
    return [(report, grade) for report, grade in stated if has_asked_value(question, grade.value)]


def _fitting(stated: Sequence[Stated], wanted: set[str], least: float) -> list[Stated]:
    """Return each report's grades that fit the wanted subject best by any of their names, if any fits it well enough.

    Well enough is also nearly as well as in other reports: kinds of inspection name their judgements differently.
    """
    subjects = {name: _stems_of(name) for _, grade in stated for name in _names(grade)}
    fits = {name: fit(wanted, words, list(subjects.values())) for name, words in subjects.items()}
    best = defaultdict[str, float](float)
    for report, grade in stated:
        best[report.id] = max(best[report.id], *map(fits.__getitem__, _names(grade)))
    enough = max(least, _NEARLY * max(best.values(), default=0.0))
    return [
        (report, grade)
        for report, grade in stated
        if best[report.id] >= enough and max(map(fits.__getitem__, _names(grade))) >= best[report.id] - 1e-9
    ]


@lru_cache(maxsize=4096)
def _stems_of(name: str) -> frozenset[str]:
    # The same few names stand in thousands of reports.
    return frozenset(content_stems(name))


def _names(grade: Grade) -> tuple[str, ...]:
    return (grade.about, *filter(None, (grade.judgement,)), *grade.also)


def _is_quality(adjective: str, grade: Grade) -> bool:
    """Tell whether a grade is on the very quality that an adjective names: "efficient" and "Efficiency"."""
    words = stems(grade.about)
    return len(words) == 1 and are_akin(adjective.casefold(), grade.about.casefold())


def _standing(each: Stated) -> tuple[int, bool, str, int]:
    report, grade = each
    return -(report.year or 0), grade.level != "overall", report.id, grade.start_char


def _quoted(index: Index, chosen: Sequence[Stated], relevance: float) -> Iterator[RelevantQuotation]:
    for report, grade in sorted(chosen, key=_standing):
        quotation = quote_grade(index, report, grade)
        if quotation:
            yield RelevantQuotation(quotation, relevance * (0.99 if grade.status is GradeStatus.NOT_IN_COPY else 1))


def _said(index: Index, report: ReportCard, grade: Grade) -> Iterator[Quotation]:
    """Quote the first unit that says in a sentence what a grade says: the graded thing with its value."""
    about, value = set(content_stems(grade.about)), re.compile(rf"\b{re.escape(grade.value)}\b", re.IGNORECASE)
    for passage in index.passages_of(report.id):
        for unit in passage.units:
            text = passage.text_of(unit)
            apart = unit.end_char <= grade.start_char or grade.end_char <= unit.start_char
            if apart and value.search(text) and about <= set(stems(text)) and len(text.split()) > len(about) + 3:
                yield passage.quote(unit.start_char, unit.end_char)
                return
