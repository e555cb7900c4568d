"""What people ask, who they are and what reports hold is found nowhere but where it was promised to be."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import platformdirs
import pytest

from tests.test_serving import corpus, events, served

__all__ = ["corpus"]


class Canaries:
    """Words that occur nowhere else, each known by where it was sent."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def __call__(self, channel: str) -> str:
        word = f"zq{len(self.sent):03d}heliotrope"
        self.sent[word] = channel
        return word

    def found_in(self, *places: Path) -> list[str]:
        """Return where canaries are found: in the names and the bytes of files, plain or as addresses carry them."""
        found = []
        for path in _files(places):
            data = path.read_bytes().lower() + os.fsencode(path.name).lower()
            utf16 = data.replace(b"\0", b"")
            found += [f"{path.name}: {channel}" for word, channel in self.sent.items() if word.encode() in data + utf16]
        return found


def _files(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        yield from [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]


PEOPLE = [f"203.0.113.{number}" for number in range(1, 11)] + ["2001:db8:7777::9"]
FIELDS = ("question", "body", "year", "theme", "finding", "turn", "drop", "generation", "quotes", "useful", "unknown")
HEADERS = ("user-agent", "referer", "cookie", "authorization", "x-request-id", "accept-language", "origin", "x-real-ip", "from",
           "peelqa-fragment", "content-language")  # fmt: skip


def _ask_in_every_way(client: httpx.Client, canary: Canaries) -> None:
    """Send canaries through every field, header, address and fault there is."""
    for field in FIELDS:
        for path in ("/ask", "/link", "/feedback", "/compare"):
            client.post(path, data={"question": "Hello there?", field: canary(f"{path} {field}")})
    for field in ("q", "body", "year", "publisher", "theme", "finding", "page", "sort", "unknown"):
        client.get("/search", params={"q": "custody", field: canary(f"/search {field}")})
        client.get("/api/search", params={"q": "custody", field: canary(f"/api/search {field}")})
    for field in ("question", "body", "theme", "finding", "history", "limit", "unknown"):
        client.post("/api/ask", json={"question": "Hello there?", field: canary(f"/api/ask {field}")})
        client.post("/api/ask", json={"question": "Hello there?", canary("/api/ask a field's name"): 1, field: [1]})
    for header in HEADERS:
        client.get("/", headers={header: canary(f"header {header}")})
    json_type = {"content-type": "application/json"}
    for body in ('{{"question": "\\ud800 {}"}}', '{{"question": NaN, "{}": 1}}', '{{"question": "{}"', "{}", '["{}"]'):
        client.post("/api/ask", content=body.format(canary(f"a broken body {body[:15]}")), headers=json_type)
    for path in (
        "/{}",
        "/reports/{}",
        "/api/reports/{}",
        "/static/{}",
        "/api/{}",
        "//{}",
        "/%2e%2e/{}",
        "/answer?question={}",
    ):
        client.get(path.format(canary(f"address {path}")))
    for method in ("PUT", "DELETE", "PROPFIND"):
        client.request(method, f"/{canary(f'method {method}')}")
    client.get("/", headers={"host": f"{canary('host')}.example"})
    client.post("/ask", content=(canary("a large body") * 2000).encode())
    client.get("/search?q=" + canary("a long address") * 700)
    client.post("/ask", files={"question": (canary("a file's name"), canary("a file's text").encode())})


def _speak_no_http(port: int, canary: Canaries) -> None:
    for sent in (f"{canary('no request')}\r\n\r\n", f"GET / HTTP/9 {canary('a request line')}\r\n\r\n",
                 f"GET / HTTP/1.1\r\nHost: x\r\n{canary('a broken header')}\r\n\r\n"):  # fmt: skip
        with socket.create_connection(("127.0.0.1", port), 5) as raw:
            raw.sendall(sent.encode())
            raw.recv(1000)


def test_nothing_that_is_asked_is_kept_told_or_shown_to_others(
    corpus: list[str], tmp_path: Path, count: Callable[..., None]
) -> None:
    canary = Canaries()
    log, home, temporary = tmp_path / "log", tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    environment = {"HOME": str(home), "TMPDIR": str(temporary), "PEELQA_CACHE": platformdirs.user_cache_dir("peelqa"),
                   "PEELQA_PROXIES": "127.0.0.1", "PEELQA_HOSTS": "*", "PEELQA_ASKS_PER_MINUTE": "1000"}  # fmt: skip
    with served(corpus, log, **environment) as (server, port):
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address) as client:
            _ask_in_every_way(client, canary)
            for person in PEOPLE:
                asked = client.post("/ask", data={"question": canary("a person")}, headers={"x-forwarded-for": person})
                assert not _addresses(asked.text, [*canary.sent])
            _speak_no_http(port, canary)
            others = [
                client.get(path).text
                for path in ("/", "/about", "/search", "/reports", "/api/about", "/readyz", "/healthz")
            ]
            others.append(client.post("/ask", data={"question": "Hello there?"}).text)
        server.terminate()
        server.wait()
    assert len(canary.sent) >= 50
    index, reports = Path(corpus[3]), Path(corpus[1])
    assert canary.found_in(log, home, temporary, index, reports) == []
    assert [word for word in canary.sent if any(word in page for page in others)] == []
    told = log.read_text()
    assert [person for person in PEOPLE if person in told or person.replace(":", "%3A") in told] == []
    assert "two days for an officer" not in told
    assert len(events(log)) > 100
    count(canaries=len(canary.sent), people=len(PEOPLE), events=len(events(log)), found=0)


def _addresses(page: str, words: list[str]) -> list[str]:
    """Return the words that a page's addresses carry."""
    import re

    links = " ".join(re.findall(r'(?:href|src|action)="([^"]*)"', page))
    return [word for word in words if word in links or quote(word) in links or urlencode({"q": word}) in links]


def test_the_harness_finds_a_question_where_the_operator_has_it_kept(
    corpus: list[str], tmp_path: Path, count: Callable[..., None]
) -> None:
    canary = Canaries()
    file = tmp_path / "feedback.jsonl"
    with served(corpus, tmp_path / "log", PEELQA_FEEDBACK=str(file)) as (_, port):
        word = canary("feedback that is wanted")
        httpx.post(f"http://127.0.0.1:{port}/feedback", data={"question": word, "useful": "no"}, timeout=60)
    assert canary.found_in(tmp_path) == ["feedback.jsonl: feedback that is wanted"]
    (line,) = map(json.loads, file.read_text().splitlines())
    assert not {"address", "host", "time", "agent", "ip"} & set(line)
    count(control_found=1)


@pytest.mark.parametrize("word", ["zq000heliotrope"])
def test_the_harness_reads_names_and_both_widths(tmp_path: Path, word: str) -> None:
    canary = Canaries()
    assert canary("x") == word
    (tmp_path / f"{word}.txt").write_text("")
    (tmp_path / "wide").write_bytes(word.encode("utf-16"))
    (tmp_path / "narrow").write_text(word.upper())
    assert len(canary.found_in(tmp_path)) == 3
