"""A quotation, as the templates show it: the JSON contract with what a page adds to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from peelqa.grade_table import FIRST_YEAR_OF_FIVE_TIERS
from peelqa.reports.dates import find_years
from peelqa.web.marking import Marker, hidden_controls

Json = Mapping[str, Any]

FINDINGS = {"concern": "Concern", "strength": "Strength", "mixed": "Strength and concern", "neutral": "Neutral"}
FINDING_TYPES = {
    "recommendation": "Recommendation",
    "area_for_improvement": "Area for improvement",
    "cause_of_concern": "Cause of concern",
    "priority_action": "Priority action",
    "innovative_practice": "Innovative practice",
}
STATUSES = {
    "ungraded": "not graded in this inspection",
    "to_be_graded": "to be graded",
    "carried_over": "carried over from an earlier inspection",
    "not_in_copy": "not in our copy",
}


def card(quote: Json, marker: Marker) -> dict[str, Any]:
    """Add to a quotation what a page shows beside it."""
    report = quote["report"]
    place = f"/reports/{report['id']}"
    span = f"start={quote['start_char']}&end={quote['end_char']}"
    return {
        **quote,
        "pieces": marker.pieces(quote["text"], asides(quote)),
        "controls": hidden_controls(quote["text"]),
        "context_href": f"{place}?{span}#quoted",
        "citation_href": f"{place}/citation?{span}",
        "finding_name": FINDINGS[quote["finding"]] if quote["finding"] != "neutral" else None,
        "finding_type_name": FINDING_TYPES.get(quote["finding_type"] or ""),
        "grade_note": STATUSES.get(quote["grade"]["status"]) if quote["grade"] else None,
        "other_time": _other_time(quote),
    }


def asides(quote: Json) -> list[tuple[int, int]]:
    """Return where furniture stands in the text of a quotation."""
    at = quote["start_char"]
    return [(start - at, end - at) for start, end in quote["furniture"]]


def digest_of(quote: Json) -> str:
    """Return ten hexadecimal digits that stand for a quotation's report, place and words."""
    place = f"{quote['report']['id']}\0{quote['start_char']}\0{quote['text']}"
    return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def newest_evidence(quotes: list[dict[str, Any]], today: date) -> str | None:
    """Say how old the newest report quoted is, or None where no report says its date."""
    days = [date.fromisoformat(quote["report"]["published"]) for quote in quotes if quote["report"]["published"]]
    years = [quote["report"]["year"] for quote in quotes if quote["report"]["year"]]
    if not days and not years:
        return None
    newest = max([day.year for day in days] + years)
    age = today.year - newest
    when = "this year" if age <= 0 else "last year" if age == 1 else f"{age} years ago"
    return f"The newest report quoted is of {newest}, {when}. Things may have changed since."


def scales_differ(quotes: list[dict[str, Any]]) -> bool:
    """Tell whether grades of police forces from before and after the change of the scale stand side by side."""
    years = [
        quote["report"]["year"]
        for quote in quotes
        if quote["grade"] and quote["report"]["year"] and "PEEL" in (quote["report"]["framework"] or "")
    ]
    return bool(years) and min(years) < FIRST_YEAR_OF_FIVE_TIERS <= max(years)


def _other_time(quote: Json) -> bool:
    """Tell whether a quotation speaks of years that its report is not known by: figures renewed on an old page."""
    period, report = quote["period"], quote["report"]
    years = set(find_years(period["text"])) if period else set()
    known = {report["year"], int(report["published"][:4]) if report["published"] else None} - {None}
    return bool(years and known) and min(years) > max(known)
