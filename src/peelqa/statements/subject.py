"""What a question is about, apart from the report it means, and how well a named subject fits that."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from peelqa.index import ReportCard
from peelqa.questions import Question
from peelqa.words import content_stems, stems

_NAMING = ("ofsted", "hmic", "hmicfrs", "cqc", "force's", "authority's")
"""Short names of publishers, and what stands for a body's name in a question."""


def stems_wanted(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of what a question is about, without those that only name the report or its publisher."""
    asked = question.searched.casefold()
    named = {report.body or "" for report in reports} if question.body else set[str]()
    named |= {report.publisher for report in reports if report.publisher and report.publisher.casefold() in asked}
    return set(content_stems(question.searched)) - set(stems(" ".join((*named, *_NAMING))))


def fit(wanted: set[str], subject: frozenset[str], subjects: Sequence[frozenset[str]]) -> float:
    """Return how well a graded subject fits the wanted words, 0 to 1: the F-measure of rarity-weighed shared words."""
    holding = Counter(word for words in subjects for word in words)

    def weight(words: set[str] | frozenset[str]) -> float:
        return sum(math.log(1 + (len(subjects) + 1) / (holding[word] + 0.5)) for word in words)

    shared = weight(wanted & subject)
    return 2 * shared / (weight(wanted) + weight(subject)) if shared else 0.0
