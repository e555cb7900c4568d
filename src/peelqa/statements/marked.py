"""The lists that a framework marks: areas for improvement, recommendations, causes of concern and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peelqa.findings import Finding
from peelqa.index import Index, ReportCard
from peelqa.passages import Passage, Quotation
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation, packed
from peelqa.statements.grade_questions import asks_for_account
from peelqa.statements.subject import MOST_STATED, asking_stems, stems_wanted, titled, years_since
from peelqa.understanding.covered import newest_first

_MARKED = 0.964
"""The relevance of a marked finding: 52 of 53 first ones were right on the tuning half (`peelqa eval uk-improve --split
tune`), by the rule of succession."""
IMPROVEMENT = ("area_for_improvement", "recommendation", "priority_action", "cause_of_concern")
"""The kinds of lists of what must improve."""
_PRACTICE = ("innovative_practice",)
_LISTS = (
    (compile_late(r"\bcauses? of concern\b", re.IGNORECASE), ("cause_of_concern",)),
    (compile_late(r"\bpriority actions?\b", re.IGNORECASE), ("priority_action",)),
    (compile_late(r"\brecommend(?:ations?|ed|s)?\b", re.IGNORECASE), ("recommendation", "priority_action")),
    (compile_late(r"\b(?:innovative|promising|good) practices?\b", re.IGNORECASE), _PRACTICE),
    (
        compile_late(
            r"\b(?:improve(?:ments?)?|be improved|do better|areas? for (?:improvement|development)|put right"
            r"|(?:do|change|fix) next|(?:needs?|to be|must be) (?:sort(?:ed|ing)(?: out)?|fix(?:ed|ing)|put(?:ting)? right|mended|resolved)"
            r"|told? (?:\w+ ){0,4}to (?:do|change|fix|improve|address))\b",
            re.IGNORECASE,
        ),
        IMPROVEMENT,
    ),
)
_LIST_STEMS = asking_stems(
    "bettering",
    "saying",
    "noting",
    "documents",
    "kinds_of_inspection",
    "main",
    "bodies",
    "within_bodies",
    "listing",
    "time",
)


def find_marked(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote what the framework marks as the asked kind of finding, where the question names no narrower subject."""
    kinds = next((kinds for pattern, kinds in _LISTS if pattern.search(question.searched)), ())
    if not kinds or asks_for_account(question) or (question.finding is Finding.STRENGTH and kinds != _PRACTICE):
        return []
    wanted = stems_wanted(question, reports) - _LIST_STEMS - years_since(question)
    having = [report for report in titled(reports, wanted) if not report.finding_types.isdisjoint(kinds)]
    parts = [list(_list_of(index, report, kinds)) for report in newest_first(having)[:MOST_STATED]]
    deepest = max(map(len, parts), default=0)
    in_turn = [part[place] for place in range(deepest) for part in parts if place < len(part)]
    return [RelevantQuotation(quotation, _MARKED) for quotation in in_turn]


def _list_of(index: Index, report: ReportCard, kinds: Sequence[str]) -> Iterator[Quotation]:
    """Quote a report's findings of the first of the kinds that it has, several short ones together."""
    marked = {kind: list[Passage]() for kind in kinds}
    for passage in index.passages_of(report.id):
        marked.get(_finding_type(passage) or "", []).append(passage)
    for passage in next(filter(None, marked.values()), []):
        yield from (passage.quote(*span) for span in packed(passage, range(len(passage.units))))


def _finding_type(passage: Passage) -> str | None:
    return passage.report.sections[passage.section].finding_type
