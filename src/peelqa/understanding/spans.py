"""The words of a question that only say which report is meant, and the question without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SENSE = r"special educational needs and/or disabilities \(SEND\)"
_REPORT = (
    rf"(?:the )?(?:(?:force|authority)(?:[’']s)? )?(?:(?:joint|area|targeted|full|focused|monitoring|ofsted|hmic\w*|peel|children[’']s services|{_SENSE}) )*"
    r"(?:reports?|inspection(?: report| letter)?|re-?inspection|visit|letter)"
)
# What words that say which report is meant leave behind: an empty bracket, "..., the report?", "at the end".
_LEFT_BEHIND = (
    (re.compile(r"\b(?:the|its|their) (?=the (?:authority|force)\b)", re.IGNORECASE), ""),
    (re.compile(rf"\(\s*(?:{_REPORT})?\s*\)", re.IGNORECASE), " "),
    (re.compile(rf"([?.!])\s*{_REPORT}\s*[?.!]*$", re.IGNORECASE), r"\1"),
    (re.compile(rf"(?:,|\s[–-])\s*(?:(?:in|from|at|by|as of) )?{_REPORT}(?=\s*[?.!]*$)", re.IGNORECASE), ""),
    (re.compile(rf",?\s(?:according to|going by|as per|as of|says) {_REPORT}(?=\s*[?.!]*$)", re.IGNORECASE), ""),
    (
        re.compile(
            r",?\s(?:at|by|towards) the (?:end|start|beginning|turn)(?: of)?(?=\s*[?.!,]*$)|,?\s(?:in|by|at|from|since) (?:the )?(?:early|late|mid|spring|summer|autumn|winter)(?=\s*[?.!]*$)",
            re.IGNORECASE,
        ),
        "",
    ),
    (
        re.compile(
            r",?\swhen (?:the )?(?:inspectors?|ofsted|hmic\w*|they) (?:came|visited|inspected|looked|went|(?:was|were) there)(?: in| round| there)?(?=\s*[?.!,]*$)",
            re.IGNORECASE,
        ),
        "",
    ),
)


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
    for pattern, put in _LEFT_BEHIND if spans else ():
        plain = pattern.sub(put, plain)
    plain = re.sub(r"\s+([?.,!:;]|[’']s\b)", r"\1", plain)
    return re.sub(r"^[\s,:;–-]+|[\s,:;–-]+(?=[?.!]*$)", "", plain)
