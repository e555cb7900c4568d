from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peelqa.attribution import outline_json
from peelqa.cli import main
from peelqa.cli.group import COMMANDS
from peelqa.cli.options import time_left
from peelqa.cli.outline import print_outline
from peelqa.embedding import Embedder
from peelqa.fetching.copies import open_copies
from peelqa.fetching.downloading import Document
from peelqa.passages import split_report
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text
from tests.conftest import PAGE

QUESTION = "What concerns are there about missing children?"
SECOND = (
    "Elmshire 2014\n\nThis is a report on Elmshire Police.\n\nFindings\n\nHeliotrope canaries were counted twice.\n"
)


@pytest.fixture(scope="module")
def places(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A corpus of one report and its index, as options."""
    assert embedder.name
    folder = tmp_path_factory.mktemp("cli")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    chosen = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    assert _run("build", *chosen).exit_code == 0
    return chosen


def _run(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, env=environment)


@pytest.mark.parametrize("command", ["", *(name for name in COMMANDS if name != "eval")])
def test_every_command_explains_itself_and_is_listed(command: str) -> None:
    shown = _run(*filter(None, [command, "--help"]))
    assert shown.exit_code == 0
    assert "Usage:" in shown.stdout
    assert all(name in shown.stdout for name in COMMANDS) or command


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom peelqa.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('torch', 'faiss', 'onnxruntime', 'tantivy', 'numpy', 'pydantic', 'fastapi', 'lxml', 'tokenizers')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", [["ask", QUESTION], ["search", "children"], ["reports"]])
def test_asking_an_index_that_exists_imports_no_torch(places: list[str], command: list[str]) -> None:
    code = (
        "import sys\nfrom peelqa.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print([n for n in ('torch', 'transformers', 'sentence_transformers') if n in sys.modules], file=sys.stderr)"
    )
    arguments = [sys.executable, "-c", code, *command, *places]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=os.environ)
    assert done.stderr.strip() == "[]"
    assert done.stdout


def test_an_answer_for_a_reader_has_its_words_and_where_they_stand(places: list[str]) -> None:
    shown = _run("ask", QUESTION, *places)
    assert shown.exit_code == 0
    words = " ".join(shown.stdout.split())
    for expected in (
        "waited two days for an officer",
        "Oakshire Police",
        "Effectiveness",
        "14 November 2014",
        "Ungraded",
    ):
        assert expected in words


def test_standard_output_carries_only_the_result(places: list[str]) -> None:
    answer = json.loads(_run("ask", QUESTION, "--json", *places).stdout)
    assert answer["status"] == "answered"
    assert json.loads(_run("build", "--json", *places).stdout)["unchanged"]
    assert json.loads(_run("verify", "--json", *places).stdout)["damage"] == []
    assert json.loads(_run("reports", "--json", *places).stdout)[0]["id"] == "oakshire-2014"


def test_a_batch_answers_in_order_and_names_bad_lines_in_their_place(places: list[str]) -> None:
    lines = [
        json.dumps({"id": "a", "question": QUESTION, "gold": ["ignored"], "limit": 1}),
        "{not json",
        json.dumps({"id": "c"}),
        "",
        json.dumps({"id": "d", "question": QUESTION, "finding": "bad"}),
        json.dumps({"id": "e", "question": "How does Kent Police do?"}),
    ]
    shown = _run("ask", "--batch", "-", *places, stdin="\n".join(lines))
    answers = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.exit_code == 1
    assert [each["id"] for each in answers] == ["a", None, "c", "d", "e"]
    assert ["error" in each for each in answers] == [False, True, True, True, False]
    assert len(answers[0]["quotes"]) == 1
    assert answers[3]["error"] == "finding: Input should be 'concern', 'strength', 'mixed' or 'neutral'"
    assert answers[4]["status"] == "not_covered"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ask", QUESTION, "--finding", "bad"], "'concern', 'strength', 'mixed', 'neutral'"),
        (["ask", QUESTION, "--bodi", "x"], "--bodi"),
        (["ask", QUESTION, "--year", "soon"], "soon"),
        (["ask"], "--batch"),
        (["search", "x", "--json", "--csv"], "--csv"),
        (["nothing"], "nothing"),
    ],
)
def test_wrong_usage_exits_2_and_names_what_is_wrong(places: list[str], arguments: list[str], named: str) -> None:
    shown = _run(*arguments, *(places if arguments != ["nothing"] else []))
    assert shown.exit_code == 2
    assert named in shown.stderr
    assert shown.stdout == ""


def test_an_unknown_or_wrong_setting_is_refused(places: list[str]) -> None:
    shown = _run("reports", *places, PEELQA_CORPSE="x")
    assert shown.exit_code == 2
    assert "PEELQA_CORPUS" in shown.stderr
    shown = _run("reports", *places, PEELQA_VECTORS="huge")
    assert shown.exit_code == 2
    assert "PEELQA_VECTORS" in shown.stderr


def test_no_traceback_reaches_a_reader_even_for_a_fault_of_ours(
    places: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("peelqa.index.open_index", break_down)
    shown = _run("reports", *places)
    assert shown.exit_code == 1
    assert shown.stderr.startswith("peelqa: Something went wrong that should not (ZeroDivisionError")
    assert len(shown.stderr.splitlines()) == 1


def test_a_missing_index_is_one_line_with_the_next_step(tmp_path: Path) -> None:
    shown = _run("reports", "--index", str(tmp_path))
    assert shown.exit_code == 1
    assert shown.stderr.count("\n") == 1
    assert "Run: peelqa build" in shown.stderr


def test_passages_go_to_a_spreadsheet_without_formulas(places: list[str], embedder: Embedder, tmp_path: Path) -> None:
    assert embedder.name
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "odd.txt").write_text("Odd 2014\n\nFindings\n\n=HYPERLINK(1) is what officers wrote.\n")
    chosen = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    assert _run("build", *chosen).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(_run("search", "officers wrote", "--csv", *chosen).stdout)))
    assert rows[0]["text"].startswith("'=HYPERLINK")
    assert rows[0]["report"] == "odd"


def test_a_report_is_shown_as_it_was_read(places: list[str]) -> None:
    shown = " ".join(_run("show", "oakshire-2014", "--passages", *places).stdout.split())
    assert "body Oakshire Police" in shown
    assert "Efficiency: Good" in shown
    assert "14 November 2014 (Last updated 14/11/2014)" in shown
    assert "of Outstanding, Good, Requires improvement, Inadequate" in shown
    start = PAGE.index("Last updated")
    assert f"[{start}-{PAGE.index('officer.') + len('officer.')}]: Last updated 14/11/2014 Ungraded Inspectors" in shown


def test_what_show_gives_a_program_is_all_that_was_read(places: list[str]) -> None:
    about = json.loads(_run("show", "oakshire-2014", "--json", *places).stdout)
    grade = next(each for each in about["grades"] if each["about"] == "Efficiency")
    assert (grade["value"], grade["level"], grade["status"]) == ("Good", "pillar", "graded")
    assert grade["period"] == {"text": "14 November 2014", "from": "Last updated 14/11/2014"}
    assert PAGE[grade["start_char"] : grade["end_char"]] == grade["text"]
    assert "Good" in grade["text"]
    assert about["partial"] is False
    assert about["partial_because"] == []
    sections = {section["heading"]: section for section in about["sections"]}
    assert sections["Efficiency"]["grade"]["value"] == "Good"
    assert sections["Efficiency"]["theme"] == "Efficiency"
    assert [PAGE[each["start_char"] : each["end_char"]] for each in about["passages"]] == [
        each["text"] for each in about["passages"]
    ]


def test_what_was_not_read_is_told_apart_from_other_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    source = Source("ash", "ash.pdf", "")
    report = recognise(read_text("Ash\n\nSeen\n\nAll was seen."), SideFile(), source)
    doubtful = replace(report, warnings=("no text on page 2", "odd signs"), partial_because=("no text on page 2",))
    print_outline(outline_json(doubtful, split_report(doubtful, count_tokens=len, max_tokens=100)), whole=False)
    lines = capsys.readouterr().out.splitlines()
    assert "read in part   no text on page 2" in lines
    assert "warning        odd signs" in lines
    assert sum("page 2" in line for line in lines) == 1


def test_a_report_that_is_not_there_is_named_with_the_nearest(places: list[str]) -> None:
    shown = _run("show", "oakshire-2041", *places)
    assert shown.exit_code == 1
    assert "Did you mean oakshire-2014?" in shown.stderr


def test_a_report_is_added_with_what_is_said_of_it_and_removed_without_a_trace(
    embedder: Embedder, tmp_path: Path
) -> None:
    assert embedder.name
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    new = tmp_path / "elm.txt"
    new.write_text(SECOND)
    chosen = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    added = _run(
        "add", str(new), "--body", "Elmshire Police", "--published", "2015-02-03", "--licence", "OGL v3", *chosen
    )
    assert added.exit_code == 0, added.stderr
    listed = {each["id"]: each for each in json.loads(_run("reports", "--json", *chosen).stdout)}
    assert listed["elm"]["published"] == "2015-02-03"
    assert listed["elm"]["licence"] == "OGL v3"
    assert _run("add", str(new), *chosen).exit_code == 2
    assert _run("remove", "elm", *chosen).exit_code == 0
    left = [path for path in tmp_path.rglob("*") if path.is_file() and b"eliotrope" in path.read_bytes()]
    assert left == [new]
    assert _run("remove", "oakshire-2014", *chosen).exit_code == 0
    held = [path for path in (tmp_path / "index").rglob("*") if path.is_file() and b"bicycle" in path.read_bytes()]
    assert held == []


def test_a_fetched_copy_is_removed_with_its_record_and_its_earlier_versions(embedder: Embedder, tmp_path: Path) -> None:
    assert embedder.name
    corpus = tmp_path / "corpus"
    (corpus / "old").mkdir(parents=True)
    (corpus / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    (corpus / "old" / "elm.txt").write_text(SECOND.replace("Heliotrope", "Lavender"))
    url, now = "https://example.org/elm", datetime(2020, 1, 1, tzinfo=UTC)
    with open_copies(corpus) as copies:
        for text in (SECOND, SECOND.replace("twice", "three times")):
            copies.keep(url, "elm", Document(text.encode(), "text/plain", None, None), SideFile(), now)
    chosen = ["--corpus", str(corpus), "--index", str(tmp_path / "index")]
    assert _run("build", *chosen).exit_code == 0
    ids = {each["file"]: each["id"] for each in json.loads(_run("reports", "--json", *chosen).stdout)}
    assert _run("remove", ids["old/elm.txt"], *chosen).exit_code == 0
    with open_copies(corpus) as copies:
        assert copies.whole(url)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"Lavender" in path.read_bytes()] == []
    ids = {each["file"]: each["id"] for each in json.loads(_run("reports", "--json", *chosen).stdout)}
    assert _run("remove", ids["elm.txt"], *chosen).exit_code == 0
    with open_copies(corpus) as copies:
        assert copies.place(url) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"eliotrope" in path.read_bytes()] == []
    assert [path for path in tmp_path.rglob("*") if path.is_file() and url.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("wrong", ["published=yesterday", "title=x"])
def test_what_is_said_of_a_report_must_make_sense(places: list[str], tmp_path: Path, wrong: str) -> None:
    name, _, value = wrong.partition("=")
    for file in ("one.txt", "two.txt"):
        (tmp_path / file).write_text(SECOND)
    shown = _run("add", str(tmp_path / "one.txt"), str(tmp_path / "two.txt"), f"--{name}", value, *places)
    assert shown.exit_code == 2
    assert f"--{name}" in shown.stderr


def test_a_file_that_cannot_be_read_is_not_added(places: list[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    shown = _run("add", str(empty), *places)
    assert shown.exit_code == 1
    assert "empty.txt was not added: it is empty" in shown.stderr
    assert not (Path(places[1]) / "empty.txt").exists()
    assert "empty.txt" not in _run("reports", *places).output


@pytest.mark.parametrize(
    ("seconds", "done", "total", "said"),
    [
        (1.0, 5, 10, ""),
        (10.0, 0, 10, ""),
        (10.0, 50, 100, ", about 10 s left"),
        (60.0, 1, 6, ", about 5 min left"),
        (3600.0, 100, 250, ", about 1 h 30 min left"),
    ],
)
def test_the_time_left_is_what_the_rate_so_far_gives(seconds: float, done: int, total: int, said: str) -> None:
    assert time_left(seconds, done, total) == said


def test_published_reports_are_listed_and_fetched_by_name_only() -> None:
    listed = _run("fetch", "--list")
    assert listed.exit_code == 0
    assert "https://" in listed.stdout
    assert _run("fetch").exit_code == 2
    unknown = _run("fetch", "no-such-report-at-all")
    assert unknown.exit_code == 2
    assert "no-such-report-at-all" in unknown.stderr


def test_an_address_within_the_machine_is_not_added(places: list[str]) -> None:
    shown = _run("add", "http://127.0.0.1/report.pdf", *places)
    assert shown.exit_code == 1
    assert len(shown.stderr.strip().splitlines()) == 1


def test_an_answer_from_the_previous_generation_is_done_with_a_warning_and_verify_names_the_damage(
    embedder: Embedder, tmp_path: Path
) -> None:
    assert embedder.name
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    chosen = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    _run("build", *chosen)
    (tmp_path / "corpus" / "elm.txt").write_text(SECOND)
    _run("build", *chosen)
    places = sorted((tmp_path / "index").glob("gen-*"))
    _damage(places[1] / "store.sqlite")
    asked = _run("ask", QUESTION, *chosen)
    assert asked.exit_code == 0
    assert "warning:" in asked.stderr
    assert "store.sqlite" in asked.stderr
    _damage(places[0] / "vectors.faiss")
    verified = _run("verify", *chosen)
    assert verified.exit_code == 3
    assert "store.sqlite" in verified.stdout
    assert "vectors.faiss" in verified.stdout
    assert _run("ask", QUESTION, *chosen).exit_code == 3
    assert _run("build", *chosen).exit_code == 0
    assert _run("ask", QUESTION, *chosen).exit_code == 0


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_doctor_says_what_is_not_right_and_what_to_do(places: list[str], tmp_path: Path) -> None:
    findings = json.loads(_run("doctor", "--json", *places).stdout)
    states = {each["part"]: each["state"] for each in findings}
    assert states["index"] == states["embedding model"] == states["reranking model"] == "ok"
    assert {"Python", "package faiss-cpu", "memory", "open files", "disk of the index"} <= set(states)
    missing = _run("doctor", "--index", str(tmp_path / "none"))
    assert missing.exit_code == 1
    assert "Run: peelqa build" in missing.stdout


@pytest.mark.parametrize(
    "command", [["ask", QUESTION], ["search", "children"], ["compare", QUESTION, "--year", "2014"]]
)
def test_a_command_that_asks_names_a_missing_index_and_builds_none(command: list[str], tmp_path: Path) -> None:
    done = _run(*command, "--index", str(tmp_path / "index"), "--corpus", str(tmp_path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Run: peelqa build" in done.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()
