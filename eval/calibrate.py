"""Fit the relevance model on the tuning halves of question sets: `python -m eval.calibrate`.

Writes `src/peelqa/relevance.json`. The weights are those of a logistic regression over first hits in which each set has
an intercept of its own, so that they tell answers from near misses and not one set from another, and none by which what
is missing speaks for a hit. Their scale and two intercepts, of reports whose kind peelqa recognises and of other texts,
are then fitted on all sets together. Nothing of a test half is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from eval.arms import shown
from eval.cases import Case, choose, read_cases
from eval.corpora import prepare
from eval.judging import Judge
from eval.running import default_work, say_progress
from eval.suites import CannotRun, load_suite
from eval.texts import texts_of
from peelqa.answers import Library, open_library
from peelqa.asking import AskRequest
from peelqa.embedding import Embedder, load_embedder
from peelqa.quoting import RelevantQuotation, merits_of, quote_hit
from peelqa.relevance import BARRED, Evidence, RelevanceModel, is_recognised, load_relevance, weigh_hits
from peelqa.search import rank_units
from peelqa.settings import read_settings

Numbers = NDArray[np.float64]

SUITES = (
    ("sample", None),
    ("west-midlands-2014", None),
    ("west-midlands-own", None),
    ("real", None),
    ("councils", None),
    ("squad2", 600),
    ("chroma-chunking", None),
)
"""Suite, and its questions at most."""
RECOGNISED_WEIGHT = 2.0
"""How much a question on inspection reports weighs against another where the evidence is weighed."""
FURTHER_HITS = 4
ANSWERED = 0.92
"""The share of answerable questions on inspection reports that must be answered."""
RIDGE = 0.02
_AGAINST = tuple(name == "uncovered" or name.endswith("_missing") for name in Evidence.names())
"""Which kinds of evidence can only speak against a hit."""


@dataclass(frozen=True, slots=True)
class Example:
    """One hit of one tuning question."""

    suite: str
    question: str
    answerable: bool
    recognised: bool
    """Its report is of a kind of inspection that peelqa recognises."""
    evidence: tuple[float, ...]
    barred: bool
    """It can be no answer; the model says so by itself."""
    behind: float
    """How far its standing is behind the first hit's; 0 for the first."""
    right_alone: bool
    """Its quotation answers the question."""
    right_around: bool
    """Its quotation with the sentences around it does."""


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where to write; by default where peelqa reads it.")
def main(out: Path | None) -> None:
    """Fit the relevance model and write it with where it comes from."""
    embedder, examples, used = load_embedder(read_settings().model), list[Example](), list[dict[str, object]]()
    for suite, sample in SUITES:
        try:
            found = list(_examples(suite, sample, embedder))
        except CannotRun as error:
            click.echo(f"left out: {suite}: {error}", err=True)
            continue
        examples += found
        used.append({"suite": suite, "split": "tune", "questions": len({each.question for each in found})})
    stored = fit(examples)
    target = out or Path(str(resources.files("peelqa") / "relevance.json"))
    target.write_text(
        json.dumps({**stored, "fitted_on": used, "fitted_by": "python -m eval.calibrate"}, indent=1) + "\n"
    )
    barred = [each for each in examples if each.barred and each.recognised and each.behind == 0]
    right = sum(each.right_around for each in barred)
    click.echo(
        f"Fitted on {len(examples)} hits; wrote {target}. Of {len(barred)} barred first hits {right} were right."
    )


def fit(examples: Sequence[Example]) -> dict[str, object]:
    """Return the fields of relevance.json."""
    firsts = [each for each in examples if each.behind == 0 and not each.barred]
    evidence = np.array([each.evidence for each in firsts])
    share = _shares(firsts)
    sets = sorted({each.suite for each in firsts})
    membership = np.array([[each.suite == name for name in sets] for each in firsts], dtype=float)
    right = np.array([each.right_alone for each in firsts], dtype=float)
    slope = _logistic(evidence, membership, right, share, against=_AGAINST)
    scores, kinds = evidence @ slope, np.array([[1.0, each.recognised] for each in firsts])
    sure = float(np.median(scores))
    right = np.array(
        [one.right_alone if score >= sure else one.right_around for one, score in zip(firsts, scores, strict=True)],
        dtype=float,
    )
    scale, intercept, recognised = map(
        float, _logistic(scores[:, None], kinds, right, np.ones(len(firsts)), ridge=0.0, whole=True)
    )
    said = expit(scale * scores + kinds @ (intercept, recognised))
    model = RelevanceModel(
        intercept, tuple(map(float, scale * slope)), recognised, behind=0.0, enough=0.0, sure=0.0, beside=0.0
    )
    answerable = [p for one, p in zip(firsts, said, strict=True) if one.recognised and one.answerable]
    answerable += [BARRED for one in examples if one.behind == 0 and one.barred and one.recognised and one.answerable]
    return {
        "intercept": round(model.intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in zip(Evidence.names(), model.weights, strict=True)},
        "recognised": round(recognised, 4),
        "behind": round(_behind(examples, model), 4),
        "enough": round(float(np.quantile(answerable, 1 - ANSWERED)), 4),
        "sure": round(float(expit(intercept + recognised + scale * sure)), 4),
        "beside": load_relevance().beside,
    }


def _shares(examples: Sequence[Example]) -> Numbers:
    return np.array([RECOGNISED_WEIGHT if each.recognised else 1.0 for each in examples])


def _logistic(
    evidence: Numbers,
    constants: Numbers,
    right: Numbers,
    share: Numbers,
    *,
    against: Sequence[bool] = (),
    ridge: float = RIDGE,
    whole: bool = False,
) -> Numbers:
    """Fit a weighted logistic regression; return the weights of the evidence, and of the constants too where `whole`.

    Evidence that is `against` gets no weight above 0.
    """
    spread = evidence.std(axis=0) + 1e-9
    columns = np.hstack([evidence / spread, constants])
    kinds = evidence.shape[1]

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        logit = columns @ weights
        part = share / share.sum()
        cost = float(part @ (np.logaddexp(0, logit) - right * logit)) + ridge / 2 * float(
            weights[:kinds] @ weights[:kinds]
        )
        slope = columns.T @ (part * (expit(logit) - right))
        slope[:kinds] += ridge * weights[:kinds]
        return cost, slope

    bounds = [(None, 0.0 if place < len(against) and against[place] else None) for place in range(columns.shape[1])]
    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    found[:kinds] /= spread
    return np.asarray(found if whole else found[:kinds])


def _behind(examples: Sequence[Example], model: RelevanceModel) -> float:
    """Return the logits by which a further hit is less likely for each logit of standing it is behind the first."""
    further = [each for each in examples if each.behind > 0]
    base = model.intercept + np.array([each.evidence for each in further]) @ np.array(model.weights)
    base += model.recognised * np.array([each.recognised for each in further])
    behind, share = np.array([each.behind for each in further]), _shares(further)
    right = np.array([each.right_alone for each in further], dtype=float)

    def loss(slope: float) -> float:
        logit = base + slope * behind
        return float(share @ (np.logaddexp(0, logit) - right * logit))

    return float(minimize_scalar(loss, bounds=(-2.0, 0.0), method="bounded").x)


def _examples(name: str, sample: int | None, embedder: Embedder) -> Iterator[Example]:
    """Rank the tuning questions of a suite and say which hits answer them."""
    suite = load_suite(name)
    say = say_progress(name)
    prepared = prepare(suite.corpus, default_work() / "corpora", embedder, say)
    library = open_library(prepared.index, embedder)
    judge = Judge(texts_of(library.index), suite.judging)
    cases = choose(read_cases(suite), suite, "tune", sample)
    for done, case in enumerate(cases, start=1):
        yield from _hits(case, library, partial(_is_right, judge, case), name)
        say("weighing hits", done, len(cases))


def _hits(case: Case, library: Library, is_right: partial[bool], suite: str) -> Iterator[Example]:
    request = AskRequest.model_validate({**case.filters, "question": case.question})
    question = library.understand(request.question, request.filters(), request.turns())
    if question.unclear or question.ambiguous or question.not_covered or question.asks_advice:
        return
    ranking = rank_units(library.index, library.embedder, library.reranker, question)
    weighed = weigh_hits(ranking.hits, question, library.index.holding, library.index.count)
    merits = merits_of(weighed)
    for each in weighed[: 1 + FURTHER_HITS]:
        yield Example(
            suite,
            case.id,
            case.answerable,
            is_recognised(each.hit.passage.report),
            each.evidence.values(),
            each.barred,
            weighed[0].standing - each.standing,
            is_right(RelevantQuotation(quote_hit(each.hit, merits, unsure=False), 0.0)),
            is_right(RelevantQuotation(quote_hit(each.hit, merits, unsure=True), 0.0)),
        )


def _is_right(judge: Judge, case: Case, quotation: RelevantQuotation) -> bool:
    return judge.is_right(case, shown(quotation.to_json()))


if __name__ == "__main__":
    main()
