from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as some

from eval.cases import Case, choose, read_cases, read_documents, split_of
from eval.command import main as eval_command
from eval.perturbing import perturb
from eval.suites import CannotRun, Suite, load_suite, suite_names
from eval.texts import fits_expectation, fold
from peelqa.reports.corpus import list_corpus, read_report, report_ids
from peelqa.settings import sample_folder


@pytest.mark.parametrize("name", suite_names())
def test_every_suite_can_be_read_or_says_what_it_needs(name: str) -> None:
    try:
        suite = load_suite(name)
    except CannotRun as reason:
        assert "needs ../shared" in str(reason)  # noqa: PT017 - which of the two it is depends on the machine
        return
    cases = read_cases(suite)
    assert all(case.gold for case in cases if case.answerable)
    halves = Counter(split_of(case, suite) for case in cases)
    assert min(halves["tune"], halves["test"]) > 0.25 * len(cases)


def test_every_gold_of_the_sample_stands_in_a_report_that_it_is_expected_from() -> None:
    files = list_corpus(sample_folder())
    ids = report_ids(map(files.name, files.paths))
    reports = [read_report(path, name=files.name(path), report_id=ids[files.name(path)]) for path in files.paths]
    for case in read_cases(load_suite("sample")):
        expected = [fold(report.text) for report in reports if fits_expectation(case, report)]
        astray = [gold.text for gold in case.gold if not any(fold(gold.text) in text for text in expected)]
        assert not astray, case.id


def test_a_mistyped_key_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('title = "T"\nabout = ""\nmeasures = []\n[corpus]\nname = "c"\n[questions]\npaht = "x"\n')
    with pytest.raises(CannotRun, match=r"own\.toml: questions\.path"):
        load_suite(str(path))


def test_an_unknown_suite_is_answered_with_those_there_are() -> None:
    with pytest.raises(CannotRun, match=r"there is no suite nothing; suites are: .*sample"):
        load_suite("nothing")


def test_a_question_that_makes_no_sense_is_named_by_its_line(tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "a", "question": "Why?", "answerable": false, "gold": []}\n{"id": "b"}\n')
    with pytest.raises(CannotRun, match="line 2"):
        read_cases(suite_on(questions))


def suite_on(questions: Path, **more: object) -> Suite:
    return Suite.model_validate(
        {
            "name": "own",
            "title": "Own",
            "about": "",
            "measures": [],
            "corpus": {"name": "own"},
            "questions": {"path": str(questions)},
            **more,
        }
    )


def test_a_folder_without_its_files_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "a", "text": "Who?"}\n')
    with pytest.raises(CannotRun, match=r"is not a question set.*answers\.jsonl"):
        read_cases(suite_on(tmp_path))


def test_a_document_without_a_title_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "text": "Words."}\n')
    with pytest.raises(CannotRun, match="line 1: a document needs an id, a title and a text"):
        list(read_documents(tmp_path / "corpus.jsonl"))


def many(suite_split: str) -> tuple[Suite, list[Case]]:
    cases = [Case(str(at), "?", True, (), document=str(at // 4)) for at in range(200)]
    return suite_on(Path("none"), split=suite_split), cases


def test_the_halves_make_the_whole_and_share_nothing() -> None:
    suite, cases = many("question")
    tune, test = (choose(cases, suite, half, None) for half in ("tune", "test"))
    assert {case.id for case in tune} | {case.id for case in test} == {case.id for case in cases}
    assert not {case.id for case in tune} & {case.id for case in test}


def test_no_document_is_in_both_halves() -> None:
    suite, cases = many("document")
    tune, test = (choose(cases, suite, half, None) for half in ("tune", "test"))
    assert not {case.document for case in tune} & {case.document for case in test}


def test_a_sample_is_the_same_at_each_run_and_grows_by_adding() -> None:
    suite, cases = many("question")
    few, more = ({case.id for case in choose(cases, suite, "all", size)} for size in (20, 50))
    assert few == {case.id for case in choose(cases, suite, "all", 20)}
    assert len(few) == 20
    assert few < more


def test_the_sets_of_folders_are_read_with_places_and_documents(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "a", "text": "Who?"}\n{"id": "b", "text": "When?"}\n')
    (tmp_path / "answers.jsonl").write_text('{"query": "a", "doc": "d1", "start": 4, "text": "Ann"}\n')
    (tmp_path / "unanswerable.jsonl").write_text('{"query": "b", "near_doc": "d2"}\n')
    first, second = read_cases(suite_on(tmp_path))
    assert first.answerable
    assert (first.gold[0].document, first.gold[0].start_char, first.document) == ("d1", 4, "d1")
    assert not second.answerable
    assert second.document == "d2"


@given(some.text(alphabet="abcdefgh KE?", max_size=80))
def test_typing_errors_move_letters_and_lose_none(question: str) -> None:
    typed = perturb(question, "typing errors")
    assert Counter(typed) == Counter(question)
    assert typed == perturb(question, "typing errors")


def test_typing_errors_leave_names_alone() -> None:
    typed = perturb("How does Aldermere handle complaints about officers?", "typing errors")
    assert "Aldermere" in typed
    assert typed != "How does Aldermere handle complaints about officers?"


def test_a_paraphrase_asks_in_other_words() -> None:
    assert perturb("How many children are reported?", "paraphrase") == "What number of young people are reported?"
    assert perturb("Xyzzy?", "paraphrase") == "Please tell me: Xyzzy?"


def test_a_record_does_not_say_where_a_machine_keeps_things() -> None:
    context = click.Context(eval_command)
    eval_command.parse_args(context, ["sample", "--split", "test", "--out", "here", "--work=there", "--json"])
    assert context.meta["words"] == "peelqa eval sample --split test --json"


def test_a_polite_question_asks_somebody_for_the_answer() -> None:
    assert perturb("When was the report published?", "politely") == "Can you tell me when the report was published?"
    assert perturb("Does it answer?", "politely") == "Can you tell me does it answer?"
    assert perturb("custody cells", "politely") == "Can you tell me about custody cells?"
