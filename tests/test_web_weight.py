from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.asked import Asked

LARGEST_PAGE = 60_000
LARGEST_STATIC = 100_000
QUESTIONS = (
    "What concerns exist about child protection?",
    "How well is crime recorded?",
    "Why?",
    "Who won the cup in 1953?",
)
_LOADED = re.compile(r'(?:\ssrc|\saction|<link[^>]*\shref)="([^"]*)"')
_LINKED = re.compile(r'<a [^>]*href="(/[^"#]*)')


def client_of(library: Library, feedback: Path | None = None) -> TestClient:
    return TestClient(create_app(library, web_folder(), Settings(asks_per_minute=0, feedback=feedback)))


def crawled(client: TestClient, *starts: str) -> Iterator[tuple[str, str]]:
    """Yield every page that links lead to from a few, but exports and citations, which are files, and quotations in their reports, which are
    the reports' pages once more."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        path = waiting.pop()
        page = client.get(path)
        assert page.status_code == 200, path
        yield path, page.text
        links = {unescape(link) for link in _LINKED.findall(page.text)} - seen
        pages = sorted(link for link in links if not re.search(r"/citation|format=|start=|^/api/", link))
        seen.update(pages)
        waiting.extend(pages)


def conversation(client: TestClient) -> Iterator[tuple[str, str]]:
    """Yield the pages of a conversation as it grows, and a comparison."""
    turns: list[str] = []
    for question in QUESTIONS:
        yield f"asking {question}", client.post("/ask", data={"question": question, "turn": turns}).text
        turns.append(Asked(question=question).packed())
    yield "comparing", client.post("/compare", data={"question": "How well is crime investigated?"}).text


def assert_light(name: str, page: str) -> None:
    assert len(page.encode()) < LARGEST_PAGE, name
    assert [address for address in _LOADED.findall(page) if not address.startswith("/")] == [], name


@pytest.mark.parametrize("which", ["sample_library", "seed_library"])
def test_every_page_is_light_and_loads_nothing_from_elsewhere(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    client = client_of(request.getfixturevalue(which), tmp_path / "feedback.jsonl")
    seen = 0
    for name, page in (*crawled(client, "/", "/search?q=crime"), *conversation(client)):
        assert_light(name, page)
        seen += 1
    assert seen >= 20


def test_static_files_together_are_light() -> None:
    assert sum(path.stat().st_size for path in (web_folder() / "static").iterdir()) < LARGEST_STATIC
