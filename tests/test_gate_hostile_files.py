"""Files made to hang, explode or deceive are each read or refused; none ends a build or keeps a good file out."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from peelqa.building import Built, build_corpus
from peelqa.index import Index, open_index
from peelqa.reports import reading
from peelqa.reports.corpus import read_report
from peelqa.reports.reading import ReadingTask, Refusal, read_all
from tests.hostile import CONTENTS, SIDE_FILES, make_specials
from tests.test_index import HASHED

GOOD = 20
WALL = 6
"""Seconds that a file gets here, so that those which hang do not hold the gate up."""
HANGS = "comments.html"
"""A file over which a parser takes minutes, in little memory."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "corpus"
    folder.mkdir()
    for name, content in CONTENTS.items():
        made = content()
        (folder / name).write_bytes(made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass"))
    for name, content in SIDE_FILES.items():
        (folder / f"{name}.meta.json").write_text(content)
    for number in range(GOOD):
        (folder / f"good-{number}.txt").write_text(f"Good {number}\n\nFindings\n\nThis one is good, number {number}.\n")
    make_specials(folder)
    return folder


def _memory(line: str) -> int:
    """Return a line of what Linux says of this process's memory, in KiB."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition(f"{line}:")[2].split()[0])


@pytest.fixture(scope="module")
def memory_before(corpus: Path) -> int:
    """What tests before, and making the files, hold already; the peak starts anew."""
    assert corpus
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


@pytest.fixture(scope="module")
def built(corpus: Path, memory_before: int) -> Built:
    assert memory_before
    with pytest.MonkeyPatch.context() as shorter:
        shorter.setattr(reading, "WALL_SECONDS", WALL)
        return build_corpus(corpus, corpus.parent / "index", corpus / "sample", HASHED, lambda *_: None)


@pytest.fixture(scope="module")
def index(built: Built, corpus: Path) -> Index:
    assert built.result.reports
    return open_index(corpus.parent / "index")


def test_every_hostile_file_is_read_or_refused_and_every_good_one_is_indexed(
    built: Built, index: Index, count: Callable[..., None]
) -> None:
    read = {card.source_name for card in index.reports}
    refused = {each.name: each.reason for each in (*built.refused, *built.duplicates)}
    good = {f"good-{number}.txt" for number in range(GOOD)}
    assert good <= read
    shown = {name.encode("utf-8", "backslashreplace").decode() for name in CONTENTS}
    assert shown <= read | set(refused), shown - read - set(refused)
    assert len(CONTENTS) >= 60
    assert all(refused.values())
    count(hostile=len(CONTENTS), read=len(read - good), refused=len(refused), good_indexed=len(good & read))


def test_nothing_but_regular_files_is_opened(built: Built, index: Index, tmp_path: Path) -> None:
    specials = set(make_specials(tmp_path))
    named = {card.source_name for card in index.reports} | {each.name for each in built.refused}
    assert specials.isdisjoint(named)
    assert not any("root:" in index.report(report_id).text for report_id in index.report_ids())
    assert not Path("/tmp/peelqa-escaped.txt").exists()  # noqa: S108 - where one of the archives points


def test_what_was_read_of_hostile_files_is_quoted_as_it_stands(index: Index, count: Callable[..., None]) -> None:
    for report_id in index.report_ids():
        report = index.report(report_id)
        for passage in index.passages_of(report_id):
            for unit in passage.units:
                assert (
                    passage.quote(unit.start_char, unit.end_char).text == report.text[unit.start_char : unit.end_char]
                )
            count(passages_verbatim=1)


def test_the_parent_stays_small(memory_before: int, built: Built) -> None:
    assert built.result.reports
    assert _memory("VmHWM") - memory_before < 500_000


@pytest.mark.parametrize("command", ["reports", "verify", "doctor"])
def test_hostile_names_are_told_one_a_line_and_move_no_cursor(
    built: Built, corpus: Path, command: str, count: Callable[..., None]
) -> None:
    from peelqa.cli import main

    assert built.refused
    chosen = ["--index", str(corpus.parent / "index"), *(["--corpus", str(corpus)] if command != "verify" else [])]
    said = CliRunner().invoke(main, [command, *chosen])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    assert "\x1b" not in said.output
    assert "\u202e" not in said.output
    count(commands_told=1)


@pytest.mark.parametrize("breaking", ["vanished", "unreadable"])
def test_a_file_that_cannot_be_opened_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaking: str, count: Callable[..., None]
) -> None:
    from peelqa import building

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("ash", "birch"):
        (corpus / f"{name}.txt").write_text(f"{name}\n\nFindings\n\nThe inspectors found {name} good.\n")
    hashing = building.sha256_of

    def refuse(path: Path) -> str:
        if path.name == "birch.txt":
            path.unlink()
            if breaking == "unreadable":
                path.mkdir()  # opening it fails, whoever asks
        return hashing(path)

    monkeypatch.setattr(building, "sha256_of", refuse)
    made = build_corpus(corpus, tmp_path / "index", corpus / "sample", HASHED, lambda *_: None)
    assert open_index(tmp_path / "index").report_ids() == ("ash",)
    assert [each.name for each in made.refused] == ["birch.txt"]
    assert "cannot be opened" in made.refused[0].reason
    count(hostile=1, refused=1)


def test_a_reader_that_hangs_is_ended_and_the_file_named_and_the_next_is_read(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    monkeypatch.setattr(reading, "WALL_SECONDS", 2)
    paths = (_hanging(corpus.parent), corpus / "good-1.txt")
    tasks = [ReadingTask(path, path.name, path.name) for path in paths]
    outcomes = {task.name: outcome for task, outcome in read_all(tasks, workers=1)}
    hung = outcomes[HANGS]
    assert isinstance(hung, Refusal)
    assert "longer than 2 s" in hung.reason
    assert not isinstance(outcomes["good-1.txt"], Refusal)
    count(hung=1, refused=1)


def test_without_its_child_and_limits_the_same_file_would_hold_the_build(
    corpus: Path, count: Callable[..., None]
) -> None:
    """The control: a plain process over the same file is still at work when the child above was ended long since."""
    path = _hanging(corpus.parent)
    reader = multiprocessing.get_context("spawn").Process(
        target=read_report, args=(path,), kwargs={"name": HANGS, "report_id": "hangs"}
    )
    reader.start()
    reader.join(6)
    held = reader.is_alive()
    reader.kill()
    reader.join()
    assert held
    count(control_held=1)


def _hanging(folder: Path) -> Path:
    path = folder / HANGS
    path.write_text("<html><body><p>Reports were slow.</p>" + "<!-- " * 200_000)
    return path
