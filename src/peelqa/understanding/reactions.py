"""What a follow-up asks that has no matter of its own: "why?", "is that good?", "any strengths?", "who said that?".

Each is made a question of its own with the matter of the question before it. Knows nothing of bodies and years.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from peelqa.findings import Finding
from peelqa.patterns import compile_late
from peelqa.reports.frameworks import GRADE_WORDS
from peelqa.understanding.topics import as_sentence, find_topic
from peelqa.understanding.wanted import asks_for_finding

Quote = Callable[[], str | None]
"""Returns the text that the question before was answered with, or None."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """A follow-up made whole."""

    text: str
    lasting: bool = True
    """False where what comes next follows the question before ("why?") and not this one."""


@dataclass(frozen=True, slots=True)
class _Before:
    """The question before."""

    asked: str
    matter: str
    quote: Quote

    def about(self, frame: str, bare: str) -> str:
        return frame.format(self.matter) if self.matter else bare


_IT = r"(?:that|this|it|they|them|those|these|he|she|there)"
_BE = r"(?:is|was|are|were|did|does|do|has|have|had|.s)"
_LONGEST_QUOTE = 200


def react(text: str, asked: str, quote: Quote) -> Reaction | None:
    """Make a follow-up whole that has no matter of its own; None for one that has.

    >>> react("any strengths?", "What concerns exist about child protection?", lambda: None).text
    'What strengths are there in child protection?'
    """
    plain = " ".join(text.replace("’", "'").split()).strip(" ?.!,;:").casefold()
    before = _Before(asked, find_topic(asked).words, quote)
    for pattern, make in _FORMS:
        if match := re.fullmatch(pattern, plain):
            return make(match, before)
    return _react_to_finding(plain, before)


def _why(_: re.Match[str], before: _Before) -> Reaction:
    if re.search(r"\bgrad|\brat(?:ed|ing)|\bjudg", before.asked, re.IGNORECASE):
        answered = (before.quote() or "").casefold()
        value = next((word for word in GRADE_WORDS if re.search(rf"\b{word}\b", answered)), None)
        graded = f"graded {value}" if value else "graded that way"
        return Reaction(before.about(f"Why is {{}} {graded}?", f"Why is the force {graded}?"), lasting=False)
    finding = asks_for_finding(before.asked)
    if finding is Finding.CONCERN and before.matter:
        return Reaction(f"Why are there concerns about {before.matter}?", lasting=False)
    if finding is Finding.STRENGTH and before.matter:
        return Reaction(f"Why is the force good at {before.matter}?", lasting=False)
    return Reaction(f"Why? {before.asked}", lasting=False)


def _who_said(_: re.Match[str], before: _Before) -> Reaction:
    quoted = " ".join((before.quote() or "").split())
    if len(quoted) > _LONGEST_QUOTE:
        quoted = quoted[:_LONGEST_QUOTE].rsplit(" ", 1)[0]
    return Reaction(f"Who said “{quoted}”?" if quoted else f"Who says: {before.asked}", lasting=False)


def _judge(_: re.Match[str], before: _Before) -> Reaction:
    if re.search(
        r"\bhow (?:many|much|often|long)\b|\bpercent|\bcost|\bpopulation|\bnumber\b", before.asked, re.IGNORECASE
    ):
        return Reaction(f"{before.asked.rstrip(' ?.!')}, compared with the national level?", lasting=False)
    return Reaction(before.about("How good is {}?", before.asked), lasting=False)


def _figure(match: re.Match[str], before: _Before) -> Reaction:
    counted = re.sub(
        rf"\b(?:of )?{_IT}\b|\b(?:is|are|was|were|of)\b|\b(?:exactly|in total|in all|altogether)\b",
        " ",
        match["of"] or "",
    )
    return Reaction(as_sentence(f"{match['lead']} {counted} {before.matter}?"))


def _grade(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("What grade was given for {}?", "What grade was given?"))


def _recommended(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("What recommendations were made about {}?", "What recommendations were made?"))


def _to_improve(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("What needs to improve in {}?", "What needs to improve?"))


def _same(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.asked)


def _when(match: re.Match[str], before: _Before) -> Reaction:
    told = re.search(r"published|inspected|written", match[0])
    if told:
        what = "the force inspected" if told[0] == "inspected" else f"the report {told[0]}"
        return Reaction(f"When was {what}?", lasting=False)
    return Reaction(before.about("When was {}?", f"When? {before.asked}"), lasting=False)


def _bare_word(match: re.Match[str], before: _Before) -> Reaction:
    word = match["word"].capitalize()
    return Reaction(f"{word}? {before.asked}", lasting=False)


def _numbers(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("What are the numbers on {}?", before.asked))


def _happened(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("What has been done about {}?", before.asked))


def _which(_: re.Match[str], before: _Before) -> Reaction:
    return Reaction(before.about("Which {}?", before.asked))


_FORMS: tuple[tuple[str, Callable[[re.Match[str], _Before], Reaction]], ...] = (
    (
        rf"why(?: not| so| though)?(?: {_BE})?(?: {_IT})?(?: (?:so|like that|the case|happen(?:ed|ing)?|that|this"
        r"|graded.*|judged.*|rated.*))?"
        rf"|how (?:so|come)(?: {_IT})?|for what reasons?"
        r"|what(?: is|'s| was| are| were)? the (?:reasons?|causes?|explanation"
        rf"|evidence)(?: (?:for|of|behind) {_IT}(?: \w+)?)?"
        rf"|what (?:caused|explains|explained|lies behind|is behind|led to) {_IT}"
        rf"|on what (?:grounds|evidence|basis)(?: .{{0,20}})?|(?:please )?explain(?: why| that| this| it)?"
        rf"|what makes .{{2,15}} (?:say|think) {_IT}(?: so)?|how (?:do|did|does) .{{2,15}} know(?: {_IT})?",
        _why,
    ),
    (
        r"who(?: exactly)? (?:said|says|found|reported|wrote|claimed|concluded|thought|thinks|noticed|judged"
        rf"|decided|is saying|told .{{2,12}})(?: {_IT})?(?: so)?|says who|according to who(?:m)?"
        rf"|whose (?:words?|views?|opinions?|findings?|judge?ments?)(?: {_BE} {_IT})?"
        rf"|(?:what|which|who)(?: {_BE}|'s)? the source(?: (?:of|for) {_IT})?|(?:the )?source"
        rf"|where (?:does|did|do) {_IT} (?:come from|say (?:that|so|this))|where(?: {_BE}|'s) {_IT} from"
        rf"|which (?:inspection|survey|inspector) (?:said|found|says|reported|{_BE})(?: {_IT})?(?: so| from)?"
        rf"|who (?:did|does) {_IT} come from",
        _who_said,
    ),
    (
        rf"(?:is|was|are|were|would) {_IT} (?:be )?(?:(?:a|an|considered|seen as|any|very|really|too|particularly"
        r"|unusually) )*(?:good|bad|normal|usual|unusual|typical|high|low|a lot|a little|enough|ok(?:ay)?|fine"
        r"|acceptable|poor|better|worse|higher|lower|average|above average|below average|success|problem"
        r"|improvement|concern)"
        r"(?: or (?:bad|good|not|low|high|worse|better))?(?: (?:thing|result|sign|figure|number|grade|news|enough"
        rf"|for a force|news))*|how (?:good|bad) (?:is|was|are|were) {_IT}|good or bad"
        rf"|how (?:does|do|did) {_IT} compare(?: nationally"
        r"| (?:with|to) (?:others?|other forces|the national (?:level|average|figure)))?",
        _judge,
    ),
    (
        r"(?P<lead>how (?:many|much|often|long|big|few)"
        r"|(?:what|which) (?:number|percentage|proportion|share|per cent)(?: of)?)"
        rf"(?P<of>(?: (?:of|{_IT}|is|are|was|were|exactly|in total|in all|altogether|times|cases|people|officers"
        r"|victims|children|staff|records))*)",
        _figure,
    ),
    (
        r"(?:what|which|and what) (?:grade|rating|judge?ment"
        rf"|score)s?(?: (?:{_BE}|for|given|get|got|to|have|receive[sd]?|awarded|the force|in|{_IT}))*"
        r"|(?:(?:what|how)(?: is|'s| was)? )?(?:the |its |their |any )?(?:grades?|ratings?"
        rf"|judge?ments?)(?: for {_IT}| given)?"
        rf"|how (?:{_BE}) (?:{_IT}|the force) (?:be |get )?(?:graded|rated|judged|assessed|scored?)"
        rf"|(?:was|is|were) {_IT} (?:graded|rated|judged)",
        _grade,
    ),
    (
        r"(?:any |what |which |what are the |what were the |and the |the )?(?:recommendations?"
        rf"|areas? for improvement|afis?|causes? of concern)(?: (?:{_BE}|made|given|there|any|about|on|for|{_IT}))*"
        rf"|what (?:did|do|does) .{{2,15}} recommend(?: about {_IT})?",
        _recommended,
    ),
    (
        r"what (?:needs? to|must|should|has to|have to|could|can"
        rf"|still needs to)(?: (?:{_IT}|the force))?(?: (?:improve|be improved|change|get better|be done|do better"
        rf"|be better))(?: there| about {_IT})?"
        rf"|what (?:does|do|must|should|did|could|can) (?:{_IT}"
        rf"|the force)(?: (?:need|have) to)?(?: (?:improve|change|do better|do about {_IT}))",
        _to_improve,
    ),
    (
        r"(?:(?:any(?:thing)?|what|something) (?:else|more|further)"
        rf"|(?:tell me |show me |say |give me )?(?:some |a bit )?more(?: details?| please| about {_IT}| on {_IT})?"
        r"|go on|continue|further details?|(?:in |more )?details?|really|seriously|are you sure"
        rf"|is {_IT} (?:true|right|correct|so|the case)|what did .{{2,15}} (?:say|find|think)"
        rf"|what does (?:it|the report) say|again|what (?:{_BE}) {_IT} like|where can i (?:read|find|see) .{{2,30}}"
        rf"|(?:can you |please )?(?:show|give|quote|read)(?: me)? (?:{_IT}"
        r"|(?:the |an? |some )?(?:exact |full |other )?(?:words?|wording|quotes?|quotations?|text|passage"
        r"|examples?))(?: in full)?)",
        _same,
    ),
    (
        rf"(?:since |by |until |as of |from )?when(?: exactly)?(?: {_BE} (?:{_IT}|the report"
        r"|the force))?(?: (?:happen|written|published|said|from|take place|inspected|start|end|found|be|due|done"
        rf"|last inspected))?|(?:what|which) (?:date|year|month|day)(?: {_BE} {_IT})?"
        rf"|how (?:recent|old) (?:is|was|are) {_IT}",
        _when,
    ),
    (
        r"(?:what (?:is|are|were|was) |any )?(?:the )?(?:exact |precise |actual |latest )?(?:numbers?|figures?"
        r"|statistics|stats|data|percentages?)(?: (?:on|for|about) \w+)?",
        _numbers,
    ),
    (
        r"what (?:happened|was done|has been done|has happened|was the (?:result|outcome)"
        r"|did (?:they|it|the force) do|changed|has changed"
        rf"|came of {_IT})(?: (?:next|then|now|since|about {_IT}|after(?:wards?| that)?|to {_IT}))*",
        _happened,
    ),
    (
        rf"(?P<word>where|who|how|in what (?:way|respect)s?)(?: exactly)?(?: {_BE} {_IT})?(?: (?:happen|work|done"
        r"|do (?:that|this|it|so)|by|based|located))?|(?:by )?(?P<by>whom)",
        lambda match, before: (
            _bare_word(match, before) if match["word"] else Reaction(f"Who? {before.asked}", lasting=False)
        ),
    ),
    (
        r"(?:for|at|about|on) (?:what|which)(?: (?:areas?|things?))?"
        rf"|which(?: ones?)?(?: of {_IT})?(?: {_BE} {_IT})?|what (?:are|were|is|was) {_IT}|such as(?: what)?"
        r"|like what|(?:can you |please )?(?:name|list) (?:them|those|these)"
        r"|(?:for|any|some|an|give me an?|give me some) examples?|e\.?g"
        rf"|what (?:sort|kind|type)s?(?: of (?:thing|{_IT}))?s?",
        _which,
    ),
)
_FINDING_WORDS = compile_late(
    r"\b(?:concern\w*|weak\w*|problem\w*|fail\w*|poor\w*|critici\w+|worr\w+|shortcoming\w*|wrong|issues?"
    r"|bad(?:ly)?|struggl\w*|worst|negativ\w+|strengths?|strong|"
    r"prais\w+|well|best|success\w*|positiv\w+|impress\w*|commend\w*|good|great|better|side|points?|aspects?|news"
    r"|liked?|went|going|gone|instead|too|though|then|part|things?)\b"
)


def _react_to_finding(plain: str, before: _Before) -> Reaction | None:
    """Take "any strengths?" and its like, which ask the other way about the same matter."""
    left = find_topic(_FINDING_WORDS.sub(" ", plain)).words
    finding = asks_for_finding(plain)
    if re.search(r"\bnegativ|\bbad\b|\bwrong\b", plain):
        finding = Finding.CONCERN
    elif re.search(r"\bpositiv|\bgood\b|\bliked?\b|\bwell\b", plain) and finding is None:
        finding = Finding.STRENGTH
    if left or finding is None or re.search(r"\bhow good\b", plain):
        return None
    if finding is Finding.CONCERN:
        return Reaction(before.about("What concerns are there about {}?", "What concerns are there?"))
    return Reaction(before.about("What strengths are there in {}?", "What strengths are there?"))
