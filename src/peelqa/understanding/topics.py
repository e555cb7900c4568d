"""The matter that a question is about, apart from the words that ask about it. Knows nothing of bodies and years."""

from __future__ import annotations

import re
from dataclasses import dataclass

from peelqa.patterns import compile_late
from peelqa.understanding.spans import KINDS_OF_INSPECTION

_ASKING = frozenset(
    re.findall(
        r"\w+",
        """
        what which who whom whose when where how why is are was were do does did has have had can could should would will must be been being
        there exist exists any some the a an of for about with in on at to by as from into regarding concerning around over and or but also so
        force forces constabulary police authority council area inspector inspectors inspectorate inspection report reports hmic hmicfrs ofsted peel
        say said says find found findings think thought tell me us show list give name please know see describe explain
        good bad well poor poorly better best worse worst effective effectively strong weak
        grade graded grades grading rating rated rate judged judgement judgment given gave got get gets receive received award awarded
        concern concerns concerned worry worries worried problem problems issue issues strength strengths weakness weaknesses failing failings
        praise praised criticise criticised criticism identified identify raised raise reported noted note evidence
        it its they their them that this these those much many often long large big
        handle handles handled handling deal deals dealt dealing tackle tackles manage manages approach cope copes respond responds
        perform performs performing need needs needed improve improvement improvements required doing done work works
        i want wanted read hear more details information anything something
        """,
    )
)
_TRAILING = frozenset(
    re.findall(
        r"\w+",
        """
        good bad well poorly effectively properly enough like in for of about at on the force forces it there exist exists now then
        accurate adequate sufficient quick quickly safe timely reliable accurately fairly lawfully up out to better worse
        """,
    )
)
_WEAK_TOPICS = frozenset(["efficient", "effective", "legitimate", "effectively", "improve"])
_MERE_WORDS = compile_late(
    r"(?!.*\b(?:what|which|who|whom|whose|how|why|when|where|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|should|would|will|must"
    r"|tell|show|list|name|give|compare|find|explain|describe)\b)[^?!]*\w\W+\w[^?!]*\??",
    re.IGNORECASE,
)
# In "What did the joint inspection say about neglect?" all but "neglect" asks.
_KIND_OF_INSPECTION = compile_late(
    rf"\b(?:(?:{KINDS_OF_INSPECTION})\s)+(?:inspect(?:ions?(?:\sreports?)?|ors?)|reports?|letters?|visits?|assessments?)"
    r"(?=\s(?:say|says|said|find|finds|found|think|thought|tell|told|report|conclude)\b)",
    re.IGNORECASE,
)
_WORD = compile_late(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Topic:
    """A question in three parts: the words that ask, the matter, and the rest of the asking."""

    before: str
    words: str
    after: str

    def about(self, other: str) -> str:
        """Ask the same of another matter."""
        if not self.words:
            return f"{self.before.rstrip(' ?.!')} about {other}?"
        return f"{self.before}{other}{self.after}"


def find_topic(question: str) -> Topic:
    """Part a question into the words that ask and the matter it asks about, which may be empty.

    >>> find_topic("What concerns exist about child protection?").words
    'child protection'
    """
    words = list(_WORD.finditer(question))
    kind = _KIND_OF_INSPECTION.search(question)
    asking = range(*kind.span()) if kind else range(0)
    first, last = 0, len(words)
    while first < last and (_folded(words[first]) in _ASKING or words[first].start() in asking):
        first += 1
    while last > first and _folded(words[last - 1]) in _TRAILING:
        last -= 1
    if first == last:
        weak = next((each for each in words if _folded(each) in _WEAK_TOPICS), None)
        return Topic(question, weak[0] if weak and not _folded(weak).startswith("improve") else "", "")
    start, end = words[first].start(), words[last - 1].end()
    return Topic(question[:start], question[start:end], question[end:])


def asks_in_full(text: str) -> bool:
    """Tell whether a text is a question or sentence of its own and not a fragment ("and custody?")."""
    opening = re.match(
        r"(?:please\s+)?(?:what|which|who|whom|whose|when|where|how|why|is|are|was|were|do|does|did|has|have|had"
        r"|can|could|should|would|"
        r"will|must|list|name|show|tell|give|find|quote|describe|explain|compare)\b(?!\s+(?:about|of)\b)",
        text,
        re.IGNORECASE,
    )
    return opening is not None and len(text.split()) > 2


def is_mere_words(text: str) -> bool:
    """Tell whether a text is several words in which nothing asks: "kent 2014 custody cells".

    >>> is_mere_words("custody cells"), is_mere_words("Are custody cells safe?"), is_mere_words("Kent")
    (True, False, False)
    """
    return _MERE_WORDS.fullmatch(text) is not None


def as_sentence(text: str) -> str:
    """Return words put together as a sentence: single spaces, none before its marks, and a capital letter."""
    plain = re.sub(r"\s+([?.,])", r"\1", " ".join(text.split()))
    return plain[:1].upper() + plain[1:]


def _folded(word: re.Match[str]) -> str:
    return word[0].casefold()
