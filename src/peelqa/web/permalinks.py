"""The address of an answer, made only when a reader asks for one, which can say later what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from peelqa.web import thread
from peelqa.web.asked import Asked, unpacked
from peelqa.web.cards import digest_of
from peelqa.web.desk import Refusal
from peelqa.web.guard import LONGEST_ADDRESS
from peelqa.web.site import FRAGMENT_HEADER, Site


class LinkForm(Asked):
    """An answer to be given an address: its question, and what it was answered with."""

    turn: tuple[Annotated[str, Field(max_length=8000)], ...] = ()
    generation: str = Field(default="", max_length=80)
    quotes: str = Field(default="", max_length=400)

    def address(self) -> str:
        """Return the path and query that ask the same again."""
        fields = [("question", self.question), *Asked(**self.model_dump(exclude={"turn"})).fields()]
        fields += [("turn", text) for text in self.turn]
        return "/answer?" + urlencode([*fields, ("generation", self.generation), ("quotes", self.quotes)])


def routes(site: Site) -> APIRouter:
    """Make the routes of permalinks."""
    router = APIRouter(include_in_schema=False)

    @router.post("/link", response_class=HTMLResponse)
    def make(request: Request, form: Annotated[LinkForm, Form()]) -> HTMLResponse:
        address = form.address()
        if len(address) > LONGEST_ADDRESS - 100:
            raise Refusal(422, "This question with the conversation before it is too long for an address.")
        template = "link.html" if request.headers.get(FRAGMENT_HEADER) else "link_page.html"
        return site.page(request, template, address=address)

    @router.get("/answer", response_class=HTMLResponse)
    async def reopen(request: Request, link: Annotated[LinkForm, Query()]) -> HTMLResponse:
        asked = Asked(**link.model_dump(exclude={"turn"}))
        if asked.problem():
            raise Refusal(422, "This address holds no question that can be asked.")
        site.desk.count(request)
        earlier = unpacked(link.turn)
        answer = await site.desk.ask_again(asked.question, asked.filters(), [each.as_turn() for each in earlier])
        turn = thread.view_turn(asked, answer, earlier)
        changes = _changes(link, turn)
        context = thread.form_context(site, asked.model_copy(update={"question": "", "undone": ()}), (*earlier, asked))
        return site.page(request, "ask.html", turns=[turn], changes=changes, examples=[], **context)

    return router


def _changes(link: LinkForm, turn: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say what is not as it was when the address was made; None where it names no generation."""
    if not link.generation:
        return None
    before = {digest for digest in link.quotes.split(",") if digest}
    now = {digest_of(quote) for quote in turn["quotes"]}
    return {
        "same_generation": link.generation == turn["coverage"]["generation"],
        "gone": len(before - now),
        "new": len(now - before),
    }
