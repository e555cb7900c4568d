"""Addresses on the web: which URLs may be fetched, and which machines may be connected to.

A URL is taken only where it is written plainly, so that what was checked is what any other program would read there.
A machine is taken only where it is on the public internet: the table below holds every range that IANA reserves for
something else (its special-purpose registries of IPv4 and IPv6), multicast, and what is no global unicast at all.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import idna

from peelqa.errors import AddressRefused

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 4096

_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253
# Characters that a URL may hold as they are, escapes included; all others are escaped as UTF-8.
_PLAIN = "/%:@!$&'()*+,;=~?"

_V4_REFUSED = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "a provider's own network",
    "127.0.0.0/8": "this machine",
    "168.63.129.16/32": "a cloud's metadata",
    "169.254.0.0/16": "the local link, where clouds keep their metadata",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "protocols' own use",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "name servers' own use",
    "192.52.193.0/24": "multicast relays",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "a private network",
    "192.175.48.0/24": "name servers' own use",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "future use and broadcast",
}
_V6_REFUSED = {
    "::/128": "no machine",
    "::1/128": "this machine",
    "64:ff9b:1::/48": "local translation to IPv4",
    "fc00::/7": "a private network",
    "fe80::/10": "the local link",
    "fec0::/10": "a private network",
    "ff00::/8": "multicast",
    "2001::/23": "protocols' own use, Teredo among them",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4, which carries an IPv4 address within",
    "2620:4f:8000::/48": "name servers' own use",
    "3fff::/20": "documentation",
}
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# An address of these carries an IPv4 address in its last 32 bits, and leads where that leads.
_CARRIERS = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart: everything that a request needs, without a fragment."""

    scheme: str
    host: str
    """In ASCII and lower case, without a dot at its end; an IPv6 address stands without brackets."""
    port: int
    target: str
    """The path and the query, escaped."""

    @property
    def authority(self) -> str:
        """The host and, where it is not the scheme's own, the port, as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The scheme, host and port, as a URL begins."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The URL as it is sent and recorded: one spelling for all that mean the same."""
        return self.origin + self.target


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be connected to: the public internet's web ports, and the endpoints that are named here."""

    also: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    """Exact IP addresses with their ports that are no part of the public web, such as a test's own server."""

    def refusal(self, ip: str, port: int) -> str | None:
        """Tell why an endpoint may not be connected to; None where it may."""
        return None if (ip, port) in self.also else refused_port(port) or refused_range(ip)

    def takes_port(self, port: int) -> bool:
        """Tell whether any machine may be connected to on a port."""
        return refused_port(port) is None or any(port == each for _, each in self.also)


def refused_port(port: int) -> str | None:
    """Tell why no port but the web's own two is connected to; None for those two."""
    return None if port in PORTS.values() else f"port {port} is neither 80 nor 443"


def refused_range(ip: str) -> str | None:
    """Tell what an IP address is reserved for; None where it is a machine on the public internet.

    >>> refused_range("10.1.2.3")
    '10.1.2.3 is reserved for a private network'
    >>> refused_range("64:ff9b::7f00:1")
    '64:ff9b::7f00:1 stands for 127.0.0.1, which is reserved for this machine'
    """
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv4Address):
        use = _use(address, _V4_REFUSED)
        return f"{address} is reserved for {use}" if use else None
    if any(address in carrier for carrier in _CARRIERS):
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        use = _use(within, _V4_REFUSED)
        return f"{address} stands for {within}, which is reserved for {use}" if use else None
    use = _use(address, _V6_REFUSED)
    if use is None and address not in _GLOBAL_V6:
        use = "something else than the public internet"
    return f"{address} is reserved for {use}" if use else None


def _use(address: ipaddress.IPv4Address | ipaddress.IPv6Address, table: dict[str, str]) -> str | None:
    return next((use for network, use in table.items() if address in ipaddress.ip_network(network)), None)


def parse_address(url: str, reach: Reach) -> Address:
    """Take a URL apart. Raises AddressRefused where it is not a plainly written web address.

    >>> parse_address("HTTPS://Reports.Example.:443/a?q=ä#part", Reach()).url
    'https://reports.example/a?q=%C3%A4'
    """
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"An address of {len(url)} characters is longer than the {LONGEST_URL} that are taken.")
    if any(not each.isprintable() or each.isspace() or each == "\\" for each in url):
        raise _refused(url, "it holds a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _refused(url, str(error)) from None
    if parts.scheme not in PORTS:
        raise _refused(url, "only http:// and https:// addresses are fetched")
    if "@" in parts.netloc:
        raise _refused(url, "it holds a user name before its host")
    match = _HOST_AND_PORT.fullmatch(parts.netloc)
    if match is None:
        raise _refused(url, "its host is not written plainly")
    port = int(match[2] or PORTS[parts.scheme])
    if not reach.takes_port(port):
        raise _refused(url, f"{refused_port(port)}")
    target = quote(parts.path or "/", safe=_PLAIN) + (f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else "")
    return Address(parts.scheme, _host(match[1], url), port, target)


def is_ip(host: str) -> bool:
    """Tell whether a host, as an Address holds it, is an IP address and no name."""
    return ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def _host(written: str, url: str) -> str:
    try:
        if written.startswith("["):
            return str(ipaddress.IPv6Address(written[1:-1]))
        name = written if written.isascii() else idna.encode(written, uts46=True).decode("ascii")
    except ValueError:
        raise _refused(url, "its host is not written plainly") from None
    name = name.lower().removesuffix(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise _refused(url, "its host is not written plainly")
    if is_ip(name):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise _refused(url, "its host is an IP address in an unusual spelling") from None
    return name


def _refused(url: str, reason: str) -> AddressRefused:
    shown = url if url.isprintable() else ascii(url)
    return AddressRefused(f"{shown[:200]} is not fetched: {reason}. Give the report's public web address.")
