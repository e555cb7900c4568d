"""Who speaks in a sentence, and which named inspection, survey or plan it reports, where it says so itself."""

from __future__ import annotations

import re

_SOURCE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Ii]ts|[Tt]he\sforce[’']s(?:\sown)?|HMIC(?:FRS)?[’']s|[Aa])\s(?P<named>(?:[A-Z]?[\w’'-]+\s){0,6}?"
    r"(?:inspection|survey|Survey(?:\sfor\sEngland\sand\sWales)?|audit|review))\s?(?:\([^)]{0,60}\)\s?)?"
    r"(?:also\s)?(?:found|identified|showed|shows|concluded|revealed|noted|reported|highlighted|suggested|says)\b"
)
_UNNAMED_SOURCES = frozenset(
    {"inspection", "review", "survey", "audit", "last inspection", "previous inspection", "same survey"}
)


def find_source(sentence: str) -> str | None:
    """Return the inspection or survey that the sentence itself names as where a finding comes from, or None.

    >>> find_source("The child protection inspection found a clear plan.")
    'child protection inspection'
    """
    match = _SOURCE.search(sentence)
    if not match:
        return None
    named = " ".join(match["named"].split())
    return None if named.casefold() in _UNNAMED_SOURCES else named
