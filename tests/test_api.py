"""The API's description is true, and the API gives what the pages show."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.findings import Finding
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.specimens import specimens

REPORT = "/api/reports/aldermere-2014"
ASKED = {
    "filters": "/api/filters",
    "reports": "/api/reports",
    "report": REPORT,
    "about": "/api/about",
    "search": "/api/search?q=custody&finding=concern",
    "grades": "/api/grades?body=Aldermere+Police",
    "findings": f"{REPORT}/findings?finding=concern",
}
PAGES = {
    "/": "/api/ask", "/search": "/api/search", "/compare": "/api/compare", "/grades": "/api/grades",
    "/reports": "/api/reports", "/reports/{report_id}": "/api/reports/{report_id}",
    "/reports/{report_id}/findings": "/api/reports/{report_id}/findings", "/about": "/api/about",
}  # fmt: skip
"""Every page with data of the reports; the others say something of the service, or are doors of these."""


@pytest.fixture(scope="module")
def client(sample_library: Library) -> TestClient:
    return TestClient(create_app(sample_library, web_folder(), Settings(asks_per_minute=0)))


def names(value: Any) -> Any:
    """Return every name of an object and of the objects in it, those without a value too."""
    if isinstance(value, dict):
        return set(value) | set(itertools.chain.from_iterable(names(each) for each in value.values()))
    return names(value[0]) if isinstance(value, list) and value else set()


@pytest.mark.parametrize("name", ASKED)
def test_an_example_has_the_names_of_what_is_given(client: TestClient, name: str) -> None:
    given = client.get(ASKED[name])
    assert given.status_code == 200
    assert names(given.json()) == names(specimens()[name]["give"])


@pytest.mark.parametrize("name", ["ask", "compare"])
def test_an_example_of_a_question_can_be_asked_and_is_answered_so(client: TestClient, name: str) -> None:
    specimen = specimens()[name]
    given = client.post(f"/api/{name}", json=specimen["take"]).json()
    assert names(given) == names(specimen["give"])
    assert _first_quote(given)["text"] == _first_quote(specimen["give"])["text"]


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("ask", {"finding": "concerns"}, "body.finding"),
        ("ask", {"history": [{"question": "Is it safe?", "finding": "concerns"}]}, "body.history.0.finding"),
        ("compare", {"finding": "concerns"}, "body.finding"),
    ],
)
def test_a_finding_that_there_is_none_of_is_refused_with_those_there_are(
    client: TestClient, name: str, wrong: dict[str, Any], field: str
) -> None:
    refused = client.post(f"/api/{name}", json={**specimens()[name]["take"], **wrong})
    assert refused.status_code == 422
    assert refused.json()["fields"] == [
        {"field": field, "message": "Input should be 'concern', 'strength', 'mixed' or 'neutral'"}
    ]


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_can_be_asked_for(client: TestClient, finding: Finding) -> None:
    asked = client.post("/api/ask", json={"question": "What of custody?", "finding": finding, "limit": 1})
    assert asked.json()["understood"]["finding"] == finding
    assert client.get("/api/filters", params={"finding": finding}).status_code == 200


def _first_quote(given: dict[str, Any]) -> dict[str, Any]:
    quotes = given["quotes"] if "quotes" in given else given["rows"][0]["cells"][0]["quotes"]
    return dict(quotes[0])


def test_every_call_is_described_with_an_example(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()["paths"]
    calls = [(path, call) for path, calls in described.items() for call in calls.values() if path.startswith("/api/")]
    assert len(calls) == len(specimens())
    for path, call in calls:
        assert call["description"], path
        assert call["responses"]["200"]["content"]["application/json"]["example"], path
        if "requestBody" in call:
            assert call["requestBody"]["content"]["application/json"]["example"], path


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_data_at_the_same_path_under_api(client: TestClient, page: str) -> None:
    place = page.replace("{report_id}", "aldermere-2014")
    assert client.get(place).headers["content-type"].startswith("text/html")
    assert PAGES[page] in client.get("/api/openapi.json").json()["paths"]


def test_a_concern_names_the_words_it_was_taken_for_one_by(client: TestClient, sample_library: Library) -> None:
    found = client.get(f"{REPORT}/findings?finding=concern").json()
    text = sample_library.index.report("aldermere-2014").text
    assert found["sentences"]
    for sentence in found["sentences"]:
        assert sentence["finding"] == "concern"
        assert text[sentence["start_char"] : sentence["end_char"]] == sentence["text"]
        assert sentence["cues"], sentence["text"]
        for cue in sentence["cues"]:
            assert text[cue["start_char"] : cue["end_char"]] == cue["text"]
            assert cue["reason"]


def test_the_parts_of_a_reports_findings_hold_every_sentence_once(client: TestClient, sample_library: Library) -> None:
    units = [unit for each in sample_library.index.passages_of("aldermere-2014") for unit in each.units]
    parts = client.get(f"{REPORT}/findings").json()["parts"]
    found = [
        sentence["start_char"]
        for part in range(1, parts + 1)
        for sentence in client.get(f"{REPORT}/findings", params={"part": part}).json()["sentences"]
    ]
    assert parts > 1
    assert found == [unit.start_char for unit in units]


@pytest.mark.parametrize("fields", [{"year": [True]}, {"year": False}, {"limit": True}])
def test_true_is_no_number(client: TestClient, fields: dict[str, Any]) -> None:
    assert client.post("/api/ask", json={"question": "Is the force efficient?", **fields}).status_code == 422
