"""Ways to answer a question, side by side, from the plainest to the whole product.

    bm25, dense, hybrid   passages ranked by words, by vectors, or by both fused; quoted are the sentences of the best
                          ten passages that are nearest to the question, and nothing is ever declined
    reranker              units of the hybrid ranking in the cross-encoder's order, nothing declined
    peelqa                the whole product: `Library.ask`; or as `eval.ablations` changes it

All arms share the product's reading of the question, so that they differ in ranking and quoting alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit

from eval.ablations import ABLATIONS
from eval.cases import Case
from peelqa.answers import DEFAULT_LIMIT, Library
from peelqa.asking import AskRequest
from peelqa.embedding import Vectors
from peelqa.passages import Passage
from peelqa.questions import Question
from peelqa.search import find_passages, rank_units, scope_of
from peelqa.words import content_words

RANKED = 10
"""How many passages of a ranking are judged, and searched for sentences."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A quotation as an arm gives it: what it says, where it says that stands, and whose it says it is."""

    text: str
    report: str
    start_char: int
    end_char: int
    relevance: float
    body: str | None = None
    year: int | None = None
    finding: str | None = None
    section: tuple[str, ...] = ()
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an arm made of a question."""

    status: str
    quotes: tuple[Shown, ...] = ()
    nearest: tuple[Shown, ...] = ()
    """What came nearest, where the question was declined."""
    passages: tuple[str, ...] | None = None
    """The ids of the passages it ranked, best first; None for an arm that ranks none."""
    took_ms: float = 0.0
    cpu_ms: float = 0.0
    error: str | None = None


Asking = Callable[[Case], Outcome]


def make_arm(name: str, library: Library, limit: int | None) -> Asking:
    """Return an arm that asks a library; `limit` is how many quotations it gives, the product's default if None."""
    if name == "peelqa":
        answering: Asking = _Product(library, limit)
    elif name in ABLATIONS:
        answering = _Product(ABLATIONS[name](library), limit)
    elif name == "reranker":
        answering = _Reranked(library, limit or DEFAULT_LIMIT)
    else:
        answering = _Sentences(library, limit or DEFAULT_LIMIT, _RANKINGS[name])
    return lambda case: _timed(answering, case)


def _timed(answering: Asking, case: Case) -> Outcome:
    """Answer a case with the time that took; a failure becomes an outcome that names it."""
    started, started_cpu = time.perf_counter(), time.process_time()
    try:
        outcome = answering(case)
    except Exception as error:  # one question that fails must not cost the run
        outcome = Outcome("failed", error=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
    took, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    return Outcome(
        outcome.status,
        outcome.quotes,
        outcome.nearest,
        outcome.passages,
        round(took * 1000, 1),
        round(cpu * 1000, 1),
        outcome.error,
    )


def _request(case: Case, limit: int | None) -> AskRequest:
    return AskRequest.model_validate({"limit": limit, **case.filters, "question": case.question})


@dataclass(frozen=True, slots=True)
class _Product:
    library: Library
    limit: int | None

    def __call__(self, case: Case) -> Outcome:
        request = _request(case, self.limit)
        answer = self.library.ask(
            request.question, request.filters(), request.limit or DEFAULT_LIMIT, request.turns()
        ).to_json()
        return Outcome(
            answer["status"],
            tuple(shown(quote) for quote in answer["quotes"]),
            tuple(shown(quote) for quote in answer["nearest"]),
        )


def shown(quote: dict[str, Any]) -> Shown:
    """Read a quotation as the JSON contract gives it."""
    report = quote["report"]
    return Shown(
        text=quote["text"],
        report=report["id"],
        start_char=quote["start_char"],
        end_char=quote["end_char"],
        relevance=quote["relevance"],
        body=report["body"],
        year=report["year"],
        finding=quote["finding"],
        section=tuple(quote["section"]),
        sha256=report["sha256"],
    )


@dataclass(frozen=True, slots=True)
class _Reranked:
    library: Library
    limit: int

    def __call__(self, case: Case) -> Outcome:
        request = _request(case, self.limit)
        question = self.library.understand(request.question, request.filters(), request.turns())
        hits = rank_units(self.library.index, self.library.embedder, self.library.reranker, question).hits
        quotes = tuple(
            _quote(hit.passage, hit.unit.start_char, hit.unit.end_char, float(expit(hit.logit)))
            for hit in hits[: request.limit]
        )
        ranked = tuple(dict.fromkeys(hit.passage.id for hit in hits))[:RANKED]
        return Outcome("answered" if quotes else "not_found", quotes, passages=ranked)


Ranking = Callable[[Library, Question], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class _Sentences:
    library: Library
    limit: int
    rank: Ranking
    vectors: dict[str, Vectors] = field(default_factory=dict)
    """The sentences' vectors of each passage met so far."""

    def __call__(self, case: Case) -> Outcome:
        request = _request(case, self.limit)
        question = self.library.understand(request.question, request.filters(), request.turns())
        passages = self.rank(self.library, question)
        vector = self.library.embedder.encode([question.searched])[0]
        scored = [
            (float(cosine), place, passage, unit)
            for place, passage in enumerate(passages)
            for cosine, unit in zip(self._sentences(passage) @ vector, passage.units, strict=True)
        ]
        scored.sort(key=lambda each: (-each[0], each[1], each[3].start_char))
        quotes = tuple(
            _quote(passage, unit.start_char, unit.end_char, cosine)
            for cosine, _, passage, unit in scored[: request.limit]
        )
        status = "answered" if quotes else "not_found"
        return Outcome(status, quotes, passages=tuple(passage.id for passage in passages))

    def _sentences(self, passage: Passage) -> Vectors:
        known = self.vectors.get(passage.id)
        if known is None:
            texts = [passage.report.text[unit.start_char : unit.end_char] for unit in passage.units]
            known = self.vectors[passage.id] = self.library.embedder.encode(texts).astype(np.float32)
        return known


def _quote(passage: Passage, start_char: int, end_char: int, relevance: float) -> Shown:
    report, quotation = passage.report, passage.quote(start_char, end_char)
    return Shown(
        text=quotation.text,
        report=report.id,
        start_char=start_char,
        end_char=end_char,
        relevance=relevance,
        body=report.body,
        year=report.year,
        finding=quotation.finding,
        section=passage.section_path,
        sha256=report.sha256,
    )


def _bm25(library: Library, question: Question) -> Sequence[Passage]:
    words = content_words(question.searched)
    rows = library.index.matching(words, RANKED, scope_of(library.index, question))
    return [library.index.passage(row) for row, _ in rows]


def _dense(library: Library, question: Question) -> Sequence[Passage]:
    vector = library.embedder.encode([question.searched])[0]
    rows = library.index.nearest(vector, RANKED, scope_of(library.index, question))
    return [library.index.passage(row) for row, _ in rows]


def _hybrid(library: Library, question: Question) -> Sequence[Passage]:
    return [passage for passage, _ in find_passages(library.index, library.embedder, question, RANKED)]


_RANKINGS: dict[str, Ranking] = {"bm25": _bm25, "dense": _dense, "hybrid": _hybrid}
