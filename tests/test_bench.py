"""The benchmark's made-up corpora and its way of stating figures."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.bench.bench import Bench
from eval.bench.command import OWN_SIZE, ROWS, main
from eval.bench.corpora import made_questions, write_corpus, write_vectors_file
from eval.bench.environments import PEERS, Asked, NotRun, Peer, install
from eval.bench.figures import CHARTED, Corpus, Figure, _charted, commit, keep, read_kept
from peelqa.errors import BadInput


def test_a_corpus_is_the_same_at_every_run(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(tmp_path / name, 60)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 2
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files)
    assert (tmp_path / "one" / files[0]).read_bytes() != (tmp_path / "one" / files[1]).read_bytes()


def test_questions_differ() -> None:
    assert len(set(made_questions(60))) == 60
    assert made_questions(60) == made_questions(60)


def test_made_up_vectors_have_unit_length_and_are_the_same_at_every_run(tmp_path: Path) -> None:
    one, two = (write_vectors_file(tmp_path / f"{name}.npy", 500, 16) for name in "ab")
    assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure("r", "w", 1.0, 1.2), "yes"),
        (Figure("r", "w", 1.3, 1.2), "no"),
        (Figure("r", "w", 1.3, 1.2, cpu=1.1), "by CPU time"),
        (Figure("r", "w", 1.1, 1.2, cpu=1.3), "by wall time"),
        (Figure("r", "w", 2.0, 1.4, at_most=False), "yes"),
        (Figure("r", "w", None, 1.4), "not run"),
        (Figure("r", "w", 3.0), ""),
    ],
)
def test_a_figure_says_whether_it_is_as_it_should_be(figure: Figure, said: str) -> None:
    assert figure.reached == said


def test_rows_that_are_run_apart_are_kept_together_and_what_was_not_run_is_said(tmp_path: Path) -> None:
    keep(tmp_path, CHARTED, [Figure("one", "this / that", 0.5, 0.6, spread=(0.4, 0.6))], {"load": "1"})
    keep(tmp_path, CHARTED, [Figure("two", "this / other", None, 0.6, note="not run: no wheel")], {"load": "2"})
    page = (tmp_path / "results.md").read_text()
    assert "| this / that | 0.5 | at most 0.6 | yes |  | 0.4 to 0.6 |  |" in page
    assert "not run: no wheel" in page
    assert {each.row for each in read_kept(tmp_path)} == {"one", "two"}
    assert (tmp_path / "results.png").stat().st_size


def test_figures_replace_those_of_the_same_row_on_the_same_corpus_and_no_others(tmp_path: Path) -> None:
    small, real = Corpus(1_000), Corpus(7_421, folder="reports")
    for corpus, value in (
        (CHARTED, 1.0),
        (small, 2.0),
        (real, 3.0),
        (small, 4.0),
        (Corpus(7_422, folder="reports"), 5.0),
    ):
        keep(tmp_path, corpus, [Figure("warm", "this / that", value)], {})
    headings = [line for line in (tmp_path / "results.md").read_text().splitlines() if line.startswith("## ")]
    assert headings == [
        "## warm, 10,000 made-up passages",
        "## warm, 1,000 made-up passages",
        "## warm, real reports in reports (7,422 passages)",
    ]
    assert [each.figures[0].value for each in read_kept(tmp_path)] == [1, 4, 5]


def test_the_chart_shows_one_corpus_and_the_rows_with_a_size_of_their_own(tmp_path: Path) -> None:
    own = Corpus(1_000_000, "vectors", own=True)
    for row, corpus in (
        ("warm", CHARTED),
        ("warm", Corpus(1_000)),
        ("warm", Corpus(9, folder="reports")),
        ("million", own),
    ):
        keep(tmp_path, corpus, [Figure(row, f"{row} ratio", 0.5, 1.0), Figure(row, "no target", 1.0)], {})
    assert _charted(read_kept(tmp_path)) == [
        ("million ratio (1,000,000 made-up vectors)", 0.5),
        ("warm ratio", 0.5),
    ]


def test_results_of_an_earlier_form_are_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"rows": {}}))
    with pytest.raises(BadInput, match="Remove it and measure all rows again"):
        read_kept(tmp_path)
    result = CliRunner().invoke(main, ["parts", "--out", str(tmp_path), "--work", str(tmp_path / "work")])
    assert result.exit_code == 1
    assert "Remove it" in result.output
    assert not (tmp_path / "work").exists()


def test_a_row_on_made_up_data_is_not_measured_as_one_on_real_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inspections").mkdir()
    monkeypatch.setattr("eval.bench.command.Bench.corpus", Corpus(12, folder="inspections"))
    for row in ROWS:
        monkeypatch.setitem(ROWS, row, partial(_one_figure, row))
    options = ["--reports", str(tmp_path / "inspections"), "--out", str(tmp_path)]
    assert CliRunner().invoke(main, ["million", *options]).exit_code == 2
    assert CliRunner().invoke(main, options).exit_code == 0
    assert {each.row for each in read_kept(tmp_path)} == set(ROWS) - set(OWN_SIZE)
    assert all("measured" in each.about for each in read_kept(tmp_path))


def _one_figure(row: str, _: Bench) -> list[Figure]:
    return [Figure(row, "this / that", 1.0)]


def test_a_commit_is_named_and_its_tree_s_changes_besides_results_are_marked(tmp_path: Path) -> None:
    assert commit(tmp_path) == ""
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org")
    for arguments in (("init", "--quiet"), ("commit", "--quiet", "--allow-empty", "--message", "first")):
        subprocess.run([*git, *arguments], check=True)
    clean = commit(tmp_path)
    assert clean
    (tmp_path / "eval" / "bench").mkdir(parents=True)
    (tmp_path / "eval" / "bench" / "results.md").write_text("measured")
    assert commit(tmp_path) == clean
    (tmp_path / "code.py").write_text("changed")
    assert commit(tmp_path) == f"{clean}+"


def test_the_peak_of_a_peer_s_memory_is_its_own_and_not_that_of_who_started_it() -> None:
    held = b"1" * 300_000_000
    folder = Path(__file__).parents[1] / "eval" / "bench" / "peers"
    code = "import loop; print(loop._memory(), loop._peak())"
    said = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True).stdout
    resident, peak = map(int, said.split())
    assert 0 < resident <= peak < len(held)


def test_a_peer_that_cannot_be_installed_is_not_run_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")  # which makes no environment
    with pytest.raises(NotRun, match="no reason was given"):
        install(Peer("nothing", "nothing", ()), tmp_path)


def test_a_peer_that_breaks_down_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(NotRun, match="exit status"):
        Asked(["/bin/false"])


def test_every_peer_has_its_script() -> None:
    folder = Path(__file__).parents[1] / "eval" / "bench" / "peers"
    assert all((folder / f"{peer.script}.py").is_file() for peer in PEERS)


def test_every_package_of_a_peer_is_pinned() -> None:
    assert all("==" in package for peer in PEERS for package in peer.packages)
