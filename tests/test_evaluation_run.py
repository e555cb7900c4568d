from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval import errors
from eval.arms import Asking, make_arm
from eval.command import main
from eval.corpora import document_of, prepare
from eval.running import Wanted, run_all
from eval.runs import compare, read_run, without_rows, write_run
from eval.suites import ARMS, ROOT, CannotRun, Corpus, load_suite
from eval.tables import results_markdown, shown_arms, suite_cells
from peelqa.answers import Library
from peelqa.embedding import Embedder
from peelqa.index import open_index
from peelqa.reports.report import Report

SUITE = """
title = "A page of our own"
about = "One invented page."
measures = ["hit@1", "R@10", "declined", "span IoU", "calibration error"]
arms = ["bm25", "dense", "hybrid", "reranker", "peelqa"]
probes = ["typing errors"]

[corpus]
name = "own-page"
files = ["{folder}/oakshire-2014.txt"]

[questions]
path = "{folder}/questions.jsonl"
"""
QUESTIONS = [
    {
        "id": "one",
        "question": "How many pounds has the force saved?",
        "answerable": True,
        "gold": ["nine million pounds"],
    },
    {
        "id": "two",
        "question": "Do officers tell the owners of bicycles?",
        "answerable": True,
        "gold": ["tell the owners"],
    },
    {
        "id": "three",
        "question": "Do staff understand the code?",
        "answerable": True,
        "gold": ["a sentence never written"],
    },
    {"id": "four", "question": "What is the capital of France?", "answerable": False, "gold": []},
]


@pytest.fixture(scope="module")
def suite(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    (folder / "oakshire-2014.txt").write_text(report.text, encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    (folder / "own.toml").write_text(SUITE.format(folder=folder), encoding="utf-8")
    return folder / "own.toml"


@pytest.fixture(scope="module")
def out(suite: Path) -> Path:
    """The folder of a whole run by the command."""
    ended = CliRunner().invoke(
        main, [str(suite), "--work", str(suite.parent / "work"), "--out", str(suite.parent / "out")]
    )
    assert ended.exit_code == 0, ended.output
    return suite.parent / "out"


def test_a_tiny_run_has_the_figures_that_can_be_counted_by_hand(out: Path) -> None:
    [ran] = read_run(out / "run.json").suites
    product = next(arm for arm in ran.arms if arm.arm == "peelqa")
    # Right first are "one" and "two"; the gold of "three" stands nowhere.
    assert product.figures["hit@1"].value == pytest.approx(2 / 3)
    assert product.figures["declined"].value == 1.0
    assert product.figures["not verbatim"].value == 0
    assert product.figures["wrong attributions"].value == 0
    assert "hit@1, typing errors" in product.figures
    assert [row.id for row in product.rows if row.failed] == ["three"]
    assert all(arm.figures["R@10"].value == 1.0 for arm in ran.arms if arm.arm in ("dense", "hybrid"))


def test_a_suite_of_the_product_with_parts_changed_has_columns_of_its_own_and_stays_out_of_the_pool(
    suite: Path, tmp_path: Path
) -> None:
    changed = suite.with_name("parts.toml")
    arms = 'arms = ["peelqa", "reads 6", "no context", "no statements"]'
    changed.write_text(
        suite.read_text(encoding="utf-8")
        .replace('arms = ["bm25", "dense", "hybrid", "reranker", "peelqa"]', arms)
        .replace('probes = ["typing errors"]', ""),
        encoding="utf-8",
    )
    options = ["--work", str(suite.parent / "work"), "--out", str(tmp_path)]
    assert CliRunner().invoke(main, [str(changed), *options]).exit_code == 0
    run = read_run(tmp_path / "run.json")
    assert shown_arms(run.suites[0]) == ("peelqa", "reads 6", "no context", "no statements")
    assert all(arm.figures["declined"].value == 1.0 for arm in run.suites[0].arms)
    assert not run.reliability


def test_the_run_file_and_the_results_hold_no_word_of_a_report(out: Path) -> None:
    for name in ("run.json", "results.md"):
        written = (out / name).read_text(encoding="utf-8")
        assert "bicycles" not in written
        assert "nine million" not in written


def test_the_page_shows_each_failed_question_with_what_was_quoted_and_loads_nothing(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Do staff understand the code?" in page
    assert "Staff understand the Code of Ethics." in page
    assert "How many pounds has the force saved?" not in page
    assert "<svg" in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert "@import" not in page


def test_errors_are_counted_by_kind_of_question(out: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(errors.main, [str(out / "run.json")])
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    figures = next(line for line in lines if line.startswith("| figure |"))
    assert figures == "| figure | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |"
    everything = [int(cell) for cell in lines[-1].split("|")[2:-1]]
    assert everything[0] == sum(everything[1:5]) == 3
    assert everything[5] == sum(everything[6:]) == 1
    assert "bicycles" not in told.output
    (tmp_path / "no-run.json").write_text("{}", encoding="utf-8")
    refused = CliRunner().invoke(errors.main, [str(tmp_path / "no-run.json")])
    assert refused.exit_code == 1
    assert "no-run.json" in refused.output


def test_results_are_what_the_command_writes(out: Path) -> None:
    run = read_run(out / "run.json")
    written = (out / "results.md").read_text(encoding="utf-8")
    assert "Expected calibration error" in written
    assert written == results_markdown(run) == results_markdown(without_rows(run))


def test_the_recorded_results_are_what_the_command_writes() -> None:
    recorded = ROOT / "eval" / "results.json"
    assert (ROOT / "eval" / "results.md").read_text(encoding="utf-8") == results_markdown(read_run(recorded))


def test_a_run_against_itself_gains_nothing(out: Path, tmp_path: Path) -> None:
    run = read_run(out / "run.json")
    write_run(run, tmp_path / "again.json")
    compared = compare(run, read_run(tmp_path / "again.json"))
    assert {each.measure for each in compared} >= {"hit@1", "R@10"}
    assert all(each.difference.value == 0 and each.adjusted == 1 for each in compared)


def test_calibration_is_pooled_over_the_product_alone(out: Path) -> None:
    run = read_run(out / "run.json")
    answers = [row for arm in run.suites[0].arms if arm.arm == "peelqa" for row in arm.rows if row.quotes]
    assert sum(each.count for each in run.reliability) == len(answers) > 0


def test_an_arm_that_fails_is_not_run_and_the_others_are(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, library: Library, limit: int | None) -> Asking:
        if name == "dense":
            raise FileNotFoundError("the model is not here")
        return make_arm(name, library, limit)

    monkeypatch.setattr("eval.asking.make_arm", broken)
    wanted = Wanted("all", None, ("bm25", "dense"), False, 1, suite.parent / "work")
    run, _ = run_all([str(suite)], wanted, "peelqa eval")
    cells = dict(suite_cells(run.suites[0]))["hit@1"]
    by_arm = dict(zip(ARMS, cells, strict=True))
    assert by_arm["dense"] == by_arm["peelqa"] == "not run"
    assert by_arm["bm25"] != "not run"
    assert "dense: not run: FileNotFoundError: the model is not here" in results_markdown(run)


def test_a_suite_that_cannot_run_is_not_run_and_says_why(suite: Path) -> None:
    run, _ = run_all(["nothing"], Wanted("all", None, (), False, 1, suite.parent / "work"), "peelqa eval")
    assert "Not run: there is no suite nothing" in results_markdown(run)


def test_a_file_that_is_no_run_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    with pytest.raises(CannotRun, match=r"other\.json is not a run file"):
        read_run(path)


def test_the_suites_are_listed_from_anywhere() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "eval", "--list"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "sample: The built-in sample" in ended.stdout


def test_a_suite_that_does_not_exist_is_wrong_usage() -> None:
    ended = CliRunner().invoke(main, ["nothing"])
    assert ended.exit_code == 2
    assert "there is no suite nothing; suites are:" in ended.output


def test_a_package_that_is_not_installed_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "eval.output", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "eval.page", raising=False)
    monkeypatch.delitem(sys.modules, "eval.plots", raising=False)
    ended = CliRunner().invoke(main, ["sample"])
    assert ended.exit_code == 1
    assert "matplotlib is not installed. Run: pip install -e '.[eval]'" in ended.output


def test_an_index_is_built_once_for_the_same_content(suite: Path, out: Path, embedder: Embedder) -> None:
    said: list[str] = []
    corpus = load_suite(str(suite)).corpus
    again = prepare(corpus, suite.parent / "work" / "corpora", embedder, lambda what, _, __: said.append(what))
    assert said == []
    assert again.notes == ()
    assert read_run(out / "run.json").suites[0].generation == open_index(again.index).generation


def test_a_changed_report_is_indexed_anew(suite: Path, tmp_path: Path, embedder: Embedder) -> None:
    report = tmp_path / "oakshire-2014.txt"
    report.write_text((suite.parent / "oakshire-2014.txt").read_text(encoding="utf-8"), encoding="utf-8")
    corpus = Corpus(name="own-page", files=(str(report),))
    first = prepare(corpus, tmp_path / "work", embedder, lambda *_: None)
    report.write_text(report.read_text(encoding="utf-8").replace("nine million", "ten million"), encoding="utf-8")
    second = prepare(corpus, tmp_path / "work", embedder, lambda *_: None)
    assert first.index != second.index
    assert "ten million" in open_index(second.index).report("oakshire-2014").text
    assert "nine million" in open_index(first.index).report("oakshire-2014").text


def test_documents_become_reports_word_for_word_with_their_dates(tmp_path: Path, embedder: Embedder) -> None:
    text = "A line\fwith odd\u00a0spaces.\n\n  The panel met twice.\n"
    document = {"id": "a/b", "title": "Oakshire: a report, 09 may 2025", "text": text}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
    corpus = Corpus(name="own-documents", documents=str(tmp_path / "corpus.jsonl"), dated_titles=True)
    prepared = prepare(corpus, tmp_path / "work", embedder, lambda *_: None)
    index = open_index(prepared.index)
    [report] = index.reports
    assert (index.report(report.id).text, document_of(report), report.published) == (text, "a/b", date(2025, 5, 9))
    assert prepared.notes == ()
