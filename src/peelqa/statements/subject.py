"""What a question is about, apart from the report it means, and how well a named subject fits that."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from rapidfuzz.distance import Prefix

from peelqa.index import ReportCard
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.understanding.wording import abbreviated_stems
from peelqa.words import content_stems, stem, stems

MOST_STATED = 20
"""Statements found for one question at most; more are never shown."""
_SHORT_NAMES = ("ofsted", "hmic", "hmicfrs", "cqc")
"""Of publishers; what they are called in full stands on the reports."""
_STAND_INS = ("force's", "authority's")
"""What a question says in place of a body's name (`peelqa.understanding`)."""
_POLICE = compile_late(r"\b(?:police|policing|constabulary)\b", re.IGNORECASE)
_SINCE_YEAR = compile_late(
    r"\b(?:since|after|from|between) (?:the )?(?:\w+ )?(?P<year>(?:19|20)\d\d)(?: (?:and|to) (?P<until>(?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
"""Years that only say from when on: what came of it stands in the reports after it."""
_SAME_BEGINNING = 6
"""Letters from which two words are taken for one."""
_BETWEEN_NAMES = compile_late(r",|;|&|\band\b|\bthe\b", re.IGNORECASE)


def stems_wanted(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of what a question is about, without those that only name the report or its publisher.

    A publisher's name counts only as a whole: "care" is a word of its own, also in reports of a commission for care.
    """
    asked = question.searched.casefold()
    publishers = {name.strip() for report in reports for name in _BETWEEN_NAMES.split(report.publisher or "")}
    named = {name for name in publishers if name and name.casefold() in asked}
    named |= {report.body or "" for report in reports if question.body}
    known = (*named, *_SHORT_NAMES, *_STAND_INS, *map(str, question.year))
    wanted = set(content_stems(question.searched)) - set(stems(" ".join(known)))
    # Of a council's report the police are a subject like any other.
    if question.body and not are_of_forces(reports):
        wanted |= {stem(word.casefold()) for word in _POLICE.findall(asked)}
    return wanted


def years_since(question: Question) -> set[str]:
    """Return the years from which on, or between which, a question asks: "since 2018", "from 2018 to 2023"."""
    since = _SINCE_YEAR.search(question.searched)
    return {year for year in since.groups() if year} if since else set()


def asking_stems(*ways: str) -> frozenset[str]:
    """Return the stems of the words by which questions ask in some ways, the tables of `asking_words.toml`.

    >>> "praise" in asking_stems("finding"), "prais" in asking_stems("finding", "time")
    (False, True)
    """
    return frozenset(stems(" ".join(_asking_words()[way] for way in ways)))


@cache
def _asking_words() -> dict[str, str]:
    return tomllib.loads((resources.files("peelqa.statements") / "asking_words.toml").read_text("utf-8"))


def titled(reports: Sequence[ReportCard], wanted: set[str]) -> list[ReportCard]:
    """Return the reports whose title holds all that is wanted: "the SEND inspection"."""
    return [report for report in reports if wanted <= title_stems(report)]


def are_of_forces(reports: Sequence[ReportCard]) -> bool:
    """Tell whether any of some reports is on a police force, as its body's name says."""
    return any(_POLICE.search(report.body or "") for report in reports)


def title_stems(report: ReportCard) -> frozenset[str]:
    """Return the stems of a report's title, with what the abbreviations in it stand for."""
    return _stems_of(report.title)


@lru_cache(maxsize=16384)
def _stems_of(title: str) -> frozenset[str]:
    return frozenset((*stems(title), *abbreviated_stems(title)))


def fit(wanted: set[str], subject: frozenset[str], subjects: Sequence[frozenset[str]]) -> float:
    """Return how well a graded subject fits the wanted words, 0 to 1: the F-measure of rarity-weighed shared words."""
    holding = Counter(word for words in subjects for word in words)

    def weight(words: set[str] | frozenset[str]) -> float:
        return sum(math.log(1 + (len(subjects) + 1) / (holding[word] + 0.5)) for word in words)

    shared = weight(wanted & subject)
    return 2 * shared / (weight(wanted) + weight(subject)) if shared else 0.0


def are_akin(word: str, other: str) -> bool:
    """Tell whether two words are one but for their endings.

    >>> are_akin("legitimate", "legitimacy"), are_akin("leadership", "leader"), are_akin("effective", "efficient")
    (True, True, False)
    """
    return word == other or Prefix.similarity(word, other) >= _SAME_BEGINNING
