"""A question that is asked politely or of somebody ("Can you tell me when it was published?"), put as it is asked outright."""

from __future__ import annotations

import re

from peelqa.patterns import compile_late

_ASKING = r"(?:when|where|why|how|who|whom|whose|what|which|if|whether)"
_AUXILIARY = r"(?:is|are|was|were|has|have|had|can|could|will|would|should|does|do|did)(?:n[’']?t)?"
_MOVED = r"(?!do|did)" + _AUXILIARY
"""What an indirect question moves behind whom it speaks of: "do" only ever stands in one as what is done."""
_ASKER = compile_late(
    r"^(?:(?:speaking )?as|i[’']?m|i am|we[’']?re|we are) (?:an? )?(?:\w+ )?(?:students?|researchers?|journalists?|reporters?"
    r"|writers?|councillors?|(?:school )?governors?|residents?|taxpayers?|members? of the public|citizens?)"
    r"(?: (?:doing|writing|working on|studying|at|from|in|for)\b[^,.;:?!–]{0,60})?\s?[,.;:!–-]+\s+(?:and\s+|so\s+)?",
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
    r"|my [\w’'-]+ (?:wants|would like) to know|d(?:o|oes|id) (?:the |this |that |any )?(?:reports?|inspectors?|letters?|inspectorate|it|they) (?:\w+ )?(?:say|tell us|explain|state|mention))"
    rf"(?: please)?(?: (?:about|on))?\s?[:,–-]? (?=(?:{_ASKING}|{_AUXILIARY})\b)",
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
    (compile_late(rf"\b({whom})[’']{end}\b", re.IGNORECASE), rf"\1 {full}")
    for whom, end, full in (
        ("it|that|there|he|she", "s", "is"),
        ("they|we|you", "re", "are"),
        ("they|we|you|i", "ve", "have"),
    )
)
# "when | the inspection | was | published", "how good | the force | is | at ...", "what grade | it | has | for ..."
_CLAUSE = compile_late(
    rf"(?P<asking>(?:when|where|why|how(?! (?:many|much|{_DEGREE})\b))|how (?:(?:many|much) (?!of\b)[\w’'-]+|{_DEGREE})(?= {_SOMEBODY}\b)"
    rf"|(?:who|whom|whose \w+|(?:what|which)(?: (?!{_AUXILIARY}\b)[\w’'-]+)?)(?= (?:{_SOMEBODY}|inspectors)\b))"
    rf" (?!{_AUXILIARY}\b)(?P<whom>{_SUBJECT})(?P<verb>{_MOVED})\b(?P<rest>[^?]*)",
    re.IGNORECASE,
)
_WHETHER = compile_late(rf"(?:if|whether) (?P<whom>{_SUBJECT})(?P<verb>{_MOVED})\b(?P<rest>[^?]*)", re.IGNORECASE)


def asked_outright(text: str) -> str:
    """Return a question without who asks and without the words that only say that it is asked, in the order of a question.

    >>> asked_outright("I'd like to know when the report was published")
    'when was the report published'
    >>> asked_outright("Can you tell me whether custody is safe?"), asked_outright("When was it published?")
    ('is custody safe?', 'When was it published?')
    """
    asker = _ASKER.match(text)
    rest = text[asker.end() :] if asker else text
    lead = _LEAD.search(rest)
    if lead is None:
        return rest if asker and re.match(rf"(?:{_ASKING}|{_AUXILIARY})\b", rest, re.IGNORECASE) else text
    before, asked = rest[: lead.start()], _POLITE_END.sub("", rest[lead.end() :])
    # "I wonder if you could tell me ..." has two leads.
    return before + asked_outright(_in_order(asked))


def _in_order(asked: str) -> str:
    """Put the verb of an indirect question before whom it speaks of."""
    for short, full in _SHORT:
        asked = short.sub(full, asked, count=1)
    if (whether := _WHETHER.match(asked)) is not None:
        return f"{whether['verb']} {whether['whom'].strip()}{whether['rest']}{asked[whether.end() :]}"
    if (clause := _CLAUSE.match(asked)) is not None:
        return f"{clause['asking']} {clause['verb']} {clause['whom'].strip()}{clause['rest']}{asked[clause.end() :]}"
    return re.sub(r"^(?:if|whether) ", "does ", asked, flags=re.IGNORECASE)
