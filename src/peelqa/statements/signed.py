"""Who inspected or wrote a report, quoted where it names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.statements.asked import OPENING
from peelqa.statements.graded import MOST_STATED
from peelqa.statements.subject import stems_wanted, title_stems
from peelqa.understanding.covered import newest_of_each_kind

_BODY = r"(?:the (?:force|authority)|it|this)"
_DOCUMENT = r"(?:(?:the|this|that|its) )?(?:\w+ ){0,2}(?:report|assessment|inspection|letter|review)"
_INSPECTOR = r"(?:(?:the|its|their) )?(?:lead |chief |responsible )?(?:inspector|inspectors|hmi|author)"
_ASKED = re.compile(
    rf"{OPENING}(?:who (?:wrote|authored|signed|led|leads|carried out|conducted|did|made) {_DOCUMENT}(?: (?:of|on|in|for|at) {_BODY})?"
    rf"|who (?:inspected|assessed) {_BODY}|which inspector (?:wrote|led|signed|inspected) (?:{_DOCUMENT}|{_BODY})"
    rf"|(?:who (?:is|was|are|were) |(?:what (?:is|was) )?(?:the )?name of ){_INSPECTOR}(?: responsible)?(?: (?:of|on|in|for|at|behind) (?:{_DOCUMENT}|{_BODY}))*"
    r")\W*",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]*)+"
_SIGNED = re.compile(
    rf"\b[Ll]ead\s[Ii]nspectors?\b:?\s+{_NAME}|{_NAME},?\s+(?:HMI|(?:Her|His)\sMajesty[’']s\s(?:Chief\s)?Inspector)\b"
    rf"|{_NAME},?\s(?:\w+\s)?[Ll]ead\s[Ii]nspector\b"
)


def find_inspectors(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote where each newest report names its inspector; nothing where a question does not ask for just that."""
    if not _ASKED.fullmatch(question.searched):
        return []
    named = stems_wanted(question, reports)
    shared = {report.id: len(named & title_stems(report)) for report in reports}
    # "Who led the SEND inspection?" is about the reports whose title says so.
    meant = [report for report in reports if shared[report.id] == max(shared.values())]
    said = (quotation for report in newest_of_each_kind(meant) for quotation in _signature(index, report))
    return [RelevantQuotation(quotation, 0.95) for quotation in islice(said, MOST_STATED)]


def _signature(index: Index, report: ReportCard) -> Iterator[Quotation]:
    """Quote the first unit of a report that names an inspector as such."""
    for passage in index.passages_of(report.id):
        for unit in passage.units:
            if _SIGNED.search(passage.report.text[unit.start_char : unit.end_char]):
                yield passage.quote(unit.start_char, unit.end_char)
                return
