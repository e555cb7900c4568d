"""What one outcome is worth: whether its quotations are right, verbatim, rightly attributed, and how much they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from eval.arms import Outcome, Shown
from eval.cases import Case, Gold
from eval.rows import Place, Row
from eval.suites import Judging
from eval.texts import Characters, Texts, fits_expectation, fold
from peelqa.reports.bodies import same_body

HALF = 0.5
NEARLY_ALL = 0.9
"""The share of a gold span's visible characters that must be quoted for it to count as quoted."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the outcomes of one suite against the texts of its reports."""

    texts: Texts
    judging: Judging

    def judge(self, case: Case, arm: str, outcome: Outcome) -> Row:
        """Say what an outcome is worth."""
        shown = outcome.quotes or outcome.nearest
        rights = [self.is_right(case, each) for each in outcome.quotes]
        rank = rights.index(True) + 1 if True in rights else 0
        return Row(
            id=case.id,
            arm=arm,
            answerable=case.answerable,
            answered=outcome.status == "answered",
            status=outcome.status,
            rank=rank,
            right=bool(shown) and self.is_right(case, shown[0]),
            score=shown[0].relevance if shown else 0.0,
            quotes=tuple(Place(each.report, each.start_char, each.end_char, each.relevance) for each in shown),
            words=tuple(len(each.text.split()) for each in outcome.quotes),
            took_ms=outcome.took_ms,
            cpu_ms=outcome.cpu_ms,
            values={
                **_of_rank(case, rank),
                **self.spans(case, outcome.quotes),
                **_of_expectation(case, outcome, rank),
            },
            counts=self._counts(case, outcome),
            ranked=outcome.passages,
            relevant=self.texts.relevant_passages(case) if outcome.passages is not None else (),
            error=outcome.error,
        )

    def is_right(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation answers a case, from a report that the question set expects."""
        report = self.texts.report(shown.report)
        if not case.answerable or report is None or not fits_expectation(case, report):
            return False
        if self.judging.right == "grade" and self._states_grade(case, shown):
            return True
        return any(self._answers(each, shown) for each in case.gold)

    def _answers(self, gold: Gold, shown: Shown) -> bool:
        if gold.start_char is None:
            return fold(gold.text) in fold(shown.text)
        span, quoted = self.texts.gold_characters(gold), self._quoted(shown)
        if self.judging.right == "touches":
            return len(span & quoted) >= HALF * min(len(span), len(quoted)) > 0
        return bool(span) and span <= quoted

    def _states_grade(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation of the right report names the case's judgement and states its grade and no other."""
        report = self.texts.of_document(case.document)
        named = next((words for ids, words in self.judging.judgements.items() if fnmatchcase(case.id, ids)), None)
        if report is None or shown.report != report.id or named is None:
            return False
        said = fold(" ".join((*shown.section[-1:], shown.text))).casefold()
        # The longest value first, so that "requires improvement to be good" is not taken for "good".
        values = sorted(self.judging.grades, key=len, reverse=True)
        pattern = rf"\b(?:{'|'.join(re.escape(value.casefold()) for value in values)})\b"
        stated = set(re.findall(pattern, fold(shown.text).casefold()))
        return named in said and bool(stated) and stated <= {fold(each.text).casefold() for each in case.gold}

    def spans(self, case: Case, quotes: Sequence[Shown]) -> dict[str, float]:
        """Return precision, recall and intersection over union by visible characters, and the share of gold quoted."""
        golds = [self.texts.gold_characters(gold) for gold in case.gold if gold.start_char is not None]
        if not case.answerable or not golds or not all(golds):
            return {}
        quoted = _union(self._quoted(each) for each in quotes)
        wanted = [_union(golds)] if self.judging.gold == "all" else golds
        best = max(wanted, key=lambda gold: len(gold & quoted) / len(gold | quoted))
        found = len(best & quoted)
        return {
            "span precision": found / len(quoted) if quoted else 0.0,
            "span recall": found / len(best),
            "span IoU": found / len(best | quoted),
            "gold quoted": sum(len(gold & quoted) >= NEARLY_ALL * len(gold) for gold in golds) / len(golds),
        }

    def _quoted(self, shown: Shown) -> Characters:
        return self.texts.characters(shown.report, shown.start_char, shown.end_char)

    def _counts(self, case: Case, outcome: Outcome) -> dict[str, int]:
        body = self._body(case)
        shown = (*outcome.quotes, *outcome.nearest)
        elsewhere = [each for each in outcome.quotes if body and not same_body(body, each.body or "")]
        withheld = (outcome.error or "").startswith("NotVerbatim")
        return {
            "not verbatim": sum(not self._is_verbatim(each) for each in shown) + withheld,
            "wrong attributions": sum(not self._is_attributed(case, each) for each in shown),
            **({"from another body": len(elsewhere), "with a body": len(outcome.quotes)} if body else {}),
        }

    def _is_verbatim(self, shown: Shown) -> bool:
        report = self.texts.report(shown.report)
        return bool(shown.text) and report is not None and report.text[shown.start_char : shown.end_char] == shown.text

    def _is_attributed(self, case: Case, shown: Shown) -> bool:
        """Tell whether a quotation is said to be of the report that holds it, and of that report's body and year.

        What the question set knows of that report must be said of it too.
        """
        report = self.texts.report(shown.report)
        if report is None or (shown.sha256, shown.body, shown.year) != (report.sha256, report.body, report.year):
            return False
        return case.expect.report != report.id or fits_expectation(case, report)

    def _body(self, case: Case) -> str | None:
        """Return the body that a question is about, where it is about one."""
        asked = case.filters.get("body")
        if isinstance(asked, list):
            return asked[0] if len(asked) == 1 else None
        report = self.texts.of_document(case.document) if case.answerable else None
        return case.expect.body or asked or (report.body if report else None)


def _of_rank(case: Case, rank: int) -> dict[str, float]:
    if not case.answerable:
        return {}
    return {"hit@1": float(rank == 1), "hit@3": float(1 <= rank <= 3), "RR": 1 / rank if rank else 0.0}


def _of_expectation(case: Case, outcome: Outcome, rank: int) -> dict[str, float]:
    expect, values = case.expect, {}
    texts = [fold(each.text) for each in outcome.quotes]
    if expect.status:
        values["status"] = float(outcome.status == expect.status)
    if expect.finding and outcome.quotes:
        values["finding"] = float(outcome.quotes[0].finding == expect.finding)
    if expect.must_also:
        values["both sides"] = float(rank > 0 and all(_is_in(each, texts) for each in expect.must_also))
    if expect.must_not:
        values["nothing unwanted"] = float(not any(_is_in(each, texts) for each in expect.must_not))
    return values


def _is_in(wanted: str, texts: Iterable[str]) -> bool:
    return any(fold(wanted) in text for text in texts)


def _union(sets: Iterable[Characters]) -> Characters:
    return frozenset().union(*sets)
