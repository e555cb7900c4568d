"""The words of a question that only say which report is meant, and the question without them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peelqa.patterns import compile_late

_GONE = "\ue000"
"""Marks where words were left out, while what they leave behind is looked for."""
_SPACE = rf"[\s{_GONE}]*"
KINDS_OF_INSPECTION = (
    r"peel|ilacs|sif|jtai|full|short|joint|targeted|area|send|ofsted|hmicfrs|hmic|children.?s|services|focused"
    r"|monitoring|child\sprotection"
    r"|special\seducational\sneeds\sand/or\sdisabilities\s\(send\)"  # as `wording` spells it out
)
"""What may stand before "inspection", as a regular expression."""
_REPORT = (
    rf"(?:the\s{_SPACE})?(?:(?:force|authority)(?:[’']s)?\s{_SPACE})?"
    rf"(?:(?:{KINDS_OF_INSPECTION})\s{_SPACE})*"
    r"(?:reports?|inspection(?: report| letter)?|re-?inspection|visit|letter)"
)
_TAIL = rf"(?:{_SPACE}{_REPORT}(?:\s\([A-Z]{{2,6}}\))?){{1,3}}{_SPACE}(?=[?.!]*$)"
# What words that say which report is meant leave behind: an empty bracket, "..., the report?", "at the end".
_LEFT_BEHIND = tuple(
    (compile_late(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (rf"\b(?:the|its|their) {_SPACE}(?=the (?:authority|force)\b)", ""),
        (rf"\((?=(?:[^()]|\(send\))*{_GONE}){_SPACE}(?:{_REPORT})?{_SPACE}\)", " "),
        (rf"([?.!])(?=[^?.!]*{_GONE}){_TAIL}[?.!]*", r"\1"),
        (rf"(?:,|\s[–-])(?=[^,]*{_GONE}){_SPACE}(?:(?:in|from|at|by|as of) )?{_TAIL}", ""),
        (rf",?\s(?:according to|going by|as per|as of|says)(?=[^,]*{_GONE}){_TAIL}", ""),
        (rf",?\s(?:at|by|towards) the (?:end|start|beginning|turn)(?: of)?\s*{_GONE}", ""),
        (rf",?\s(?:in|by|at|from|since) (?:the )?(?:early|late|mid|spring|summer|autumn|winter)\s*{_GONE}", ""),
        (
            r",?\swhen (?:the )?(?:inspectors?|ofsted|hmic\w*) (?:came|visited|inspected|looked|went"
            r"|(?:was|were) there)(?: in| round| there)?"
            rf"(?={_SPACE}[?.!,]*$)",
            "",
        ),
    )
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
            parts += [text[at : span.start_char], _GONE, span.stand_in if stand_ins else " "]
            at = span.end_char
    plain = " ".join("".join((*parts, text[at:])).split())
    for pattern, put in _LEFT_BEHIND if spans else ():
        plain = pattern.sub(put, plain)
    plain = " ".join(plain.replace(_GONE, "").split())
    plain = re.sub(r"\s+([?.,!:;]|[’']s\b)", r"\1", plain)
    return re.sub(r"^[\s,:;–-]+|[\s,:;–-]+(?=[?.!]*$)", "", plain)
