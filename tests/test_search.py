from __future__ import annotations

import math
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.embedding import Embedder
from peelqa.index import FolderIndex, Index, open_index
from peelqa.index.build import build_index
from peelqa.index.plan import BuildPlan
from peelqa.passages import Passage
from peelqa.questions import Filters, Question, understand_question
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text
from peelqa.reranking import Reranker
from peelqa.search import find_passages, rank_units
from peelqa.understanding.covered import Covered
from peelqa.words import K1, B, bm25_scores
from tests.test_index import HASHED, make_report

_TEXTS = st.lists(st.lists(st.sampled_from(["child", "risk", "call", "staff"]), max_size=8), max_size=8)


@given(_TEXTS, st.lists(st.sampled_from(["child", "risk", "bicycl"]), unique=True))
def test_the_score_of_words_is_bm25(texts: list[list[str]], wanted: list[str]) -> None:
    mean = sum(max(1, len(text)) for text in texts) / max(1, len(texts))
    for text, score in zip(texts, bm25_scores(wanted, texts), strict=True):
        counts = Counter(text)
        expected = 0.0
        for word in wanted:
            held = sum(word in each for each in texts)
            rarity = math.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
            length = K1 * (1 - B + B * max(1, len(text)) / mean)
            expected += rarity * counts[word] * (K1 + 1) / (counts[word] + length) if counts[word] else 0.0
        assert math.isclose(score, expected, abs_tol=1e-12)
        assert (score > 0) == any(word in text for word in wanted)


@pytest.fixture(scope="module", params=["exact", "fast"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp(request.param)
    reports = [make_report(f"r{number}") for number in range(200)]
    build_index(folder, reports, HASHED, plan=BuildPlan(vectors=request.param))
    opened = open_index(folder)
    assert opened.manifest["vectors"]["kind"] == request.param
    return opened


def _asked(index: Index, filters: Filters) -> Question:
    return understand_question("How quickly are calls about bicycles answered?", filters, Covered(index.reports, {}))


def _fits(passage: Passage, filters: Filters) -> bool:
    headings = " ".join(passage.section_path).lower()
    themed = not filters.theme or filters.theme[0].lower() in headings
    return themed and (filters.finding is None or filters.finding in {unit.finding.value for unit in passage.units})


@pytest.mark.parametrize(
    "filters",
    [
        Filters(theme=("r7 report",)),
        Filters(theme=("More",)),
        Filters(theme=("findings",)),
        Filters(theme=("nowhere",)),
        Filters(finding="strength"),
        Filters(finding="concern"),
        Filters(),
    ],
)
def test_a_filter_leaves_all_that_fit_and_nothing_else_whatever_the_kind_of_vectors(
    index: Index, filters: Filters
) -> None:
    question = _asked(index, filters)
    fitting = {passage.id for passage in index.passages(range(index.count)) if _fits(passage, filters)}
    assert bool(fitting) is (filters.theme != ("nowhere",) and filters.finding != "concern")
    found = [passage.id for passage, _ in find_passages(index, HASHED, question, 10_000)]
    assert len(found) == len(set(found))
    assert set(found) == fitting
    assert len(find_passages(index, HASHED, question, 20)) == min(20, len(fitting))


def test_vectors_taken_back_from_a_fast_index_are_those_put_in(tmp_path: Path) -> None:
    reports = [make_report(f"r{number}") for number in range(100)]
    build_index(tmp_path, reports, HASHED, plan=BuildPlan(vectors="fast"))
    before = open_index(tmp_path)
    build_index(tmp_path, reports, HASHED, plan=BuildPlan(vectors="exact"))
    after = open_index(tmp_path)
    assert all(np.array_equal(before.vectors.vector(row), after.vectors.vector(row)) for row in range(after.count))


def test_an_index_without_headings_is_filtered_alike(tmp_path: Path) -> None:
    build_index(tmp_path, [make_report(f"r{number}") for number in range(30)], HASHED)
    index = open_index(tmp_path)
    question = _asked(index, Filters(theme=("r7 report",)))
    found = [passage.id for passage, _ in find_passages(index, HASHED, question, 10)]
    with sqlite3.connect(index.folder / "store.sqlite") as store:
        store.execute("DROP TABLE headings")
    older = FolderIndex(index.folder, index.manifest)
    assert older.store.rows_under(("r7",)) is None
    assert [passage.id for passage, _ in find_passages(older, HASHED, question, 10)] == found != []


def test_age_counts_only_within_a_line_of_inspections_and_undated_reports_are_the_oldest(
    embedder: Embedder, tmp_path: Path
) -> None:
    reports = {
        "first": ("SIF", 2018),
        "second": ("ILACS", 2021),
        "undated": ("ILACS", None),
        "special": ("Area SEND", 2024),
    }
    told = "Children in Oldford are listened to with care."
    build_index(
        tmp_path,
        [
            replace(make_report(name, told), body="Oldford", framework=framework, year=year)
            for name, (framework, year) in reports.items()
        ],
        embedder,
    )
    index = open_index(tmp_path)
    question = understand_question("Are children in Oldford listened to?", Filters(), Covered(index.reports, {}))
    hits = rank_units(index, embedder, Reranker(), question).hits
    best = {each.passage.report.id: each for each in reversed(hits)}
    behind = {name: hit.logit + 0.5 * hit.logit_in_context - hit.merit for name, hit in best.items()}
    assert behind == pytest.approx({"first": 1.5, "second": 0.0, "undated": 3.0, "special": 0.0})


@pytest.mark.parametrize(("asked", "found"), [("Is the lamp store good?", False), ("What does good mean?", True)])
def test_what_grades_mean_is_quoted_only_where_that_is_asked(
    asked: str, tmp_path: Path, embedder: Embedder, *, found: bool
) -> None:
    text = "Oakshire\n\nLamps\n\nThe lamp store is good.\n\nWhat the grades mean\n\nA good lamp store is dry and well kept.\n"
    report = recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))
    build_index(tmp_path, [report], embedder)
    index = open_index(tmp_path)
    question = understand_question(asked, Filters(), Covered(index.reports, index.vocabulary))
    hits = rank_units(index, embedder, Reranker(), question).hits
    assert any(hit.text.startswith("A good lamp store") for hit in hits) is found
    assert any(hit.text.startswith("The lamp store") for hit in hits)


def test_where_an_amount_is_asked_for_the_sentences_that_have_one_are_read_first(
    tmp_path: Path, embedder: Embedder
) -> None:
    wings = ("east", "west", "north", "south", "upper", "lower", "inner", "outer")
    mere = " ".join(f"{at}. Lamps are on a repair list, says {wing} wing." for at, wing in enumerate(wings, start=1))
    text = f"Oakshire\n\nLamps\n\n{mere} Some 31 lanterns wait.\n"
    build_index(tmp_path, [recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))], embedder)
    index = open_index(tmp_path)
    for asked, read in (("How many lamps are on a repair list?", True), ("Are lamps on a repair list?", False)):
        question = understand_question(asked, Filters(), Covered(index.reports, index.vocabulary))
        hits = rank_units(index, embedder, Reranker(), question, budget=4).hits
        assert any("31 lanterns" in hit.text for hit in hits) is read
