"""What a question asks of grades: on which subject, of which value, of bodies as a whole. Knows nothing of an index."""

from __future__ import annotations

import re
from collections.abc import Sequence

from peelqa.index import ReportCard
from peelqa.patterns import compile_late
from peelqa.questions import Question
from peelqa.statements.subject import asking_stems, stems_wanted
from peelqa.words import stems

OPENING = r"(?:and |so |but )?"
"""What may stand before a question that follows another."""
_ASKING_STEMS = asking_stems("grading", "awarding", "values", "listing", "time", "present", "becoming", "comparing")
_VALUE = compile_late(
    r"\b(?:outstanding|requir\w* improvement(?: to be good)?|good|adequate|inadequate|ungraded)\b", re.IGNORECASE
)
# What PEEL asks under each of its pillars; the headings of reports word it in many ways.
_PILLARS = (
    (compile_late(r"\bvalue for money\b", re.IGNORECASE), "Efficiency"),
    (compile_late(r"\bkeep\w* people safe\b|\breduc\w+ crime\b", re.IGNORECASE), "Effectiveness"),
    (
        compile_late(r"\btreat\w* (?:people|the public|everyone) fairly\b|\bfair and legal\b", re.IGNORECASE),
        "Legitimacy",
    ),
)
_PRAISES = ("adequate", "good", "outstanding")
"""From the lowest up."""
_DENIED = compile_late(r"\b(?:not|never)\b|n[’']t\b", re.IGNORECASE)
_ANY = r"(?:has|have|is|are|was|were|did) any"
_WHICH = compile_late(rf"{OPENING}(?:in )?(?:which|what|where|list|show|{_ANY})\b", re.IGNORECASE)
_WHICH_BODIES = compile_late(
    rf"{OPENING}(?:which|what|{_ANY}) (?:of the )?(?:(?:police )?forces?|constabular(?:y|ies)"
    r"|(?:local )?authorit(?:y|ies)|councils?"
    r"|boroughs?|count(?:y|ies)|bod(?:y|ies))\b",
    re.IGNORECASE,
)
_ACCOUNT = compile_late(
    rf"{OPENING}(?:why|how come|(?:what|which) (?:was|were|is|are) the reasons?"
    r"|how (?:did|has|have|had)(?! .{0,60}\b(?:grad|rat|judg)ed?\b))\b",
    re.IGNORECASE,
)
_PAST = compile_late(r"\b(?:was|were|been|had|ever|did|got|received|used to)\b", re.IGNORECASE)
_WHETHER_GOOD = compile_late(
    rf"{OPENING}(?:is|are|was|were) the (?:force|authority) (?:an? |any |still |really )?(?:good or bad|outstanding|good"
    r"|adequate|inadequate|bad|poor"
    r"|failing)(?: (?:force|council|authority|one))?(?: (?:overall|now|currently|at the moment|in general|these days))?\W*",
    re.IGNORECASE,
)
_GRADE_ITSELF = compile_late(
    r"\bgrad(?:e|ed|es|ing|ings)\b|\brat(?:ed|ing|ings)\b"
    r"|\b(?:outstanding|good|adequate|inadequate|requires? improvement) or (?:outstanding|good|adequate|inadequate"
    r"|requires? improvement)\b",
    re.IGNORECASE,
)


def asks_for_account(question: Question) -> bool:
    """Tell whether a question wants the reasons for a grade, or how things came to be so."""
    return _ACCOUNT.match(question.searched) is not None


def asks_for_grade_itself(question: Question) -> bool:
    """Tell whether a question speaks of a grade as such, and not only of what is good."""
    return _GRADE_ITSELF.search(question.searched) is not None


def asks_which_bodies(question: Question) -> bool:
    """Tell whether a question asks which bodies, of all, have a grade."""
    return _WHICH_BODIES.match(question.searched) is not None


def asks_as_things_stand(question: Question) -> bool:
    """Tell whether a question names no year and is not put in the past."""
    return not question.year and _PAST.search(question.searched) is None


def asks_whether_good(question: Question) -> bool:
    """Tell whether a question asks of a body as a whole whether it is good."""
    return _WHETHER_GOOD.fullmatch(question.searched) is not None


def pillar_asked(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of the PEEL pillar of which just its own question is asked ("value for money": efficiency), if any."""
    wanted = asked_subject(question, reports)
    for asked, pillar in _PILLARS:
        found = asked.search(question.searched)
        if found and wanted <= set(stems(found[0])):
            return set(stems(pillar))
    return set()


def asked_subject(question: Question, reports: Sequence[ReportCard]) -> set[str]:
    """Return the stems of what a grade is asked on; none where only a body is named, or whichever bodies."""
    bodies = _WHICH_BODIES.match(question.searched)
    naming = set(stems(bodies[0])) if bodies else set[str]()
    return stems_wanted(question, reports) - _ASKING_STEMS - naming


def has_asked_value(question: Question, value: str) -> bool:
    """Tell whether a grade's value is one that a question asks who or what has, or does not have; True where it asks for none.

    What is not good is worse than that. What a scale adds to a value makes no difference: "Requires improvement to be
    good" is "requires improvement".
    """
    asked = plain_values(question.searched)
    if not _WHICH.match(question.searched) or not asked:
        return True
    given = next(iter(plain_values(value)), "")
    if _DENIED.search(question.searched) is None:
        return given in asked
    better = next((_PRAISES[at:] for at, praise in enumerate(_PRAISES) if praise in asked), ())
    return given not in ("", *asked, *better)


def plain_values(text: str) -> list[str]:
    """Return the grades that a text names, in order, in small letters and without what a scale adds to them.

    >>> plain_values("From Good to Requires improvement to be good")
    ['good', 'requires improvement']
    """
    return [re.sub(r"requir.*", "requires improvement", each.casefold()) for each in _VALUE.findall(text)]
