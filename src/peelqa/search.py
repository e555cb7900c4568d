"""From a question to a ranking: the units that may answer it, each with the evidence that it does."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from peelqa.amounts import wants_amount
from peelqa.answer_types import is_no_answer
from peelqa.embedding import Embedder, Vectors
from peelqa.index import Index, Scope
from peelqa.passages import Passage, Unit
from peelqa.patterns import compile_late
from peelqa.questions import Question, reports_meant
from peelqa.reranking import Reranker
from peelqa.sentences import without_number
from peelqa.understanding.covered import line_on_body, newest_of_each_line
from peelqa.words import bm25_scores, content_stems, content_words, stems

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""
CANDIDATE_PASSAGES = 30
CANDIDATE_UNITS = 24
"""How many units the reranker reads; eval/results.md has the curve of quality over their number."""
_CONTEXT_WEIGHT = 0.5
_NAMED_THEME = 0.5
"""Logits by which a unit of a theme that the question names goes before another."""
_A_YEAR = 0.5
_MOST_YEARS = 6
"""Logits by which a unit goes behind one of a report a year newer of the same line, and for how many years at the most."""
_MEANING = compile_late(r"\b(?:means?|meant|meanings?|defin\w+|stands? for|descriptors?|criteria)\b", re.IGNORECASE)
"""How questions ask what grades mean, which else answers none: what a grade is given for is not what was found."""
_POOL = 100
_ASIDE = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="words")
"""Where words are looked up while a question is encoded, which takes longer and leaves the interpreter free."""
_UNIT_RRF_K = 10
"""Smaller than for passages: among a few dozen units the first ranks should weigh more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that may answer the question."""

    passage: Passage
    position: int
    """The unit's place among those of its passage, from 0."""
    logit: float
    """The reranker's word on the unit under its heading, higher is better; about -11 to +11."""
    logit_in_context: float
    """The same where it also reads the unit before, which may say what "it" or "they" are."""
    similarity: float
    """Cosine of question and passage, -1 to 1; 0 where only words matched."""
    merit: float
    """What hits are ordered by, in logits: the reranker's words and what the question prefers."""

    @property
    def unit(self) -> Unit:
        """The unit itself."""
        return self.passage.units[self.position]

    @property
    def text(self) -> str:
        """The unit's words, without what numbers it."""
        return without_number(self.passage.text_of(self.unit))

    @property
    def surroundings(self) -> str:
        """The words of the unit and of its neighbours in the passage."""
        return unit_texts(self.passage, self.position - 1, self.position + 1)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units in order, best first, and what was searched."""

    hits: tuple[Hit, ...]
    similarity: float
    """The highest cosine of the question and any passage searched; -1 where there is none."""


def find_passages(index: Index, embedder: Embedder, question: Question, limit: int) -> list[tuple[Passage, float]]:
    """Rank passages by dense and BM25 search fused, each with its cosine to the question.

    Filters hold exactly: body, year, theme and finding. There are fewer than `limit` only where no more fit.
    """
    scope = scope_of(index, question)
    return _nearest_passages(index, _look_up(index, embedder, question.searched, scope), scope, limit)


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """What a question is searched by."""

    vector: Vectors
    words: Sequence[str]
    matching: Sequence[tuple[int, float]] | None = None
    """The first rows that its words find in the scope, where that is known."""


def _look_up(index: Index, embedder: Embedder, searched: str, scope: Scope) -> _LookedUp:
    words = content_words(searched)
    matching = _ASIDE.submit(index.matching, words, _POOL, scope)
    return _LookedUp(embedder.encode([searched])[0], words, matching.result())


def _nearest_passages(index: Index, by: _LookedUp, scope: Scope, limit: int) -> list[tuple[Passage, float]]:
    if scope.reports is not None and not scope.reports:
        return []
    pool, matching = _POOL, by.matching
    while True:
        dense = index.nearest(by.vector, pool, scope)
        similarity = dict(dense)
        rows = list(fuse(dense, index.matching(by.words, pool, scope) if matching is None else matching))
        pairs = zip(index.passages(rows), rows, strict=False)
        found = list(islice(((each, similarity.get(row, 0.0)) for each, row in pairs if scope.admits(each)), limit))
        if len(found) == limit or len(dense) < pool:
            return found
        pool, matching = pool * 4, None


def fuse(*rankings: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Return the rows of rankings with their score by reciprocal rank fusion, best first; ties by number."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (row, _) in enumerate(ranking, start=RRF_K + 1):
            scores[row] = scores.get(row, 0.0) + 1 / rank
    return {row: -negative for negative, row in sorted([(-score, row) for row, score in scores.items()])}


def rank_units(
    index: Index,
    embedder: Embedder,
    reranker: Reranker,
    question: Question,
    *,
    budget: int = CANDIDATE_UNITS,
    context: int | None = None,
) -> Ranking:
    """Rank the units of the best passages by how well they answer the question.

    The reranker reads `budget` of them, and the best `context` of these, by default a third, again with the unit before.
    """
    context = budget // 3 if context is None else context
    ages, scope = _ages(index, question), scope_of(index, question)
    by = _look_up(index, embedder, question.searched, scope)
    passages = _nearest_passages(index, by, scope, CANDIDATE_PASSAGES)
    if any(ages.values()):
        newest = replace(scope, reports=frozenset(report for report, age in ages.items() if not age))
        in_newest = _nearest_passages(index, replace(by, matching=None), newest, CANDIDATE_PASSAGES)
        passages = _in_turn(in_newest, passages)
    candidates = _candidates(passages, question)[:budget]
    logits = reranker.logits(question.searched, [_under_heading(passage, at, at) for passage, at, _ in candidates])
    read = sorted(zip(logits, candidates, strict=True), key=lambda each: (-each[0], each[1][0].id, each[1][1]))
    again = [_under_heading(passage, at - 1, at) for _, (passage, at, _) in read[:context]]
    in_context = [*reranker.logits(question.searched, again), *(logit for logit, _ in read[context:])]
    hits = [
        Hit(passage, at, logit, logit_in_context, similarity, _merit(passage, logit, logit_in_context, question, ages))
        for (logit, (passage, at, similarity)), logit_in_context in zip(read, in_context, strict=True)
    ]
    hits.sort(key=lambda hit: (-hit.merit, hit.passage.id, hit.position))
    return Ranking(tuple(hits), max((similarity for _, similarity in passages), default=-1.0))


def _merit(passage: Passage, logit: float, in_context: float, question: Question, ages: Mapping[str, int]) -> float:
    themed = passage.report.sections[passage.section].theme in question.named_themes
    older = _A_YEAR * min(ages.get(passage.report.id, 0), _MOST_YEARS)
    return logit + _CONTEXT_WEIGHT * in_context + _NAMED_THEME * themed - older


def _ages(index: Index, question: Question) -> dict[str, int]:
    """Return by how many years each report is older than the last of its line on its body.

    Nothing where a question names no body, or a time. A report without a year counts as the oldest that makes a difference.
    """
    if not question.body or question.year or question.published or question.newest:
        return {}
    meant = reports_meant(question, index.reports)
    last = {line_on_body(report): report.year for report in newest_of_each_line(meant)}
    return {report.id: _years_between(report.year, last[line_on_body(report)]) for report in meant}


def _years_between(year: int | None, last: int | None) -> int:
    if last is None:
        return 0
    return _MOST_YEARS if year is None else max(0, last - year)


def _in_turn(*rankings: Sequence[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
    """Merge ranked passages, one of each ranking in turn, none twice."""
    found: dict[str, tuple[Passage, float]] = {}
    for rank in range(max(map(len, rankings))):
        for ranking in rankings:
            for passage, similarity in ranking[rank : rank + 1]:
                found.setdefault(passage.id, (passage, similarity))
    return list(found.values())


def _candidates(passages: Sequence[tuple[Passage, float]], question: Question) -> list[tuple[Passage, int, float]]:
    """Order the units of ranked passages by their passage's rank, their own words and the words around them.

    Where an amount is asked for, those that have none come last. Each is given by its passage, its place there and the passage's
    cosine.
    """
    units: list[tuple[Passage, int, float]] = []
    ranks: list[int] = []
    alone: list[list[str]] = []
    around: list[list[str]] = []
    asks_meaning = _MEANING.search(question.searched) is not None
    for rank, (passage, similarity) in enumerate(passages, start=1):
        if passage.report.sections[passage.section].explains and not asks_meaning:
            continue
        spoken = [stems(unit_texts(passage, at, at)) for at in range(len(passage.units))]
        for at, unit in enumerate(passage.units):
            if question.filters.finding in (None, unit.finding):
                units.append((passage, at, similarity))
                ranks.append(rank)
                alone.append(spoken[at])
                around.append([word for words in spoken[max(0, at - 1) : at + 2] for word in words])
    wanted = content_stems(question.searched)
    own, near = _ranks(bm25_scores(wanted, alone)), _ranks(bm25_scores(wanted, around))

    def worth(number: int) -> float:
        k = _UNIT_RRF_K
        by_words = 1 / (k + own[number]) if number in own else 0.0
        by_surroundings = 0.5 / (k + near[number]) if number in near else 0.0
        return 1 / (k + ranks[number]) + by_words + by_surroundings

    counts = wants_amount(question.searched)

    def has_none(number: int) -> bool:
        passage, at, _ = units[number]
        return counts and is_no_answer(
            without_number(passage.text_of(passage.units[at])), question.kind, question.searched
        )

    order = sorted(range(len(units)), key=lambda number: (has_none(number), -worth(number), number))
    return [units[number] for number in order]


def _ranks(scores: Sequence[float]) -> dict[int, int]:
    """Return the rank, from 1, of each number whose score is above 0."""
    order = sorted((number for number, score in enumerate(scores) if score > 0), key=lambda each: (-scores[each], each))
    return {number: rank for rank, number in enumerate(order, start=1)}


def unit_texts(passage: Passage, first: int, last: int) -> str:
    """Return the words of a passage's units from place `first` to `last`, as far as there are such."""
    units = passage.units[max(0, first) : last + 1]
    return passage.report.words(units[0].start_char, units[-1].end_char)


def scope_of(index: Index, question: Question) -> Scope:
    """Return what a question narrows its search to."""
    finding = question.filters.finding
    if not (question.body or question.year or question.published or question.newest or question.inspection):
        return Scope(themes=tuple(question.theme), finding=finding)
    meant = reports_meant(question, index.reports)
    bodies = frozenset(report.body or "" for report in meant) if question.body else frozenset[str]()
    ids = frozenset(report.id for report in meant)
    return Scope(ids, bodies, frozenset(question.year), tuple(question.theme), finding)


def _under_heading(passage: Passage, first: int, last: int) -> str:
    """Return units' words behind the heading they stand under, as the reranker reads them."""
    return f"{passage.section_path[-1]}: {' '.join(unit_texts(passage, first, last).split())}"
