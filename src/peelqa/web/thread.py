"""Asking and conversing: the start page, and the thread of a conversation that its form carries along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from peelqa.answers import Answer, Status
from peelqa.catalogue import Facet
from peelqa.comparison import MOST_CELLS
from peelqa.web.asked import Asked, AskForm
from peelqa.web.cards import card, digest_of, newest_evidence, scales_differ
from peelqa.web.marking import marker_for
from peelqa.web.site import FRAGMENT_HEADER, Site

EARLIER_QUOTES = 2
"""Quotations shown of each earlier turn when a whole thread is drawn again; all can be had with one press."""
_MOST_THEMES = 40
_SAID = (Status.ANSWERED, Status.NOT_FOUND)
"""What reports were asked for, answered or not."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Something that was understood of a question, which the reader can take out again."""

    name: str
    value: str
    drop: str
    chosen: bool
    """True where the reader chose it, False where it was read from the words."""


def routes(site: Site) -> APIRouter:
    """Make the routes of asking."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", response_class=HTMLResponse)
    @router.get("/ask", response_class=HTMLResponse)
    def start(request: Request) -> HTMLResponse:
        return site.page(request, "ask.html", turns=[], examples=site.examples.shown, **form_context(site, Asked()))

    @router.post("/ask", response_class=HTMLResponse)
    async def ask(request: Request, form: Annotated[AskForm, Form()]) -> HTMLResponse:
        asked, earlier = form.asked(), form.earlier()
        problem = asked.problem()
        if problem:
            context = form_context(site, asked, earlier)
            examples = [] if earlier else site.examples.shown
            return site.page(request, "ask.html", 422, turns=[], examples=examples, problem=problem, **context)
        site.desk.count(request)
        answer = await site.desk.ask_again(asked.question, asked.filters(), [each.as_turn() for each in earlier])
        request.state.answer = str(answer.status)
        newest = view_turn(asked, answer, earlier)
        if request.headers.get(FRAGMENT_HEADER):
            return site.page(request, "turn.html", turn=newest, turns=earlier)
        turns = [await _turn(site, earlier, position) for position in range(len(earlier))]
        context = form_context(site, asked.model_copy(update={"question": "", "undone": ()}), (*earlier, asked))
        page = site.page(request, "ask.html", turns=[*turns, newest], examples=[], **context)
        # A browser that may keep nothing has no answer to go back to from a report.
        page.headers["Cache-Control"] = "private, no-cache"
        return page

    return router


async def _turn(site: Site, turns: Sequence[Asked], position: int) -> dict[str, Any]:
    asked, earlier = turns[position], turns[:position]
    answer = await site.desk.ask_again(asked.question, asked.filters(), [each.as_turn() for each in earlier])
    view = view_turn(asked, answer, earlier)
    return {
        **view,
        "more": len(view["quotes"]) - EARLIER_QUOTES,
        "quotes": view["quotes"][:EARLIER_QUOTES],
        "past": True,
    }


def view_turn(asked: Asked, answer: Answer, earlier: Sequence[Asked]) -> dict[str, Any]:
    """Make of an answer what the turn's template shows. Every quotation is checked against its report here."""
    found = answer.to_json()
    understood = found["understood"]
    marker = marker_for(asked.question, understood["kind"], understood["body"])
    quotes = [card(quote, marker) for quote in found["quotes"]]
    return {
        **found,
        "number": len(earlier) + 1,
        "asked": asked,
        "earlier": earlier,
        "quotes": quotes,
        "nearest": [card(quote, marker) for quote in found["nearest"][:3]],
        "tags": understood_tags(asked, understood),
        "newest": newest_evidence(quotes, datetime.now(UTC).date()),
        "scales_differ": scales_differ(quotes),
        "side_by_side": side_by_side(asked, found) if found["status"] in _SAID else None,
        "digests": ",".join(digest_of(quote) for quote in found["quotes"]),
        "more": 0,
    }


def side_by_side(asked: Asked, found: Mapping[str, Any]) -> Asked | None:
    """Return the question as one to compare by, where it means several bodies, or one in several years, that fit side by side."""
    understood = found["understood"]
    bodies, years = understood["body"], understood["year"]
    cells = len(bodies) * len(years or found["coverage"]["years"])
    if not bodies or max(len(bodies), len(years)) < 2 or cells > MOST_CELLS:
        return None
    return asked.model_copy(update={"question": understood["text"], "body": tuple(bodies), "year": tuple(years)})


def understood_tags(asked: Asked, understood: Mapping[str, Any]) -> list[Tag]:
    """List what was understood, each as a tag that can be taken out."""
    names = {"body": "About", "year": "Year", "theme": "Theme"}
    tags = [
        Tag(label, str(value), name, chosen=bool(getattr(asked, name)))
        for name, label in names.items()
        for value in understood[name]
    ]
    tags += [Tag("Inspection", each, "inspection", chosen=False) for each in understood["inspection"]]
    if understood["finding"]:
        tags.append(Tag("Looking for", f"{understood['finding']}s", "finding", chosen=bool(asked.finding)))
    if understood["from_history"]:
        tags.append(Tag("Follows on", understood["text"], "history", chosen=False))
    elif understood["text"].casefold() != " ".join(asked.question.split()).casefold():
        tags.append(Tag("Read as", understood["text"], "spelling", chosen=False))
    return tags


def form_context(site: Site, asked: Asked, turns: Sequence[Asked] = ()) -> dict[str, Any]:
    """Return what the ask form shows: the question, the turns it carries, and filters with the reports each leaves."""
    counts = site.report_counts(chosen_facets(asked))
    choices = {facet.value: counted for facet, counted in counts.items()}
    choices["theme"] = tuple(sorted(choices["theme"][:_MOST_THEMES], key=lambda choice: choice.value))
    return {"form": asked, "form_turns": turns, "choices": choices}


def chosen_facets(asked: Asked) -> dict[Facet, tuple[str, ...]]:
    """Return the filters of a question as choices of facets."""
    years = tuple(map(str, asked.year))
    chosen = {Facet.BODY: asked.body, Facet.YEAR: years, Facet.THEME: asked.theme, Facet.FINDING: asked.finding}
    return {facet: values for facet, values in chosen.items() if values}
