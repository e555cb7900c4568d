"""The generations that a cluster keeps under one name: an alias names the one in force, and is switched at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from peelqa.address import Address
from peelqa.errors import BadInput, IndexMissing, IndexOutOfDate
from peelqa.index.cluster.connection import Connection, connect
from peelqa.index.cluster.documents import Documents
from peelqa.index.generations import FORMAT as FOLDER_FORMAT
from peelqa.index.generations import KEPT_GENERATIONS, Damage

FORMAT = f"{FOLDER_FORMAT}.1"
"""Reports and cards are kept as in a folder; what follows the point counts what is a cluster's own."""
_DOCUMENTS = "__documents"
_PARTED = "__"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, by the names of its collections."""

    connection: Connection
    name: str
    """As `gen_20260102T030405000000`."""

    @property
    def passages(self) -> str:
        """The collection that is searched in."""
        return f"{self.connection.address.name}{_PARTED}{self.name}"

    @property
    def documents(self) -> Documents:
        """What is quoted from, as it is now."""
        return Documents(self.connection, self.documents_name, "Strong")

    @property
    def documents_name(self) -> str:
        """The collection of its documents."""
        return f"{self.passages}{_DOCUMENTS}"

    def manifest(self) -> dict[str, Any]:
        """Return what it says of itself.

        Raises Damage where it is unfinished or cannot be read, IndexOutOfDate where it is in another format.
        """
        try:
            self.connection.make_ready(self.documents_name)
            manifest: dict[str, Any] = json.loads(self.documents.get("manifest", self.name))
        except (KeyError, IndexMissing):
            raise Damage(f"{self.connection.address}: {self.name} was never finished") from None
        except ValueError:
            raise Damage(f"{self.connection.address}: the manifest of {self.name} cannot be read") from None
        if manifest["format"] != FORMAT:
            raise IndexOutOfDate(
                f"{self.connection.address}: {self.name} is in format {manifest['format']}, not {FORMAT}. Run: peelqa build"
            )
        return manifest

    def drop(self) -> None:
        """Remove it for good."""
        for collection in (self.documents_name, self.passages):
            if collection in self.connection.collections():
                self.connection.write("drop_collection", collection)


def list_generations(address: Address) -> list[Generation]:
    """List all generations, newest first, those that were never finished too."""
    connection = connect(address)
    before = f"{address.name}{_PARTED}"
    # A generation whose dropping was cut short may have either of its collections alone.
    names = {
        each.removeprefix(before).removesuffix(_DOCUMENTS)
        for each in connection.collections()
        if each.startswith(f"{before}gen_")
    }
    return [Generation(connection, name) for name in sorted(names, reverse=True)]


def find_generation(address: Address, name: str) -> Generation:
    """Return a generation by its name. Raises BadInput where there is none."""
    found = next((each for each in list_generations(address) if each.name == name), None)
    if found is None:
        raise BadInput(f"{address} has no generation {name}. List them: peelqa cluster list")
    return found


def generation_in_force(address: Address) -> Generation | None:
    """Return the generation that the alias names; None where there is no alias."""
    connection = connect(address)
    target = connection.target(address.name)
    return Generation(connection, target.removeprefix(f"{address.name}{_PARTED}")) if target else None


def put_in_force(generation: Generation) -> None:
    """Switch the alias: from one call on every reader that opens the index gets this generation."""
    connection = generation.connection
    for collection in (generation.passages, generation.documents_name):
        connection.make_ready(collection)
    switch = "alter_alias" if connection.target(connection.address.name) else "create_alias"
    connection.write(switch, generation.passages, connection.address.name)


def roll_back(address: Address, name: str | None = None) -> Generation:
    """Put a finished generation in force again: the one named, or the newest before that in force.

    Raises IndexMissing where there is none, BadInput for a name that is not there.
    """
    now = generation_in_force(address)
    if name is not None:
        chosen = find_generation(address, name)
        chosen.manifest()
    else:
        older = (each for each in list_generations(address) if now is None or each.name < now.name)
        found = next((each for each in older if is_finished(each)), None)
        if found is None:
            raise IndexMissing(f"{address} keeps no finished generation before {now.name if now else 'this'}.")
        chosen = found
    put_in_force(chosen)
    return chosen


def is_finished(generation: Generation) -> bool:
    """Tell whether a generation was published once, and can be put in force."""
    try:
        generation.manifest()
    except (Damage, IndexOutOfDate):
        return False
    return True


def prune(address: Address, reports: dict[str, str]) -> list[str]:
    """Drop finished generations beyond those kept, and any that holds a report which is not among `reports`.

    `reports` are the ids and text hashes of the generation in force. Unfinished ones stay: other machines may be
    loading them. Returns the names of those dropped.
    """
    in_force = generation_in_force(address)
    others = [each for each in list_generations(address) if in_force and each.name != in_force.name]
    finished = [each for each in others if is_finished(each)]
    dropped = [
        each for place, each in enumerate(finished) if place >= KEPT_GENERATIONS - 1 or _holds_others(each, reports)
    ]
    for each in dropped:
        each.drop()
    return [each.name for each in dropped]


def erase(address: Address) -> None:
    """Remove every generation, unfinished ones too; afterwards there is no index."""
    connection = connect(address)
    if connection.target(address.name):
        connection.write("drop_alias", address.name)
    for each in list_generations(address):
        each.drop()


def _holds_others(generation: Generation, reports: dict[str, str]) -> bool:
    texts = set(reports.values())
    cards = (json.loads(text)["card"] for text in generation.documents.all("card").values())
    return any(card["id"] not in reports and card["sha256"] not in texts for card in cards)
