"""The text of a removed report is gone from every generation, file and cache, whatever happened on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peelqa.building import build_corpus
from peelqa.cli import main
from peelqa.embedding import Embedder
from peelqa.errors import BuildFailed
from peelqa.fetching.copies import open_copies, write_side_file
from peelqa.fetching.downloading import Document
from peelqa.index import generations, list_generations, open_index
from peelqa.index.build import build_index
from peelqa.index.plan import STEPS, BuildPlan
from peelqa.reports.sidefile import SideFile
from tests.conftest import PAGE
from tests.test_gate_crash import forks
from tests.test_index import HASHED, make_report

__all__ = ["forks"]
CANARIES = tuple(f"Zyx{number}wvut{number * 7919 % 1000} heliotrope" for number in range(50))


def secret(name: str = "secret") -> str:
    """Return the text of a report each of whose sentences holds a canary."""
    sentences = " ".join(f"Inspectors found {canary} at work." for canary in CANARIES)
    return f"{name.title()} 2014\n\nThis is a report on {name.title()} Police.\n\nFindings\n\n{sentences}\n"


def holding(*folders: Path) -> dict[str, list[str]]:
    """Return the files that hold a canary, in UTF-8 or UTF-16, whatever its case, or a word of one."""
    found: dict[str, list[str]] = {}
    words = {word.lower() for canary in CANARIES for word in canary.split()} | {c.lower() for c in CANARIES}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes().lower()
        hits = [word for word in words if word.encode() in data or word.encode("utf-16-le") in data]
        if hits or any(word in path.name.lower() for word in words):
            found[str(path)] = sorted(hits)[:3]
    return found


def _build(corpus: Path) -> None:
    build_corpus(corpus, corpus.parent / "index", corpus / "sample", HASHED, lambda *_: None)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "oakshire-2014.txt").write_text(PAGE)
    (folder / "secret.txt").write_text(secret())
    _build(folder)
    return folder


def test_the_harness_sees_the_text_while_it_is_there(corpus: Path, count: Callable[..., None]) -> None:
    found = holding(corpus.parent / "index")
    assert any("store.sqlite" in path for path in found)
    assert open_index(corpus.parent / "index").holding("heliotrop") > 0
    count(control_files_found=len(found))


def test_after_its_file_is_gone_a_build_leaves_nothing_of_a_report(corpus: Path, count: Callable[..., None]) -> None:
    (corpus / "oakshire-2014.txt").write_text(PAGE + "\nMore\n\nAnother generation holds it too.\n")
    _build(corpus)
    assert len({Path(path).parent for path in holding(corpus.parent / "index") if "sqlite" in path}) == 2
    (corpus / "secret.txt").unlink()
    _build(corpus)
    assert holding(corpus.parent) == {}
    left = open_index(corpus.parent / "index")
    assert left.holding("heliotrop") == 0
    assert "heliotrope" not in left.vocabulary
    count(canaries=len(CANARIES), found=0)


def _remove_and_die(folder: Path, step: str) -> None:
    def die(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    build_index(folder, [make_report("ash")], HASHED, plan=BuildPlan(step=die))


@pytest.mark.parametrize("step", STEPS)
def test_a_removal_that_was_killed_is_ended_by_the_next_build_even_of_an_unchanged_corpus(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path, step: str, count: Callable[..., None]
) -> None:
    build_index(tmp_path, [make_report("ash"), make_report("secret", secret())], HASHED)
    child = forks.Process(target=_remove_and_die, args=(tmp_path, step))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    build_index(tmp_path, [make_report("ash")], HASHED)
    assert holding(tmp_path) == {}
    _keep_only(tmp_path, "ash")
    count(killed_removals=1, canaries=len(CANARIES), found=0)


def _keep_only(folder: Path, *names: str) -> None:
    assert open_index(folder).report_ids() == names
    assert [path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("gen-")] == []


def test_an_unchanged_build_removes_what_a_killed_removal_left(corpus: Path, count: Callable[..., None]) -> None:
    (corpus / "secret.txt").unlink()
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr("peelqa.index.build.prune", lambda *_: None)  # as if killed before it
        _build(corpus)
    assert holding(corpus.parent / "index")
    _build(corpus)
    assert holding(corpus.parent) == {}
    count(canaries=len(CANARIES), found=0)


def test_what_cannot_be_removed_is_told_and_not_passed_over(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    def refuse(place: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(place))

    (corpus / "secret.txt").unlink()
    with monkeypatch.context() as refusing:
        refusing.setattr(generations, "_take_out", refuse)
        with pytest.raises(BuildFailed, match=r"may hold removed reports.*Permission denied.*run: peelqa build"):
            _build(corpus)
        with pytest.raises(BuildFailed, match="may hold removed reports"):
            _build(corpus)
    _build(corpus)
    assert holding(corpus.parent) == {}
    count(told=2)


def test_generations_that_were_never_put_in_force_do_not_push_out_the_previous_one(tmp_path: Path) -> None:
    build_index(tmp_path, [make_report("ash")], HASHED)
    build_index(tmp_path, [make_report("ash"), make_report("birch")], HASHED)
    kept = {place.name for place in list_generations(tmp_path)}
    pointer = (tmp_path / "CURRENT").read_bytes()
    build_index(tmp_path, [make_report("ash"), make_report("birch"), make_report("cedar")], HASHED)
    (tmp_path / "CURRENT").write_bytes(pointer)  # as if killed before the pointer was replaced
    build_index(tmp_path, [make_report("ash"), make_report("birch")], HASHED)
    assert [place.name for place in list_generations(tmp_path)] == [open_index(tmp_path).generation, max(kept)]


def test_a_clock_that_was_set_back_loses_no_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(1999, 1, 1, tzinfo=UTC)

    build_index(tmp_path, [make_report("ash")], HASHED)
    build_index(tmp_path, [make_report("birch"), make_report("ash")], HASHED)
    monkeypatch.setattr(generations, "datetime", Clock)
    for name in ("cedar", "damson", "elder"):
        made = build_index(tmp_path, [make_report(name)], HASHED)
        served = open_index(tmp_path)
        assert (served.generation, served.warning) == (made.generation, None)
        assert list_generations(tmp_path)[0].name == made.generation


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_remove_leaves_nothing_in_corpus_index_and_earlier_versions(
    embedder: Embedder, tmp_path: Path, count: Callable[..., None]
) -> None:
    assert embedder.name
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "oakshire-2014.txt").write_text(PAGE)
    url = "https://reports.example/secret"
    for more in ("", " It was looked at again."):
        page = f"<html><body><h1>Secret 2014</h1><h2>Findings</h2><p>{secret()}{more}</p></body></html>"
        document = Document(page.encode(), "text/html", None, None)
        with open_copies(corpus) as copies:
            path, _ = copies.keep(url, "secret", document, SideFile(title="Secret 2014"), datetime.now(UTC))
    chosen = ["--corpus", str(corpus), "--index", str(index)]
    assert _run("build", *chosen).exit_code == 0
    assert len(holding(corpus)) == 2, "the copy and its earlier version"
    removed = _run("remove", path.stem, *chosen)
    assert removed.exit_code == 0, removed.output
    assert holding(tmp_path) == {}
    count(canaries=len(CANARIES), found=0)


def test_a_removal_that_ended_after_the_file_is_begun_again_by_the_same_command(
    embedder: Embedder, tmp_path: Path, count: Callable[..., None]
) -> None:
    assert embedder.name
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    chosen = ["--corpus", str(corpus), "--index", str(index)]
    (corpus / "secret.txt").write_text(secret())
    assert _run("build", *chosen).exit_code == 0
    (corpus / "secret.txt").unlink()  # as if killed before the index was built
    assert holding(tmp_path)
    removed = _run("remove", "secret", *chosen)
    assert removed.exit_code == 0, removed.output
    assert holding(tmp_path) == {}
    count(canaries=len(CANARIES), found=0)


def test_copies_and_older_versions_that_were_left_out_go_with_the_report_and_are_named(
    embedder: Embedder, tmp_path: Path, count: Callable[..., None]
) -> None:
    assert embedder.name
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    (corpus / "kept").mkdir(parents=True)
    chosen = ["--corpus", str(corpus), "--index", str(index)]
    (corpus / "oakshire-2014.txt").write_text(PAGE)
    for name, text, published in (
        ("a.txt", secret(), "2015-01-01"),
        ("kept/a.html", f"<html><body>{secret().replace(chr(10) * 2, '<p>')}</body></html>", ""),
        ("older.txt", " ".join(reversed(secret().split(" "))), "2014-01-01"),
    ):
        (corpus / name).write_text(text)
        if published:
            about = SideFile.model_validate({"url": "https://reports.example/secret", "published": published})
            write_side_file(corpus / name, about)
    assert _run("build", *chosen).exit_code == 0
    assert set(open_index(index).report_ids()) == {"a", "oakshire-2014"}
    removed = _run("remove", "a", *chosen)
    assert removed.exit_code == 0, removed.output
    assert "kept/a.html (it is a copy of a.txt)" in removed.stdout
    assert "older.txt (it is an older version of a.txt)" in removed.stdout
    assert holding(tmp_path) == {}
    assert open_index(index).report_ids() == ("oakshire-2014",)
    count(canaries=len(CANARIES), found=0)


def test_a_copy_that_has_become_another_report_since_the_build_stays_and_is_named(
    embedder: Embedder, tmp_path: Path
) -> None:
    assert embedder.name
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    chosen = ["--corpus", str(corpus), "--index", str(index)]
    for name in ("a.txt", "b.txt"):
        (corpus / name).write_text(secret())
    assert _run("build", *chosen).exit_code == 0
    (corpus / "b.txt").write_text(PAGE)
    later = time.time() + 60
    os.utime(corpus / "b.txt", (later, later))
    removed = _run("remove", "a", *chosen)
    assert removed.exit_code == 0, removed.output
    assert "b.txt has changed since it was left out (it is a copy of a.txt) and stays" in removed.stdout
    assert (corpus / "b.txt").read_text() == PAGE
    assert open_index(index).report_ids() == ("b",)
