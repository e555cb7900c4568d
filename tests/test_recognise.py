from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.reports.corpus import read_report
from peelqa.reports.layout import BlockKind
from peelqa.reports.report import GradeStatus, Report
from peelqa.reports.text import read_text


def test_a_2014_page_names_its_body_year_and_framework(report: Report) -> None:
    assert (report.body, report.year, report.framework, report.publisher) == (
        "Oakshire Police",
        2014,
        "PEEL 2014",
        "HMIC",
    )


def test_a_pillar_carries_its_grade_and_the_day_it_was_updated(report: Report) -> None:
    pillar = next(section for section in report.sections if section.heading == "Effectiveness")
    assert pillar.grade is not None
    assert pillar.grade.status is GradeStatus.UNGRADED
    assert pillar.period is not None
    assert (pillar.period.text, pillar.period.known_from) == ("14 November 2014", "Last updated 14/11/2014")


def test_key_facts_speak_of_their_own_year_with_label_and_value_together(report: Report) -> None:
    block = report.blocks[-1]
    assert report.text[block.start_char : block.end_char] == "Population\n\n1.20m people\nup4% local 10 yr change"
    assert report.section_path(block.section) == ("Key facts – 2019/20", "Population")
    period = report.sections[block.section].period
    assert period is not None
    assert period.text == "2019/20"


def test_navigation_is_no_part_of_the_body(report: Report) -> None:
    assert not any("Skip to content" in report.text[block.start_char : block.end_char] for block in report.blocks)


def test_a_plain_text_keeps_every_character(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("Title\n\nA\u00a0b\u2019s  \u00ad text.\n", encoding="utf-8")
    assert read_report(path, name="odd.txt", report_id="odd").text == "Title\n\nA\u00a0b\u2019s  \u00ad text.\n"


def test_the_seed_is_read_whole(shared: Path) -> None:
    path = shared / "reports" / "west-midlands-2014.txt"
    seed = read_report(path, name=path.name, report_id="seed")
    assert seed.text == path.read_text(encoding="utf-8")
    assert (seed.body, seed.year, seed.warnings) == ("West Midlands Police", 2014, ())
    grades = {grade.about: grade.value for grade in seed.grades}
    assert grades == {"Effectiveness": "Ungraded", "Efficiency": "Outstanding", "Legitimacy": "Ungraded"}


def test_a_date_and_a_grade_on_one_line_are_both_read(tmp_path: Path) -> None:
    path = tmp_path / "oakshire-2014.md"
    path.write_text("# Oakshire PEEL 2014\n\n## Effectiveness\n\nLast updated 14/11/2014\nUngraded\n", encoding="utf-8")
    pillar = read_report(path, name=path.name, report_id="oakshire").sections[1]
    assert pillar.grade is not None
    assert pillar.grade.value == "Ungraded"
    assert pillar.period is not None
    assert pillar.period.text == "14 November 2014"


def test_a_title_that_could_be_a_councils_or_a_forces_is_whose_the_text_says(tmp_path: Path) -> None:
    for whom, body in (("Kent County Council", "Kent"), ("Kent Police", "Kent Police")):
        path = tmp_path / f"{body}.txt"
        path.write_text(
            f"Kent: an inspection\n\nThis is about {whom}.\n\nThe leaders of Kent listen.\n", encoding="utf-8"
        )
        assert read_report(path, name=path.name, report_id="kent").body == body


LISTED = """Oakshire children

The authority
Facts about the area
Earlier visits
\uf06e The authority runs three homes, of which two were found to be good when they
were visited by inspectors in the spring of last year by the same team as now.
Who leads
\uf06e The director came in May.
\uf06e The chair has stayed for
four years
Where young people live
\uf06e Most live at home.
"""


def test_lines_that_head_the_bullets_of_a_list_are_headings_and_a_bullets_own_end_is_not() -> None:
    layout = read_text(LISTED)
    kinds = {layout.block_text(block): block.kind for block in layout.blocks}
    assert [text for text, kind in kinds.items() if kind is BlockKind.HEADING] == [
        "Oakshire children", "The authority", "Facts about the area", "Earlier visits", "Who leads",
    ]  # fmt: skip
    assert kinds["Where young people live"] is not BlockKind.HEADING


@pytest.mark.parametrize(
    "lead", ["The force should at once", "Inspectors found no sign of", "The store is damp because"]
)
def test_a_sentence_that_leads_into_bullets_without_a_colon_is_no_heading(lead: str) -> None:
    layout = read_text(f"Recommendations\n\n{lead}\n• train its wardens\n• dry its lamps\n")
    assert [layout.block_text(each) for each in layout.blocks if each.kind is BlockKind.HEADING] == ["Recommendations"]


def test_a_heading_inside_a_list_stands_under_that_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "oakshire.txt"
    listed = "Recommendations\n\nLamps in yards\n• Dry the lamps.\nWardens at night\n• Train the wardens.\n"
    path.write_text(f"Oakshire\n\nFindings\n\nIt rained.\n\n{listed}", encoding="utf-8")
    report = read_report(path, name=path.name, report_id="oakshire")
    marks = {section.heading: section.finding_type for section in report.sections}
    assert marks["Wardens at night"] == marks["Lamps in yards"] == marks["Recommendations"] == "recommendation"


def test_an_unfinished_line_does_not_take_in_the_heading_of_the_next_page() -> None:
    told = "What the council has said to us, at length and more than once in this year, can be read by those who ask at"
    layout = read_text(f"{told}\n\n4\n\n\fLamps in Oakshire\n\nThey are dry.\n")
    assert "Lamps in Oakshire" in map(layout.block_text, layout.blocks)


@pytest.mark.parametrize(
    ("end", "start", "joined"), [("homes in", "Oakshire and", True), ("homes", "Oakshire has", False)]
)
def test_a_sentence_goes_on_over_a_page_before_a_name_where_it_cannot_have_ended(
    end: str, start: str, *, joined: bool
) -> None:
    layout = read_text(
        f"This year the council, which has been short of beds for long and says so in its plan, finds more and far better {end}\n\n4\n\n\f{start} more staff.\n\nMore\n\nIt is late.\n"
    )
    assert any(start in text and end in text for text in map(layout.block_text, layout.blocks)) is joined
