"""The words of a question that only say which report is meant, and the question without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeSpan:
    """Words that only say which report is meant, and what may stand in their place."""

    start_char: int
    end_char: int
    stand_in: str = ""


def without_scope(text: str, spans: Sequence[ScopeSpan]) -> str:
    """Leave out the words that say which report is meant; where they are part of the sentence, put their stand-in."""
    plain = leave_out(text, spans)
    return plain if re.search(r"[^\W\d_]{2,}", plain) else text


def leave_out(text: str, spans: Sequence[ScopeSpan], *, stand_ins: bool = True) -> str:
    """Leave spans out of a text, which may leave nothing."""
    parts, at = list[str](), 0
    for span in spans:
        if span.start_char >= at:
            parts += [text[at : span.start_char], span.stand_in if stand_ins else " "]
            at = span.end_char
    plain = " ".join("".join((*parts, text[at:])).split())
    plain = re.sub(r"\s+([?.,!:;’'])", r"\1", plain)
    return re.sub(r"^[\s,:;–-]+|[\s,:;–-]+(?=[?.!]*$)", "", plain)
