"""The figures as a page: what was measured, what it should be, and whether it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = """# Load, faults and a long run

`python -m eval.soak --record` makes this page; `--minutes M` adds the long run. Questions are offered at their own times, whether
or not earlier ones were answered (open loop, a seeded Poisson process), and hardly one is asked twice.

"""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured."""

    what: str
    found: str
    target: str
    met: bool
    noted: str = ""


def render(about: str, rows: Sequence[Row]) -> str:
    """Return the page."""
    lines = [
        f"| {row.what} | {row.found} | {row.target} | {'yes' if row.met else '**no**'} | {row.noted} |" for row in rows
    ]
    table = "\n".join(["| what | found | target | met | |", "|---|---|---|---|---|", *lines])
    missed = sum(not row.met for row in rows)
    verdict = "Every target was met." if not missed else f"{missed} of {len(rows)} targets were missed."
    return f"{_HEAD}{about}\n\n{table}\n\n{verdict}\n"
