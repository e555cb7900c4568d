"""What a report of a known kind should have and a copy of it lacks: named, never silently none."""

from __future__ import annotations

from collections.abc import Iterator

from peelqa.reports.frameworks import Framework, any_of
from peelqa.reports.grades import grade_on
from peelqa.reports.periods import LAST_UPDATED
from peelqa.reports.report import GradeStatus, Report, Section


def missing(report: Report, framework: Framework | None) -> Iterator[str]:
    """Say in plain sentences what is missing from a report, the body's name included."""
    if report.body is None:
        yield "Who was inspected is not clear from the text; a side file can say it."
    if framework is None:
        return
    day = report.inspected[1] if report.inspected else report.published
    for judgement in framework.judgements:
        ended = judgement.until is not None and day is not None and day >= judgement.until
        if judgement.expected and not ended and grade_on(report.grades, judgement.name) is None:
            yield f"The grade for {judgement.name} should be in a report of this kind and was not found in this copy."
    if framework.outcome and not report.grades:
        yield "The outcome of the inspection should be in a report of this kind and was not found in this copy."
    for theme, section in _graded_sections(report, framework):
        yield from _missing_lines(theme, section, framework)


def _graded_sections(report: Report, framework: Framework) -> Iterator[tuple[str, Section | None]]:
    """List the sections that carry a grade: of a page on one theme only that one's."""
    found = {section.theme: section for section in sorted(report.sections, key=_states_grade) if section.theme}
    here = [theme for theme in framework.graded_themes if theme in found]
    outer = any_of(framework.outer)
    alone = len(here) == 1 and not any(outer.fullmatch(section.heading) for section in report.sections)
    for theme in here if alone else framework.graded_themes:
        yield theme, found.get(theme)
    ungraded, questions = any_of(framework.ungraded_themes), any_of(framework.questions)
    if not framework.areas_graded:
        return
    asked = {each.heading: each for each in sorted(report.sections, key=_states_grade) if each.heading not in found}
    yield from ((theme, section) for theme, section in found.items() if theme and not ungraded.fullmatch(theme))
    yield from ((heading, section) for heading, section in asked.items() if questions.fullmatch(heading))


def _states_grade(section: Section) -> bool:
    return section.grade is not None and section.grade.status is not GradeStatus.NOT_IN_COPY


def _missing_lines(theme: str, section: Section | None, framework: Framework) -> Iterator[str]:
    if section is None:
        yield f"The section on {theme} is missing from this copy."
        return
    if not _states_grade(section):
        yield f"The section on {theme} should have a grade line and has none in this copy."
    if framework.dated_sections and not (section.period and LAST_UPDATED.match(section.period.known_from)):
        yield f'The section on {theme} should have a "Last updated" line and has none in this copy.'
