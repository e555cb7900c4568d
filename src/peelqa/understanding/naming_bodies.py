"""The bodies a text names, where it says whose report is meant and not merely whom the report speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from peelqa.reports.bodies import Body, BodyMention, Kind, find_bodies, same_body, unknown_body
from peelqa.understanding.covered import Covered
from peelqa.understanding.spans import ScopeSpan

# A body that others do something with, come from or lie near to says nothing of whose report is meant.
_WITH = re.compile(
    r"\b(?:shar|work|collaborat|merg|joint|join|partner|allian|cooperat|co-operat|border|neighbour)\w*\b[^?.!]{0,60}\b(?:with|to|and)\s+$"
    r"|\b(?:near|outside|towards|bordering|neighbouring|next\sto|unlike)\s+$"
    r"|\b(?:gangs?|drugs?|dealers?|offenders?|criminals?|officers|detectives|people|children|lines|guns|travell\w+|moved|transferred|came|comes?)"
    r"\s+(?:in\s+)?(?:from|to)\s+$",
    re.IGNORECASE,
)
_PRISON = re.compile(r"\b(?:HMP|HMYOI|YOI|HM Prison|RAF|HMS)\s+$")
"""What bears a place's name and is another body."""
_TOGETHER = re.compile(
    r"\s+(?:both\s+|jointly\s+)?(?:shar|work together|collaborat|merg|join|cooperat|co-operat)\w*", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:in|for|at|within|across|on|inside)\s+(?:the\s+)?$", re.IGNORECASE)
# What a name may go on with that is not part of it: "Bedford Borough", "Derby City Council".
_KIND_OF_COUNCIL = re.compile(
    r"\s(?:Metropolitan |London )?(?:Borough|City|County|District)(?:\sCouncil)?\b(?!\s[A-Z])(?! (?:centre|centres)\b)"
)
# After "in Kent", what goes on without it: "are children in Kent | safe" does not, for "schools" would stand there too.
_GOES_ON = re.compile(
    r"\s*(?:[?.!,:;()]|$|\b(?:in|for|at|on|of|to|from|and|or|but|about|during|with|without|by|than|as|if|since|after|before|because|until|while"
    r"|that|which|who|whose|where|when|what|why|how|get|gets|got|compared|still|not|there|is|are|was|were|be|being|been|has|have|had|do|does|did"
    r"|can|could|will|would|should|must|may|might|go|goes|wait|use|live|lives|feel|think|say|said|need|like|want|know|\w+ed)\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b(?:many|all|any|some|more|fewer|few|which|what|most|other)\s+$", re.IGNORECASE)
"""What stands before a name that says of what place things are: "how many Kent children"."""
_VERB = re.compile(
    r"\s+(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might|needs?|wants?|gets?|got|says?|said)\b",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(r"\b(?:of|about|by|to|from|with|for|in|on|at|than|and|or)\s+(?:the\s+)?$", re.IGNORECASE)
_ASKS = re.compile(r"\W+(?:which|what|who|how|why|when|where)\b", re.IGNORECASE)
_FORCE = re.compile(r"\b(?:police|constabulary)\b", re.IGNORECASE)
_KEYWORDS = re.compile(
    r"(?!.*\b(?:what|which|who|whom|whose|how|why|when|where|is|are|was|were|do|does|did|has|have|had|can|could|should|would|will|must"
    r"|tell|show|list|name|give|compare|find|explain|describe)\b)[^?!]*\w\W+\w[^?!]*\??",
    re.IGNORECASE,
)
"""A query of mere words, several of them, in which nothing stands in a body's place."""
_OF_POLICE = re.compile(
    r"\b(?:polic\w+|officers?|constab\w+|the\sforce|peel|hmic(?:frs)?|crime|detectives?|custody)\b", re.IGNORECASE
)
_OF_AUTHORITY = re.compile(
    r"\b(?:ofsted|council|local\sauthority|social\swork\w*|social\scare|care\sleavers|ilacs|send|children.s\sservices)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedBodies:
    """The bodies whose reports a text means, and the words that say so."""

    names: tuple[str, ...] = ()
    spans: tuple[ScopeSpan, ...] = ()
    not_covered: str | None = None
    missing: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def name_bodies(text: str, covered: Covered) -> NamedBodies:
    """Find the bodies whose reports a text means; where no report says whom it is about, names are mere words."""
    if not covered.bodies:
        return NamedBodies()
    names, spans, missing = list[str](), list[ScopeSpan](), list[str]()
    mentions = [_whole(mention, text) for mention in find_bodies(text, covered.bodies)]
    for place, mention in enumerate(mentions):
        if not _says_which(text, mentions, place):
            continue
        fitting = _fitting(mention, covered, text)
        if not fitting:
            close = _parts_of(mention, covered.bodies)
            if len(close) > 1:
                return NamedBodies(ambiguous=close)
            missing.append(mention.text)
        elif len(fitting) > 1 and _are_alike(fitting, mention.candidates):
            return NamedBodies(ambiguous=fitting)
        else:
            names += [body for body in fitting if body not in names]
            mere = _KEYWORDS.fullmatch(text) and not _LEADS_ON.search(text[: mention.start_char])
            stand_in = "" if mere else _stand_in(fitting, mention, covered)
            spans.append(_body_span(text, mention, stand_in, spans[-1] if spans else None))
    if not names and not missing and not mentions:
        missing = [unknown] if (unknown := unknown_body(text, covered.bodies)) else []
    if names:
        return NamedBodies(tuple(names), tuple(spans), None, tuple(missing))
    return NamedBodies(not_covered=missing[0] if missing else None)


def _whole(mention: BodyMention, text: str) -> BodyMention:
    """Return a mention with the words for the kind of council behind it, if any."""
    more = _KIND_OF_COUNCIL.match(text, mention.end_char)
    return replace(mention, end_char=more.end()) if more else mention


def _says_which(text: str, mentions: Sequence[BodyMention], place: int) -> bool:
    """Tell whether a mention says whose report is meant, rather than whom the report speaks of."""
    mention = mentions[place]
    if _WITH.search(text[: mention.start_char]) or _PRISON.search(text[: mention.start_char]):
        return False
    last = mentions[-1]
    return not (len(mentions) > 1 and _TOGETHER.match(text, last.end_char))


def _fitting(mention: BodyMention, covered: Covered, text: str) -> tuple[str, ...]:
    """Return the covered bodies that a mention may mean, narrowed by what else the text speaks of."""
    found: dict[str, Kind] = {}
    exact = {candidate.name for candidate in mention.candidates} & set(covered.bodies)
    police, authority = _OF_POLICE.search(text), _OF_AUTHORITY.search(text)
    own = not police and any(same_body(mention.text, name) for name in exact)
    for candidate in mention.candidates:
        # Where Blackpool itself is covered, its police are not meant by a report on "Lancashire".
        only_serves = not same_body(mention.text, candidate.name)
        if only_serves and own:
            continue
        alike = [] if only_serves and exact else [body for body in covered.bodies if _may_be(candidate, body, covered)]
        for body in [candidate.name] if candidate.name in exact else alike:
            found.setdefault(body, candidate.kind)
    if len(found) > 1 and bool(police) != bool(authority):
        kind = Kind.FORCE if police else Kind.AUTHORITY
        return tuple(body for body in found if found[body] is kind) or tuple(found)
    return tuple(found)


def _may_be(candidate: Body, body: str, covered: Covered) -> bool:
    """Tell whether a covered body may be one that is named; a council never is the force of its name."""
    if not same_body(body, candidate.name):
        return False
    kinds = covered.kinds.get(body)
    return not kinds or candidate.kind in kinds


def _are_alike(fitting: Sequence[str], candidates: Sequence[Body]) -> bool:
    kinds = [candidate.kind for body in fitting for candidate in candidates if same_body(body, candidate.name)]
    return len(set(kinds)) < len(fitting)


def _parts_of(mention: BodyMention, covered: Sequence[str]) -> tuple[str, ...]:
    """Return the covered bodies whose names hold the mention's words ("Sussex": East Sussex, West Sussex)."""
    return tuple(body for body in covered if re.search(rf"\b{re.escape(mention.text)}\b", body, re.IGNORECASE))


def _stand_in(fitting: Sequence[str], mention: BodyMention, covered: Covered) -> str:
    """Return what a sentence says in a body's place."""
    kinds = {kind for body in fitting for kind in covered.kinds.get(body, ())}
    named = any(_FORCE.search(body) for body in fitting)
    force = Kind.FORCE in kinds if kinds else all(candidate.kind is Kind.FORCE for candidate in mention.candidates)
    return "the force" if named or force else "the authority"


def _body_span(text: str, mention: BodyMention, stand_in: str, last: ScopeSpan | None) -> ScopeSpan:
    """Return the words to leave out for a mention; one that goes on from the last ("in Kent and Essex") goes as that went."""
    if last and re.fullmatch(
        r"\s*(?:,|,?\s*(?:and|or|&|versus|vs\.?))\s*(?:in\s+)?(?:the\s+)?", text[last.end_char : mention.start_char]
    ):
        return ScopeSpan(last.end_char, mention.end_char)
    owned = text[mention.end_char : mention.end_char + 2] in ("'s", "’s")
    before = None if owned else _PLACE.search(text[: mention.start_char])
    if before and _GOES_ON.match(text, mention.end_char):
        return ScopeSpan(before.start(), mention.end_char)
    start = mention.start_char
    counted = _COUNTED.search(text[:start]) and not _VERB.match(text, mention.end_char)
    if counted or (not start and _ASKS.match(text, mention.end_char)):
        return ScopeSpan(start, mention.end_char)
    article = re.search(r"\bthe\s+$", text[:start], re.IGNORECASE)
    return ScopeSpan(article.start() if article else start, mention.end_char, stand_in)
