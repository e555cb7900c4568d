"""What a sentence says of itself: a concern or a strength, and which named inspection or survey it reports.

Read from cue words alone and shown as such; knows nothing of questions.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Finding(StrEnum):
    """The direction of a finding."""

    CONCERN = "concern"
    STRENGTH = "strength"
    MIXED = "mixed"
    NEUTRAL = "neutral"


_CONCERN = re.compile(
    r"\b(?:concern(?:s|ed|ing)?|weak(?:ness(?:es)?|er)?|poor(?:ly)?|inadequate(?:ly)?|insufficient(?:ly)?|inconsisten\w+"
    r"|fail(?:s|ed|ing|ures?)?|lack(?:s|ed|ing)?|unable|unaware|too\s(?:many|few|often|long|slow\w*|little|much)"
    r"|not\s(?:always|yet|consistently|sufficient\w*|enough|fully|all|effective\w*|well|good|routinely|confident|been|aware"
    r"|have|receive\w*|know|understand|record\w*|assess\w*|able|clear)|cannot|does\snot|do\snot|did\snot|is\snot|are\snot"
    r"|needs?\sto\s(?:improve|be\simproved|do\smore|take|address|ensure|make|develop|review|strengthen|increase|reduce)"
    r"|should\s(?:improve|ensure|review|take|address|make)|must\s(?:improve|ensure|be\smade|take|address)"
    r"|need\sfor\simprovement|improvements?\s(?:must|could|should|(?:is|are)\s(?:needed|required))|further\swork\sis\sneeded"
    r"|requires?\simprovement|delay(?:s|ed)?|backlogs?|incorrect(?:ly)?|inaccura\w+|missed|gaps?|limited|unacceptabl\w+"
    r"|heavy\sworkloads?|high\sworkloads?|overdue|outdated|slow(?:er|ly)?|struggl\w+|deteriorat\w+|declin(?:e|ed|ing)"
    r"|wors(?:e|ened|ening)|risk\sof\sharm|unclear|vulnerab\w+\sare\snot|less\s(?:effective|than\sthe\sfigure|satisfied)"
    r"|shortage\w*|unresolved|ineffective\w*|little\s(?:evidence|progress|understanding)|few(?:er)?\sthan|no\s(?:clear|effective"
    r"|consistent|formal|overall|plan|process)|absent|absence|variable|drift)\b",
    re.IGNORECASE,
)
_STRENGTH = re.compile(
    r"\b(?:(?<!not\s)good(?!\sat\sneither)|outstanding|excellent(?:ly)?|strong(?:ly|er)?|effective(?:ly)?(?!\sfrom\s\d)"
    r"|well(?:-\w+)?(?=\s|,|\.|;)(?!\sas\b)(?!-being)|impress(?:ed|ive)|innovative|reassured|praise\w*|commend\w*|robust(?:ly)?"
    r"|clear\s(?:plan|commitment|leadership|understanding|vision|strategy|governance)|comprehensive|confident(?:ly)?"
    r"|improved|improving|progress|success(?:ful(?:ly)?)?|positive(?:ly)?|high\squality|thorough(?:ly)?|skilled|timely|prompt(?:ly)?"
    r"|benefit(?:s|ed)?|commitment|better\sthan|exceed\w*|appropriate(?:ly)?|helpful|swift(?:ly)?|ambitious|embedded|exceptional"
    r"|consistent(?:ly)?|prioritis\w+|satisfied|accurate(?:ly)?)\b",
    re.IGNORECASE,
)
_NEGATED_STRENGTH = re.compile(
    r"\b(?:not|never|rarely|less|lacks?|insufficiently|cannot\sbe|nor|without|unable\sto|no|(?:is|are)n.t)\s(?:\w+\s){0,2}"
    r"(?:good|effective(?:ly)?|well|strong|robust(?:ly)?|clear|confident|timely|consistent(?:ly)?|appropriate(?:ly)?|accurate(?:ly)?"
    r"|satisfied|thorough(?:ly)?|improved|prompt(?:ly)?|progress|effectively|positive)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Ii]ts|[Tt]he\sforce[’']s(?:\sown)?|HMIC(?:FRS)?[’']s|[Aa])\s(?P<named>(?:[A-Z]?[\w’'-]+\s){0,6}?"
    r"(?:inspection|survey|Survey(?:\sfor\sEngland\sand\sWales)?|audit|review))\s?(?:\([^)]{0,60}\)\s?)?"
    r"(?:also\s)?(?:found|identified|showed|shows|concluded|revealed|noted|reported|highlighted|suggested|says)\b"
)
_UNNAMED_SOURCES = frozenset(
    {"inspection", "review", "survey", "audit", "last inspection", "previous inspection", "same survey"}
)


def judge_finding(sentence: str) -> Finding:
    """Judge a sentence by its cue words: both kinds make it mixed, none makes it neutral."""
    plain = sentence.replace("\u00a0", " ")
    negated = _NEGATED_STRENGTH.search(plain) is not None
    concern = negated or _CONCERN.search(plain) is not None
    strength = _STRENGTH.search(_NEGATED_STRENGTH.sub(" ", plain)) is not None
    if concern and strength:
        return Finding.MIXED
    if concern:
        return Finding.CONCERN
    return Finding.STRENGTH if strength else Finding.NEUTRAL


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


def asks_for_finding(question: str) -> Finding | None:
    """Return the direction of finding that a question asks for ("what concerns ...", "... good at"), or None."""
    plain = question.casefold()
    concern = re.search(
        r"\b(?:concern\w*|weak\w*|problem\w*|fail\w*|poor\w*|criticis\w+|worr\w+|shortcoming\w*|gone wrong|going wrong|wrong with"
        r"|improve(?:ment)?s?\b(?!.*\b(?:made|since)\b)|do better|issues?|bad(?:ly)?|struggl\w+|worst)\b",
        plain,
    )
    strength = re.search(
        r"\b(?:good at|strengths?|strong|praise\w*|do(?:es|ing)? well|done well|best|success\w*|positive|impress\w*|commend\w*"
        r"|works well|working well)\b",
        plain,
    )
    if bool(concern) == bool(strength):
        return None
    return Finding.CONCERN if concern else Finding.STRENGTH
