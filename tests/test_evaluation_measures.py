from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eval.calibration import calibration_error, reliability
from eval.intervals import Difference, auroc_figure, difference, mean_figure, share_below
from eval.measures import figures_of
from eval.ranking import with_ranking_measures
from eval.rows import Place, Row


def row(name: str, *, answerable: bool = True, answered: bool = True, rank: int = 0, score: float = 0.0) -> Row:
    place = (Place("r", 0, 1, score),)
    return Row(name, "peelqa", answerable, answered, "answered", rank, rank == 1, score, place, (10,))


def test_declining_is_counted_by_hand() -> None:
    rows = [
        row("a", rank=1, score=0.9),
        row("b", rank=2, score=0.6),
        row("c", answered=False, score=0.2),
        row("d", answerable=False, answered=False, score=0.1),
        row("e", answerable=False, score=0.7),
    ]
    figures = figures_of(rows)
    assert figures["answered"].value == pytest.approx(2 / 3)
    assert figures["declined"].value == pytest.approx(1 / 2)
    assert figures["declining precision"].value == pytest.approx(1 / 2)
    # Of the six pairs, only (b, e) and (c, e) have the unanswerable question's score above.
    assert figures["AUROC of declining"].value == pytest.approx(4 / 6)
    # To keep all three answerable ones the threshold must be 0.2, which leaves out d alone.
    assert figures["declined while answering 0.95"].value == pytest.approx(1 / 2)


def test_a_question_that_failed_was_not_declined() -> None:
    failed = replace(row("b", answerable=False, answered=False), error="ValueError: x")
    figures = figures_of([row("a", rank=1, score=0.9), failed])
    assert figures["declined"].value == 0.0
    assert figures["AUROC of declining"].value == 0.0


def test_a_measure_without_a_question_to_judge_is_absent_and_not_zero() -> None:
    figures = figures_of([row("a", rank=1)])
    assert "declined" not in figures
    assert "AUROC of declining" not in figures
    assert "span IoU" not in figures
    assert figures_of([]).get("answered") is None


def test_ties_count_half_in_auroc() -> None:
    tied = auroc_figure([0.5], [0.5])
    assert tied is not None
    assert tied.value == 0.5


def test_a_share_of_all_right_still_has_an_interval() -> None:
    figure = mean_figure([1.0] * 10)
    assert figure is not None
    assert figure.low is not None
    assert 0.6 < figure.low < figure.value == 1.0


def test_an_interval_lies_around_its_mean_and_is_the_same_each_time() -> None:
    values = [0.1, 0.4, 0.35, 0.8, 0.6]
    first, second = mean_figure(values), mean_figure(values)
    assert first == second
    assert first is not None
    assert first.low is not None
    assert first.high is not None
    assert first.low < first.value < first.high


def test_the_threshold_keeps_the_share_that_it_must_keep() -> None:
    positives = [float(each) for each in range(1, 21)]
    # Nineteen of twenty are kept at a threshold of 2: 1.5 is below it, 2 and 3 are not.
    figure = share_below([1.5, 2.0, 3.0], positives, 0.95)
    assert figure is not None
    assert figure.value == pytest.approx(1 / 3)


def test_passages_are_ranked_as_ir_measures_says() -> None:
    ranked = replace(row("a"), ranked=("p1", "p2", "p3"), relevant=("p2",))
    missed = replace(row("b"), ranked=(), relevant=("p9",))
    without_gold = replace(row("c"), ranked=("p1",), relevant=())
    values = {each.id: each.values for each in with_ranking_measures([ranked, missed, without_gold])}
    assert values["a"]["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert values["a"]["RR@10"] == pytest.approx(1 / 2)
    assert values["a"]["R@5"] == 1.0
    assert values["b"]["nDCG@10"] == 0.0
    assert values["c"] == {}


def test_calibration_error_weighs_each_bin_by_its_answers() -> None:
    bins = reliability([0.15, 0.15, 0.95, 1.0], [False, True, True, True])
    assert [(each.low, each.count, each.right) for each in bins] == [(0.1, 2, 0.5), (0.9, 2, 1.0)]
    assert calibration_error(bins) == pytest.approx((2 * abs(0.15 - 0.5) + 2 * abs(0.975 - 1)) / 4)
    assert calibration_error([]) is None


def test_calibration_is_judged_on_what_was_declined_too() -> None:
    rows = [row("a", answered=False, score=0.25), row("b", rank=1, score=0.95)]
    assert figures_of(rows)["calibration error"].value == pytest.approx((0.25 + 0.05) / 2)


def test_runs_are_compared_on_the_questions_that_both_asked() -> None:
    ours = {str(each): 1.0 for each in range(12)}
    theirs = {str(each): 0.0 for each in range(2, 14)}
    found = difference(ours, theirs)
    assert found is not None
    assert (found.value, found.count) == (1.0, 10)
    assert found.p < 0.01
    assert difference(ours, ours) == Difference(0.0, 0.0, 0.0, 1.0, 12)
    assert difference(ours, {}) is None


def test_a_difference_that_chance_can_make_is_not_significant() -> None:
    ours = {"a": 1.0, "b": 0.0, "c": 1.0, "d": 0.0}
    theirs = {"a": 0.0, "b": 1.0, "c": 1.0, "d": 0.0}
    found = difference(ours, theirs)
    assert found is not None
    assert found.p == 1.0
    assert found.low < 0 < found.high
