"""From a ranking to an answer: quotations with their attribution, or a reason for none."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from peelqa.attribution import quotation_json
from peelqa.conversation import Turn, resolve
from peelqa.embedding import Embedder
from peelqa.errors import IndexOutOfDate
from peelqa.index import Index, open_index
from peelqa.passages import Passage, Quotation
from peelqa.questions import Filters, Question, understand_question
from peelqa.reports.report import Report
from peelqa.reranking import Reranker
from peelqa.search import Hit, Ranking, covered_reports, find_passages, rank_units
from peelqa.understanding.covered import Covered

DEFAULT_LIMIT = 5
LONGEST_QUESTION = 500
_REVERSES = re.compile(r"(?:However|But|Nevertheless|Nonetheless|Despite this|That said|Even so)\b")
# Logistic fit of "the unit answers the question" on the reranker's logit; see ARCHITECTURE.md, "Declining".
_SLOPE, _MIDDLE = 0.55, -4.0
_ENOUGH = 0.5
_SHOWN = 0.2
"""Further quotations beside a sufficient first one need at least this relevance."""


class Status(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    NOT_COVERED = "not_covered"
    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class RelevantQuotation:
    """A quotation and the probability, 0 to 1, that it answers the question."""

    quotation: Quotation
    relevance: float

    def to_json(self) -> dict[str, Any]:
        """Return the quotation with its attribution and relevance, as the JSON contract gives it."""
        return {**quotation_json(self.quotation), "relevance": self.relevance}


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotations, or a reason for none with the nearest passages."""

    question: Question
    status: Status
    message: str
    quotes: tuple[RelevantQuotation, ...]
    nearest: tuple[RelevantQuotation, ...]
    coverage: dict[str, Any]
    took_ms: float

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the JSON contract gives it; every quotation is checked against its report first."""
        return {
            "question": self.question.text,
            "understood": self.question.understood_json(),
            "status": self.status,
            "message": self.message,
            "quotes": [each.to_json() for each in self.quotes],
            "nearest": [each.to_json() for each in self.nearest],
            "coverage": self.coverage,
            "took_ms": self.took_ms,
        }


@dataclass(frozen=True)
class Library:
    """An opened index with the models that ask it."""

    index: Index
    embedder: Embedder
    reranker: Reranker

    @cached_property
    def covered(self) -> Covered:
        """What the index covers."""
        return Covered(self.index.reports)

    def ask(
        self, text: str, filters: Filters | None = None, limit: int = DEFAULT_LIMIT, history: Sequence[Turn] = ()
    ) -> Answer:
        """Answer a question with quotations, or say why there are none; `history` are the turns before it, oldest first."""
        started = time.perf_counter()
        question = self.understand(text, filters or Filters(), history)
        status, message, quotes, nearest, searched = self._decide(question, limit)
        coverage = {
            "reports": len(searched),
            "passages": sum(len(self.index.rows_by_report.get(report.id, ())) for report in searched),
            "bodies": sorted({report.body for report in searched if report.body}),
            "years": sorted({report.year for report in searched if report.year}),
            "generation": self.index.generation,
            "built_at": self.index.manifest["built_at"],
        }
        took = round((time.perf_counter() - started) * 1000, 1)
        return Answer(question, status, message, quotes, nearest, coverage, took)

    def understand(self, text: str, filters: Filters, history: Sequence[Turn] = ()) -> Question:
        """Read a question, in the light of the turns before it, against what the index covers."""
        asked = " ".join(text.split())
        whole = resolve(asked, filters, history, self.covered, self._first_quotation)
        question = understand_question(whole.text, whole.filters, self.covered)
        return replace(question, text=asked, from_history=whole.from_history)

    def _first_quotation(self, text: str, filters: Filters) -> str | None:
        quotes = self.ask(text, filters, 1).quotes
        return quotes[0].quotation.text if quotes else None

    def search(self, query: str, filters: Filters, limit: int) -> list[Passage]:
        """Return the passages that fit a query, best first."""
        passages, _ = find_passages(self.index, self.embedder, self.understand(query, filters), limit)
        return [passage for passage, _ in passages]

    def _decide(
        self, question: Question, limit: int
    ) -> tuple[Status, str, tuple[RelevantQuotation, ...], tuple[RelevantQuotation, ...], tuple[Report, ...]]:
        everything = self.index.reports
        if not re.search(r"[^\W\d_]{2,}", question.text) or len(question.text) > LONGEST_QUESTION:
            return Status.UNCLEAR, "Please ask a question in words, of at most 500 characters.", (), (), everything
        if question.ambiguous:
            choice = ", ".join(question.ambiguous)
            return (
                Status.UNCLEAR,
                f"That name can mean more than one body: {choice}. Please say which.",
                (),
                (),
                everything,
            )
        ranking = rank_units(self.index, self.embedder, self.reranker, question)
        near = _quotations(ranking, limit)
        if question.not_covered:
            message = f"No report here is about {question.not_covered}. Covered: {_covered(everything)}."
            return Status.NOT_COVERED, message, (), near, ranking.reports
        best = near[0].relevance if near else 0.0
        if question.asks_advice:
            message = (
                "Inspection reports cannot give advice or take a report of a crime. "
                "Call 999 in an emergency, or 101 to reach the police otherwise."
            )
            return Status.OUT_OF_SCOPE, message, (), near, ranking.reports
        if best < _ENOUGH:
            if ranking.foreign:
                message = "That is nothing these reports speak of."
                return Status.OUT_OF_SCOPE, message, (), near, ranking.reports
            return Status.NOT_FOUND, "The reports searched do not say.", (), near, ranking.reports
        shown = tuple(each for each in near if each.relevance >= _SHOWN)
        count = len({each.quotation.passage.report.id for each in shown})
        what = f"{len(shown)} quotation{'s' if len(shown) > 1 else ''} from {count} report{'s' if count > 1 else ''}."
        return Status.ANSWERED, what, shown, (), covered_reports(self.index, question)


def open_library(folder: Path, embedder: Embedder) -> Library:
    """Open an index with the models that ask it. Raises IndexOutOfDate where it was built with another model."""
    index = open_index(folder)
    if index.manifest["model"] != embedder.name:
        raise IndexOutOfDate(
            f"{folder} was built with {index.manifest['model']}, settings ask for {embedder.name}. Run: peelqa build"
        )
    return Library(index, embedder, Reranker())


def _covered(reports: tuple[Report, ...]) -> str:
    names = sorted({report.body for report in reports if report.body})
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "") if names else "nothing yet"


def relevance_of(logit: float) -> float:
    """Return the probability, 0 to 1, that a unit with this reranker logit answers the question."""
    return 1 / (1 + math.exp(-_SLOPE * (logit - _MIDDLE)))


def _quotations(ranking: Ranking, limit: int) -> tuple[RelevantQuotation, ...]:
    """Make quotations of the best hits: whole units, with the sentence that reverses them, none twice."""
    chosen: list[RelevantQuotation] = []
    seen: list[set[str]] = []
    for hit in ranking.hits:
        if len(chosen) == limit:
            break
        quotation = _with_reversal(hit)
        words = set(re.findall(r"\w+", quotation.text.casefold()))
        if any(len(words & other) >= 0.8 * min(len(words), len(other)) for other in seen if words and other):
            continue
        seen.append(words)
        chosen.append(RelevantQuotation(quotation, round(relevance_of(hit.logit), 4)))
    return tuple(chosen)


def _with_reversal(hit: Hit) -> Quotation:
    units, position = hit.passage.units, hit.passage.units.index(hit.unit)
    end = hit.unit.end_char
    if position + 1 < len(units):
        following = units[position + 1]
        if _REVERSES.match(hit.passage.report.text[following.start_char : following.end_char]):
            end = following.end_char
    return hit.passage.quote(hit.unit.start_char, end)
