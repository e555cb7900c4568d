"""The two collections of a generation: passages to search in, and documents to quote from."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from peelqa.errors import BuildFailed
from peelqa.index.cards import ReportCard
from peelqa.index.cluster.connection import Connection, pymilvus
from peelqa.index.contract import headings_of
from peelqa.index.vectors import EXACT_UP_TO
from peelqa.passages import Passage
from peelqa.words import stems

LONGEST_FIELD = 65_535
"""Bytes of text that one field of an entity may hold."""
PLACES = 2**15
"""Rows kept free for each report: more passages than any report has."""
HNSW = {"M": 32, "efConstruction": 200}
SEARCHED = 400
"""How many candidates a graph keeps in view (ef, search_list): well above the 100 that search asks for."""
BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75, "inverted_index_algo": "DAAT_MAXSCORE"}
"""The constants that the words of a local index are scored by."""
_MOST_YEARS = 64
_KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "exact": ("FLAT", {}, {}),
    "hnsw": ("HNSW", dict(HNSW), {"ef": SEARCHED}),
    "diskann": ("DISKANN", {}, {"search_list": SEARCHED}),
}
"""By kind: the server's name for it, what it is built with, and what it is searched with."""


def first_row(report_id: str) -> int:
    """Return the row of a report's first passage: the same on every machine, for no machine knows the other reports.

    Of a million reports two get the same row once in about 500 tries; loading finds that out and says so.
    """
    return int.from_bytes(sha256(report_id.encode("utf-8", "surrogatepass")).digest()[:6], "big") * PLACES


def kind_for(wanted: str, passages: int) -> str:
    """Return the kind of vector index for so many passages."""
    return wanted if wanted != "auto" else "exact" if passages <= EXACT_UP_TO else "hnsw"


def search_options(kind: str, limit: int) -> dict[str, Any]:
    """Return what a kind of vector index is searched with."""
    options = {name: max(value, limit) for name, value in _KINDS[kind][2].items()}
    return {"metric_type": "IP", "params": options}


def create_passages(connection: Connection, name: str, dimension: int) -> None:
    """Make a collection of passages where it is missing, its vectors without an index but the exact one.

    Of several machines that do so at the same time one makes it, and all find it made.
    """
    milvus = pymilvus()
    kinds, client = milvus.DataType, milvus.MilvusClient
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", kinds.INT64, is_primary=True)
    schema.add_field("report", kinds.VARCHAR, max_length=1024)
    schema.add_field("body", kinds.VARCHAR, max_length=1024)
    schema.add_field("years", kinds.ARRAY, element_type=kinds.INT64, max_capacity=_MOST_YEARS)
    schema.add_field("headings", kinds.VARCHAR, max_length=LONGEST_FIELD)
    schema.add_field("findings", kinds.ARRAY, element_type=kinds.VARCHAR, max_capacity=8, max_length=32)
    schema.add_field(
        "words",
        kinds.VARCHAR,
        max_length=LONGEST_FIELD,
        enable_analyzer=True,
        enable_match=True,
        analyzer_params={"tokenizer": "standard"},
    )
    schema.add_field("dense", kinds.FLOAT_VECTOR, dim=dimension)
    schema.add_field("sparse", kinds.SPARSE_FLOAT_VECTOR)
    schema.add_function(milvus.Function("bm25", milvus.FunctionType.BM25, ["words"], ["sparse"]))
    indexes = client.prepare_index_params()
    indexes.add_index("dense", index_name="dense", index_type=_KINDS["exact"][0], metric_type="IP")
    indexes.add_index(
        "sparse", index_name="sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=BM25
    )
    for scalar in ("report", "body"):
        indexes.add_index(scalar, index_name=scalar, index_type="INVERTED")
    _make(connection, name, indexes, schema=schema, num_shards=connection.address.shards)


def index_vectors(connection: Connection, name: str, kind: str) -> None:
    """Give the vectors of a collection, filled, an index of a kind: built once rather than while they come in."""
    named, built, _ = _KINDS[kind]
    there = connection.read("describe_index", name, "dense")
    if str(there["index_type"]).upper() == named:
        return
    indexes = pymilvus().MilvusClient.prepare_index_params()
    indexes.add_index("dense", index_name="dense", index_type=named, metric_type="IP", params=built)
    connection.write("release_collection", name)
    connection.write("drop_index", name, "dense")
    _index(connection, name, indexes)


def _make(connection: Connection, name: str, indexes: Any, **shape: Any) -> None:
    """Make a collection and its indexes, each where it is missing: another machine may have begun, or be at it."""
    if name not in connection.collections():
        try:
            connection.write("create_collection", name, **shape)
        except BuildFailed:
            if name not in connection.collections():
                raise
    for index in indexes:
        if index.index_name in connection.read("list_indexes", name):
            continue
        try:
            _index(connection, name, type(indexes)([index]))
        except BuildFailed:
            if index.index_name not in connection.read("list_indexes", name):
                raise


def _index(connection: Connection, name: str, indexes: Any) -> None:
    """Begin to make indexes; the server goes on with them while it takes what is loaded."""
    connection.write("create_index", name, indexes, sync=False)


def create_documents(connection: Connection, name: str) -> None:
    """Make a collection of documents where it is missing, as `create_passages` does."""
    milvus = pymilvus()
    kinds, client = milvus.DataType, milvus.MilvusClient
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("key", kinds.VARCHAR, max_length=64, is_primary=True)
    schema.add_field("kind", kinds.VARCHAR, max_length=16)
    schema.add_field("name", kinds.VARCHAR, max_length=1024)
    schema.add_field("part", kinds.INT64)
    schema.add_field("parts", kinds.INT64)
    schema.add_field("data", kinds.VARCHAR, max_length=LONGEST_FIELD)
    schema.add_field("none", kinds.FLOAT_VECTOR, dim=2)  # a collection without any vector is refused
    indexes = client.prepare_index_params()
    indexes.add_index("none", index_name="none", index_type="FLAT", metric_type="IP")
    for scalar in ("kind", "name"):
        indexes.add_index(scalar, index_name=scalar, index_type="INVERTED")
    _make(connection, name, indexes, schema=schema)


def entity_of(passage: Passage, card: ReportCard, row: int, vector: Sequence[float]) -> dict[str, Any]:
    """Return what is searched of a passage. Words beyond LONGEST_FIELD bytes, some 10,000 of them, are not found."""
    return {
        "row": row,
        "report": card.id,
        "body": card.body or "",
        "years": sorted(card.years())[:_MOST_YEARS],
        "headings": clipped(headings_of(passage)),
        "findings": sorted({unit.finding.value for unit in passage.units}),
        # The stems are made here and not by the server's own analyser, so that they are the local index's everywhere.
        "words": clipped(" ".join(stems(passage.searchable))),
        "dense": vector,
    }


def clipped(text: str) -> str:
    """Return as much of a text as one field may hold."""
    data = text.encode("utf-8", "replace")
    return data[:LONGEST_FIELD].decode("utf-8", "ignore")
