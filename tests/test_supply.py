from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
AGAIN = "Run: .venv/bin/python scripts/lock"


def locked() -> list[tuple[Requirement, list[str]]]:
    """The packages of requirements.txt with their hashes."""
    text = re.sub(r"#.*", "", (ROOT / "requirements.txt").read_text()).replace("\\\n", " ")
    parted = [line.split("--hash=") for line in text.splitlines() if line.strip()]
    return [(Requirement(line[0]), [each.strip() for each in line[1:]]) for line in parted]


def pinned() -> Mapping[str, str]:
    lines = (ROOT / "constraints.txt").read_text().split()
    return {str(canonicalize_name(name)): version for name, _, version in (line.partition("==") for line in lines)}


def needed(requirements: Iterable[str]) -> Iterator[str]:
    """The names of packages and of all that they need, as far as they are installed here."""
    seen: set[str] = set()
    left = [Requirement(each) for each in requirements]
    while left:
        one = left.pop()
        applies = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *one.extras))
        if str(one) in seen or not applies:
            continue
        seen.add(str(one))
        yield canonicalize_name(one.name)
        try:
            further = requires(one.name) or []
        except PackageNotFoundError:
            continue
        for each in map(Requirement, further):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
                each.marker = None
                left.append(each)


def test_every_package_that_peelqa_runs_on_is_locked_as_it_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = set(needed([*project["project"]["dependencies"], *project["build-system"]["requires"]]))
    found = {canonicalize_name(each.name) for each, _ in locked()}
    assert wanted - found == set(), AGAIN
    assert len(wanted) > 50
    for each, _ in locked():
        assert str(each.specifier) == f"=={pinned()[canonicalize_name(each.name)]}", AGAIN


def test_every_locked_package_has_hashes_and_none_an_address() -> None:
    for each, hashes in locked():
        assert hashes, each.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), each.name
        assert each.url is None
    for name in ("requirements.txt", "constraints.txt"):
        assert not re.search(r"https?:|--(?:extra-)?index-url|--find-links", (ROOT / name).read_text())


def test_no_package_is_pinned_below_a_version_with_known_weaknesses() -> None:
    from peelqa.cli.checkup import FLOORS, numbers

    versions = pinned()
    assert [name for name, floor in FLOORS.items() if numbers(versions[name]) < numbers(floor)] == []


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The audit with its tool for looking up weaknesses taken away from the network."""
    pytest.importorskip("cyclonedx_py", reason="the audit extra is not installed")
    folder = tmp_path_factory.mktemp("audit")
    unreachable = {"HTTPS_PROXY": "http://127.0.0.1:9", "PATH": "", "PIP_AUDIT_TIMEOUT": "1"}
    command = [sys.executable, str(ROOT / "scripts" / "audit"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=unreachable), folder


def test_the_bill_of_materials_lists_what_is_installed(
    audited: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    bill = json.loads((audited[1] / "sbom.cdx.json").read_text())
    listed = {canonicalize_name(each["name"]): each["version"] for each in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert listed["starlette"] == pinned()["starlette"]
    assert {canonicalize_name(each.name) for each, _ in locked()} - set(listed) <= {"hatchling", "trove-classifiers"}


def test_weaknesses_that_could_not_be_looked_up_are_not_taken_for_none(
    audited: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    assert audited[0].returncode == 2
    assert "could not be looked up" in audited[0].stdout
