from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from peelqa.address import Address, parse_address, parse_place
from peelqa.answers import open_library
from peelqa.cli import main
from peelqa.cli.serving import _swapping
from peelqa.embedding import Embedder
from peelqa.errors import BadInput, IndexMissing, ServerUnusable
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.index.cluster.connection import CONNECTING_SECONDS, _check_version, connect
from peelqa.index.cluster.generations import roll_back
from peelqa.index.cluster.publishing import publish_folder
from peelqa.reports.report import Report
from peelqa.settings import Settings, read_settings
from tests.conftest import PAGE
from tests.milvus_places import kept_in_milvus, served_by_milvus, shown
from tests.test_index import HASHED, make_report

QUESTION = "What concerns are there about missing children?"
SECOND = (
    "Elmshire 2014\n\nThis is a report on Elmshire Police.\n\nFindings\n\nHeliotrope canaries were counted twice.\n"
)


def _run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


@pytest.fixture
def listening() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"milvus://127.0.0.1:{server.getsockname()[1]}/reports"


def test_a_folder_and_an_address_are_told_apart() -> None:
    assert parse_place("index") == Path("index")
    assert parse_place("a/b.db") == Path("a/b.db")
    assert parse_place("milvus://db.example:1234/reports?shards=4&replicas=2&vectors=diskann") == Address(
        "http://db.example:1234",
        "reports",
        "milvus://db.example:1234/reports?shards=4&replicas=2&vectors=diskann",
        shards=4,
        replicas=2,
        vectors="diskann",
    )
    assert parse_address("milvus+tls://[::1]/reports").uri == "https://[::1]:19530"
    lite = parse_address("milvus+lite:///var/lib/my%20index.db")
    assert (lite.uri, lite.local) == ("/var/lib/my index.db", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("milvus://host", "after the host stands the index's name"),
        ("milvus:///reports", "after the host stands the index's name"),
        ("milvus://host/no-dashes", "letters, digits and underscores"),
        ("milvus://host:port/reports", "is no address of an index"),
        ("http://host/reports", "is no address of an index"),
        ("milvus+lite:///index", "must end in .db"),
        ("milvus://host/reports?shards=none", "shards must be a number from 1 to 64"),
        ("milvus://host/reports?vectors=best", "vectors must be one of auto, exact, hnsw, diskann"),
        ("milvus://host/reports?shrads=2", "there is no option shrads"),
    ],
)
def test_a_wrong_address_is_refused_with_how_one_is_written(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        parse_place(text)
    done = _run("ask", QUESTION, "--index", text)
    assert done.exit_code == 2
    assert says in done.stderr


@given(st.text(alphabet="abcXYZ019-._~!$", min_size=6))
def test_a_password_is_never_shown(password: str) -> None:
    secret = f"secret{password}"
    address = parse_address(f"milvus://ann:{secret}@host/reports")
    assert address.token == f"ann:{secret}"
    assert secret not in f"{address} {address!r}"
    with pytest.raises(BadInput) as refused:
        parse_address(f"milvus://ann:{secret}@host/no-name")
    assert secret not in str(refused.value)


def test_a_server_that_is_not_there_is_named() -> None:
    done = _run("ask", QUESTION, "--index", "milvus://127.0.0.1:1/reports")
    assert done.exit_code == 1
    assert "milvus://127.0.0.1:1/reports does not answer" in done.stderr
    assert "Look whether the server runs and whether the address is right." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_never_answers_is_given_up(listening: str) -> None:
    started = time.monotonic()
    with pytest.raises(ServerUnusable, match="does not answer"):
        open_index(parse_place(listening))
    assert time.monotonic() - started < 4 * CONNECTING_SECONDS


@pytest.mark.parametrize("version", ["v2.4.23", "2.3.5", "v2.4.0-dev", "milvus_lite-2.4.10"])
def test_a_server_without_bm25_is_refused(version: str) -> None:
    with pytest.raises(ServerUnusable, match=r"is .*, and peelqa needs Milvus.*or newer, for BM25"):
        _check_version(parse_address("milvus://host/reports"), version)


@pytest.mark.parametrize("version", ["v2.5.0", "2.6.1", "v3.0-beta", "v2.10.1", "milvus_lite-3.2.2"])
def test_a_server_with_bm25_is_taken(version: str) -> None:
    _check_version(parse_address("milvus://host/reports"), version)


@pytest.mark.parametrize("package", ["pymilvus", "milvus_lite"])
def test_a_package_that_is_not_installed_is_named(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    connect.cache_clear()
    (tmp_path / "some.db").mkdir()
    with pytest.raises(ServerUnusable, match=r"needs the package .*Run: pip install 'peelqa\[milvus\]'"):
        open_index(parse_place(f"milvus+lite://{tmp_path}/some.db"))
    connect.cache_clear()


def test_asking_where_there_is_no_file_makes_none(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"There is no index in milvus.*Run: peelqa build --index"):
        open_index(parse_place(f"milvus+lite://{tmp_path}/none.db"))
    assert not list(tmp_path.iterdir())


def test_every_command_takes_an_address_as_it_takes_a_folder(tmp_path: Path, embedder: Embedder) -> None:
    assert embedder.name  # so that the cache holds the model
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    (corpus / "elmshire-2014.txt").write_text(SECOND, encoding="utf-8")
    with kept_in_milvus(tmp_path) as address:
        at = shown(address)
        places = ["--corpus", str(corpus), "--index", at]
        # The models that the cache of this machine holds, without what is built there for other clusters.
        kept = {"PEELQA_CACHE": str(tmp_path / "cache")}
        (tmp_path / "cache").mkdir()
        for each in read_settings().cache.iterdir():
            if each.name != "clusters":
                (tmp_path / "cache" / each.name).symlink_to(each)

        def done(*arguments: str) -> Result:
            result = _run(*arguments, *places, **kept)
            assert result.exit_code == 0, result.output
            return result

        assert "Indexed 2 reports" in done("build").stdout
        assert "Nothing changed" in done("build").stdout
        assert json.loads(done("ask", QUESTION, "--json").stdout)["status"] == "answered"
        assert "Oakshire" in done("search", "missing children").stdout
        assert "oakshire-2014" in done("reports").stdout
        assert "Heliotrope canaries" in done("show", "elmshire-2014", "--json").stdout
        assert "is whole" in done("verify").stdout
        doctor = json.loads(done("doctor", "--json").stdout)
        index = next(each for each in doctor if each["part"] == "index")
        assert index["state"] == "ok"
        assert at in index["says"]
        assert not [each for each in doctor if each["part"] == "corpus and index"]
        assert "in force" in _run("cluster", "list", "--index", at).stdout
        assert "the index holds 1 report" in done("remove", "elmshire-2014").stdout
        assert "Heliotrope" not in done("search", "heliotrope canaries").stdout
        assert json.loads(_run("cluster", "list", "--index", at, "--json").stdout)[1:] == []


def test_what_serves_follows_the_alias_forward_and_back(report: Report, embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with kept_in_milvus(tmp_path) as address:
        build_index(folder, [report], embedder)
        publish_folder(open_index(folder), address)
        first = open_library(address, embedder)
        swapping = _swapping(first, Settings(index=address))
        assert swapping._renew(swapping.app) is None
        build_index(folder, [report, make_report("ash")], embedder)
        publish_folder(open_index(folder), address)
        newer = swapping._renew(swapping.app)
        assert newer is not None
        assert newer.state.site.library.index.report_ids() == ("ash", report.id)
        assert swapping._renew(newer) is None
        roll_back(address)
        older = swapping._renew(newer)
        assert older is not None
        assert older.state.site.library.index.generation == first.index.generation
        assert older.state.site.library.ask(QUESTION).quotes


def test_parts_are_loaded_published_rolled_back_and_dropped_by_command(tmp_path: Path) -> None:
    for name, page in (("one", PAGE), ("two", SECOND)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(page, encoding="utf-8")
        built = _run("build", "--corpus", str(tmp_path / name), "--index", str(tmp_path / f"part-{name}"))
        assert built.exit_code == 0, built.output
    assert "is a folder. Name a cluster" in _run("cluster", "list", "--index", str(tmp_path)).stderr
    with kept_in_milvus(tmp_path) as address:
        at = shown(address)

        def done(*arguments: str) -> str:
            result = _run("cluster", *arguments, "--index", at)
            assert result.exit_code == 0, result.output
            return result.stdout

        done("load", str(tmp_path / "part-one"), "--generation", "gen_1")
        assert "gen_1 is in force, with 1 report and" in done("publish", "gen_1", "--shares", "1")
        done("load", str(tmp_path / "part-one"), "--generation", "gen_2")
        assert "1 of them sent now" in done("load", str(tmp_path / "part-two"), "--generation", "gen_2")
        unsaid = _run("cluster", "publish", "gen_2", "--index", at)
        assert unsaid.exit_code == 2
        assert "--shares" in unsaid.stderr
        fewer = _run("cluster", "publish", "gen_2", "--shares", "3", "--index", at)
        assert fewer.exit_code == 2
        assert "shares loaded: 2 of 3, namely part-one (1 report), part-two (1 report)." in fewer.stderr
        published = json.loads(done("publish", "gen_2", "--shares", "2", "--json"))
        assert (published["reports"], published["shares"]) == (2, 2)
        back = done("rollback")
        assert "gen_1 is in force; running servers go over to it within seconds." in back
        assert "change the corpus first" in back
        assert done("list").splitlines() == ["gen_2: kept", "gen_1: in force"]
        refused = _run("cluster", "drop", "gen_1", "--index", at)
        assert refused.exit_code == 2
        assert "is in force" in refused.stderr
        assert "gen_2 is in force" in done("rollback", "gen_2")
        done("drop", "gen_1")
        assert done("list").splitlines() == ["gen_2: in force"]
        assert (
            "no name for a generation"
            in _run("cluster", "load", str(tmp_path / "part-one"), "--generation", "x", "--index", at).stderr
        )


def test_two_machines_load_at_the_same_time_and_every_report_is_there(tmp_path: Path) -> None:
    shares = {"part-1": ("ash", "birch", "cedar"), "part-2": ("elm", "fir", "hazel")}
    for folder, names in shares.items():
        build_index(tmp_path / folder, [make_report(name) for name in names], HASHED)
    with served_by_milvus(tmp_path) as at:
        loading = [sys.executable, "-m", "peelqa", "cluster", "load"]
        loaders = [
            subprocess.Popen(
                [*loading, str(tmp_path / folder), "--generation", "gen_two", "--index", at],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for folder in shares
        ]
        for loader in loaders:
            _, said = loader.communicate(timeout=300)
            assert loader.returncode == 0, said
        published = _run("cluster", "publish", "gen_two", "--shares", "2", "--index", at)
        assert published.exit_code == 0, published.output
        assert "with 6 reports and" in published.stdout
        assert "from 2 shares." in published.stdout
        assert open_index(parse_place(at)).report_ids() == tuple(
            sorted(name for each in shares.values() for name in each)
        )
        assert "is whole" in _run("verify", "--index", at).stdout
