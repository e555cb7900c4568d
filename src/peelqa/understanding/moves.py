"""How a turn of a conversation opens, closes and moves on: "and", "what about", "elsewhere", "before that", "and now".

Knows nothing of what is indexed.
"""

from __future__ import annotations

import re
from enum import StrEnum

from peelqa.patterns import compile_late


class Move(StrEnum):
    """Where a turn that names nothing takes what was asked before."""

    ELSEWHERE = "elsewhere"
    ANY_YEAR = "any year"
    NOW = "now"
    EARLIER = "earlier"
    LATER = "later"


_OPENINGS = (
    r"(?:ok(?:ay)?|hm+|oh|ah|sorry|thanks|thank you|interesting|i see"
    r"|i (?:don.t|do not) (?:understand|get it|follow))[,.!]*\s+",
    r"(?:no|yes|right|well|good|great)[,.!]+\s+",
    r"not\s+[^,;]{2,30}[,;]\s*",
    r"(?:and|adn|but|or|also|then|plus|so|now(?=\s+\w)|only|just|&)\b,?\s*",
)
_AGAIN = (
    r"(?:what|how)\s+(?:about|abt|of)\b",
    r"(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:(?:do|say|show|check|ask"
    r"|give)\s+(?:me\s+)?)?(?:the\s+)?same(?:\s+(?:question|thing))?(?:\s+again)?,?(?:\s+but)?(?=\s+(?:for|in"
    r"|about|with|on|of)\b)",
    r"i\s+(?:mean|meant)\b",
    r"make\s+(?:it|that)\b",
    r"try\b",
    r"let.s\s+(?:try|see|look\s+at|take|talk\s+about|discuss|go\s+(?:back\s+)?to)\b",
    r"(?:switch|change|turn|move|go|back|return)\s+(?:back\s+)?to\b",
    r"(?:i\s+(?:want|need|would\s+like)|i.d\s+like)\s+(?:to\s+(?:know|hear|ask)\s+)?about\b",
    r"any(?:thing)?\s+(?:on|about|regarding)\b",
    r"(?:is|are|was|were)\s+there\s+(?:any(?:thing)?|something"
    r"|more)(?:\s+(?:more|else|information|details?))?\s+(?:on|about|regarding)\b",
    r"(?:do(?:es)?|did)\s+(?:it|they|you)\s+(?:say|have|mention|find|report)\s+(?:anything|something|more)\s+(?:on"
    r"|about|regarding)\b",
    r"(?:how|what)\s+(?:is|was|were|are)\s+(?:it|that|this)(?:\s+like)?(?=\s+(?:in|for|at)\b)",
    r"(?:how\s+does\s+(?:that|this|it)\s+)?compared?(?:\s+(?:that|this|it))?\s+(?:with|to|against)\b",
    r"(?:versus|vs)\b\.?",
)
_TELL = r"(?:tell|show|give)\s+me(?:\s+(?:about|more\s+about|more\s+on))?\b"
_MARKER = compile_late(
    rf"(?:{'|'.join(_OPENINGS)})*(?:{'|'.join(_AGAIN)}|(?<=\s){_TELL})?[\s,:]*",
    re.IGNORECASE,
)
_CLOSING = compile_late(
    r"[,\s]+(?:too|as well|also|instead|please|then|only|though|exactly|again|specifically|in particular|at all"
    r"|in (?:the|that) same (?:year|report|inspection|period|time)|for the same (?:year|force))(?=[\s?.!]*$)",
    re.IGNORECASE,
)
_NEW = compile_late(
    r"(?:(?:ok(?:ay)?|thanks|now|and)[,.!]*\s+)*(?:a\s+|on\s+a\s+)?(?:new|another|different|separate"
    r"|unrelated)\s+(?:question|topic|subject|matter|note)\b"
    r"|(?:changing|to\s+change)\s+(?:the\s+)?(?:subject|topic)|moving\s+on\b|something\s+else\s*[:,]",
    re.IGNORECASE,
)
_PLURAL_BODY = r"(?:forces?|bodies|authorities|councils?|areas?|constabular\w+|places?)"
_ELSEWHERE = compile_late(
    r"(?:in |for |at |from |by |of |with )?(?:(?:the |all |any |every |each )*(?:other|others|all|every"
    rf"|any other)(?: the)? ?{_PLURAL_BODY}|(?:the |all the )?others?|elsewhere|every ?where(?: else)?|the rest"
    r"|anywhere else)",
    re.IGNORECASE,
)
_ANY_YEAR = compile_late(
    r"(?:in |for |at |from |over )?(?:(?:the |all |any |every )*(?:other|all|every|different|earlier"
    r"|previous)(?: the)? (?:years|inspections|reports|cycles)|any other year|time|the years)",
    re.IGNORECASE,
)
_NOW = compile_late(
    r"(?:right )?now(?:adays)?|today|currently|at (?:the moment|present)|these days|(?:more |most )?recently"
    r"|lately|(?:the )?(?:latest|newest|most recent)(?: one)?|since(?: then| that)?"
    r"|is it (?:still )?(?:like that|the case)? ?now",
    re.IGNORECASE,
)
_POINT = r"(?:one|time|year|inspection|report|assessment|cycle)"
_EARLIER = compile_late(
    r"(?:in |at |from )?(?:before(?: (?:that|then|this))?"
    rf"|(?:the |its )?(?:previous|earlier|prior|preceding|last)(?: {_POINT})?|the {_POINT} before(?: that)?"
    r"|previously|earlier(?: on)?)",
    re.IGNORECASE,
)
_LATER = compile_late(
    r"(?:in |at |from )?(?:after(?:wards?| (?:that|then|this))|later(?: on)?"
    rf"|(?:the |its )?(?:next|following|subsequent|later)(?: {_POINT})?|the {_POINT} after(?: that)?|subsequently)",
    re.IGNORECASE,
)
_MOVES = (
    (_ELSEWHERE, Move.ELSEWHERE),
    (_ANY_YEAR, Move.ANY_YEAR),
    (_NOW, Move.NOW),
    (_EARLIER, Move.EARLIER),
    (_LATER, Move.LATER),
)


def opens_new_matter(text: str) -> bool:
    """Tell whether a turn says of itself that it is about something else."""
    return _NEW.match(text) is not None


def without_opening(text: str) -> tuple[str, bool]:
    """Return a turn without the words that only join it to the last or close it, and whether it opens with such.

    >>> without_opening("ok, and what about custody then?")
    ('custody?', True)
    """
    opening = _MARKER.match(text)
    end = opening.end() if opening else 0
    return _CLOSING.sub("", text[end:]), re.search(r"\w", text[:end]) is not None


def find_move(said: str) -> Move | None:
    """Return where a turn moves that says nothing else, or None."""
    return next((move for pattern, move in _MOVES if pattern.fullmatch(said)), None)
