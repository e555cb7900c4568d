"""txtai: hybrid search with content."""

from __future__ import annotations

from typing import Any

import loop
import numpy as np
from sentence_transformers import SentenceTransformer
from txtai import Embeddings


def open_index(texts: list[str], vectors: Any, model: str) -> loop.Ask:
    """Index texts; their vectors are looked up, those of questions are made."""
    encoder = SentenceTransformer(model, device="cpu")
    known = dict(zip(texts, vectors, strict=True))

    def encode(wanted: list[str]) -> Any:
        if all(text in known for text in wanted):
            return np.stack([known[text] for text in wanted])
        return encoder.encode(list(wanted), show_progress_bar=False)

    index = Embeddings(method="external", transform=encode, hybrid=True, content=True)
    index.index(enumerate(texts))
    return lambda question: [each["text"] for each in index.search(question, 10)]


if __name__ == "__main__":
    loop.run(open_index)
