"""The question sets under eval/questions hold to the contract that the evaluation reads them by."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from peelqa.asking import AskRequest
from peelqa.reports.corpus import list_corpus, read_report

ROOT = Path(__file__).parents[1]
SETS = sorted((ROOT / "eval" / "questions").glob("*.jsonl"))
SAMPLE = ROOT / "corpus" / "sample"
FIELDS = {"id", "question", "answerable", "gold", "body", "year", "theme", "finding", "history", "expect", "tags"}
EXPECTED = {"status", "report", "body", "year", "finding", "must_also", "must_not"}
UNDERSTOOD = {"about", "from_history", "kind", "newest", "not_about"}
DECLINES = {"not_found", "not_covered", "out_of_scope", "unclear"}
LONGEST_REAL_WORDS = 8

# The set of what is understood from a question says nothing of how it is answered.
ANSWERED = [path for path in SETS if path.stem != "understanding"]

every_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
every_answered_set = pytest.mark.parametrize("path", ANSWERED, ids=lambda path: path.stem)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def beside_gold(line: dict[str, Any]) -> list[str]:
    """Return the strings that must, or must not, be among the quotations; some other report may hold them."""
    return [*line["expect"].get("must_also", []), *line["expect"].get("must_not", [])]


def strings(line: dict[str, Any]) -> list[str]:
    """Return every string of a line that is said to be some report's own words."""
    return [*line["gold"], *beside_gold(line)]


@cache
def report_text(path: Path) -> str:
    return " ".join(read_report(path, name=path.name, report_id=path.stem).text.split())


def not_in_their_report(asked: Sequence[dict[str, Any]], files: dict[str, Path]) -> list[tuple[str, str]]:
    """Return (id, string) for each gold string that the expected report lacks, and each other one that all lack.

    A line that names no report may be answered by any of them.
    """
    missing = []
    for line in asked:
        expected = [line["expect"]["report"]] if "report" in line["expect"] else list(files)
        for string, names in [
            *((each, expected) for each in line["gold"]),
            *((each, files) for each in beside_gold(line)),
        ]:
            if not any(" ".join(string.split()) in report_text(files[name]) for name in names):
                missing.append((line["id"], string))
    return missing


def test_there_are_question_sets() -> None:
    assert {"real", "sample"} <= {path.stem for path in SETS}


@every_set
def test_every_line_says_what_is_asked_and_what_is_expected(path: Path) -> None:
    for line in lines(path):
        assert {"id", "question", "expect", "tags"} <= line.keys() <= FIELDS, line["id"]


@every_answered_set
def test_every_line_has_the_fields_of_the_contract_and_no_others(path: Path) -> None:
    for line in lines(path):
        assert {"answerable", "gold"} <= line.keys(), line["id"]
        assert {"status"} <= line["expect"].keys() <= EXPECTED | UNDERSTOOD, line["id"]


@every_set
def test_ids_and_questions_are_unique_within_a_set(path: Path) -> None:
    asked = lines(path)
    assert len({line["id"] for line in asked}) == len(asked)
    assert len(
        {json.dumps({key: line.get(key) for key in ("question", "body", "year", "history")}) for line in asked}
    ) == (len(asked))


@every_set
def test_every_line_can_be_asked_as_it_stands(path: Path) -> None:
    for line in lines(path):
        assert AskRequest.model_validate(line).question == line["question"]


@every_answered_set
def test_a_question_is_answerable_just_when_it_has_gold_and_an_answer_is_expected(path: Path) -> None:
    for line in lines(path):
        status = line["expect"]["status"]
        has_gold = bool(line["gold"]) or "no_gold" in line["tags"]
        assert line["answerable"] is has_gold, line["id"]
        assert line["answerable"] is (status == "answered"), line["id"]
        assert status == "answered" or status in DECLINES, line["id"]
        assert all(each.strip() == each != "" for each in strings(line)), line["id"]


@every_set
def test_every_question_is_either_for_tuning_or_for_testing(path: Path) -> None:
    for line in lines(path):
        assert len({"tune", "test"} & set(line["tags"])) == 1, line["id"]


def test_no_real_report_is_in_both_halves() -> None:
    halves: dict[str, set[str]] = {"tune": set(), "test": set()}
    for line in lines(ROOT / "eval" / "questions" / "real.jsonl"):
        if line["answerable"]:
            halves["tune" if "tune" in line["tags"] else "test"].add(line["expect"]["report"])
    assert halves["tune"]
    assert halves["test"]
    assert not halves["tune"] & halves["test"]


@pytest.mark.parametrize("name", ["real", "west-midlands-own", "councils"])
def test_a_real_report_is_never_quoted_at_length(name: str) -> None:
    for line in lines(ROOT / "eval" / "questions" / f"{name}.jsonl"):
        assert all(len(each.split()) <= LONGEST_REAL_WORDS for each in strings(line)), line["id"]


@pytest.mark.parametrize("name", ["followups", "sample"])
def test_the_strings_of_a_set_on_the_sample_stand_in_it_as_it_is_read(name: str) -> None:
    files = {path.stem: path for path in list_corpus(SAMPLE).paths}
    assert not_in_their_report(lines(ROOT / "eval" / "questions" / f"{name}.jsonl"), files) == []


@pytest.mark.parametrize("name", ["real", "west-midlands-own"])
def test_the_strings_of_a_set_on_real_reports_stand_in_them_as_they_are_read(name: str, shared: Path) -> None:
    files = {path.stem: path for path in [*shared.glob("reports/*.txt"), *shared.glob("reports/pdf/*.pdf")]}
    if name == "west-midlands-own":
        files = {"west-midlands-2014": files["west-midlands-2014"]}
    assert not_in_their_report(lines(ROOT / "eval" / "questions" / f"{name}.jsonl"), files) == []


def test_the_strings_of_the_set_on_councils_stand_in_their_documents(shared: Path) -> None:
    with gzip.open(shared / "eval" / "uk-inspections-dev.corpus.jsonl.gz", "rt", encoding="utf-8") as documents:
        texts = {line["id"]: " ".join(line["text"].split()) for line in map(json.loads, documents)}
    for line in lines(ROOT / "eval" / "questions" / "councils.jsonl"):
        assert all(each in texts[line["expect"]["report"]] for each in line["gold"]), line["id"]
