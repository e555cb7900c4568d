"""Who speaks in a sentence, and which named inspection, survey or plan it reports, where the sentence says so itself.

Nothing is carried from one sentence to the next: "the same survey" names none. Every quantifier is bounded.
"""

from __future__ import annotations

import re

from peelqa.patterns import compile_late

_WORD = r"[\w’'&/-]{1,40}\s{1,9}"
_KIND = (
    r"(?:(?:re-?)?inspections?|survey|audit|review|revisit"
    r"|[Ss]urvey\s(?:of\svictims|for\sEngland\sand\sWales)|focused\svisit|monitoring\svisit|scorecard)"
)
_DATED = (
    r"(?:\s{1,9}\([^)]{1,80}\))?(?:,?\s{1,9}(?:of|in|from|published\sin|carried\sout\sin|conducted\sin)\s{1,9}"
    r"(?:[A-Z][a-z]{2,8}\s{1,9})?(?:19|20)\d\d)?,?"
)
_FOUND = (
    r"(?:has\s|had\s|have\s|also\s|also,\s|subsequently\s){0,2}(?:found|finds?|identif(?:ied|ies)|show(?:ed|s|n)"
    r"|concluded?s?|reveal(?:ed|s)"
    r"|noted|report(?:ed|s)|highlight(?:ed|s)|suggest(?:ed|s)|says?|said|recommended|judged|recognised|raised"
    r"|praised|criticised)"
)
_DETERMINER = (
    r"(?:[Tt]he(?:\s(?:force|constabulary|council|authority|county|commissioner)[’']s)?(?:\sown)?|[Aa]n?"
    r"|[Oo]ur|[Ii]ts|[Tt]heir|HMIC(?:FRS)?[’']s|Ofsted[’']s)"
)
_SUBJECT = compile_late(rf"\b{_DETERMINER}\s{{1,9}}(?P<named>(?:{_WORD}){{0,6}}?{_KIND}){_DATED}\s{{1,9}}{_FOUND}\b")
_ACCORDING = compile_late(
    rf"(?:^\W{{0,5}}(?:In|From|By)"
    rf"|\b[Aa]ccording\sto)\s{{1,9}}{_DETERMINER}\s{{1,9}}(?P<named>(?:{_WORD}){{1,6}}?{_KIND}){_DATED}"
    r"(?:,|\s{1,9}(?:which|that)\b|[.;]|$)"
)
_PLAN = compile_late(
    r"\b[Tt]he\s(?:[\w’'-]{1,30}\s){0,2}?(?P<named>[Pp]olice\sand\s[Cc]rime\s[Pp]lan)(?:\s\([^)]{1,80}\))?(?:\sfor\s[\w–/ -]{1,30}?)?"
    r"\s(?:also\s)?(?:includes?|sets?|says|states|commits|aims|asks|promises|has|contains|puts|gives|lists|names|wants)\b"
)
_UNNAMING = compile_late(
    r"(?:(?:recent|most|latest|last|previous|earlier|new|full|own|first|second|third|same|this|next|further"
    r"|separate|subsequent|later|current"
    r"|annual|initial|final|present|of|the|in|its|their|our|\d{4}),?\s){1,6}",
    re.IGNORECASE,
)
_BARE = compile_late(
    r"(?:re-?)?inspections?|survey|audit|review|revisit|focused\svisit|monitoring\svisit|scorecard", re.IGNORECASE
)
_OF_WHOM = compile_late(r"\b[Ss]urvey\s(?:of\svictims|for\sEngland\sand\sWales)")
_NOT_IN_NAMES = compile_late(
    r"\b(?:found|that|who|which|is|are|was|were|has|have|had|by|at|during|since|before|after|prior|leading|of|to"
    r"|through|from|in|for)\s"
)


def find_source(sentence: str) -> str | None:
    """Return the inspection, survey, review or plan that the sentence itself names as where its finding comes from, or None.

    >>> find_source("The child protection inspection found a clear plan.")
    'child protection inspection'
    """
    for pattern in (_SUBJECT, _ACCORDING, _PLAN):
        for match in pattern.finditer(sentence):
            named = _name(match["named"])
            if named:
                return named
    return None


def _name(written: str) -> str | None:
    """Return a name without the words before it that name nothing ("recent"), or None where it is no name."""
    words = " ".join(written.split())
    unnaming = _UNNAMING.match(words)
    named = words[unnaming.end() :] if unnaming else words
    return None if not named or _BARE.fullmatch(named) or _NOT_IN_NAMES.search(_OF_WHOM.sub("", named)) else named


_QUOTED = compile_late(r"“[^”]{1,600}”|(?<!\w)‘[^’]{1,600}’(?!\w)")
_TOLD = compile_late(
    r"(?:^\W{0,5}|[,;]\s|\b(?:that|but|and|however,)\s)(?P<who>(?:[\w’'-]{1,30}\s){0,4}?[\w’'-]{1,30})\s(?:also\s"
    r"|consistently\s|all\s){0,2}"
    r"(?:(?:told|tell)\s(?:us|me|inspectors|an\sinspector|HMIC|HMICFRS)|said\sthat|said(?=,)|say\sthat|spoke\sto\sinspectors"
    r"|reported\sto\sus)\b"
)
# "Most social workers report feeling supported": of people alone, as plans describe things too.
_PEOPLE = (
    r"children|people|parents|carers|families|staff|officers|workers|leaders|headteachers|teachers|leavers|professionals|practitioners"
    r"|partners|governors|victims|pupils|managers|assistants"
)
_NOT_BEFORE_PEOPLE = (
    r"(?i:although|whil(?:e|st)|with|when|if|what|how|whether|that|which|who|whom|where|why|because|since|as|of|on|to|in|by|for|from"
    r"|no|we|inspectors|records?|found|saw|seen|show\w{0,3}|check\w{0,3}|act|spoke)"
)
_PEOPLE_SAY = compile_late(
    r"(?:^\W{0,5}|[,;]\s|\b(?:that|but|and|however,|[Aa]lthough|[Ww]hil(?:e|st))\s)"
    rf"(?P<who>(?:(?!{_NOT_BEFORE_PEOPLE}\s)[\w’'-]{{1,30}}\s){{0,3}}?(?:{_PEOPLE}))\s"
    r"(?:(?:also|consistently|all|overwhelmingly)\s){0,2}(?:report(?:ed)?\s(?:that|feeling|being|having|positively)"
    r"|described?(?!\s(?:as|by|in)\b)|say|said|comment(?:ed)?\sthat)\b"
)
_BODY = compile_late(
    r"(?<!by )(?<!when )(?<!which )(?<!that )\b(?P<who>HMICFRS|HMIC|Ofsted|HMI\sProbation"
    r"|(?:the\s)?Care\sQuality\sCommission|CQC)(?:[’']s\s(?:assessment|view|judg\w{2,6}|finding)|\s(?:also\s)?"
    r"(?:found|finds|is|was|has|had|considers?|recognises|concluded|judged|identified|expects|recommends?|believes"
    r"|noted|saw|will))\b"
)
_INSPECTORS = compile_late(
    r"(?<!by )(?<!with )(?<!to )(?<!told )(?<!met )\b[Ii]nspectors\s(?:also\s|have\s|had\s){0,2}(?:found|saw|see|were|are|was|identified|noted"
    r"|considered?|observed|concluded|heard|met|spoke"
    r"|looked|examined|reviewed|sampled|judged|did|believe|recommended|recognised|evaluated)\b"
)
_FIRST_PERSON = compile_late(
    r"(?:^|[\s(])(?:I(?:\s(?:am|was|have|had|do|did|will|would|can|could)\b|[’']\w{1,2}\b|\s[a-z]{2,20}\b)|My\s[a-z])"
)
_WE = compile_late(
    r"(?:^|[\s(])(?:[Ww]e\s[a-z]{2,20}\b|[Oo]ur\s(?:own\s|\d{4}\s)?(?:inspect\w{2,4}|judg\w{2,7}|findings?"
    r"|assessment|graded|grades?|intention|view|last|previous|first|earlier)\b)"
)
_NOBODY = compile_late(
    r"^(?:this|it|that|there|he|she|they|who|which|we|i|what|while)\b|^$|\b(?:is|are|was|were|has|have|had|able|to)\b",
    re.IGNORECASE,
)
_CLAUSE = compile_late(r"\s(?:who|whom|that|spoken|we|in|at)\b.*")
_FILLER = compile_late(
    r"(?:however|in addition|also|for example|but|and|that|the)\s|(?:however|in addition|for example),\s", re.IGNORECASE
)

AUTHOR = "the report's author"
"""Who speaks where a sentence says "I"."""
AUTHORS = "the report's authors"
"""Who speaks where a sentence says "we"."""
INSPECTORS = "inspectors"


def find_speaker(sentence: str) -> str | None:
    """Return who says what a sentence says, where it makes that clear, or None.

    A survey or plan, the people who told inspectors, an inspectorate, "inspectors", or AUTHOR or AUTHORS for the first person;
    words inside quotation marks are somebody else's and make nobody the speaker. A named inspection is a source, not a speaker.

    >>> find_speaker("I am concerned about the response.")
    "the report's author"
    """
    plain = _QUOTED.sub(" ", sentence)
    source = find_source(plain)
    if source and re.search(r"(?:survey|plan)\b", source, re.IGNORECASE):
        return source
    told = _told(plain)
    if told:
        return told
    voices = [(match.start(), match["who"].removeprefix("the ")) for match in _BODY.finditer(plain)]
    for pattern, who in ((_INSPECTORS, INSPECTORS), (_FIRST_PERSON, AUTHOR), (_WE, AUTHORS)):
        voices.extend((match.start(), who) for match in pattern.finditer(plain))
    return min(voices)[1] if voices else None


def _told(sentence: str) -> str | None:
    match = _TOLD.search(sentence) or _PEOPLE_SAY.search(sentence)
    if not match:
        return None
    who = _FILLER.sub("", match["who"], count=1) if _FILLER.match(match["who"]) else match["who"]
    who = _CLAUSE.split(who)[0]
    return None if _NOBODY.search(who) or _BARE.search(who) else who
