"""From a question to a ranking: the units that may answer it, each with how well it does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from peelqa.embedding import Embedder
from peelqa.findings import Finding
from peelqa.index import Index
from peelqa.passages import Passage, Unit
from peelqa.questions import Kind, Question
from peelqa.reports.bodies import same_body
from peelqa.reports.report import Report
from peelqa.reranking import Reranker

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""
CANDIDATE_PASSAGES = 12
CANDIDATE_UNITS = 64
_POOL = 100
FOREIGN_SIMILARITY = 0.25
"""Below this cosine to every passage, a question is foreign to all that is indexed."""
_ASKED_FINDING_BONUS = 1.0
_STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "force",
        "from",
        "had",
        "has",
        "have",
        "how",
        "in",
        "is",
        "it",
        "its",
        "kind",
        "many",
        "much",
        "of",
        "on",
        "or",
        "say",
        "said",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "inspectors",
        "report",
        "reports",
        "police",
        "tell",
        "me",
        "find",
        "found",
    ]
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that may answer the question."""

    passage: Passage
    unit: Unit
    logit: float
    """The reranker's word on it."""
    similarity: float
    """Cosine of question and passage, -1 to 1; 0 where only words matched."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units in order, best first, and what was searched."""

    hits: tuple[Hit, ...]
    reports: tuple[Report, ...]
    """The reports searched."""
    passages: int
    """How many passages they hold."""
    foreign: bool
    """True where the question is near to nothing that is indexed."""


def covered_reports(index: Index, question: Question) -> tuple[Report, ...]:
    """Return the reports that a question's body and year leave."""
    return tuple(
        report
        for report in index.reports
        if (not question.body or any(same_body(name, report.body or "") for name in question.body))
        and (not question.year or report.years() & set(question.year))
    )


def find_passages(
    index: Index, embedder: Embedder, question: Question, limit: int
) -> tuple[list[tuple[Passage, float]], int]:
    """Rank passages by dense and BM25 search fused, with each one's cosine; and count those searched.

    Filters hold exactly: body, year, theme and finding.
    """
    rows = _allowed_rows(index, question)
    count = index.vectors.ntotal if rows is None else len(rows)
    if rows == []:
        return [], 0
    dense = index.nearest(embedder.encode([question.searched])[0], _POOL, rows)
    lexical = index.matching(content_words(question.searched), _POOL, rows)
    fused: dict[int, float] = {}
    for ranked in (dense, lexical):
        for rank, (row, _) in enumerate(ranked, start=1):
            fused[row] = fused.get(row, 0.0) + 1 / (RRF_K + rank)
    similarity = dict(dense)
    best = sorted(fused, key=lambda row: (-fused[row], row))
    passages: list[tuple[Passage, float]] = []
    for row in best:
        passage = index.passage(row)
        if _passes(passage, question):
            passages.append((passage, similarity.get(row, 0.0)))
        if len(passages) == limit:
            break
    return passages, count


def rank_units(index: Index, embedder: Embedder, reranker: Reranker, question: Question) -> Ranking:
    """Rank the units of the best passages by how well they answer the question."""
    passages, count = find_passages(index, embedder, question, CANDIDATE_PASSAGES)
    pairs = [
        (passage, unit, similarity)
        for passage, similarity in passages
        for unit in passage.units
        if _unit_passes(unit, question)
    ][:CANDIDATE_UNITS]
    logits = reranker.logits(question.searched, [_in_context(passage, unit) for passage, unit, _ in pairs])
    hits = [
        Hit(passage, unit, logit, similarity) for (passage, unit, similarity), logit in zip(pairs, logits, strict=True)
    ]
    hits.sort(key=lambda hit: (-_order(hit, question), hit.passage.id, hit.unit.start_char))
    best = max((similarity for _, similarity in passages), default=0.0)
    foreign = best < FOREIGN_SIMILARITY
    return Ranking(tuple(hits), covered_reports(index, question), count, foreign)


def content_words(text: str) -> list[str]:
    """Return the words of a question that can be looked for, folded, without stop words."""
    words = re.findall(r"[^\W_]{2,}|\d", text.casefold())
    return [word for word in words if word not in _STOP_WORDS]


def _allowed_rows(index: Index, question: Question) -> list[int] | None:
    if not question.body and not question.year:
        return None
    reports = covered_reports(index, question)
    return [row for report in reports for row in index.rows_by_report.get(report.id, [])]


def _passes(passage: Passage, question: Question) -> bool:
    theme = passage.report.sections[passage.section].theme or ""
    path = " > ".join((theme, *passage.section_path)).casefold()
    themed = not question.theme or any(each.casefold() in path for each in question.theme)
    return themed and any(_unit_passes(unit, question) for unit in passage.units)


def _unit_passes(unit: Unit, question: Question) -> bool:
    return question.filters.finding is None or unit.finding == question.filters.finding


def _in_context(passage: Passage, unit: Unit) -> str:
    text = passage.report.text[unit.start_char : unit.end_char]
    place = passage.section_path[-1]
    return f"{place}: {' '.join(text.split())}"


def _order(hit: Hit, question: Question) -> float:
    wanted = question.finding
    bonus = 0.0
    if wanted is Finding.CONCERN and hit.unit.finding in (Finding.CONCERN, Finding.MIXED):
        bonus = _ASKED_FINDING_BONUS
    if wanted is Finding.STRENGTH and hit.unit.finding in (Finding.STRENGTH, Finding.MIXED):
        bonus = _ASKED_FINDING_BONUS
    if question.kind is Kind.GRADE and _states_grade(hit):
        bonus += 2 * _ASKED_FINDING_BONUS
    return hit.logit + bonus


def _states_grade(hit: Hit) -> bool:
    return any(
        hit.unit.start_char <= grade.start_char and grade.end_char <= hit.unit.end_char
        for grade in hit.passage.report.grades
    )
