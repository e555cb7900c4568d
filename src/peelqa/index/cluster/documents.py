"""Named documents in a collection, whole however long: a report, its card, a part's vocabulary, the manifest."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from peelqa.index.cluster.connection import Connection, Consistency
from peelqa.index.cluster.shape import LONGEST_FIELD
from peelqa.index.generations import Damage

Kind = Literal["report", "card", "part", "words", "manifest"]
_FIELDS = ("name", "part", "parts", "data")
_A_CALL = 32
_CHARACTERS = LONGEST_FIELD // 4
"""In any script so many characters fit into a field."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON text under a name of its kind."""

    kind: Kind
    name: str
    text: str

    def entities(self) -> Iterator[dict[str, Any]]:
        """Yield what is stored of it, in pieces that fit."""
        parts = max(1, -(-len(self.text) // _CHARACTERS))
        for part in range(parts):
            yield {
                "key": sha256(json.dumps([self.kind, self.name, part]).encode()).hexdigest(),
                "kind": self.kind,
                "name": self.name,
                "part": part,
                "parts": parts,
                "data": self.text[part * _CHARACTERS : (part + 1) * _CHARACTERS],
                "none": [0.0, 0.0],
            }


class Documents:
    """The documents of one generation."""

    def __init__(self, connection: Connection, collection: str, consistency: Consistency) -> None:
        self._connection = connection
        self._collection = collection
        self._consistency = consistency

    def put(self, documents: Iterable[Document]) -> None:
        """Store documents; those of the same kind and name are replaced."""
        held = [entity for document in documents for entity in document.entities()]
        for start in range(0, len(held), _A_CALL):
            self._connection.write("upsert", self._collection, held[start : start + _A_CALL])

    def remove(self, kind: Kind, name: str) -> None:
        """Remove a document, if it is there."""
        self._connection.write("delete", self._collection, filter=f"kind == {quoted(kind)} and name == {quoted(name)}")

    def get(self, kind: Kind, name: str) -> str:
        """Return a document. Raises KeyError where there is none, Damage where a piece of it is missing."""
        chosen = f"kind == {quoted(kind)} and name == {quoted(name)}"
        pieces = self._connection.read(
            "query", self._collection, filter=chosen, output_fields=[*_FIELDS], consistency_level=self._consistency
        )
        if not pieces:
            raise KeyError(name)
        return self._joined(name, pieces)

    def all(self, kind: Kind) -> dict[str, str]:
        """Return every document of a kind, by name, sorted. Raises Damage as `get` does."""
        pieces: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for piece in self._connection.rows(self._collection, f"kind == {quoted(kind)}", _FIELDS):
            pieces[piece["name"]].append(piece)
        return {name: self._joined(name, pieces[name]) for name in sorted(pieces)}

    def _joined(self, name: str, pieces: list[dict[str, Any]]) -> str:
        by_part = {int(piece["part"]): piece for piece in pieces}
        parts = int(by_part[max(by_part)]["parts"])
        if sorted(by_part) != list(range(parts)):
            raise Damage(
                f"{self._connection.address}: {self._collection} holds {len(by_part)} of {parts} parts of {name}"
            )
        return "".join(str(by_part[part]["data"]) for part in range(parts))


def quoted(value: str | list[str]) -> str:
    """Return a text, or a list of them, as a filter writes it."""
    return json.dumps(value, ensure_ascii=False)
