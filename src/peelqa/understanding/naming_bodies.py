"""The bodies a text names, where it says whose report is meant and not merely whom the report speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from peelqa.patterns import compile_late
from peelqa.reports.bodies import Body, BodyMention, Kind, find_bodies, same_body, unknown_body
from peelqa.understanding.covered import Covered
from peelqa.understanding.spans import ScopeSpan
from peelqa.understanding.stand_ins import span_of_name

# A body that others do something with, come from or lie near to says nothing of whose report is meant.
_WITH = compile_late(
    r"\b(?:shar|work|collaborat|merg|joint|join|partner|allian|cooperat|co-operat|border"
    r"|neighbour)\w*\b[^?.!]{0,60}\b(?:with|to|and)\s+$"
    r"|\b(?:near|outside|towards|bordering|neighbouring|next\sto|unlike)\s+$"
    r"|\b(?:gangs?|drugs?|dealers?|offenders?|criminals?|officers|detectives|people|children|lines|guns|travell\w+"
    r"|moved|transferred|came|comes?)"
    r"\s+(?:in\s+)?(?:from|to)\s+$",
    re.IGNORECASE,
)
_VISITED = compile_late(
    r"\b(?:inspectors?|ofsted|hmic\w*|inspectorates?) (?:\w+ ){0,2}?(?:come|comes|came|go|went|been|sent) (?:back )?to\s+$",
    re.IGNORECASE,
)
_PRISON = compile_late(r"\b(?:HMP|HMYOI|YOI|HM Prison|RAF|HMS)\s+$")
"""What bears a place's name and is another body."""
_TOGETHER = compile_late(
    r"\s+(?:both\s+|jointly\s+)?(?:shar|work together|collaborat|merg|join|cooperat|co-operat)\w*", re.IGNORECASE
)
# What a name may go on with that is not part of it: "Bedford Borough", "Derby City Council".
_KIND_OF_COUNCIL = compile_late(
    r"\s(?:Metropolitan |London )?(?:Borough|City|County|District)(?:\sCouncil)?\b(?!\s[A-Z])(?! (?:centre|centres)\b)"
)
_FORCE = compile_late(r"\b(?:police|constabulary)\b", re.IGNORECASE)
_OF_POLICE = compile_late(
    r"\b(?:polic\w+|officers?|constab\w+|the\sforce|peel|hmic(?:frs)?|crime|detectives?|custody)\b", re.IGNORECASE
)
_OF_AUTHORITY = compile_late(
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
    as_served: bool = False
    """True where they are those that a force serves which has no report of its own: joint inspections speak of it."""


def name_bodies(text: str, covered: Covered) -> NamedBodies:
    """Find the bodies whose reports a text means; where no report says whom it is about, names are mere words."""
    if not covered.bodies:
        return NamedBodies()
    names, spans, missing, served = list[str](), list[ScopeSpan](), list[str](), list[str]()
    mentions = [_whole(mention, text) for mention in find_bodies(text, covered.bodies)]
    for place, mention in enumerate(mentions):
        if not _says_which(text, mentions, place):
            continue
        fitting = _fitting(mention, covered, text)
        if not fitting and (there := _served(mention, covered, text)):
            served += [body for body in there if body not in served]
        elif not fitting:
            close = _parts_of(mention, covered.bodies)
            if len(close) > 1:
                return NamedBodies(ambiguous=close)
            missing.append(mention.text)
        elif len(fitting) > 1 and _are_alike(fitting, mention.candidates):
            return NamedBodies(ambiguous=fitting)
        else:
            names += [body for body in fitting if body not in names]
            stand_in = "the force" if _is_force(fitting, mention, covered) else "the authority"
            spans.append(span_of_name(text, mention, stand_in, spans[-1] if spans else None))
    if names:
        return NamedBodies(tuple(names), tuple(spans), None, tuple(missing))
    if served:
        # Joint inspections there name the force, so its name is looked for in them.
        return NamedBodies(tuple(served), (), None, tuple(missing), as_served=True)
    return NamedBodies(not_covered=missing[0] if missing else None if mentions else unknown_body(text, covered.bodies))


def _whole(mention: BodyMention, text: str) -> BodyMention:
    """Return a mention with the words for the kind of council behind it, if any."""
    more = _KIND_OF_COUNCIL.match(text, mention.end_char)
    return replace(mention, end_char=more.end()) if more else mention


def _says_which(text: str, mentions: Sequence[BodyMention], place: int) -> bool:
    """Tell whether a mention says whose report is meant, rather than whom the report speaks of."""
    mention = mentions[place]
    if _VISITED.search(text[: mention.start_char]):
        return True
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
        joint = covered.joint if police else ()
        return tuple(body for body in found if found[body] is kind or body in joint) or tuple(found)
    return tuple(found)


def _served(mention: BodyMention, covered: Covered, text: str) -> tuple[str, ...]:
    """Return the bodies that a force serves whose joint inspections speak of it, where it has no report of its own.

    A place with a council of its own names its force only where the police are spoken of.
    """
    if not _OF_POLICE.search(text) and any(candidate.kind is not Kind.FORCE for candidate in mention.candidates):
        return ()
    forces = [candidate for candidate in mention.candidates if candidate.kind is Kind.FORCE]
    return tuple(sorted({body for force in forces for body in covered.joint if body in (force.area, *force.places)}))


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


def _is_force(fitting: Sequence[str], mention: BodyMention, covered: Covered) -> bool:
    """Tell whether a mention names a police force, by the name and the reports of what it may mean."""
    kinds = {kind for body in fitting for kind in covered.kinds.get(body, ())}
    named = any(_FORCE.search(body) for body in fitting)
    return named or (
        Kind.FORCE in kinds if kinds else all(candidate.kind is Kind.FORCE for candidate in mention.candidates)
    )
