from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peelqa.answers import Library
from peelqa.embedding import Embedder, load_embedder
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.relevance import load_relevance
from peelqa.reports.corpus import list_corpus, read_report
from peelqa.reports.report import Report
from peelqa.reranking import Reranker
from peelqa.settings import sample_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = """Skip to content

Oakshire 2014

This is the first PEEL Assessment of Oakshire Police.

HMI's observations

The force recovers stolen bicycles quickly. However, officers rarely tell the owners.

Effectiveness

How well the force tackles crime

Last updated 14/11/2014
Ungraded

Inspectors were concerned to find that reports of missing children waited two days for an officer.

Efficiency

How well the force delivers value for money

Last updated 14/11/2014
Good

The force has saved nine million pounds and spends it on more detectives.

Legitimacy

Does the force act with integrity?

Last updated 14/11/2014
Ungraded

Staff understand the Code of Ethics.

Key facts – 2019/20

Population

1.20m people
up4% local 10 yr change
"""


GATES = pytest.StashKey[dict[str, Counter[str]]]()


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Add to a gate's figures, which are printed at the end of the run."""
    gate = request.module.__name__.rpartition("test_gate_")[2].replace("_", " ")
    figures = request.config.stash.setdefault(GATES, {}).setdefault(gate, Counter())

    def add(**counted: int) -> None:
        for what, number in counted.items():
            figures[what.replace("_", " ")] += number

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures of the gates that ran."""
    gates = config.stash.get(GATES, {})
    if gates:
        terminalreporter.section("gates")
    for gate, figures in sorted(gates.items()):
        told = ", ".join(f"{what} {number:,}" for what, number in figures.items())
        terminalreporter.write_line(f"{gate:<14} {told}")


@pytest.fixture
def seeded() -> random.Random:
    """Chaos that can be replayed: set TEST_SEED to the number that a failed run shows."""
    seed = int(os.environ.get("TEST_SEED", "20141127"))
    print(f"TEST_SEED={seed}")  # noqa: T201 - shown where a run fails, to replay it
    return random.Random(seed)  # noqa: S311 - chaos that can be replayed


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real reports, where they are."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the real reports in ../shared are not here")
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("corpus") / "oakshire-2014.txt"
    path.write_text(PAGE, encoding="utf-8")
    return read_report(path, name=path.name, report_id="oakshire-2014")


@pytest.fixture(scope="session")
def library(report: Report, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("index")
    build_index(folder, [report], embedder)
    return Library(open_index(folder), embedder, Reranker(), load_relevance())


@pytest.fixture(scope="session")
def seed_library(shared: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = shared / "reports" / "west-midlands-2014.txt"
    folder = tmp_path_factory.mktemp("seed")
    build_index(folder, [read_report(path, name=path.name, report_id=path.stem)], embedder)
    return Library(open_index(folder), embedder, Reranker(), load_relevance())


@pytest.fixture(scope="session")
def sample_library(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The built-in sample reports."""
    files = list_corpus(sample_folder())
    reports = [read_report(path, name=files.name(path), report_id=Path(files.name(path)).stem) for path in files.paths]
    folder = tmp_path_factory.mktemp("sample")
    build_index(folder, reports, embedder)
    return Library(open_index(folder), embedder, Reranker(), load_relevance())


@pytest.fixture(scope="session")
def sample_address(sample_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sample is served, with feedback turned on."""
    pytest.importorskip("playwright", reason="Playwright is not installed")
    from tests.browsing import serving

    with serving(sample_library, tmp_path_factory.mktemp("feedback") / "feedback.jsonl") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Of a module, since an event loop runs in this thread for as long as it is open."""
    pytest.importorskip("playwright", reason="Playwright is not installed")
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not here; install it (Debian: apt-get install chromium)")
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=switches)
        yield opened
        opened.close()
