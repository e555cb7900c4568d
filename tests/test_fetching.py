"""Reports are fetched politely, kept whole, and never lost to a server that behaves badly."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from peelqa.errors import AddressRefused, BadInput, BuildRunning, NotFetched, UnreadableReport
from peelqa.fetching.addresses import Reach
from peelqa.fetching.connections import Connector
from peelqa.fetching.copies import EARLIER, LEDGER, open_copies, write_side_file
from peelqa.fetching.downloading import Downloader, Manners
from peelqa.fetching.published import Fetched, State, add_address, fetch_reports
from peelqa.fetching.sources import Source
from peelqa.reports.corpus import list_corpus
from peelqa.reports.sidefile import SideFile, read_side_file

DAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
FIRST = (
    b"<!DOCTYPE html><html><title>Oakshire 2014</title><body><h1>Oakshire 2014</h1><p>Bicycles are found.</p></body>"
)
SECOND = FIRST.replace(b"are found", b"are lost again")
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Handler(BaseHTTPRequestHandler):
    """Hands every request to the page that the site has for its path."""

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        with site.busy:
            site.seen.append((self.path, dict(self.headers)))
        page = site.pages.get(self.path)
        if page is None:
            self.reply(404)
        else:
            page(self)

    def reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


Page = Callable[[Handler], None]


@dataclass
class Site:
    """A real HTTP server on loopback, known as reports.example."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    busy: threading.Lock = field(default_factory=threading.Lock)
    slept: list[float] = field(default_factory=list)

    def url(self, path: str, host: str = "reports.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str, *answers: Page | bytes | int) -> str:
        """Give these answers in turn, the last for good; return the URL."""
        left = list(answers)

        def page(handler: Handler) -> None:
            answer = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(answer, bytes):
                handler.reply(200, answer, HTML)
            elif isinstance(answer, int):
                handler.reply(answer)
            else:
                answer(handler)

        self.pages[path] = page
        return self.url(path)

    def asked(self, path: str) -> int:
        return sum(path == each for each, _ in self.seen)

    def downloader(self, manners: Manners | None = None, hosts: list[str] | None = None, **limits: Any) -> Downloader:
        reach = Reach(frozenset({("127.0.0.1", self.port)}))
        connector = Connector(reach, lambda host, port: ["127.0.0.1"], **{"seconds": 10, **limits})
        return Downloader(connector, manners or Manners(pause=0, tries=3), hosts, self.slept.append)


@pytest.fixture
def site() -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no error here
    found = Site(server.server_port)
    server.site = found  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def moved(place: str, status: int = 302) -> Page:
    return lambda handler: handler.reply(status, b"moved", {"Location": place})


def with_headers(body: bytes, **headers: str) -> Page:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(200, body, {"Content-Type": "text/html", **named})


def source(site: Site, name: str, path: str = "") -> Source:
    url = site.url(path or f"/{name}")
    about = SideFile(url=url, publisher="HMIC", licence="Open Government Licence v3.0", body="Kent Police")
    return Source(name, "peel-2014", url, 2014, about)


def fetch(site: Site, corpus: Path, *sources: Source, day: datetime = DAY, **more: Any) -> Fetched:
    downloader = more.pop("downloader", None) or site.downloader()
    return fetch_reports(sources, corpus, downloader, lambda *_: None, now=lambda: day, **more)


# --- politeness


def test_a_request_says_who_asks_and_asks_for_the_bytes_as_they_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    url = site.serve("/a", with_headers(FIRST, Set_Cookie="a=b"))
    downloader = site.downloader()
    downloader.get(url)
    downloader.get(url)
    for _, headers in site.seen:
        assert headers["User-Agent"].startswith("peelqa/")
        assert headers["Accept-Encoding"] == "identity"
        assert headers["Host"] == f"reports.example:{site.port}"
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_robots_txt_is_asked_for_once_and_obeyed(site: Site) -> None:
    site.serve("/robots.txt", lambda h: h.reply(200, b"User-agent: *\nDisallow: /private/*.pdf$\nAllow: /\n"))
    allowed, kept_away = site.serve("/a", FIRST), site.serve("/private/a.pdf", FIRST)
    downloader = site.downloader()
    assert downloader.get(allowed)
    with pytest.raises(NotFetched, match="asks programs to keep away"):
        downloader.get(kept_away)
    assert site.asked("/robots.txt") == 1
    assert site.asked("/private/a.pdf") == 0


def test_robots_txt_is_obeyed_where_a_redirect_leads(site: Site) -> None:
    site.serve("/robots.txt", lambda h: h.reply(200, b"User-agent: peelqa\nDisallow: /kept-away\n"))
    site.serve("/kept-away", FIRST)
    with pytest.raises(NotFetched, match="keep away"):
        site.downloader().get(site.serve("/a", moved("/kept-away")))
    assert site.asked("/kept-away") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_server_without_robots_txt_allows_everything(site: Site, status: int) -> None:
    site.serve("/robots.txt", status)
    assert site.downloader().get(site.serve("/a", FIRST))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_whose_robots_txt_is_broken_is_left_alone(site: Site, status: int) -> None:
    site.serve("/robots.txt", status)
    with pytest.raises(NotFetched, match=r"robots\.txt was not fetched"):
        site.downloader().get(site.serve("/a", FIRST))
    assert site.asked("/a") == 0


@pytest.mark.parametrize(("robots", "least"), [(b"", 2.0), (b"User-agent: *\nCrawl-delay: 7\n", 7.0)])
def test_there_is_a_pause_between_two_requests(site: Site, robots: bytes, least: float) -> None:
    site.serve("/robots.txt", lambda h: h.reply(200, robots))
    downloader = site.downloader(Manners(pause=2.0))
    for path in ("/a", "/b", "/c"):
        downloader.get(site.serve(path, FIRST))
    assert len(site.slept) == 3
    assert all(least - 1 < each <= least for each in site.slept)


def test_a_server_that_wants_years_between_requests_is_left_alone(site: Site) -> None:
    site.serve("/robots.txt", lambda h: h.reply(200, b"User-agent: *\nCrawl-delay: 1e9\n"))
    with pytest.raises(NotFetched, match="1000000000 s between two requests"):
        site.downloader().get(site.serve("/a", FIRST))
    assert (site.asked("/a"), site.slept) == (0, [])


def test_a_pause_takes_nothing_of_the_time_for_a_download(site: Site) -> None:
    downloader = site.downloader(Manners(pause=0.6), seconds=0.5)
    downloader.sleep = time.sleep
    site.serve("/b", FIRST)
    assert downloader.get(site.serve("/a", moved("/b")))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_ever_longer_waits(site: Site, status: int) -> None:
    document = site.downloader(Manners(pause=0, backoff=2)).get(site.serve("/a", status, status, FIRST))
    assert document is not None
    assert document.content == FIRST
    assert site.slept == [2, 4]


def test_a_server_s_retry_after_holds(site: Site) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    for path, said, least in (("/a", "30", 30), ("/b", later, 55), ("/c", "Wed, 01 Jan 2014 00:00:00 GMT", 2)):
        busy: Page = lambda h, said=said: h.reply(503, headers={"Retry-After": said})  # type: ignore[misc] # noqa: E731
        site.slept.clear()
        assert site.downloader().get(site.serve(path, busy, FIRST))
        assert len(site.slept) == 1
        assert least <= site.slept[0] <= least + 30


def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(site: Site) -> None:
    busy: Page = lambda h: h.reply(429, headers={"Retry-After": "86400"})  # noqa: E731
    with pytest.raises(NotFetched, match="left alone for 86400 s"):
        site.downloader().get(site.serve("/a", busy))
    assert site.slept == []
    assert site.asked("/a") == 1


def test_a_server_that_keeps_failing_is_left_alone(site: Site) -> None:
    downloader = site.downloader()
    for number in range(5):
        with pytest.raises(NotFetched):
            downloader.get(site.serve(f"/{number}", 500))
    assert [site.asked(f"/{number}") for number in range(5)] == [3, 3, 3, 0, 0]


def test_a_server_that_recovers_is_asked_on(site: Site) -> None:
    downloader = site.downloader(Manners(pause=0, tries=1))
    answers: list[bytes | int] = [500, 500, FIRST, 500, 500, FIRST]
    for number, answer in enumerate(answers):
        url = site.serve(f"/{number}", answer)
        if isinstance(answer, bytes):
            assert downloader.get(url)
        else:
            with pytest.raises(NotFetched, match="busy or broken"):
                downloader.get(url)


@pytest.mark.parametrize(("status", "reason"), [(404, "nothing at this address"), (403, "everyone"), (204, "HTTP 204")])
def test_what_will_not_change_is_not_asked_for_again(site: Site, status: int, reason: str) -> None:
    with pytest.raises(NotFetched, match=reason):
        site.downloader().get(site.serve("/a", status))
    assert site.asked("/a") == 1


# --- servers that behave badly


def cut_short(handler: Handler) -> None:
    handler.reply(200, FIRST[:50], {"Content-Length": str(len(FIRST))})
    handler.close_connection = True


def cut_chunks(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n" + FIRST[:50] + b"\r\n")


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")


def two_lengths(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello....")


def endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        handler.wfile.write(b"X-%d: " % number + b"x" * 1000 + b"\r\n")


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


@pytest.mark.parametrize("bad", [cut_short, cut_chunks, nonsense, two_lengths, endless_headers, hang_up])
def test_a_broken_answer_is_asked_for_again_and_never_kept(site: Site, bad: Page) -> None:
    document = site.downloader().get(site.serve("/a", bad, FIRST))
    assert document is not None
    assert document.content == FIRST
    with pytest.raises(NotFetched):
        site.downloader().get(site.serve("/b", bad))
    assert site.asked("/b") == 3


def test_a_body_that_is_announced_as_too_large_is_not_waited_for(site: Site) -> None:
    over = threading.Event()

    def large(handler: Handler) -> None:
        handler.reply(200, b"", {"Content-Length": str(10**12)})
        over.wait(10)

    with pytest.raises(NotFetched, match="larger than 1 MB"):
        site.downloader(largest=2**20, seconds=2).get(site.serve("/a", large))
    over.set()


def test_an_endless_body_is_read_no_further_than_the_limit(site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"<p>And so on.</p>" * 4096)

    with pytest.raises(NotFetched, match="larger than 1 MB"):
        site.downloader(largest=2**20).get(site.serve("/a", endless))
    assert site.asked("/a") == 1


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "x-unknown"])
def test_a_compressed_body_is_refused_unopened(site: Site, encoding: str) -> None:
    bomb = gzip.compress(bytes(50 * 2**20))
    with pytest.raises(NotFetched, match="compressed"):
        site.downloader().get(site.serve("/a", with_headers(bomb, Content_Encoding=encoding)))


def drip(start: bytes) -> Page:
    def page(handler: Handler) -> None:
        handler.wfile.write(start)
        for _ in range(400):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    return page


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"]
)
def test_a_server_that_drips_is_cut_off_at_the_deadline(site: Site, start: bytes) -> None:
    with pytest.raises(NotFetched, match=r"took longer than 0\.4 s"):
        site.downloader(seconds=0.4).get(site.serve("/a", drip(start)))
    assert site.asked("/a") == 1


def test_a_chain_of_slow_redirects_shares_one_deadline(site: Site) -> None:
    def slowly(place: str) -> Page:
        def page(handler: Handler) -> None:
            time.sleep(0.3)
            handler.reply(302, headers={"Location": place})

        return page

    for number in range(3):
        site.serve(f"/{number}", slowly(f"/{number + 1}"))
    site.serve("/3", FIRST)
    with pytest.raises(NotFetched, match="took longer"):
        site.downloader(seconds=0.7).get(site.url("/0"))


def test_three_redirects_are_followed_and_a_fourth_is_not(site: Site) -> None:
    for number, status in enumerate((301, 302, 303, 307, 308)):
        site.serve(f"/{number}", moved(f"/{number + 1}" if number % 2 else site.url(f"/{number + 1}"), status))
    site.serve("/5", FIRST)
    assert site.downloader().get(site.url("/2"))
    with pytest.raises(NotFetched, match="more than 3 times"):
        site.downloader().get(site.url("/1"))
    with pytest.raises(NotFetched, match="more than 3 times"):
        site.downloader().get(site.serve("/loop", moved("/loop")))


@pytest.mark.parametrize(
    "place",
    ["http://169.254.169.254/latest/meta-data/", "//127.0.0.1/", "http://[::ffff:7f00:1]/", "file:///etc/passwd",
     "http://user@127.0.0.1/", "http://2130706433/", "\\\\127.0.0.1\\a", "http://127.0.0.1:22/", "ftp://reports.example/",
     "javascript:alert(1)", "http://127.0.0.1\t:80/"],
)  # fmt: skip
def test_a_redirect_to_where_nothing_is_fetched_is_refused(site: Site, place: str) -> None:
    with pytest.raises(AddressRefused):
        site.downloader().get(site.serve("/a", moved(place)))
    assert {path for path, _ in site.seen} == {"/robots.txt", "/a"}


def test_a_redirect_that_is_no_address_is_not_followed(site: Site) -> None:
    with pytest.raises(NotFetched, match="no address"):
        site.downloader().get(site.serve("/a", moved("http://[::1")))


def test_only_hosts_that_are_listed_are_asked(site: Site) -> None:
    downloader = site.downloader(hosts=["reports.example"])
    assert downloader.get(site.serve("/a", FIRST))
    site.serve("/b", moved(site.url("/a", "elsewhere.example")))
    for url in (site.url("/a", "notreports.example"), site.url("/a", "reports.example.net"), site.url("/b")):
        with pytest.raises(AddressRefused, match=r"is none of reports\.example"):
            downloader.get(url)
    assert downloader.get(site.url("/a", "www.reports.example"))


# --- copies


def test_a_fetched_report_stands_in_the_corpus_with_what_is_known_of_it(site: Site, tmp_path: Path) -> None:
    site.serve("/kent", FIRST)
    fetched = fetch(site, tmp_path, source(site, "kent"))
    assert [(each.state, each.path) for each in fetched.outcomes] == [(State.NEW, tmp_path / "kent.html")]
    assert (tmp_path / "kent.html").read_bytes() == FIRST
    assert json.loads((tmp_path / "kent.html.meta.json").read_text()) == {
        "url": site.url("/kent"), "publisher": "HMIC", "licence": "Open Government Licence v3.0",
        "body": "Kent Police", "retrieved": "2026-11-25",
    }  # fmt: skip
    assert [path.name for path in list_corpus(tmp_path).paths] == ["kent.html"]
    assert list_corpus(tmp_path).skipped == 0


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_what_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path, header: str) -> None:
    value = '"v1"' if header == "ETag" else "Wed, 25 Nov 2026 09:00:00 GMT"
    asks = "If-None-Match" if header == "ETag" else "If-Modified-Since"

    def page(handler: Handler) -> None:
        same = handler.headers.get(asks) == value
        handler.reply(304 if same else 200, b"" if same else FIRST, {**HTML, header: value})

    site.pages["/kent"] = page
    fetch(site, tmp_path, source(site, "kent"))
    again = fetch(site, tmp_path, source(site, "kent"), day=DAY + timedelta(days=40))
    assert again.outcomes[0].state is State.UNCHANGED
    assert read_side_file(tmp_path / "kent.html").retrieved == DAY.date(), "the day on which this text was retrieved"
    (tmp_path / "kent.html").unlink()
    anew = fetch(site, tmp_path, source(site, "kent"), day=DAY + timedelta(days=80))
    assert anew.outcomes[0].state is State.NEW
    assert (tmp_path / "kent.html").read_bytes() == FIRST


def test_a_changed_page_is_a_new_version_and_the_earlier_one_is_kept_aside(site: Site, tmp_path: Path) -> None:
    site.serve("/kent", FIRST, FIRST, SECOND)
    later = [DAY + timedelta(days=days) for days in (0, 2, 4)]
    states = [fetch(site, tmp_path, source(site, "kent"), day=day).outcomes[0].state for day in later]
    assert states == [State.NEW, State.UNCHANGED, State.CHANGED]
    assert (tmp_path / "kent.html").read_bytes() == SECOND
    assert read_side_file(tmp_path / "kent.html").retrieved == later[2].date()
    assert sorted(path.read_bytes() == FIRST for path in (tmp_path / EARLIER).iterdir()) == [False, True]
    versions = json.loads((tmp_path / LEDGER).read_text())[site.url("/kent")]["versions"]
    assert [version["retrieved"] for version in versions] == ["2026-11-25", "2026-11-29"]
    assert len({version["sha256"] for version in versions}) == 2
    with open_copies(tmp_path) as copies:
        copies.forget("kent.html")
        assert copies.place(site.url("/kent")) is None
    assert list((tmp_path / EARLIER).iterdir()) == []


PDF_LIKE = b"%PDF-1.7\nno more than that"
TOO_LARGE: Page = lambda h: h.reply(200, headers={"Content-Length": str(10**9)})  # noqa: E731


@pytest.mark.parametrize(
    "bad",
    [404, 410, 500, cut_short, cut_chunks, nonsense, b"", b"   ", PDF_LIKE, b"\x89PNG\r\n\x1a\n\0\0", b"<html></html>",
     TOO_LARGE, moved("/nowhere"), moved("http://10.0.0.1/"), with_headers(b"{}", Content_Type="application/json"),
     with_headers(SECOND, Content_Encoding="gzip")],
)  # fmt: skip
def test_a_good_copy_outlives_every_failed_fetch(site: Site, tmp_path: Path, bad: Page | bytes | int) -> None:
    site.serve("/kent", FIRST, bad)
    fetch(site, tmp_path, source(site, "kent"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    (outcome,) = fetch(site, tmp_path, source(site, "kent"), recent=timedelta(0)).outcomes
    assert outcome.state is State.FAILED
    assert outcome.reason.endswith("The copy in the corpus stays")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_copy_outlives_a_server_whose_certificate_cannot_be_checked(site: Site, tmp_path: Path) -> None:
    url = site.url("/kent").replace("http:", "https:")
    kent = Source("kent", "peel-2014", url, 2014, SideFile())
    (outcome,) = fetch(site, tmp_path, kent).outcomes
    assert outcome.state is State.FAILED
    assert "SSL" in outcome.reason
    assert site.seen == []


def test_a_write_that_fails_at_any_moment_leaves_a_whole_copy(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.fsync
    for number in range(20):
        corpus, left = tmp_path / str(number), iter(range(number))
        site.serve("/kent", FIRST, SECOND)
        fetch(site, corpus, source(site, "kent"))

        def failing(handle: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                os.ftruncate(handle, 3)
                raise OSError(28, "No space left on device")
            whole(handle)

        monkeypatch.setattr(os, "fsync", failing)
        try:
            fetch(site, corpus, source(site, "kent"), recent=timedelta(0))
        except OSError:
            assert (corpus / "kent.html").read_bytes() in (FIRST, SECOND)
            read_side_file(corpus / "kent.html")
        else:
            break
        finally:
            monkeypatch.setattr(os, "fsync", whole)
        (last,) = fetch(site, corpus, source(site, "kent"), recent=timedelta(0)).outcomes
        assert last.state in (State.CHANGED, State.UNCHANGED)
        assert (corpus / "kent.html").read_bytes() == SECOND
        with open_copies(corpus) as copies:
            assert copies.whole(site.url("/kent")), "the ledger knows what the file holds"
    assert 5 <= number < 19, "every write failed once, and at last none did"


def test_a_fetch_that_is_broken_off_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    sources = [source(site, name) for name in ("a", "b", "c", "d")]
    for each in sources:
        site.serve(f"/{each.name}", FIRST)

    def break_off(what: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_reports(sources, tmp_path, site.downloader(), break_off, now=lambda: DAY)
    fetched = fetch(site, tmp_path, *sources, day=DAY + timedelta(hours=1))
    assert [each.state for each in fetched.outcomes] == [State.RECENT, State.RECENT, State.NEW, State.NEW]
    assert [site.asked(f"/{name}") for name in "abcd"] == [1, 1, 1, 1]


def test_one_report_that_fails_does_not_keep_the_others(site: Site, tmp_path: Path) -> None:
    site.serve("/a", 404)
    site.serve("/b", FIRST)
    told = list[tuple[str, int, int]]()
    sources = [source(site, "a"), source(site, "b")]
    fetched = fetch_reports(sources, tmp_path, site.downloader(), lambda *each: told.append(each), now=lambda: DAY)
    assert [each.state for each in fetched.outcomes] == [State.FAILED, State.NEW]
    assert [each.name for each in fetched.failed] == ["a"]
    assert fetched.count(State.NEW, State.FAILED) == 2
    assert told == [("fetching reports", done, 2) for done in (0, 1, 2)]


def test_what_a_person_wrote_beside_a_copy_or_under_its_name_stays(site: Site, tmp_path: Path) -> None:
    (tmp_path / "kent.html").write_text("<html>My own notes")
    site.serve("/kent", FIRST, SECOND)
    (first,) = fetch(site, tmp_path, source(site, "kent")).outcomes
    assert first.path is not None
    assert first.path.name.startswith("kent-")
    assert (tmp_path / "kent.html").read_text() == "<html>My own notes"
    write_side_file(first.path, SideFile(title="As we call it", body="Medway"))
    (second,) = fetch(site, tmp_path, source(site, "kent"), recent=timedelta(0)).outcomes
    assert (second.state, second.path) == (State.CHANGED, first.path)
    about = read_side_file(first.path)
    assert (about.title, about.body, about.publisher) == ("As we call it", "Medway", "HMIC")


def test_a_copy_that_was_altered_is_fetched_anew_and_kept_aside(site: Site, tmp_path: Path) -> None:
    def page(handler: Handler) -> None:
        handler.reply(304 if "If-None-Match" in handler.headers else 200, FIRST, {**HTML, "ETag": '"v1"'})

    site.pages["/kent"] = page
    fetch(site, tmp_path, source(site, "kent"))
    (tmp_path / "kent.html").write_bytes(SECOND)
    (outcome,) = fetch(site, tmp_path, source(site, "kent")).outcomes
    assert outcome.state is State.CHANGED
    assert (tmp_path / "kent.html").read_bytes() == FIRST
    assert SECOND in [path.read_bytes() for path in (tmp_path / EARLIER).iterdir()]


def test_another_report_under_a_copy_s_name_is_not_replaced(site: Site, tmp_path: Path) -> None:
    site.serve("/kent", FIRST)
    fetch(site, tmp_path, source(site, "kent"))
    (tmp_path / "kent.html.meta.json").unlink()
    (tmp_path / "kent.html").write_text("<html>My own notes")
    (outcome,) = fetch(site, tmp_path, source(site, "kent")).outcomes
    assert outcome.path not in (None, tmp_path / "kent.html")
    assert (tmp_path / "kent.html").read_text() == "<html>My own notes"


def test_two_fetches_do_not_work_on_one_corpus(site: Site, tmp_path: Path) -> None:
    with open_copies(tmp_path), pytest.raises(BuildRunning, match="Another fetch"):
        fetch(site, tmp_path, source(site, "kent"))


def test_a_ledger_that_cannot_be_read_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_text("{")
    with pytest.raises(BadInput, match="Delete it"):
        fetch(site, tmp_path, source(site, "kent"))


# --- adding


def test_an_address_is_added_with_what_is_said_of_it(site: Site, tmp_path: Path) -> None:
    url = site.serve("/peel-reports/kent%202023-25/", FIRST, SECOND)
    said = SideFile(title="Kent 2023-25", body="Kent Police")
    path = add_address(f" {url}#key-facts", tmp_path, site.downloader(), said, now=lambda: DAY)
    assert path == tmp_path / "peel-reports-kent-2023-25.html"
    about = read_side_file(path)
    assert (about.title, about.body, about.url, about.retrieved) == ("Kent 2023-25", "Kent Police", url, DAY.date())
    again = add_address(url, tmp_path, site.downloader(), SideFile(licence="OGL"), now=lambda: DAY)
    assert again == path
    assert path.read_bytes() == SECOND
    assert read_side_file(path).title == "Kent 2023-25"
    assert read_side_file(path).licence == "OGL"


def test_an_address_that_is_no_report_is_not_added(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UnreadableReport):
        add_address(site.serve("/a", with_headers(b"GIF89a\0", Content_Type="image/gif")), tmp_path, site.downloader(),
                    SideFile())  # fmt: skip
    with pytest.raises(AddressRefused):
        add_address("http://127.0.0.1/a", tmp_path, site.downloader(), SideFile())
    assert list_corpus(tmp_path).paths == ()
