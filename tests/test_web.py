from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from peelqa.answers import Library
from peelqa.settings import web_folder
from peelqa.web import create_app


@pytest.fixture
def client(library: Library) -> TestClient:
    return TestClient(create_app(library, web_folder()))


def test_a_question_on_the_page_is_answered_with_a_quotation(client: TestClient) -> None:
    page = client.post("/ask", data={"question": "What concerns are there about missing children?"})
    assert page.status_code == 200
    assert "waited two days for an officer" in page.text
    assert "Oakshire Police" in page.text


def test_the_report_page_marks_the_quotation_in_its_place(client: TestClient, library: Library) -> None:
    quote = library.ask("What concerns are there about missing children?").to_json()["quotes"][0]
    page = client.get("/reports/oakshire-2014", params={"start": quote["start_char"], "end": quote["end_char"]})
    assert f'<mark id="quoted">{quote["text"]}</mark>' in page.text


def test_the_api_gives_the_contract(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": "What must be done about missing children?"}).json()
    assert {"question", "understood", "status", "message", "quotes", "nearest", "coverage", "took_ms"} <= set(answer)


@pytest.mark.parametrize("body", ['{"question": "\\ud800"}', '{"question": NaN}', "[]", "{"])
def test_odd_input_is_refused_plainly(client: TestClient, body: str) -> None:
    assert client.post("/api/ask", content=body, headers={"content-type": "application/json"}).status_code in (200, 422)


@pytest.mark.parametrize("path", ["/", "/reports", "/nothing", "/healthz", "/readyz", "/api/openapi.json"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-security-policy"].startswith("default-src 'none'")
