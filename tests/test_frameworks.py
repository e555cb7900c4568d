from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.reports.corpus import read_report
from peelqa.reports.frameworks import any_of, framework_called, frameworks, recognise_framework
from peelqa.reports.report import GradeStatus, Report

CARED_FOR = "children looked after and care leavers"
OPENINGS = {
    "PEEL 2014": "Oakshire 2014\nThis is the first PEEL Assessment of Oakshire Police.",
    "PEEL 2016": "PEEL: Police effectiveness 2016\nAn inspection of Oakshire Police. How effective is the force?",
    "PEEL 2018/19": "PEEL 2018/19\nOakshire Police. How efficiently does the force operate? It is effective.",
    "PEEL 2021/22": "PEEL 2021/22\nPolice effectiveness, efficiency and legitimacy\nOur judgments on Oakshire Police",
    "PEEL 2023-25": "PEEL 2023–25\nAn inspection of Oakshire Police\nOur judgments",
    "SIF": f"Oakshire\nInspection of services for children in need of help and\nprotection, {CARED_FOR}",
    "LSCB review": "Oakshire\nReview of the effectiveness of the Local Safeguarding Children\nBoard",
    "ILACS": "Oakshire\nInspection of children’s social care services\nThe impact of leaders on social work practice",
    "JTAI": "Joint targeted area inspection of Oakshire\nby Ofsted and the Care Quality Commission (CQC)",
    "Area SEND": "Area SEND inspection of Oakshire Local Area Partnership",
    "Local area SEND": "Joint local area SEND inspection in Oakshire\nOfsted and the Care Quality Commission",
}


def _read(tmp_path: Path, text: str, name: str = "oakshire.txt") -> Report:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_report(path, name=name, report_id="oakshire")


@pytest.mark.parametrize("name", OPENINGS)
def test_a_kind_of_inspection_is_known_by_how_its_reports_open(name: str, tmp_path: Path) -> None:
    text = f"{OPENINGS[name]}\n\nOfficers answer their letters on the day they come and keep a copy of each one.\n"
    assert _read(tmp_path, text).framework == name


def test_what_is_no_known_kind_claims_no_framework(tmp_path: Path) -> None:
    report = _read(tmp_path, "Annual report\n\nThe parish mended its roof on 3 May 2019.\n")
    assert (report.framework, report.publisher, report.grades) == (None, None, ())


def test_every_pattern_of_the_data_file_can_be_compiled() -> None:
    for framework in frameworks().known:
        lists = (framework.signs, framework.themes, framework.outer, framework.subtitles, framework.furniture)
        verdicts = (*framework.verdicts, *framework.overall_verdicts)
        for pattern in (*sum(lists, ()), *verdicts, *(each.label for each in framework.judgements)):
            any_of((pattern,))
        assert all("value" in any_of((verdict,)).groupindex for verdict in verdicts)


@pytest.mark.parametrize(
    ("name", "cycle"), [("PEEL 2014", 0), ("PEEL 2015", 2015), ("PEEL 2018/19", 2015), ("PEEL 2023-25", 2021)]
)
def test_a_side_file_may_name_any_cycle(name: str, cycle: int) -> None:
    framework = framework_called(name)
    assert framework is not None
    assert framework.first_year == cycle


def test_the_first_kind_whose_signs_all_stand_is_taken() -> None:
    framework = recognise_framework(OPENINGS["PEEL 2014"])
    assert framework is not None
    assert framework.name == "PEEL 2014"
    assert recognise_framework("nothing of this kind") is None


def test_a_pillar_page_of_2014_lacks_only_what_that_page_should_have(tmp_path: Path) -> None:
    text = (
        "# Oakshire PEEL 2014\n\n## Legitimacy\n\nDoes the force act with integrity?\n\n"
        "### Does the force ensure that its workforce acts with integrity?\n\nOakshire Police does so, by and large.\n"
    )
    report = _read(tmp_path, text, "oakshire.md")
    assert all("Legitimacy" in warning for warning in report.warnings)
    assert len(report.warnings) == 2
    legitimacy = next(section for section in report.sections if section.heading == "Legitimacy")
    assert legitimacy.grade is not None
    assert legitimacy.grade.status is GradeStatus.NOT_IN_COPY
    question = report.sections[-1]
    assert question.heading.startswith("Does the force ensure")


def test_an_area_of_a_later_cycle_is_graded_by_its_first_sentence(tmp_path: Path) -> None:
    text = (
        "# PEEL 2021/22: Oakshire Police\n\n## Our judgments\n\nWe graded Oakshire Police.\n\n"
        "## Investigating crime\n\nOakshire Police is adequate at investigating crime.\n\n"
        "### Areas for improvement\n\nThe force should answer letters.\n\n"
        "## Supporting victims\n\nOakshire Police requires improvement at supporting victims.\n\n"
        "## Protecting vulnerable people\n\nThere is much to say here.\n"
    )
    report = _read(tmp_path, text, "oakshire.md")
    grades = {grade.about: grade.value for grade in report.grades}
    assert grades == {"Investigating crime": "Adequate", "Supporting victims": "Requires improvement"}
    improve = next(section for section in report.sections if section.heading == "Areas for improvement")
    assert improve.finding_type == "area_for_improvement"
    assert improve.theme == "Investigating crime"
    assert [warning for warning in report.warnings if "Protecting vulnerable people" in warning]


def test_a_pillar_of_2016_is_judged_in_prose(tmp_path: Path) -> None:
    text = (
        "# PEEL: Police effectiveness 2016\n\nAn inspection of Oakshire Police.\n\n## Overview\n\n"
        "Oakshire Police is judged to be good in respect of the effectiveness with which it keeps people safe.\n"
    )
    grades = _read(tmp_path, text, "oakshire.md").grades
    assert [(grade.about, grade.value, grade.level) for grade in grades] == [("effectiveness", "Good", "pillar")]


def test_an_area_send_report_has_an_outcome(tmp_path: Path) -> None:
    text = (
        "Area SEND inspection of Oakshire Local Area Partnership\nInspection dates: 3 to 7 June 2024\n\n"
        "Inspection outcome\nThe partnership’s arrangements lead to inconsistent experiences\nand outcomes for children. "
        "They must improve.\nInformation about the local area partnership\nIt has a library.\n\nAreas for improvement\n\n"
        "Leaders should mend the roof.\n"
    )
    report = _read(tmp_path, text)
    assert [(each.about, each.value, each.level) for each in report.grades] == [
        ("Inspection outcome", "Inconsistent experiences and outcomes", "overall")
    ]
    headings = [section.heading for section in report.sections[1:]]
    assert headings[-3:] == [
        "Inspection outcome",
        "Information about the local area partnership",
        "Areas for improvement",
    ]
    assert report.sections[-1].finding_type == "area_for_improvement"
    assert {section.level for section in report.sections[-3:]} == {1}


def test_a_contents_list_and_running_lines_are_no_part_of_the_body(tmp_path: Path) -> None:
    days = ("Monday", "Tuesday", "Friday", "Sunday")
    pages = [
        f"The library is open on every {day} of the month.\n\nOakshire Council\n{number}\n\f"
        for number, day in enumerate(days, start=2)
    ]
    text = "Contents\n\nExecutive summary\n\n2\n\nRecommendations\n\n7\n\n1\n\n\f" + "".join(pages)
    report = _read(tmp_path, f"{OPENINGS['SIF']}\n\n{text}")
    body = [report.text[block.start_char : block.end_char] for block in report.blocks]
    assert not [
        line for line in body if line.strip() in ("Oakshire Council", "3", "Recommendations", "Executive summary")
    ]
    assert sum("library" in line for line in body) == 4


def test_what_a_publisher_says_of_itself_is_kept_in_the_text_and_is_never_quoted(tmp_path: Path) -> None:
    imprint = "The Office for Standards in Education and much else (Ofsted) regulates what it is told to."
    report = _read(tmp_path, f"Findings\n\nChildren are seen in time.\n\n{imprint}\n")
    assert imprint in report.text
    assert [report.text[block.start_char : block.end_char] for block in report.blocks] == ["Children are seen in time."]
