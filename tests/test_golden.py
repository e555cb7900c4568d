"""An index of every format that was ever in use: today's program opens it, or refuses it with the command to run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from peelqa.cli import main
from peelqa.embedding import Embedder
from peelqa.errors import IndexOutOfDate
from peelqa.index import EVERYTHING, find_damage, open_index
from peelqa.index.build import build_index
from peelqa.index.generations import FORMAT
from peelqa.reports.report import Report

GOLDEN = Path(__file__).parent / "golden"
FORMATS = sorted(path.name for path in GOLDEN.iterdir())


@pytest.fixture(params=FORMATS)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The name of a format and a copy of its index."""
    return request.param, Path(shutil.copytree(GOLDEN / request.param, tmp_path / "index"))


def test_todays_format_is_among_them() -> None:
    assert f"format-{FORMAT}" in FORMATS, "Run: .venv/bin/python scripts/golden"
    assert len(FORMATS) > 1


def test_an_index_of_any_format_opens_whole_or_is_refused_with_the_command(
    golden: tuple[str, Path], embedder: Embedder
) -> None:
    name, folder = golden
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if name == f"format-{FORMAT}":
        opened = open_index(folder)
        opened.check_model(embedder)
        assert opened.warning is None
        assert "Wexhaven" in opened.report(opened.report_ids()[0]).text
        assert opened.matching(["child"], 3, EVERYTHING)
        assert find_damage(folder) == []
    else:
        with pytest.raises(IndexOutOfDate, match=r"is in format \d+, not \d+\. Run: peelqa build"):
            open_index(folder)
    assert all(path.read_bytes() == data for path, data in before.items())


def test_a_build_takes_the_place_of_an_index_of_any_format_and_leaves_nothing_to_complain_of(
    golden: tuple[str, Path], report: Report, embedder: Embedder
) -> None:
    _, folder = golden
    build_index(folder, [report], embedder)
    assert open_index(folder).report_ids() == (report.id,)
    assert find_damage(folder) == []


def test_checking_an_index_of_another_format_does_not_call_it_damaged(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "format-1", tmp_path / "index")
    shown = CliRunner().invoke(main, ["verify", "--index", str(tmp_path / "index")])
    assert shown.exit_code == 1
    assert "Run: peelqa build" in shown.stderr
    assert "damaged" not in shown.stderr
