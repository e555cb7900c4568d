"""Invented reports in the style of each kind of inspection: their grades, dates and marked findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.reports.corpus import read_report
from peelqa.reports.report import GradeStatus, Report

PEEL_2014_PILLAR = """Oakshire PEEL 2014
Legitimacy
Does the force act with integrity?
Last updated 13/11/2014 Ungraded
To what extent does the force ensure that the workforce acts with integrity?
Good
The chief constable of Oakshire Police says what is right, and most officers heed him.
What are the public perceptions of the force?
Nine in ten people trust the force, a survey of the 12 months to March 2013 found.
"""
PEEL_2015 = """PEEL: Police effectiveness 2015

An inspection of Oakshire Constabulary

February 2016

Overview – How effective is the force at keeping people safe and reducing crime?

Overall judgment
Good

The constabulary seldom loses a bicycle twice.

How effective is the force at preventing crime and anti-social behaviour, and keeping people safe?

Good

The constabulary works with schools.

Areas for improvement

• The force should count the bicycles it marks.
• The force should answer letters within
a week.

How effective is the force at investigating crime and managing offenders?

Requires improvement

Cause of concern

The way in which the force keeps lamps is a cause of concern.

Recommendations

To address the cause of concern, the force should immediately:
• buy lamps; and
• light them.

How effective is the force at protecting those who are vulnerable from harm, and supporting victims?

Officers visit on the day.

How effective is the force at tackling serious and organised crime?

Ungraded
"""
PEEL_2018 = """PEEL: Police effectiveness, efficiency and legitimacy 2018/19

An inspection of Oakshire Police

Effectiveness

How effectively does the force reduce crime and keep people safe?

Good

Summary

Oakshire Police reduces crime well.

Preventing crime and tackling anti-social behaviour

Good

This question was not subject to detailed inspection in 2018/19, and our judgment from the 2017 effectiveness \
inspection has been carried over.

Investigating crime

Requires improvement

Areas for improvement

• The force should read its letters.

Efficiency

How efficiently does the force operate and how sustainable are its services?

Requires improvement

Planning for the future

Plans are thin.
"""
PEEL_2023 = """<html><head><title>PEEL 2023–25: Oakshire Constabulary</title></head><body><main>
<h1>PEEL 2023–25: Police effectiveness, efficiency and legitimacy – An inspection of Oakshire Constabulary</h1>
<h2>Our judgments</h2><p>We make graded judgments in four of these five areas as follows:</p>
<table><tr><th>Outstanding</th><th>Good</th><th>Adequate</th><th>Requires improvement</th><th>Inadequate</th></tr>
<tr><td></td><td>Preventing crime</td><td>Investigating crime</td><td>Responding to the public</td><td></td></tr>
<tr><td></td><td></td><td>Managing offenders</td><td></td><td></td></tr></table>
<h2>Providing a service to the victims of crime</h2><p>We do not grade this.</p>
<h2>Preventing crime</h2><p>Oakshire Constabulary is good at prevention and deterrence.</p>
<h3>Innovative practice: The constabulary lends lamps</h3><p>It lends a lamp to whoever has none.</p>
<h2>Responding to the public</h2><p>Oakshire Constabulary requires improvement at responding to the public.</p>
<h3>Area for improvement</h3><h4>The constabulary should answer calls more quickly</h4>
<p>In the year ending 30 June 2023, it answered one call in two.</p>
<h2>Investigating crime</h2><p>Adequate</p><p>Oakshire Constabulary is adequate at investigating crime.</p>
<h3>Cause of concern</h3><p>The constabulary does not keep what it finds.</p>
<h4>Recommendations</h4><p>Within three months the constabulary should:</p><ul><li>keep what it finds.</li></ul>
<h3>Promising practice</h3><p>A shelf was built.</p>
<h2>Managing offenders</h2><p>There is a list of them.</p>
<h2>Building, supporting and protecting the workforce</h2><p>There are enough chairs.</p></main></body></html>"""
LOCAL_AREA_SEND = """Joint local area SEND inspection in Oakshire

Between 4 June 2018 and 8 June 2018, Ofsted and the Care Quality Commission (CQC) conducted a joint inspection of the \
local area of Oakshire.

As a result, it is determined that a Written Statement of Action is required because letters lie unread.

Main findings

◼ Leaders keep lamps lit.

The effectiveness of the local area in identifying children and young people’s special
educational needs and/or disabilities

Strengths

◼ Health visitors come early.

Areas for development

◼ Letters are not answered.
"""
AREA_SEND = """Area SEND inspection of Oakshire Local
Area Partnership

Inspection dates: 3 to 7 June 2024

Inspection outcome

There are widespread and/or systemic failings. Children in Oakshire wait far too long.

What is it like to be a child or PERSON with special educational needs
and/or disabilities (SHORT) in this area?

Pupils wait at the window.

Areas for priority action

Leaders should answer letters from parents.

Areas for improvement

Leaders should count the lamps.
""".replace("PERSON", "young person").replace("SHORT", "SEND")


def _read(tmp_path: Path, text: str, suffix: str = ".txt") -> Report:
    path = tmp_path / f"oakshire{suffix}"
    path.write_text(text, encoding="utf-8")
    return read_report(path, name=path.name, report_id="oakshire")


def _graded(report: Report) -> list[tuple[str, str, str]]:
    return [(grade.about, grade.value, grade.level) for grade in report.grades]


def _marked(report: Report) -> list[tuple[str, str]]:
    """Return each block of a marked section with its mark, spaces folded."""
    marks = ((block, report.sections[block.section].finding_type) for block in report.blocks)
    return [(kind, " ".join(report.text[block.start_char : block.end_char].split())) for block, kind in marks if kind]


def test_a_dense_pillar_page_of_2014_keeps_its_questions_apart(tmp_path: Path) -> None:
    report = _read(tmp_path, PEEL_2014_PILLAR)
    question = "To what extent does the force ensure that the workforce acts with integrity?"
    assert (report.framework, report.title, report.warnings) == ("PEEL 2014", "Oakshire PEEL 2014", ())
    assert _graded(report) == [("Legitimacy", "Ungraded", "pillar"), (question, "Good", "question")]
    assert report.grades[0].period is not None
    assert report.grades[0].period.text == "13 November 2014"
    assert report.section_path(len(report.sections) - 1) == (
        "Legitimacy",
        "What are the public perceptions of the force?",
    )


def test_an_effectiveness_report_of_2015_has_a_grade_for_each_question_or_says_that_it_lacks_it(tmp_path: Path) -> None:
    report = _read(tmp_path, PEEL_2015)
    assert (report.framework, report.year, report.body) == ("PEEL 2015", 2015, "Oakshire Constabulary")
    assert [(value, level) for _, value, level in _graded(report)] == [
        ("Good", "pillar"),
        ("Good", "question"),
        ("Requires improvement", "question"),
        ("Ungraded", "question"),
    ]
    assert report.grades[-1].status is GradeStatus.UNGRADED
    (warning,) = report.warnings
    assert "protecting those who are vulnerable" in warning
    assert _marked(report) == [
        ("area_for_improvement", "• The force should count the bicycles it marks."),
        ("area_for_improvement", "• The force should answer letters within a week."),
        ("cause_of_concern", "The way in which the force keeps lamps is a cause of concern."),
        ("recommendation", "To address the cause of concern, the force should immediately:"),
        ("recommendation", "• buy lamps; and"),
        ("recommendation", "• light them."),
    ]


def test_a_report_of_2018_says_which_judgment_was_carried_over_and_from_when(tmp_path: Path) -> None:
    report = _read(tmp_path, PEEL_2018)
    assert (report.framework, report.cycle) == ("PEEL 2018/19", "2018/19")
    assert _graded(report) == [
        ("Effectiveness", "Good", "pillar"),
        ("Preventing crime and tackling anti-social behaviour", "Good", "question"),
        ("Investigating crime", "Requires improvement", "question"),
        ("Efficiency", "Requires improvement", "pillar"),
    ]
    carried = report.grades[1]
    assert carried.status is GradeStatus.CARRIED_OVER
    assert carried.period is not None
    assert carried.period.text == "2017"
    (improve,) = (section for section in report.sections if section.finding_type)
    assert improve.grade is not None
    assert improve.grade.value == "Requires improvement"
    assert report.warnings == (
        "The section on Planning for the future should have a grade line and has none in this copy.",
    )


def test_a_page_of_2023_is_graded_on_five_tiers_by_its_table_and_its_sentences(tmp_path: Path) -> None:
    report = _read(tmp_path, PEEL_2023, ".html")
    assert report.framework == "PEEL 2023-25"
    assert {about: value for about, value, _ in _graded(report)} == {
        "Managing offenders": "Adequate",
        "Preventing crime": "Good",
        "Responding to the public": "Requires improvement",
        "Investigating crime": "Adequate",
    }
    assert report.grades[0].scale == ("Outstanding", "Good", "Adequate", "Requires improvement", "Inadequate")
    for grade in report.grades:
        assert grade.value.casefold() in report.text[grade.start_char : grade.end_char].casefold()
    managing = next(section for section in report.sections if section.heading == "Managing offenders")
    assert managing.grade is not None
    assert managing.grade.value == "Adequate"
    (warning,) = report.warnings
    assert warning.startswith("The section on Building, supporting and protecting the workforce should have a grade")


def test_what_a_page_of_2023_marks_can_be_quoted_also_where_it_is_set_as_a_heading(tmp_path: Path) -> None:
    assert _marked(_read(tmp_path, PEEL_2023, ".html")) == [
        ("innovative_practice", "It lends a lamp to whoever has none."),
        ("area_for_improvement", "The constabulary should answer calls more quickly"),
        ("area_for_improvement", "In the year ending 30 June 2023, it answered one call in two."),
        ("cause_of_concern", "The constabulary does not keep what it finds."),
        ("recommendation", "Within three months the constabulary should:"),
        ("recommendation", "keep what it finds."),
        ("innovative_practice", "A shelf was built."),
    ]


def test_a_local_area_report_has_its_outcome_and_its_wrapped_headings(tmp_path: Path) -> None:
    report = _read(tmp_path, LOCAL_AREA_SEND)
    assert (report.framework, report.body) == ("Local area SEND", "Oakshire")
    assert _graded(report) == [("Outcome of the inspection", "Written statement of action is required", "overall")]
    headings = [section.heading for section in report.sections]
    assert (
        "The effectiveness of the local area in identifying children and young people’s special educational needs "
        "and/or disabilities"
    ) in headings
    assert ("area_for_improvement", "◼ Letters are not answered.") in _marked(report)


def test_an_area_report_is_titled_by_its_own_opening_and_names_no_section_after_an_inspector(tmp_path: Path) -> None:
    team = "Inspection team\n\nJo Bloggs, Ofsted HMI lead inspector\n\nAl Smith, CQC children’s services inspector\n"
    report = _read(tmp_path, f"Partnership paper\n\n{AREA_SEND}\n{team}")
    assert report.title == "Area SEND inspection of Oakshire Local Area Partnership"
    assert report.sections[-1].heading == "Inspection team"
    assert "Al Smith" in report.text[report.blocks[-1].start_char :]


def test_an_area_report_has_its_wrapped_title_its_outcome_and_its_marks(tmp_path: Path) -> None:
    report = _read(tmp_path, AREA_SEND)
    assert report.title == "Area SEND inspection of Oakshire Local Area Partnership"
    assert (report.framework, report.body, report.warnings) == ("Area SEND", "Oakshire", ())
    assert _graded(report) == [("Inspection outcome", "Widespread and/or systemic failings", "overall")]
    assert [section.heading for section in report.sections if section.heading.startswith("What is it like")]
    assert _marked(report) == [
        ("priority_action", "Leaders should answer letters from parents."),
        ("area_for_improvement", "Leaders should count the lamps."),
    ]


@pytest.mark.parametrize("text", [AREA_SEND, LOCAL_AREA_SEND])
def test_an_outcome_that_a_copy_lacks_is_named(tmp_path: Path, text: str) -> None:
    without = text.replace("widespread and/or systemic failings", "lamps").replace(
        "Written Statement of Action", "letter"
    )
    assert _read(tmp_path, without).warnings == (
        "The outcome of the inspection should be in a report of this kind and was not found in this copy.",
    )


def test_the_body_of_a_real_board_review_is_its_authority(shared: Path) -> None:
    found = sorted((shared / "reports" / "pdf").glob("*surrey*2015*.pdf"))
    if not found:
        pytest.skip("there is no report on Surrey of 2015 in ../shared/reports/pdf")
    for path in found:
        assert read_report(path, name=path.name, report_id="surrey").body == "Surrey"


def test_a_board_and_care_leavers_have_sections_and_grades_of_their_own(tmp_path: Path) -> None:
    cared_for = "children looked after and care leavers"
    graded, it = "graded judgement", "is that it"
    text = f"""Oakshire

Inspection of services for children in need of help and
protection, {cared_for}

The {graded} for adoption performance {it} is good
53. Adoption is quick.
The {graded} about the experience and progress of care leavers
{it} requires improvement
64. Too few care leavers have a plan.

Recommendations
96. Ensure that minutes are read.

Inspection findings – the Local Safeguarding Children Board
98. Governance is robust.
"""
    report = _read(tmp_path, text)
    places = {
        text[each.start_char : each.end_char].split(". ")[-1]: report.sections[each.section] for each in report.blocks
    }
    leavers, board = places["Too few care leavers have a plan."], places["Governance is robust."]
    assert leavers.grade is not None
    assert leavers.grade.value == "Requires improvement"
    assert places["Ensure that minutes are read."].finding_type == "recommendation"
    assert board.finding_type is None
    assert board.heading.startswith("Inspection findings")


def test_a_heading_may_say_are_and_a_colon_before_its_grade(tmp_path: Path) -> None:
    text = """Oakshire
Inspection of children’s social care services
Inspection of local authority children’s services

What needs to improve
• Visits.

The experiences and progress of children in care and care
leavers are: good
1. Children in care are well looked after.

The experiences and progress of care leavers is: inadequate
2. Care leavers seldom see a nurse.

The impact of leaders on social work practice
3. Leaders are seldom seen.
"""
    report = _read(tmp_path, text)
    places = {text[each.start_char : each.end_char][3:]: report.sections[each.section] for each in report.blocks}
    in_care, left = places["Children in care are well looked after."], places["Care leavers seldom see a nurse."]
    assert in_care.finding_type is None
    assert in_care.grade is not None
    assert left.grade is not None
    assert (in_care.grade.value, left.grade.value) == ("Good", "Inadequate")
