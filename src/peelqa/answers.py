"""From a question to an answer: quotations with their attribution, or a reason for none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from peelqa.address import Place
from peelqa.conversation import Turn, resolve
from peelqa.embedding import Embedder
from peelqa.index import Index, ReportCard, name_in_force, open_index
from peelqa.messages import ADVICE, FOREIGN, NOT_SAID, not_covered, what_is_covered, what_is_quoted, why_no_question
from peelqa.passages import Passage
from peelqa.questions import Filters, Question, reports_meant, understand_question
from peelqa.quoting import RelevantQuotation, choose, is_repetition, quote_hits
from peelqa.relevance import RelevanceModel, load_relevance, weigh_hits
from peelqa.reranking import Reranker
from peelqa.search import CANDIDATE_UNITS, Ranking, find_passages, rank_units, scope_of
from peelqa.statements import denied_premise, find_facts, find_statements, why_no_grade
from peelqa.understanding.covered import Covered
from peelqa.understanding.kinds import Kind
from peelqa.understanding.spelling import is_english
from peelqa.words import content_stems

DEFAULT_LIMIT = 5
FOREIGN_SIMILARITY = 0.25
"""Below this cosine to every passage, a question is foreign to all that is indexed, if its words are too."""
_KNOWN_SHARE = 2 / 3
"""Share of a question's words that stand in the reports from which it is not foreign to them."""


class Status(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    NOT_COVERED = "not_covered"
    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"


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
    degraded: bool = False
    """True where fewer sentences than usual were read closely, because many were asking."""

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
            **({"degraded": True} if self.degraded else {}),
        }


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: Status
    message: str
    quoted: tuple[RelevantQuotation, ...] = ()


@dataclass(frozen=True)
class Library:
    """An opened index with the models that ask it."""

    index: Index
    embedder: Embedder
    reranker: Reranker
    model: RelevanceModel
    budget: int = CANDIDATE_UNITS
    """How many units the reranker reads for a question."""

    @cached_property
    def covered(self) -> Covered:
        """What the index covers."""
        return Covered(self.index.reports, self.index.vocabulary)

    def ask(
        self, text: str, filters: Filters | None = None, limit: int = DEFAULT_LIMIT, history: Sequence[Turn] = ()
    ) -> Answer:
        """Answer a question with quotations, or say why there are none; `history` are the turns before it, oldest first."""
        started = time.perf_counter()
        question = self.understand(text, filters or Filters(), history)
        verdict = self._decide(question, limit)
        searched = reports_meant(question, self.index.reports)
        answered = verdict.status is Status.ANSWERED
        return Answer(
            question,
            verdict.status,
            verdict.message,
            verdict.quoted if answered else (),
            () if answered else verdict.quoted,
            self._coverage(searched),
            round((time.perf_counter() - started) * 1000, 1),
        )

    def prepare(self) -> None:
        """Load what else the first questions would wait for."""
        self.reranker.prepare()
        is_english("")  # which loads the dictionary

    def with_budget(self, budget: int) -> Library:
        """Return the same library with another number of units that the reranker reads."""
        other = replace(self, budget=budget)
        other.__dict__["covered"] = self.covered  # what is covered is the same, and not made twice
        return other

    def understand(self, text: str, filters: Filters, history: Sequence[Turn] = ()) -> Question:
        """Read a question, in the light of the turns before it, against what the index covers."""
        asked = " ".join(text.split())
        whole = resolve(asked, filters, history, self.covered, self._first_quotation)
        question = understand_question(whole.text, whole.filters, self.covered)
        return replace(question, text=asked, from_history=True) if whole.from_history else question

    def search(self, query: str, filters: Filters, limit: int) -> list[Passage]:
        """Return the passages that fit a query, best first."""
        found = find_passages(self.index, self.embedder, self.understand(query, filters), limit)
        return [passage for passage, _ in found]

    def find_quotations(self, question: Question) -> tuple[list[RelevantQuotation], float]:
        """Return every quotation that may answer, best first, and the highest cosine of the question and any passage.

        What reading found (a grade, a date, a labelled fact, a list that the framework marks) goes before what search finds.
        """
        ranking = self.rank(question)
        stated = self.find_stated(question, ranking)
        weighed = weigh_hits(ranking.hits, question, self.index.holding, self.index.count)
        # What search finds of the same matter stays behind all that reading found of it.
        at_most = min((each.relevance for each in stated), default=1.0)
        quoted = quote_hits(weighed, self.model, at_most=at_most, whole_lists=question.kind is Kind.LIST)
        rest = [each for each in quoted if not any(is_repetition(each.quotation, one.quotation) for one in stated)]
        return sorted([*stated, *rest], key=lambda each: -each.relevance), ranking.similarity

    def rank(self, question: Question) -> Ranking:
        """Rank the units that may answer."""
        return rank_units(self.index, self.embedder, self.reranker, question, budget=self.budget)

    def find_stated(self, question: Question, ranking: Ranking) -> list[RelevantQuotation]:
        """Return what reading found of what is asked, best first."""
        scope = scope_of(self.index, question)
        stated = find_statements(self.index, question, reports_meant(question, self.index.reports))
        found = [each for each in stated if scope.admits_quotation(each.quotation)]
        facts = find_facts(ranking.hits, question)
        return [
            *found,
            *(each for each in facts if not any(is_repetition(each.quotation, one.quotation) for one in found)),
        ]

    def _decide(self, question: Question, limit: int) -> _Verdict:
        unclear = why_no_question(question)
        if unclear:
            return _Verdict(Status.UNCLEAR, unclear)
        quoted, similarity = self.find_quotations(question)
        near = choose(quoted, limit)
        if question.not_covered:
            said = f"{not_covered(question.not_covered, self.covered)} {what_is_covered(question, self.covered)}"
            return _Verdict(Status.NOT_COVERED, said, near)
        if question.asks_advice:
            return _Verdict(Status.OUT_OF_SCOPE, ADVICE[question.asks_advice], near)
        meant = reports_meant(question, self.index.reports)
        if denied := why_no_grade(question, meant) or denied_premise(question, self.index.reports):
            return _Verdict(Status.NOT_FOUND, denied, near)
        if not near or not self.model.is_enough(near[0].relevance, near[0].quotation.passage.report):
            if near and similarity < FOREIGN_SIMILARITY and self._is_foreign(question):
                return _Verdict(Status.OUT_OF_SCOPE, FOREIGN, near)
            return _Verdict(Status.NOT_FOUND, NOT_SAID, near)
        least = self.model.least_beside(near[0].relevance)
        shown = choose([each for each in quoted if each.relevance >= least], limit)
        return _Verdict(Status.ANSWERED, what_is_quoted(question, shown, quoted, meant), shown)

    def _is_foreign(self, question: Question) -> bool:
        """Tell whether a question names no body and no year here, and too few of its words stand in any report."""
        if question.body or question.year:
            return False
        words = content_stems(question.searched)
        return sum(self.index.holding(word) > 0 for word in words) < _KNOWN_SHARE * len(words)

    def _coverage(self, searched: Sequence[ReportCard]) -> dict[str, Any]:
        return {
            "reports": len(searched),
            "passages": sum(len(self.index.rows_by_report.get(report.id, ())) for report in searched),
            "bodies": sorted({report.body for report in searched if report.body}),
            "years": sorted({report.year for report in searched if report.year}),
            "generation": self.index.generation,
            "built_at": self.index.manifest["built_at"],
        }

    def _first_quotation(self, text: str, filters: Filters) -> str | None:
        quotes = self.ask(text, filters, 1).quotes
        return quotes[0].quotation.text if quotes else None


def open_library(
    place: Place, embedder: Embedder, budget: int = CANDIDATE_UNITS, reranker: Reranker | None = None
) -> Library:
    """Open an index with the models that ask it. Raises as `open_index` and `make_library` do."""
    return make_library(open_index(place), embedder, budget, reranker)


def make_library(
    index: Index, embedder: Embedder, budget: int = CANDIDATE_UNITS, reranker: Reranker | None = None
) -> Library:
    """Put an opened index and the models that ask it together. Raises IndexOutOfDate where it was built with another model."""
    index.check_model(embedder)
    return Library(index, embedder, reranker or Reranker(), load_relevance(), budget)


def open_newer(place: Place, library: Library) -> Library | None:
    """Open the generation in force with a library's models, ready to answer; None where the library has it already.

    Raises as open_library does.
    """
    if name_in_force(place) in (None, library.index.generation):
        return None
    index = open_index(place)
    if index.generation == library.index.generation:
        return None
    index.check_model(library.embedder)
    newer = replace(library, index=index)
    _ = newer.covered  # made before anybody waits for it
    return newer
