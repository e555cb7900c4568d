"""LanceDB: hybrid search, merged by reciprocal rank fusion."""

from __future__ import annotations

import tempfile
from typing import Any

import lancedb
import loop
import pyarrow
from lancedb.rerankers import RRFReranker
from sentence_transformers import SentenceTransformer


def open_index(texts: list[str], vectors: Any, model: str) -> loop.Ask:
    """Index texts by their vectors and their words."""
    encoder = SentenceTransformer(model, device="cpu")
    size = vectors.shape[1]
    columns = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.reshape(-1)), size)
    rows = pyarrow.table({"text": texts, "vector": columns})
    table = lancedb.connect(tempfile.mkdtemp()).create_table("passages", rows)
    table.create_fts_index("text")
    fusion = RRFReranker()

    def ask(question: str) -> list[str]:
        vector = encoder.encode(question, normalize_embeddings=True, show_progress_bar=False)
        search = table.search(query_type="hybrid").vector(vector).text(question).rerank(fusion).limit(10)
        return [each["text"] for each in search.to_list()]

    return ask


if __name__ == "__main__":
    loop.run(open_index)
