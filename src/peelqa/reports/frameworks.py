"""The kinds of inspection peelqa recognises. What is known of each stands in `frameworks.toml`; this gives it types.

How the descriptions are applied is for `landmarks`, `outline`, `grades` and `recognise`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any

GRADE_WORDS = (
    "outstanding",
    "good",
    "adequate",
    "requires improvement to be good",
    "require improvement to be good",
    "requires improvement",
    "require improvement",
    "inadequate",
    "ungraded",
    "not graded",
    "not judged",
    "to be graded",
    "not being graded",
)

VALUE = "|".join(word.replace(" ", r"\s+") for word in sorted(GRADE_WORDS, key=len, reverse=True))
"""A pattern for any of the words by which a grade is given."""

GRADE_TAIL = rf"\s*(?:\b(?:is|are)(?:\s+that\s+it(?:\s+is)?)?)?\s*[:–-]?\s*(?:{VALUE})\.?"
"""A pattern for how a known heading ends that gives its grade: ": good", "are: good", "is that it requires improvement"."""

HMIC_BECAME_HMICFRS = date(2017, 7, 19)


def spaced(pattern: str) -> str:
    """Return a pattern of the data file as a regular expression: spaces stand for any white space."""
    return pattern.replace(" ", r"\s+").replace("VALUE", VALUE)


@cache
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for any of some patterns; of none, one that never matches."""
    return re.compile("|".join(f"(?:{spaced(each)})" for each in patterns) or r"(?!)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Something that reports of a kind give a grade for."""

    name: str
    """The same in every report of the kind."""
    label: str
    """How reports word it beside the grade."""
    level: str
    also: tuple[str, ...] = ()
    """Other names that people ask for it by."""
    expected: bool = False
    """True where a copy without its grade is incomplete."""
    until: date | None = None
    """The day from which reports no longer give it."""


@dataclass(frozen=True, slots=True)
class Framework:
    """One kind of inspection. Patterns are as `frameworks.toml` explains them."""

    name: str
    """What readers call it; `{cycle}` stands for the year or cycle of the report."""
    publisher: str
    signs: tuple[str, ...]
    """All of these occur in the title or the first pages."""
    body_kind: str
    """What is inspected: "police force" or "local authority"."""
    body_in: tuple[str, ...] = ()
    """How titles and opening lines name the inspected body: `body` is its name."""
    grade_level: str = "area"
    scale: tuple[str, ...] = ()
    """The grades that can be given, best first."""
    themes: tuple[str, ...] = ()
    """Headings that say what a section is about; the theme is the heading itself, without a grade behind it."""
    graded_themes: tuple[str, ...] = ()
    """Themes for which a copy without a grade line is incomplete."""
    questions: tuple[str, ...] = ()
    """Headings of what is judged within a theme; where `areas_graded`, each carries a grade."""
    ungraded_themes: tuple[str, ...] = ()
    """Themes that are never graded."""
    areas_graded: bool = False
    """True where every theme that is not `ungraded_themes` carries a grade."""
    outer: tuple[str, ...] = ()
    """Other headings that stand beside the themes."""
    subtitles: tuple[str, ...] = ()
    """Lines that belong to the theme's heading above them."""
    furniture: tuple[str, ...] = ()
    """Whole lines that are navigation, not content."""
    dated_sections: bool = False
    """True where each graded theme carries a "Last updated" line."""
    first_year: int = 0
    """The first year of a kind whose name carries a cycle."""
    judgements: tuple[Judgement, ...] = ()
    verdicts: tuple[str, ...] = ()
    """Sentences that state a grade: `value` is the grade, `about` the graded thing if the sentence names it."""
    overall_verdicts: tuple[str, ...] = ()
    """The same, for the report as a whole."""
    line: str = ""
    """What it shares with the kinds that it took the place of: a newer report of the line takes an older one's place."""
    speaks_of_police: bool = False
    """True where reports on a council speak of the police there too."""
    title_in: tuple[str, ...] = ()
    """Opening lines that are its title, where what stands above them is the same in every report."""
    asked: tuple[str, ...] = ()
    """How questions name an inspection of the kind."""
    apart: str = ""
    """Headings from which on a report is about another body, up to the next theme or heading on the inspected one."""
    outcome: str | None = None
    """What a verdict that names nothing is about; else the heading it stands under."""

    def matches(self, head: str) -> bool:
        """Tell whether a report that opens with `head` (title included) is of this kind."""
        return all(any_of((sign,)).search(head) for sign in self.signs)

    def judgement_labelled(self, label: str) -> Judgement | None:
        """Return the judgement whose label this is, numbers before it aside."""
        plain = re.sub(r"^[\d.]+\s+|\s+\d$", "", label).strip(" .:")
        return next((each for each in self.judgements if any_of((each.label,)).fullmatch(plain)), None)


@dataclass(frozen=True, slots=True)
class Frameworks:
    """What the data file holds."""

    known: tuple[Framework, ...]
    """In the order in which they are tried."""
    furniture: tuple[str, ...] = ()
    """Navigation and notices that any saved page may carry."""
    explaining: tuple[str, ...] = ()
    """Headings of what tells what grades mean."""
    finding_sections: tuple[tuple[str, str], ...] = field(default=())
    """Beginnings of headings that name what stands under them as a kind of finding, and that kind."""


@cache
def frameworks() -> Frameworks:
    """Return all that `frameworks.toml` describes."""
    data = tomllib.loads((resources.files("peelqa.reports") / "frameworks.toml").read_text("utf-8"))
    every = data["every"]
    return Frameworks(
        tuple(_framework(facts) for facts in data["framework"]),
        tuple(every["furniture"]),
        tuple(every["explaining"]),
        tuple((each["heading"], each["kind"]) for each in every["finding_section"]),
    )


def _framework(facts: dict[str, Any]) -> Framework:
    level = facts.get("grade_level", "area")
    judgements = tuple(
        Judgement(**{"level": level, **each, "also": tuple(each.get("also", ()))})
        for each in facts.pop("judgement", ())
    )
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return Framework(**plain, judgements=judgements)


def recognise_framework(head: str) -> Framework | None:
    """Return the first framework whose signs all stand in a report's title and first pages, or None."""
    return next((framework for framework in frameworks().known if framework.matches(head)), None)


def framework_called(name: str) -> Framework | None:
    """Return the framework that a side file's words mean ("PEEL 2014", "PEEL 2018/19", "ILACS"), or None."""
    known = frameworks().known
    peel = re.fullmatch(r"PEEL (\d{4}).*", name.strip())
    if peel and int(peel[1]) > 2014:
        year = int(peel[1])
        cycles = [each for each in known if 0 < each.first_year <= year]
        return max(cycles, key=lambda each: each.first_year, default=None)
    plain = "PEEL 2014" if peel else name.strip()
    return next((each for each in known if each.name.casefold() == plain.casefold()), None)


def lines_asked(text: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """Return the lines of inspections that a text names an inspection of, each with the words that do.

    >>> [(line, found[0]) for line, found in lines_asked("What did the SEND inspection find?")]
    [('SEND', 'SEND inspection')]
    """
    return tuple((line, match) for line, asked in _ways_of_asking() for match in asked.finditer(text))


@cache
def _ways_of_asking() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the lines of inspections that can be asked for by name, each with what finds such names."""
    return tuple(
        (each.line or each.name, any_of(tuple(rf"\b(?:{how})(?!\w)" for how in each.asked)))
        for each in frameworks().known
        if each.asked
    )


@lru_cache(maxsize=256)
def line_of(name: str | None) -> str | None:
    """Return the line of inspections that a report's framework belongs to; the name itself where it stands alone."""
    framework = framework_called(name) if name else None
    return (framework.line if framework else "") or name


def inspectorate_on(framework: Framework, day: date | None) -> str:
    """Return the publisher's name on a day: HMIC became HMICFRS in July 2017."""
    if framework.publisher in ("HMIC", "HMICFRS") and day:
        return "HMIC" if day < HMIC_BECAME_HMICFRS else "HMICFRS"
    return framework.publisher
