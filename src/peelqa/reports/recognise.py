"""From a layout to a report: who was inspected, when, under which framework, and which grades were given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from peelqa.reports.bodies import Body, find_bodies
from peelqa.reports.completeness import missing
from peelqa.reports.frameworks import Framework, any_of, framework_called, inspectorate_on, recognise_framework
from peelqa.reports.grades import Stated, disagreements, find_grades
from peelqa.reports.landmarks import with_landmarks
from peelqa.reports.layout import BlockKind, Layout
from peelqa.reports.outline import fold_line, outline
from peelqa.reports.periods import HEAD, cycle_and_year, dated, inspected_on, published_on, report_period
from peelqa.reports.report import Grade, GradeStatus, Report, Section
from peelqa.reports.sidefile import SideFile

_NAMED_FORCE = re.compile(r"\b((?:[A-Z][\w’'-]+(?:\s(?:and|&)\s|\s)){1,4}(?:Police|Constabulary))\b")
_TITLE_BODY = re.compile(r"([A-Z][^:]{2,80}):\s")
_LONGEST_TITLE = 150
_NOT_A_NAME = ("The ", "This ", "In ", "When ", "While ", "Both ", "Although ", "However ")
_ON_INSPECTION = re.compile(r"information about\b", re.IGNORECASE)
"""How headings begin of what a report says of itself and of all that it is about."""


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
    named = any_of(framework.title_in).search(layout.text[:HEAD]) if framework else None
    own_title = fold_line(named[0]) if named else found.title or layout.title or _opening(layout)
    title = side.title or own_title or source.name.rsplit("/")[-1].rsplit(".", 1)[0]
    published = side.published or published_on(layout.text, title, source.name)
    inspected = inspected_on(layout.text)
    cycle, year = cycle_and_year(framework, side, f"{title}\n{layout.text[:HEAD]}", source.name)
    year = year or (published.year if published else None) or (inspected[1].year if inspected else None)
    grades = find_grades(layout.text, found.sections, found.blocks, framework)
    whole = report_period(title, year, cycle, published, inspected)
    sections = dated(layout.text, found.sections, found.blocks, whole)
    report = Report(
        id=source.report_id,
        title=title,
        text=layout.text,
        sections=_graded((replace(sections[0], heading=title), *sections[1:]), grades, framework),
        blocks=found.blocks,
        source_name=source.name,
        source_sha256=source.sha256,
        publisher=side.publisher or (inspectorate_on(framework, published or _mid(year)) if framework else None),
        framework=side.framework or (framework.name.format(cycle=cycle or year or "").strip() if framework else None),
        body=side.body or _body(framework, title, layout.text),
        year=year,
        cycle=cycle if cycle and "20" in cycle and not cycle.isdigit() else None,
        published=published,
        inspected=inspected,
        url=side.url,
        licence=side.licence,
        retrieved=side.retrieved,
        grades=tuple(grade for grade, _ in grades),
        partial_because=layout.partial_because,
        furniture=found.furniture,
        sample=side.sample,
    )
    doubts = (*disagreements(found.sections, grades), *missing(report, framework))
    return replace(report, warnings=tuple(dict.fromkeys((*layout.warnings, *doubts))))


def _framework(layout: Layout, side: SideFile) -> Framework | None:
    if side.framework:
        return framework_called(side.framework)
    head = "\n".join(filter(None, (side.title, layout.title, layout.text[:HEAD])))
    return recognise_framework(head)


def _opening(layout: Layout) -> str | None:
    """Return the lines that a plain text opens with, where they are short and no sentence."""
    if layout.marked:
        return None
    heading = next((block.start_char for block in layout.blocks if block.kind is BlockKind.HEADING), None)
    first = re.split(r"\n\s*\n", layout.text[:heading].strip(), maxsplit=1)[0]
    return fold_line(first) if first and len(first) <= _LONGEST_TITLE and first[-1] not in ".,;:!?" else None


def _mid(year: int | None) -> date | None:
    return date(year, 7, 1) if year else None


def _graded(
    sections: tuple[Section, ...], grades: tuple[Stated, ...], framework: Framework | None
) -> tuple[Section, ...]:
    """Give each section the grade in force there: stated in it, stated for it in a table, or that of the one around it."""
    by_name = {grade.judgement or grade.about.casefold(): grade for grade, _ in reversed(grades)}
    stated: dict[int, Grade] = {}
    for grade, index in grades:
        if grade.level == "overall":
            stated.setdefault(0, grade)
        elif grade.about == sections[index].heading or sections[index].heading.startswith(grade.about):
            stated.setdefault(index, grade)
    apart = _apart(sections, framework)
    on_other = next(
        (grade for grade, _ in grades if framework and any_of((framework.apart,)).fullmatch(grade.about)), None
    )
    graded: list[Section] = []
    for index, section in enumerate(sections):
        inherited = graded[section.parent].grade if section.parent is not None else None
        if index in apart and section.parent == 0:
            inherited = on_other
        own_theme = section.parent is None or section.theme != sections[section.parent].theme
        name = section.theme if section.theme and own_theme else section.heading
        judgement = framework.judgement_labelled(name) if framework else None
        in_table = by_name.get(judgement.name if judgement else name.casefold()) if index else None
        around = _not_in_copy(section, framework) or inherited
        ungraded = section.explains or _ON_INSPECTION.match(section.heading)
        in_force = None if ungraded else stated.get(index) or in_table or around
        graded.append(replace(section, grade=in_force))
    return tuple(graded)


def _apart(sections: Sequence[Section], framework: Framework | None) -> frozenset[int]:
    """Return the sections that are on another body than the one inspected, by number."""
    if framework is None or not framework.apart:
        return frozenset()
    found = set[int]()
    apart = False
    for index, section in enumerate(sections):
        if any_of((framework.apart,)).fullmatch(section.heading):
            apart = True
        elif (
            section.theme or framework.body_kind in section.heading.casefold() or _ON_INSPECTION.match(section.heading)
        ):
            apart = False
        if apart:
            found.add(index)
    return frozenset(found)


def _should_state(section: Section, framework: Framework | None) -> bool:
    """Tell whether a section's own heading names something that reports of its kind grade."""
    if framework is None:
        return False
    if framework.areas_graded and any_of(framework.questions).fullmatch(section.heading):
        return True
    if not section.theme or not section.heading.startswith(section.theme):
        return False
    areas = framework.areas_graded and not any_of(framework.ungraded_themes).fullmatch(section.theme)
    return areas or section.theme in framework.graded_themes


def _not_in_copy(section: Section, framework: Framework | None) -> Grade | None:
    if not _should_state(section, framework) or framework is None:
        return None
    place = section.start_char, section.start_char + len(section.heading)
    return Grade("Not in our copy", framework.grade_level, GradeStatus.NOT_IN_COPY, section.heading, *place)


def _said_to_be(bodies: Sequence[Body], text: str) -> Body:
    """Return the one of several bodies of one name that a text first names unmistakably ("Kent County Council")."""
    named = (mention.candidates[0] for mention in find_bodies(text[:HEAD]) if len(mention.candidates) == 1)
    return next((body for body in named if body in bodies), bodies[0])


def _body(framework: Framework | None, title: str, text: str) -> str | None:
    """Name the inspected body: in the title, by its area or its own name; else the force the text names most."""
    kind = framework.body_kind if framework else None
    for mention in find_bodies(title):
        fitting = [body for body in mention.candidates if kind in (None, body.kind)]
        if fitting:
            return _said_to_be(fitting, text).name
    if framework and (stated := any_of(framework.body_in).search(f"{title}\n{text[:HEAD]}")):
        known = [
            body.name for mention in find_bodies(stated["body"]) for body in mention.candidates if body.kind == kind
        ]
        return known[0] if known else " ".join(stated["body"].split())
    named = _TITLE_BODY.match(title)
    if named and kind == "local authority":
        return named[1]
    forces = (
        Counter(name for name in _NAMED_FORCE.findall(text) if not name.startswith(_NOT_A_NAME))
        if kind == "police force"
        else Counter()
    )
    return forces.most_common(1)[0][0] if forces else (named[1] if named else None)
