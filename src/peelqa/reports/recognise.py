"""From a layout to a report: who was inspected, when, under which framework, and which grades were given."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from peelqa.reports.bodies import find_bodies
from peelqa.reports.dates import find_cycle, find_day, find_day_range, find_period, find_years, format_day
from peelqa.reports.frameworks import Framework, framework_called, inspectorate_on, recognise_framework
from peelqa.reports.grades import Stated, disagreements, find_grades
from peelqa.reports.landmarks import with_landmarks
from peelqa.reports.layout import Layout
from peelqa.reports.outline import Outline, fold_line, outline
from peelqa.reports.report import Grade, GradeStatus, Period, Report, Section
from peelqa.reports.sidefile import SideFile

_HEAD = 8000
_LAST_UPDATED = re.compile(r"last updated:?\s+(?=\d)", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:report )?(?:first )?published(?: on)?:?\s", re.IGNORECASE)
_INSPECTED = re.compile(r"(?:inspection dates?:?|took place|inspected|carried out|undertook|between)", re.IGNORECASE)
_NAMED_FORCE = re.compile(r"\b((?:[A-Z][\w’'-]+(?:\s(?:and|&)\s|\s)){1,4}(?:Police|Constabulary))\b")
_TITLE_BODY = re.compile(r"([A-Z][^:]{2,80}):\s")
_NOT_A_NAME = ("The ", "This ", "In ", "When ", "While ", "Both ", "Although ", "However ")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layout came from."""

    report_id: str
    name: str
    """Path of the file within the corpus."""
    sha256: str
    """Of the file's bytes."""


def recognise(layout: Layout, side: SideFile, source: Source) -> Report:
    """Make a report of a layout; what the side file says holds over what the text says."""
    framework = _framework(layout, side)
    layout = with_landmarks(layout, framework)
    found = outline(layout, framework, side.title)
    title = side.title or found.title or layout.title or source.name.rsplit("/")[-1].rsplit(".", 1)[0]
    published = side.published or _published(layout, title, source)
    inspected = _inspected(layout.text)
    cycle, year = _cycle_and_year(framework, side, f"{title}\n{layout.text[:_HEAD]}", source.name)
    year = year or (published.year if published else None) or (inspected[1].year if inspected else None)
    grades = find_grades(layout.text, found.sections, found.blocks, framework)
    sections = _dated(layout, found, _report_period(title, year, cycle, published, inspected))
    report = Report(
        id=source.report_id,
        title=title,
        text=layout.text,
        sections=_graded((replace(sections[0], heading=title), *sections[1:]), grades, framework),
        blocks=found.blocks,
        source_name=source.name,
        source_sha256=source.sha256,
        publisher=side.publisher or (inspectorate_on(framework, published or _mid(year)) if framework else None),
        framework=side.framework or (framework.name.format(cycle=cycle or year) if framework else None),
        body=side.body or _body(framework, title, layout.text),
        year=year,
        cycle=cycle if cycle and "20" in cycle and not cycle.isdigit() else None,
        published=published,
        inspected=inspected,
        url=side.url,
        licence=side.licence,
        retrieved=side.retrieved,
        grades=tuple(grade for grade, _ in grades),
        sample=side.sample,
    )
    return replace(report, warnings=(*layout.warnings, *_missing(report, framework)))


def _framework(layout: Layout, side: SideFile) -> Framework | None:
    if side.framework:
        return framework_called(side.framework)
    head = "\n".join(filter(None, (side.title, layout.title, layout.text[:_HEAD])))
    return recognise_framework(head)


def _cycle_and_year(
    framework: Framework | None, side: SideFile, head: str, source_name: str
) -> tuple[str | None, int | None]:
    """Return the cycle and the year a report is known by, as far as its framework's name or title says so."""
    if side.framework and (years := find_years(side.framework)):
        return find_cycle(side.framework), years[0]
    if framework is None or not framework.name.startswith("PEEL"):
        return None, None
    if "{cycle}" not in framework.name:
        return None, find_years(framework.name)[0]
    for place in (head.split("\n", 1)[0], source_name, *re.findall(r".*\bPEEL\b.*", head)):
        if years := find_years(place.replace("-2", " 2", 0)):
            return find_cycle(place), years[0]
    return None, None


def _published(layout: Layout, title: str, source: Source) -> date | None:
    stated = _PUBLISHED.search(layout.text[:_HEAD])
    named = find_day(layout.text[stated.end() : stated.end() + 40]) if stated else None
    return named or find_day(title) or find_day(source.name.replace("-", " "))


def _inspected(text: str) -> tuple[date, date] | None:
    for match in _INSPECTED.finditer(text[:_HEAD]):
        span = find_day_range(text[match.end() : match.end() + 80])
        if span:
            return span
    return None


def _mid(year: int | None) -> date | None:
    return date(year, 7, 1) if year else None


def _report_period(
    title: str, year: int | None, cycle: str | None, published: date | None, inspected: tuple[date, date] | None
) -> Period | None:
    if inspected:
        return Period(f"{format_day(inspected[0])} to {format_day(inspected[1])}", "the inspection dates")
    if cycle or (year and str(year) in title):
        return Period(cycle or str(year), title)
    if published:
        return Period(format_day(published), "the date of publication")
    return Period(str(year), "the year of the report") if year else None


def _dated(layout: Layout, found: Outline, whole: Period | None) -> list[Section]:
    """Give each section the date it speaks of: its "Last updated" line, its heading, or that of the section around it."""
    updated: dict[int, Period] = {}
    for block in found.blocks:
        line = layout.text[block.start_char : block.end_char]
        day = find_day(line) if _LAST_UPDATED.match(line) else None
        if day:
            updated.setdefault(block.section, Period(format_day(day), fold_line(line)))
    sections: list[Section] = []
    for index, section in enumerate(found.sections):
        inherited = whole if section.parent is None else sections[section.parent].period
        sections.append(replace(section, period=updated.get(index) or _heading_period(section) or inherited))
    return sections


def _heading_period(section: Section) -> Period | None:
    if section.parent is None:
        return None
    span = find_period(section.heading)
    years = find_years(section.heading)
    text = span.text if span else find_cycle(section.heading) or (str(years[0]) if years else None)
    return Period(text, section.heading) if text else None


def _graded(sections: tuple[Section, ...], grades: tuple[Stated, ...], framework: Framework | None) -> tuple[Section, ...]:
    """Give each section the grade in force there: stated in it, stated for it in a table, or that of the one around it."""
    by_name = {grade.judgement or grade.about.casefold(): grade for grade, _ in reversed(grades)}
    stated: dict[int, Grade] = {}
    for grade, index in grades:
        if grade.level == "overall":
            stated.setdefault(0, grade)
        elif grade.about == sections[index].heading or sections[index].heading.startswith(grade.about):
            stated.setdefault(index, grade)
    graded: list[Section] = []
    for index, section in enumerate(sections):
        inherited = graded[section.parent].grade if section.parent is not None else None
        name = section.theme or section.heading
        judgement = framework.judgement_labelled(name) if framework else None
        in_table = by_name.get(judgement.name if judgement else name.casefold()) if index else None
        graded.append(replace(section, grade=stated.get(index) or in_table or inherited))
    return tuple(graded)


def _body(framework: Framework | None, title: str, text: str) -> str | None:
    """Name the inspected body: in the title, by its area or its own name; else the force the text names most."""
    kind = framework.body_kind if framework else None
    for mention in find_bodies(title):
        fitting = [body for body in mention.candidates if kind in (None, body.kind)]
        if fitting:
            return fitting[0].name
    named = _TITLE_BODY.match(title)
    if named and kind == "local authority":
        return named[1]
    forces = (
        Counter(name for name in _NAMED_FORCE.findall(text) if not name.startswith(_NOT_A_NAME))
        if kind == "police force"
        else Counter()
    )
    return forces.most_common(1)[0][0] if forces else (named[1] if named else None)


def _missing(report: Report, framework: Framework | None) -> tuple[str, ...]:
    """Name what the framework should have and this copy lacks."""
    warnings: list[str] = []
    if report.body is None:
        warnings.append("Who was inspected is not clear from the text; a side file can say it.")
    for theme in framework.graded_themes if framework else ():
        section = next((each for each in report.sections if each.theme == theme), None)
        if section is None:
            warnings.append(f"The section on {theme} is missing from this copy.")
            continue
        if section.grade is None or section.grade.status is GradeStatus.NOT_IN_COPY:
            warnings.append(f"The section on {theme} should have a grade line and has none in this copy.")
        dated = section.period is not None and _LAST_UPDATED.match(section.period.known_from)
        if framework and framework.dated_sections and not dated:
            warnings.append(f'The section on {theme} should have a "Last updated" line and has none in this copy.')
    return tuple(warnings)
