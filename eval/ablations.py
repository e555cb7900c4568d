"""The whole product with one part made smaller, larger or taken out, to show what each part adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from peelqa.answers import Library
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.search import Ranking, rank_units


class _WithoutStatements(Library):
    def find_stated(self, question: Question, ranking: Ranking) -> list[RelevantQuotation]:
        return []


class _WithoutContext(Library):
    def rank(self, question: Question) -> Ranking:
        return rank_units(self.index, self.embedder, self.reranker, question, budget=self.budget, context=0)


def _as(kind: type[Library]) -> Callable[[Library], Library]:
    return lambda library: kind(**{field.name: getattr(library, field.name) for field in fields(library)})


def _reading(units: int) -> Callable[[Library], Library]:
    return lambda library: replace(library, budget=units)


ABLATIONS: dict[str, Callable[[Library], Library]] = {
    "reads 6": _reading(6),
    "reads 12": _reading(12),
    "reads 48": _reading(48),
    "no context": _as(_WithoutContext),
    "no statements": _as(_WithoutStatements),
}
"""By the name of the arm: the reranker reads so many units; none again with the unit before; nothing from reading's data."""
