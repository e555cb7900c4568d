from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.findings import Finding
from peelqa.passages import split_report
from peelqa.reports.corpus import read_report
from peelqa.reports.grades import grade_on
from peelqa.reports.report import Grade, GradeStatus, Report, Section

EXPERIENCE = "experiences and progress"
NEED = "who need help and"
LASTING = "achieving permanence"
WHO = "leaders"
OTHERS = "protection, children looked after and care leavers"

ILACS = f"""Inspection of Oakshire local authority
children’s services
Inspection dates: 3 to 14 March 2025
Lead inspector: Jo Bloggs, His Majesty’s Inspector
Judgement

Grade

The impact of {WHO} on social work
practice with children and families

Good

The {EXPERIENCE} of
children {NEED} protection

Requires improvement
to be good

The {EXPERIENCE} of
children in care

Good

The {EXPERIENCE} of care
leavers

Outstanding

Overall effectiveness

Good

Services for children in Oakshire have got better.

What needs to improve?
◼ The speed with which letters about bicycles are
answered.
◼ The keeping of records on
Oakshire children’s services
2

\f
lost umbrellas by staff in the library.

The {EXPERIENCE} of children {NEED}
protection: requires improvement to be good
1.

Children are seen quickly by people who know them well.

Oakshire children’s services
3

\f
Nobody waits for long.

Oakshire children’s services
4
"""

SIF = f"""Oakshire Council
Inspection of services for children in need of help and
{OTHERS}
Inspection date: 3 Feb 2014 – 7 March 2014
Lead inspector: Jo Bloggs
The overall judgement is that children’s services require
improvement.2
Oakshire is slow to answer.
1. Children {NEED} protection

Requires
improvement

2. Children looked after and {LASTING}

Good

2.1 Adoption performance

Not Judged

3. Leadership, management and governance

Inadequate

The last inspection gave these judgements:

- Overall effectiveness: outstanding
"""


def _read(tmp_path: Path, text: str, name: str = "oakshire.txt") -> Report:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_report(path, name=name, report_id="oakshire")


def _grade(report: Report, name: str) -> Grade:
    grade = grade_on(report.grades, name)
    assert grade is not None
    return grade


@pytest.mark.parametrize(
    ("asked", "value", "about"),
    [
        ("overall effectiveness", "Good", "Overall effectiveness"),
        (
            f"the impact of {WHO} on social work practice with children and families",
            "Good",
            f"The impact of {WHO} on social work practice with children and families",
        ),
        (
            "help and protection",
            "Requires improvement to be good",
            f"The {EXPERIENCE} of children {NEED} protection",
        ),
        ("children in care", "Good", "The experiences and progress of children in care"),
        ("looked after children", "Good", "The experiences and progress of children in care"),
        ("care leavers", "Outstanding", "The experiences and progress of care leavers"),
    ],
)
def test_a_judgement_is_found_by_its_name(tmp_path: Path, asked: str, value: str, about: str) -> None:
    grade = _grade(_read(tmp_path, ILACS), asked)
    assert (grade.value, grade.about, grade.status) == (value, about, GradeStatus.GRADED)


def test_a_grade_and_its_label_are_one_unit_although_blank_lines_part_them(tmp_path: Path) -> None:
    report = _read(tmp_path, ILACS)
    units = [unit for passage in split_report(report, count_tokens=len, max_tokens=900) for unit in passage.units]
    spans = {(unit.start_char, unit.end_char) for unit in units}
    assert len(report.grades) == 5
    assert all((grade.start_char, grade.end_char) in spans for grade in report.grades)
    grade = _grade(report, "care leavers")
    assert report.text[grade.start_char : grade.end_char].endswith("care\nleavers\n\nOutstanding")


def test_the_whole_and_each_judgement_have_their_level(tmp_path: Path) -> None:
    levels = {grade.judgement: grade.level for grade in _read(tmp_path, ILACS).grades}
    assert levels["overall effectiveness"] == "overall"
    assert levels["care leavers"] == "judgement"


def test_a_section_carries_the_grade_that_a_table_gives_it(tmp_path: Path) -> None:
    report = _read(tmp_path, ILACS)
    section = report.sections[-1]
    assert section.theme == f"The {EXPERIENCE} of children {NEED} protection"
    assert section.grade is not None
    assert section.grade.value == "Requires improvement to be good"


def test_what_needs_to_improve_is_whole_bullets_over_wrapped_lines_and_page_ends(tmp_path: Path) -> None:
    report = _read(tmp_path, ILACS)
    bullets = [
        " ".join(report.text[unit.start_char : unit.end_char].split())
        for passage in split_report(report, count_tokens=len, max_tokens=900)
        if report.sections[passage.section].finding_type == "area_for_improvement"
        for unit in passage.units
    ]
    assert bullets[0] == "◼ The speed with which letters about bicycles are answered."
    assert bullets[1].startswith("◼ The keeping of records on")
    assert bullets[1].endswith("lost umbrellas by staff in the library.")
    assert len(bullets) == 2


def test_a_single_inspection_states_its_overall_judgement_in_a_sentence(tmp_path: Path) -> None:
    report = _read(tmp_path, SIF)
    overall = _grade(report, "overall effectiveness")
    assert (report.framework, overall.value, overall.about) == ("SIF", "Requires improvement", "The overall judgement")
    assert report.text[overall.start_char : overall.end_char].startswith("The overall judgement is")
    assert _grade(report, "children in care").value == "Good"
    assert _grade(report, "the impact of leaders").value == "Inadequate"


def test_what_was_not_judged_is_ungraded(tmp_path: Path) -> None:
    assert _grade(_read(tmp_path, SIF), "adoption").status is GradeStatus.UNGRADED


def test_the_grades_of_an_earlier_inspection_are_not_this_ones(tmp_path: Path) -> None:
    assert "Outstanding" not in {grade.value for grade in _read(tmp_path, SIF).grades}


def test_a_judgement_that_a_copy_lacks_is_named(tmp_path: Path) -> None:
    report = _read(tmp_path, ILACS.replace("Overall effectiveness\n\nGood\n\n", ""))
    assert grade_on(report.grades, "overall effectiveness") is None
    assert any("overall effectiveness" in warning for warning in report.warnings)


def test_reports_of_2026_are_not_missing_an_overall_grade(tmp_path: Path) -> None:
    text = ILACS.replace("Overall effectiveness\n\nGood\n\n", "").replace("14 March 2025", "14 May 2026")
    assert _read(tmp_path, text).warnings == _read(tmp_path, ILACS).warnings


def test_a_heading_that_says_another_grade_than_the_table_is_named(tmp_path: Path) -> None:
    text = ILACS.replace("protection: requires improvement to be good", "protection: good")
    assert any("in one place" in warning for warning in _read(tmp_path, text).warnings)


def test_a_carried_over_grade_says_from_when(tmp_path: Path) -> None:
    text = "# Oakshire Police PEEL 2018/19\n\n## Legitimacy\n\nGood (carried over from the 2017 inspection)\n\nIt is fair.\n"
    grade = _read(tmp_path, text, "oakshire.md").grades[0]
    assert grade.status is GradeStatus.CARRIED_OVER
    assert grade.period is not None
    assert grade.period.text == "2017"


def test_a_dated_grade_line_gives_the_grade_its_date(report: Report) -> None:
    periods = {grade.about: grade.period and grade.period.text for grade in report.grades}
    assert periods == dict.fromkeys(("Effectiveness", "Efficiency", "Legitimacy"), "14 November 2014")


BOARD = "ocal safeguarding children board"
MEANING = "What the inspection judgements mean"
SIF_OF_TWO = f"""{SIF}
{MEANING}: the local
authority

An admirable council wins prizes. Its progress is excellent and is sustained.

Section 2: The effectiveness of the L{BOARD}

The effectiveness of the L{BOARD} is good

The board meets in a barn.

Priority and immediate action

There is none.

What does the local authority need to improve?

It should count its bicycles.
"""


def _headed(report: Report, opening: str) -> Section:
    return next(section for section in report.sections if section.heading.startswith(opening))


def test_what_tells_what_grades_mean_has_no_grade_and_states_no_finding(tmp_path: Path) -> None:
    report = _read(tmp_path, SIF_OF_TWO)
    section = _headed(report, MEANING)
    assert section.explains
    assert section.grade is None
    passages = split_report(report, count_tokens=len, max_tokens=10**6)
    told = next(each for each in passages if each.section_path[-1] == section.heading)
    assert [unit.finding for unit in told.units] == [Finding.NEUTRAL] * 2


def test_another_body_in_the_report_has_its_own_grade_and_not_the_overall_one(tmp_path: Path) -> None:
    report = _read(tmp_path, SIF_OF_TWO)
    graded = {section.heading.split("?")[0]: section.grade for section in report.sections}
    values = {heading: grade and grade.value for heading, grade in graded.items()}
    assert values["Priority and immediate action"] == "Good"
    assert values["What does the local authority need to improve"] == "Requires improvement"
    assert _grade(report, "LSCB").value == "Good"


def _marks(report: Report) -> dict[str, str | None]:
    """Return each block's words with the mark of its section."""
    blocks = ((report.text[each.start_char : each.end_char], each.section) for each in report.blocks)
    return {words: report.sections[section].finding_type for words, section in blocks}


def test_themes_part_a_list_of_what_must_improve_until_the_next_heading(tmp_path: Path) -> None:
    theme = "Leadership, management and governance"
    listed = f"Areas for improvement\n\n{theme}\n\nCount the bicycles.\n\nProgress since the last inspection\n\nNone.\n"
    marks = _marks(_read(tmp_path, f"{SIF}\n{listed}\n{theme}\n\nThe leaders ride well.\n"))
    assert marks["Count the bicycles."] == "area_for_improvement"
    assert marks["The leaders ride well."] is None


def test_findings_under_a_list_of_recommendations_are_none_of_them(tmp_path: Path) -> None:
    listed = "Recommendations\n\nCount the bicycles.\n\nInspection findings\n\nNobody counts them.\n"
    marks = _marks(_read(tmp_path, f"{SIF}\n{listed}"))
    assert marks["Count the bicycles."] == "recommendation"
    assert marks["Nobody counts them."] is None


def test_a_heading_may_stand_right_under_a_verdict(tmp_path: Path) -> None:
    report = _read(tmp_path, f"{SIF}\nThe l{BOARD} is good\nExecutive summary\nThe board meets in a barn.\n")
    assert _headed(report, "Executive summary")


def test_another_body_without_a_grade_of_its_own_has_none(tmp_path: Path) -> None:
    report = _read(tmp_path, SIF_OF_TWO.replace(f"The effectiveness of the L{BOARD} is good\n", ""))
    assert _headed(report, "Section 2").grade is None


def test_a_quoted_grade_is_the_one_in_force_for_its_quotation(tmp_path: Path) -> None:
    report = _read(tmp_path, ILACS)
    grade = _grade(report, "care leavers")
    passages = split_report(report, count_tokens=len, max_tokens=10**6)
    passage = next(each for each in passages if each.start_char <= grade.start_char < each.end_char)
    quoted = passage.quote(grade.start_char, grade.end_char)
    assert quoted.grade == grade
    assert passage.quote(passage.start_char, passage.end_char).grade is None


def test_what_a_report_says_of_the_area_and_of_itself_has_no_grade_of_any_body(tmp_path: Path) -> None:
    told = "Information about this area\n\nThe director came in May.\n\nRecommendations\n\nHear them.\n"
    grades = {section.heading: section.grade for section in _read(tmp_path, f"{SIF_OF_TWO}\n{told}").sections}
    assert grades["Information about this area"] is None
    assert grades["Recommendations"] is not None
