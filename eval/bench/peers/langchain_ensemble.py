"""LangChain: an ensemble of its FAISS store and its BM25 retriever."""

from __future__ import annotations

from typing import Any

import loop
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


def open_index(texts: list[str], vectors: Any, model: str) -> loop.Ask:
    """Index texts by their vectors and their words."""
    encoder = HuggingFaceEmbeddings(model_name=model, encode_kwargs={"normalize_embeddings": True})
    store = FAISS.from_embeddings(zip(texts, vectors.tolist(), strict=True), encoder)
    by_words = BM25Retriever.from_texts(texts, k=10)
    both = EnsembleRetriever(retrievers=[store.as_retriever(search_kwargs={"k": 10}), by_words], weights=[0.5, 0.5])
    return lambda question: [each.page_content for each in both.invoke(question)]


if __name__ == "__main__":
    loop.run(open_index)
