"""What is wrong with a generation in a cluster: counts, vectors, and every report's text against its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from peelqa.address import Address
from peelqa.errors import IndexMissing, IndexOutOfDate
from peelqa.index.cluster.generations import generation_in_force, list_generations
from peelqa.index.cluster.opened import ClusterIndex, open_cluster
from peelqa.index.cluster.stored import StoredCard
from peelqa.index.contract import Scope
from peelqa.index.generations import Damage
from peelqa.index.opened import SAME_IN_HALF, unpack
from peelqa.index.store import digest_of


def seal_of(cards: Mapping[str, StoredCard]) -> str:
    """Return what tells these reports from any others: the SHA-256 of their ids, text hashes and passage counts."""
    lines = (f"{name} {cards[name].card.sha256} {cards[name].passages}\n" for name in sorted(cards))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def find_damage(address: Address) -> list[str]:
    """Check every published generation and every report in it; one line for each thing that is wrong.

    Raises IndexMissing where there is nothing to check.
    """
    wrong: list[str] = []
    in_force = generation_in_force(address)
    if in_force is None:
        open_cluster(address)  # says so
    for place in list_generations(address):
        try:
            index = ClusterIndex(place, place.manifest(), "Strong")
        except Damage as error:
            # An unfinished generation is being loaded, or was given up: no damage unless it is in force.
            if in_force and place.name == in_force.name:
                wrong.extend(error.lines)
            continue
        except IndexOutOfDate as error:
            wrong.append(str(error))
            continue
        wrong.extend(f"{address}: {place.name}: {line}" for line in (*wrong_counts(index), *_wrong_reports(index)))
    return wrong


def wrong_counts(index: ClusterIndex) -> Iterator[str]:
    """Yield what does not agree between manifest, cards, passages and canaries."""
    try:
        expected = sum(each.passages for each in index.cards.values())
        if seal_of(index.cards) != index.manifest["reports_sha256"]:
            yield "its reports are not those that were published"
    except (Damage, ValueError) as error:
        yield f"its reports' cards cannot be read ({error})"
        return
    held = index.place.connection.count(index.place.passages)
    if not held == expected == index.count:
        yield f"{index.place.passages} holds {held} passages instead of {index.count}"
    yield from _wrong_canaries(index)


def _wrong_canaries(index: ClusterIndex) -> Iterator[str]:
    """Yield the canary passages whose vector is another, or that a search by their own vector does not find."""
    for canary in _canaries(index):
        vector = unpack(canary["vector"])
        try:
            held = np.asarray(index.vector(canary["row"]), dtype=np.float32)
        except KeyError:
            yield f"the passage {canary['id']} is missing"
            continue
        if float(held @ vector) < SAME_IN_HALF:
            yield f"the passage {canary['id']} has another vector"
        found = index.nearest(vector, 10, Scope(reports=frozenset({canary["report"]})))
        if not found or found[0][1] < SAME_IN_HALF:
            yield f"a search does not find the passage {canary['id']} by its own vector"


def _canaries(index: ClusterIndex) -> Iterable[dict[str, Any]]:
    return (each for part in index.parts for each in part.canaries if each["report"] in index.cards)


def _wrong_reports(index: ClusterIndex) -> Iterator[str]:
    for report_id, card in index.cards.items():
        try:
            stored = index.stored(report_id)
        except KeyError:
            yield f"the text of {report_id} is missing"
            continue
        except (Damage, IndexMissing) as error:
            yield str(error)
            continue
        whole = stored.whole()
        if any(
            digest_of(each.searchable).hex() != known.digest for each, known in zip(whole, stored.passages, strict=True)
        ):
            yield f"the passages of {report_id} are not what was embedded"
        held = index.place.connection.count(
            index.place.passages, f"row >= {card.rows.start} and row < {card.rows.stop}"
        )
        if held != card.passages:
            yield f"{held} of {card.passages} passages of {report_id} can be searched"
