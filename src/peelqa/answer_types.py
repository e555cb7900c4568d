"""What a question wants named (a figure, a date, a person, some people's word), and whether a text has it. `amounts` has the rest."""

from __future__ import annotations

import re
from functools import lru_cache

from peelqa.amounts import NUMBER, QUANTITY, WORD, lacks_amount, wants_amount
from peelqa.patterns import compile_late
from peelqa.understanding.kinds import Kind
from peelqa.understanding.wording import hold_alike
from peelqa.words import stems

_TIME = compile_late(
    r"\b(?:1\d|20)\d\d\b|\d/\d|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"century|centuries|years?|months?|weeks?|days?|hours?)\b",
    re.IGNORECASE,
)
_NAME = compile_late(r"(?<![.!?•]\s)(?<!^)\b(?!(?<=\()[A-Z]{2,}s?\))[A-Z][\w’'-]+|^[A-Z][\w’'-]+\s[A-Z][\w’'-]*")
_TYPES = {Kind.FIGURE: NUMBER, Kind.DATE: _TIME, Kind.PERSON: _NAME}
# "how long do children wait": a time that no number need tell.
_TIME_TAKEN = compile_late(r"\bhow (?:long|quickly|fast|soon|often|frequently|regularly)\b", re.IGNORECASE)
_TAKES = compile_late(
    r"\b(?:too|very|so|as) (?:long|quick\w*|fast|soon|often)\b"
    r"|\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|daily|weekly|monthly|yearly|annual\w*"
    r"|quarterly"
    r"|always|never|rarely|often|usually|sometimes|regular\w*|frequent\w*|prompt\w*|immediate\w*|quick\w*|swift\w*"
    r"|slow\w*|timel\w+|delay\w*|late|soon)\b",
    re.IGNORECASE,
)
# "when will it next be inspected": a day that is past is no answer.
_FUTURE_ASKED = compile_late(
    r"^(?:and |so |but )?when (?:(?:will|is|are)\b.* (?:next|due|going to)\b"
    r"|will\b.* (?:be (?:re-?)?inspected|be published|come out|return)\b)",
    re.IGNORECASE,
)
_FUTURE = compile_late(
    r"\b(?:will|shall|plan\w*|due|expect\w*|intend\w*|intention|going to|schedul\w*|next|soon|shortly|until"
    r"|forthcoming|upcoming|propos\w+"
    r"|within (?:\w+ )?(?:an?|one|two|three|six|twelve|\d+)"
    r"|by (?:\d|the (?:end|start|middle)|(?:early|late|mid)|spring|summer|autumn|winter"
    r"|January|February|March|April|May|June|July|August|September|October|November|December))",
    re.IGNORECASE,
)
# "in which towns": things that go by names of their own.
_NAMED_ASKED = compile_late(
    r"\b(?:which|what) (?:(?!(?:of|do|does|did|can|could|have|has|had|is|are|was|were|will|would|should|must"
    r"|be)\b)[a-z-]+ ){0,2}(?:towns?|cit(?:y|ies)|villages?|districts?|boroughs?|count(?:y|ies)|countr(?:y|ies)"
    r"|streets?|suburbs?|universit(?:y|ies)|colleges?|schools?|providers?"
    r"|compan(?:y|ies)|firms?|charit(?:y|ies)|contractors?|hospitals?"
    r"|prisons?)\b(?= (?:is|are|was|were|did|does|do|has|have|had|in|of|on|at|that|who|which|will|would|can|or"
    r"|and)\b|\W*$)"
    r"|\bwhat (?:is|was|are|were) the names? of\b",
    re.IGNORECASE,
)
# The same of several: "which secondary schools exclude children".
_SEVERAL_NAMED_ASKED = compile_late(
    r"\bwhich (?:(?:secondary|primary|special|local|other|independent|private|national|main) ){0,2}(?:towns|cities"
    r"|villages|universities|colleges"
    r"|schools|providers|companies|firms|charities|hospitals"
    r"|prisons)\b(?! (?:of|that|do|did|does|say|said|think|thought|feel)\b)",
    re.IGNORECASE,
)
# "which council is helping the authority": of that one a sentence gives the name, or says only "another council".
_HELPER_ASKED = compile_late(
    r"\bwhich (?:other )?(?:council|authority|force|constabulary) (?:is|was|has|did|does|helps?|supports?|works?"
    r"|gave|gives|runs?|ran)\b.{1,80}"
    r"\bthe (?:authority|force)\b",
    re.IGNORECASE,
)
# "which policies need to be reviewed": which ones, so "a number of policies" says nothing.
_WHICH_ONES = compile_late(
    r"^(?:and |so |but )?(?:(?:in|at|by|from|to|with|on"
    r"|for) )?which (?:[a-z-]+ ){0,3}?(?P<thing>[a-z-]{3,})(?= (?:is|are|was|were|did|does|do|has|have|had|need"
    r"|needs|must|should|will"
    r"|can|could|would|in|of|on|at|for|with|that|who|the|got|get)\b)",
    re.IGNORECASE,
)
_ANY_THINGS = frozenset(
    stems(
        "area concern way aspect part thing kind type issue problem improvement service group body force council authority report grade"
    )
)
_SOME = r"\b(?:an?|one|another|some|several|many|most|number of|few|certain|various) (?:[\w’'-]+ ){0,2}?"
_SPECIFIED = (
    r"(?!\s(?:of|on|with|who|that|which|whose|as|such|including|for|in|at|from|namely|called|named)\b|\s?[,:(])"
)
# "who is the chief constable of Kent": a post, whose holder is asked for.
_POST = compile_late(
    r"\b(?:who(?:[’']s| is| was| are| were| will be| becomes| became"
    r"| (?:will |is going to )?tak(?:es?|ing) over as| took over as)|(?:name of|called)) (?:the |its |their "
    r"|our )?(?:(?!told|asked|when|if|by|for|to|a )[\w’'-]+ ){0,3}?(?P<post>constable|commissioner|director"
    r"|executive|chair|mayor"
    r"|minister|superintendent|member|officer|head|manager"
    r"|leader)\b(?! (?:accountable|answerable|responsible|meant|supposed|told|asked|working|supported|to)\b)",
    re.IGNORECASE,
)
_HELD_BY_ONE = frozenset(["constable", "commissioner", "director", "executive", "chair", "mayor", "minister"])
"""Posts that one person holds at a time, whose name is meant."""
_NO_PERSON = (
    r"(?:The|An?|In|At|On|Of|As|When|Since|Under|Her|His|Their|Its|Our|This|That|These|Those|Both|All|New|Chief"
    r"|Lead|Senior|Deputy|Assistant|Independent|Majesty\S*"
    r"|Constable|Commissioner|Inspectors?|Officers?|Executive|Directors?|Chair|Members?|Ministers?|Superintendent"
    r"|Mayor|Leader|Head|Manager|Council\S*|Board|Trust|Committee"
    r"|Authority|Partnership|Services?|Department|Office|Police|Force|Constabulary|Crime|Local|National|Regional"
    r"|County|City|Borough|Metropolitan|Royal|North|South|East|West"
    r"|Children\S*|Young|Clinical|Commissioning|Group|Hub|Team|Agency|School|College|University|Hospital|NHS"
    r"|Safeguarding|Health|Care|Education|Social|Workers?|Act|Plan|Strategy|Ofsted|January|February|March|April"
    r"|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday)\b"
)
_PERSON_NAME = compile_late(
    rf"\b(?:Constable|Councillor|Commissioner|Superintendent|Mr|Mrs|Ms|Dr|Sir|Dame|Judge)\s(?!{_NO_PERSON})[A-Z][a-z’'-]+"
    rf"|\b(?!{_NO_PERSON})[A-Z][a-z’'-]+(?:\s(?!{_NO_PERSON})[A-Z][\w’'-]*\.?){{1,3}}"
)
# "what do parents say about ...": whose word is asked for.
_SPEAKER = compile_late(
    r"\bwhat (?:do|does|did|have|has) (?:the |its |their |some )?(?:[\w’'-]+ ){0,2}?(?P<who>children|parents"
    r"|carers|families|staff|officers|workers|leavers"
    r"|partners|schools|teachers|judges?|respondents)\b(?: [\w’'-]+){0,4}? (?:say|said|think|thought|feel|felt"
    r"|tell|told|believe)\b",
    re.IGNORECASE,
)
_SPEAKS = compile_late(
    r"\b(?:say|said|says|tell|told|tells|report(?:ed)?|feel|feels|felt|think|thought|describ\w+|spoke|speak|views?"
    r"|agree\w*|satisf\w+|positive|express\w*"
    r"|comment\w*|valued?|appreciat\w+|confident|believe\w*|proud|concerned|frustrat\w+|critical)\b",
    re.IGNORECASE,
)


def lacks_type(text: str, kind: Kind, question: str, known: str = "") -> bool:
    """Tell whether a figure, a date or a name is wanted and a text has none but those of the question, or `known` with it.

    Who holds a post is not said by a text that does not name the post, what some people say not by one in which they say nothing,
    and when something will be not by one that speaks of nothing to come.

    >>> lacks_type("It was inspected in 2014.", Kind.DATE, "When was the inspection of 2014 published?")
    True
    """
    if asked := _SPEAKER.search(question):
        held = set(stems(text))
        return stems(asked["who"])[0] not in held | hold_alike(held, question) or not _SPEAKS.search(text)
    if _FUTURE_ASKED.search(question) and not _FUTURE.search(text):
        return True
    if _TIME_TAKEN.search(question) and _TAKES.search(text):
        return False
    wanted = _NAME if _asks_for_named(question) or _leaves_open(text, question) else _TYPES.get(kind)
    if wanted is None:
        return False
    if asked := _POST.search(question):
        held, wanted = set(stems(text)), _PERSON_NAME
        if not {*stems(asked["post"])} & (held | hold_alike(held, question)):
            return True
    said = set(WORD.findall(f"{question} {known}".casefold()))
    return all(said.issuperset(WORD.findall(found[0].casefold())) for found in wanted.finditer(text))


def is_no_answer(text: str, kind: Kind, question: str, known: str = "") -> bool:
    """Tell whether a text can be no answer: an amount, who holds a post or a name is asked for, and it has none at all.

    This is stricter than `lacks_type` and `lacks_amount`, by which a text only stands behind others.

    >>> is_no_answer("The force has a new chief constable.", Kind.PERSON, "Who is the chief constable?")
    True
    """
    if wants_amount(question) and lacks_amount(text, question) == 1:
        return not QUANTITY.search(text)
    return wants_name(question) and lacks_type(text, kind, question, known)


@lru_cache(maxsize=16)
def wants_name(question: str) -> bool:
    """Tell whether a question asks who holds a post, or for things that go by names of their own.

    >>> wants_name("Who is its chief executive?"), wants_name("Who looks after children?")
    (True, False)
    """
    if _SPEAKER.search(question):
        return False
    post = _POST.search(question)
    return (post is not None and post["post"].casefold() in _HELD_BY_ONE) or _asks_for_named(question)


@lru_cache(maxsize=16)
def _asks_for_named(question: str) -> bool:
    return any(asked.search(question) for asked in (_NAMED_ASKED, _SEVERAL_NAMED_ASKED, _HELPER_ASKED))


def _leaves_open(text: str, question: str) -> bool:
    """Tell whether a text speaks only of "some policies", without saying which, where that is asked."""
    asked = _WHICH_ONES.search(question)
    thing = stems(asked["thing"]) if asked else []
    if not thing or thing[0] in _ANY_THINGS:
        return False
    named = {word for word in WORD.findall(text) if stems(word) == thing}
    if not named:
        return False
    either = "|".join(map(re.escape, sorted(named)))
    vague = re.findall(rf"{_SOME}(?:{either})\b{_SPECIFIED}", text, re.IGNORECASE)
    return len(vague) == len(re.findall(rf"\b(?:{either})\b", text, re.IGNORECASE))
