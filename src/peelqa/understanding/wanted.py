"""Which direction of finding a question asks for: what is wrong, what is well, or neither alone."""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from peelqa.findings import Finding
from peelqa.patterns import compile_late
from peelqa.understanding.spelling import is_english

TO_BE_DONE = r"(?:suspects?|offenders?|warrants?|cases?|jobs?|crimes?|debts?|tasks?|actions?)"
"""What is called outstanding because it is not done yet, and not because it is good."""
_SUBJECTS = compile_late(
    r"\b(?:problem[ -](?:famil\w+|drink\w*|gambl\w*|solv\w*|profiles?|behaviour|orient\w+)"
    rf"|outstanding {TO_BE_DONE}|failed asylum|bad (?:weather|behaviour|debts?)"
    r"|good behaviour|goods?(?= (?:were|stolen))|best (?:interests?|value|start)"
    r"|improvement (?:plan|board|programme|partner|adviser|notice|journey)s?"
    r"|(?:police|staff|officer|workforce|total|actual) strength|strength of the (?:force|workforce|police)"
    r"|(?:health|medical|drugs?|alcohol|drink(?:ing)?|speech|hearing|behavioural?|emotional|money|family|housing) problems?"
    r"|poor (?:famil\w+|people|children|areas?)"
    r"|(?:issues?|problems?|challenges?) facing|(?:safeguarding|welfare|child protection) concerns? (?:to|about|for)\b"
    r"|(?:report|raise|deal with|handle) (?:\w+ ){0,3}concerns?"
    r"|what works (?:evidence|cent\w+|network)|work as well as|weak passwords?|as well as|better than"
    r"|strong passwords?|poverty)\b"
)
# "How are concerns about a child reported?": others' concerns; "What concerns were raised?" asks for the inspectors'.
_HANDLED = compile_late(
    r"(?!(?:what|which|any|list|were (?:any|there))\b(?! happens)).*?\bconcerns? (?:\w+ ){0,3}(?:raised|reported"
    r"|dealt with|handled)\b"
)
_CONCERNS = compile_late(r"\bconcerns?\b")
_CLOSED = compile_late(
    r"^(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should"
    r"|how (?:good|bad|well|strong|weak|effective\w*|poor\w*|safe|far|much|many))\b"
)
_OPENED = compile_late(
    r"\b(?:bad at|(?:bad|poor|terrible|rubbish) job|letting (?:\w+ )?down|failing|any|anything|anyone|something"
    r"|some|concerns?|concerned|worried|critici[sz]\w+|weaknesses|failings|shortcomings|prais\w+|impress\w+"
    r"|commend\w+|strengths)\b"
)
_NOT = r"(?:not|isn'?t|aren'?t|wasn'?t|weren'?t|hasn'?t|haven'?t|doesn'?t|don'?t|didn'?t|never)"
_NEGATED = compile_late(
    rf"\b{_NOT}(?: \w+){{0,3}}? (?:work\w*|improv\w+|well|good|enough|managed|happy|pleased|impress\w+|satisf\w+"
    r"|effective\w*|strong|better|met)\b"
)
_MENDED = compile_late(
    r"\b(?:has|have|had|been|what|which areas?|where|is|are|things?) (?:\w+ ){0,4}?improved\b"
    r"|\bfor improvements? (?:have|has|had|were|was) (?:\w+ ){0,2}?(?:addressed|met|closed|completed|resolved)\b"
    r"|(?<!for )improvements? (?:have|has|had|were|was|did|since)\b(?! (?:needed|required|recommended|identified))"
    r"|\bhow (?:did|has|have|had) (?:\w+ ){1,6}improved?\b|improvements? (?:\w+ ){0,3}made\b"
    r"|\b(?:got|gotten|become|getting) (?:any )?better\b"
)
_CONCERN = compile_late(
    r"\b(?:concern\w*|weak\w*|problem\w*|fail\w*|poor\w*|critici[sz]\w*|worr\w+|shortcomings?|short(?:fall|age)s?"
    r"|falls? (?:short|down)|falling (?:short|down)|fell short"
    r"|(?:gone|going|went|go|goes|is|was|are|were|get|getting|gets|got) (?:\w+ )?(?:badly )?wrong|going badly"
    r"|requir\w+ improvement|needs? improving|improve(?:ment)?s?"
    r"|do(?:ing)? better|(?:be|been) (?:done )?better|(?:any|main|biggest|serious|key) issues?"
    r"|issues? (?:with|around|about|were|did|found|in|raised)|bad(?:ly)?|struggl\w+|wors[et]\w*|unhappy"
    r"|dissatisf\w+|disappoint\w*|deficien\w+|inadequa\w+|negativ\w*|gaps?|lets? down|letting (?:\w+ ){0,3}?down"
    r"|(?:areas?|causes?) of concern|missing from the service|lacking|lacks?"
    r"|underperform\w*|complain(?:ed)? about|complaints (?:did|do) (?:the )?inspect\w+|cons|drawbacks?|flaws?"
    r"|(?:needs?|to be|must be|still) (?:\w+ )?(?:sort(?:ed|ing)(?: out)?|fix(?:ed|ing)|put(?:ting)? right|mend(?:ed|ing)|resolv(?:ed|ing))"
    r"|faults?|mistakes?|errors? (?:did|were)|downsides?|delays?|inconsisten\w+|not good)\b"
)
_STRENGTH = compile_late(
    r"\b(?:(?:good|brilliant|great|excellent|best) at|strengths?|strong\w*|prais\w+"
    r"|do(?:es|ing)? (?:\w+ )?(?:really |very )?well|done (?:\w+ )?well|did (?:\w+ ){0,4}do well|do well|best"
    r"|success\w*|positiv\w*"
    r"|impress\w*|commend\w*|works? (?:really |very )?well|working (?:really |very )?well"
    r"|go(?:es|ing)? (?:really |very )?well|gone well|went well"
    r"|(?:good|best|promising|innovative|effective|excellent|outstanding|positive|notable) (?:practices?|points?"
    r"|things?|work|examples?|findings?|news)|excels?|excell\w+|outstanding"
    r"|pros|good and bad|advantages?|pleased|compliment\w*|doing (?:\w+ )?right|do(?:es)? right"
    r"|lik(?:e|ed) (?:about|best|most)|admire\w*|proud|is effective|say is good|happy with|achiev\w+|celebrat\w+"
    r"|what works|works in)\b"
)
_CUES = (
    "concern", "concerns", "concerned", "weakness", "weaknesses", "problem", "problems", "failing", "failings", "failure", "failures",
    "criticism", "criticisms", "criticised", "shortcoming", "shortcomings", "improve", "improvement", "improvements", "inadequate",
    "strength", "strengths", "praise", "praised", "success", "successes", "positive", "outstanding", "impressed",
)  # fmt: skip
_SHORTEST_MISSPELT = 6


def asks_for_finding(question: str) -> Finding | None:
    """Return the direction of finding that a question asks for, or None where it asks for neither or for both.

    "What is it good at?" asks for strengths; "is it good at ...?" and "how good is it at ...?" ask for whatever was found.

    >>> asks_for_finding("What concerns exist about child protection?")
    <Finding.CONCERN: 'concern'>
    """
    plain = " ".join(_put_right(word) for word in question.casefold().replace("’", "'").split())
    plain = _SUBJECTS.sub(" ", _CONCERNS.sub(" ", plain) if _HANDLED.match(plain) else plain)
    if _CLOSED.match(plain) and not _OPENED.search(plain):
        return None
    negated = _NEGATED.search(plain) is not None
    mended = not negated and _MENDED.search(plain) is not None
    rest = _NEGATED.sub(" ", _MENDED.sub(" ", plain) if mended else plain)
    concern = negated or _CONCERN.search(rest) is not None
    strength = mended or _STRENGTH.search(rest) is not None
    if concern == strength:
        return None
    return Finding.CONCERN if concern else Finding.STRENGTH


def _put_right(word: str) -> str:
    """Return the cue that a misspelt word is nearest to, or the word."""
    bare = word.strip("?!.,;:'\"")
    if len(bare) < _SHORTEST_MISSPELT or bare in _CUES:
        return word
    nearest = process.extractOne(bare, _CUES, scorer=OSA.distance, score_cutoff=1 if len(bare) < 9 else 2)
    return str(nearest[0]) if nearest and not is_english(bare) else word
