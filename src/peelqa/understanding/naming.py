"""Which reports a text means: the bodies, years, days and kinds of inspection it names, read against what is covered.

"In Kent" and "the 2018 inspection" point to reports and narrow the search; "savings by 2015/16" and "Kent and Essex share a
helicopter" do not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from peelqa.reports.frameworks import lines_asked
from peelqa.understanding.covered import Covered
from peelqa.understanding.naming_bodies import NamedBodies, name_bodies
from peelqa.understanding.naming_dates import name_dates
from peelqa.understanding.spans import ScopeSpan


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says of the reports it means."""

    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    published: date | None = None
    newest: bool = False
    inspections: tuple[str, ...] = ()
    """The lines of inspections it names, of those that any report is of."""
    unknown_body: str | None = None
    """The body that no report is about, where none that is covered is named."""
    unknown_date: str | None = None
    """The year or day of which there is no report, or none on the bodies."""
    missing: tuple[str, ...] = ()
    """Bodies that no report is about, named beside covered ones."""
    ambiguous: tuple[str, ...] = ()
    """The covered bodies that a name may mean."""
    body_spans: tuple[ScopeSpan, ...] = field(default=(), repr=False)
    date_spans: tuple[ScopeSpan, ...] = field(default=(), repr=False)
    kind_spans: tuple[ScopeSpan, ...] = field(default=(), repr=False)

    @property
    def spans(self) -> tuple[ScopeSpan, ...]:
        """The words that say all this, in order."""
        return tuple(sorted((*self.body_spans, *self.date_spans, *self.kind_spans), key=lambda span: span.start_char))

    def without(self, undone: Collection[str]) -> Named:
        """Forget what the asker said was not meant: then a body's name or a year are words like any other."""
        named = self
        if "body" in undone:
            named = replace(named, bodies=(), unknown_body=None, missing=(), ambiguous=(), body_spans=())
        if "year" in undone:
            named = replace(named, years=(), published=None, newest=False, unknown_date=None, date_spans=())
        if "inspection" in undone:
            named = replace(named, inspections=(), kind_spans=())
        return named


def find_named(text: str, covered: Covered, chosen: Sequence[str] = ()) -> Named:
    """Read which reports a text means; what dates it names is read of the `chosen` bodies, if any, else of those it names."""
    bodies = name_bodies(text, covered)
    kinds = [(line, words) for line, words in lines_asked(text) if line in covered.lines]
    dates = name_dates(text, covered, replace(bodies, names=tuple(chosen) or bodies.names))
    return Named(
        bodies=bodies.names,
        years=dates.years,
        published=dates.published,
        newest=dates.newest,
        inspections=tuple(dict.fromkeys(line for line, _ in kinds)) or _joint(bodies, covered),
        unknown_body=bodies.not_covered,
        unknown_date=dates.not_covered,
        missing=bodies.missing,
        ambiguous=bodies.ambiguous,
        body_spans=bodies.spans,
        date_spans=dates.spans,
        kind_spans=tuple(ScopeSpan(*words.span(), "inspection") for _, words in kinds),
    )


def _joint(bodies: NamedBodies, covered: Covered) -> tuple[str, ...]:
    """Return the lines of inspections that speak of a force where it serves, if that is how bodies were found."""
    lines = (covered.joint[body] for body in bodies.names) if bodies.as_served else ()
    return tuple(sorted(set[str]().union(*lines)))
