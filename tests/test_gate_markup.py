"""Two hundred payloads, wherever words of readers or of reports are shown, leave the structure of pages as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count as counting
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Answer, Library
from peelqa.catalogue import Catalogue
from peelqa.embedding import Embedder
from peelqa.index import Index, open_index
from peelqa.index.build import build_index
from peelqa.index.cards import card_of
from peelqa.passages import Passage
from peelqa.quoting import RelevantQuotation
from peelqa.reports.corpus import read_report
from peelqa.reports.report import Report
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.examples import Examples
from tests.conftest import PAGE

QUESTION = "What concerns are there about missing children?"
_MARKUP = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "<svg/onload=alert(1)>",
           "{{7*7}}", "{% raw %}", "</textarea><b>", "</title><b>", "<!--", "]]>", "javascript:alert(1)", "&lt;b&gt;",
           "<a href=//evil>", "<style>*{}</style>", "\u202e<b>", "<base href=//evil>", "<iframe>", "--><b>", "`${1}`", "<b"]  # fmt: skip
PAYLOADS = [
    prefix + payload + suffix for payload in _MARKUP for prefix in ("", "x ") for suffix in ("", " y", "?", ">", '"')
]
HOLE = "m" * 40
"""Stands where a payload of the same length will stand, so that every offset stays right."""
Skeleton = list[str]


def skeleton(page: str) -> Skeleton:
    """Return the tags of a page without the values of their attributes, which templates put in double quotes alone."""
    return [tag for tag in re.findall("<[^<>]*>?", re.sub('"[^"]*"', '""', page)) if "mark" not in tag]


@pytest.mark.parametrize("payload", ['"><img src=x onerror=alert(1)>', "<b", '" onclick="x', "<!--"])
def test_a_skeleton_shows_what_a_payload_that_is_not_escaped_changes(payload: str, count: Callable[..., None]) -> None:
    page = '<p class="{0}">{0}</p><a href="/">Start</a>'
    assert skeleton(page.format(payload)) != skeleton(page.format("harmless"))
    count(seen_unescaped=1)


def test_there_are_two_hundred_different_payloads() -> None:
    assert len(set(PAYLOADS)) == 200


class HostileIndex:
    """An index whose one report says something else of itself and in its text."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.fill(index.report("oakshire-2014"))

    def fill(self, report: Report) -> None:
        self._report = report
        self.reports = (card_of(report),)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def report(self, _: str) -> Report:
        return self._report

    def passages_of(self, report_id: str) -> tuple[Passage, ...]:
        return tuple(replace(each, report=self._report) for each in self._index.passages_of(report_id))

    def passage(self, row: int) -> Passage:
        return replace(self._index.passage(row), report=self._report)


class FreshCatalogue(Catalogue):
    """A catalogue that looks at its index anew for each search."""

    @property
    def _values(self) -> Any:
        return Catalogue._values.func(self)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def no_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for no example questions, which takes long and shows nothing of a payload."""
    monkeypatch.setattr(Examples, "find", lambda _: None)


@pytest.fixture(scope="module")
def holed(library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of one report with holes in its heading, its sentences and its grade."""
    folder = tmp_path_factory.mktemp("holed")
    path = folder / "oakshire-2014.txt"
    text = PAGE
    for words in ("The force recovers stolen bicycles quickly", "officers rarely tell the owners", "for an officer"):
        assert words in text
        text = text.replace(words, f"{words} {HOLE}")
    path.write_text(text, encoding="utf-8")
    report = read_report(path, name=path.name, report_id="oakshire-2014")
    build_index(folder / "index", [report], embedder)
    return replace(library, index=open_index(folder / "index"))


def filled(report: Report, payload: str) -> Report:
    """Put a payload into every field and hole of a report."""
    told = payload.ljust(len(HOLE), "m")
    return replace(
        report,
        text=report.text.replace(HOLE, told),
        title=told,
        body=told,
        publisher=told,
        framework=told,
        licence=told,
        source_name=f"{told}.txt",
        url=f"https://reports.example/{told}",
        warnings=(told,),
        sections=tuple(replace(each, heading=told, theme=told) for each in report.sections),
        grades=tuple(replace(each, about=told, value=told) for each in report.grades),
    )


def filled_answer(answer: Answer, report: Report) -> Answer:
    """Return an answer that quotes a report in another state."""

    def fill(each: RelevantQuotation) -> RelevantQuotation:
        return replace(each, quotation=replace(each.quotation, passage=replace(each.quotation.passage, report=report)))

    return replace(answer, quotes=tuple(map(fill, answer.quotes)), nearest=tuple(map(fill, answer.nearest)))


def test_payloads_in_reports_leave_every_page_as_it_is(
    holed: Library, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    answer = holed.ask(QUESTION)
    declined = holed.ask("Who won the football cup?")
    assert answer.quotes
    assert HOLE in answer.quotes[0].quotation.text
    assert declined.nearest
    plain = holed.index.report("oakshire-2014")

    def pages(payload: str) -> Mapping[str, Skeleton]:
        report = filled(plain, payload)
        index.fill(report)
        shown = {
            path: skeleton(client.get(path).text)
            for path in ("/", "/search?q=missing+children&exact=true", "/search?q=children&format=print", "/compare",
                         "/grades", "/reports", "/reports/oakshire-2014/findings",
                         f"/reports/oakshire-2014?start={span.start_char}&end={span.end_char}")
        }  # fmt: skip
        for name, made in (("answered", answer), ("declined", declined)):
            monkeypatch.setattr(Library, "ask", lambda *_, made=made, **__: filled_answer(made, report))
            # A question that was not asked before, since answers to others are remembered.
            shown[name] = skeleton(client.post("/ask", data={"question": f"{name} {next(numbers)}"}).text)
        return shown

    numbers = counting()
    index: Any = HostileIndex(holed.index)
    span = answer.quotes[0].quotation
    monkeypatch.setattr("peelqa.web.site.Catalogue", FreshCatalogue)
    with TestClient(create_app(replace(holed, index=index), web_folder(), Settings(asks_per_minute=0))) as client:
        expected = pages("harmless")
        assert all(len(tags) > 30 for tags in expected.values())
        for payload in PAYLOADS:
            # What turns the direction of writing is warned of, which is one element more.
            if "\u202e" not in payload:
                shown = pages(payload)
                count(pages=len(shown), changed=sum(shown[name] != expected[name] for name in shown))
                assert shown == expected, payload


def test_payloads_in_questions_addresses_and_filters_leave_every_page_as_it_is(
    library: Library, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    answer = library.ask(QUESTION)
    monkeypatch.setattr(Library, "ask", lambda *_, **__: answer)

    def pages(client: TestClient, payload: str) -> Mapping[str, Skeleton]:
        told = payload.ljust(len(HOLE), "m")
        got = {
            name: client.get(path, params=fields)
            for name, path, fields in (
                ("search", "/search", {"q": told, "exact": "true"}), ("body", "/search", {"body": told}),
                ("theme", "/search", {"q": "children", "theme": told, "grade": told}), ("reports", "/reports", {"body": told}),
                ("grades", "/grades", {"area": told}), ("graded", "/grades", {"body": told}),
                ("link", "/answer", {"question": told, "body": told, "generation": told, "quotes": told}),
                ("wrong", "/search", {"page": told}), ("no report", f"/reports/{_path(told)}", {}),
                ("nothing", f"/nothing/{_path(told)}", {}),
            )
        }  # fmt: skip
        form = {
            "question": told,
            "body": told,
            "theme": told,
            "undone": told,
            "drop": told,
            "turn": f'{{"question":"{told}"}}',
        }
        got["asked"] = client.post("/ask", data={"question": told})
        got["filtered"] = client.post("/ask", data={"question": told, "body": told, "theme": told, "undone": told})
        got["compared"] = client.post("/compare", data={"question": told, "body": told})
        got["linked"] = client.post("/link", data={**form, "turn": ""})
        return {name: skeleton(page.text) for name, page in got.items()}

    with TestClient(create_app(library, web_folder(), Settings(asks_per_minute=0))) as client:
        expected = pages(client, "harmless")
        for payload in PAYLOADS:
            shown = pages(client, payload)
            count(pages=len(shown), changed=sum(shown[name] != expected[name] for name in shown))
            assert shown == expected, payload


def _path(told: str) -> str:
    return told.replace("/", "%2F").replace("?", "%3F").replace("#", "%23")


def test_a_file_name_with_markup_is_only_shown(holed: Library, tmp_path: Path) -> None:
    for payload in PAYLOADS[::10]:
        name = payload.replace("/", "") + ".txt"
        path = tmp_path / name
        path.write_text(PAGE, encoding="utf-8")
        report = read_report(path, name=name, report_id="oakshire-2014")
        index: Any = HostileIndex(holed.index)
        index.fill(report)
        client = TestClient(create_app(replace(holed, index=index), web_folder()))
        assert client.get("/api/reports/oakshire-2014").json()["file"] == name
        assert "<script>" not in skeleton(client.get("/reports/oakshire-2014").text)
