from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peelqa.cli import main
from peelqa.embedding import Embedder
from peelqa.index import find_damage, open_index
from peelqa.index.generations import only_builder
from tests.conftest import PAGE

PAGE_OF_CARE = Path(__file__).parents[1] / "docs" / "operating.md"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def _places(folder: Path) -> list[str]:
    return ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]


@pytest.fixture
def site(embedder: Embedder, tmp_path: Path) -> Path:
    """A folder with a corpus of a report with an odd name, its side file and an earlier copy, and its index."""
    assert embedder.name
    folder = tmp_path / "site"
    (folder / "corpus" / ".earlier").mkdir(parents=True)
    (folder / "corpus" / "oak\nshire é.txt").write_text(PAGE, encoding="utf-8")
    (folder / "corpus" / "oak\nshire é.txt.meta.json").write_text('{"licence": "OGL v3"}')
    (folder / "corpus" / ".earlier" / "old.txt").write_text("what stood there before")
    assert _run("build", *_places(folder)).exit_code == 0
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_is_restored_is_what_was_backed_up_and_answers_alike(site: Path, tmp_path: Path) -> None:
    kept, new = tmp_path / "kept.tar.gz", tmp_path / "new"
    assert "read again and whole" in _run("backup", kept, *_places(site)).stdout
    assert _run("restore", kept, *_places(new)).exit_code == 0
    assert _contents(new) == _contents(site)
    assert find_damage(new / "index") == []
    assert "Nothing changed" in _run("build", *_places(new)).stdout
    question = "What concerns are there about missing children?"
    answers = [_run("ask", question, *_places(each)).stdout for each in (site, new)]
    assert "two days" in answers[0]
    assert answers[0] == answers[1]


def test_a_backup_replaces_nothing_and_nothing_is_restored_over_anything(site: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar.gz"
    assert _run("backup", kept, *_places(site)).exit_code == 0
    before = kept.read_bytes()
    refused = _run("backup", kept, *_places(site))
    assert (refused.exit_code, kept.read_bytes()) == (1, before)
    assert "Name another file" in refused.stderr
    (site / "corpus" / "new.txt").write_text("new")
    for gone in ("corpus", "index", None):
        held = _contents(site)
        refused = _run("restore", kept, *_places(site))
        if gone:
            assert refused.exit_code == 1
            assert "Restore into an empty folder" in refused.stderr
            assert _contents(site) == held
            shutil.rmtree(site / gone)
        else:
            assert refused.exit_code == 0


def test_a_damaged_backup_is_refused_before_anything_is_put_back(site: Path, tmp_path: Path) -> None:
    kept, new = tmp_path / "kept.tar.gz", tmp_path / "new"
    assert _run("backup", kept, *_places(site)).exit_code == 0
    whole = kept.read_bytes()
    places = range(60, len(whole) - 8, len(whole) // 12)
    for damaged in [
        b"",
        b"no archive",
        *(whole[:at] for at in places),
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places),
    ]:
        kept.write_bytes(damaged)
        refused = _run("restore", kept, *_places(new))
        assert refused.exit_code == 1, refused.output
        assert refused.stderr.count("\n") == 1
        assert _contents(new) == {}


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/peelqa-outside.txt", "corpus/more.txt"])  # noqa: S108
def test_a_backup_with_a_file_too_many_or_one_that_leads_out_is_refused(site: Path, tmp_path: Path, name: str) -> None:
    kept, forged, new = tmp_path / "kept.tar.gz", tmp_path / "forged.tar.gz", tmp_path / "new"
    assert _run("backup", kept, *_places(site)).exit_code == 0
    extra = tmp_path / "extra"
    extra.write_text("extra")
    with tarfile.open(kept) as old, tarfile.open(forged, "w:gz") as made:
        for member in old:
            made.addfile(member, old.extractfile(member))
        made.add(extra, name)
        made.getmembers()[-1].name = name
    assert _run("restore", forged, *_places(new)).exit_code == 1
    assert _contents(new) == {}
    assert not (tmp_path / "outside.txt").exists()


def test_no_backup_is_made_while_an_index_is_built_or_of_one_that_is_damaged(site: Path, tmp_path: Path) -> None:
    with only_builder(site / "index"):
        assert "Another build is at work" in _run("backup", tmp_path / "kept.tar.gz", *_places(site)).stderr
    (open_index(site / "index").folder / "vectors.faiss").write_bytes(b"")
    assert _run("backup", tmp_path / "kept.tar.gz", *_places(site)).exit_code == 3
    assert list(tmp_path.glob("*kept*")) == []


def test_a_corpus_without_an_index_is_kept_and_the_next_step_named(site: Path, tmp_path: Path) -> None:
    shutil.rmtree(site / "index")
    assert "without an index" in _run("backup", tmp_path / "kept.tar.gz", *_places(site)).stdout
    assert "Run: peelqa build" in _run("restore", tmp_path / "kept.tar.gz", *_places(tmp_path / "new")).stdout


def test_the_drill_on_the_page_of_care_works_as_it_is_written(site: Path, tmp_path: Path) -> None:
    drill = re.search(r"<!-- drill -->\n\n((?:    .*\n)+)", PAGE_OF_CARE.read_text())
    assert drill
    script = "set -eu\n" + re.sub(r"^    ", "", drill[1], flags=re.M)
    program = tmp_path / "peelqa"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m peelqa "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "HOME": str(Path.home()),
        "PEELQA_CORPUS": str(site / "corpus"), "PEELQA_INDEX": str(site / "index"), "TMPDIR": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "every file and every report's text is whole" in done.stdout
