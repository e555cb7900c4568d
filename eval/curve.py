"""Span recall against IoU as more is quoted or read, and where what is missed is lost: `python -m eval.curve SUITE`.

Prints Markdown of figures alone. It asks the tuning half, for that is what one chooses by.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from eval.arms import shown
from eval.cases import Case, choose, read_cases
from eval.corpora import prepare
from eval.judging import Judge
from eval.running import default_work, say_progress
from eval.suites import load_suite
from eval.texts import texts_of
from peelqa.answers import DEFAULT_LIMIT, Library, open_library
from peelqa.asking import AskRequest
from peelqa.embedding import load_embedder
from peelqa.quoting import RelevantQuotation
from peelqa.quoting import choose as choose_quotations
from peelqa.relevance import RelevanceModel
from peelqa.search import CANDIDATE_UNITS
from peelqa.settings import read_settings

BESIDE = (1.0, 0.5, 0.3, 0.2, 0.15, 0.1, 0.05, 0.0)
"""The least odds of a further quotation, as a share of the first one's."""
LIMITS = (DEFAULT_LIMIT, 10)
BUDGETS = (2 * CANDIDATE_UNITS, 4 * CANDIDATE_UNITS)
"""Units that the reranker reads, beside the number in use."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that could be quoted for it, best first."""

    case: Case
    quoted: list[RelevantQuotation]


@click.command()
@click.argument("suite_name", metavar="SUITE")
@click.option("--sample", type=click.IntRange(1), help="How many questions at most.")
def main(suite_name: str, sample: int | None) -> None:
    """Print how recall and IoU change with how much of what was found is quoted."""
    suite, embedder = load_suite(suite_name), load_embedder(read_settings().model)
    prepared = prepare(suite.corpus, default_work() / "corpora", embedder, say_progress(suite.name))
    library = open_library(prepared.index, embedder)
    judge = Judge(texts_of(library.index), suite.judging)
    cases = [case for case in choose(read_cases(suite), suite, "tune", sample) if case.answerable]
    asked = _ask(library, cases)
    click.echo(f"# Recall against IoU: {suite.title}, {len(cases)} questions of the tuning half\n")
    command = shlex.join(["python", "-m", "eval.curve", *sys.argv[1:]])
    click.echo(f"Written by `{command}`; not to be edited.\n")
    click.echo("\n".join(_curve(library, judge, asked)))
    click.echo("\n| units read | quotations | span recall | span IoU |\n|---|---|---|---|")
    for budget in (CANDIDATE_UNITS, *BUDGETS):
        reading = asked if budget == CANDIDATE_UNITS else _ask(library.with_budget(budget), cases)
        click.echo(f"| {budget} | {_shares(judge, reading, library.model, DEFAULT_LIMIT)} |")
    click.echo("\nWhere the first right quotation stood among all that could be quoted:\n")
    places = Counter(_place(judge, each) for each in asked)
    click.echo("\n".join(f"- {place}: {count} of {len(cases)}" for place, count in places.most_common()))


def _ask(library: Library, cases: Sequence[Case]) -> list[Asked]:
    return [Asked(case, _found(library, case)) for case in track(cases, "asking", console=Console(stderr=True))]


def _found(library: Library, case: Case) -> list[RelevantQuotation]:
    request = AskRequest.model_validate({**case.filters, "question": case.question})
    return library.find_quotations(library.understand(request.question, request.filters(), request.turns()))[0]


def _curve(library: Library, judge: Judge, asked: Sequence[Asked]) -> Iterator[str]:
    yield "| at most | odds beside the first | quotations | span recall | span IoU |"
    yield "|---|---|---|---|---|"
    for limit in LIMITS:
        for beside in BESIDE:
            yield f"| {limit} | {beside:.2f} | {_shares(judge, asked, replace(library.model, beside=beside), limit)} |"


def _shares(judge: Judge, asked: Sequence[Asked], model: RelevanceModel, limit: int) -> str:
    """Return how many quotations are chosen, the recall of gold spans and the IoU with them, as means in three cells."""
    counted = list[tuple[float, float, float]]()
    for each in asked:
        least = model.least_beside(each.quoted[0].relevance) if each.quoted else 0.0
        chosen = choose_quotations([one for one in each.quoted if one.relevance >= least], limit)
        spans = judge.spans(each.case, [shown(one.to_json()) for one in chosen])
        counted.append((len(chosen), spans.get("span recall", 0.0), spans.get("span IoU", 0.0)))
    quotations, recall, iou = np.mean(counted, axis=0)
    return f"{quotations:.1f} | {recall:.2f} | {iou:.2f}"


def _place(judge: Judge, asked: Asked) -> str:
    rights = [judge.is_right(asked.case, shown(each.to_json())) for each in asked.quoted]
    if True not in rights:
        return "nowhere: the reranker did not read it, or too little of it was quoted"
    place = rights.index(True)
    if place == 0:
        return "first"
    return "second to fifth" if place < DEFAULT_LIMIT else "after the fifth"


if __name__ == "__main__":
    main()
