from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from peelqa.answers import Library
from peelqa.building import build_corpus
from peelqa.embedding import Embedder, Vectors
from peelqa.errors import BuildFailed, IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.index import EVERYTHING, FolderIndex, Scope, find_damage, list_generations, open_index
from peelqa.index.build import build_index, require_room
from peelqa.index.cards import CARD
from peelqa.index.generations import FORMAT
from peelqa.index.plan import BuildPlan
from peelqa.index.vectors import VectorIndex, is_as_wanted, write_vectors
from peelqa.index.words import Words, WordsWriter
from peelqa.reports.duplicates import trace_of
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text


class HashedWords:
    """A stand-in embedder: each word has a direction of its own."""

    name = "hashed-words@1"
    dimension = 32
    max_tokens = 60

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, 32), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def _vector(self, text: str) -> Vectors:
        total = np.full(32, 1e-3, dtype=np.float32)
        for word in text.casefold().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).standard_normal(32).astype(np.float32)
        unit: Vectors = total / np.linalg.norm(total)
        return unit


HASHED = HashedWords()


def make_report(name: str, words: str = "The force answers calls about bicycles quickly.") -> Report:
    text = f"{name} report\n\nFindings\n\n{words} It is written of {name}.\n\nMore\n\nStaff of {name} are trained.\n"
    return recognise(read_text(text), SideFile(), Source(name, f"{name}.txt", ""))


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder with two generations, the older of one report, the newer of two."""
    build_index(tmp_path, [make_report("ash")], HASHED)
    build_index(tmp_path, [make_report("ash"), make_report("birch")], HASHED)
    return tmp_path


def _newest(folder: Path) -> Path:
    return folder / str(json.loads((folder / "CURRENT").read_text())["generation"])


def _files(place: Path) -> list[Path]:
    found = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.endswith(".lock")]
    return [path for path in found if path.stat().st_size]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_missing_index_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Run: peelqa build"):
        open_index(tmp_path)


def test_a_folder_that_is_not_there_has_no_generations_however_early_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda place: iter(list(read(place))))  # as newer Pythons read a folder
    assert list_generations(tmp_path / "none") == []


def test_an_unchanged_corpus_is_not_embedded_again(report: Report, embedder: Embedder, tmp_path: Path) -> None:
    first = build_index(tmp_path, [report], embedder)
    second = build_index(tmp_path, [report], embedder)
    assert first.embedded == first.passages > 0
    assert second.embedded == 0


def test_the_same_reports_give_the_same_passages_and_vectors_however_they_come_in(tmp_path: Path) -> None:
    reports = [make_report(name) for name in ("ash", "birch", "cedar")]
    build_index(tmp_path / "one", reports, HASHED)
    build_index(tmp_path / "two", reports[:1], HASHED)
    build_index(tmp_path / "two", reversed(reports), HASHED)
    one, two = open_index(tmp_path / "one"), open_index(tmp_path / "two")
    rows = range(one.manifest["passages"])
    assert [one.passage(row) for row in rows] == [two.passage(row) for row in rows]
    assert all(np.array_equal(one.vectors.vector(row), two.vectors.vector(row)) for row in rows)


def test_a_stored_report_is_the_report_that_was_read(tmp_path: Path) -> None:
    ash = make_report("ash")
    build_index(tmp_path, [ash], HASHED)
    opened = open_index(tmp_path)
    assert opened.report("ash") == ash
    assert opened.reports[0].sha256 == ash.sha256
    assert opened.reports[0].years() == ash.years()


def test_a_card_says_which_findings_its_report_holds_also_where_it_was_taken_over(
    tmp_path: Path, embedder: Embedder
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, words in (("ash", "Victims wait too long for a visit."), ("birch", "The force works well with schools.")):
        (corpus / f"{name}.txt").write_text(f"{name} report\n\nFindings\n\n{words}\n", encoding="utf-8")
        build_corpus(corpus, tmp_path / "index", tmp_path, embedder, lambda *_: None)
    opened = open_index(tmp_path / "index")
    findings = {card.id: card.findings for card in opened.reports}
    assert findings == {
        name: {unit.finding for each in opened.passages_of(name) for unit in each.units} for name in opened.report_ids()
    }
    assert [("concern" in each, "strength" in each) for each in findings.values()] == [(True, False), (False, True)]


def test_damage_to_any_file_of_the_newest_generation_leaves_the_previous_one_serving(built: Path) -> None:
    newest = _newest(built)
    previous = next(place.name for place in built.glob("gen-*") if place != newest)
    assert open_index(built).warning is None
    for path in _files(newest):
        whole = path.read_bytes()
        for damaged in (whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], b"", None):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            opened = open_index(built)
            assert opened.generation == previous
            assert opened.warning
            assert path.name in opened.warning
            assert any(path.name in line for line in find_damage(built))
            path.write_bytes(whole)
    assert open_index(built).generation == newest.name
    assert find_damage(built) == []


def test_a_file_too_many_and_one_of_another_generation_are_refused(built: Path) -> None:
    newest = _newest(built)
    older = next(place for place in built.glob("gen-*") if place != newest)
    (newest / "notes.txt").write_text("mine")
    assert "notes.txt does not belong there" in (open_index(built).warning or "")
    (newest / "notes.txt").unlink()
    shutil.copyfile(older / "vectors.faiss", newest / "vectors.faiss")
    assert "vectors.faiss" in (open_index(built).warning or "")


def test_a_damaged_pointer_leaves_the_newest_whole_generation_serving(built: Path) -> None:
    newest = _newest(built).name
    (built / "CURRENT").write_text('{"generation": "../elsewhere"}')
    assert open_index(built).generation == newest
    assert find_damage(built)


def test_where_no_generation_is_whole_the_index_is_refused_and_all_damage_is_named(built: Path) -> None:
    places = sorted(built.glob("gen-*"))
    for place in places:
        _flip(place / "vectors.faiss")
        _flip(place / "store.sqlite")
    with pytest.raises(IndexDamaged, match="Run: peelqa build") as refused:
        open_index(built)
    assert refused.value.exit_status == 3
    damage = "\n".join(find_damage(built))
    assert all(f"{place.name}/{name}" in damage for place in places for name in ("vectors.faiss", "store.sqlite"))


@pytest.mark.parametrize("swapped", ["passages", "dimension", "canaries", "vectors"])
def test_parts_that_do_not_fit_each_other_are_refused_although_every_hash_is_right(built: Path, swapped: str) -> None:
    place = _newest(built)
    manifest = json.loads((place / "manifest.json").read_text())
    if swapped == "canaries":
        manifest["canaries"][0], manifest["canaries"][-1] = (
            {**manifest["canaries"][-1], "row": manifest["canaries"][0]["row"]},
            {**manifest["canaries"][0], "row": manifest["canaries"][-1]["row"]},
        )
    elif swapped == "vectors":
        manifest["vectors"] = {"kind": "fast", "widening": 4.0}
    else:
        manifest[swapped] += 1
    data = json.dumps(manifest).encode()
    digest = hashlib.sha256(data).hexdigest()
    (place / "manifest.json").write_bytes(data)
    (place / "manifest.sha256").write_text(digest)
    (built / "CURRENT").write_text(json.dumps({"generation": place.name, "manifest_sha256": digest}))
    assert open_index(built).warning


def test_an_index_in_another_format_is_out_of_date_and_never_guessed(built: Path) -> None:
    place = _newest(built)
    data = (
        (place / "manifest.json")
        .read_bytes()
        .replace(f'"format": {FORMAT}'.encode(), f'"format": {FORMAT - 1}'.encode())
    )
    digest = hashlib.sha256(data).hexdigest()
    (place / "manifest.json").write_bytes(data)
    (built / "CURRENT").write_text(json.dumps({"generation": place.name, "manifest_sha256": digest}))
    with pytest.raises(IndexOutOfDate, match="Run: peelqa build"):
        open_index(built)
    build_index(built, [make_report("ash")], HASHED)
    assert open_index(built).report_ids() == ("ash",)


def test_an_index_built_with_another_model_is_refused(built: Path) -> None:
    class Other(HashedWords):
        name = "other@1"

    class Altered(HashedWords):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return -super().encode(texts)

    opened = open_index(built)
    opened.check_model(HASHED)
    for embedder in (Other(), Altered()):
        with pytest.raises(IndexOutOfDate, match="Run: peelqa build"):
            opened.check_model(embedder)


def test_what_tells_a_reports_copies_is_kept_beside_its_text(built: Path) -> None:
    opened = open_index(built)
    kept, made = opened.store.trace("ash"), trace_of(opened.report("ash"))
    assert kept.runs.tolist() == made.runs.tolist()
    for name in ("report_id", "name", "url", "published", "retrieved", "partial"):
        assert getattr(kept, name) == getattr(made, name)


def test_the_text_of_a_removed_report_is_gone_from_every_file(tmp_path: Path) -> None:
    canary = "Zyxwvut heliotrope canary"
    build_index(tmp_path, [make_report("ash"), make_report("birch", f"{canary} was found.")], HASHED)
    assert _holding(tmp_path, canary)
    build_index(tmp_path, [make_report("ash")], HASHED)
    assert _holding(tmp_path, canary) == []
    assert _holding(tmp_path, "heliotrope") == []


def _holding(folder: Path, text: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if text.encode().lower() in path.read_bytes().lower()]


def test_a_build_without_room_on_the_disk_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="MB free"):
        require_room(tmp_path, 2**60)


def test_a_disk_that_refuses_leaves_the_old_generation(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = _newest(built).name
    monkeypatch.setattr("peelqa.index.build.write_vectors", full)
    with pytest.raises(BuildFailed, match="the old one stays"):
        build_index(built, [make_report("cedar")], HASHED)
    assert open_index(built).generation == before
    assert list(built.glob(".building-*")) == []


def test_a_short_vector_file_is_never_published(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(path: Path, *what: Any) -> dict[str, object]:
        about = write_vectors(path, *what)
        path.write_bytes(path.read_bytes()[:-8])
        return about

    before = _newest(built).name
    monkeypatch.setattr("peelqa.index.build.write_vectors", short)
    with pytest.raises(BuildFailed):
        build_index(built, [make_report("cedar")], HASHED)
    assert open_index(built).generation == before


def test_faiss_ranks_as_plain_numpy_does(library: Library) -> None:
    index = library.index
    assert isinstance(index, FolderIndex)
    vector = library.embedder.encode(["Who looks for missing children?"])[0]
    vectors = np.stack([index.vectors.vector(row) for row in range(index.count)])
    expected = np.argsort(-(vectors @ vector), kind="stable")[:3].tolist()
    assert [row for row, _ in index.nearest(vector, 3, EVERYTHING)] == expected


def test_search_keeps_to_the_reports_it_is_given(tmp_path: Path) -> None:
    build_index(tmp_path, [make_report(name) for name in ("ash", "birch", "cedar")], HASHED)
    opened = open_index(tmp_path)
    two = Scope(reports=frozenset({"ash", "cedar", "none of these"}))
    expected = {row for name in ("ash", "cedar") for row in opened.rows_by_report[name]}
    holding = {row for row in expected if {"force", "staff"} & set(opened.passage(row).text.casefold().split())}
    assert {row for row, _ in opened.matching(["force", "staff"], 10, two)} == holding != set()
    assert {row for row, _ in opened.nearest(HASHED.encode(["force"])[0], 10, two)} == expected
    assert opened.nearest(HASHED.encode(["force"])[0], 10, Scope(reports=frozenset())) == []


def _unit_vectors(count: int) -> Vectors:
    made = np.random.default_rng(1).standard_normal((count, 32)).astype(np.float32)
    vectors: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return vectors


def test_a_fast_index_states_its_recall_and_filters_exactly(tmp_path: Path) -> None:
    vectors = _unit_vectors(2000)
    about = write_vectors(tmp_path / "v.faiss", vectors, "fast")
    assert about["kind"] == "fast"
    assert about["recall"] >= 0.95
    index = VectorIndex(tmp_path / "v.faiss", about)
    rows = list(range(3, 2000, 7))
    expected = [rows[place] for place in np.argsort(-(vectors[rows] @ vectors[5]))[:20]]
    assert [row for row, _ in index.nearest(vectors[5], 20, rows)] == expected
    assert len(index.nearest(vectors[5], 2000, rows)) == len(rows)


@pytest.mark.parametrize("kind", ["exact", "fast"])
def test_vectors_in_half_precision_keep_their_cosines_and_stay_as_they_are_when_taken_over(
    tmp_path: Path, kind: str
) -> None:
    vectors = _unit_vectors(500)
    one = VectorIndex(tmp_path / "one", write_vectors(tmp_path / "one", vectors, kind))
    exactly = vectors @ vectors[5]
    assert all(abs(cosine - exactly[row]) < 0.0005 for row, cosine in one.nearest(vectors[5], 500, range(500)))
    kept = np.stack([one.vector(row) for row in range(500)])
    assert np.array_equal(kept, kept.astype(np.float16))
    two = VectorIndex(tmp_path / "two", write_vectors(tmp_path / "two", kept, kind))
    assert np.array_equal(np.stack([two.vector(row) for row in range(500)]), kept)


def test_a_fast_index_that_finds_too_little_is_refused_for_an_exact_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peelqa.index.vectors.LEAST_RECALL", 1.01)
    about = write_vectors(tmp_path / "v.faiss", _unit_vectors(500), "fast")
    assert about["kind"] == "exact"
    assert about["refused"]["kind"] == "fast"
    # Written again it would be refused again, so that what is in force is as wanted.
    assert is_as_wanted(about, "fast", 500)
    assert is_as_wanted(about, "auto", 500)


def test_going_back_to_the_kind_that_suits_the_number_is_a_change() -> None:
    assert not is_as_wanted({"kind": "fast"}, "auto", 500)
    assert not is_as_wanted({"kind": "fast"}, "exact", 500)
    assert is_as_wanted({"kind": "fast"}, "fast", 500)
    assert is_as_wanted({"kind": "exact"}, "auto", 500)


def test_a_question_is_searched_on_one_thread(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path / "v", write_vectors(tmp_path / "v", _unit_vectors(10), "exact"))
    faiss.omp_set_num_threads(4)
    index.nearest(_unit_vectors(10)[0], 3, None)
    assert faiss.omp_get_max_threads() == 1


def test_what_is_no_record_of_its_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="id"):
        CARD.read('{"title": "A report without an id"}')


def test_the_kind_of_vectors_follows_their_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = _unit_vectors(1000)
    assert write_vectors(tmp_path / "few.faiss", vectors, "auto")["kind"] == "exact"
    monkeypatch.setattr("peelqa.index.vectors.EXACT_UP_TO", 999)
    assert write_vectors(tmp_path / "many.faiss", vectors, "auto")["kind"] == "fast"


def test_a_long_filter_on_words_is_as_exact_as_a_short_one(tmp_path: Path) -> None:
    writer = WordsWriter(tmp_path / "words")
    for row in range(5000):
        writer.add(row, f"child protection case {row}")
    writer.close()
    words = Words(tmp_path / "words")
    rows = [*range(100, 2600), 4000, 4002]
    assert {row for row, _ in words.matching(["protection"], 5000, rows)} == set(rows)
    assert {row for row, _ in words.matching(["protection"], 5000, rows[-2:])} == set(rows[-2:])


def test_a_setting_for_the_kind_of_vectors_builds_anew(tmp_path: Path) -> None:
    reports = [make_report(f"r{number}") for number in range(200)]
    build_index(tmp_path, reports, HASHED)
    build_index(tmp_path, reports, HASHED, plan=BuildPlan(vectors="fast"))
    assert open_index(tmp_path).manifest["vectors"]["kind"] == "fast"
