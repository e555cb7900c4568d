"""The benchmark's made-up corpora and its way of stating figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval.bench.corpora import made_questions, write_corpus, write_vectors_file
from eval.bench.environments import PEERS, Asked, NotRun, Peer, install
from eval.bench.figures import Figure, keep


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
    keep(tmp_path, [Figure("one", "this / that", 0.5, 0.6, spread=(0.4, 0.6))], {"load": "1"})
    keep(tmp_path, [Figure("two", "this / other", None, 0.6, note="not run: no wheel")], {"load": "2"})
    page = (tmp_path / "results.md").read_text()
    assert "| this / that | 0.5 | at most 0.6 | yes |  | 0.4 to 0.6 |  |" in page
    assert "not run: no wheel" in page
    assert set(json.loads((tmp_path / "results.json").read_text())["rows"]) == {"one", "two"}
    assert (tmp_path / "results.png").stat().st_size


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
