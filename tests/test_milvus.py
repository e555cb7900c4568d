from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from peelqa.address import Address
from peelqa.answers import Library
from peelqa.building import build_corpus
from peelqa.embedding import Embedder
from peelqa.errors import BadInput, BuildFailed, IndexDamaged, IndexMissing, IndexOutOfDate, ServerUnusable
from peelqa.index import Scope, find_damage, has_index, open_index
from peelqa.index.build import build_index
from peelqa.index.cluster.connection import Connection
from peelqa.index.cluster.documents import Document, quoted
from peelqa.index.cluster.generations import erase, generation_in_force, is_finished, list_generations, roll_back
from peelqa.index.cluster.loading import load_part
from peelqa.index.cluster.publishing import publish, publish_folder
from peelqa.questions import Filters
from peelqa.relevance import load_relevance
from peelqa.reranking import Reranker
from peelqa.search import RRF_K, find_passages
from peelqa.settings import sample_folder
from peelqa.words import content_stems, stems
from tests.milvus_places import kept_in_milvus
from tests.test_index import HASHED, make_report

QUESTIONS = (
    "What concerns are there about missing children?",
    "How good is the force at reducing crime?",
    "Is the force efficient?",
    "How are victims of domestic abuse looked after?",
    "What must Wexhaven improve?",
    "What did inspectors find in 2018?",
    "How quickly are calls answered?",
    "Does the workforce understand the Code of Ethics?",
    "What is recommended about vetting?",
    "How much money must be saved?",
    "Who checks the use of stop and search?",
    "What is the wheelbarrow budget?",
)


@dataclass(frozen=True)
class Both:
    """One corpus, in a folder and in Milvus."""

    folder: Library
    milvus: Library
    address: Address


@pytest.fixture(scope="module")
def both(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    place = tmp_path_factory.mktemp("milvus")
    build_corpus(place / "corpus", place / "index", sample_folder(), embedder, lambda what, done, total: None)
    with kept_in_milvus(place) as address:
        publish_folder(open_index(place / "index"), address)
        reranker, relevance = Reranker(), load_relevance()
        folder = Library(open_index(place / "index"), embedder, reranker, relevance)
        yield Both(folder, Library(open_index(address), embedder, reranker, relevance), address)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    with kept_in_milvus(tmp_path) as address:
        yield address


def _folder(place: Path, *names: str, **words: str) -> Path:
    build_index(
        place, [make_report(name, words.get(name, "The force answers calls quickly.")) for name in names], HASHED
    )
    return place


def _ids(library: Library, text: str, filters: Filters, limit: int) -> list[str]:
    question = library.understand(text, filters)
    return [each.id for each, _ in find_passages(library.index, library.embedder, question, limit)]


def test_at_least_95_of_100_of_the_ten_best_passages_are_those_of_a_folder(both: Both) -> None:
    shared = []
    for text in QUESTIONS:
        one, two = (_ids(library, text, Filters(), 10) for library in (both.folder, both.milvus))
        shared.append(len({*one} & {*two}) / max(len(one), len(two)))
    assert statistics.mean(shared) >= 0.95


def test_questions_are_decided_as_from_a_folder(both: Both) -> None:
    for text in QUESTIONS[::2]:
        one, two = (library.ask(text) for library in (both.folder, both.milvus))
        assert two.status == one.status
        assert [each.quotation.text for each in two.quotes][:1] == [each.quotation.text for each in one.quotes][:1]


def test_what_is_known_of_reports_and_words_is_what_a_folder_knows(both: Both) -> None:
    folder, milvus = both.folder.index, both.milvus.index
    assert milvus.reports == folder.reports
    assert milvus.vocabulary == folder.vocabulary
    assert milvus.source_keys() == folder.source_keys()
    assert milvus.refused() == folder.refused()
    assert milvus.count == folder.count
    for report_id in folder.report_ids():
        assert milvus.report(report_id) == folder.report(report_id)
        assert milvus.passages_of(report_id) == folder.passages_of(report_id)
    for stem in (*stems("the force must improve child protection"), "nowhere"):
        assert milvus.holding(stem) == folder.holding(stem)


def test_every_quotation_is_sliced_from_the_stored_report(both: Both) -> None:
    quoted = [each.quotation for text in QUESTIONS[::4] for each in both.milvus.ask(text).quotes]
    assert quoted
    for quotation in quoted:
        report = both.folder.index.report(quotation.passage.report.id)
        assert quotation.text == report.text[quotation.start_char : quotation.end_char]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(body=("Wexhaven Constabulary",)),
        Filters(year=(2018,)),
        Filters(body=("Aldermere Police",), year=(2014,)),
        Filters(theme=("efficiency",)),
        Filters(theme=('100%_\\"sure',)),
        Filters(finding="concern"),
        Filters(body=("Northfell Police",), theme=("Effectiveness",), finding="strength"),
    ],
)
def test_filters_leave_every_passage_that_fits_and_no_other(both: Both, filters: Filters) -> None:
    question = both.milvus.understand("How well does the force do?", filters)
    index = both.folder.index
    fitting = {
        passage.id
        for report in index.reports
        if not filters.body or report.body in filters.body
        if not filters.year or report.years() & set(filters.year)
        for passage in index.passages_of(report.id)
        if Scope(themes=filters.theme, finding=filters.finding).admits(passage)
    }
    for library in (both.milvus, both.folder):
        found = find_passages(library.index, library.embedder, question, 1000)
        assert {passage.id for passage, _ in found} == fitting


def test_many_reports_are_named_by_their_bodies_and_years(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Filters(body=("Wexhaven Constabulary",), year=(2018,))
    one = _ids(both.milvus, "What was found?", filters, 1000)
    monkeypatch.setattr("peelqa.index.cluster.opened.MOST_NAMED", 0)
    two = _ids(both.milvus, "What was found?", filters, 1000)
    assert one == two != []


def test_the_servers_own_hybrid_search_agrees_with_ours(both: Both) -> None:
    from pymilvus import AnnSearchRequest, RRFRanker

    index = open_index(both.address)
    searched = both.milvus.understand(QUESTIONS[0], Filters()).searched
    vector = both.milvus.embedder.encode([searched])[0].tolist()
    words = " ".join(content_stems(searched))
    arms = [
        AnnSearchRequest([vector], "dense", {"metric_type": "IP"}, 100),
        AnnSearchRequest([words], "sparse", {"metric_type": "BM25"}, 100),
    ]
    connection = index.place.connection
    found = connection.read("hybrid_search", index.place.passages, arms, RRFRanker(RRF_K), limit=10)
    fused = {index.passage(int(hit["row"])).id for hit in found[0]}
    assert len(fused & set(_ids(both.milvus, QUESTIONS[0], Filters(), 10))) >= 9


def test_a_generation_is_built_beside_and_an_open_one_is_read_to_its_end(tmp_path: Path, address: Address) -> None:
    assert not has_index(address)
    with pytest.raises(IndexMissing, match=r"There is no index in milvus.*Run: peelqa build"):
        open_index(address)
    folder = _folder(tmp_path / "one", "ash")
    assert publish_folder(open_index(folder), address)
    before = open_index(address)
    assert not publish_folder(open_index(folder), address)
    _folder(folder, "ash", "birch")
    assert publish_folder(open_index(folder), address)
    assert open_index(address).report_ids() == ("ash", "birch")
    assert before.report_ids() == ("ash",)
    assert [each.text for each in before.passages_of("ash")]
    assert before.matching(["calls"], 10, Scope())
    assert roll_back(address).name == before.generation
    assert open_index(address).report_ids() == ("ash",)
    # What was rolled back from can be put in force again by the same build.
    assert publish_folder(open_index(folder), address)
    assert open_index(address).report_ids() == ("ash", "birch")
    assert find_damage(address) == []
    erase(address)
    assert not has_index(address)


def test_a_generation_that_holds_a_removed_report_goes(tmp_path: Path, address: Address) -> None:
    folder = _folder(tmp_path / "one", "ash", "birch")
    publish_folder(open_index(folder), address)
    _folder(folder, "ash")
    publish_folder(open_index(folder), address)
    assert [each.name for each in list_generations(address)] == [open_index(address).generation]
    with pytest.raises(IndexMissing, match="no finished generation before"):
        roll_back(address)


def test_a_load_that_was_cut_short_goes_on_where_it_stopped(
    tmp_path: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = open_index(_folder(tmp_path / "part", "ash", "birch", "cedar"))
    monkeypatch.setattr("peelqa.index.cluster.loading.BATCH", 1)
    write = Connection.write

    def fail_late(self: Connection, call: str, *values: Any, **named: Any) -> Any:
        if call == "upsert" and (values[1][0].get("kind"), values[1][0].get("name")) == ("report", "birch"):
            raise BuildFailed("the server went away")
        return write(self, call, *values, **named)

    monkeypatch.setattr(Connection, "write", fail_late)
    with pytest.raises(BuildFailed):
        load_part(part, address, "gen_x")
    monkeypatch.setattr(Connection, "write", write)
    with pytest.raises(BadInput, match=r"not loaded whole.*peelqa cluster load"):
        publish(address, "gen_x", 1)
    assert not has_index(address)
    assert load_part(part, address, "gen_x").sent == 2
    assert load_part(part, address, "gen_x").sent == 0
    publish(address, "gen_x", 1)
    opened = open_index(address)
    assert opened.passages_of("birch") == part.passages_of("birch")
    assert find_damage(address) == []
    with pytest.raises(BadInput, match="is published and does not change"):
        load_part(part, address, "gen_x")


def test_parts_of_many_machines_become_one_generation_without_copies(tmp_path: Path, address: Address) -> None:
    one = open_index(_folder(tmp_path / "one", "ash", "birch"))
    two = open_index(_folder(tmp_path / "two", "birch", "cedar"))
    other = open_index(_folder(tmp_path / "other", "ash", ash="Something else is said of owls."))
    load_part(one, address, "gen_many")
    assert load_part(two, address, "gen_many").sent == 1
    with pytest.raises(BadInput, match=r"holds another report ash.*another name"):
        load_part(other, address, "gen_many")
    published = publish(address, "gen_many", 2)
    assert (published.reports, published.passages) == (3, open_index(address).count)
    assert (published.shares, published.loaded) == (2, 4)
    assert open_index(address).report_ids() == ("ash", "birch", "cedar")
    hits = open_index(address).matching(["cedar"], 10, Scope())
    assert {open_index(address).passage(row).report.id for row, _ in hits} == {"cedar"}


def test_nothing_is_published_unless_just_as_many_shares_are_loaded_as_there_are(
    tmp_path: Path, address: Address
) -> None:
    load_part(open_index(_folder(tmp_path / "part-1", "ash", "birch")), address, "gen_shares")
    with pytest.raises(
        BadInput,
        match=r"shares loaded: 1 of 3, namely part-1 \(2 reports\)\. "
        r"Load the others: peelqa cluster load PART --generation gen_shares",
    ):
        publish(address, "gen_shares", 3)
    load_part(open_index(_folder(tmp_path / "part-2", "cedar")), address, "gen_shares")
    with pytest.raises(BadInput, match=r"2 shares are loaded instead of 1: .*part-2 \(1 report\).*--shares 2"):
        publish(address, "gen_shares", 1)
    assert not has_index(address)
    published = publish(address, "gen_shares", 2)
    assert (published.reports, published.shares, published.loaded) == (3, 2, 3)


def test_what_a_machine_left_half_made_is_made_whole_by_the_next_load(
    tmp_path: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = open_index(_folder(tmp_path / "part", "ash"))
    write = Connection.write

    def die(self: Connection, call: str, *values: Any, **named: Any) -> Any:
        if call == "create_index":
            raise BuildFailed("the machine died")
        return write(self, call, *values, **named)

    monkeypatch.setattr(Connection, "write", die)
    with pytest.raises(BuildFailed):
        load_part(part, address, "gen_half")
    monkeypatch.setattr(Connection, "write", write)
    load_part(part, address, "gen_half")
    assert publish(address, "gen_half", 1).reports == 1
    assert find_damage(address) == []


def test_machines_that_make_a_generation_at_the_same_time_do_not_stop_each_other(
    tmp_path: Path, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = open_index(_folder(tmp_path / "part", "ash"))
    write = Connection.write

    def come_second(self: Connection, call: str, *values: Any, **named: Any) -> Any:
        if call == "create_collection":
            write(self, call, *values, **named)  # the other machine, between our look and our call
        return write(self, call, *values, **named)

    monkeypatch.setattr(Connection, "write", come_second)
    load_part(part, address, "gen_raced")
    assert publish(address, "gen_raced", 1).reports == 1


def test_parts_of_two_models_loaded_at_the_same_time_are_not_published(tmp_path: Path, address: Address) -> None:
    for name, report in (("one", "ash"), ("two", "birch")):
        load_part(open_index(_folder(tmp_path / name, report)), address, "gen_mixed")
    place = next(each for each in list_generations(address) if each.name == "gen_mixed")
    name, text = next(iter(place.documents.all("part").items()))
    place.documents.put([Document("part", name, text.replace("hashed-words@1", "other@2"))])
    with pytest.raises(BadInput, match=r"holds vectors of hashed-words@1 and other@2.*one PEELQA_MODEL"):
        publish(address, "gen_mixed", 2)


def test_a_copy_that_another_part_brought_under_another_name_is_left_out(tmp_path: Path, address: Address) -> None:
    text = make_report("ash")
    copy = make_report("ash")
    object.__setattr__(copy, "id", "zz-copy")
    object.__setattr__(copy, "source_name", "zz-copy.txt")
    for name, report in (("one", text), ("two", copy)):
        build_index(tmp_path / name, [report], HASHED)
        load_part(open_index(tmp_path / name), address, "gen_copies")
    assert publish(address, "gen_copies", 2).copies == {"zz-copy.txt": "it is a copy of ash.txt"}
    opened = open_index(address)
    assert opened.report_ids() == ("ash",)
    assert opened.refused() == {"zz-copy.txt": "it is a copy of ash.txt"}
    assert find_damage(address) == []


def test_parts_of_two_models_do_not_mix(tmp_path: Path, address: Address, embedder: Embedder) -> None:
    publish_folder(open_index(_folder(tmp_path / "one", "ash")), address)
    with pytest.raises(IndexOutOfDate, match="was built with hashed-words@1, settings ask for"):
        open_index(address).check_model(embedder)

    class Other:
        name = "other@2"
        dimension, max_tokens = HASHED.dimension, HASHED.max_tokens
        encode, count_tokens = staticmethod(HASHED.encode), staticmethod(HASHED.count_tokens)

    build_index(tmp_path / "two", [make_report("birch")], Other())
    load_part(open_index(tmp_path / "one"), address, "gen_mixed")
    with pytest.raises(BadInput, match=r"holds vectors of hashed-words@1.*Build all parts with one PEELQA_MODEL"):
        load_part(open_index(tmp_path / "two"), address, "gen_mixed")


def test_what_is_changed_in_the_cluster_is_found_and_never_quoted(tmp_path: Path, address: Address) -> None:
    publish_folder(open_index(_folder(tmp_path / "one", "ash", "birch")), address)
    opened = open_index(address)
    place = opened.place
    text = place.documents.get("report", "ash")
    place.documents.put([Document("report", "ash", text.replace("answers calls", "ignores calls"))])
    with pytest.raises(IndexDamaged, match=r"the text of ash does not match its hash. Run: peelqa build"):
        open_index(address).passages_of("ash")
    place.connection.write("delete", place.passages, filter=f"report == {quoted('birch')}")
    damage = "\n".join(find_damage(address))
    assert "the text of ash does not match its hash" in damage
    assert "passages instead of" in damage
    assert "0 of" in damage
    assert "by its own vector" in damage or "is missing" in damage
    place.documents.remove("manifest", place.name)
    assert not is_finished(place)
    with pytest.raises(IndexDamaged, match="was never finished"):
        open_index(address)
    assert any("was never finished" in line for line in find_damage(address))


def test_a_generation_of_another_format_is_refused_by_name(tmp_path: Path, address: Address) -> None:
    publish_folder(open_index(_folder(tmp_path / "one", "ash")), address)
    place = generation_in_force(address)
    assert place is not None
    place.documents.put([Document("manifest", place.name, json.dumps({**place.manifest(), "format": "1.1"}))])
    with pytest.raises(IndexOutOfDate, match=r"is in format 1\.1, not .*\. Run: peelqa build"):
        open_index(address)


def test_a_long_document_is_kept_whole_and_a_lost_piece_is_noticed(tmp_path: Path, address: Address) -> None:
    publish_folder(open_index(_folder(tmp_path / "one", "ash")), address)
    place = open_index(address).place
    long = "“öß” 𝄞 " * 20_000
    place.documents.put([Document("words", "long", long)])
    assert place.documents.get("words", "long") == long == place.documents.all("words")["long"]
    place.connection.write("delete", place.documents_name, filter='name == "long" and part == 1')
    with pytest.raises(IndexDamaged, match="parts of long"):
        place.documents.get("words", "long")


def test_a_server_that_refuses_is_named_with_the_next_step(both: Both) -> None:
    connection = open_index(both.address).place.connection
    with pytest.raises(ServerUnusable, match=f"{both.address}.*refused search.*then try again".replace("+", r"\+")):
        connection.read("search", open_index(both.address).place.passages, data=[[0.0]], anns_field="dense", limit=1)
