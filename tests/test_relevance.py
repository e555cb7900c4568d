"""The model of how probable it is that a hit answers, and its fit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.calibrate import Example, fit
from peelqa.relevance import BARRED, Evidence, load_relevance
from peelqa.reports.report import Report

ELSEWHERE = Report("any", "Any text", "", (), (), "any.txt", "0" * 64)
RECOGNISED = replace(ELSEWHERE, framework="ILACS")
SHARES = st.floats(0, 1)
LOGITS = st.floats(-12, 12)
EVIDENCE = st.builds(Evidence, LOGITS, LOGITS, st.floats(-0.2, 1), *[SHARES] * 6)


@given(EVIDENCE, st.floats(0, 30))
def test_relevance_is_a_probability_and_falls_with_the_distance_from_the_first(
    evidence: Evidence, behind: float
) -> None:
    model = load_relevance()
    first = model.relevance(evidence, RECOGNISED)
    assert 0 <= model.relevance(evidence, RECOGNISED, behind) <= first <= 1


@given(EVIDENCE)
def test_the_same_evidence_decides_in_a_recognised_report_and_elsewhere(evidence: Evidence) -> None:
    model = load_relevance()
    here, elsewhere = model.relevance(evidence, RECOGNISED), model.relevance(evidence, ELSEWHERE)
    assert here > elsewhere
    for least, decides in ((model.enough, model.is_enough), (model.sure, model.is_sure)):
        if not math.isclose(here, least, rel_tol=1e-6):
            assert decides(here, RECOGNISED) == decides(elsewhere, ELSEWHERE)


def test_what_can_be_no_answer_is_none_in_any_text() -> None:
    model = load_relevance()
    assert not any(model.is_enough(BARRED, report) for report in (RECOGNISED, ELSEWHERE))


def test_what_is_missing_never_speaks_for_a_hit() -> None:
    against = {
        name: weight
        for name, weight in zip(Evidence.names(), load_relevance().weights, strict=True)
        if name == "uncovered" or name.endswith("_missing")
    }
    assert len(against) == 6
    assert all(weight <= 0 for weight in against.values())


def test_a_fit_finds_how_much_likelier_an_answer_is_in_a_recognised_report() -> None:
    chance = np.random.default_rng(7)
    examples = list[Example]()
    for number in range(4000):
        recognised, logit = number % 2 == 0, float(chance.normal(0, 3))
        right = bool(chance.random() < 1 / (1 + math.exp(-(0.5 * logit - 1 + 2 * recognised))))
        evidence = (logit, *[0.0] * (len(Evidence.names()) - 1))
        shared = (f"set {recognised}", str(number), right, recognised, evidence, False)
        examples += [Example(*shared, 0.0, right, right), Example(*shared, 2.0, False, False)]
    stored = fit(examples)
    weights = stored["weights"]
    assert isinstance(weights, dict)
    assert weights["logit"] == pytest.approx(0.5, abs=0.08)
    assert stored["intercept"] == pytest.approx(-1, abs=0.2)
    assert stored["recognised"] == pytest.approx(2, abs=0.3)
