"""peelqa itself, asked as the others are; `--closely` lets the reranker read, as answers are made by default."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import loop

from peelqa.answers import open_library
from peelqa.embedding import load_embedder
from peelqa.questions import Filters


def open_index(texts: list[str], vectors: Any, model: str) -> loop.Ask:
    """Open the index beside the texts, which was built before."""
    library = open_library(Path(sys.argv[1]) / "index", load_embedder())
    if "--closely" in sys.argv:
        library.prepare()
        return lambda question: [each.quotation.text for each in library.ask(question).quotes]
    if "--encode" in sys.argv:
        return lambda question: [str(len(library.embedder.encode([question])))]
    return lambda question: [passage.text for passage in library.search(question, Filters(), 10)]


if __name__ == "__main__":
    loop.run(open_index)
