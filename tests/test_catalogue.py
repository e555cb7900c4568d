from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.catalogue import Catalogue, Facet, Sort, Wanted
from peelqa.embedding import Embedder
from peelqa.exports import COLUMNS, ExportForm, export, inert
from peelqa.grade_table import Absence, areas_by_years, bodies_by_years, graded_areas
from peelqa.index import Index, open_index
from peelqa.index.build import build_index
from peelqa.reports.corpus import list_corpus, read_report
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text
from peelqa.settings import sample_folder
from tests.test_index import HASHED


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    files = list_corpus(tmp_path_factory.mktemp("empty"), sample_folder())
    chosen = [path for path in files.paths if path.suffix in (".txt", ".md")]
    reports = [read_report(path, name=files.name(path), report_id=Path(files.name(path)).stem) for path in chosen]
    folder = tmp_path_factory.mktemp("index")
    build_index(folder, reports, embedder)
    return open_index(folder)


@pytest.fixture(scope="module")
def catalogue(index: Index, embedder: Embedder) -> Catalogue:
    return Catalogue(index, embedder)


def test_without_a_query_every_passage_is_found(catalogue: Catalogue, index: Index) -> None:
    assert sorted(catalogue.find(Wanted()).rows) == list(range(index.manifest["passages"]))


@pytest.mark.parametrize("facet", list(Facet))
def test_the_count_beside_a_choice_is_the_number_of_results_it_leaves(catalogue: Catalogue, facet: Facet) -> None:
    chosen = {Facet.YEAR: ("2014",)} if facet is not Facet.YEAR else {Facet.FINDING: ("concern",)}
    for choice in catalogue.find(Wanted("custody and victims", chosen=chosen)).facets[facet]:
        narrowed = catalogue.find(Wanted("custody and victims", chosen={**chosen, facet: (choice.value,)}))
        assert len(narrowed.rows) == choice.count, choice


def test_an_exact_phrase_is_found_whatever_its_case_and_quotation_marks(catalogue: Catalogue) -> None:
    found = catalogue.find(Wanted("the NEXT day's shift", exact=True))
    (passage,) = catalogue.passages(found.rows)
    assert "the next day’s shift" in passage.text


def test_a_body_is_chosen_by_any_of_its_names(catalogue: Catalogue) -> None:
    found = catalogue.find(Wanted(chosen={Facet.BODY: ("Wexhaven",)}))
    assert {passage.report.body for passage in catalogue.passages(found.rows)} == {"Wexhaven Constabulary"}


def test_results_stand_newest_first_or_by_body_where_that_is_wanted(catalogue: Catalogue) -> None:
    newest = [
        each.report.published for each in catalogue.passages(catalogue.find(Wanted("crime", sort=Sort.DATE)).rows)
    ]
    assert newest == sorted(newest, key=lambda day: -(day.toordinal() if day else 0))
    bodies = [
        each.report.body or "" for each in catalogue.passages(catalogue.find(Wanted("crime", sort=Sort.BODY)).rows)
    ]
    assert bodies == sorted(bodies)


def test_an_undated_report_stands_with_those_of_its_year(tmp_path: Path) -> None:
    def report(name: str, **known: object) -> Report:
        text = f"{name}\n\nFindings\n\nThe inspectors found {name} to be careful.\n"
        return recognise(read_text(text), SideFile.model_validate(known), Source(name, f"{name}.txt", ""))

    dated = [report("ash", published="2015-11-30"), report("birch", published="2017-02-01")]
    undated = replace(report("cedar"), year=2016)
    build_index(tmp_path, [*dated, undated], HASHED)
    catalogue = Catalogue(open_index(tmp_path), HASHED)
    found = catalogue.passages(catalogue.find(Wanted(sort=Sort.DATE)).rows)
    assert list(dict.fromkeys(each.report.id for each in found)) == ["birch", "cedar", "ash"]


def test_a_value_that_nothing_has_leaves_nothing(catalogue: Catalogue) -> None:
    assert catalogue.find(Wanted(chosen={Facet.YEAR: ("1066",)})).rows == ()


def test_the_reports_that_a_choice_leaves_are_counted_without_reading_a_passage(
    index: Index, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [
        (card, {unit.finding for each in index.passages_of(card.id) for unit in each.units}) for card in index.reports
    ]

    def refuse(rows: object) -> None:
        pytest.fail("a passage was read")

    monkeypatch.setattr(index, "passages", refuse)
    counts = Catalogue(index, embedder).report_counts({Facet.YEAR: ("2014",)})
    of_2014 = [(card, findings) for card, findings in held if 2014 in card.years()]
    assert {each.value: each.count for each in counts[Facet.FINDING]} == Counter(
        finding for _, findings in of_2014 for finding in findings
    )
    assert {each.value: each.count for each in counts[Facet.THEME]} == Counter(
        theme for card, _ in of_2014 for theme in card.themes
    )
    assert {each.value: each.count for each in counts[Facet.BODY]} == Counter(card.body for card, _ in of_2014)
    assert sum(each.count for each in counts[Facet.YEAR]) > len(of_2014)
    assert [each.value for each in counts[Facet.YEAR] if each.chosen] == ["2014"]


def test_json_lines_hold_the_passages_word_for_word(catalogue: Catalogue, index: Index) -> None:
    rows = catalogue.find(Wanted("custody")).rows
    lines = [json.loads(line) for line in export(catalogue.passages(rows), ExportForm.JSONL)]
    for line in lines:
        assert line["text"] == index.report(line["report"]["id"]).text[line["start_char"] : line["end_char"]]
    assert len(lines) == len(rows) > 0


def test_csv_has_a_row_for_each_result(catalogue: Catalogue) -> None:
    rows = catalogue.find(Wanted("custody")).rows
    text = "".join(export(catalogue.passages(rows), ExportForm.CSV))
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert tuple(table[0]) == COLUMNS
    assert len(table) == len(rows) + 1
    assert {len(row) for row in table} == {len(COLUMNS)}


def test_csv_names_the_sentences_of_each_direction_word_for_word(catalogue: Catalogue) -> None:
    rows = catalogue.find(Wanted("custody", chosen={Facet.FINDING: ("concern",)})).rows
    text = "".join(export(catalogue.passages(rows), ExportForm.CSV))
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert table
    for line in table:
        assert line["concerns"]
        assert all(sentence in line["text"] for sentence in line["concerns"].splitlines())


def test_markdown_shows_what_a_report_says_as_text_and_not_as_markup(catalogue: Catalogue) -> None:
    found = catalogue.find(Wanted("custody")).rows[:3]
    text = "".join(export(catalogue.passages(found), ExportForm.MARKDOWN))
    assert text.count("\n> ") >= 3
    assert "sample report, invented" in text


@given(st.sampled_from("=+-@\t\r\0＝＋－＠"), st.text(max_size=20), st.sampled_from(["", " ", "\n"]))
def test_no_cell_begins_as_a_formula(start: str, rest: str, before: str) -> None:
    assert inert(before + start + rest).startswith("'")


def test_grades_tell_a_missing_report_from_a_missing_grade(index: Index) -> None:
    table = bodies_by_years(index.reports, "Efficiency")
    cells = {(name, cell.year): cell for name, row in table.rows for cell in row}
    assert cells["Wexhaven Constabulary", 2018].statements[0].grade.value == "Good"
    assert cells["Aldermere Police", 2018].absence is Absence.NO_REPORT
    assert cells["Aldermere Police", 2014].absence is None


def test_a_carried_over_grade_is_told(index: Index) -> None:
    table = areas_by_years(index.reports, "Wexhaven Constabulary")
    rows = dict(table.rows)
    (statement,) = next(cell for cell in rows["Treating the public fairly"] if cell.year == 2018).statements
    assert (statement.grade.value, statement.grade.status) == ("Good", "carried_over")
    text = index.report(statement.report.id).text
    assert "Good" in text[statement.grade.start_char : statement.grade.end_char]


def test_graded_areas_stand_by_how_many_reports_grade_them(index: Index) -> None:
    counts = [count for _, count in graded_areas(index.reports)]
    assert counts == sorted(counts, reverse=True)


def test_only_grades_of_forces_before_and_after_2021_are_called_incomparable(index: Index) -> None:
    assert areas_by_years(index.reports, "Northfell Police").scales_differ
    of_councils = [replace(report, framework="ILACS") for report in index.reports]
    assert not areas_by_years(of_councils, "Northfell Police").scales_differ
