"""Ask the questions of a set and say how well they were answered: `python eval/run.py SET.jsonl --index DIR`.

Prints hit@1, hit@3 and MRR on the answerable questions (a quotation that holds a gold string), the shares rightly
answered and rightly declined, and quotations that are not verbatim, with 95 % bootstrap intervals.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from peelqa.answers import Answer, open_library
from peelqa.asking import AskRequest
from peelqa.embedding import load_embedder
from peelqa.settings import read_settings


def main() -> None:
    """Run one question set and print its figures as JSON."""
    parser = argparse.ArgumentParser(description="Run one question set against an index.")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, default=None)
    chosen = parser.parse_args()
    settings = read_settings()
    library = open_library(chosen.index or settings.index, load_embedder(settings.model))
    rows = []
    for line in chosen.questions.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        request = AskRequest.model_validate(fields)
        rows.append(judge(fields, library.ask(request.question, request.filters())))
    print(json.dumps(summarise(rows), indent=1))


def judge(fields: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Return what one answer is worth: the rank of the first right quotation (0 for none), and how it ended."""
    gold = [_fold(each if isinstance(each, str) else each["text"]) for each in fields["gold"]]
    shown = [_fold(each.quotation.text) for each in answer.quotes]
    rank = next((place for place, text in enumerate(shown, start=1) if any(each in text for each in gold)), 0)
    wrong = sum(
        each.quotation.text not in each.quotation.passage.report.text for each in (*answer.quotes, *answer.nearest)
    )
    return {
        "answerable": fields["answerable"],
        "rank": rank,
        "answered": bool(shown),
        "not_verbatim": wrong,
    }


def summarise(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of a set, each share as [value, low, high]; a set without such questions gives none."""
    answerable = [row for row in rows if row["answerable"]]
    others = [row for row in rows if not row["answerable"]]
    return {
        "answerable": len(answerable),
        "unanswerable": len(others),
        "hit@1": _mean([row["rank"] == 1 for row in answerable]),
        "hit@3": _mean([1 <= row["rank"] <= 3 for row in answerable]),
        "MRR": _mean([1 / row["rank"] if row["rank"] else 0.0 for row in answerable]),
        "rightly answered": _mean([row["answered"] for row in answerable]),
        "rightly declined": _mean([not row["answered"] for row in others]),
        "not verbatim": sum(row["not_verbatim"] for row in rows),
    }


def _mean(values: Sequence[float]) -> list[float] | None:
    if not values:
        return None
    data = np.array(values, dtype=float)
    draws = np.random.default_rng(0).choice(data, size=(2000, len(data))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return [round(float(each), 3) for each in (data.mean(), low, high)]


def _fold(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
