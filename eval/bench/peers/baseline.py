"""What many write first: sentence-transformers, a flat FAISS index, bm25s, fusion by rank, and SQLite for the texts."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

import bm25s
import faiss
import loop
import Stemmer
from sentence_transformers import SentenceTransformer

POOL, SHOWN, RRF_K = 100, 10, 60


def open_index(texts: list[str], vectors: Any, model: str) -> loop.Ask:
    """Index texts by their vectors and their words."""
    encoder = SentenceTransformer(model, device="cpu")
    stemmer = Stemmer.Stemmer("english")
    kept = Path(sys.argv[1]) / "baseline"
    if not kept.is_dir():
        _write(kept, texts, vectors, stemmer)
    dense, words = faiss.read_index(str(kept / "dense.faiss")), bm25s.BM25.load(str(kept / "words"))
    store = sqlite3.connect(kept / "texts.sqlite")
    pool = min(POOL, len(texts))

    def ask(question: str) -> list[str]:
        vector = encoder.encode([question], normalize_embeddings=True, show_progress_bar=False)
        by_vector = dense.search(vector, pool)[1][0]
        tokens = bm25s.tokenize(question, stopwords="en", stemmer=stemmer, show_progress=False)
        by_words = words.retrieve(tokens, k=pool, show_progress=False)[0][0]
        scores: dict[int, float] = {}
        for ranking in (by_vector, by_words):
            for rank, row in enumerate(ranking, start=1):
                scores[int(row)] = scores.get(int(row), 0.0) + 1 / (RRF_K + rank)
        best = sorted(scores, key=lambda row: -scores[row])[:SHOWN]
        return [store.execute("SELECT text FROM texts WHERE row = ?", (row,)).fetchone()[0] for row in best]

    return ask


def _write(kept: Path, texts: list[str], vectors: Any, stemmer: Any) -> None:
    kept.mkdir()
    dense = faiss.IndexFlatIP(vectors.shape[1])
    dense.add(vectors)
    faiss.write_index(dense, str(kept / "dense.faiss"))
    words = bm25s.BM25()
    words.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)
    words.save(str(kept / "words"))
    with sqlite3.connect(kept / "texts.sqlite") as store:
        store.execute("CREATE TABLE texts (row INTEGER PRIMARY KEY, text TEXT)")
        store.executemany("INSERT INTO texts VALUES (?, ?)", enumerate(texts))


if __name__ == "__main__":
    loop.run(open_index)
