"""Where an index is kept: in a folder, or at the address of a cluster. Light to import, as every start does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from peelqa.errors import BadInput

Kind = Literal["auto", "exact", "hnsw", "diskann"]
FORM = "milvus://[USER:PASSWORD@]HOST[:PORT]/NAME, milvus+tls://... or milvus+lite:///PATH/FILE.db"
_PORT = 19530
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_SCHEMES = ("milvus", "milvus+tls", "milvus+lite")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index is kept, and how a new generation of it is laid out.

    Written out it shows no password.
    """

    uri: str
    """What the client connects to: a web address, or the path of a Milvus Lite file."""
    name: str
    """The alias that names the generation in force; the names of its collections begin with it."""
    shown: str
    """The address as it may be shown."""
    token: str = field(default="", repr=False)
    """User and password, parted by a colon."""
    shards: int = 1
    """Into how many parts a new generation's writes are spread."""
    replicas: int = 1
    """On how many query nodes each segment is held."""
    vectors: Kind = "auto"
    """The kind of vector index: exact, hnsw, diskann, or by the number of passages."""

    def __str__(self) -> str:
        return self.shown

    @property
    def local(self) -> bool:
        """Tell whether it is a file of this machine, kept by Milvus Lite."""
        return "://" not in self.uri


Place = Path | Address


def parse_place(text: str | Path | Address) -> Place:
    """Return the place that a text names. Raises BadInput for what is meant as an address and is none.

    >>> parse_place("index/milvus")
    PosixPath('index/milvus')
    """
    if isinstance(text, Address):
        return text
    is_address = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", str(text))
    return parse_address(str(text)) if is_address else Path(text)


def parse_address(text: str) -> Address:
    """Read an address. Raises BadInput, saying what is wrong and how it is written.

    >>> parse_address("milvus://10.0.0.7/reports?shards=4").uri
    'http://10.0.0.7:19530'
    """
    try:
        parts = urlsplit(text)
        port = parts.port or _PORT
    except ValueError as error:
        raise BadInput(f"{_hidden(text)} is no address of an index ({error}). Write {FORM}.") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme not in _SCHEMES:
        raise BadInput(f"{_hidden(text)} is no address of an index. Write a folder, or {FORM}.")
    shown = _hidden(text)
    layout = _Layout(shown, options)
    if parts.scheme == "milvus+lite":
        path = unquote(f"{parts.netloc}{parts.path}")
        if not path.endswith(".db"):
            raise BadInput(f"{shown}: the file of Milvus Lite must end in .db. Write milvus+lite:///PATH/FILE.db.")
        return Address(path, "peelqa", shown, vectors=layout.kind())
    name = unquote(parts.path.strip("/"))
    if not parts.hostname or not _NAME.fullmatch(name):
        raise BadInput(
            f"{shown}: after the host stands the index's name, of letters, digits and underscores. Write {FORM}."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    token = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    uri = f"{'https' if parts.scheme == 'milvus+tls' else 'http'}://{host}:{port}"
    return Address(uri, name, shown, token, layout.number("shards"), layout.number("replicas"), layout.kind())


@dataclass(frozen=True, slots=True)
class _Layout:
    """The options of an address."""

    shown: str
    options: dict[str, str]

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.options) - {"shards", "replicas", "vectors"}):
            raise BadInput(f"{self.shown}: there is no option {unknown[0]}. Options are shards, replicas and vectors.")

    def number(self, name: str) -> int:
        told = self.options.get(name, "1")
        if not told.isdecimal() or not 1 <= int(told) <= 64:
            raise BadInput(f"{self.shown}: {name} must be a number from 1 to 64.")
        return int(told)

    def kind(self) -> Kind:
        told = self.options.get("vectors", "auto")
        if told not in get_args(Kind):
            raise BadInput(f"{self.shown}: vectors must be one of {', '.join(get_args(Kind))}.")
        return cast(Kind, told)


def _hidden(text: str) -> str:
    """Return an address without its password.

    >>> _hidden("milvus://ann:secret@host/name")
    'milvus://ann:***@host/name'
    """
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", text)
