"""Polite downloads: one request at a time, as robots.txt allows, with pauses, and with patience for a busy server."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from urllib.parse import urljoin

from protego import Protego

from peelqa.errors import AddressRefused, NotFetched
from peelqa.fetching.addresses import Address, parse_address
from peelqa.fetching.connections import Connector, NoReply, NotTaken, Reply

ROBOT = "peelqa"
MOST_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
# What RFC 9309 asks a robot to read of a robots.txt at the least.
_ROBOTS_BYTES = 512 * 1024
# A server that failed so many downloads in a row is left in peace.
_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at an address."""

    content: bytes
    content_type: str
    """The media type without parameters, in lower case; empty where the server names none."""
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely a server is asked. All times are in seconds."""

    pause: float = 2.0
    """Between two requests; a longer Crawl-delay of robots.txt holds."""
    tries: int = 4
    """How often a download is tried."""
    backoff: float = 2.0
    """Before the second try; it doubles with each. A longer Retry-After of the server holds."""
    longest_wait: float = 120.0
    """A server that asks for a longer wait than this is not asked again."""


@dataclass(slots=True)
class Downloader:
    """Downloads documents, one after the other; remembers each server's robots.txt and the last request."""

    connector: Connector = field(default_factory=Connector)
    manners: Manners = field(default_factory=Manners)
    hosts: Collection[str] | None = None
    """The hosts, with all below them, that may be asked; None for any."""
    sleep: Callable[[float], None] = time.sleep
    _robots: dict[str, Protego] = field(default_factory=dict, init=False)
    _failures: Counter[str] = field(default_factory=Counter, init=False)
    _last_request: float | None = field(default=None, init=False)

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Document | None:
        """Return what stands at a URL; None where it is what stood there with this ETag and date.

        Raises AddressRefused where the address, or one that it leads to, is out of reach, and NotFetched where there is
        nothing to be had now.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        address = self._address(url)
        reply = self._patiently(address, {name: value for name, value in conditions.items() if value})
        if reply.status == 304 and (etag or last_modified):
            return None
        if reply.status != 200:
            raise _not_fetched(address, _reason(reply.status))
        if not reply.content or reply.content.isspace():
            raise _not_fetched(address, "what it sends is empty")
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        etag, last_modified = (_echoed(reply, name) for name in ("etag", "last-modified"))
        return Document(reply.content, kind, etag, last_modified)

    def _address(self, url: str) -> Address:
        address = parse_address(url, self.connector.reach)
        if self.hosts is not None and not any(f".{address.host}".endswith(f".{host}") for host in self.hosts):
            raise AddressRefused(f"{address.url} is not fetched: {address.host} is none of {', '.join(self.hosts)}.")
        return address

    def _patiently(self, address: Address, headers: Mapping[str, str], *, robots: bool = True) -> Reply:
        """Ask until there is an answer. Raises NotFetched where the server stays silent or busy."""
        if self._failures[address.host] >= _FAILURES_IN_A_ROW:
            raise _not_fetched(address, f"{address.host} failed {_FAILURES_IN_A_ROW} times in a row, and is left alone")
        for attempt in range(1, self.manners.tries + 1):
            wait = self.manners.backoff * 2 ** (attempt - 1)
            try:
                reply = self._follow(address, headers, robots)
            except NoReply as error:
                reason = str(error)
            except NotTaken as error:
                raise _not_fetched(address, str(error)) from error
            else:
                if reply.status not in _BUSY:
                    del self._failures[address.host]
                    return reply
                reason = _reason(reply.status)
                wait = max(wait, _asked_wait(reply))
            if wait > self.manners.longest_wait:
                reason += f", and it asks to be left alone for {wait:.0f} s"
                break
            if attempt < self.manners.tries:
                self.sleep(wait)
        self._failures[address.host] += 1
        raise _not_fetched(address, reason)

    def _follow(self, address: Address, headers: Mapping[str, str], robots: bool) -> Reply:
        """Ask once, and at each address that the answer sends on to; each is checked as the first was."""
        deadline = self.connector.deadline()
        introduced = {"User-Agent": user_agent(), "Accept": "*/*", **headers}
        for _ in range(MOST_REDIRECTS + 1):
            with deadline.paused():
                if robots:
                    self._obey_robots(address)
                self._wait_turn(address)
            try:
                reply = self.connector.get(address, introduced, deadline)
            finally:
                self._last_request = time.monotonic()
            place = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not place:
                return reply
            address = self._onward(address, place)
        raise NotTaken(f"it leads on to another address more than {MOST_REDIRECTS} times")

    def _onward(self, address: Address, place: str) -> Address:
        try:
            onward = self._address(urljoin(address.url, place))
        except ValueError as error:
            raise NotTaken(f"it leads to what is no address ({error})") from error
        if address.scheme == "https" and onward.scheme == "http":
            raise NotTaken(f"it leads to {onward.url}, which anyone on the way could alter")
        return onward

    def _wait_turn(self, address: Address) -> None:
        rules = self._robots.get(address.origin)
        pause = max(self.manners.pause, _crawl_delay(rules) if rules else 0.0)
        if self._last_request is not None and (rest := self._last_request + pause - time.monotonic()) > 0:
            self.sleep(rest)

    def _obey_robots(self, address: Address) -> None:
        """Raise NotFetched where the server's robots.txt keeps peelqa away, or cannot be read (RFC 9309, 2.3.1)."""
        if address.origin not in self._robots:
            place = self._address(f"{address.origin}/robots.txt")
            reply = self._patiently(place, {}, robots=False)
            if reply.status == 200:
                text = reply.content[:_ROBOTS_BYTES].decode("utf-8", "replace")
            elif 400 <= reply.status < 500:
                text = ""
            else:
                raise _not_fetched(place, _reason(reply.status))
            self._robots[address.origin] = Protego.parse(text)
        rules = self._robots[address.origin]
        if not rules.can_fetch(address.url, ROBOT):
            raise _not_fetched(address, f"{address.origin}/robots.txt asks programs to keep away from it")
        if (delay := _crawl_delay(rules)) > self.manners.longest_wait:
            raise _not_fetched(address, f"{address.origin}/robots.txt asks for {delay:.0f} s between two requests")


def user_agent() -> str:
    """Return how peelqa introduces itself to a server."""
    return f"{ROBOT}/{version('peelqa')} (keeps copies of inspection reports; one request at a time)"


def _crawl_delay(rules: Protego) -> float:
    return float(rules.crawl_delay(ROBOT) or 0)


def _echoed(reply: Reply, name: str) -> str | None:
    """Return a header that a later request sends back; None where it holds more than headers may."""
    value = reply.headers.get(name, "")
    return value if value and value.isascii() and value.isprintable() else None


def _asked_wait(reply: Reply) -> float:
    """Return the seconds that a busy server asks to wait, in either form of Retry-After; 0 where it does not say."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        return parsedate_to_datetime(asked).timestamp() - time.time()
    except ValueError:
        return 0.0


def _reason(status: int) -> str:
    if status in (404, 410):
        return f"there is nothing at this address (HTTP {status})"
    if status in (401, 403):
        return f"the server does not give it to everyone (HTTP {status})"
    return f"the server is busy or broken (HTTP {status})" if status >= 500 or status == 429 else f"HTTP {status}"


def _not_fetched(address: Address, reason: str) -> NotFetched:
    return NotFetched(f"{address.url} was not fetched: {reason}")
