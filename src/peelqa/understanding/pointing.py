"""Words of a whole question that point back at what was talked about: "does it have enough of them?".

Knows nothing of bodies and years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from peelqa.patterns import compile_late


@dataclass(frozen=True, slots=True)
class PointedBack:
    """A whole question with what its words point back at put in."""

    text: str
    at_body: bool
    at_matter: bool


_SAYS = (
    r"(?:say|says|said|find|finds|found|think|thinks|thought|show|shows|shown|so|such|concerned|ensure|sure"
    r"|evidence|believe|know|knows|agree|agreed|report|reported|true|clear|mean|means|way|ways|than|is it)"
)
_BODY_WORDS = compile_late(
    r"\b(?:(?:the|this|that)\s+(?:force|constabulary|council|authority|local authority|service|organisation"
    r"|partnership|report|inspection)|(?:its|their|his|her)(?=\s+\w))\b",
    re.IGNORECASE,
)
_ACTS = compile_late(
    r"\b(?P<aux>do|does|did|can|could|will|would|should|must|might|had)\s+(?:it|they)\b(?=\s+(?!be\b)\w)", re.IGNORECASE
)
_IS_JUDGED = compile_late(
    r"\b(?P<aux>is|was|are|were|has|have)\s+(?:it"
    r"|they)\b(?=\s+(?:been\s+)?(?:good\s+at|efficient|effective|legitimate|well[\s-]led|able|short|spending|using"
    r"|doing|planning|prepared|honest|fair|run|meeting|saving|recruiting|training|going\s+to|got|enough|any|a\s"
    r"|an\s|the\s|set|made|taken|put|kept|started|introduced|tackl|deal|handl|invest|protect|record|respond)\w*)",
    re.IGNORECASE,
)
_THERE = compile_late(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbe )\bthere\b(?=\s*(?:[?.!,]|$|\bin\b))",
    re.IGNORECASE,
)
_SUBJECT = compile_late(
    r"\b(?P<aux>is|was|are|were|has|have|had|do|does|did|will|would|should|can|could|why|how)\s+(?:it|they|that"
    r"|this|those|these)\b(?!\s+(?:any|force|report|area))",
    re.IGNORECASE,
)
_OBJECT = compile_late(
    r"(?<!\bis )\b(?:it|them|that|this|those"
    r"|these)\b(?=\s*(?:[?.!,;:]|$|\b(?:in|at|for|by|to|now|again|and|or|on|with|from|since|when|because|yet|still"
    r"|properly|well|better|quickly|there|has|have|is|was|were|are)\b))",
    re.IGNORECASE,
)
_THAT_NOUN = compile_late(
    r"\b(?:(?:that|this|those|these|such)\s+(?=[a-z]{3,})"
    r"|the\s+(?=(?:numbers?|figures?|rates?|trends?|totals?|percentages?|rise|fall|increase|drop|problems?"
    r"|situation|issues?|same)\b(?!\s+of\b)))",
    re.IGNORECASE,
)
_OF = compile_late(
    r"(?P<aux>\b(?:any|some|all|most|half|none|each|many|few|how many|which|one|two|both|part"
    r"|much)\s+of)\s+(?:(?:them|it)\b|(?:these|those|that|this)\b(?!\s+[a-z]+s\b))",
    re.IGNORECASE,
)
_ONE = compile_late(
    r"\b(?:has|have|had|get|gets|got|need|needs|want|given|issued|use|uses|the same|such)\s+(?:one|ones|any"
    r"|some)\b(?=\s*[?.!]*$)|\bthe\s+\w+\s+ones?\b",
    re.IGNORECASE,
)
_ACTED_ON = compile_late(
    r"(?P<aux>\b(?:put|make|get|fix|chang|improv|stop|prevent|reduc|tackl|address|solv|resolv|keep|turn|handl"
    r"|deal with|caus|explain|correct|support|provid|check|measur|record)(?:e|es|ed|ing|ting)?)"
    r"\s+(?:(?:it|them)\b|(?:this|that|these|those)\b(?!\s+[a-z]{3,}))",
    re.IGNORECASE,
)
_ELLIPTIC = compile_late(
    r"(?P<aux>^(?:how many|how much|which|(?:what|which) (?:proportion|percentage|share|number)))(?= (?:had|have"
    r"|has|were|was|are|is|did|got|involved|took|failed|met|could|should|must|can)\b)",
    re.IGNORECASE,
)
_SAYING = compile_late(
    r"\s+(?:say|find|think|mention|report|conclude|recommend|believe|notice|criticise|praise)\b", re.IGNORECASE
)
_PERSON = compile_late(r"\b(?:he|she|him|hers?|his)\b", re.IGNORECASE)
_ANTECEDENT_ONE = compile_late(
    r"\b(?:the|an?|each|every|any|no|one|its|their)\s+(?!force\b|constabulary\b|council\b|authority\b|report\b"
    r"|inspection\b|other\b|more\b|further\b|new\b|same\b)[a-z]{3,}",
    re.IGNORECASE,
)
_ANTECEDENT_MANY = compile_late(
    r"\b(?!does\b|is\b|was\b|has\b|its\b|inspectors\b|reports?\b|always\b|this\b|concerns\b"
    r"|strengths\b)(?:[a-z]{3,}(?<!s)s|people|children|staff|police|women|men)\b",
    re.IGNORECASE,
)


_AT_MATTER = (_OF, _ACTED_ON, _ELLIPTIC, _OBJECT, _SUBJECT)


def point_back(text: str, matter: str, *, names_body: bool = False) -> PointedBack:
    """Put what was talked about in the place of the words that point back at it.

    A word that has what it means before it in the same question ("children ... when they ...") points back at nothing, nor
    does "its" in a question that names a body.

    >>> point_back("Does it have enough money?", "child protection").text
    'Does the force have enough money?'
    >>> point_back("What has been done about it?", "child protection").text
    'What has been done about child protection?'
    """
    at_body = False
    if not names_body:
        text, at_body = _put_body(text)
    put = _put_matter(text, matter, names_body)
    return PointedBack(put or text, at_body or put is not None, put is not None)


def _put_body(text: str) -> tuple[str, bool]:
    """Put "the force" for "it" and "they", and tell whether anything points back at the body."""
    said = _BODY_WORDS.search(text)
    at_body = said is not None and not _own(text, said)
    for pattern in (_ACTS, _IS_JUDGED):
        match = pattern.search(text)
        if match and not _own(text, match):
            who = "inspectors" if _SAYING.match(text, match.end()) else "the force"
            text, at_body = f"{text[: match.start()]}{match['aux']} {who}{text[match.end() :]}", True
    if match := _THERE.search(text):
        text, at_body = f"{text[: match.start()].rstrip()}{text[match.end() :]}", True
    return text, at_body


def _put_matter(text: str, matter: str, names_body: bool) -> str | None:
    for pattern in _AT_MATTER:
        match = pattern.search(text)
        own = match and pattern is not _OF and _own(text, match)
        if match and names_body and pattern is _SUBJECT:
            own = own or "the force" in text[: match.start()]
        if match and not own and not re.search(rf"\b{_SAYS}\s+$", text[: match.start()], re.IGNORECASE):
            kept = f"{match['aux']} " if "aux" in match.groupdict() else ""
            return f"{text[: match.start()]}{kept}{matter or 'it'}{text[match.end() :]}"
    if _ONE.search(text):
        return f"{text.rstrip(' ?.!')} ({matter})?" if matter else text
    match = _THAT_NOUN.search(text)
    said = match and re.search(rf"\b{_SAYS}\s+$", text[: match.start()], re.IGNORECASE)
    if (match and not said and not _own(text, match) and not _BODY_WORDS.match(text, match.start())) or _PERSON.search(
        text
    ):
        return f"{text.rstrip(' ?.!')} ({matter})?" if matter else text
    return None


def _own(text: str, match: re.Match[str] | None) -> bool:
    """Tell whether a word that points back has what it means before it in the text."""
    if match is None:
        return False
    before, word = text[: match.start()], match[0].casefold()
    many = re.search(r"\b(?:they|them|their|those|these)\b", word)
    return bool((_ANTECEDENT_MANY if many else _ANTECEDENT_ONE).search(before))
