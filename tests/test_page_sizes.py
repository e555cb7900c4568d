"""Pages stay small where there is much to show: a whole comparison, and lists of many reports."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.comparison import MOST_CELLS, compare
from peelqa.passages import Quotation
from peelqa.quoting import LONGEST_QUOTATION, RelevantQuotation
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app

LARGEST_PAGE = 60_000
"""Bytes."""
QUESTION = "What concerns exist about child protection?"


def serve(library: Library) -> TestClient:
    return TestClient(create_app(library, web_folder(), Settings(asks_per_minute=0)))


def test_a_whole_comparison_makes_no_large_page(sample_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compare(sample_library, QUESTION, bodies=["Aldermere Police"], years=[2014, 2018])
    fullest = max(found.rows[0], key=lambda cell: len(cell.answer.quotes) if cell.answer else 0)
    assert fullest.answer
    assert len(fullest.answer.quotes) >= 2
    longest = fullest_quotation(sample_library)
    assert len(longest.text.split()) > 65
    answer = replace(fullest.answer, quotes=(RelevantQuotation(longest, 0.9), *fullest.answer.quotes[:1]))
    cell = replace(fullest, answer=answer)
    whole = replace(found, columns=(2014, 2018), rows=((cell, cell),) * (MOST_CELLS // 2))

    async def compare_all(*_: object) -> dict[str, Any]:
        return whole.to_json()

    monkeypatch.setattr("peelqa.web.comparing._compare", compare_all)
    page = serve(sample_library).post("/compare", data={"question": QUESTION})
    assert page.text.count("<blockquote>") == MOST_CELLS
    assert "Each cell shows its best quotation." in page.text
    assert len(page.content) < LARGEST_PAGE


def fullest_quotation(library: Library) -> Quotation:
    """Return the longest run of whole units that a quotation may hold."""
    runs = (
        passage.quote(passage.units[first].start_char, passage.units[last].end_char)
        for report in library.index.reports
        for passage in library.index.passages_of(report.id)
        for first in range(len(passage.units))
        for last in range(first, len(passage.units))
    )
    allowed = (run for run in runs if len(run.text.split()) <= LONGEST_QUOTATION)
    return max(allowed, key=lambda run: len(run.text))


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
