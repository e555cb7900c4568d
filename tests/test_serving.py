from __future__ import annotations

import json
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from uvicorn import Server

from peelqa.answers import Library
from peelqa.cli import main
from peelqa.cli.serving import configure
from peelqa.embedding import Embedder
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.reports.report import Report
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app, guard
from peelqa.web.events import LOGGING, LineFormatter
from peelqa.web.guard import HEADERS
from peelqa.web.swapping import let_go
from tests.conftest import PAGE

QUESTION = "What concerns are there about missing children?"
CANARY = "heliotrope canary of Jane Doe"


@pytest.fixture(scope="module")
def corpus(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A corpus of one report and its index, as options."""
    assert embedder.name
    folder = tmp_path_factory.mktemp("serving")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "oakshire-2014.txt").write_text(PAGE, encoding="utf-8")
    chosen = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    assert CliRunner().invoke(main, ["build", *chosen]).exit_code == 0
    return chosen


@contextmanager
def served(corpus: list[str], log: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `peelqa serve` and give its process and port."""
    with log.open("wb") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "peelqa", "serve", "--port", "0", *corpus],
            stderr=errors, env={**os.environ, **environment},
        )  # fmt: skip
    try:
        while not (said := re.search(r"answers at http://127\.0\.0\.1:(\d+)/", log.read_text())):
            assert server.poll() is None, log.read_text()
            select.select([], [], [], 0.05)
        yield server, int(said[1])
    finally:
        server.kill()
        server.wait()


def until(true: Callable[[], bool]) -> None:
    """Wait, for a minute at the most, until something is true."""
    for _ in range(6000):
        if true():
            return
        select.select([], [], [], 0.01)
    raise AssertionError("it never came true")


def events(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_a_request_under_way_is_answered_before_the_service_stops(corpus: list[str], tmp_path: Path) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    with (
        served(corpus, tmp_path / "log") as (server, port),
        socket.create_connection(("127.0.0.1", port), 20) as client,
    ):
        head = f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        client.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert b"100 Continue" in client.recv(1000)
        server.send_signal(signal.SIGTERM)
        while _answers(port):
            pass
        client.sendall(body)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"two days" in answer
        assert server.wait(20) in (0, -signal.SIGTERM)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def test_the_service_logs_one_line_an_event_without_what_was_asked(corpus: list[str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(corpus, log, PEELQA_METRICS="0") as (_, port):
        with httpx.Client(
            timeout=60, base_url=f"http://127.0.0.1:{port}", headers={"user-agent": CANARY, "referer": CANARY}
        ) as client:
            asked = client.post("/ask", data={"question": CANARY})
            broken = json.dumps({"question": f"\ud800 {CANARY}"})
            client.post("/api/ask", content=broken, headers={"content-type": "application/json"})
            client.post(
                "/api/ask", content=f'{{"question": NaN, "{CANARY}": 1}}', headers={"content-type": "application/json"}
            )
            client.get("/search", params={"q": CANARY})
            client.get(f"/{CANARY}")
            client.get("/", headers={"host": "heliotrope.example"})
            client.request("HELIOTROPE", "/")
        with socket.create_connection(("127.0.0.1", port), 5) as raw:
            raw.sendall(b"heliotrope\r\n\r\n")
            assert raw.recv(1000).startswith(b"HTTP/1.1 400")
    noted = events(log)
    assert "heliotrope" not in log.read_text().lower()
    assert "127.0.0.1" not in " ".join(map(str, noted))
    assert [each["route"] for each in noted if "route" in each] == [
        "/ask", "/api/ask", "/api/ask", "/search", "none", "none", "/",
    ]  # fmt: skip
    assert asked.headers["x-request-id"] == noted[0]["id"]
    assert noted[0]["answer"] in ("not_found", "out_of_scope", "unclear")


def test_on_loopback_only_its_own_names_are_answered(corpus: list[str], tmp_path: Path) -> None:
    with served(corpus, tmp_path / "log") as (_, port):
        status = {
            host: httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60, headers={"host": host}).status_code
            for host in ("localhost", f"127.0.0.1:{port}", f"[::1]:{port}", "evil.example", "127.0.0.1.evil.example")
        }
    assert list(status.values()) == [200, 200, 200, 400, 400]


def test_an_address_that_is_taken_is_said_in_one_line(corpus: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        shown = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1]), *corpus])
    assert shown.exit_code == 1
    assert "choose another --port" in shown.stderr
    assert shown.stderr.count("\n") == 1


@contextmanager
def running(app: FastAPI, settings: Settings | None = None) -> Iterator[int]:
    """Serve an application in this process as `serve` does, and give its port."""
    with patch("peelqa.web.events.LOGGING", None):  # the logging of these tests stays as it is
        config = configure(app, settings or Settings())
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the application did not start"
            select.select([], [], [], 0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def app(library: Library) -> FastAPI:
    return create_app(library, web_folder(), Settings(asks_per_minute=0))


def _reply(port: int, sent: bytes) -> bytes:
    """Send what may be no whole request and return all that comes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(sent)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
def test_a_connection_that_sends_no_whole_head_in_time_is_cut(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("peelqa.web.connections.HEAD_SECONDS", 0.05)
    with running(app) as port:
        assert _reply(port, sent) == b""


def test_a_second_request_on_a_connection_has_the_same_deadline_and_not_the_first_ones(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peelqa.web.connections.HEAD_SECONDS", 0.2)
    with running(app) as port:
        whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        replied = _reply(port, whole + whole + b"GET / HTTP")
    assert replied.count(b"HTTP/1.1 200") == 2


def test_a_body_that_does_not_come_in_time_is_refused_and_its_connection_closed(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peelqa.web.bodies.BODY_SECONDS", 0.05)
    head = b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\n"
    with running(app) as port:
        replied = _reply(port, head + b"question=")
    assert replied.startswith(b"HTTP/1.1 408")
    assert b"did not arrive in time" in replied


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000, b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"414"),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n", b"413"),
        (b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
         b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"a" * 4096 + b"\r\n" + (b"1000\r\n" + b"a" * 4096 + b"\r\n") * 4, b"413"),
    ],
)  # fmt: skip
def test_what_is_no_request_or_too_long_is_refused_with_the_security_headers(
    app: FastAPI, sent: bytes, status: bytes
) -> None:
    with running(app) as port:
        replied = _reply(port, sent)
    assert replied.split()[1] == status
    for name in HEADERS:
        assert f"\r\n{name}: ".lower().encode() in replied.lower()


@pytest.mark.parametrize(
    ("proxies", "spoofed", "status"), [("", "9.9.9.9", [200, 200]), ("127.0.0.1", "9.9.9.9", [200, 429])]
)
def test_who_asks_is_told_by_a_proxy_only_where_the_operator_names_it(
    library: Library, proxies: str, spoofed: str, status: list[int]
) -> None:
    # This machine's own questions are not limited, so a refusal shows that the header was believed.
    settings = Settings(asks_per_minute=1, proxies=proxies)
    with running(create_app(library, web_folder(), settings), settings) as port:
        asked = [
            httpx.post(
                f"http://127.0.0.1:{port}/ask", timeout=60, data={"question": "Hello"}, headers={"x-forwarded-for": who}
            )
            for who in (f"{spoofed}", f"203.0.113.7, {spoofed}")
        ]
    assert [each.status_code for each in asked] == status


@pytest.mark.parametrize("path", ["/reports/", "//evil.example/reports/", "/static", "/%5Cevil.example/"])
@pytest.mark.parametrize("host", ["evil.example", "localhost"])
def test_no_redirection_leads_elsewhere_whatever_the_host(app: FastAPI, path: str, host: str) -> None:
    client = TestClient(app, base_url=f"http://{host}", follow_redirects=False)
    for header in ("x-forwarded-host", "x-forwarded-prefix", "x-original-url", "forwarded"):
        response = client.get(f"http://{host}{path}", headers={header: "evil.example"})
        target = response.headers.get("location", "/")
        assert re.fullmatch(r"/([^/\\].*)?", target), target
        assert "evil" not in response.text


def test_while_too_many_wait_pages_are_refused_and_health_is_told(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LONGEST_LINE", -1)
    client = TestClient(app)
    refused = client.get("/reports")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_readiness_tells_that_an_older_generation_answers(library: Library, app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/readyz").json()["status"] == "ready"
    library.index.warning = "/secret/place is damaged"
    try:
        told = client.get("/readyz").json()
    finally:
        library.index.warning = None
    assert told["status"] == "degraded"
    assert "secret" not in str(told)


def test_a_fault_has_a_reference_that_its_event_has_too_and_no_event_has_its_words(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(Library, "ask", fail)
    client = TestClient(create_app(library, web_folder(), Settings()), raise_server_exceptions=False)
    with caplog.at_level(logging.INFO, "peelqa.web.requests"):
        shown = client.post("/ask", data={"question": "What fault is this?"})
    (noted,) = [record.fields for record in caplog.records if record.name == "peelqa.web.requests"]  # type: ignore[attr-defined]
    assert noted["status"] == shown.status_code == 500
    assert noted["id"] == shown.headers["x-request-id"]
    assert noted["id"] in shown.text
    assert CANARY not in shown.text


@pytest.mark.parametrize("name", ["peelqa.web", "uvicorn.error", "asyncio"])
def test_an_event_is_one_line_and_a_fault_in_it_keeps_its_words_to_itself(name: str) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        fault = sys.exc_info()
    nasty = "one\r\ntwo\u2028three\x1b[31m\x00"
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, nasty, (), fault)
    record.fields = {"route": nasty}
    line = LineFormatter().format(record)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["fault"] == "ValueError"
    assert CANARY not in line
    assert line.isprintable()


def test_what_a_library_says_is_written_without_what_it_says_it_of() -> None:
    record = logging.LogRecord("some.library", logging.WARNING, __file__, 1, "Cannot parse %s", (CANARY,), None)
    assert json.loads(LineFormatter().format(record))["event"] == "Cannot parse %s"
    assert LOGGING["root"]["level"] == "WARNING"


def test_figures_are_served_on_an_address_of_their_own_without_what_was_asked(library: Library) -> None:
    app = create_app(library, web_folder(), Settings(asks_per_minute=0))
    client = TestClient(app)
    client.post("/api/ask", json={"question": QUESTION})
    client.get(f"/{CANARY}")
    assert client.get("/metrics").status_code == 404
    figures = httpx.get(f"http://127.0.0.1:{app.state.metrics.serve('0')}/metrics", timeout=60).text
    for line in (
        'peelqa_requests_total{method="POST",route="/api/ask",status="200"} 1.0',
        'peelqa_requests_total{method="GET",route="none",status="404"} 2.0',
        'peelqa_answers_total{status="answered"} 1.0',
        'peelqa_request_seconds_count{route="/api/ask"} 1.0',
        "peelqa_waiting 0.0",
        "peelqa_index_degraded 0.0",
        f"peelqa_passages {library.index.manifest['passages']:.1f}",
    ):
        assert line in figures
    assert library.index.generation in figures
    assert "canary" not in figures


def test_an_address_for_figures_that_makes_no_sense_is_named(corpus: list[str]) -> None:
    shown = CliRunner().invoke(main, ["serve", "--port", "0", *corpus], env={"PEELQA_METRICS": "somewhere"})
    assert shown.exit_code == 1
    assert "PEELQA_METRICS" in shown.stderr


def test_a_question_whose_asker_hung_up_is_not_answered_and_takes_nobodys_place(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []
    may_go_on, begun = threading.Event(), threading.Event()

    def ask(_: Library, text: str, *__: object, **___: object) -> object:
        asked.append(text)
        begun.set()
        may_go_on.wait(20)
        raise RuntimeError("no answer is needed here")

    monkeypatch.setattr("peelqa.web.examples.Examples.find", lambda _: None)
    app = create_app(library, web_folder(), Settings(asks_per_minute=0))
    monkeypatch.setattr(Library, "ask", ask)
    desk = app.state.site.desk
    desk.questions.places.total_tokens = 1
    head = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "

    def sent(question: str) -> bytes:
        body = json.dumps({"question": question}).encode()
        return b"%s%d\r\n\r\n%s" % (head, len(body), body)

    with (
        caplog.at_level(logging.INFO, "peelqa.web.requests"),
        running(app) as port,
        socket.create_connection(("127.0.0.1", port), 20) as first,
    ):
        first.sendall(sent("Is anybody there?"))
        assert begun.wait(20)
        for number in range(5):
            with socket.create_connection(("127.0.0.1", port), 20) as another:
                another.sendall(sent(f"Is number {number} there?"))
                until(lambda: desk.questions.waiting == 1)
            until(lambda: desk.questions.waiting == 0)
        may_go_on.set()
        assert first.recv(100).startswith(b"HTTP/1.1 500")
    assert asked == ["Is anybody there?"]
    statuses = [record.fields["status"] for record in caplog.records if hasattr(record, "fields")]
    assert sorted(statuses) == [499] * 5 + [500]


def test_nobody_is_put_at_the_end_of_a_line_that_is_too_long(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    line = app.state.site.desk.questions
    client = TestClient(app)
    monkeypatch.setattr(type(line), "waiting", 8)
    line.places.total_tokens = 2
    for pace, status in ((0.7, 200), (0.8, 503)):  # 2.8 and 3.2 seconds to wait
        line.pace = pace
        assert client.post("/api/ask", json={"question": f"Is custody safe at {pace}?"}).status_code == status


def test_a_burst_from_one_address_is_refused_before_its_minute_is_used_up(library: Library) -> None:
    client = TestClient(create_app(library, web_folder(), Settings(asks_per_minute=30)), client=("203.0.113.9", 5))
    replies = [client.post("/api/ask", json={"question": "Hello"}) for _ in range(11)]
    assert [each.status_code for each in replies] == [200] * 10 + [429]
    assert replies[-1].headers["retry-after"] == "10"
    assert "10 questions in 10 seconds" in replies[-1].text


def test_half_a_question_is_not_answered_where_its_asker_hangs_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("peelqa.web.desk.Desk.ask_again", lambda *given, **_: asked.append(given))
    head = b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\n"
    with caplog.at_level(logging.INFO, "peelqa.web.requests"), running(app) as port:
        with socket.create_connection(("127.0.0.1", port), 20) as client:
            client.sendall(head + b"question=What+concerns+are+there")
        until(lambda: bool(caplog.records))
    assert [record.fields["status"] for record in caplog.records] == [499]
    assert asked == []


def test_an_application_that_was_replaced_is_let_go_with_its_index_and_its_figures_go_on(
    library: Library, report: Report, embedder: Embedder, tmp_path: Path
) -> None:
    build_index(tmp_path, [report], embedder)
    old = create_app(replace(library, index=open_index(tmp_path)), web_folder(), Settings(asks_per_minute=0))
    kept = weakref.ref(old.state.site.library.index)
    TestClient(old).post("/api/ask", json={"question": QUESTION})
    new = create_app(library, web_folder(), Settings(asks_per_minute=0), before=old)
    del old
    let_go()
    assert kept() is None
    figures = httpx.get(f"http://127.0.0.1:{new.state.metrics.serve('0')}/metrics", timeout=60).text
    assert f'generation="{library.index.generation}"' in figures
    assert 'peelqa_requests_total{method="POST",route="/api/ask",status="200"} 1.0' in figures
