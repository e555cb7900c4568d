"""The figures of one arm on one suite, from its rows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from eval.calibration import calibration_error, reliability
from eval.intervals import Figure, auroc_figure, mean_figure, share_below
from eval.rows import Row

PROMISES = ("not verbatim", "wrong attributions")
"""What must be 0, whatever the suite."""
KEPT = 0.95
PROBABILITIES = frozenset({"peelqa"})
"""Arms whose relevance is meant to be a probability, so that its calibration can be judged."""


def figures_of(rows: Sequence[Row]) -> dict[str, Figure]:
    """Return every figure that the rows of one arm allow, by its name."""
    names = dict.fromkeys(name for row in rows for name in row.values)
    found: dict[str, Figure | None] = {
        name: mean_figure([row.values[name] for row in rows if name in row.values]) for name in names
    }
    found |= _declining(rows) | _calibration(rows) | _lengths(rows) | _counts(rows) | _times(rows)
    return {name: figure for name, figure in found.items() if figure is not None}


def _declining(rows: Sequence[Row]) -> dict[str, Figure | None]:
    answerable = [row for row in rows if row.answerable]
    others = [row for row in rows if not row.answerable]
    # Where asking failed nothing was told apart.
    up, down = [row.score for row in answerable], [1.0 if row.error else row.score for row in others]
    return {
        "answered": mean_figure([float(row.answered) for row in answerable]),
        "declined": mean_figure([float(row.declined) for row in others]),
        "declining precision": mean_figure([float(not row.answerable) for row in rows if row.declined])
        if others
        else None,
        "AUROC of declining": auroc_figure(up, down),
        "declined while answering 0.95": share_below(down, up, KEPT),
    }


def _calibration(rows: Sequence[Row]) -> dict[str, Figure | None]:
    judged = [row for row in rows if row.quotes and row.arm in PROBABILITIES]
    error = calibration_error(reliability([row.score for row in judged], [row.right for row in judged]))
    return {"calibration error": None if error is None else Figure(error, None, None, len(judged))}


def _lengths(rows: Sequence[Row]) -> dict[str, Figure | None]:
    every = [words for row in rows for words in row.words]
    first = [row.words[0] for row in rows if row.words]
    return {
        "words of a quotation": Figure(float(median(every)), None, None, len(every)) if every else None,
        "words of the first quotation": Figure(float(median(first)), None, None, len(first)) if first else None,
    }


def _counts(rows: Sequence[Row]) -> dict[str, Figure | None]:
    def total(name: str) -> int:
        return sum(row.counts.get(name, 0) for row in rows)

    bodied = total("with a body")
    return {
        **{name: Figure(float(total(name)), None, None, len(rows)) for name in PROMISES},
        "errors": Figure(float(sum(row.error is not None for row in rows)), None, None, len(rows)),
        "quotations from another body": Figure(total("from another body") / bodied, None, None, bodied)
        if bodied
        else None,
    }


def _times(rows: Sequence[Row]) -> dict[str, Figure | None]:
    if not rows:
        return {}
    took, cpu = [row.took_ms for row in rows], [row.cpu_ms for row in rows]
    return {
        "ms, half of answers": Figure(float(np.quantile(took, 0.5)), None, None, len(rows)),
        "ms, 95 of 100 answers": Figure(float(np.quantile(took, 0.95)), None, None, len(rows)),
        "ms of processor, mean": Figure(float(np.mean(cpu)), None, None, len(rows)),
    }
