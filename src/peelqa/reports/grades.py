"""Grades as data: found in lines, table rows and headings, each with the place that states it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peelqa.reports.frameworks import GRADE_WORDS
from peelqa.reports.report import Grade, GradeStatus, Section, TextBlock

_VALUE = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(GRADE_WORDS, key=len, reverse=True))
_GRADE_LINE = re.compile(
    r"(?:last updated:?\s+\d{1,2}/\d{1,2}/\d{4}[.,;:–-]?\s+)?"
    rf"(?:(?:overall\s)?(?:grade|graded|judge?ment)\s*[:–-]?\s*)?(?P<value>{_VALUE})\.?"
    r"(?P<carried>\s*\(?[^.]{0,40}carried (?:over|forward)[^.]{0,40}\)?)?",
    re.IGNORECASE,
)
_GRADED_ROW = re.compile(
    rf"(?P<about>[^\t]{{3,200}}?)\s*[\t:]\s*(?:[^\t]*\t)*?\s*(?P<value>{_VALUE})"
    r"(?P<carried>[^\t]{0,20}carried (?:over|forward)[^\t]{0,40})?",
    re.IGNORECASE,
)
GRADE_ENDING = re.compile(rf"\s*[:–-]\s*(?P<value>{_VALUE})\s*$", re.IGNORECASE)
"""A grade at the end of a heading, for instance "Children in care: good"."""

_STATUSES = {
    "ungraded": GradeStatus.UNGRADED,
    "not graded": GradeStatus.UNGRADED,
    "not being graded": GradeStatus.UNGRADED,
    "to be graded": GradeStatus.TO_BE_GRADED,
}


def is_grade_line(line: str) -> bool:
    """Tell whether a line says a grade and nothing else."""
    return _GRADE_LINE.fullmatch(line.strip()) is not None


def find_grades(
    text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], level: str
) -> Iterator[tuple[Grade, int]]:
    """Find every stated grade with the section it stands in, in the text's order.

    `level` is what the framework grades; a section below a theme is graded as a question, the whole as overall.
    """
    for index, section in enumerate(sections):
        ending = GRADE_ENDING.search(section.heading)
        if ending:
            end = section.start_char + len(section.heading)
            yield (
                _grade(
                    ending, section.heading[: ending.start()], _level(sections, index, level), section.start_char, end
                ),
                index,
            )
    for block in blocks:
        line = text[block.start_char : block.end_char].strip()
        whole, row = _GRADE_LINE.fullmatch(line), _GRADED_ROW.fullmatch(line)
        if whole:
            about = sections[block.section].heading
            at = _level(sections, block.section, level)
            yield _grade(whole, about, at, block.start_char, block.end_char), block.section
        elif row:
            about = " ".join(row["about"].split())
            at = "overall" if about.casefold().startswith("overall") else level
            yield _grade(row, about, at, block.start_char, block.end_char), block.section


def _grade(match: re.Match[str], about: str, level: str, start: int, end: int) -> Grade:
    value = " ".join(match["value"].split())
    status = _STATUSES.get(value.casefold(), GradeStatus.GRADED)
    if match.re.groupindex.get("carried") and match["carried"]:
        status = GradeStatus.CARRIED_OVER
    return Grade(value[0].upper() + value[1:], level, status, about, start, end)


def _level(sections: Sequence[Section], index: int, level: str) -> str:
    section = sections[index]
    if section.parent is None:
        return "overall"
    if section.theme is not None and sections[section.parent].theme == section.theme:
        return "question" if level == "pillar" else level
    return level
