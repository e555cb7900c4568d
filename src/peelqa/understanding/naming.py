"""Which reports a text means: the bodies, years and days it names, read against what is covered.

"In Kent" and "the 2018 inspection" point to reports and narrow the search; "savings by 2015/16" and "Kent and Essex share a
helicopter" do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from peelqa.understanding.covered import Covered
from peelqa.understanding.naming_bodies import name_bodies
from peelqa.understanding.naming_dates import name_dates
from peelqa.understanding.spans import ScopeSpan


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says of the reports it means."""

    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    published: date | None = None
    newest: bool = False
    not_covered: str | None = None
    """The body, year or day that no report is about, where none that is covered is named."""
    missing: tuple[str, ...] = ()
    """Bodies that no report is about, named beside covered ones."""
    ambiguous: tuple[str, ...] = ()
    """The covered bodies that a name may mean."""
    spans: tuple[ScopeSpan, ...] = field(default=(), repr=False)


def find_named(text: str, covered: Covered) -> Named:
    """Read which reports a text means."""
    bodies = name_bodies(text, covered)
    dates = name_dates(text, covered, bodies)
    return Named(
        bodies=bodies.names,
        years=dates.years,
        published=dates.published,
        newest=dates.newest,
        not_covered=bodies.not_covered or dates.not_covered,
        missing=bodies.missing,
        ambiguous=bodies.ambiguous,
        spans=tuple(sorted((*bodies.spans, *dates.spans), key=lambda span: span.start_char)),
    )
