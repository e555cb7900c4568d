from __future__ import annotations

import time
from pathlib import Path

import pytest

from peelqa.building import Built, build_corpus, source_key
from peelqa.errors import NothingReadable
from peelqa.index import open_index
from peelqa.reports.corpus import report_ids
from tests.test_index import HASHED

TEXT = "{name} report\n\nFindings\n\nThe inspectors found {name} to be careful. It is written down.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("ash", "birch", "cedar"):
        (folder / f"{name}.txt").write_text(TEXT.format(name=name))
    return folder


def _build(corpus: Path) -> Built:
    return build_corpus(corpus, corpus.parent / "index", corpus.parent / "sample", HASHED, lambda *_: None)


def test_an_unchanged_corpus_is_neither_read_nor_published_again(corpus: Path) -> None:
    first = _build(corpus).result
    second = _build(corpus).result
    assert (first.read, first.unchanged) == (3, False)
    assert (second.read, second.embedded, second.unchanged) == (0, 0, True)
    assert second.generation == first.generation
    assert second.passages == first.passages


def test_adding_changing_and_removing_a_report_costs_that_report_only(corpus: Path) -> None:
    _build(corpus)
    (corpus / "damson.txt").write_text(TEXT.format(name="damson"))
    added = _build(corpus).result
    (corpus / "ash.txt").write_text(TEXT.format(name="ash") + "\nMore\n\nNothing else was seen.\n")
    changed = _build(corpus).result
    (corpus / "birch.txt").unlink()
    removed = _build(corpus).result
    assert (added.reports, added.read) == (4, 1)
    assert (changed.reports, changed.read, changed.embedded) == (4, 1, 1)
    assert (removed.reports, removed.read, removed.embedded) == (3, 0, 0)


def test_a_file_is_known_by_its_content_and_side_file_and_not_by_its_time(corpus: Path) -> None:
    path = corpus / "ash.txt"
    before = source_key(path, "ash.txt")
    path.write_bytes(path.read_bytes())
    assert source_key(path, "ash.txt") == before
    (corpus / "ash.txt.meta.json").write_text('{"body": "Ash Police"}')
    assert source_key(path, "ash.txt") != before
    assert source_key(path, "other.txt") != before


def test_an_incremental_build_gives_what_a_whole_one_gives(corpus: Path) -> None:
    added, changed, removed = corpus / "cedar.txt", corpus / "birch.txt", corpus / "gone.txt"
    text, changed_text = added.read_text(), changed.read_text()
    added.unlink()
    changed.write_text(TEXT.format(name="beech") + "\nMore\n\nWhat is left out later was seen.\n")
    removed.write_text(TEXT.format(name="gorse"))
    _build(corpus)
    added.write_text(text)
    changed.write_text(changed_text)
    removed.unlink()
    _build(corpus)
    piecemeal = open_index(corpus.parent / "index")
    build_corpus(corpus, corpus.parent / "whole", corpus.parent / "sample", HASHED, lambda *_: None)
    whole = open_index(corpus.parent / "whole")
    assert whole.reports == piecemeal.reports
    assert [whole.passage(row) for row in range(3)] == [piecemeal.passage(row) for row in range(3)]
    assert whole.vocabulary == piecemeal.vocabulary


def test_files_that_are_left_out_are_named_and_kept_in_mind(corpus: Path) -> None:
    (corpus / "empty.txt").write_text("")
    (corpus / "zz-copy.txt").write_text(TEXT.format(name="ash"))
    (corpus / "figures.csv").write_text("1,2")
    built = _build(corpus)
    again = _build(corpus)
    assert [each.name for each in built.refused] == ["empty.txt"]
    assert [(each.name, each.reason) for each in built.duplicates] == [("zz-copy.txt", "it is a copy of ash.txt")]
    assert built.skipped == 1
    assert again.result.unchanged
    assert set(open_index(corpus.parent / "index").store.refused()) == {"empty.txt", "zz-copy.txt"}


def test_a_copy_takes_the_place_of_a_report_that_is_removed(corpus: Path) -> None:
    (corpus / "zz-copy.txt").write_text(TEXT.format(name="ash"))
    _build(corpus)
    (corpus / "ash.txt").unlink()
    assert _build(corpus).result.reports == 3
    assert "zz-copy" in open_index(corpus.parent / "index").report_ids()


def test_a_corpus_without_a_readable_report_leaves_the_old_index(corpus: Path) -> None:
    before = _build(corpus).result.generation
    for path in corpus.iterdir():
        path.write_text("")
    with pytest.raises(NothingReadable, match=r"ash\.txt: it is empty"):
        _build(corpus)
    assert open_index(corpus.parent / "index").generation == before


def test_files_of_one_stem_have_ids_of_their_own_whatever_the_others_are_called() -> None:
    alike = report_ids(["kent.html", "kent.txt"])
    assert alike["kent.html"] == "kent"
    assert alike["kent.txt"].startswith("kent-")
    ids = report_ids(["kent.html", "kent.txt", f"{alike['kent.txt']}.md"])
    assert len(set(ids.values())) == 3


def test_thousands_of_files_of_one_stem_get_their_ids_at_once() -> None:
    names = [f"{number}/report.pdf" for number in range(20_000)]
    started = time.process_time()
    assert len(set(report_ids(names).values())) == len(names)
    assert time.process_time() - started < 3
