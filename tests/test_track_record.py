from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_the_track_record_names_is_there() -> None:
    written = "".join(path.read_text() for path in ROOT.glob("tests/test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", written, re.M))
    named = re.findall(r"`(test_\w+)`", (ROOT / "TRACK_RECORD.md").read_text())
    assert len(named) > 30
    assert [name for name in named if name not in there] == []


def test_every_defect_has_what_found_it_and_what_catches_it() -> None:
    rows = [
        line.split("|")[1:-1] for line in (ROOT / "TRACK_RECORD.md").read_text().splitlines() if line.startswith("|")
    ]
    finders = {
        "found by",
        "---",
        "measuring",
        "review",
        "property test",
        "real report",
        "user trial",
        "load run",
        "golden index",
        "gate",
    }
    for row in rows:
        assert len(row) == 3, row
        assert row[1].strip() in finders
