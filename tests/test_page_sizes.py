"""The largest pages stay small, on the sample and on a real report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, product

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.comparison import MOST_CELLS, compare
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.asked import Asked

LARGEST_PAGE = 60_000
LARGEST_STATIC = 100_000
"""Bytes."""
QUESTION = "What concerns exist about child protection?"


def serve(library: Library) -> TestClient:
    return TestClient(create_app(library, web_folder(), Settings(asks_per_minute=0)))


def report_pages(client: TestClient, library: Library) -> Iterator[tuple[str, int]]:
    """Yield the size of every part of every report, and of what was found in it."""
    for report in library.index.reports:
        for path in (f"/reports/{report.id}", f"/reports/{report.id}/findings"):
            for part in count(1):
                page = client.get(path, params={"part": part})
                assert page.status_code == 200
                yield f"{path}?part={part}", len(page.content)
                if 'rel="next"' not in page.text:
                    break


def other_pages(client: TestClient, library: Library) -> Iterator[tuple[str, int]]:
    """Yield the sizes of all other pages in their fullest states."""
    bodies = sorted({report.body for report in library.index.reports if report.body})
    paths = [
        "/",
        "/search",
        "/search?q=the",
        "/compare",
        "/grades",
        "/reports",
        "/about",
        "/accessibility",
        "/privacy",
        "/api",
    ]
    for path in (*paths, *(f"/grades?body={body}" for body in bodies)):
        yield path, len(client.get(path).content)
    turns = [Asked(question=f"{QUESTION} {number}").packed() for number in range(5)]
    yield "/ask", len(client.post("/ask", data={"question": QUESTION, "turn": turns}).content)


def test_the_sample_makes_no_large_page(sample_library: Library) -> None:
    client = serve(sample_library)
    sizes = dict((*report_pages(client, sample_library), *other_pages(client, sample_library)))
    assert len(sizes) > 30
    assert {path: size for path, size in sizes.items() if size >= LARGEST_PAGE} == {}


def test_a_real_report_makes_no_large_page(seed_library: Library) -> None:
    client = serve(seed_library)
    sizes = dict((*report_pages(client, seed_library), *other_pages(client, seed_library)))
    assert {path: size for path, size in sizes.items() if size >= LARGEST_PAGE} == {}


def test_a_whole_comparison_makes_no_large_page(sample_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compare(sample_library, QUESTION, bodies=["Aldermere Police"], years=[2014, 2018])
    fullest = max(found.rows[0], key=lambda cell: len(cell.answer.quotes) if cell.answer else 0)
    assert fullest.answer
    assert len(fullest.answer.quotes) == 2
    whole = replace(found, columns=(2014, 2018), rows=((fullest, fullest),) * (MOST_CELLS // 2))
    monkeypatch.setattr("peelqa.web.comparing.compare", lambda *_, **__: whole)
    page = serve(sample_library).post("/compare", data={"question": QUESTION})
    assert page.text.count("<blockquote>") == 2 * MOST_CELLS
    assert len(page.content) < LARGEST_PAGE


def test_a_library_of_many_reports_makes_no_large_list(sample_library: Library) -> None:
    cards = sample_library.index.reports
    many = tuple(
        replace(
            card, id=f"{card.id}-{number}", title=f"{card.title}, a copy with a long name", body=f"{card.body} {number}"
        )
        for card, number in product(cards, range(40))
    )
    index = object.__new__(type(sample_library.index))
    index.__dict__.update({**sample_library.index.__dict__, "reports": many})
    client = serve(replace(sample_library, index=index))
    for path in ("/reports", "/reports?page=2", "/grades", "/grades?page=2", "/compare"):
        page = client.get(path)
        assert page.status_code == 200
        assert len(page.content) < LARGEST_PAGE, path


def test_static_files_together_are_small() -> None:
    assert 0 < sum(path.stat().st_size for path in (web_folder() / "static").iterdir()) < LARGEST_STATIC
