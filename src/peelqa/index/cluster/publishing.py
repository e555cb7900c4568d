"""A loaded generation made whole, checked, and put in force."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peelqa.address import Address
from peelqa.errors import BadInput, BuildFailed
from peelqa.index.cluster.checking import seal_of, wrong_counts
from peelqa.index.cluster.connection import STALE_SECONDS
from peelqa.index.cluster.documents import Document, quoted
from peelqa.index.cluster.generations import (
    FORMAT,
    Generation,
    find_generation,
    generation_in_force,
    is_finished,
    list_generations,
    prune,
    put_in_force,
)
from peelqa.index.cluster.loading import Progress, load_part
from peelqa.index.cluster.opened import ClusterIndex
from peelqa.index.cluster.shape import index_vectors, kind_for
from peelqa.index.cluster.stored import CARD, PART, StoredCard, StoredPart
from peelqa.index.opened import FolderIndex

MOST_HOURS = 48
"""How long the cluster may take to index the vectors of a generation."""
_LOOKS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Published:
    """What was put in force."""

    generation: str
    reports: int
    passages: int
    shares: int
    """Local indexes that were loaded into it."""
    loaded: int
    """Reports of all shares: one that is in two of them, or a copy, is counted each time."""
    copies: dict[str, str]
    """Files left out because another part has the same report, and why."""
    dropped: tuple[str, ...]
    """Generations that were removed."""


def publish_folder(part: FolderIndex, address: Address, progress: Progress | None = None) -> bool:
    """Put a generation in force that holds just this local index; False where it is in force already."""
    name = part.generation.replace("-", "_")
    there = next((each for each in list_generations(address) if each.name == name), None)
    if there and is_finished(there):
        now = generation_in_force(address)
        if now and now.name == name:
            return False
        put_in_force(there)
        return True
    load_part(part, address, name, progress)
    publish(address, name, 1)
    return True


def publish(address: Address, name: str, shares: int, waiting: Callable[[int], None] | None = None) -> Published:
    """Finish a generation, check it, put it in force and drop what is no longer kept.

    `shares` is how many there are in all. `waiting` is called with how many passages are not indexed yet. Raises
    BadInput where not just so many are loaded, and whole, BuildFailed where what is there is not what was loaded; the
    old generation then stays.
    """
    place = find_generation(address, name)
    if is_finished(place):
        raise BadInput(f"{address}: {name} is published already. To put it in force: peelqa cluster rollback {name}")
    parts = [PART.read(text) for text in place.documents.all("part").values()]
    _check_parts(place, parts, shares)
    cards = {each: CARD.read(text) for each, text in place.documents.all("card").items()}
    copies = _drop_copies(place, cards)
    passages = sum(each.passages for each in cards.values())
    kind = kind_for(address.vectors, passages)
    _settle(place, kind, waiting)
    manifest = _manifest(place, parts[0], cards, kind, copies)
    wrong = list(wrong_counts(ClusterIndex(place, manifest, "Strong")))
    if wrong:
        raise BuildFailed(f"{address}: {name} is not whole: {'; '.join(wrong[:3])}. Drop it and load it again.")
    place.documents.put([Document("manifest", name, json.dumps(manifest))])
    if not address.local:
        time.sleep(STALE_SECONDS)  # who opens it from now on sees all of it without asking for the latest
    put_in_force(place)
    texts = {each: card.card.sha256 for each, card in cards.items()}
    loaded = sum(each.reports for each in parts)
    dropped = tuple(prune(address, texts))
    return Published(name, len(cards), passages, len(parts), loaded, copies, dropped)


def _check_parts(place: Generation, parts: list[StoredPart], shares: int) -> None:
    """Raise BadInput unless so many shares are loaded, each of them whole and all of one model."""
    whole, begun = (sorted(str(each) for each in parts if each.complete is done) for done in (True, False))
    models = sorted({each.model for each in parts})
    load = f"peelqa cluster load PART --generation {place.name}"
    if begun:
        what = f"not loaded whole: {', '.join(begun)}. Load again: {load}"
    elif len(whole) < shares:
        there = f", namely {', '.join(whole)}" if whole else ""
        what = f"shares loaded: {len(whole)} of {shares}{there}. Load the others: {load}"
    elif len(whole) > shares:
        what = (
            f"{len(whole)} shares are loaded instead of {shares}: {', '.join(whole)}. If all belong to it, say "
            f"--shares {len(whole)}; if one was built anew, load all into a new generation."
        )
    elif len(models) > 1:
        what = f"it holds vectors of {' and '.join(models)}. Build all parts with one PEELQA_MODEL, and load them anew."
    else:
        return
    raise BadInput(f"{place.connection.address}: {place.name} cannot be published: {what}")


def _drop_copies(place: Generation, cards: dict[str, StoredCard]) -> dict[str, str]:
    """Remove reports that say what one of another part says; return their files with why. `cards` loses them, too."""
    first: dict[str, str] = {}
    copies: dict[str, str] = {}
    for report_id in sorted(cards):
        original = first.setdefault(cards[report_id].folded_sha256, report_id)
        if original != report_id:
            copies[cards[report_id].card.source_name] = f"it is a copy of {cards[original].card.source_name}"
            # The card first: without it a load that is cut short here is made good by loading again.
            place.documents.remove("card", report_id)
            place.documents.remove("report", report_id)
            place.connection.write("delete", place.passages, filter=f"report == {quoted(report_id)}")
            del cards[report_id]
    return copies


def _settle(place: Generation, kind: str, waiting: Callable[[int], None] | None) -> None:
    """Index the vectors and wait until the cluster has done so. Raises BuildFailed where it takes MOST_HOURS."""
    connection = place.connection
    connection.write("flush", place.passages)
    index_vectors(connection, place.passages, kind)
    given_up = time.monotonic() + MOST_HOURS * 3600
    while pending := int(connection.write("describe_index", place.passages, "dense").get("pending_index_rows") or 0):
        if time.monotonic() > given_up:
            raise BuildFailed(
                f"{connection.address}: {pending} passages of {place.name} are not indexed after {MOST_HOURS} hours. "
                f"Look at its index nodes, then publish it again as before: peelqa cluster publish {place.name} --shares NUMBER"
            )
        if waiting:
            waiting(pending)
        time.sleep(_LOOKS_SECONDS)
    connection.make_ready(place.passages)


def _manifest(
    place: Generation, part: StoredPart, cards: dict[str, StoredCard], kind: str, copies: dict[str, str]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "generation": place.name,
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": part.model,
        "dimension": part.dimension,
        "passages": sum(each.passages for each in cards.values()),
        "reports": len(cards),
        "reports_sha256": seal_of(cards),
        "vectors": {"kind": kind},
        "canary_question": part.canary_question,
        "copies": copies,
    }
