from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.index import build_index, open_index
from peelqa.relevance import load_relevance
from peelqa.reports.corpus import read_report
from peelqa.reports.report import Report
from peelqa.reranking import Reranker
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.asked import Asked
from tests.conftest import PAGE
from tests.test_index import HASHED

_MARKUP = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "<svg/onload=alert(1)>",
           "{{7*7}}", "{% raw %}", "</textarea><b>", "</title><b>", "<!--", "]]>", "javascript:alert(1)", "&lt;b&gt;",
           "<a href=//evil>", "<style>*{}</style>", "</script><b>", "<base href=//evil>", "<iframe>", "--><b>", "`${1}`", "<b"]  # fmt: skip
PAYLOADS = [
    prefix + payload + suffix for payload in _MARKUP for prefix in ("", "x ") for suffix in ("", " y", "?", ">", '"')
]
_ADDRESSES = ("href", "src", "action")
_SCHEME = re.compile(r"\s*[a-z]+:", re.IGNORECASE)


class _Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes and what addresses lead to: what a payload would change."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        schemes = [match[0] for name, value in attrs if name in _ADDRESSES and (match := _SCHEME.match(value or ""))]
        self.tags.append((tag, *(name for name, _ in attrs), *schemes))


def skeleton(page: str) -> list[tuple[str, ...]]:
    parser = _Skeleton()
    parser.feed(page)
    parser.close()
    # Which words are marked follows from the words.
    return [each for each in parser.tags if each != ("mark",)]


def hostile_report(number: int, payload: str, folder: Path) -> Report:
    """Read a report that holds a payload wherever a report can hold something."""
    path = folder / f"{number}.txt"
    path.write_text(PAGE.replace("stolen bicycles", payload).replace("missing children", payload), encoding="utf-8")
    report = read_report(path, name=f"{payload}-{number}.txt", report_id=f"r{number}")
    sections = tuple(replace(each, heading=f"{payload} {at}", theme=payload) for at, each in enumerate(report.sections))
    return replace(
        report,
        title=payload,
        body=f"Force {number:03} {payload}",
        publisher=payload,
        framework=payload,
        licence=payload,
        url=f"https://reports.example/{payload}" if number % 2 else payload,
        warnings=(payload,),
        sections=sections,
        grades=tuple(replace(each, about=payload) for each in report.grades),
    )


def serve(payloads: list[str], folder: Path) -> TestClient:
    folder.mkdir()
    reports = [hostile_report(number, payload, folder) for number, payload in enumerate(payloads)]
    build_index(folder / "index", reports, HASHED)
    library = Library(open_index(folder / "index"), HASHED, Reranker(), load_relevance())
    app = create_app(library, web_folder(), Settings(asks_per_minute=0))
    return TestClient(app, raise_server_exceptions=False)


def test_payloads_in_reports_leave_the_structure_of_every_page_as_it_is(tmp_path: Path) -> None:
    assert len(set(PAYLOADS)) == 200
    hostile = serve(PAYLOADS, tmp_path / "hostile")
    plain = serve([f"harmless{number}" for number in range(len(PAYLOADS))], tmp_path / "plain")
    path = "/reports/r{}?start=60&end=80"
    expected = [skeleton(plain.get(path.format(number)).text) for number in (0, 1)]
    for number, payload in enumerate(PAYLOADS):
        assert skeleton(hostile.get(path.format(number)).text) == expected[number % 2], payload
    # Of the passages, some of each kind of markup.
    for page in range(1, 160, 8):
        path = f"/search?sort=body&page={page}"
        assert skeleton(hostile.get(path).text) == skeleton(plain.get(path).text), path
    for path in ("/", "/reports", "/search", "/search?format=print", "/compare", "/grades", "/about", "/api"):
        assert skeleton(hostile.get(path).text) == skeleton(plain.get(path).text), path


@pytest.fixture
def client(library: Library, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    answer = library.ask("What concerns are there about missing children?")
    monkeypatch.setattr(Library, "ask", lambda *_, **__: answer)
    return TestClient(create_app(library, web_folder(), Settings(asks_per_minute=0)), raise_server_exceptions=False)


def pages(client: TestClient, payload: str) -> Iterator[tuple[str, str]]:
    """Yield the pages that repeat something of what was sent, or might."""
    in_path = quote(payload, safe="")
    for path in (f"/nothing/{in_path}", f"/{in_path}", f"/reports/{in_path}"):
        yield path, client.get(path).text
    for path, name in (("/search", "q"), ("/search", "body"), ("/search", "theme"), ("/grades", "body"), ("/grades", "area"),
                       ("/reports", "body"), ("/answer", "quotes"), ("/answer", "body"), ("/answer", "generation")):  # fmt: skip
        yield f"{path} {name}", client.get(path, params={"exact": "true", "question": "harmless", name: payload}).text
    asked = {"question": payload, "body": payload, "theme": payload, "finding": payload}
    turn = Asked(question=payload, body=(payload,)).packed()
    for path in ("/ask", "/compare", "/link"):
        yield path, client.post(path, data={**asked, "turn": turn, "undone": payload, "generation": payload}).text
    yield "fragment", client.post("/ask", data=asked, headers={"Peelqa-Fragment": "yes"}).text


def test_payloads_in_questions_filters_and_addresses_leave_the_structure_as_it_is(client: TestClient) -> None:
    plain = [skeleton(page) for _, page in pages(client, "harmless")]
    for payload in PAYLOADS:
        for (name, page), structure in zip(pages(client, payload), plain, strict=True):
            assert skeleton(page) == structure, (name, payload)
            assert "<script>alert" not in page
