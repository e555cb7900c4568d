"""How sure a figure is, and whether two runs differ by more than chance. The same data give the same interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
RESAMPLES = 2000
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value with its 95 % interval, where it has one, and how many questions it rests on."""

    value: float
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a run gained over another on the questions that both asked."""

    value: float
    low: float
    high: float
    p: float
    """The chance of a difference as large if the runs were alike (paired permutation test)."""
    count: int


def mean_figure(values: Sequence[float]) -> Figure | None:
    """Return the mean; its interval is Wilson's for shares, and the bootstrap's (percentile) for other values.

    None where there are no values.

    >>> mean_figure([1, 0, 1, 1]).value
    0.75
    """
    if not values:
        return None
    data = np.asarray(values, dtype=float)
    mean = float(data.mean())
    if set(np.unique(data)) <= {0.0, 1.0}:
        interval = stats.binomtest(int(data.sum()), len(data)).proportion_ci(CONFIDENCE, method="wilson")
        return Figure(mean, float(interval.low), float(interval.high), len(data))
    low, high = _interval((data,), np.mean) if len(data) > 1 else (None, None)
    return Figure(mean, low, high, len(data))


def auroc_figure(positives: Sequence[float], negatives: Sequence[float]) -> Figure | None:
    """Return the chance that a positive's score is above a negative's, ties counted half.

    None where either is missing.

    >>> auroc_figure([0.9, 0.8], [0.1, 0.8]).value
    0.875
    """
    if not positives or not negatives:
        return None
    up, down = np.asarray(positives, dtype=float), np.asarray(negatives, dtype=float)
    value = float(_auroc(up, down))
    low, high = _interval((up, down), _auroc) if min(len(up), len(down)) > 1 else (None, None)
    return Figure(value, low, high, len(up) + len(down))


def share_below(negatives: Sequence[float], positives: Sequence[float], kept: float) -> Figure | None:
    """Return the share of negatives whose score is below the highest threshold that keeps `kept` of the positives."""
    if not negatives or not positives:
        return None
    ordered = sorted(positives, reverse=True)
    threshold = ordered[int(np.ceil(kept * len(ordered))) - 1]
    return mean_figure([float(score < threshold) for score in negatives])


def difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Difference | None:
    """Compare two runs' values by question (paired bootstrap and paired permutation test); None where they share none."""
    shared = sorted(ours.keys() & theirs.keys())
    if len(shared) < 2:
        return None
    gains = np.array([ours[each] - theirs[each] for each in shared])
    if not gains.any():
        return Difference(0.0, 0.0, 0.0, 1.0, len(shared))
    low, high = _interval((gains,), np.mean)
    test = stats.permutation_test(
        (gains,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=10_000,
        batch=_BATCH,
        rng=np.random.default_rng(0),
    )
    return Difference(float(gains.mean()), low, high, float(test.pvalue), len(shared))


def _interval(samples: tuple[Any, ...], statistic: Any) -> tuple[float, float]:
    found = stats.bootstrap(
        samples,
        statistic,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)


def _auroc(positives: Any, negatives: Any, axis: int = -1) -> Any:
    statistic = stats.mannwhitneyu(positives, negatives, axis=axis, method="asymptotic").statistic
    return statistic / (positives.shape[axis] * negatives.shape[axis])
