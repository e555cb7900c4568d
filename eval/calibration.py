"""Whether a relevance of 0.8 is right eight times in ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose relevance is from `low` to below `high` (the last bin holds 1 too)."""

    low: float
    high: float
    count: int
    said: float
    """The mean relevance."""
    right: float
    """The share that was right."""


def reliability(said: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Sort answers into ten bins of equal width by relevance; empty bins are left out.

    >>> [(each.count, each.right) for each in reliability([0.05, 0.91, 0.99], [False, True, False])]
    [(1, 0.0), (2, 0.5)]
    """
    relevance, truth = np.asarray(said, dtype=float), np.asarray(right, dtype=float)
    places = np.clip((relevance * BINS).astype(int), 0, BINS - 1)
    return [
        Bin(
            place / BINS,
            (place + 1) / BINS,
            int((places == place).sum()),
            float(relevance[places == place].mean()),
            float(truth[places == place].mean()),
        )
        for place in np.unique(places).tolist()
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the expected calibration error: how far relevance and truth are apart, by the weight of each bin.

    None where there are no answers.
    """
    count = sum(each.count for each in bins)
    return sum(each.count * abs(each.said - each.right) for each in bins) / count if count else None
