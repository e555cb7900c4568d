from __future__ import annotations

import pytest

from peelqa.answers import Library
from peelqa.comparison import MOST_CELLS, CellStatus, Comparison, compare
from peelqa.embedding import Embedder
from peelqa.errors import BadInput
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.questions import Filters
from peelqa.relevance import load_relevance
from peelqa.reports.corpus import read_report
from peelqa.reranking import Reranker

REPORTS = {
    (
        "Oakshire Police",
        2014,
    ): "Inspectors were concerned that Oakshire Police had 300 stolen bicycles waiting in a yard.",
    ("Oakshire Police", 2021): "Oakshire Police now returns stolen bicycles to their owners within a week.",
    ("Elmshire Police", 2014): "Elmshire Police returns stolen bicycles quickly, and its owners praise it for that.",
}
QUESTION = "Are stolen bicycles returned to their owners?"


@pytest.fixture(scope="module")
def forces(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    corpus, folder = tmp_path_factory.mktemp("forces"), tmp_path_factory.mktemp("index")
    reports = []
    for (body, year), sentence in REPORTS.items():
        path = corpus / f"{body.split()[0].lower()}-{year}.txt"
        path.write_text(f"{body} {year}\n\nProperty\n\n{sentence}\n", encoding="utf-8")
        framework = "PEEL 2014" if year == 2014 else "PEEL 2021/22"
        side = f'{{"body": "{body}", "framework": "{framework}", "title": "{body}: {framework}", "published": "{year}-12-01"}}'
        path.with_name(f"{path.name}.meta.json").write_text(side, encoding="utf-8")
        reports.append(read_report(path, name=path.name, report_id=path.stem))
    build_index(folder, reports, embedder)
    return Library(open_index(folder), embedder, Reranker(), load_relevance())


def statuses(comparison: Comparison) -> dict[tuple[str, int | None], CellStatus]:
    return {(cell.body, cell.year): cell.status for row in comparison.rows for cell in row}


def test_each_cell_speaks_for_its_own_body_and_year(forces: Library) -> None:
    told = compare(forces, QUESTION, bodies=["Oakshire", "Elmshire"]).to_json()
    assert told["columns"] == [2014, 2021]
    assert [row["body"] for row in told["rows"]] == ["Oakshire Police", "Elmshire Police"]
    for row in told["rows"]:
        for cell in row["cells"]:
            assert all(quote["report"]["body"] == row["body"] for quote in cell["quotes"])
            assert all(quote["report"]["year"] == cell["year"] for quote in cell["quotes"])
            assert (cell["status"] == "answered") == bool(cell["quotes"])


def test_what_a_report_says_twice_stands_in_its_cell_once(sample_library: Library) -> None:
    compared = compare(
        sample_library,
        "How well does it protect vulnerable people?",
        bodies=["Aldermere Police", "Northfell Police"],
        years=[2018],
    )
    for row in compared.rows:
        texts = [quote.quotation.text for quote in row[0].quotes]
        assert len(texts) == len(set(texts)) == 2
    found = sample_library.ask("How well does it protect vulnerable people?", Filters(("Aldermere Police",), (2018,)))
    assert len({quote.quotation.text for quote in found.quotes}) < len(found.quotes), (
        "the report no longer says anything twice"
    )


def test_a_report_that_does_not_say_and_no_report_are_two_things(forces: Library) -> None:
    told = statuses(compare(forces, "How many helicopters crashed?", bodies=["Oakshire Police", "Elmshire Police"]))
    assert told["Oakshire Police", 2014] is CellStatus.NOT_FOUND
    assert told["Elmshire Police", 2021] is CellStatus.NO_REPORT


def test_a_body_without_a_report_keeps_its_row(forces: Library) -> None:
    comparison = compare(forces, QUESTION, bodies=["Oakshire Police", "Kent Police"], years=[2014])
    assert statuses(comparison)["Kent Police", 2014] is CellStatus.NO_REPORT
    assert comparison.rows[1][0].message == "No report here."


def test_bodies_and_years_are_read_from_the_question_where_none_are_given(forces: Library) -> None:
    comparison = compare(forces, "How do Oakshire and Elmshire return stolen bicycles in 2014?")
    assert list(statuses(comparison)) == [("Oakshire Police", 2014), ("Elmshire Police", 2014)]
    assert comparison.asked == "How do the force return stolen bicycles?"


def test_years_alone_compare_every_body_that_has_a_report_of_them(forces: Library) -> None:
    comparison = compare(forces, QUESTION, years=[2014])
    assert list(statuses(comparison)) == [("Elmshire Police", 2014), ("Oakshire Police", 2014)]


def test_cycles_that_are_not_comparable_come_with_a_warning(forces: Library) -> None:
    across = compare(forces, QUESTION, bodies=["Oakshire Police"], years=[2014, 2021])
    assert any("not directly comparable" in warning for warning in across.warnings)
    assert any("adequate" in warning for warning in across.warnings)
    within = compare(forces, QUESTION, bodies=["Oakshire Police", "Elmshire Police"], years=[2014])
    assert within.warnings == ()


def test_a_chosen_finding_holds_in_every_cell(forces: Library) -> None:
    comparison = compare(
        forces, QUESTION, bodies=["Oakshire Police", "Elmshire Police"], filters=Filters(finding="concern")
    )
    quotes = [quote for row in comparison.to_json()["rows"] for cell in row["cells"] for quote in cell["quotes"]]
    assert quotes
    assert all(quote["finding"] == "concern" for quote in quotes)


@pytest.mark.parametrize("question", ["", "hello", "How do I join the police?"])
def test_what_no_report_could_answer_is_not_compared(forces: Library, question: str) -> None:
    with pytest.raises(BadInput, match="question"):
        compare(forces, question, bodies=["Oakshire Police", "Elmshire Police"])


def test_one_cell_and_too_many_cells_are_refused_with_the_way_on(forces: Library) -> None:
    with pytest.raises(BadInput, match="two"):
        compare(forces, QUESTION, bodies=["Oakshire Police"], years=[2014])
    with pytest.raises(BadInput, match="Name fewer"):
        compare(forces, QUESTION, bodies=["Oakshire Police"], years=range(1950, 1951 + MOST_CELLS))


def test_a_comparison_names_its_generation(forces: Library) -> None:
    told = compare(forces, QUESTION, bodies=["Oakshire Police", "Elmshire Police"]).to_json()
    assert told["coverage"]["generation"] == forces.index.generation


def test_a_cell_is_asked_the_whole_question_and_not_that_a_comparison_is_wanted(forces: Library) -> None:
    asked = compare(forces, "What concerns do inspectors have about stolen bicycles in Oakshire?").asked
    assert asked == "What concerns do inspectors have about stolen bicycles?"
    assert compare(forces, "Compare stolen bicycles in Oakshire").asked == "stolen bicycles"


def test_what_cannot_be_compared_is_said(forces: Library) -> None:
    compared = compare(forces, "Are stolen bicycles returned by Toytown Police?")
    assert compared.warnings[0] == "No report here is about Toytown Police."
    assert not any("Toytown" in warning for warning in compare(forces, QUESTION).warnings)
