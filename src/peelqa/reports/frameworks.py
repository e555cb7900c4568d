"""The kinds of inspection peelqa recognises, each as a short description: to add one, add one entry.

An entry says by which words a report of its kind is known, what its sections are about, and what it never means as
content. How the descriptions are applied is for `recognise`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

GRADE_WORDS = (
    "outstanding",
    "good",
    "adequate",
    "requires improvement to be good",
    "requires improvement",
    "inadequate",
    "ungraded",
    "not graded",
    "to be graded",
    "not being graded",
)

# Headings that name what stands under them as a kind of finding, whatever the framework.
FINDING_SECTIONS: tuple[tuple[str, str], ...] = (
    (r"causes?\sof\sconcern\b", "cause_of_concern"),
    (r"areas?\sfor\spriority\saction\b", "priority_action"),
    (r"priority\sactions?\b", "priority_action"),
    (r"areas?\sfor\simprovement\b", "area_for_improvement"),
    (r"what\sneeds\sto\simprove\b", "area_for_improvement"),
    (r"what\sdoes\sthe\sarea\spartnership\sneed\sto\sdo\sbetter", "area_for_improvement"),
    (r"recommendations?\b", "recommendation"),
    (r"(?:innovative|promising)(?:\sor\spromising)?\spractice\b", "innovative_practice"),
)


@dataclass(frozen=True, slots=True)
class Framework:
    """One kind of inspection. Patterns are regular expressions, matched without regard to case."""

    name: str
    """What readers call it; `{cycle}` stands for the year or cycle of the report."""
    publisher: str
    signs: tuple[str, ...]
    """All of these occur in the title or the first pages."""
    body_kind: str
    """What is inspected: "police force" or "local authority"."""
    grade_level: str = "area"
    themes: tuple[str, ...] = ()
    """Headings that say what a section is about; the theme is the heading itself, without a grade behind it."""
    graded_themes: tuple[str, ...] = ()
    """Themes for which a copy without a grade line is incomplete."""
    outer: tuple[str, ...] = ()
    """Other headings of the outermost level (used where a plain text marks no levels)."""
    subtitles: tuple[str, ...] = ()
    """Lines that belong to the heading above them."""
    furniture: tuple[str, ...] = ()
    """Whole lines that are navigation, not content."""
    dated_sections: bool = False
    """True where each graded theme carries a "Last updated" line."""

    def matches(self, head: str) -> bool:
        """Tell whether a report that opens with `head` (title included) is of this kind."""
        return all(re.search(sign, head, re.IGNORECASE) for sign in self.signs)


_PEEL_THEMES = ("Effectiveness", "Efficiency", "Legitimacy", "Leadership")
_PEEL_FURNITURE = (
    r"view the (?:\w+ )?questions? for \w+",
    r"contact [A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}",
    r"read more about .{3,60}",
    r"questions for \w+",
)

# Navigation and notices that any saved page may carry.
PAGE_FURNITURE = (
    r"skip to (?:main )?content",
    r"read (?:more|less)",
    r"back to top",
    r"share this page",
    r"print this page",
    r"english|cymraeg|english / cymraeg",
    r"planned website downtime.*",
    r"cookies on this site.*",
)

PEEL_2014 = Framework(
    name="PEEL 2014",
    publisher="HMIC",
    signs=(r"\bPEEL\b", r"\b2014\b", r"first PEEL assessment|PEEL 2014|last updated \d\d/\d\d/2014"),
    body_kind="police force",
    grade_level="pillar",
    themes=_PEEL_THEMES,
    graded_themes=("Effectiveness", "Efficiency", "Legitimacy"),
    outer=(r"HMI.s observations", r"key facts\b.*", r"police and crime plan priorities"),
    subtitles=(
        r"how well (?:does )?the force .{3,90}",
        r"(?:does|is) the force .{5,100}\?",
    ),
    furniture=_PEEL_FURNITURE,
    dated_sections=True,
)

PEEL_2015 = Framework(
    name="PEEL {cycle}",
    publisher="HMIC",
    signs=(r"\bPEEL\b", r"\b201[5-9]\b", r"effective|efficient|legitimate"),
    body_kind="police force",
    grade_level="pillar",
    themes=(*_PEEL_THEMES, r"how (?:effective|efficient|legitimate|well-led) (?:is|does) .{5,90}\?"),
    outer=(r"overview|force in context", r"HMI.s observations", r"key facts\b.*", r"police and crime plan priorities"),
    furniture=_PEEL_FURNITURE,
)

PEEL_2021 = Framework(
    name="PEEL {cycle}",
    publisher="HMICFRS",
    signs=(r"\bPEEL\b", r"\b20(?:2[1-9]|3\d)[/–-]\d\d", r"judg(?:e?ment)|graded|inspect"),
    body_kind="police force",
    grade_level="area",
    themes=(
        r"preventing (?:and deterring )?crime.{0,60}",
        r"treatment of the public|(?:police )?powers and (?:public treatment|treating the public fairly).{0,40}",
        r"engaging with and treating the public.{0,60}",
        r"responding to (?:the public|incidents)",
        r"investigating crime",
        r"supporting victims",
        r"(?:providing a service|service) to (?:the )?victims of crime",
        r"recording (?:data about )?crime(?:s)?",
        r"protecting vulnerable people",
        r"managing offenders(?: and suspects)?",
        r"disrupting serious organised crime|serious (?:and )?organised crime",
        r"(?:building, )?supporting and protecting the workforce|building and developing (?:its|the) workforce|"
        r"developing a positive workplace",
        r"tackling workforce corruption|vetting and counter-corruption",
        r"(?:strategic planning.{0,60}|good use of resources|leadership and force management|use of resources)",
    ),
    outer=(
        r"overall summary|our judg(?:e?ments)|HMI.s observations|reducing crime assessment|about (?:the force|us)",
        r"key facts\b.*",
        r"police and crime plan priorities",
    ),
    furniture=_PEEL_FURNITURE,
)

ILACS = Framework(
    name="ILACS",
    publisher="Ofsted",
    signs=(
        r"inspection of .{3,80}\s(?:local authority\s)?children.s\s(?:social care )?services",
        r"judge?ment\s+grade",
    ),
    body_kind="local authority",
    grade_level="judgement",
    themes=(
        r"the impact of leaders on social work practice with children and families",
        r"the experiences and progress of .{5,70}",
        r"overall effectiveness",
    ),
)

SIF = Framework(
    name="SIF",
    publisher="Ofsted",
    signs=(
        r"inspection of services for children in need of help and\s+protection",
        r"children looked after and care leavers",
    ),
    body_kind="local authority",
    grade_level="judgement",
    themes=(
        r"(?:the experiences and progress of )?children who need help and protection",
        r"(?:the experiences and progress of )?children looked after and achieving permanence",
        r"adoption performance",
        r"(?:the )?experiences and progress of care leavers",
        r"leadership, management and governance",
    ),
)

JTAI = Framework(
    name="JTAI",
    publisher="Ofsted, Care Quality Commission and the inspectorates of constabulary and probation",
    signs=(r"joint\s+targeted\s+area\s+inspection", r"Care Quality Commission"),
    body_kind="local authority",
    outer=(r"headline findings", r"(?:key )?strengths", r"main findings", r"next steps", r"what needs to improve\??"),
)

AREA_SEND = Framework(
    name="Area SEND",
    publisher="Ofsted and the Care Quality Commission",
    signs=(r"area SEND inspection|special educational needs and/or disabilit", r"local area"),
    body_kind="local authority",
    outer=(
        r"inspection outcome",
        r"information about the local area partnership",
        r"what is it like to be a child or young person with SEND in this area\??",
        r"what is the area partnership doing that is effective\??",
        r"what does the area partnership need to do better\??",
        r"areas for improvement|areas for priority action",
    ),
)

FRAMEWORKS = (PEEL_2014, PEEL_2021, PEEL_2015, SIF, ILACS, JTAI, AREA_SEND)


def recognise_framework(head: str) -> Framework | None:
    """Return the first framework whose signs all stand in a report's title and first pages, or None."""
    return next((framework for framework in FRAMEWORKS if framework.matches(head)), None)


def framework_called(name: str) -> Framework | None:
    """Return the framework that a side file's words mean ("PEEL 2014", "PEEL 2018/19", "ILACS"), or None."""
    peel = re.fullmatch(r"PEEL (\d{4}).*", name.strip())
    if peel:
        year = int(peel[1])
        return PEEL_2014 if year < 2015 else PEEL_2015 if year < 2020 else PEEL_2021
    return next((framework for framework in FRAMEWORKS if framework.name.casefold() == name.casefold()), None)


def inspectorate_on(framework: Framework, day: date | None) -> str:
    """Return the publisher's name on a day: HMIC became HMICFRS in July 2017."""
    if framework.publisher in ("HMIC", "HMICFRS") and day:
        return "HMIC" if day < date(2017, 7, 19) else "HMICFRS"
    return framework.publisher
