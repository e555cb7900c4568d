"""No address but those of public web servers is ever connected to, however it is written and wherever it comes from."""

from __future__ import annotations

import ipaddress
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

import peelqa.fetching.addresses
from peelqa.errors import AddressRefused, NotFetched
from peelqa.fetching.addresses import Reach, parse_address, refused_range
from peelqa.fetching.connections import Connector
from peelqa.fetching.downloading import Downloader, Manners

REFUSED_V4 = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.254", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.1.2.3",  # noqa: S104
    "168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.254", "192.0.0.8",
    "192.0.0.9", "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1",
    "192.168.255.254", "192.175.48.1", "198.18.0.1", "198.19.255.254", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
REFUSED_V6 = [
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1",
    "2001:db8::1", "2002::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2620:4f:8000::1", "3fff::1", "4000::1", "5f00::1",
    "8000::1", "fc00::1", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = "93.184.215.14"


def spellings(ip: str) -> Iterator[str]:
    """Every way that we know of to write an IPv4 address into a URL's host, so that some program reads it there."""
    a, b, c, d = (int(part) for part in ip.split("."))
    number = int(ipaddress.IPv4Address(ip))
    yield ip
    yield f"{ip}."
    yield f"{ip}.."
    yield str(number)
    yield hex(number)
    yield f"0x{number:08X}"
    yield f"0{number:o}"
    yield f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"
    yield f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"
    yield f"{a}.{(b << 16) + (c << 8) + d}"
    yield f"{a}.{b}.{(c << 8) + d}"
    yield f"{a:03}.{b:03}.{c:03}.{d:03}"
    yield f"{a + 256}.{b}.{c}.{d}"
    yield "".join(chr(0xFF10 + int(each)) if each.isdigit() else each for each in ip)
    yield ip.replace(".", "\u3002")
    yield ip.replace(".", "\uff0e")
    yield "".join(f"%{ord(each):02x}" for each in ip)
    yield f"[::ffff:{ip}]"
    yield f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[0:0:0:0:0:ffff:{ip}]"
    yield f"[64:ff9b::{ip}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"
    yield f"[::{ip}]"
    yield f"[{ip}]"
    yield f"reports.example@{ip}"
    yield f"reports.example:80@{ip}"
    yield f"{ip}:22"
    yield f"{ip}:443"
    yield f"{ip}:00080"
    yield f"{ip}\\@reports.example"
    yield f"{ip}\t"


WRITTEN = [f"http://{written}/" for ip in REFUSED_V4 for written in spellings(ip)]
WRITTEN += [f"{scheme}://[{ip}]/" for ip in REFUSED_V6 for scheme in ("http", "https")]
ODD = [
    "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://reports.example/", "javascript:alert(1)", "data:text/html,x",
    "//reports.example/", "reports.example/a", "http:", "http://", "http:///reports.example", "https:reports.example",
    "http://:80/", "http://@/", "http://user:word@reports.example/", "http://reports.example:8000/",
    "http://reports.example:0/", "http://reports.example:65616/", "http://reports.example:-80/",
    "http://reports.example:８０/", "http://reports.example:/\r\nHost: evil.example", "http://reports.example/\r\n",
    "http://reports.example/a b", "http://reports.example/\x00", "http://reports.example\\@evil.example/",
    "http:\\\\reports.example\\", "http://reports.example\u2028/", "http://reports\u00ad.exam\u202eple/",
    "http://a..b/", "http://.example/", "http://-a.example/", "http://a_b.example/", "http://reports.example%2f/",
    "http://[::1", "http://::1/", "http://[fe80::1%25eth0]/", "http://[v1.x]/", "http://[]/", "http://a[::1]/",
    "http://" + "a" * 64 + ".example/", "http://" + "a." * 130 + "example/",
    "http://reports.example/" + "a" * 5000,
]  # fmt: skip


@pytest.fixture(scope="session")
def _watch() -> list[Any]:
    """Every address that any socket of this process is connected to from now on."""
    seen: list[Any] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            seen.append(arguments[1])

    sys.addaudithook(hook)
    return seen


@pytest.fixture
def connected(_watch: list[Any]) -> list[Any]:
    _watch.clear()
    return _watch


class _Door(BaseHTTPRequestHandler):
    """Sends on to whatever the path says: /302/ADDRESS; has no robots.txt."""

    def do_GET(self) -> None:
        _, status, place = [*self.path.split("/", 2), ""][:3]
        self.send_response(int(status) if status.isdecimal() else 404)
        self.send_header("Location", place)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def door() -> Iterator[tuple[str, int]]:
    server = HTTPServer(("127.0.0.1", 0), _Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def names(host: str, port: int) -> tuple[str, ...]:
    """Look names up without asking anyone: `door.example` is the door, `at-IP.example` is that address."""
    if host == "door.example":
        return ("127.0.0.1",)
    ip = host.removesuffix(".example").removeprefix("at-").removeprefix("also-").replace("x", ":").replace("-", ".")
    return (PUBLIC, ip) if host.startswith("also-") else (ip,)


def name_of(ip: str, prefix: str = "at-") -> str:
    return f"{prefix}{ip.replace(':', 'x').replace('.', '-')}.example"


def downloader(*also: tuple[str, int]) -> Downloader:
    return Downloader(Connector(Reach(frozenset(also)), names, seconds=5), Manners(pause=0, tries=1))


@pytest.mark.parametrize("url", [*WRITTEN, *ODD])
def test_no_spelling_of_a_refused_address_is_connected_to(
    url: str, connected: list[Any], count: Callable[..., None]
) -> None:
    with pytest.raises(AddressRefused):
        downloader().get(url)
    count(spellings_refused=1, connected_to=len(connected))
    assert connected == []


@pytest.mark.parametrize("ip", [*REFUSED_V4, *REFUSED_V6])
@pytest.mark.parametrize("prefix", ["at-", "also-"])
def test_no_name_of_a_refused_address_is_connected_to(
    ip: str, prefix: str, connected: list[Any], count: Callable[..., None]
) -> None:
    with pytest.raises(AddressRefused, match="is not connected to"):
        downloader().get(f"http://{name_of(ip, prefix)}/report.pdf")
    count(names_refused=1, connected_to=len(connected))
    assert connected == []


@pytest.mark.parametrize("ip", [*REFUSED_V4, *REFUSED_V6])
@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_to_a_refused_address_is_followed(
    ip: str, status: int, door: tuple[str, int], connected: list[Any], count: Callable[..., None]
) -> None:
    host = f"[{ip}]" if ":" in ip else ip
    for onward in (f"http://{host}/", f"http://{name_of(ip)}/", f"http://door.example:{door[1]}/301/http://{host}/"):
        with pytest.raises(AddressRefused):
            downloader(door).get(f"http://door.example:{door[1]}/{status}/{onward}")
        count(redirects_refused=1, connected_to=sum(each != door for each in connected))
    assert connected
    assert set(connected) == {door}


def test_at_least_four_hundred_cases_are_tried() -> None:
    assert len(set(WRITTEN) | set(ODD)) > 400


def test_the_harness_sees_a_connection_where_one_is_made(door: tuple[str, int], connected: list[Any]) -> None:
    with pytest.raises(NotFetched, match="404"):
        downloader(door).get(f"http://door.example:{door[1]}/404/")
    assert connected == [door, door]


def test_without_its_table_the_same_case_would_connect(
    door: tuple[str, int], connected: list[Any], monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    url = f"http://127.0.0.1:{door[1]}/404/"
    with pytest.raises(AddressRefused):
        downloader().get(url)
    assert connected == []
    monkeypatch.setattr(peelqa.fetching.addresses, "refused_range", lambda ip: None)
    monkeypatch.setattr(peelqa.fetching.addresses, "refused_port", lambda port: None)
    with pytest.raises(NotFetched):
        downloader().get(url)
    count(seen_without_the_table=len(connected))
    assert connected == [door, door]


def test_an_endpoint_that_is_allowed_allows_no_other_port_and_no_other_machine(
    door: tuple[str, int], connected: list[Any]
) -> None:
    for url in (f"http://127.0.0.1:{door[1] - 1}/", f"http://127.0.0.2:{door[1]}/", "http://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            downloader(door).get(url)
    assert connected == []


class Recorder(httpcore.NetworkBackend):
    """A network on which every machine answers the same, and which remembers what was asked of it."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", slow: float = 0) -> None:
        self.answer = answer
        self.slow = slow
        """Seconds before every single byte, where it is not 0."""
        self.connected: list[tuple[str, int]] = []
        self.hostnames: list[str | None] = []
        self.written: list[bytes] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        if host == "2606:2800:21f:cb07::1":
            raise httpcore.ConnectError("no route")
        return _RecordedStream(self)


class _RecordedStream(httpcore.MockStream):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__([bytes([each]) for each in recorder.answer] if recorder.slow else [recorder.answer])
        self._recorder = recorder

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        time.sleep(self._recorder.slow)
        return super().read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._recorder.written.append(buffer)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._recorder.hostnames.append(server_hostname)
        return self


def test_the_checked_address_is_connected_to_under_the_host_s_own_name() -> None:
    network, asked = Recorder(), list[str]()

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    document = Downloader(Connector(resolve=resolve, backend=network), Manners(pause=0)).get(
        "https://reports.example/a"
    )
    assert document is not None
    assert document.content == b"hello"
    assert network.connected == [(PUBLIC, 443), (PUBLIC, 443)]
    assert network.hostnames == ["reports.example", "reports.example"]
    assert b"\r\nHost: reports.example\r\n" in b"".join(network.written)
    assert asked == ["reports.example", "reports.example"], "one look-up for robots.txt and one for the document"


def test_an_address_in_numbers_is_named_as_http_names_it() -> None:
    network = Recorder()
    Downloader(Connector(backend=network), Manners(pause=0)).get("http://[2606:2800:21f::1]/a")
    assert b"\r\nHost: [2606:2800:21f::1]\r\n" in b"".join(network.written)


def test_a_secure_connection_that_drips_is_cut_off_too() -> None:
    connector = Connector(resolve=lambda host, port: [PUBLIC], backend=Recorder(slow=0.05), seconds=0.2)
    with pytest.raises(NotFetched, match=r"took longer than 0\.2 s"):
        Downloader(connector, Manners(pause=0, tries=1)).get("https://reports.example/a")


def test_a_name_that_changes_its_address_is_refused_once_it_leads_astray() -> None:
    network, answers = Recorder(), [[PUBLIC], ["127.0.0.1"], [PUBLIC]]
    connector = Connector(resolve=lambda host, port: answers.pop(0), backend=network)
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is reserved for this machine"):
        Downloader(connector, Manners(pause=0)).get("http://reports.example/a")
    assert network.connected == [(PUBLIC, 80)]


def test_the_next_address_is_tried_where_one_cannot_be_reached() -> None:
    network = Recorder()
    connector = Connector(resolve=lambda host, port: ["2606:2800:21f:cb07::1", PUBLIC], backend=network)
    assert Downloader(connector, Manners(pause=0, tries=1)).get("http://reports.example/a")
    assert network.connected[:2] == [("2606:2800:21f:cb07::1", 80), (PUBLIC, 80)]


def test_a_redirect_from_https_to_http_is_not_followed() -> None:
    network = Recorder(b"HTTP/1.1 301 Moved\r\nLocation: http://reports.example/a\r\nContent-Length: 0\r\n\r\n")
    connector = Connector(resolve=lambda host, port: [PUBLIC], backend=network)
    with pytest.raises(NotFetched, match="could alter"):
        Downloader(connector, Manners(pause=0, tries=1)).get("https://reports.example/a")
    assert {port for _, port in network.connected} == {443}


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://hmicfrs.justiceinspectorates.gov.uk", "https://hmicfrs.justiceinspectorates.gov.uk/"),
        ("HTTP://Reports.EXAMPLE.:80/A?b=C#d", "http://reports.example/A?b=C"),
        ("https://reports.example:443/a%20b/%c3%a9?", "https://reports.example/a%20b/%c3%a9"),
        ("https://münchen.example/é", "https://xn--mnchen-3ya.example/%C3%A9"),
        ("https://reports.example///peel//kent/", "https://reports.example///peel//kent/"),
        ("http://[2606:2800:021F::1]:80/", "http://[2606:2800:21f::1]/"),
        ("http://93.184.215.14./", "http://93.184.215.14/"),
        ("http://reports.example#@127.0.0.1:1/", "http://reports.example/"),
    ],
)
def test_an_address_is_brought_to_one_spelling(url: str, plain: str) -> None:
    assert parse_address(url, Reach()).url == plain
    assert parse_address(plain, Reach()).url == plain


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user@reports.example/", "user name"),
        ("ftp://reports.example/", "only http:// and https://"),
        ("http://reports.example:8080/", "port 8080 is neither 80 nor 443"),
        ("http://2130706433/", "unusual spelling"),
        ("http://a b/", "a space"),
        ("http://reports.example/" + "a" * 5000, "longer than"),
        ("http://[fe80::1%25eth0]/", "not written plainly"),
    ],
)
def test_a_refusal_says_what_is_wrong(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused, match=reason):
        parse_address(url, Reach())


@given(st.text(max_size=40))
def test_any_text_is_an_address_of_one_spelling_or_is_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://reports.example/{text}"):
        try:
            address = parse_address(url, Reach())
        except AddressRefused:
            continue
        assert parse_address(address.url, Reach()) == address
        assert address.port in (80, 443)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_wherever_it_is_carried(ip: ipaddress.IPv4Address) -> None:
    plain = refused_range(str(ip)) is None
    assert (refused_range(f"::ffff:{ip}") is None) is plain
    assert (refused_range(f"64:ff9b::{ip}") is None) is plain


@given(st.ip_addresses())
def test_what_python_holds_for_no_public_address_is_refused(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    carried = ip.version == 6 and (int(ip) >> 32) in (0xFFFF, 0x64FF9B << 64)
    if not ip.is_global and not carried:
        assert refused_range(str(ip))


@pytest.mark.parametrize("ip", [PUBLIC, "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:21f::1", "64:ff9b::808:808"])
def test_a_public_address_is_not_refused(ip: str) -> None:
    assert refused_range(ip) is None
