"""One request to one server: connected to no machine but those that were checked, within time and size."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore

from peelqa.errors import AddressRefused
from peelqa.fetching.addresses import Address, Reach, is_ip
from peelqa.reports.corpus import LARGEST_FILE

Resolve = Callable[[str, int], Sequence[str]]

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 20.0
_OK = 200


class NoReply(Exception):
    """A server did not answer, or stopped before the end; another try may fare better. The message is the reason."""


class NotTaken(Exception):
    """An answer is not taken, and another try would fare no better. The message is the reason."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """Names are in lower case."""
    content: bytes
    """The body as it was sent, read where the status is 200 only."""


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the time that is spent within not count."""
        start = time.monotonic()
        yield
        self._end += time.monotonic() - start

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds that are left, or `at_most`. Raises NotTaken where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise NotTaken(f"it took longer than {self._seconds:g} s")
        return left if at_most is None else min(left, at_most)


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses that a host's name stands for. Raises OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Connector:
    """Sends single requests. Nothing of the environment (proxies, cookies, stored passwords) has a part in them."""

    reach: Reach = field(default_factory=Reach)
    resolve: Resolve = look_up
    seconds: float = 60.0
    """The longest that a request may take, redirects included."""
    largest: int = LARGEST_FILE
    """The largest body in bytes."""
    backend: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    ssl_context: ssl.SSLContext | None = None
    """How certificates are checked; None for the system's authorities and those of certifi."""

    def deadline(self) -> Deadline:
        """Return the end of a request that starts now."""
        return Deadline(self.seconds)

    def get(self, address: Address, headers: Mapping[str, str], deadline: Deadline) -> Reply:
        """Send one GET request; a redirect is returned like any answer.

        Raises AddressRefused where the address leads to a machine that is out of reach, NoReply where another try may
        help, and NotTaken where the body is too large, was compressed, or took too long.
        """
        checked = _CheckedBackend(self.backend, self.reach, self.resolve, deadline)
        url = httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
        sent = {"Host": address.authority, "Accept-Encoding": "identity", "Connection": "close", **headers}
        try:
            with (
                httpcore.ConnectionPool(self.ssl_context, network_backend=checked, max_keepalive_connections=0) as pool,
                pool.stream("GET", url, headers=list(sent.items()), extensions=_timeouts()) as response,
            ):
                found = {key.decode("ascii").lower(): _text(value) for key, value in response.headers}
                content = self._body(response.iter_stream(), found) if response.status == _OK else b""
                return Reply(response.status, found, content)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            deadline.left()
            raise NoReply(str(error) or type(error).__name__) from error

    def _body(self, parts: Iterable[bytes], headers: Mapping[str, str]) -> bytes:
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise NotTaken("it was sent compressed although it was asked for as it is")
        too_large = NotTaken(f"it is larger than {self.largest / 2**20:g} MB")
        if int(headers.get("content-length", 0)) > self.largest:
            raise too_large
        content = io.BytesIO()
        for part in parts:
            content.write(part)
            if content.tell() > self.largest:
                raise too_large
        return content.getvalue()


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to an IP address that was checked, never to a name: the name is looked up once, here."""

    def __init__(self, inner: httpcore.NetworkBackend, reach: Reach, resolve: Resolve, deadline: Deadline) -> None:
        self._inner = inner
        self._reach = reach
        self._resolve = resolve
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"there is no machine called {host}")
        for ip in self._checked(host, port):
            try:
                stream = self._inner.connect_tcp(
                    ip, port, self._deadline.left(timeout), local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failed

    def _checked(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host. One that is out of reach refuses them all: such a name is up to no good."""
        try:
            ips = [host] if is_ip(host) else self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be looked up ({error.strerror or error})") from error
        for ip in ips:
            if reason := self._reach.refusal(ip, port):
                raise AddressRefused(f"{host} is not connected to: {reason}. Give the report's public web address.")
        return ips


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no wait goes beyond the deadline, however slowly bytes drip in."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _timeouts() -> dict[str, dict[str, float]]:
    connect, read = _CONNECT_SECONDS, _READ_SECONDS
    return {"timeout": {"connect": connect, "read": read, "write": read, "pool": connect}}
