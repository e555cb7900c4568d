"""Examples of what the API takes and gives, for its description at `/api/openapi.json`.

They come from the built-in sample; a test holds their shape against what is really given.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

_REFUSED = {
    400: "The body cannot be read as text.",
    404: "There is no such report",
    413: "The request is longer than 16 KB",
    422: "A field is wrong; `fields` names it",
    429: "Too many questions in a minute; `Retry-After` says how many seconds to wait",
    503: "Too busy, or the reports cannot be opened; `Retry-After` says how many seconds to wait",
}


@cache
def specimens() -> dict[str, Any]:
    """Return the examples by name: requests as `take`, responses as `give`."""
    found: dict[str, Any] = json.loads((files("peelqa.web") / "specimens.json").read_text(encoding="utf-8"))
    return found


def shown(name: str, *refused: int) -> dict[int | str, dict[str, Any]]:
    """Return how a route's responses are described: what it gives, by example, and the statuses it refuses with."""
    content = {"application/json": {"example": specimens()[name]["give"]}}
    refusal = {"application/json": {"example": {"error": "What is wrong", "detail": "What to do"}}}
    return {
        200: {"content": content},
        **{status: {"description": _REFUSED[status], "content": refusal} for status in refused},
    }


def taken(name: str) -> dict[str, Any]:
    """Return how a route's request body is described."""
    return {"requestBody": {"content": {"application/json": {"example": specimens()[name]["take"]}}}}
