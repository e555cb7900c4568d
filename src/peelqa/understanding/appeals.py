"""What people type that is no question to inspection reports: a call for help, for advice or for an opinion, a greeting.

Knows nothing of what is indexed, but for the words by which gibberish is told from a subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from peelqa.patterns import compile_late


class Advice(StrEnum):
    """Something asked for that no report could say, the most urgent first."""

    EMERGENCY = "emergency"
    """Someone is in danger, or reports a crime."""
    ADVICE = "advice"
    """How to do something, or what the asker should do."""
    OPINION = "opinion"
    """What the program thinks, or what will happen."""


class Unclear(StrEnum):
    """Why a text is no question."""

    EMPTY = "empty"
    GREETING = "greeting"
    THANKS = "thanks"
    GIBBERISH = "gibberish"


_OURS_TO_ASK_ABOUT = "force|council|authority|officers?|staff|area|town|city|county|local|police|schools?|services?|social|workers?|taxes|money"
_I = rf"(?:i|we|my \w+|(?<!of )our (?!(?:{_OURS_TO_ASK_ABOUT})\b)\w+)"
_RELATIVE = (
    r"(?:dad|daddy|father|mum|mummy|mother|step\w+|partner|boyfriend|girlfriend|husband|wife|ex|uncle"
    r"|brother|son|daughter|carer|foster \w+)"
)
_CRIME = (
    r"(?:robb\w+|burgl\w+|mugg\w+|stab\w+|attack\w+|assault\w+|rap(?:ed|ing)|abus\w+|stalk\w+|threaten\w+"
    r"|follow(?:ed|ing)|scamm\w+|"
    r"defraud\w+|hit(?:s|ting)?|beat(?:s|ing|en)?|hurt(?:s|ing)?|broken into|stolen|shot|kidnap\w+|harass\w+"
    r"|blackmail\w+|kill\w*|"
    r"break(?:s|ing) in(?:to)?|going to (?:kill|hurt)|missing|grooming|groomed)"
)
_OPENS = r"(?:^|[.!?,]\s*|\b(?:help|please|because|urgent|hi|hello|think|there'?s)\s+)"
_EMERGENCY = compile_late(
    rf"\b{_I} (?:(?:have|has|had) (?:just )?been|was|were|am|is|are|got|keeps?|has"
    rf"|have)(?: (?:just|being|been|getting|gone))* {_CRIME}\b"
    rf"|\b(?:i'm|i've been|we've been|i've just been) (?:(?:being|getting|just|been) )*{_CRIME}\b"
    rf"|{_OPENS}(?:some(?:one|body)|a man|a woman|he|she|they|people"
    r"|my \w+) (?:(?:is|are|has|have|keeps?|just|was|were|might be|may be|been|being|about to|trying to) )*"
    rf"{_CRIME} (?:me|us|my|our|in|into|outside|next door|now|him|her)\b"
    rf"|{_OPENS}(?:some(?:one|body)|he|she|my \w+)(?: (?:is|has|was))?(?: (?:just|been|being))* {_CRIME}[.!?]*$"
    r"|\b(?:my|our) (?:house|home|flat|car|van|phone|bike|bicycle|bag|wallet|shed|shop"
    r"|identity)\b.{0,20}\b(?:stolen|broken into|robbed|burgled|taken|gone)\b"
    rf"|{_OPENS}some(?:one|body) (?:stole|took|broke into|attacked|hit|robbed|hurt|is breaking|is in my) "
    r"|\bi (?:want|need|would like|wish|'d like) to report\b"
    r"|\b(?:where|how|who) (?:do|can|should) (?:i|we|you) report\b"
    r"|^(?:i'd like to )?report (?:a|an|my) (?:crime|burglary|theft|robbery|rape|assault|missing|scam|fraud)\b"
    r"|^(?:please )?(?:send|call|get)(?: \w+)? (?:the )?(?:police|help|ambulance)\b"
    r"|\b(?:need|want) (?:the )?(?:police|help|ambulance)(?: (?:to|now|please|here|quick\w*))?[.!]*$"
    r"|^help me[.!]*$|\bplease help[.!]*$|^help!*$"
    r"|\b(?:i am|i'm|we are|we're|(?:my|our) \w+ (?:is|are)|some(?:one|body) is|he is|she is|they are) in danger\b"
    r"|\bi don't feel safe\b|\b(?:call|dial|ring) 999\b"
    r"|\bi (?:saw|witnessed|have witnessed|just saw) (?:a|an|some\w*|two|three|men|people)\b"
    rf"|\b(?:my|her|his) {_RELATIVE}\b.{{0,30}}\b{_CRIME} (?:me|us)\b"
    r"|\bi(?:'m| am) (?:\w+ )?(?:scared|frightened|afraid|terrified) (?:to go home|of (?:my|him|her))\b"
    rf"|(?:{_OPENS}|\bthere is )(?:a|the|some) (?:child|kid|baby|girl|boy|woman|man|person"
    rf"|neighbou?r)s? (?:(?:is|are|being|getting) )+{_CRIME}\b.{{0,20}}\b(?:now|next door|outside)\b"
    r"|\b(?:kill|hurt|harm|cut)(?:ing|ting)? myself\b|\bi(?:'m| am| feel|'ve been feeling)? (?:\w+ )?suicidal\b"
    r"|\bi (?:\w+ )?(?:want|wish) to (?:die|end (?:it|my)\w*)|\bend my (?:own )?life\b"
    rf"|\b(?:i|my \w+|{_RELATIVE}|(?:some(?:one|body)|he|she)) (?:is not|isn't|has stopped|stopped|can't|cannot"
    r"|can not|is having trouble) (?:breath\w+|wak\w+)\b"
    r"|\b(?:my \w+|some(?:one|body)|he|she) (?:is unconscious|has (?:collapsed|taken an overdose)|took an overdose"
    r"|is bleeding)\b",
    re.IGNORECASE,
)
_ADVICE = compile_late(
    r"\b(?:how (?:do|can|should|could|might) (?:i|we|you)\b"
    r"|(?:should|can|could|may|must|shall) (?:i|we) (?!trust|rely|believe|see|read|know|find|learn|expect|depend"
    r"|count|get|have|use|access)|do (?:i|we) (?:need|have to|go|apply|call|contact|complain|report|let"
    r"|get (?:help|in touch|my|to|hold))\b"
    r"|am i (?:allowed|entitled|able)|what (?:should|can|do|could|must) (?:i|we) (?!learn|read|conclude|know|find)"
    r"|where (?:do|can|should) (?:i|we)\b|who (?:do|can|should) (?:i|we)\b|my rights"
    r"|is it (?:legal|illegal|safe|ok|okay|against the law) (?:to|for me|if i)"
    r"|can you (?!tell|show|find|list|give|say|explain|quote|name|point|trust|rely|believe|get|see|summari[sz]e)"
    r"|would (?:i|we) be (?:better|best|wiser?|worth|safer)\b|advise me|advice (?:on|about) (?:how|what|my)"
    r"|help me (?:to )?(?:write|with|fill|find|apply|complain)"
    r"|(?:(?:please|can you|could you|^) ?)(?:write|draft|compose|translate|make up|generate"
    r"|invent)\b(?: (?:me|us|this|it|for))* (?:a|an|the|my|in|into|for)\b|tell me a (?:joke|story)|sing "
    r"|apply (?:to|for) (?:become|join|a job)|opening hours|phone number for)",
    re.IGNORECASE,
)
_OPINION = compile_late(
    r"\b(?:what do you (?:think|believe|reckon|feel|make of)"
    r"|do you (?:think|like|believe|agree|trust|reckon"
    r"|know (?!how|what|who|whose|when|where|why|which|if|whether))|your (?:opinion|view|favourite|thoughts?)"
    r"|in your (?:opinion|view)"
    r"|who should (?:i|we) vote|should (?:the )?(?:government|pcc|home secretary|chief constable|chief"
    r"|commissioner|minister|police|force|council|it"
    r"|they) (?:be (?:abolished|sacked|defunded|disbanded|fired|privatised|merged)|resign|quit)"
    r"|(?:will|is|are) .{2,60} (?:going to (?:(?:get|be|become) .{0,30}\b(?:better|worse|safer?|good|outstanding"
    r"|inadequate|higher|lower|abolished|merged|cut|closed|taken over|sacked|replaced)\b|improve|rise|fall|win)"
    r"|ever )|will (?:the force|it|they|crime|things|police|there|grades?|(?:[a-z]+ ){1,3}) ?(?:get|be|become"
    r"|improve|rise|fall|go|win|receive|fix|meet) .{0,60}"
    r"\b(?:next|in (?:the )?future|20[3-9]\d|by 20[3-9]\d|tomorrow|soon|ever|better|worse)\b"
    r"|(?:can you|please) predict|are you (?:a|an|real|human|sure)|who (?:made|built|created|are) you"
    r"|what are you\b|how are you"
    r"|which (?:force|council|area|police) is (?:the )?(?:best|worst|nicest)|where is the (?:best|safest|nicest) place)",
    re.IGNORECASE,
)
_LOOKED_AT = r"(?:(?:re-?)?inspected|examined|assessed|reviewed|monitored|looked at|revisit\w*|followed up)"
# What inspectors will do is for a report to say.
_PLANNED = compile_late(
    rf"\b(?:will|going to|shall)\b.{{0,60}}\b{_LOOKED_AT}\b|\bnot (?:been )?{_LOOKED_AT}\b.{{0,40}}\bwill (?:it|they) be\b",
    re.IGNORECASE,
)
_GREETING = compile_late(
    r"(?:(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)"
    r"|yo)(?: (?:there|all|everyone|peelqa|again))?|how are you(?: today)?|test(?:ing)?|bye|goodbye"
    r"|see you(?: later)?)",
    re.IGNORECASE,
)
_THANKS = compile_late(
    r"(?:(?:ok(?:ay)?|great|perfect|good|brilliant|lovely|cool|that is great"
    r"|that.s great)[,! ]*)?(?:many )?(?:thanks?|thank you|thx|ta|cheers|much appreciated)(?: (?:very|so) much"
    r"| a lot| you)?(?: (?:for|that).{0,40})?"
    r"|(?:ok(?:ay)?|great|perfect|brilliant|lovely|cool|got it|i see|right|fine|yes|no|yep|nope|sure|never ?mind"
    r"|that.s all)",
    re.IGNORECASE,
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")


def find_advice(text: str) -> Advice | None:
    """Return what a text asks for that no report could say, or None.

    >>> find_advice("Someone is breaking into my house"), find_advice("How many burglaries were there?")
    (<Advice.EMERGENCY: 'emergency'>, None)
    """
    plain = text.replace("’", "'")
    if _EMERGENCY.search(plain):
        return Advice.EMERGENCY
    if _ADVICE.search(plain):
        return Advice.ADVICE
    return Advice.OPINION if _OPINION.search(plain) and not _PLANNED.search(plain) else None


def most_urgent(*readings: str) -> Advice | None:
    """Return the most urgent that any reading of a text asks for: as typed, and with typing errors put right."""
    found = set(map(find_advice, set(readings)))
    return next((advice for advice in Advice if advice in found), None)


def find_unclear(text: str, is_known: Callable[[str], bool]) -> Unclear | None:
    """Return why a text is no question, or None; with a word that is known, folded, it is no gibberish."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if not any(len(word) > 1 for word in words):
        return Unclear.EMPTY if not words else Unclear.GIBBERISH
    plain = " ".join(text.replace("’", "'").split()).strip(" .!?,:;)(-")
    if _GREETING.fullmatch(plain):
        return Unclear.GREETING
    if _THANKS.fullmatch(plain):
        return Unclear.THANKS
    long = [word for word in words if len(word) > 2]
    if not any(map(is_known, long)) and (not long or any(map(_is_mashed, long))):
        return Unclear.GIBBERISH
    return None


def _is_mashed(word: str) -> bool:
    """Tell whether letters look like a hand on the keyboard and not like a word or an acronym."""
    runs = any(word[at : at + 4] in row for row in _ROWS for at in range(len(word) - 3))
    consonants = re.search(r"[bcdfghjklmnpqrstvwxz]{5,}", word) and not re.search(r"[aeiouyw].*[aeiouyw]", word)
    return bool(
        runs or consonants or re.search(r"(.)\1\1", word) or (len(word) > 5 and not re.search(r"[aeiouyw]", word))
    )
