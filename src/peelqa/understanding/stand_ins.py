"""What becomes of a sentence where a body's name is left out of it: what goes with the name, and what stands in its place."""

from __future__ import annotations

import re

from peelqa.patterns import compile_late
from peelqa.reports.bodies import BodyMention
from peelqa.understanding.spans import ScopeSpan
from peelqa.understanding.topics import is_mere_words

_AUXILIARIES = "is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might"
_PLACE = compile_late(r"\b(?:in|for|at|within|across|on|inside)\s+(?:the\s+)?$", re.IGNORECASE)
# After "in Kent", what goes on without it: "are children in Kent | safe" does not, for "schools" would stand there too.
_GOES_ON = compile_late(
    r"\s*(?:[?.!,:;()]|$|\b(?:in|for|at|on|of|to|from|and|or|but|about|during|with|without|by|than|as|if|since"
    r"|after|before|because|until|while"
    r"|that|which|who|whose|where|when|what|why|how|get|gets|got|compared|still|not|there|be|being|been|go|goes"
    r"|wait|use|live|lives|feel|think|say|said"
    rf"|need|like|want|know|\w+ed|{_AUXILIARIES})\b)",
    re.IGNORECASE,
)
_COUNTED = compile_late(r"\b(?:many|all|any|some|more|fewer|few|which|what|most|other)\s+$", re.IGNORECASE)
"""What stands before a name that says of what place things are: "how many Kent children"."""
_VERB = compile_late(rf"\s+(?:{_AUXILIARIES}|needs?|wants?|gets?|got|says?|said)\b", re.IGNORECASE)
_LEADS_ON = compile_late(r"\b(?:of|about|by|to|from|with|for|in|on|at|than|and|or)\s+(?:the\s+)?$", re.IGNORECASE)
_ASKS = compile_late(r"\W+(?:which|what|who|how|why|when|where)\b", re.IGNORECASE)
_GOES_ON_FROM = compile_late(r"\s*(?:,|,?\s*(?:and|or|&|versus|vs\.?))\s*(?:in\s+)?(?:the\s+)?")
_ARTICLE = compile_late(r"\bthe\s+$", re.IGNORECASE)


def span_of_name(text: str, mention: BodyMention, stand_in: str, last: ScopeSpan | None) -> ScopeSpan:
    """Return the words to leave out for a name, and `stand_in` where the sentence needs something in its place.

    A name that goes on from the `last` one ("in Kent and Essex") goes as that went.
    """
    start, end = mention.start_char, mention.end_char
    before = text[:start]
    if last and _GOES_ON_FROM.fullmatch(text[last.end_char : start]):
        return ScopeSpan(last.end_char, end)
    place = None if text[end : end + 2] in ("'s", "’s") else _PLACE.search(before)
    if place and _GOES_ON.match(text, end):
        return ScopeSpan(place.start(), end)
    counted = _COUNTED.search(before) and not _VERB.match(text, end)
    if counted or (not start and _ASKS.match(text, end)):
        return ScopeSpan(start, end)
    article = _ARTICLE.search(before)
    mere = is_mere_words(text) and not _LEADS_ON.search(before)
    return ScopeSpan(article.start() if article else start, end, "" if mere else stand_in)
