"""Facts that a report states as label and value, where a question asks for just what the label names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from peelqa.questions import Question
from peelqa.quoting import RelevantQuotation
from peelqa.reports.layout import BlockKind
from peelqa.search import Hit
from peelqa.words import stems

# "population | of the force area", "cost | per resident"
_HEAD_ENDS = re.compile(r"\s(?:of|in|for|at|on|by|per|among|within|across)\s|,|\?", re.IGNORECASE)
_LABEL_ENDS = re.compile(r"[\t\n:]")


def find_facts(hits: Sequence[Hit], question: Question) -> list[RelevantQuotation]:
    """Quote the rows among hits whose label is what the question asks for, in the order of the hits."""
    asked = stems(_HEAD_ENDS.split(question.matter, maxsplit=1)[0])
    if not asked:
        return []
    return [
        RelevantQuotation(hit.passage.quote(hit.unit.start_char, hit.unit.end_char), 0.9)
        for hit in hits
        if hit.unit.kind is BlockKind.ROW and stems(_LABEL_ENDS.split(hit.text, maxsplit=1)[0]) == asked
    ]
