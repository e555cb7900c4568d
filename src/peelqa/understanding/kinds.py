"""The kind of answer a question wants, told by its words."""

from __future__ import annotations

import re
from enum import StrEnum

from peelqa.findings import Finding
from peelqa.patterns import compile_late
from peelqa.understanding.wanted import TO_BE_DONE


class Kind(StrEnum):
    """The kind of answer a question wants."""

    FINDING = "finding"
    GRADE = "grade"
    FIGURE = "figure"
    DATE = "date"
    PERSON = "person"
    LIST = "list"
    OTHER = "other"


_KINDS = (
    (Kind.FINDING, r"^(?:and |but |so )?(?:why|how come)\b"),
    (Kind.DATE, r"^(?:and |but |so )?when\b.*\blast updated\b"),
    # Of residents who rated their police no grade is asked; of councils that were rated, one is.
    (
        Kind.FIGURE,
        r"\b(?:how many|(?:what|which) (?:share|proportion|percentage) of) (?:[\w’'-]+ ){0,3}?(?:people|residents"
        r"|victims|respondents|public|staff|parents|carers"
        r"|children|pupils|officers)\b.{0,40}\b(?:rated?|judged?|thought|think)\b",
    ),
    (
        Kind.GRADE,
        r"\bgrad(?:e|ed|es|ing|ings)\b|\boverall (?:effectiveness|judge?ment)\b|\brat(?:ed|ing|ings)\b"
        r"|\bjudg(?:ed|e?ments?)\b(?! of the)"
        rf"|\b(?:inadequate|outstanding(?! {TO_BE_DONE})|requires? improvement)\b"
        r"|^(?:and |but |so )?what (?:did|does|has|have|was|were)\b.*\b(?:get|got|gotten|given|receive|received"
        r"|score|scored|achieve|achieved) for\b",
    ),
    (
        Kind.FIGURE,
        r"\bhow (?:many|much|long|often|big|large|far|fast|quickly|old)\b"
        r"|\bwhat(?:[’']s| is| was| are| were) (?:the |its |their )?(?:maximum|minimum|longest|shortest|highest|lowest|average|typical) "
        r"(?:[\w’'-]+ ){0,3}?(?:times?|waits?|lengths?|distances?|ages?|numbers?|stays?|durations?|caseloads?|rates?)\b"
        r"|\b(?:what|which) (?:share|proportion|percentage|number|size|fraction)\b"
        r"|\b(?:percentage|number|proportion|share|rate|total|average) of\b|\bpopulation\b"
        r"|\bcosts?\b(?! of living)|\bper ?cent(?:age)?\b"
        r"|(?<!\bcrime )(?<!\bthe )\bfigures\b|^(?:what|which|give|show|tell)\b.*\bfigures\b"
        r"|\b(?:what|the|a) figure\b(?! (?:in|of|who|behind))|\bbudget\b|\bstatistics\b",
    ),
    (
        Kind.DATE,
        r"^(?:and |but |so )?(?:since |until |by )?when\b"
        r"|\b(?:what|which|on what|on which) (?:date|year|month|day)s?\b|\blast updated\b|\bdates? of\b"
        r"|\bdeadline\b|\b(?:publication|inspection) dates?\b",
    ),
    (
        Kind.PERSON,
        r"(?:^|, )(?:and |but |so )?who(?:m|se)?\b(?! (?:is|are) (?:at risk|affected|most))"
        r"|\bnames? of (?:the|its) \w*\s?(?:inspector|chief|commissioner|director|leader|hmi|officer)"
        r"|\blead inspector\b"
        r"|\bwhich (?:inspector|officer|chief constable|commissioner|organisation|university|company|charity|firm"
        r"|school|hospital|contractor)\b"
        r"|\bwhat (?:is|was) the name of\b|\bwhat(?:['’]s| is| was) (?:\w+['’]s|the \w+['’]s|its|their) name\b",
    ),
    (
        Kind.LIST,
        r"^(?:please )?(?:list|name|enumerate|show(?: me)?(?: all)?|give me (?:a list|all))\b"
        r"|\bwhat (?:are|were) (?:all )?(?:the|its|their)\b(?!.*\b(?:like|doing)\b)"
        r"|\bwhat \w*\s?(?:recommendations|priorities|areas)\b"
        r"|\bwhich (?:areas|recommendations|priorities|kinds|types|ways|steps|partners|agencies"
        r"|\w+s)\b(?! (?:is|was))|\bpriorities\b|\b(?:recommendations|areas for improvement|causes of concern)\b",
    ),
    (
        Kind.FINDING,
        r"\bhow (?:well|good|bad|effective\w*|efficient\w*|accurate\w*|safe|legitimate|is|are|was|were|does|do|did"
        r"|has|have)\b|^(?:is|are|was|were|does|do|did|has|have|can|could)\b"
        r"|\bwhat (?:did|does|do|have|has) (?:the )?(?:inspectors?|report|hmic\w*|ofsted|inspection)\b"
        r"|\b(?:concern|strength|weakness|problem|finding|good at|praise|critici)\w*",
    ),
)
# Of incidents that are graded, or risks that are rated, no grade of an inspection is asked.
_GRADED_BY_OTHERS = compile_late(
    r"\b(?:incidents?|calls?|risks?|cases|referrals?|victims?|crimes?"
    r"|reports of \w+) (?:(?:is|are|was|were|being|been|correctly|accurately|properly|wrongly) )*"
    r"(?:graded?|gradings?|rated|ratings?|judged)\b"
    r"|\b(?:graded|rated) (?:as )?(?:a )?(?:priority|emergency|immediate|urgent|high|medium|standard|low)\b",
    re.IGNORECASE,
)
_SINCE_GRADED = compile_late(
    r"\b(?:since|after|before|until) (?:(?:the )?\w+ )?(?:(?:was|were|is|are) )?(?:(?:rated|judged|graded|found|declared) )?"
    r"(?:inadequate|requires improvement|good|outstanding)\b",
    re.IGNORECASE,
)


def find_kind(text: str, finding: Finding | None) -> Kind:
    """Return the kind of answer that a question's words want."""
    plain = without_since(_GRADED_BY_OTHERS.sub(" ", text.casefold())).strip()
    found = next((kind for kind, pattern in _KINDS if re.search(pattern, plain)), Kind.OTHER)
    return Kind.FINDING if found is Kind.OTHER and finding else found


def without_since(text: str) -> str:
    """Leave out words that name a grade only to say from when on.

    >>> without_since("what changed since it was inadequate")
    'what changed  '
    """
    return _SINCE_GRADED.sub(" ", text)
