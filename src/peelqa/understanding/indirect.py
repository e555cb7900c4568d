"""A question that is asked politely or of somebody ("Can you tell me when it was published?"), put as it is asked outright."""

from __future__ import annotations

import re

from peelqa.patterns import compile_late

_ASKING = r"(?:when|where|why|how|who|whom|whose|what|which|if|whether)"
_AUXILIARY = r"(?:is|are|was|were|has|have|had|can|could|will|would|should|does|do|did)(?:n[’']?t)?"
_ASKER = compile_late(
    r"^(?:(?:speaking )?as|i[’']?m|i am|we[’']?re|we are) (?:an? )?(?:\w+ )?(?:students?|researchers?|journalists?|reporters?"
    r"|writers?|councillors?|(?:school )?governors?|residents?|taxpayers?|members? of the public|citizens?)"
    r"(?: (?:doing|writing|working on|studying)\b[^,.;:?!–]{0,60}| (?:at|from|in|for|of) \w+)?\s?[,.;:!–-]+\s+(?:and\s+|so\s+)?",
    re.IGNORECASE,
)
"""Who asks, where that says nothing of the matter."""
_LEAD = compile_late(
    r"(?:^|(?<=[.,;:!?–-]\s))(?:(?:hi|hello|hey|so|ok|well|good (?:morning|afternoon|evening))(?: there)?[,.! ]+)?(?:please,? )?"
    r"(?:(?:can|could|would|will) (?:you|anyone|someone|anybody|somebody) (?:please |kindly )?"
    r"(?:(?:tell|show|inform|let) (?:me|us)(?: know)?|explain(?: to (?:me|us))?|say|confirm|clarify|find out|check)"
    r"|(?:do|does|would) (?:you|anyone|anybody|somebody|someone) (?:happen to )?know"
    r"|i(?:[’']?d| would) (?:really |just |also |quite )?(?:like|love|be interested) to (?:know|find out|see|understand|hear|learn|ask)"
    r"|(?:i|we)(?:[’']m| am|[’']re| are)? (?:just |really |also )?(?:want(?:ed)?|need|trying|hoping|looking|keen) to"
    r" (?:know|find out|understand|see|ask|learn|check)"
    r"|i(?:[’']?m| am| was|[’']ve been| have been) (?:just |also )?(?:wondering|curious|interested|asking)(?: to know| in| about)?"
    r"|i wonder(?:ed)?|(?:tell|show|remind) (?:me|us)|(?:may|can|could|might) (?:i|we) (?:please )?(?:ask|know)"
    r"|let (?:me|us) know|explain(?: to (?:me|us))?"
    r"|(?:is|would) it (?:be )?possible to (?:know|say|tell|find out|see)|(?:do you have |have you )?any idea"
    r"|is there (?:any |some )?(?:information|figures?|data|details?|evidence|anything)|what (?:i|we) (?:really )?(?:want|need) to know is"
    r"|my [\w’'-]+ (?:wants|would like) to know)"
    rf"(?: please)?(?: (?:about|on))?\s?[:,–-]? (?=(?:{_ASKING}|{_AUXILIARY})\b)",
    re.IGNORECASE,
)
_REPORT_SAYS = compile_late(
    r"d(?:o|oes|id) (?:(?:the |this |that |any )?(?:reports?|inspectors?|letters?|inspectorate)|it) (?:\w+ )?"
    rf"(?:say|tell us|explain|state|mention)(?: about)? (?={_ASKING}\b)",
    re.IGNORECASE,
)
_POLITE_END = compile_late(
    r",? (?:please|if you (?:know|can)|thanks?|thank you)(?: (?:very|so) much)?(?=[?.!]*$)", re.IGNORECASE
)
_SUBJECT = rf"(?!(?:in|at|on|of|for|to)\b)(?:(?!(?:{_AUXILIARY}|who|that|which)\b)[\w’'-]+ ){{1,7}}?"
_SOMEBODY = r"(?:the|its|their|his|her|our|my|it|they|he|she|we|i)"
_DEGREE = (
    r"(?:long|often|big|large|small|fast|quick(?:ly)?|slow(?:ly)?|soon|late|early|old|far|high|low|well|good|bad(?:ly)?|poor(?:ly)?|safe(?:ly)?"
    r"|effective(?:ly)?|efficient(?:ly)?|accurate(?:ly)?|fair(?:ly)?|strong|serious|important|easy|hard|difficult|common)"
)
_SHORT = tuple(
    (compile_late(pattern, re.IGNORECASE), full)
    for pattern, full in (
        (r"\b(it|that|there|he|she)[’']s(?= (?:\w+ )?(?:been|had|got|changed|improved|\w+ened)\b)", r"\1 has"),
        (r"\b(it|that|there|he|she)[’']s\b", r"\1 is"),
        (r"\b(they|we|you)[’']re\b", r"\1 are"),
        (r"\b(they|we|you|i)[’']ve\b", r"\1 have"),
        (r"^whether or not\b", "whether"),
    )
)
_MOVED = (
    r"(?P<verb>(?:is|are|was|were|can|could|will|would|should)(?:n[’']?t)?"
    r"|(?:has|have|had)(?:n[’']?t)?(?= (?:\w+ ){0,2}?(?:been|had|got|done|made|\w{2,}ed|\w+en)\b))\b(?! to\b)"
)
"""What an indirect question moves behind whom it speaks of; "have" and "do" only where another verb follows."""
# Words that open another clause, or are a verb, so that what stands before the moved verb is no subject of it alone.
_NO_SUBJECT = (
    rf"(?:{_AUXILIARY}|{_ASKING}|that|to|not|or|because|says?|said|thinks?|thought|finds?|found|needs?|about|use|used)"
)
_SUBJECT = rf"(?!(?:in|at|on|of|for)\b)(?P<whom>(?:(?!{_NO_SUBJECT}\b)[\w’'-]+ ){{1,7}}?)"
_SOMEBODY = r"(?:the|its|their|his|her|our|my|it|they|he|she|we|i)"
_DEGREE = (
    r"(?:long|often|big|large|small|fast|quick(?:ly)?|slow(?:ly)?|soon|late|early|old|far|high|low|well|good|bad(?:ly)?|poor(?:ly)?|safe(?:ly)?"
    r"|effective(?:ly)?|efficient(?:ly)?|accurate(?:ly)?|fair(?:ly)?|strong|serious|important|easy|hard|difficult|common)"
)
# "when | the inspection | was | published", "how good | the force | is | at ...", "what grade | it | was | given"
_CLAUSE = compile_late(
    rf"(?P<asking>(?:when|where|why|how(?! (?:many|much|{_DEGREE})\b))|how (?:(?:many|much) (?!of\b)[\w’'-]+|{_DEGREE})(?= {_SOMEBODY}\b)"
    rf"|(?:who|whom|whose \w+|(?:what|which)(?: (?!of\b|{_AUXILIARY}\b)[\w’'-]+)?)(?= {_SOMEBODY}\b))"
    rf" (?!{_AUXILIARY}\b){_SUBJECT}{_MOVED}(?P<rest>.*)",
    re.IGNORECASE,
)
_WHETHER = compile_late(rf"(?:if|whether) {_SUBJECT}{_MOVED}(?P<rest>.*)", re.IGNORECASE)
_WITHOUT_AUXILIARY = compile_late(
    rf"(?:if|whether) (?!(?:not|what)\b)(?P<rest>(?!.*(?:\b{_AUXILIARY}\b|,)).*)", re.IGNORECASE
)
_ONE = compile_late(r"(?:it|he|she|this|that)\b", re.IGNORECASE)


def asked_outright(text: str) -> str:
    """Return a question without who asks and without the words that only say that it is asked, in the order of a question.

    >>> asked_outright("I'd like to know when the report was published")
    'when was the report published'
    >>> asked_outright("Can you tell me whether custody is safe?"), asked_outright("When was it published?")
    ('is custody safe?', 'When was it published?')
    """
    asker = _ASKER.match(text)
    rest = text[asker.end() :] if asker else text
    lead = _REPORT_SAYS.match(rest) or _LEAD.search(rest)
    if lead is None:
        return rest if asker and re.match(rf"(?:{_ASKING}|{_AUXILIARY})\b", rest, re.IGNORECASE) else text
    before, asked = rest[: lead.start()], _POLITE_END.sub("", rest[lead.end() :])
    # "I wonder if you could tell me ..." has two leads.
    return before + asked_outright(_in_order(asked))


def _in_order(asked: str) -> str:
    """Put the verb of an indirect question before whom it speaks of, where it is plain which verb that is."""
    for short, full in _SHORT:
        asked = short.sub(full, asked, count=1)
    if (whether := _WHETHER.match(asked)) is not None:
        return f"{whether['verb']} {whether['whom'].strip()}{whether['rest']}"
    if (clause := _CLAUSE.match(asked)) is not None:
        return f"{clause['asking']} {clause['verb']} {clause['whom'].strip()}{clause['rest']}"
    if (plain := _WITHOUT_AUXILIARY.match(asked)) is not None:
        return f"{'does' if _ONE.match(plain['rest']) else 'do'} {plain['rest']}"
    return re.sub(r"^(?:if|whether) ", "", asked, flags=re.IGNORECASE)
