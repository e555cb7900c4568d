"""How many, which share, how much money: whether a question asks for an amount, and whether a text gives it. Knows nothing of retrieval."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from peelqa.patterns import compile_late
from peelqa.understanding.topics import is_mere_words
from peelqa.words import content_stems, stems

_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBER_WORDS = (
    f"no(?!-)|none|zero|{_ONES}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|{_TENS}|"
    f"(?:{_TENS})-(?:{_ONES})|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter"
)
NUMBER = compile_late(rf"\d[\d,.]*|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_HOW_MANY = compile_late(
    r"(?<!know )\b(?:how many|(?:^(?:what (?:is|was|are|were) )?|tell me |give me )(?:the )?(?:average "
    r"|total )?number of)\s(?:of\s(?:the|its|their|these|those)\s)?(?P<things>[\w’' -]+)",
    re.IGNORECASE,
)
# In mere words, "curb programme number of young people" asks how many, and "growing number of complaints" does not.
_NUMBER_OF = compile_late(
    r"\b(?!(?:a|the|large|small|growing|increasing|rising|falling|high|low)\s)\w+\s(?:average "
    r"|total )?number of\s(?P<things>[\w’' -]+)",
    re.IGNORECASE,
)
# What follows the things counted: "how many children | were moved".
_AFTER_THINGS = compile_late(
    r"\b(?:are|were|is|was|do|does|did|has|have|had|can|could|will|would|in|of|on|at|from|with|for|by|to|who|that|which|"
    r"there|go|went|made|make)\b",
    re.IGNORECASE,
)
_SHARE_ASKED = compile_late(
    r"\b(?:what|which) (?:\w+ )?(?:proportion|share|fraction)\b|\b(?:proportion|share|fraction) of\b"
    r"|\bpercentages?\b|\bwhat per ?cent\b",
    re.IGNORECASE,
)
# "What percentage of crimes are | solved": what the share is said of.
_SHARED = compile_late(
    r"\b(?:proportion|share|fraction|percentage|per ?cent) of (?P<things>[\w’' -]+?) (?:are|were|is|was|be|been|do|did|has|have|had|get|got)\s(?P<said>[\w’' -]+)",
    re.IGNORECASE,
)
_SHARE = compile_late(
    r"%|\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|all|none|majority|most)\b"
    r"|\b(?:\d+|one|two|three|four|five|six|seven|eight|nine) (?:in|out of)(?: every)? (?:\d{1,3}|two|three|four"
    r"|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_MONEY_ASKED = compile_late(
    r"\b(?:what|which) (?:salary|salaries|wages?|budget|price|fees?)\b"
    r"|\b(?:what(?:[’']s| is| was| are| were)|how (?:big|large|much)(?: is| was)?) (?:[\w’']+ ){0,4}(?:budget"
    r"|salary|salaries|price)\b(?! (?:cuts?|reductions?|pressures?|gaps?|holes?|spent)\b)"
    r"|\bhow much (?:money\b|(?!(?:[\w’']+ ){0,3}(?:time|attention|effort|work|notice|heed"
    r"|care)\b)(?:[\w’']+ ){1,6}(?:cost|spend|spent|save|saved|paid)\b)",
    re.IGNORECASE,
)
_MONEY = compile_late(
    r"[£$€]|\b(?:is|are|was|were) free\b(?! (?:to|from))|\bfree of charge\b|\bno charge\b"
    r"|\d\s?(?:p\b|million|billion|pounds|m\b|k\b)|\bpounds?\b",
    re.IGNORECASE,
)
# What begins with these wants an amount and nothing else; "why is the proportion so high" wants more.
_AMOUNT_ASKED = compile_late(
    r"^(?:and |so |but |in [^,]{1,60}, )?(?:(?:exactly|precisely|roughly|approximately|about) )?(?:how (?:many"
    r"|much)|(?:what|which) (?:\w+ ){0,2}(?:proportion|share|percentage|fraction|number|per ?cent)"
    r"|what(?:[’']s| is| was| are| were) (?:[\w’']+ ){0,4}(?:budget|salary|salaries|price|fees?|number|percentage"
    r"|proportion|share))\b",
    re.IGNORECASE,
)
QUANTITY = compile_late(
    r"\b(?:all|most|few|none|nobody|majority|minority|twice|double|treble|tenths?|nine-tenths"
    r"|half|several"
    r"|(?:high|low|small|large|growing|significant|substantial) (?:number|proportion|percentage|share|minority))\b",
    re.IGNORECASE,
)
"""An amount without a number."""
# Numbers that count nothing: years, ages, levels.
_NO_COUNT = compile_late(
    r"\b(?:19|20)\d\d\b(?:[-–/]\d{2,4})?(?!\s[a-z]+s\b)|\baged? (?:of )?\d+(?:(?:[-–]| (?:to|and|or) )\d+)?"
    r"|\b(?:over|under) \d+(?:s\b|(?= (?:have|has|are|is|were|was|who|and|in)\b)|(?=[.,;)]|$))"
    r"|\b\d+(?:(?:[-–]| (?:to|and|or) )\d+)? years? (?:olds?|of age|and (?:over|above))\b"
    r"|\b(?:level|stage|tier|phase|section|chapter|year|paragraph|part|page|grade|band) \d+\b",
    re.IGNORECASE,
)
_PLURAL = compile_late(r"(?:\w+[^\Ws]s|children|people|men|women)", re.IGNORECASE)
_TIMES = frozenset({"time"})
_HOW_OFTEN = compile_late(
    r"\b(?:once|twice|never|times|occasions?|instances?|incidents?|episodes?|daily|weekly|monthly|every (?:day|week|month|year))\b",
    re.IGNORECASE,
)
"""What says how many times something happened."""
WORD = compile_late(r"[\w’'-]+(?:[.,]\d+)*")
_REACH = 5
"""How many words after a number the thing it counts may stand: "18 serious incident notifications"."""


@lru_cache(maxsize=16)
def wants_amount(question: str) -> bool:
    """Tell whether all that a question asks for may be an amount; `lacks_amount` knows which.

    >>> wants_amount("How many officers are there?"), wants_amount("Why is the number of officers so low?")
    (True, False)
    """
    return bool(_AMOUNT_ASKED.match(question)) or is_mere_words(question)


def lacks_amount(text: str, question: str) -> float:
    """Return how far a text is from saying how many of something there are, which share, or how much money, where asked.

    0 where a number counts that thing or nothing is to be counted, 0.5 where its numbers count something else, or seem to,
    and 1 where it has none; of sums of money 0 where it has one, else 1, and so of shares, but 0.5 where nothing of what they
    are said to be ("solved" in "What percentage of crimes are solved?") is in the text.

    >>> lacks_amount("The share of victims who were satisfied fell in 2014.", "What share of victims were satisfied?")
    1.0
    """
    if _SHARE_ASKED.search(question):
        return _lacks_share(text, question)
    if _MONEY_ASKED.search(question):
        return 0.0 if _MONEY.search(text) else 1.0
    counted = _counted(question)
    if counted is None:
        return 0.0
    if counted == _TIMES:
        return 0.0 if _HOW_OFTEN.search(text) else 1.0
    words = WORD.findall(_NO_COUNT.sub(" ", text))
    numbers = [at for at, word in enumerate(words) if NUMBER.fullmatch(word)]
    if any(counted & set(stems(" ".join(words[at + 1 : at + 1 + _REACH]))) for at in numbers):
        return 0.0
    return 0.5 if numbers else 1.0


def _lacks_share(text: str, question: str) -> float:
    if not _SHARE.search(text):
        return 1.0
    told = _SHARED.search(question)
    if told is None:
        return 0.0
    said = set(content_stems(told["said"])) - set(stems(told["things"]))
    # "On the front line" may be written as one word.
    written = said | set(stems(" ".join(map("".join, pairwise(told["said"].split())))))
    return 0.5 if said and written.isdisjoint(stems(text)) else 0.0


@lru_cache(maxsize=16)
def _counted(question: str) -> frozenset[str] | None:
    """Return the stem of what is to be counted: the first plural, or else the last word before what is said of it."""
    asked = _HOW_MANY.search(question) or (_NUMBER_OF.search(question) if is_mere_words(question) else None)
    things = _AFTER_THINGS.split(asked["things"], maxsplit=1)[0].split() if asked else []
    thing = next((word for word in things if _PLURAL.fullmatch(word)), things[-1] if things else None)
    return frozenset(stems(thing)) if thing else None
