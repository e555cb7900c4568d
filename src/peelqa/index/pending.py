"""The texts of a build that are to be embedded, in a file, since there may be more of them than memory holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from peelqa.embedding import Vectors
from peelqa.index.embedded import DIGEST_BYTES, Embedded

_SLICE = 64
"""Texts embedded at a time: what is embedded is kept after each, and said."""
_LENGTH_BYTES = 4


class Pending:
    """A list of texts, written inside `with` and embedded afterwards, each once."""

    def __init__(self, path: Path, embedded: Embedded) -> None:
        self._path, self._embedded = path, embedded
        self._file = path.open("wb")
        self.count = 0
        """How many texts there are."""
        self.unknown = 0
        """How many of them nobody has embedded yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def made(self) -> int:
        """How many were embedded."""
        return self._embedded.made

    def add(self, digest: bytes, text: str) -> None:
        """Put a text at the end, given with its digest."""
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(digest + len(data).to_bytes(_LENGTH_BYTES) + data)
        self.count += 1
        self.unknown += digest not in self._embedded

    def vectors(self) -> Iterator[Vectors]:
        """Yield the vectors of all texts in order, some at a time, and remove the list."""
        with self._path.open("rb") as file:
            for start in range(0, self.count, _SLICE):
                read = (_next(file) for _ in range(min(_SLICE, self.count - start)))
                digests, texts = zip(*read, strict=True)
                yield self._embedded.vectors(digests, texts)
        self._path.unlink()


def _next(file: BinaryIO) -> tuple[bytes, str]:
    digest = file.read(DIGEST_BYTES)
    length = int.from_bytes(file.read(_LENGTH_BYTES))
    return digest, file.read(length).decode("utf-8", "surrogatepass")
