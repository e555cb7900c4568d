"""How long starting, asking and building take: `python eval/bench/opening.py --passages 10000`.

Prints medians as JSON: a start to the first answer, a warm question without the reranker against one encoding of it,
opening an index with and without checking its checksums, encoding passages against sentence-transformers, and
rebuilds of an unchanged corpus and with one report more. The corpus is made up, the same at every run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from peelqa.answers import open_library
from peelqa.building import build_corpus
from peelqa.embedding import Embedder, load_embedder
from peelqa.exporting import ReferenceModel
from peelqa.index import open_index
from peelqa.index.generations import check_generation
from peelqa.index.opened import FolderIndex
from peelqa.questions import Filters
from peelqa.search import find_passages
from peelqa.weights import minilm_files

_Result = TypeVar("_Result")
PARAGRAPHS = 60
QUESTION = "What concerns exist about child protection?"
_WORDS = [
    "force",
    "officers",
    "child",
    "protection",
    "domestic",
    "abuse",
    "victims",
    "crime",
    "recording",
    "supervision",
    "neighbourhood",
    "teams",
    "custody",
    "risk",
    "assessment",
    "response",
    "calls",
    "demand",
    "training",
    "staff",
    "leaders",
    "plan",
    "partners",
    "council",
    "safeguarding",
    "inspectors",
    "found",
    "good",
    "poor",
    "improved",
    "delay",
    "consistent",
    "vulnerable",
    "missing",
    "people",
    "investigations",
    "quality",
    "evidence",
    "workload",
    "detectives",
    "control",
    "room",
]


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description="Measure starting, asking and building.")
    parser.add_argument("--passages", type=int, default=2000, help="about how many passages the corpus has")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), chosen.passages), indent=1))


def measure(folder: Path, passages: int) -> dict[str, Any]:
    """Return all figures, in seconds and ratios, for a corpus made in a folder."""
    corpus, index, embedder = folder / "corpus", folder / "index", load_embedder()
    write_corpus(corpus, max(1, passages * 2 // PARAGRAPHS))
    built, first = _timed(lambda: build_corpus(corpus, index, folder / "none", embedder, lambda *_: None))
    _, unchanged = _timed(lambda: build_corpus(corpus, index, folder / "none", embedder, lambda *_: None))
    (corpus / "one-more.txt").write_text(_report(random.Random("one more"), 10**6))  # noqa: S311 - a made up corpus
    more, added = _timed(lambda: build_corpus(corpus, index, folder / "none", embedder, lambda *_: None))
    share = more.result.embedded / more.result.passages
    return {
        "passages": built.result.passages,
        "first build, s": round(first, 2),
        "unchanged rebuild / first build": round(unchanged / first, 4),
        "one report more / first build": round(added / first, 4),
        "that report's share of passages": round(share, 4),
        **_opening(index),
        **_asking(index, embedder),
        **_encoding(index, embedder),
        "start to first answer, s": round(_median(lambda: _ask(index), 5), 3),
    }


def write_corpus(folder: Path, reports: int) -> None:
    """Write made-up reports, the same at every run."""
    folder.mkdir()
    for number in range(reports):
        (folder / f"report-{number:05}.txt").write_text(_report(random.Random(number), number))  # noqa: S311


def _report(chance: random.Random, number: int) -> str:
    parts = [f"Shire {number} Police 2018\n"]
    for place in range(PARAGRAPHS):
        sentences = (" ".join(chance.choices(_WORDS, k=14)).capitalize() + "." for _ in range(6))
        parts.append(f"Section {place // 6}\n" if place % 6 == 0 else "")
        parts.append(" ".join(sentences) + "\n")
    return "\n".join(parts)


def _opening(index: Path) -> dict[str, Any]:
    place = open_index(index).folder
    manifest = check_generation(place)
    return {
        "checking checksums, s": round(_median(lambda: check_generation(place), 5), 4),
        "opening besides, CPU s": round(_median(lambda: FolderIndex(place, manifest), 5, time.process_time), 4),
    }


def _asking(index: Path, embedder: Embedder) -> dict[str, Any]:
    library = open_library(index, embedder)
    question = library.understand(QUESTION, Filters())
    encode = _median(lambda: embedder.encode([question.searched]), 50)
    search = _median(lambda: find_passages(library.index, embedder, question, 12), 50)
    return {
        "one encoding, ms": round(encode * 1e3, 2),
        "warm question without reranker / one encoding": round(search / encode, 2),
    }


def _encoding(index: Path, embedder: Embedder) -> dict[str, Any]:
    opened = open_index(index)
    texts = [
        opened.passage(row).searchable for row in range(0, opened.vectors.count, max(1, opened.vectors.count // 96))
    ]
    model = ReferenceModel(minilm_files().folder).model
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(3):  # in turn, so that what else the machine does falls on both
        ours.append(_timed(lambda: embedder.encode(texts))[1])
        theirs.append(_timed(lambda: model.encode(texts, normalize_embeddings=True, show_progress_bar=False))[1])
    return {
        "encoding, passages/s": round(len(texts) / statistics.median(ours), 1),
        "rate / SentenceTransformer.encode": round(statistics.median(theirs) / statistics.median(ours), 2),
    }


def _ask(index: Path) -> None:
    command = [sys.executable, "-m", "peelqa", "ask", QUESTION, "--index", str(index)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command


def _timed(work: Callable[[], _Result]) -> tuple[_Result, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _median(work: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(times):
        started = clock()
        work()
        taken.append(clock() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
