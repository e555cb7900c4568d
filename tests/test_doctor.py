from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from peelqa.cli import main
from peelqa.cli.machine import Check, Stock, look_at_machine
from peelqa.embedding import Embedder
from peelqa.index.build import build_index
from peelqa.reports.report import Report
from peelqa.settings import Settings

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def index(report: Report, embedder: Embedder, tmp_path: Path) -> Path:
    build_index(tmp_path / "index", [report], embedder)
    return tmp_path / "index"


def _doctor(index: Path, **environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    """What `doctor` finds, by part, and its exit status."""
    shown = CliRunner().invoke(main, ["doctor", "--json", "--index", str(index)], env=environment)
    return shown.exit_code, {each["part"]: each for each in json.loads(shown.stdout)}


def test_a_whole_installation_is_well_and_says_what_would_run_out_first(index: Path) -> None:
    status, found = _doctor(index)
    assert status == 0
    assert found["index"]["state"] == "ok"
    assert "30 questions a minute" in found["limits of serving"]["says"]
    assert "times what is needed" in found["would run out first"]["says"]


def test_no_whole_generation_exits_3_and_another_format_1_both_with_the_command(index: Path) -> None:
    for place in index.glob("gen-*"):
        (place / "store.sqlite").write_bytes(b"")
    status, found = _doctor(index)
    assert (status, found["index"]["state"]) == (3, "wrong")
    assert found["index"]["advice"] == "Run: peelqa build"
    shutil.copytree(GOLDEN / "format-1", index.parent / "old")
    status, found = _doctor(index.parent / "old")
    assert (status, found["index"]["state"]) == (1, "wrong")
    assert "format 1" in found["index"]["says"]


def test_what_a_build_left_and_limits_that_were_taken_off_are_warned_of(index: Path) -> None:
    (index / ".building-gen-x").mkdir()
    status, found = _doctor(index, PEELQA_ASKS_PER_MINUTE="0")
    assert status == 0
    assert found["unfinished builds"]["state"] == found["limits of serving"]["state"] == "warning"
    assert "PEELQA_ASKS_PER_MINUTE" in found["limits of serving"]["advice"]


def test_a_python_or_package_with_known_weaknesses_is_warned_of(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peelqa.cli.checkup._SAFE_PYTHON", (99, 0, 0))
    monkeypatch.setattr("peelqa.cli.checkup.FLOORS", {"lxml": "99.0"})
    status, found = _doctor(index)
    assert status == 0
    assert found["Python"]["state"] == found["package lxml"]["state"] == "warning"
    assert "99.0 or newer" in found["package lxml"]["advice"]


@pytest.mark.parametrize(("has", "state"), [(10.0, "ok"), (4.0, "ok"), (3.9, "warning"), (0.0, "warning")])
def test_what_is_short_is_said_before_it_runs_out(has: float, state: str) -> None:
    stock = Stock("disk", has, 2.0, "shown", "advice")
    assert stock.check() == Check("disk", state, "shown", "advice" if state == "warning" else "")  # type: ignore[arg-type]


def test_the_stock_that_lasts_least_is_named_first_to_run_out(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda place: usage(0, 0, 2**20 if "index" in str(place) else 2**50))
    last = list(look_at_machine(Settings(index=index)))[-1]
    assert last.part == "would run out first"
    assert last.state == "warning"
    assert last.says.startswith("disk of the index, which has 0.0 times")
