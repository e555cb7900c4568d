"""From local indexes to a generation in a cluster: loaded part by part, by as many machines as there are.

A report's card is written after its passages and its text. So a load that was cut short goes on where it stopped, and
loading the same again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from peelqa.address import Address
from peelqa.errors import BadInput
from peelqa.index.cluster.connection import connect
from peelqa.index.cluster.documents import Document
from peelqa.index.cluster.generations import Generation, is_finished
from peelqa.index.cluster.shape import PLACES, create_documents, create_passages, entity_of, first_row
from peelqa.index.cluster.stored import CARD, PART, REPORT, StoredCard, StoredPart, StoredPassage, StoredReport
from peelqa.index.opened import FolderIndex
from peelqa.index.store import digest_of
from peelqa.reports.report import Report

Progress = Callable[[int, int], None]
"""Called with how many passages are in the cluster and how many there are to be."""
_NAME = re.compile(r"gen_[A-Za-z0-9_]{1,60}")
BATCH = 400
"""Passages sent at a time, or those of one report where it has more: about 1 MB."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    generation: str
    reports: int
    """Reports of this part that are in the generation now."""
    sent: int
    """Of them, those that were not there before."""


def load_part(part: FolderIndex, address: Address, name: str, progress: Progress | None = None) -> Loaded:
    """Bring a local index into an unpublished generation, which is made where there is none of that name.

    Raises BadInput where it does not go with what is there, BuildFailed and ServerUnusable where the server fails; then
    the same call goes on where it stopped.
    """
    place = _prepare(part, address, name)
    documents = place.documents
    held = {each: CARD.read(text) for each, text in documents.all("card").items()}
    _check_rows(part, held)
    documents.put([_part_document(part, complete=False)])
    missing = [each for each in part.report_ids() if each not in held]
    total = sum(len(part.rows_by_report[each]) for each in part.report_ids())
    done = total - sum(len(part.rows_by_report[each]) for each in missing)
    for batch in _batches(part, missing):
        _send(part, batch, place)
        done += sum(len(part.rows_by_report[each]) for each in batch)
        if progress:
            progress(done, total)
    documents.put([Document("words", part.generation, json.dumps(dict(part.vocabulary), ensure_ascii=False))])
    for collection in (place.passages, place.documents_name):
        place.connection.write("flush", collection)
    documents.put([_part_document(part, complete=True)])
    return Loaded(name, len(part.report_ids()), len(missing))


def _prepare(part: FolderIndex, address: Address, name: str) -> Generation:
    """Make a generation's collections where they are missing, and check that the part goes with them."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name} is no name for a generation: write gen_ and letters, digits or underscores.")
    connection = connect(address)
    place = Generation(connection, name)
    create_passages(connection, place.passages, part.manifest["dimension"])
    create_documents(connection, place.documents_name)
    for collection in (place.passages, place.documents_name):
        connection.make_ready(collection)
    if is_finished(place):
        raise BadInput(f"{address}: {name} is published and does not change any more. Load into a new generation.")
    for text in place.documents.all("part").values():
        other = PART.read(text)
        if other.model != part.manifest["model"]:
            raise BadInput(
                f"{address}: {name} holds vectors of {other.model}, and {part.folder.parent} those of "
                f"{part.manifest['model']}. Build all parts with one PEELQA_MODEL."
            )
    return place


def _check_rows(part: FolderIndex, held: dict[str, StoredCard]) -> None:
    """Raise BadInput where a report of the part cannot stand beside those that are there."""
    blocks = {each.first_row: name for name, each in held.items()}
    for card in part.reports:
        there = held.get(card.id)
        if there and there.card.sha256 != card.sha256:
            raise BadInput(
                f"{card.source_name}: the generation holds another report {card.id}, of {there.card.source_name} from "
                f"{there.part}. Give one of the files another name, or load into a new generation."
            )
        other = blocks.setdefault(first_row(card.id), card.id)
        if other != card.id or len(part.rows_by_report[card.id]) > PLACES:
            raise BadInput(f"{card.source_name}: its rows would be those of {other}. Give the file another name.")


def _batches(part: FolderIndex, reports: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for each in reports:
        count = len(part.rows_by_report[each])
        if batch and size + count > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += count
    if batch:
        yield batch


def _send(part: FolderIndex, reports: Sequence[str], place: Generation) -> None:
    """Write reports' passages, then their texts, then their cards."""
    entities = []
    texts, cards = [], []
    keys = part.source_keys()
    for report_id in reports:
        passages = part.passages_of(report_id)
        card = part.store.cards[report_id]
        first, rows = first_row(report_id), part.rows_by_report[report_id]
        for at, (passage, row) in enumerate(zip(passages, rows, strict=True)):
            entities.append(entity_of(passage, card, first + at, part.vectors.vector(row).tolist()))
        stored = tuple(StoredPassage(each.section, each.units, digest_of(each.searchable).hex()) for each in passages)
        report = part.report(report_id)
        texts.append(Document("report", report_id, REPORT.write(StoredReport(report, stored)).decode()))
        known = StoredCard(card, len(passages), first, keys[report_id], part.generation, _folded_sha256(report))
        cards.append(Document("card", report_id, CARD.write(known).decode()))
    for start in range(0, len(entities), BATCH):
        place.connection.write("upsert", place.passages, entities[start : start + BATCH])
    place.documents.put(texts)
    place.documents.put(cards)


def _folded_sha256(report: Report) -> str:
    return hashlib.sha256(" ".join(report.text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def _part_document(part: FolderIndex, *, complete: bool) -> Document:
    manifest = part.manifest
    canaries = []
    for canary in manifest["canaries"]:
        report_id, rows = next(each for each in part.rows_by_report.items() if canary["row"] in each[1])
        canaries.append({**canary, "row": first_row(report_id) + canary["row"] - rows[0], "report": report_id})
    stored = StoredPart(
        part.generation,
        len(manifest["reports"]),
        manifest["passages"],
        manifest["model"],
        manifest["dimension"],
        manifest["canary_question"],
        tuple(canaries),
        dict(part.refused()),
        complete,
        part.folder.parent.name,
    )
    return Document("part", part.generation, PART.write(stored).decode())
