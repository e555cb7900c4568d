"""Who inspected or wrote a report, quoted where it names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from peelqa.index import Index, ReportCard
from peelqa.passages import Quotation
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.statements.grade_questions import OPENING
from peelqa.statements.subject import MOST_STATED, asking_stems, stems_wanted, titled
from peelqa.understanding.covered import Line, line_on_body, newest_first

_BODY = r"(?:the (?:force|authority)(?:[’']s (?:children.?s )?(?:social care )?(?:services|partnership|arrangements))?|it|this)"
_DOCUMENT = r"(?:(?:the|this|that|its) )?(?:[\w/()-]+ ){0,8}?(?:report|assessment|inspection)"
_MADE = r"(?:wrote|authored|signed|led|headed|leads?|carried out|conducted|did|made)"
_INSPECTOR = (
    r"(?:(?:the|its|their|ofsted[’']s|hmic\w*[’']s) )?(?:lead |responsible )?(?:inspector|inspectors|hmi|author)"
)
_ASKED = compile_late(
    rf"{OPENING}(?:who {_MADE} {_DOCUMENT}(?: (?:of|on|in|for|at) {_BODY})?"
    rf"|who (?:inspected|assessed) {_BODY}|which inspector (?:wrote|led|signed|inspected) (?:{_DOCUMENT}|{_BODY})"
    r"|(?:who (?:is|was|are|were) |(?:what (?:is"
    rf"|was) )?(?:the )?name of ){_INSPECTOR}(?: responsible)?(?: (?:(?:of|on|in|for|at|behind)"
    rf"|(?:who|that) {_MADE}) (?:{_DOCUMENT}|{_BODY})){{0,2}}"
    rf"|(?:the )?lead inspector(?: (?:(?:of|on|in|for|at) )?(?:{_DOCUMENT}|{_BODY}|\d{{4}})){{0,3}}"
    r")\W*",
    re.IGNORECASE,
)
_NAME = r"\b[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}(?:\s[A-ZÀ-ÖØ-Þ][\w’'-]{0,30}){1,4}"
_SIGNED = compile_late(
    rf"\b[Ll]ead\s[Ii]nspectors?\b:?\s{{1,4}}{_NAME}"
    rf"|{_NAME},?\s{{1,4}}(?:HMI\b(?!\s[A-Z])|(?:Her|His)\sMajesty[’']s\s(?:Chief\s)?Inspector\b)"
    rf"|{_NAME},?\s(?:\w{{1,30}}\s)?[Ll]ead\s[Ii]nspector\b"
)
_MENTIONS = compile_late(r"[Ii]nspector|HMI")
"""What every signature has, and few sentences."""
_MAKING_STEMS = asking_stems("making", "documents")
_SIGNED_SO = 0.95
"""The relevance of a signature, set by hand as that of days is."""
_MOST_READ = 40
"""Reports read for their signatures at most."""


def find_inspectors(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote where the newest reports name their inspectors; nothing where a question does not ask for just that."""
    if not _ASKED.fullmatch(question.searched):
        return []
    # "Who led the SEND inspection?" is about the reports whose title says so.
    named = stems_wanted(question, reports) - _MAKING_STEMS
    said = _newest_of_each_line(index, titled(reports, named))
    return [RelevantQuotation(quotation, _SIGNED_SO) for quotation in islice(said, MOST_STATED)]


def _newest_of_each_line(index: Index, reports: Sequence[ReportCard]) -> Iterator[Quotation]:
    """Quote the newest signature on each body in each line of inspections."""
    found = set[Line]()
    for report in newest_first(reports)[:_MOST_READ]:
        line = line_on_body(report)
        if line not in found and (signature := _signature(index, report)):
            found.add(line)
            yield signature


def _signature(index: Index, report: ReportCard) -> Quotation | None:
    """Quote the first unit of a report that names an inspector as such."""
    for passage in index.passages_of(report.id):
        for unit in passage.units:
            text = passage.text_of(unit)
            if _MENTIONS.search(text) and _SIGNED.search(text):
                return passage.quote(unit.start_char, unit.end_char)
    return None
