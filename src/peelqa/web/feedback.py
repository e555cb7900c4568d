""" "Was this answer useful?": kept only where the operator set a file for it, as lines of a question set.

Nothing about who answered is kept: no address, no cookie, no time of day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from filelock import FileLock
from pydantic import Field

from peelqa.answers import Status
from peelqa.web.asked import Asked, unpacked
from peelqa.web.desk import Refusal
from peelqa.web.site import FRAGMENT_HEADER, Site

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes; from then on nothing more is kept, so that nobody can fill the disk."""


class Verdict(Asked):
    """What a reader says of an answer."""

    turn: tuple[Annotated[str, Field(max_length=8000)], ...] = ()
    useful: str = Field(default="", pattern="^(yes|no)$")


def routes(site: Site) -> APIRouter:
    """Make the route of feedback."""
    router = APIRouter(include_in_schema=False)

    @router.post("/feedback", response_class=HTMLResponse)
    async def keep(request: Request, verdict: Annotated[Verdict, Form()]) -> HTMLResponse:
        file = site.settings.feedback
        if file is None or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refusal(403, "This service does not collect feedback from here.")
        site.desk.count(request)
        asked = Asked(**verdict.model_dump(exclude={"turn"}))
        earlier = unpacked(verdict.turn)
        answer = await site.desk.ask_again(asked.question, asked.filters(), [each.as_turn() for each in earlier])
        await site.desk.lookups.run(
            lambda: _write(file, question_line(asked, earlier, answer.to_json(), verdict.useful == "yes"))
        )
        template = "thanks.html" if request.headers.get(FRAGMENT_HEADER) else "thanks_page.html"
        return site.page(request, template)

    return router


def question_line(asked: Asked, earlier: tuple[Asked, ...], answer: Mapping[str, Any], useful: bool) -> dict[str, Any]:
    """Make a line of a question set: what a useful answer quoted is gold; the rest is for a person to judge."""
    answered = answer["status"] == Status.ANSWERED
    chosen = json.loads(asked.packed())
    line: dict[str, Any] = {
        "question": asked.question,
        "answerable": answered if useful else None,
        "gold": [quote["text"] for quote in answer["quotes"]] if useful else [],
        "expect": {"status": answer["status"]} if useful else {},
        "tags": ["feedback", "useful" if useful else "not-useful", f"{datetime.now(UTC):%Y-%m}"],
        "generation": answer["coverage"]["generation"],
    }
    line.update({name: value for name, value in chosen.items() if name not in ("question", "undone")})
    if earlier:
        line["history"] = [json.loads(turn.packed()) for turn in earlier]
    return line


def _write(file: Path, line: Mapping[str, Any]) -> None:
    with FileLock(file.with_name(file.name + ".lock")):
        if file.exists() and file.stat().st_size > LARGEST_FILE:
            return
        with file.open("a", encoding="utf-8", errors="replace") as lines:
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
