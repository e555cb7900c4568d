"""How alike a folder and a cluster answer: top-10 overlap of passages, and what loading and searching take.

    python -m eval.bench.cluster FOLDER ADDRESS QUESTIONS.jsonl

loads the local index in FOLDER into the cluster at ADDRESS, where it is not there yet, and asks both every question.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from peelqa.address import parse_place
from peelqa.answers import Library, open_library
from peelqa.embedding import load_embedder
from peelqa.errors import BadInput
from peelqa.index import open_index
from peelqa.index.cluster.publishing import publish_folder
from peelqa.questions import Filters
from peelqa.search import find_passages

TOP = 10


def overlap(one: Library, two: Library, texts: list[str]) -> list[float]:
    """Return, of each question, how much of its first TOP passages is the same in both."""
    return [
        len(first & second) / max(len(first), len(second), 1) if first or second else 1.0
        for text in texts
        for first, second in [(set(_top(one, text)), set(_top(two, text)))]
    ]


def _top(library: Library, text: str) -> list[str]:
    question = library.understand(text, Filters())
    return [passage.id for passage, _ in find_passages(library.index, library.embedder, question, TOP)]


def main(arguments: list[str]) -> None:
    """Load, ask and print."""
    if len(arguments) != 3:
        raise SystemExit(__doc__)
    folder, place = Path(arguments[0]), parse_place(arguments[1])
    if isinstance(place, Path):
        raise BadInput(f"{place} is a folder; the second place is the address of a cluster.")
    texts = [json.loads(line)["question"] for line in Path(arguments[2]).read_text(encoding="utf-8").splitlines()]
    started = time.perf_counter()
    sent = publish_folder(open_index(folder), place)
    seconds = time.perf_counter() - started
    embedder = load_embedder()
    local, cluster = open_library(folder, embedder), open_library(place, embedder)
    print(f"{local.index.count} passages, {len(texts)} questions" + (f", loaded in {seconds:.1f} s" if sent else ""))
    found = overlap(local, cluster, texts)
    print(f"top-{TOP} overlap: mean {statistics.mean(found):.4f}, least {min(found):.2f}")
    for name, library in (("folder", local), ("cluster", cluster)):
        took = [_seconds(library, text) for text in texts]
        print(f"{name}: {statistics.median(took) * 1000:.1f} ms a search (median)")


def _seconds(library: Library, text: str) -> float:
    started = time.perf_counter()
    _top(library, text)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
