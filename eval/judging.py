"""What one outcome is worth: whether its quotations are right, verbatim, rightly attributed, and how much they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from eval.arms import Outcome, Shown
from eval.cases import Case, Gold
from eval.corpora import document_of
from eval.suites import Judging
from peelqa.index import Index
from peelqa.passages import Passage
from peelqa.reports.bodies import same_body
from peelqa.reports.report import Report

Characters = frozenset[tuple[str, int]]
"""Visible characters, each by its report and offset."""

HALF = 0.5
NEARLY_ALL = 0.9
"""The share of a gold span's visible characters that must be quoted for it to count as quoted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands, and how relevant it was said to be; no word of it."""

    report: str
    start_char: int
    end_char: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one outcome is worth. A value is there only where the question has what it takes to judge it."""

    id: str
    arm: str
    answerable: bool
    answered: bool
    status: str
    rank: int
    """The place of the first right quotation, from 1; 0 where none is right."""
    right: bool
    """True where the most relevant of what was quoted, or named as nearest, is right."""
    score: float
    """Its relevance; 0 where there is nothing."""
    quotes: tuple[Place, ...]
    words: tuple[int, ...]
    """The length of each quotation."""
    took_ms: float
    cpu_ms: float
    values: dict[str, float] = field(default_factory=dict)
    """What is averaged over questions."""
    counts: dict[str, int] = field(default_factory=dict)
    """What is added up over questions."""
    ranked: tuple[str, ...] | None = None
    """The passages ranked, by id."""
    relevant: tuple[str, ...] = ()
    """The passages that hold gold, by id."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the outcomes of one suite against the texts of its reports."""

    index: Index
    judging: Judging
    ids: dict[str, str]
    """The report of each document."""

    def judge(self, case: Case, arm: str, outcome: Outcome) -> Row:
        """Say what an outcome is worth."""
        shown = outcome.quotes or outcome.nearest
        rights = [self._is_right(case, each) for each in outcome.quotes]
        rank = rights.index(True) + 1 if True in rights else 0
        return Row(
            id=case.id,
            arm=arm,
            answerable=case.answerable,
            answered=outcome.status == "answered",
            status=outcome.status,
            rank=rank,
            right=bool(shown) and self._is_right(case, shown[0]),
            score=shown[0].relevance if shown else 0.0,
            quotes=tuple(Place(each.report, each.start_char, each.end_char, each.relevance) for each in shown),
            words=tuple(len(each.text.split()) for each in outcome.quotes),
            took_ms=outcome.took_ms,
            cpu_ms=outcome.cpu_ms,
            values={
                **self._of_rank(case, rank),
                **self._of_spans(case, outcome.quotes),
                **self._of_expectation(case, outcome, rights),
            },
            counts=self._counts(case, outcome),
            ranked=outcome.passages,
            relevant=self._relevant(case) if outcome.passages is not None else (),
            error=outcome.error,
        )

    def _of_rank(self, case: Case, rank: int) -> dict[str, float]:
        if not case.answerable:
            return {}
        return {"hit@1": float(rank == 1), "hit@3": float(1 <= rank <= 3), "RR": 1 / rank if rank else 0.0}

    def _is_right(self, case: Case, shown: Shown) -> bool:
        if not case.answerable or not self._is_as_expected(case, shown):
            return False
        if self.judging.right == "grade" and self._states_grade(case, shown):
            return True
        return any(self._answers(each, shown) for each in case.gold)

    def _is_as_expected(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation comes from a report that the question set expects."""
        report, expect = self._report(shown.report), case.expect
        return (
            report is not None
            and expect.report in (None, report.id)
            and (expect.body is None or same_body(expect.body, report.body or ""))
            and (expect.year is None or expect.year in report.years())
        )

    def _answers(self, gold: Gold, shown: Shown) -> bool:
        if gold.start_char is None:
            return fold(gold.text) in fold(shown.text)
        span, quoted = self._gold_characters(gold), self._characters(shown.report, shown.start_char, shown.end_char)
        if self.judging.right == "touches":
            return len(span & quoted) >= HALF * min(len(span), len(quoted)) > 0
        return bool(span) and span <= quoted

    def _states_grade(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation names the case's judgement and states its grade and no other."""
        report = self.ids.get(case.document or "")
        named = next((words for ids, words in self.judging.judgements.items() if fnmatchcase(case.id, ids)), None)
        if shown.report != report or named is None:
            return False
        text = fold(shown.text).casefold()
        said = " ".join((*shown.section[-1:], text)).casefold()
        values = sorted(self.judging.grades, key=len, reverse=True)
        # The longest value first, so that "requires improvement to be good" is not taken for "good".
        stated = set(re.findall(rf"\b(?:{'|'.join(map(re.escape, values))})\b", text, re.IGNORECASE))
        gold = {fold(each.text).casefold() for each in case.gold}
        return named in said and bool(stated) and stated <= gold

    def _of_spans(self, case: Case, quotes: Sequence[Shown]) -> dict[str, float]:
        """Return precision, recall and intersection over union by visible characters, and the share of gold quoted."""
        golds = [self._gold_characters(gold) for gold in case.gold if gold.start_char is not None]
        if not case.answerable or not golds or not all(golds):
            return {}
        quoted = _union(self._characters(each.report, each.start_char, each.end_char) for each in quotes)
        wanted = [_union(golds)] if self.judging.gold == "all" else golds
        best = max(wanted, key=lambda gold: len(gold & quoted) / len(gold | quoted))
        found = len(best & quoted)
        return {
            "span precision": found / len(quoted) if quoted else 0.0,
            "span recall": found / len(best),
            "span IoU": found / len(best | quoted),
            "gold quoted": sum(len(gold & quoted) >= NEARLY_ALL * len(gold) for gold in golds) / len(golds),
        }

    def _of_expectation(self, case: Case, outcome: Outcome, rights: Sequence[bool]) -> dict[str, float]:
        expect, values = case.expect, {}
        if expect.status:
            values["status"] = float(outcome.status == expect.status)
        texts = [fold(each.text) for each in outcome.quotes]
        if expect.finding and outcome.quotes:
            values["finding"] = float(outcome.quotes[0].finding == expect.finding)
        if expect.must_also:
            found = [any(fold(wanted) in text for text in texts) for wanted in expect.must_also]
            values["both sides"] = float(True in rights and all(found))
        if expect.must_not:
            values["nothing unwanted"] = float(
                not any(fold(each) in text for each in expect.must_not for text in texts)
            )
        return values

    def _counts(self, case: Case, outcome: Outcome) -> dict[str, int]:
        body = self._body(case)
        shown = (*outcome.quotes, *outcome.nearest)
        elsewhere = [each for each in outcome.quotes if body and not same_body(body, each.body or "")]
        withheld = (outcome.error or "").startswith("NotVerbatim")
        return {
            "quotations": len(outcome.quotes),
            "not verbatim": sum(not self._is_verbatim(each) for each in shown) + withheld,
            "wrong attributions": sum(not self._is_attributed(case, each) for each in shown),
            **({"from another body": len(elsewhere), "with a body": len(outcome.quotes)} if body else {}),
        }

    def _is_verbatim(self, shown: Shown) -> bool:
        report = self._report(shown.report)
        return bool(shown.text) and report is not None and report.text[shown.start_char : shown.end_char] == shown.text

    def _is_attributed(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation is said to be of the report that holds it, and of that report's body and year.

        What the question set knows of that report must be said of it too.
        """
        report, expect = self._report(shown.report), case.expect
        if report is None or (shown.sha256, shown.body, shown.year) != (report.sha256, report.body, report.year):
            return False
        return expect.report != report.id or (
            (expect.body is None or same_body(expect.body, shown.body or ""))
            and (expect.year is None or expect.year in report.years())
        )

    def _body(self, case: Case) -> str | None:
        """Return the body that a question is about, where it is about one."""
        asked = case.filters.get("body")
        if isinstance(asked, list):
            return asked[0] if len(asked) == 1 else None
        report = self._report(self.ids.get(case.document or "", ""))
        return case.expect.body or asked or (report.body if report and case.answerable else None)

    def _relevant(self, case: Case) -> tuple[str, ...]:
        """Return the ids of the passages that hold gold, or a part of it where its place is known."""
        if not case.answerable:
            return ()
        placed = [(self.ids.get(gold.document or ""), gold) for gold in case.gold if gold.start_char is not None]
        if placed:
            return tuple(
                dict.fromkeys(
                    passage.id
                    for report, gold in placed
                    for passage in (self._passages(report) if report else ())
                    if passage.start_char < (gold.start_char or 0) + len(gold.text)
                    and (gold.start_char or 0) < passage.end_char
                )
            )
        golds = [fold(gold.text) for gold in case.gold]
        return tuple(
            passage.id
            for report in self.index.reports
            if case.expect.report in (None, report.id)
            and (case.expect.body is None or same_body(case.expect.body, report.body or ""))
            for passage in self._passages(report.id)
            if any(gold in fold(passage.text) for gold in golds)
        )

    def _passages(self, report: str) -> list[Passage]:
        return [self.index.passage(row) for row in self.index.rows_by_report.get(report, [])]

    def _report(self, report: str) -> Report | None:
        return self.index.report(report) if report in self.index.report_ids() else None

    def _gold_characters(self, gold: Gold) -> Characters:
        """Return the characters of a gold span; none where the report does not hold it there."""
        report, start = self.ids.get(gold.document or ""), gold.start_char or 0
        if report is None or self.index.report(report).text[start : start + len(gold.text)] != gold.text:
            return frozenset()
        return self._characters(report, start, start + len(gold.text))

    def _characters(self, report: str, start: int, end: int) -> Characters:
        text = self.index.report(report).text[start:end]
        return frozenset((report, start + place) for place, character in enumerate(text) if not character.isspace())


def make_judge(index: Index, judging: Judging) -> Judge:
    """Return the judge of an index's answers."""
    return Judge(index, judging, {document_of(report): report.id for report in index.reports})


def fold(text: str) -> str:
    """Return a text with its white space made alike."""
    return " ".join(text.split())


def _union(sets: Iterable[Characters]) -> Characters:
    return frozenset().union(*sets)
