"""Rows on asking: a warm question, the first after a start, memory, sixteen at once, the same again."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import httpx
import numpy as np

from eval.bench.bench import CLOSELY, ENCODING, OURS, Bench, medians, timed
from eval.bench.corpora import QUESTIONS, made_questions
from eval.bench.environments import Asked, NotRun
from eval.bench.figures import Figure, quartiles
from peelqa.answers import Library, open_library
from peelqa.embedding import Embedder, Vectors
from peelqa.index import EVERYTHING
from peelqa.index.vectors import CANDIDATES
from peelqa.onnx_encoder import OnnxEncoder
from peelqa.questions import Filters
from peelqa.search import fuse
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.words import content_words

BASELINE = "60-line baseline"
_WARM_AGAINST = {
    ENCODING: 1.35, BASELINE: 0.55, "txtai hybrid": 0.45, "lancedb hybrid": 0.25, "langchain ensemble": 0.11,
}  # fmt: skip
_ENGINES = "import click, faiss, numpy, onnxruntime, pydantic, rapidfuzz, tantivy, tokenizers"
_STARTS = 9
"""How often a process is started; one start varies much."""
_WARM_UP = 60
"""Questions before the first that counts: by then the reports that are asked for have been read."""
_AT_ONCE = 16
_BATCH = 8
_T = TypeVar("_T")


def warm(bench: Bench) -> list[Figure]:
    """A question to what is open already, all stacks in turn; and the memory that each then has."""
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    memory: dict[str, tuple[int, int]] = {}
    with bench.asked() as (started, not_run):
        for number, question in enumerate(made_questions(bench.rounds + _WARM_UP)):
            for name, asked in list(started.items()):
                try:
                    figures = asked.ask(question)
                except NotRun as error:
                    not_run[name] = str(error)
                    for known in (started, taken, memory):
                        known.pop(name, None)
                    continue
                if number >= _WARM_UP:
                    taken[name].append((figures["wall"], figures["cpu"]))
                memory[name] = figures["memory"], figures["peak"]
    return [*_against(taken, not_run), *_closely(taken), *_memory(memory, not_run), *_times(taken)]


def _against(taken: dict[str, list[tuple[float, float]]], not_run: dict[str, str]) -> list[Figure]:
    middle = medians(taken)
    figures = []
    for name, reach in _WARM_AGAINST.items():
        what = f"warm question without reranker / {name}"
        if name not in middle:
            figures.append(Figure("warm", what, None, reach, note=f"not run: {not_run.get(name, 'no figures')}"))
            continue
        ratios = [ours[0] / theirs[0] for ours, theirs in zip(taken[OURS], taken[name], strict=True)]
        wall, cpu = (ours / theirs for ours, theirs in zip(middle[OURS], middle[name], strict=True))
        least = "" if name == ENCODING else f"one encoding alone: {middle[ENCODING][0] / middle[name][0]:.2g}"
        figures.append(Figure("warm", what, wall, reach, cpu=cpu, spread=quartiles(ratios), note=least))
    return figures


def _closely(taken: dict[str, list[tuple[float, float]]]) -> list[Figure]:
    middle, walls = medians(taken), sorted(wall for wall, _ in taken[CLOSELY])
    wall, cpu = (ours / one for ours, one in zip(middle[CLOSELY], middle[ENCODING], strict=True))
    ratios = [ours[0] / one[0] for ours, one in zip(taken[CLOSELY], taken[ENCODING], strict=True)]
    last = statistics.quantiles(walls, n=100)[98] if len(walls) > 1 else walls[0]
    cpus = sorted(cpu for _, cpu in taken[CLOSELY])
    last_cpu = statistics.quantiles(cpus, n=100)[98] if len(cpus) > 1 else cpus[0]
    return [
        Figure("warm", "warm question with reranker / one encoding", wall, 30, cpu=cpu, spread=quartiles(ratios)),
        Figure("warm", "p99 / p50 with reranker", last / middle[CLOSELY][0], 1.5, cpu=last_cpu / middle[CLOSELY][1]),
    ]


def _memory(memory: dict[str, tuple[int, int]], not_run: dict[str, str]) -> list[Figure]:
    figures = []
    for name, reach in ((CLOSELY, 0.70), (OURS, 0.55)):
        for part, what, aim in ((0, "resident memory", reach), (1, "peak memory", None)):
            said = f"{what}, {name} / {BASELINE}"
            if BASELINE not in memory:
                figures.append(Figure("warm", said, None, aim, note=f"not run: {not_run.get(BASELINE)}"))
                continue
            ours, theirs = memory[name][part], memory[BASELINE][part]
            when = "after the last question" if part == 0 else "since the process began, loading the corpus included"
            note = f"{ours / 2**20:.0f} of {theirs / 2**20:.0f} MiB {when}"
            figures.append(Figure("warm", said, ours / theirs, aim, note=note))
    return figures + [
        Figure(
            "warm",
            f"peak memory, {name}, MiB",
            peak / 2**20,
            note=f"{resident / 2**20:.0f} MiB resident after the last question",
        )
        for name, (resident, peak) in memory.items()
    ]


def _times(taken: dict[str, list[tuple[float, float]]]) -> list[Figure]:
    return [
        Figure(
            "warm", f"{name}, ms", wall * 1e3, cpu=cpu * 1e3, spread=quartiles([each * 1e3 for each, _ in taken[name]])
        )
        for name, (wall, cpu) in medians(taken).items()
    ]


def parts(bench: Bench) -> list[Figure]:
    """Where the time of a warm question without the reranker goes, part by part in one process."""
    library = open_library(bench.data / "index", bench.embedder)
    index, taken = library.index, defaultdict[str, list[float]](list)

    def clocked(name: str, work: Callable[[], _T]) -> _T:
        started = time.perf_counter()
        done = work()
        taken[name].append((time.perf_counter() - started) * 1e3)
        return done

    for text in made_questions(bench.rounds):
        question = clocked("understanding the question", partial(library.understand, text, Filters()))
        (vector,) = clocked("encoding it", partial(library.embedder.encode, [question.searched]))
        dense = clocked("nearest vectors", partial(index.nearest, vector, CANDIDATES, EVERYTHING))
        words = content_words(question.searched)
        matching = clocked("matching words", partial(index.matching, words, CANDIDATES, EVERYTHING))
        rows = clocked("fusing", partial(fuse, dense, matching))
        clocked("reading ten passages", partial(list, index.passages(list(rows)[:10])))
    return [
        Figure("parts", f"{name}, ms", statistics.median(times), spread=quartiles(times))
        for name, times in taken.items()
    ]


def start(bench: Bench) -> list[Figure]:
    """From the start of a process to its first answer, in turn with the baseline, whose index is on disk too."""
    ours = [sys.executable, "-m", "peelqa", "ask", QUESTIONS[0], "--index", str(bench.data / "index")]
    what = f"process start to first answer / {BASELINE}"
    try:
        theirs = bench.peer_command(BASELINE)
        _first_answer(theirs)  # which writes its index
    except NotRun as error:
        return [Figure("start", what, None, 0.15, note=f"not run: {error}")]
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(_STARTS):
        taken["ours"].append(timed(lambda: subprocess.run(ours, check=True, capture_output=True)))  # noqa: S603
        taken["theirs"].append(timed(lambda: _first_answer(theirs)))
    middle = medians(taken)
    wall, cpu = (one / two for one, two in zip(middle["ours"], middle["theirs"], strict=True))
    ratios = [one[0] / two[0] for one, two in zip(taken["ours"], taken["theirs"], strict=True)]
    note = f"{middle['ours'][0]:.2f} of {middle['theirs'][0]:.2f} s, with the reranker"
    imported = [timed(lambda: subprocess.run([sys.executable, "-c", _ENGINES], check=True)) for _ in range(_STARTS)]  # noqa: S603
    engines, engines_cpu = (statistics.median(each) for each in zip(*imported, strict=True))
    engines_spread = quartiles([each for each, _ in imported])
    return [
        Figure("start", what, wall, 0.15, cpu=cpu, spread=quartiles(ratios), note=note),
        Figure("start", "of it, importing the engines alone, s", engines, cpu=engines_cpu, spread=engines_spread),
    ]


def _first_answer(command: list[str]) -> None:
    asked = Asked(command)
    asked.ask(QUESTIONS[0])
    asked.stop()


def concurrent(bench: Bench) -> list[Figure]:
    """Sixteen people's questions at once, against the same questions with one encoding a request, one after another."""
    library = open_library(bench.data / "index", bench.embedder)
    questions = made_questions(_AT_ONCE * max(2, bench.rounds // 10))
    _search(library, questions[0])
    with ThreadPoolExecutor(_AT_ONCE) as people:
        ratios, cpus = [], []
        for _ in range(5):
            alone = timed(lambda: [_search(library, question) for question in questions])
            together = timed(lambda: list(people.map(lambda question: _search(library, question), questions)))
            ratios.append(alone[0] / together[0])
            cpus.append(alone[1] / together[1])
    what = f"throughput of {_AT_ONCE} at once / one after another"
    cpu = statistics.median(cpus)
    return [
        Figure(
            "concurrent",
            what,
            statistics.median(ratios),
            1.4,
            False,
            cpu,
            quartiles(ratios),
            "without reranker; one text a call on each core, nothing is batched",
        ),
        *_batched(library.embedder, made_questions(_BATCH * max(5, bench.rounds // 3))),
    ]


def _batched(embedder: Embedder, questions: list[str]) -> list[Figure]:
    """Return what encoding questions in one padded call would save, and how much it would change their vectors."""
    what = f"encoding {_BATCH} questions in one padded call / in {_BATCH} calls"
    encoder = getattr(embedder, "_encoder", None)
    if not isinstance(encoder, OnnxEncoder):
        return [Figure("concurrent", what, None, note="not run: the model has no export")]
    batches = [questions[first : first + _BATCH] for first in range(0, len(questions), _BATCH)]
    _encode_padded(encoder, batches[0])  # the first call of a shape takes longer
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for batch in batches:
        taken["apart"].append(timed(lambda batch=batch: [encoder.encode([text]) for text in batch]))  # type: ignore[misc]
        taken["padded"].append(timed(lambda batch=batch: _encode_padded(encoder, batch)))  # type: ignore[misc]
    ratios = [padded[1] / apart[1] for padded, apart in zip(taken["padded"], taken["apart"], strict=True)]
    changes = [float(np.abs(_encode_padded(encoder, batch) - encoder.encode(batch)).max()) for batch in batches]
    padded, apart = (medians(taken)[name][1] * 1e3 for name in ("padded", "apart"))
    note = f"CPU time: {padded:.1f} of {apart:.1f} ms, tokens included, on one thread"
    return [
        Figure("concurrent", what, padded / apart, spread=quartiles(ratios), note=note),
        Figure("concurrent", "largest change that one padded call makes to a number of a vector", max(changes),
               note=f"{len(questions)} questions; vectors have unit length"),
    ]  # fmt: skip


def _encode_padded(encoder: OnnxEncoder, texts: list[str]) -> Vectors:
    """Return one unit vector a text, all from one call in which shorter texts are padded and the padding is masked."""
    tokens = [encoder._tokenizer.encode(encoder._prompt + text).ids for text in texts]
    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, each in enumerate(tokens):
        ids[row, : len(each)], mask[row, : len(each)] = each, 1
    made: Vectors = np.asarray(encoder._session.run(None, {"input_ids": ids, "attention_mask": mask})[0], np.float32)
    return made


def _search(library: Library, question: str) -> int:
    return len(library.search(question, Filters(), 10))


def repeated(bench: Bench) -> list[Figure]:
    """The same question again, over the API without the network."""
    library = open_library(bench.data / "index", bench.embedder)
    first, again = asyncio.run(_repeat(library, made_questions(bench.rounds)))
    ratio = statistics.median(first) / statistics.median(again)
    note = f"{statistics.median(again) * 1e3:.1f} ms of {statistics.median(first) * 1e3:.0f} ms, the test client's own part included"
    ratios = [one / two for one, two in zip(first, again, strict=True)]
    return [Figure("repeated", "repeated / uncached throughput", ratio, 15, False, None, quartiles(ratios), note)]


async def _repeat(library: Library, questions: list[str]) -> tuple[list[float], list[float]]:
    app = create_app(library, web_folder(), Settings(asks_per_minute=0))
    first: list[float] = []
    again: list[float] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for question in questions:
            for times in (first, again):
                started = time.perf_counter()
                (await client.post("/api/ask", json={"question": question})).raise_for_status()
                times.append(time.perf_counter() - started)
    return first, again
