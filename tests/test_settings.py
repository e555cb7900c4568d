"""The settings: what the environment says, checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from peelqa.errors import BadInput
from peelqa.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PEELQA_")]:
        monkeypatch.delenv(name)


def test_each_setting_is_read_as_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "CORPUS": "/reports",
        "INDEX": "/index",
        "CANDIDATES": "12",
        "VECTORS": "fast",
        "FEEDBACK": "/said",
        "HOSTS": "a",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PEELQA_{name}", value)
    assert read_settings() == Settings(
        corpus=Path("/reports"), index=Path("/index"), candidates=12, vectors="fast", feedback=Path("/said"), hosts="a"
    )


def test_without_variables_the_defaults_hold() -> None:
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PEELQA_CANDIDATES", "2", "PEELQA_CANDIDATES is '2'. Expected int >= 3."),
        ("PEELQA_CANDIDATES", "many", "PEELQA_CANDIDATES is 'many'. Expected int"),
        ("PEELQA_VECTORS", "quick", "PEELQA_VECTORS is 'quick'. It is one of auto, exact, fast."),
        ("PEELQA_INDEX", "milvus://", "after the host stands the index's name"),
        ("PEELQA_CORPSE", "/reports", "There is no setting PEELQA_CORPSE."),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_could_be(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        read_settings()
