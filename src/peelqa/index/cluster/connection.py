"""Calls to a Milvus server: each with a time limit, and what fails said in words that name the server and the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from peelqa.address import Address
from peelqa.errors import BuildFailed, IndexMissing, PeelqaError, ServerUnusable

CONNECTING_SECONDS = 5
READING_SECONDS = 10
"""How long a question waits for one call; a busy cluster answers in milliseconds."""
WRITING_SECONDS = 300
"""How long one call that writes may take before it is given up."""
PREPARING_SECONDS = 6 * 3600
"""How long the query nodes may take to load a whole collection into memory."""
LEAST_VERSION = (2, 5)
"""The first Milvus with the BM25 function."""
LEAST_LITE = (3, 0)
MOST_AT_ONCE = 16_384
"""The most rows that Milvus returns for one search or query."""
Consistency = Literal["Strong", "Bounded"]
"""Whether a call sees all that was written before it, or what was written STALE_SECONDS ago, which is answered at once."""
STALE_SECONDS = 6
"""A little more than the five seconds that Milvus grants itself."""
_INSTALL = "Run: pip install 'peelqa[milvus]'"
_QUIET = {"grpc.keepalive_time_ms": 2**31 - 1}
"""Milvus Lite takes the client's usual question every ten seconds, whether it is still there, for an attack."""
_NOT_FOUND = ("not exist", "not found", "can't find", "cannot find")


class Connection:
    """A client of one server; safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = _connect(address)

    def read(self, call: str, *values: Any, **named: Any) -> Any:
        """Call the client by name, as a question does."""
        return self._call(call, READING_SECONDS, ServerUnusable, values, named)

    def write(self, call: str, *values: Any, **named: Any) -> Any:
        """Call the client by name, as a build does. Raises BuildFailed where the server refuses."""
        return self._call(call, WRITING_SECONDS, BuildFailed, values, named)

    def collections(self) -> list[str]:
        """List all collections, sorted."""
        return sorted(self.read("list_collections"))

    def target(self, alias: str) -> str | None:
        """Return the collection that an alias names; None where there is no such alias."""
        try:
            return str(self._client.describe_alias(alias, timeout=READING_SECONDS)["collection_name"])
        except Exception as error:
            if any(words in str(error).lower() for words in _NOT_FOUND):
                return None
            raise self._failed("describe_alias", error, ServerUnusable) from None

    def make_ready(self, collection: str) -> None:
        """Have a collection loaded by the query nodes: after a restart, or after it was released, it is not."""
        state = self.read("get_load_state", collection)["state"]
        if getattr(state, "name", str(state)) != "Loaded":
            self.write("load_collection", collection, timeout=PREPARING_SECONDS, replica_number=self.address.replicas)

    def rows(self, collection: str, filter: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield every entity that a filter leaves, in batches, however many there are."""
        options = {"batch_size": 1000, "filter": filter, "output_fields": [*fields], "timeout": WRITING_SECONDS}
        batches = self.write("query_iterator", collection, consistency_level="Strong", **options)
        try:
            while batch := self._guarded("query_iterator", batches.next):
                yield from (dict(each) for each in batch)
        finally:
            batches.close()

    def count(self, collection: str, filter: str = "") -> int:
        """Count the entities that a filter leaves, as of this moment."""
        found = self.read("query", collection, filter=filter, output_fields=["count(*)"], consistency_level="Strong")
        return int(found[0]["count(*)"])

    def _call(
        self, call: str, seconds: int, failure: type[PeelqaError], values: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        return self._guarded(
            call, lambda: getattr(self._client, call)(*values, **{"timeout": seconds, **named}), failure
        )

    def _guarded(self, call: str, work: Callable[[], Any], failure: type[PeelqaError] = BuildFailed) -> Any:
        try:
            return work()
        except Exception as error:  # the client passes on what gRPC, the server and its own checks raise
            raise self._failed(call, error, failure) from None

    def _failed(self, call: str, error: Exception, failure: type[PeelqaError]) -> PeelqaError:
        what = " ".join(str(getattr(error, "message", "") or error).split())[:300]
        plain = what.lower()
        if "collection" in plain and any(words in plain for words in _NOT_FOUND):
            return IndexMissing(f"{self.address}: {what}. Run: peelqa build")
        if "deadline" in plain or "unavailable" in plain or "timeout" in plain or "fail connecting" in plain:
            return ServerUnusable(
                f"{self.address} does not answer ({call}: {what}). Look whether the server runs, then try again."
            )
        return failure(f"{self.address} refused {call} ({what}). Look into the server's log, then try again.")


@lru_cache(maxsize=8)
def connect(address: Address) -> Connection:
    """Connect to a server, once for each address. Raises ServerUnusable where it does not answer or is too old."""
    return Connection(address)


def pymilvus() -> Any:
    """Return the client's package. Raises ServerUnusable where it is not installed."""
    try:
        package = import_module("pymilvus")
    except ImportError as error:
        raise ServerUnusable(
            f"An index in Milvus needs the package pymilvus, which is not here ({error}). {_INSTALL}"
        ) from None
    # It logs every error with its traceback; what goes wrong is said once, by Connection.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return package


def _connect(address: Address) -> Any:
    package = pymilvus()
    if address.local:
        _check_lite(address)
    try:
        client = package.MilvusClient(
            uri=address.uri,
            token=address.token,
            timeout=CONNECTING_SECONDS,
            grpc_options=_QUIET if address.local else {},
        )
        version = str(client.get_server_version(timeout=CONNECTING_SECONDS))
    except Exception as error:  # as in Connection
        what = " ".join(str(getattr(error, "message", "") or error).split())[:300]
        if "auth" in what.lower():
            advice = "Write user and password into the address: milvus://USER:PASSWORD@HOST/NAME"
        else:
            advice = "Look whether the server runs and whether the address is right"
        raise ServerUnusable(f"{address} does not answer ({what}). {advice}.") from None
    _check_version(address, version)
    return client


def _check_lite(address: Address) -> None:
    """Make the folder of a Milvus Lite file. Raises ServerUnusable where that fails or Lite is not installed."""
    try:
        import_module("milvus_lite")
    except ImportError as error:
        raise ServerUnusable(
            f"{address} needs the package milvus-lite, which is not here ({error}). {_INSTALL}"
        ) from None
    # It logs with a traceback each call of the protocol that it lacks; the client does without them.
    logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
    folder = Path(address.uri).resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerUnusable(f"{address}: the folder {folder} cannot be made ({error}).") from None


def _check_version(address: Address, version: str) -> None:
    """Raise ServerUnusable where a server is too old.

    >>> from peelqa.address import parse_address
    >>> _check_version(parse_address("milvus://host/name"), "v2.5.4")
    """
    lite = "lite" in version
    numbers = tuple(
        int(part) for part in version.rpartition("-" if lite else "v")[2].split(".")[:2] if part.isdecimal()
    )
    least = LEAST_LITE if lite else LEAST_VERSION
    if numbers < least:
        raise ServerUnusable(
            f"{address} is {version}, and peelqa needs {'Milvus Lite' if lite else 'Milvus'} "
            f"{'.'.join(map(str, least))} or newer, for BM25. Update the server, or name another."
        )
