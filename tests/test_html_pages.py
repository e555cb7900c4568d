"""Saved pages as sites and word processors make them, read whole as reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.errors import UnreadableReport
from peelqa.reports.corpus import read_report
from peelqa.reports.html import read_html
from peelqa.reports.layout import BlockKind
from peelqa.reports.report import GradeStatus, Report
from tests.saved_pages import GOVERNMENT, LAYOUT_TABLE, WORD, WORDPRESS

PROSE = "Each of the forty letters that inspectors opened had waited for longer than a week."
BODY = f"<h1>Oakshire</h1><p>{PROSE} All of them were about bicycles.</p>"


def _read(tmp_path: Path, page: str, encoding: str = "utf-8") -> Report:
    path = tmp_path / "oakshire.html"
    path.write_bytes(page.encode(encoding))
    return read_report(path, name=path.name, report_id="oakshire")


def _grades(report: Report) -> dict[str, str]:
    return {grade.judgement or grade.about: grade.value for grade in report.grades}


def test_a_saved_page_of_2014_is_read_without_its_site(tmp_path: Path) -> None:
    report = _read(tmp_path, WORDPRESS)
    assert (report.framework, report.body, report.warnings) == ("PEEL 2014", "Oakshire Police", ())
    assert _grades(report) == {"Effectiveness": "Ungraded", "Efficiency": "Good", "Legitimacy": "Ungraded"}
    assert report.grades[0].status is GradeStatus.UNGRADED
    paths = {report.section_path(index) for index in range(len(report.sections))}
    assert ("Effectiveness", "Further insights on effectiveness") in paths
    for furniture in ("cookies", "downtime", "Accept", "Search", "PEEL 2014 /", "new inspector", "Share", "Get emails"):
        assert furniture not in report.text
    facts = next(section for section in report.sections if section.heading.startswith("Key facts"))
    assert facts.period is not None
    assert facts.period.text == "2019/20"
    questions = report.text.index("View the six questions")
    assert not [block for block in report.blocks if block.start_char <= questions < block.end_char]


def test_a_government_page_with_a_table_of_grades_is_read_without_its_site(tmp_path: Path) -> None:
    report = _read(tmp_path, GOVERNMENT)
    assert (report.framework, report.body) == ("ILACS", "Oakshire")
    assert report.warnings == ()
    assert _grades(report) == {
        "the impact of leaders": "Good",
        "children who need help and protection": "Requires improvement to be good",
        "children in care": "Good",
        "overall effectiveness": "Good",
    }
    assert report.inspected is not None
    improve = next(each for each in report.sections if each.heading == "What needs to improve?")
    assert improve.finding_type == "area_for_improvement"
    assert "Private fostering" in [section.heading for section in report.sections]
    for furniture in ("essential cookies", "Skip to", "Topics", "useful?", "Support links", "Accept"):
        assert furniture not in report.text


def test_a_letter_saved_by_a_word_processor_keeps_its_bullets_and_signs(tmp_path: Path) -> None:
    report = _read(tmp_path, WORD, "latin-1")
    assert report.framework == "JTAI"
    assert report.warnings == ()
    assert "Partners ring each other at once – even at night." in " ".join(report.text.split())
    kinds = {report.text[block.start_char : block.end_char].split()[0]: block.kind for block in report.blocks}
    assert kinds["·"] is BlockKind.ITEM
    assert kinds["Police"] is BlockKind.ROW
    priority = next(section for section in report.sections if section.heading == "Areas for priority action")
    assert priority.finding_type == "priority_action"


def test_a_page_arranged_by_a_table_keeps_the_table_of_grades_within(tmp_path: Path) -> None:
    report = _read(tmp_path, LAYOUT_TABLE)
    assert report.framework == "PEEL 2016"
    values = {grade.about.casefold(): grade.value for grade in report.grades}
    assert values == {
        "effectiveness": "Good",
        "how effective is the force at preventing crime?": "Good",
        "how effective is the force at investigating crime?": "Requires improvement",
    }


@pytest.mark.parametrize(
    "page",
    [
        f"<main>{BODY}</main><aside><p>{PROSE.replace('forty', 'sixty')}</p></aside>",
        f"<main>{BODY}</main><div><p>{PROSE.replace('forty', 'sixty')}</p></div>",
        f"{BODY}<header><div><p>{PROSE.replace('forty', 'sixty')}</p></div></header>",
        f"{BODY}<div style='display:none'><p>{PROSE.replace('forty', 'sixty')}</p></div>",
        f"{BODY}<div hidden>{PROSE.replace('forty', 'sixty')}</div>",
    ],
)
def test_a_paragraph_that_is_left_out_is_told(page: str) -> None:
    layout = read_html(page.encode())
    assert "sixty" not in layout.text
    said = "left out as no part of the report: a paragraph (15 words), “Each of the sixty letters that inspectors opened ...”"
    assert layout.warnings[0] == said


@pytest.mark.parametrize(
    "page",
    [
        f"{BODY}<nav><p>{PROSE} {PROSE}</p></nav>",
        f"{BODY}<div class='cookie-banner'><p>We use cookies. {PROSE}</p></div>",
        f"{BODY}<div role='dialog' style='display:none'><p>{PROSE} {PROSE}</p></div>",
        f"{BODY}<aside><a href='/x'>{PROSE} {PROSE}</a></aside>",
        f"{BODY}<aside><p>{PROSE}</p></aside>",
        f"{BODY}<footer><p>Get emails from this site about all that it does for you and others near you.</p></footer>",
    ],
)
def test_menus_and_notices_and_what_the_report_says_itself_are_left_out_in_silence(page: str) -> None:
    layout = read_html(page.encode())
    assert layout.text.count("forty") == 1
    assert layout.warnings == ()


@pytest.mark.parametrize(
    "page",
    [
        "<button aria-controls='one'>More</button><div id='one' hidden><p>{}</p></div>",
        "<div hidden='until-found'><p>{}</p></div>",
        "<ul role='tablist'><li role='tab'>More</li></ul><div role='tabpanel' style='display: none'><p>{}</p></div>",
        "<details><summary>More</summary><p>{}</p></details>",
    ],
)
def test_what_a_reader_can_unfold_is_part_of_the_report(page: str) -> None:
    layout = read_html((BODY + page.format("Nine letters had never been answered.")).encode())
    assert "Nine letters had never been answered." in layout.text
    assert layout.warnings == ()


def test_a_page_that_says_it_is_a_pdf_file_is_named_as_a_page(tmp_path: Path) -> None:
    path = tmp_path / "oakshire.pdf"
    path.write_text(f"<!DOCTYPE html><html><body>{BODY}</body></html>")
    with pytest.raises(UnreadableReport, match="it is a web page"):
        read_report(path, name=path.name, report_id="oakshire")
