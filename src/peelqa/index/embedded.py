"""What a build has embedded and not published yet, kept so that the next build embeds none of it again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from peelqa.embedding import Embedder, Vectors

_NAME = ".embedded-"
DIGEST_BYTES = 32
_CHECK_BYTES = 4


class Embedded:
    """Vectors of one model by the digest of what was embedded, in a file beside the generations that only grows.

    A record that a killed build left half written, or that the disk has damaged, is as if it were not there. The file
    holds no text.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        # The name tells the model; what it was embedded from is told by the digests.
        self._path = folder / f"{_NAME}{hashlib.sha256(embedder.name.encode()).hexdigest()[:16]}"
        self._record = np.dtype(
            [("check", "<u4"), ("digest", f"V{DIGEST_BYTES}"), ("vector", "<f4", (embedder.dimension,))]
        )
        self._places: dict[bytes, int] = {}
        self._count = 0
        self.made = 0
        """How many texts were embedded."""
        if self._path.is_file():
            self._take_up()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._places

    def vectors(self, digests: Sequence[bytes], texts: Sequence[str]) -> Vectors:
        """Return a vector for each of some texts, given with their digests; those not held are embedded, once each, and kept."""
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._places}
        if new:
            self._keep(list(new), self._embedder.encode(list(new.values())))
            self.made += len(new)
        records = np.memmap(self._path, dtype=self._record, mode="r")
        found: Vectors = records["vector"][[self._places[digest] for digest in digests]]
        return found

    def _keep(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        records = np.empty(len(digests), dtype=self._record)
        records["digest"] = np.frombuffer(b"".join(digests), dtype=f"V{DIGEST_BYTES}")
        records["vector"] = vectors
        data = memoryview(records.tobytes())
        size = self._record.itemsize
        records["check"] = [
            zlib.crc32(data[start + _CHECK_BYTES : start + size]) for start in range(0, len(data), size)
        ]
        with self._path.open("ab") as file:
            file.write(records.tobytes())
        self._places.update(zip(digests, range(self._count, self._count + len(digests)), strict=True))
        self._count += len(digests)

    def _take_up(self) -> None:
        """Read what an earlier build left, and leave out what follows the first record that is not whole."""
        with self._path.open("r+b") as file:
            while len(data := file.read(self._record.itemsize)) == self._record.itemsize:
                check, rest = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
                if int.from_bytes(check, "little") != zlib.crc32(rest):
                    break
                self._places[rest[:DIGEST_BYTES]] = self._count
                self._count += 1
            file.truncate(self._count * self._record.itemsize)


def forget_embedded(folder: Path) -> None:
    """Remove what builds have left, of whatever model."""
    for path in folder.glob(f"{_NAME}*"):
        path.unlink(missing_ok=True)
