"""Grades as data: found in lines, table rows, headings and verdicts, each with the place that states it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from peelqa.reports.dates import find_day, format_day
from peelqa.reports.frameworks import VALUE, Framework, any_of
from peelqa.reports.layout import BlockKind
from peelqa.reports.periods import LAST_UPDATED
from peelqa.reports.report import Grade, GradeStatus, Period, Section, TextBlock
from peelqa.sentences import split_sentences

_GRADE_LINE = re.compile(
    r"(?P<dated>last updated:?\s+\d{1,2}/\d{1,2}/\d{4}[.,;:–-]?\s+)?"
    rf"(?:(?:overall\s)?(?:grade|graded|judge?ment)\s*[:–-]?\s*)?(?P<value>{VALUE})\.?"
    r"(?P<carried>\s*\(?[^.]{0,40}carried (?:over|forward)[^.]{0,40}\)?)?",
    re.IGNORECASE,
)
_GRADED_ROW = re.compile(
    rf"(?:\d(?:\.\d)*\.?\s+)?(?P<about>[^\t]{{3,200}}?)[.\s]*[\t:\n]\s*(?:[^\t]*\t)*?\s*(?P<value>{VALUE})\.?"
    r"(?P<carried>[^\t]{0,20}carried (?:over|forward)[^\t]{0,40})?",
    re.IGNORECASE,
)
GRADE_ENDING = re.compile(
    rf"\s*(?:(?:\b(?:is|are)\s*)?[:–-]|\bis\s+that\s+it(?:\s+is)?)\s*(?P<value>{VALUE})\.?\s*$", re.IGNORECASE
)
"""A grade at the end of a heading, for instance "Children in care: good", "... are: good" or "... is that it is good"."""

_LEAST_COLUMNS = 3
_CARRIED = re.compile(
    r"\b(?:judge?ment|grade)s?\b[^.]{0,160}?\b(?:carried\s(?:over|forward)|still\sstands?)\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b20\d\d(?:/\d\d)?\b")
_WORD = re.compile(r"\w+")
_TRIFLES = frozenset(
    [
        "a",
        "and",
        "for",
        "how",
        "in",
        "of",
        "on",
        "the",
        "their",
        "to",
        "who",
        "with",
        "experiences",
        "progress",
        "practice",
        "quality",
    ]
)
_STATUSES = {
    "ungraded": GradeStatus.UNGRADED,
    "not graded": GradeStatus.UNGRADED,
    "not judged": GradeStatus.UNGRADED,
    "not being graded": GradeStatus.UNGRADED,
    "to be graded": GradeStatus.TO_BE_GRADED,
}

Stated = tuple[Grade, int]
"""A grade, and the section that states it."""


def is_grade_line(line: str) -> bool:
    """Tell whether a line says a grade and nothing else."""
    return _GRADE_LINE.fullmatch(line.strip()) is not None


def find_grades(
    text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], framework: Framework | None
) -> tuple[Stated, ...]:
    """Find the grade of each graded thing, with the section that states it, in the text's order.

    What a row, a line or a verdict states holds over what a heading repeats.
    """
    level = framework.grade_level if framework else "area"
    verdicts = list(_verdicts(text, sections, blocks, framework))
    stated = [*_in_blocks(text, sections, blocks, level), *_in_headings(sections, level)]
    named = {grade.about.casefold() for grade, _ in (*verdicts, *stated)}
    in_grids = (each for each in _in_grids(text, sections, blocks, level) if each[0].about.casefold() not in named)
    found = (
        (_carried_over(grade, section, text, blocks), section) for grade, section in (*verdicts, *stated, *in_grids)
    )
    known = [(_known(grade, framework), section) for grade, section in found]
    once: dict[tuple[str, int | None], Stated] = {}
    for grade, section in _of_this_report(known, len(verdicts), framework):
        place = None if grade.judgement or (framework and framework.judgements) else section
        once.setdefault((grade.judgement or grade.about.casefold(), place), (grade, section))
    return tuple(sorted(once.values(), key=lambda each: each[0].start_char))


def _of_this_report(stated: Sequence[Stated], verdicts: int, framework: Framework | None) -> Iterator[Stated]:
    """Leave out what only looks like a grade of this report: where the things graded are known, all but the table's."""
    if framework is None or not framework.judgements:
        yield from stated
        return
    rows = [grade for grade, _ in stated[verdicts:] if grade.judgement]
    start, end = min((grade.start_char for grade in rows), default=0), max((each.end_char for each in rows), default=0)
    for at, (grade, section) in enumerate(stated):
        if at < verdicts or grade.judgement or (start < grade.start_char < end and section == 0):
            yield grade, section


def grade_on(grades: Iterable[Grade], name: str) -> Grade | None:
    """Return the grade of the thing that a name means ("overall effectiveness", "care leavers"), or None.

    All words of the name, trifles aside, stand in the label, the framework's name or another name for it; of several,
    the one with the fewest further words. Names that say "overall" mean the whole.
    """
    wanted = _words(name)
    if "overall" in wanted:
        return next((grade for grade in grades if grade.level == "overall"), None)
    ranked: list[tuple[int, int, Grade]] = []
    for at, grade in enumerate(grades):
        names = [_words(each) for each in (grade.about, grade.judgement or "", *grade.also)]
        extra = [len(words - wanted) for words in names if wanted and wanted <= words]
        if extra:
            ranked.append((min(extra), at, grade))
    return min(ranked, key=lambda each: each[:2])[2] if ranked else None


def _words(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in _WORD.findall(name.casefold()) if word not in _TRIFLES)


def disagreements(sections: Sequence[Section], grades: Sequence[Stated]) -> Iterator[str]:
    """Name each thing whose heading gives another grade than the row or line that states it."""
    known = {grade.about.casefold(): grade for grade, _ in grades}
    for grade, _ in _in_headings(sections, ""):
        other = known.get(grade.about.casefold())
        if other and not _same_value(other.value, grade.value):
            yield f"“{grade.about}” is graded {other.value} in one place and {grade.value} in its heading."


def _same_value(one: str, other: str) -> bool:
    """Tell whether two values mean one grade: "requires improvement" is short for "... to be good"."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return long.startswith(short)


def _in_blocks(text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], level: str) -> Iterator[Stated]:
    updated: dict[int, Period] = {}
    for block in blocks:
        line = text[block.start_char : block.end_char]
        if (day := _updated_on(line)) is not None:
            updated[block.section] = day
        whole, row = _GRADE_LINE.fullmatch(line), _GRADED_ROW.fullmatch(line)
        at = _level(sections, block.section, level)
        if whole:
            about = sections[block.section].heading
            grade = _grade(whole, about, at, block.start_char, block.end_char)
            yield replace(grade, period=grade.period or updated.get(block.section)), block.section
        elif row and (block.kind is BlockKind.ROW or "\n" not in line) and _is_name(row["about"]):
            about = " ".join(row["about"].split())
            at = "overall" if about.casefold().startswith("overall") else level
            yield _grade(row, about, at, block.start_char, block.end_char), block.section


def _is_name(about: str) -> bool:
    """Tell whether it can name a graded thing: the head of a column of grades does not."""
    return about[0].isalnum() and not is_grade_line(about)


def _in_grids(text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], level: str) -> Iterator[Stated]:
    """Find grades in tables with a column for each grade, in which the things graded stand."""
    head: list[str] = []
    start = 0
    for block in blocks:
        cells = text[text.rfind("\n", 0, block.start_char) + 1 : block.end_char].split("\t")
        if block.kind is not BlockKind.ROW:
            head = []
        elif len(cells) >= _LEAST_COLUMNS and all(is_grade_line(cell) for cell in cells):
            head, start = cells, block.start_char
        elif head and len(cells) <= len(head):
            for value, cell in zip(head, cells, strict=False):
                match = _GRADE_LINE.fullmatch(value.strip())
                if cell.strip() and match:
                    about = " ".join(cell.split())
                    yield _grade(match, about, level, start, block.end_char), block.section


def _carried_over(grade: Grade, section: int, text: str, blocks: Sequence[TextBlock]) -> Grade:
    """Return a grade as its section explains it: where that says it comes from an earlier inspection, carried over."""
    if grade.status is not GradeStatus.GRADED or grade.level == "overall":
        return grade
    here = (text[block.start_char : block.end_char] for block in blocks if block.section == section)
    said = next((match[0] for match in map(_CARRIED.search, here) if match), None)
    if said is None:
        return grade
    year = _YEAR.search(said)
    period = Period(year[0], " ".join(said.split())) if year else grade.period
    return replace(grade, status=GradeStatus.CARRIED_OVER, period=period)


def _updated_on(line: str) -> Period | None:
    """Return the date of a "Last updated" line, or of a grade line that carries one."""
    day = find_day(line) if LAST_UPDATED.match(line) else None
    return Period(format_day(day), " ".join(line.split())) if day else None


def _in_headings(sections: Sequence[Section], level: str) -> Iterator[Stated]:
    for index, section in enumerate(sections):
        ending = GRADE_ENDING.search(section.heading) if index else None
        if ending:
            end = section.start_char + len(section.heading)
            about, at = section.heading[: ending.start()], _level(sections, index, level)
            yield _grade(ending, about, at, section.start_char, end), index


def _verdicts(
    text: str, sections: Sequence[Section], blocks: Sequence[TextBlock], framework: Framework | None
) -> Iterator[Stated]:
    if framework is None:
        return
    for pattern in (*framework.overall_verdicts, *framework.verdicts):
        level = "overall" if pattern in framework.overall_verdicts else framework.grade_level
        for block in blocks:
            match = any_of((pattern,)).search(text[block.start_char : block.end_char])
            if match and (sections[block.section].theme or level == "overall" or match.groupdict().get("about")):
                named = match.groupdict().get("about") or framework.outcome or sections[block.section].heading
                start, end = _sentence(text, block, match)
                yield _grade(match, " ".join(named.split()), level, start, end), block.section


def _sentence(text: str, block: TextBlock, match: re.Match[str]) -> tuple[int, int]:
    """Return where the sentence stands that states a verdict."""
    for start, end in split_sentences(text[block.start_char : block.end_char]):
        if start <= match.start("value") < end:
            return block.start_char + start, block.start_char + end
    return block.start_char, block.end_char


def _grade(match: re.Match[str], about: str, level: str, start: int, end: int) -> Grade:
    value = " ".join(match["value"].split()).capitalize().replace("Require ", "Requires ")
    status = _STATUSES.get(value.casefold(), GradeStatus.GRADED)
    period: Period | None = None
    groups = match.groupdict()
    if groups.get("carried"):
        status = GradeStatus.CARRIED_OVER
        year = _YEAR.search(groups["carried"])
        period = Period(year[0], " ".join(groups["carried"].split())) if year else None
    elif groups.get("dated"):
        period = _updated_on(groups["dated"])
    return Grade(value, level, status, about, start, end, period=period)


def _known(grade: Grade, framework: Framework | None) -> Grade:
    """Add what the framework knows of the graded thing."""
    if framework is None:
        return grade
    level = "question" if any_of(framework.questions).fullmatch(grade.about) else grade.level
    grade = replace(grade, scale=framework.scale, level=level)
    judgement = framework.judgement_labelled(grade.about)
    if judgement is None and grade.level == "overall":
        judgement = next((each for each in framework.judgements if each.level == "overall"), None)
    if judgement is None:
        return grade
    return replace(grade, level=judgement.level, judgement=judgement.name, also=judgement.also)


def _level(sections: Sequence[Section], index: int, level: str) -> str:
    section = sections[index]
    if section.parent is None:
        return "overall"
    if section.theme is not None and sections[section.parent].theme == section.theme:
        return "question" if level == "pillar" else level
    return level
