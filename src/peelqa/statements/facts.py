"""Facts that a report states as label and value, where a question asks for just what the label names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.layout import BlockKind
from peelqa.search import Hit
from peelqa.statements.subject import asking_stems
from peelqa.words import content_words, stems

# "population | of the force area", "cost | per resident"
_HEAD_ENDS = compile_late(r"\s(?:of|in|for|at|on|by|per|among|within|across)\s|,|\?", re.IGNORECASE)
_LABEL_ENDS = compile_late(r"[\t\n:]")
_AS_LABELLED = 0.9
_AS_COMPARED = 0.85
"""Relevance set by hand: the question sets have too few such questions to fit it."""
_CLOSED = compile_late(
    r"(?:and |so |but )?(?:is|are|was|were|has|have|had|does|do|did|how (?:has|have|had|did|fast|much))\b",
    re.IGNORECASE,
)
_CHANGE = compile_late(
    r"\b(?:shr(?:unk|ank|ink\w*)|grow(?:n|s|ing)?|grew|fall(?:en|ing|s)?|fell|ris(?:e|en|es|ing)|rose|increas\w*"
    r"|decreas\w*|reduc\w*|(?:gone|going|go|goes|went) (?:up|down)|dropp?\w*|chang\w*"
    r"|(?:got|gets?|getting|became|becom(?:e|es|ing)) (?:any )?(?:smaller|bigger|larger|higher|lower|fewer))\b"
    r"|\b(?:fewer|more|less|smaller|bigger|larger) .*\b(?:ago|before|used to)\b",
    re.IGNORECASE,
)
_CHANGED = compile_late(r"\b(?:up|down)\s?\d|\b(?:change|trend)\b", re.IGNORECASE)
_COMPARED = compile_late(
    r"\b(?:higher|lower|more|less|fewer|bigger|smaller|cheaper|dearer|above|below|better|worse)\b.*\b(?:than"
    r"|average|national|elsewhere|others?|level|most)\b"
    r"|\b(?:above|below) (?:the )?(?:national )?(?:average|level)\b",
    re.IGNORECASE,
)
_LIVE_THERE = compile_late(
    r"(?:and |so |but )?how many people live(?: (?:there|here"
    r"|in (?:it|the (?:(?:force|authority)(?:[’']s)? )?(?:area|force|authority|county|borough|city))))?\W*",
    re.IGNORECASE,
)
_NATIONAL = compile_late(r"\bnational\b", re.IGNORECASE)
_MEASURING_STEMS = asking_stems("measuring")
_QUALIFYING_STEMS = frozenset(stems("victim based recorded total overall rate level local of the force"))
_FACTS_CALL_IT = {
    "cheap": "cost", "cheaper": "cost", "dearer": "cost", "expensive": "cost",
    "officer": "workforce", "officers": "workforce", "staff": "workforce", "workers": "workforce",
}  # fmt: skip
"""What key facts call what is asked of."""


def find_facts(hits: Sequence[Hit], question: Question) -> list[RelevantQuotation]:
    """Quote the rows among hits whose label is what the question asks for, in the order of the hits.

    Whether something has changed, or is above the average, is answered by a row on just that which gives a change or a
    national figure.
    """
    matter = "population" if _LIVE_THERE.fullmatch(question.searched) else question.matter
    asked = stems(_HEAD_ENDS.split(matter, maxsplit=1)[0])
    compared = _measured(question.searched) if _CLOSED.match(question.searched) else set[str]()
    signs = [sign for sign, told in ((_CHANGED, _CHANGE), (_NATIONAL, _COMPARED)) if told.search(question.searched)]
    found = list[RelevantQuotation]()
    for hit in hits:
        label = _label(hit.text) if hit.unit.kind is BlockKind.ROW else []
        named = bool(asked) and label == asked
        on_just_that = compared <= {*label} <= compared | _QUALIFYING_STEMS
        measured = bool(compared) and on_just_that and any(sign.search(hit.text) for sign in signs)
        if named or measured:
            quotation = hit.passage.quote(hit.unit.start_char, hit.unit.end_char)
            found.append(RelevantQuotation(quotation, _AS_LABELLED if named else _AS_COMPARED))
    return found


def _measured(question: str) -> set[str]:
    """Return the stems of what a question compares or says the change of."""
    words = [_FACTS_CALL_IT.get(word, word) for word in content_words(question)]
    return set(stems(" ".join(words))) - _MEASURING_STEMS


def _label(row: str) -> list[str]:
    """Return the stems of a row's label; none where it has nothing but that."""
    label, *value = _LABEL_ENDS.split(row, maxsplit=1)
    return stems(label) if value else []
