"""Whatever is sent, in whatever field, by whomever: no request makes the service fail, and every reply is guarded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from peelqa.answers import Library
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app, guard
from peelqa.web.guard import HEADERS

EVERYONE = "everyone"
ACCESS = {
    ("GET", "/api/openapi.json"): EVERYONE, ("GET", "/static"): EVERYONE,
    ("GET", "/"): EVERYONE, ("GET", "/ask"): EVERYONE, ("POST", "/ask"): EVERYONE,
    ("GET", "/reports"): EVERYONE, ("GET", "/reports/{report_id}"): EVERYONE,
    ("GET", "/reports/{report_id}/citation"): EVERYONE, ("GET", "/reports/{report_id}/findings"): EVERYONE,
    ("GET", "/search"): EVERYONE, ("GET", "/compare"): EVERYONE, ("POST", "/compare"): EVERYONE,
    ("GET", "/grades"): EVERYONE, ("POST", "/link"): EVERYONE, ("GET", "/answer"): EVERYONE,
    ("GET", "/about"): EVERYONE, ("GET", "/accessibility"): EVERYONE, ("GET", "/privacy"): EVERYONE,
    ("GET", "/api"): EVERYONE, ("POST", "/api/ask"): EVERYONE, ("GET", "/api/filters"): EVERYONE,
    ("GET", "/api/reports"): EVERYONE, ("GET", "/api/reports/{report_id}"): EVERYONE,
    ("GET", "/api/reports/{report_id}/findings"): EVERYONE,
    ("GET", "/api/search"): EVERYONE, ("POST", "/api/compare"): EVERYONE, ("GET", "/api/grades"): EVERYONE,
    ("GET", "/api/about"): EVERYONE, ("GET", "/healthz"): EVERYONE, ("GET", "/readyz"): EVERYONE,
    ("POST", "/feedback"): "own pages, where the operator set a file for it",
}  # fmt: skip
"""Who may do what. Nothing here changes the corpus or the index: that is done on the machine, by the command line."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "peelqa")
CALLERS: dict[str, dict[str, str]] = {
    "anyone": {},
    "a bearer": {"authorization": "Bearer operator"},
    "a name and password": {"authorization": "Basic YWRtaW46YWRtaW4="},
    "a cookie": {"cookie": "session=operator; __Host-token=1"},
    "a proxy": {"x-forwarded-for": "127.0.0.1", "x-original-url": "/feedback", "x-rewrite-url": "/feedback"},
    "another site": {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "referer": "https://evil.example"},
}  # fmt: skip
_HALF, _MARKS = "\ud800", "Z" + "\u0301" * 400
NASTY: list[str] = [
    "", " ", "\0", "a\0b", "\r\nSet-Cookie: a=b", "\x1b[31m", "\x7f", "\u202e txt", "\u2066", "\ufeff", "\uffff", _MARKS,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "İstanbul", "ß" * 50, "\ufdfa" * 30, "½", "ﬁ", "\xad" * 50, "é" * 501, "a" * 6000,
    "-1", "0", "1e400", "NaN", "Infinity", "9" * 400, "0x10", "1_000", "٣", "2014.5", "null", "true", "[]", "{}", "[" * 500,
    "'", '"', "' OR 1=1 --", "; DROP TABLE reports", "%00", "%", "*", "?", "(", "[a", "a:b", "AND OR NOT", '"unended', "+-&&||!(){}^~",
    "../../etc/passwd", "..\\..\\", "/", "//evil.example", "file:///etc/passwd", "javascript:alert(1)", "{{7*7}}", "${7*7}",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=cmd()", "@SUM(1)", "__class__", "None", "(a+)+$" + "a" * 40 + "!",
]  # fmt: skip
SCHEMA_CASES = 100
"""For each operation of the API, half of them against its document."""
CODES = (400, 403, 404, 405, 413, 414, 422, 429, 500, 503)


def routes_of(app: FastAPI | APIRouter) -> Iterator[Any]:
    """Yield every route, those of the parts put together included."""
    for route in app.routes:
        part = getattr(route, "original_router", None)
        yield from routes_of(part) if part else [route]


@pytest.fixture(scope="module")
def app(library: Library) -> FastAPI:
    return create_app(library, web_folder(), Settings(asks_per_minute=0))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def quick() -> Iterator[None]:
    """Nothing is found, so that requests are read and answered but nothing is ranked."""
    with patch.object(Library, "find_quotations", lambda *_: ([], 0.5)):
        yield


def guarded(response: Any) -> bool:
    return all(response.headers.get(name) == value for name, value in HEADERS.items() if name != "Cache-Control")


def test_every_route_has_a_row_in_the_access_matrix_and_every_row_a_route(
    app: FastAPI, count: Callable[..., None]
) -> None:
    there = {
        (method, route.path)
        for route in routes_of(app)
        for method in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    }
    assert there == set(ACCESS)
    count(routes=len(there))


def test_a_route_without_a_row_is_seen(library: Library, count: Callable[..., None]) -> None:
    app = create_app(library, web_folder(), Settings())
    app.add_api_route("/api/remove", lambda: None, methods=["DELETE"])
    assert {route.path for route in routes_of(app)} - {path for _, path in ACCESS} == {"/api/remove"}
    count(control_seen=1)


@pytest.mark.parametrize("caller", CALLERS)
def test_every_method_on_every_route_is_answered_alike_whoever_calls_and_guarded(
    client: TestClient, quick: None, caller: str, count: Callable[..., None]
) -> None:
    for path in sorted({path for _, path in ACCESS}):
        address = path.replace("{report_id}", "oakshire-2014") + ("/peelqa.css" if path == "/static" else "")
        allowed = {method for method, known in ACCESS if known == path}
        for method in METHODS:
            plain = client.request(method, address)
            response = client.request(method, address, headers=CALLERS[caller])
            assert response.status_code == plain.status_code, (method, address)
            expected = (200, 403, 422) if method in allowed else (404, 405)
            if method == "HEAD":
                expected = (200, 405)
            assert response.status_code in expected, (method, address)
            assert guarded(response), (method, address)
            assert "set-cookie" not in response.headers
            assert "access-control-allow-origin" not in response.headers
            count(requests=2, failed=int(response.status_code >= 500))


def test_feedback_is_taken_from_own_pages_alone_and_only_where_it_is_wanted(
    library: Library, client: TestClient, tmp_path: Any, quick: None
) -> None:
    file = tmp_path / "feedback.jsonl"
    asking = TestClient(create_app(library, web_folder(), Settings(feedback=file, asks_per_minute=0)))
    said = {"question": "Hello", "useful": "yes"}
    for site in ("cross-site", "same-site", "evil"):
        assert asking.post("/feedback", data=said, headers={"sec-fetch-site": site}).status_code == 403
    assert client.post("/feedback", data=said).status_code == 403
    assert not file.exists()
    assert asking.post("/feedback", data=said, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def _refusals(library: Library, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, Any]]:
    """Yield every refusal there is, as a page and as JSON."""
    hosts = TestClient(
        create_app(library, web_folder(), Settings(hosts="here.example")), base_url="http://evil.example"
    )
    few = TestClient(create_app(library, web_folder(), Settings(asks_per_minute=1)), client=("203.0.113.9", 5))
    few.post("/ask", data={"question": "Hello"})
    fault = monkeypatch.context
    for prefix in ("", "/api"):
        sent: dict[str, Any] = {"json": {"question": "Hello"}} if prefix else {"data": {"question": "Hello"}}
        yield 400, hosts.get(f"{prefix}/about")
        yield 404, client.get(f"{prefix}/nothing")
        yield 405, client.put(f"{prefix}/about")
        yield 413, client.post(f"{prefix}/ask", content=b"a" * 20_000)
        yield 414, client.get(f"{prefix}/search?q=" + "a" * 9000)
        yield 422, client.get(f"{prefix}/search?page=x&limit=x")
        yield 429, few.post(f"{prefix}/ask", **sent)
        with fault() as failing:
            failing.setattr(Library, "ask", lambda *_, **__: 1 / 0)
            sent = {key: {"question": f"A fault{prefix}?"} for key in sent}
            yield 500, client.post(f"{prefix}/ask", **sent)
        with fault() as busy:
            busy.setattr(guard, "LONGEST_LINE", -1)
            yield 503, client.get(f"{prefix}/about")
    yield 403, client.post("/feedback", data={"question": "Hello", "useful": "yes"})


def test_every_refusal_is_plain_and_guarded(
    library: Library, client: TestClient, quick: None, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    met = set()
    for status, response in _refusals(library, client, monkeypatch):
        assert response.status_code == status, response.text
        assert guarded(response), status
        assert "Traceback" not in response.text
        assert "peelqa/" not in response.text
        if status in (429, 503):
            assert int(response.headers["retry-after"]) > 0
        met.add(status)
        count(refusals_guarded=1)
    assert met == set(CODES)


def fields_of(route: APIRoute) -> list[str]:
    """List the fields of a route's address or body, those of its models among them."""
    names: list[str] = []
    for field in (*route.dependant.query_params, *route.dependant.body_params):
        kind = field.field_info.annotation
        model = isinstance(kind, type) and issubclass(kind, BaseModel)
        names += list(kind.model_fields) if model else [field.alias]
    return names


def _sent(method: str, path: str, field: str, value: str) -> Iterator[dict[str, Any]]:
    """Yield the ways in which a value can come in a field."""
    if method == "GET":
        yield {"params": {"q": "custody", field: value}}
    elif path.startswith("/api/"):
        for made in (value, [value], {"question": value}, {value[:50]: 1}):
            yield {
                "content": json.dumps({"question": "Hello", field: made}),
                "headers": {"content-type": "application/json"},
            }
    else:
        yield {"data": {"question": "Hello", field: value}}
        yield {"data": {"question": "Hello", field: [value, value]}}


def test_no_nasty_value_in_any_field_makes_the_service_fail_or_is_echoed_raw(
    app: FastAPI, client: TestClient, quick: None, count: Callable[..., None]
) -> None:
    tried = set()
    for route in routes_of(app):
        for field in fields_of(route) if isinstance(route, APIRoute) else ():
            address = route.path.replace("{report_id}", "oakshire-2014")
            (method,) = route.methods
            tried.add((method, route.path, field))
            for value in (*NASTY, _HALF) if route.path.startswith("/api/") and method == "POST" else NASTY:
                for sent in _sent(method, route.path, field, value):
                    response = client.request(method, address, **sent)
                    assert response.status_code in (200, 400, 403, 404, 413, 414, 422), (method, address, field, value)
                    assert guarded(response)
                    assert "<script>alert(1)" not in response.text or "json" in response.headers["content-type"]
                    count(nasty=1, failed=0)
    assert len(tried) > 40


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b'{"question": NaN}', b'{"question": Infinity}', b'{"limit": 1e400}',
        b'{"question": "\\ud800"}', b'{"question": "a", "question": 1}', b"[" * 15_000, b'{"a":' * 2500, b'{"history": ' + b"[" * 5000,
        b'{"question": "a", "limit": ' + b"9" * 5000 + b"}", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"question": "a"} more',
        b'{"question": "\xc0\xaf"}', json.dumps({"question": "a", "body": ["b"] * 2000}).encode(),
        json.dumps({"question": "a", "history": ["b"] * 21}).encode(), json.dumps({str(n): n for n in range(1000)}).encode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/ask", "/api/compare"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_no_body_makes_the_service_fail(
    client: TestClient, quick: None, path: str, content: bytes, kind: str, count: Callable[..., None]
) -> None:
    response = client.post(path, content=content, headers={"content-type": kind})
    assert response.status_code in (200, 400, 413, 422)
    assert guarded(response)
    count(bodies=1, failed=0)


TRAVERSALS = [
    start + step * times + target
    for start in ("/static/", "/static", "/reports/")
    for step in ("../", "..%2f", "%2e%2e/", "..\\", "..%5c", "....//", "%252e%252e/", ".%00./", "//")
    for times in (1, 4)
    for target in ("pyproject.toml", "etc/passwd")
]


def test_no_address_leads_out_of_the_static_files(client: TestClient, count: Callable[..., None]) -> None:
    assert len(TRAVERSALS) >= 100
    for path in TRAVERSALS:
        response = client.get(path)
        assert response.status_code in (307, 400, 404, 405), path
        assert "[project]" not in response.text
        assert "root:" not in response.text
        count(traversals=1, failed=0)
    for ranges in ("bytes=" + ",".join(f"{n}-" for n in range(3000)), "bytes=-" + "9" * 50, "bytes=a-b", "bytes=5-1"):
        assert client.get("/static/peelqa.css", headers={"range": ranges}).status_code in (200, 206, 400, 416, 431)


POISON = [
    {name: value}
    for name in ("x-forwarded-host", "x-host", "forwarded", "x-forwarded-proto", "x-forwarded-prefix", "x-original-url", "x-rewrite-url",
                 "x-forwarded-server", "x-http-method-override", "x-url-scheme", "referer", "origin", "user-agent", "accept-language",
                 "x-request-id")
    for value in ("evil.example", "host=evil.example", "https://evil.example/<script>", "a, evil.example")
]  # fmt: skip


def test_nothing_of_a_header_comes_back(client: TestClient, count: Callable[..., None]) -> None:
    assert len(POISON) == 60
    for path in ("/", "/reports", "/nothing", "/api/about"):
        plain = client.get(path)
        for headers in POISON:
            response = client.get(path, headers=headers)
            assert "evil" not in response.text
            assert "evil" not in str(response.headers)
            assert (response.status_code, len(response.content)) == (plain.status_code, len(plain.content)), headers
            count(poisoned_headers=1, reflected=0)


def test_the_api_keeps_to_its_document_whatever_is_sent(app: FastAPI, quick: None, count: Callable[..., None]) -> None:
    document = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    operations = [each.ok() for each in document.get_all_operations()]
    for operation in operations:

        @settings(max_examples=SCHEMA_CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(
            case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
            | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        )
        def keeps(case: schemathesis.Case) -> None:
            response = case.call()
            count(schema_cases=1, failed=int(response.status_code >= 500))
            assert all(response.headers.get(name.lower()) for name in HEADERS)
            if response.status_code in (413, 414):
                return  # too long to be read at all, whatever it was for
            # Which methods are refused is settled by the access matrix; what a document cannot say of a question, that it
            # must have words, for instance, is refused with a plain reason.
            case.validate_response(response, excluded_checks=[unsupported_method, positive_data_acceptance])

        keeps()
    count(schema_operations=len(operations))
