"""How probable it is that a hit answers a question: the evidence for it, and a logistic model of that evidence.

The model's weights stand in `relevance.json` with where they come from; `python -m eval.calibrate` fits and writes them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from peelqa.amounts import lacks_amount
from peelqa.answer_types import is_no_answer, lacks_type
from peelqa.findings import Finding
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.reports.report import Report
from peelqa.search import Hit
from peelqa.understanding.wording import hold_alike
from peelqa.words import content_stems, numbers_in, stems

_UNCOVERED = 3.0
_TYPE_MISSING = 2.0
_DIRECTION_MISSING = 5.0
"""Logits by which a hit goes behind others for what it lacks, chosen on the tuning halves."""
BARRED = 0.02
"""The relevance at most where what stands first can be no answer: none of 52 such hits was one on the tuning halves of
questions on inspection reports, by the rule of succession."""
_DENIAL = compile_late(
    r"\b(?:not|never|no|none|nor|cannot|without|except|unable|fail\w*|lack\w*)\b|n[’']t\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a hit. Shares are 0 to 1; flags are 0 or 1."""

    logit: float
    """The reranker's word on the unit under its heading."""
    logit_in_context: float
    """The same with the unit before."""
    similarity: float
    """Cosine of question and passage."""
    uncovered: float
    """Share of the question's content words, weighed by rarity, that neither unit, neighbours nor headings hold."""
    number_missing: float
    """1 where the question names a number that the passage does not."""
    type_missing: float
    """1 where a figure, a date, a person, a name, a day to come or some people's word is asked for and the unit has none but what
    the question, the title or the body's name says."""
    amount_missing: float
    """Where the question asks how many of something there are, which share or how much money: 1 where the unit has nothing of
    the kind, 0.5 where its numbers count something else."""
    denial_missing: float
    """1 where the question denies something and the unit does not."""
    direction_missing: float
    """1 where concerns are asked for and the unit states a strength, or the other way round; 0.5 where it states neither."""

    @staticmethod
    def names() -> tuple[str, ...]:
        """List the kinds of evidence, in the order of the model's weights."""
        return tuple(Evidence.__slots__)

    def values(self) -> tuple[float, ...]:
        """List their values in the same order."""
        return tuple(float(getattr(self, name)) for name in self.names())


@dataclass(frozen=True, slots=True)
class WeighedHit:
    """A hit with the evidence for it."""

    hit: Hit
    evidence: Evidence
    barred: bool = False
    """True where it can be no answer: an amount, a post's holder or a name is asked for, and it has nothing of the kind."""

    @property
    def standing(self) -> float:
        """What hits are ordered by in the end, in logits: their merit, less what they lack."""
        of_type = max(self.evidence.type_missing, self.evidence.amount_missing)
        lacks = _UNCOVERED * self.evidence.uncovered + _TYPE_MISSING * of_type
        return self.hit.merit - lacks - _DIRECTION_MISSING * self.evidence.direction_missing


@dataclass(frozen=True, slots=True)
class RelevanceModel:
    """Logistic regression of "this quotation answers the question" on the evidence."""

    intercept: float
    weights: tuple[float, ...]
    recognised: float
    """Logits by which a hit in a report of a kind of inspection that peelqa recognises is likelier to answer than one in
    another text, on the same evidence: the reranker learnt from web pages, and such reports are written otherwise."""
    behind: float
    """Logits for each logit of standing by which a further hit is behind the first."""
    enough: float
    """The least relevance in a recognised report with which a question counts as answered."""
    sure: float
    """From this relevance on, in a recognised report, a quotation need not take in the sentences around it."""
    beside: float
    """The least odds of a further quotation, as a share of the first one's."""

    def relevance(self, evidence: Evidence, report: Report, behind: float = 0.0) -> float:
        """Return the probability, 0 to 1, that a hit in a report answers; `behind` is its distance from the first."""
        pairs = zip(self.weights, evidence.values(), strict=True)
        logit = self.intercept + sum(weight * value for weight, value in pairs) + self.behind * behind
        return _probability(logit + (self.recognised if is_recognised(report) else 0.0))

    def is_enough(self, relevance: float, report: Report) -> bool:
        """Tell whether a first quotation from a report counts as an answer: on the same evidence, whatever the report."""
        return relevance >= self._least(self.enough, report)

    def is_sure(self, relevance: float, report: Report) -> bool:
        """Tell whether a quotation from a report need not take in the sentences around it: on the same evidence again."""
        return relevance >= self._least(self.sure, report)

    def _least(self, relevance: float, report: Report) -> float:
        """Return what evidence that gives some relevance in a recognised report gives in this one."""
        return relevance if is_recognised(report) else _probability(_logit(relevance) - self.recognised)

    def least_beside(self, first: float) -> float:
        """Return the least relevance with which a further quotation is shown beside a first one."""
        odds = self.beside * first / max(1e-9, 1 - first)
        return odds / (1 + odds)


@cache
def load_relevance() -> RelevanceModel:
    """Load the fitted model that comes with peelqa. Raises ValueError where it was fitted on other evidence."""
    stored: Mapping[str, Any] = json.loads((resources.files("peelqa") / "relevance.json").read_text(encoding="utf-8"))
    if tuple(stored["weights"]) != Evidence.names():
        raise ValueError("relevance.json was fitted on other evidence. Run: python -m eval.calibrate")
    single = {name: float(stored[name]) for name in ("intercept", "recognised", "behind", "enough", "sure", "beside")}
    return RelevanceModel(weights=tuple(map(float, stored["weights"].values())), **single)


def is_recognised(report: Report) -> bool:
    """Tell whether a report is of a kind of inspection that peelqa recognises."""
    return report.framework is not None


def weigh_hits(
    hits: Sequence[Hit], question: Question, holding: Callable[[str], int], passages: int
) -> list[WeighedHit]:
    """Collect the evidence for each hit and order them by it, best first.

    `holding` counts the passages, of `passages` in all, that hold a stem.
    """
    rarity = {word: _rarity(holding(word), passages) for word in content_stems(question.searched)}
    weighed = [_weigh(hit, question, rarity) for hit in hits]
    return sorted(weighed, key=lambda each: (-each.standing, each.hit.passage.id, each.hit.unit.start_char))


def _weigh(hit: Hit, question: Question, rarity: Mapping[str, float]) -> WeighedHit:
    held = set(stems(f"{hit.surroundings} {' '.join(hit.passage.section_path)} {hit.passage.report.title}"))
    held |= hold_alike(held, question.searched)
    missing = sum(weight for word, weight in rarity.items() if word not in held)
    numbers, said = numbers_in(question.searched), numbers_in(hit.passage.text)
    known = f"{hit.passage.report.title} {hit.passage.report.body or ''}"
    evidence = Evidence(
        logit=hit.logit,
        logit_in_context=hit.logit_in_context,
        similarity=hit.similarity,
        uncovered=missing / (sum(rarity.values()) or 1.0),
        number_missing=float(not numbers <= said),
        type_missing=float(lacks_type(hit.text, question.kind, question.searched, known)),
        amount_missing=lacks_amount(hit.text, question.searched),
        denial_missing=float(bool(_DENIAL.search(question.searched)) and not _DENIAL.search(hit.text)),
        direction_missing=_against(hit.unit.finding, question.finding),
    )
    return WeighedHit(hit, evidence, barred=is_no_answer(hit.text, question.kind, question.searched, known))


def _against(finding: Finding, asked: Finding | None) -> float:
    if asked is None or finding in (asked, Finding.MIXED):
        return 0.0
    return 0.5 if finding is Finding.NEUTRAL else 1.0


def _rarity(holding: int, passages: int) -> float:
    """Return BM25's inverse document frequency."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))
