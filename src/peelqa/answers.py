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
from peelqa.passages import Passage
from peelqa.questions import LONGEST_QUESTION, Filters, Kind, Question, reports_meant, understand_question
from peelqa.quoting import RelevantQuotation, choose, is_repetition, quote_hits
from peelqa.relevance import RelevanceModel, load_relevance, weigh_hits
from peelqa.reports.dates import format_day
from peelqa.reranking import Reranker
from peelqa.search import CANDIDATE_UNITS, Ranking, find_passages, rank_units, scope_of
from peelqa.statements import denied_premise, find_facts, find_statements, why_no_grade
from peelqa.understanding.appeals import Advice, Unclear
from peelqa.understanding.covered import Covered
from peelqa.understanding.spelling import is_english, nearest_name
from peelqa.words import content_stems

DEFAULT_LIMIT = 5
FOREIGN_SIMILARITY = 0.25
"""Below this cosine to every passage, a question is foreign to all that is indexed, if its words are too."""
_FOREIGN_SHARE = 3

_ADVICE = {
    Advice.EMERGENCY: "In an emergency call 999. To report a crime or reach the police otherwise, call 101. Somebody to talk to, "
    "free and at any hour: Childline 0800 1111, Samaritans 116 123. This service only quotes inspection reports; nobody reads what is typed here.",
    Advice.ADVICE: "Inspection reports cannot advise you or say how to do something. To reach the police call 101, or 999 "
    "in an emergency; if you are worried about a child, you can also tell the council's children's services.",
    Advice.OPINION: "Inspection reports are all this service can quote; it has no opinion and cannot say what will happen.",
}
_AS_GOOD = 0.9
"""The relevance from which what is left unshown is spoken of: that of what reports state in so many words."""
_UNCLEAR = {
    Unclear.EMPTY: "Please type a question in words.",
    Unclear.GREETING: "Hello. Please ask a question that inspection reports may answer.",
    Unclear.THANKS: "You are welcome. Please ask another question whenever you like.",
    Unclear.GIBBERISH: "That could not be read as a question. Please ask it in other words.",
}


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
        return replace(question, text=asked, from_history=whole.from_history)

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
        unclear = _why_unclear(question)
        if unclear:
            return _Verdict(Status.UNCLEAR, unclear)
        quoted, similarity = self.find_quotations(question)
        near = choose(quoted, limit)
        if question.not_covered:
            said = f"{self.say_not_covered(question.not_covered)} {self._covers(question)}"
            return _Verdict(Status.NOT_COVERED, said, near)
        if question.asks_advice:
            return _Verdict(Status.OUT_OF_SCOPE, _ADVICE[question.asks_advice], near)
        meant = reports_meant(question, self.index.reports)
        if denied := why_no_grade(question, meant) or denied_premise(question, self.index.reports):
            return _Verdict(Status.NOT_FOUND, denied, near)
        if not near or not self.model.is_enough(near[0].relevance, near[0].quotation.passage.report):
            if near and similarity < FOREIGN_SIMILARITY and self._is_foreign(question):
                return _Verdict(Status.OUT_OF_SCOPE, "That is nothing the reports here speak of.", near)
            return _Verdict(Status.NOT_FOUND, "The reports searched do not say.", near)
        least = self.model.least_beside(near[0].relevance)
        shown = choose([each for each in quoted if each.relevance >= least], limit)
        return _Verdict(Status.ANSWERED, self._said(question, shown, quoted), shown)

    def _is_foreign(self, question: Question) -> bool:
        """Tell whether a question names no body and no year here, and more than a third of its words stand in no report."""
        if question.body or question.year:
            return False
        words = content_stems(question.searched)
        return _FOREIGN_SHARE * sum(not self.index.holding(word) for word in words) > len(words)

    def say_not_covered(self, name: str) -> str:
        """Say that no report is about a body, a year or a day; and which body may be meant where a name looks misspelt."""
        meant = nearest_name(name, self.covered.bodies)
        return f"No report here is about {name}.{f' Did you mean {meant}?' if meant else ''}"

    def _covers(self, question: Question) -> str:
        """Say of which years there are reports on the bodies that a question names, or else which bodies there are."""
        years = sorted({report.year for report in self.covered.about(question.body) if report.year})
        if question.body and years:
            return f"There are reports on {_listed(question.body)} of {', '.join(map(str, years))}."
        return f"Covered: {_listed(self.covered.bodies)}."

    def _said(self, question: Question, shown: Sequence[RelevantQuotation], quoted: Sequence[RelevantQuotation]) -> str:
        reports = {each.quotation.passage.report.id: each.quotation.passage.report for each in shown}
        said = f"{_counted(len(shown), 'quotation')} from {_counted(len(reports), 'report')}."
        if more := {each.quotation.passage.report.id for each in quoted if each.relevance >= _AS_GOOD} - reports.keys():
            said += f" At least {_counted(len(more), 'more report')} can be quoted as well; name a body or a year to see others."
        if question.missing:
            said += f" No report here is about {_listed(question.missing)}."
        newest = max((day for report in reports.values() if (day := report.last_day())), default=None)
        if question.asks_now and newest:
            meant = reports_meant(question, self.index.reports)
            last = max((day for report in meant if (day := report.last_day())), default=newest)
            older = "" if last == newest else f", what is quoted at the latest of {format_day(newest)}"
            said = f"Reports cannot say how things are today: the newest here is of {format_day(last)}{older}. {said}"
        return said

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


def _why_unclear(question: Question) -> str | None:
    if len(question.text) > LONGEST_QUESTION:
        return f"Please ask a question of at most {LONGEST_QUESTION} characters."
    if question.unclear:
        return _UNCLEAR[question.unclear]
    if question.ambiguous:
        return f"That name can mean more than one body: {_listed(question.ambiguous)}. Please say which."
    return None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return shown or "nothing yet"
