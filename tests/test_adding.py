"""What `add` cannot finish leaves the corpus as it was: it takes away nothing but what it brought itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peelqa.cli import main
from peelqa.embedding import Embedder
from peelqa.errors import BuildRunning
from peelqa.fetching.copies import EARLIER, open_copies
from peelqa.index.generations import only_builder
from tests.conftest import PAGE
from tests.test_fetching import Site, site

__all__ = ["site"]
URL = "/peel/kent"


def _page(bird: str) -> bytes:
    words = " ".join(f"On day {number} the {bird} sergeant counted {bird} letters." for number in range(60))
    return f"<html><body><h1>Kent 2014</h1><h2>Findings</h2><p>{words}</p></body></html>".encode()


OLD, NEW, LATER = _page("heron"), _page("starling"), _page("lapwing")


@pytest.fixture
def corpus(embedder: Embedder, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of a file and of a copy of an address, indexed; the address then holds another version."""
    assert embedder.name
    monkeypatch.setattr("peelqa.fetching.downloading.Downloader", site.downloader)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    url = site.serve(URL, OLD, NEW, LATER)
    added = _run("add", url, "--body", "Kent Police", tmp_path=tmp_path)
    assert added.exit_code == 0, added.output
    assert _run("add", url, tmp_path=tmp_path).exit_code == 0
    return tmp_path / "corpus"


def _run(command: str, *arguments: str, tmp_path: Path) -> Result:
    places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    return CliRunner().invoke(main, [command, *arguments, *places])


def _held(corpus: Path) -> dict[str, bytes]:
    """Return every file of a corpus; locks are none, and more may be kept aside."""
    return {
        path.relative_to(corpus).as_posix(): path.read_bytes()
        for path in corpus.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_known_address_whose_build_is_refused_stays_as_it_was(site: Site, corpus: Path) -> None:
    before = _held(corpus)
    with only_builder(corpus.parent / "index"):
        refused = _run("add", site.url(URL), "--title", "Another", tmp_path=corpus.parent)
    assert refused.exit_code == BuildRunning.exit_status
    after = _held(corpus)
    assert {name: after[name] for name in before} == before
    assert all(name.startswith(EARLIER) for name in after.keys() - before.keys())


def test_an_address_that_holds_what_it_held_stays_with_what_was_said_of_it(site: Site, corpus: Path) -> None:
    site.serve(URL, NEW)
    before = _held(corpus)
    with only_builder(corpus.parent / "index"):
        refused = _run("add", site.url(URL), "--body", "Essex Police", tmp_path=corpus.parent)
    assert refused.exit_code == BuildRunning.exit_status
    assert "build" in refused.stderr
    assert _held(corpus) == before


@pytest.mark.parametrize("step", ["peelqa.cli.corpus.build_now", "peelqa.fetching.published.write_side_file"])
def test_a_new_address_is_gone_again_whenever_it_is_interrupted(
    site: Site, corpus: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = _held(corpus)
    monkeypatch.setattr(step, _interrupt)
    _run("add", site.serve("/peel/essex", OLD), tmp_path=corpus.parent)
    assert _held(corpus) == before


def test_a_file_that_is_half_brought_is_gone_again(
    site: Site, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elm.html").write_bytes(OLD)
    before = _held(corpus)
    monkeypatch.setattr("peelqa.fetching.copies.write_whole", _failing_at("elm.html"))
    failed = _run("add", str(tmp_path / "elm.html"), "--body", "Elmshire Police", tmp_path=tmp_path)
    assert failed.exit_code == 1
    assert _held(corpus) == before


def _failing_at(name: str) -> Callable[[Path, bytes], None]:
    def write(path: Path, content: bytes) -> None:
        if path.name == name:
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    return write


def test_a_version_that_copies_another_report_leaves_the_old_one_answering(site: Site, corpus: Path) -> None:
    (corpus / "a-twin.html").write_bytes(LATER.replace(b"</body>", b"<!-- saved --></body>"))
    (corpus / "a-twin.html.meta.json").write_text('{"url": "https://reports.example/a-twin"}')
    assert _run("build", tmp_path=corpus.parent).exit_code == 0
    before = _held(corpus)
    said = _run("add", site.url(URL), tmp_path=corpus.parent)
    assert said.exit_code == 1, said.output
    assert "was not added: it is a copy of" in said.stderr
    after = _held(corpus)
    assert {name: after[name] for name in before} == before


def test_of_two_addresses_the_one_that_is_left_out_does_not_take_the_record_of_the_other(
    site: Site, corpus: Path
) -> None:
    copy, other = site.serve("/peel/twin", NEW), site.serve("/peel/surrey", _page("curlew"))
    said = _run("add", copy, other, tmp_path=corpus.parent)
    assert said.exit_code == 1, said.output
    with open_copies(corpus) as copies:
        assert copies.place(copy) is None
        assert copies.whole(other)
    assert not list(corpus.glob("peel-twin*"))
