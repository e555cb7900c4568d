"""A question as forms carry it, and the turns of a conversation before it."""

from __future__ import annotations

import json
from typing import Annotated, Any, get_args
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from peelqa.asking import Part
from peelqa.conversation import Turn
from peelqa.findings import Finding
from peelqa.questions import LONGEST_QUESTION, Filters

MOST_TURNS = 5
_MOST_BYTES = 10_000
"""Earlier turns that a form carries, as it is sent; the oldest are left out first."""


def _filled(value: object) -> object:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(each for each in values if each not in ("", None))


Texts = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], BeforeValidator(_filled)]
"""A field of texts, one or several; those left empty are none."""
_Years = Annotated[tuple[int, ...], BeforeValidator(_filled)]
_Findings = Annotated[tuple[Finding, ...], BeforeValidator(_filled)]


class Asked(BaseModel):
    """One question with the filters chosen for it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str = Field(default="", max_length=5000)
    body: Texts = ()
    year: _Years = ()
    theme: Texts = ()
    finding: _Findings = ()
    undone: Texts = ()
    """What must not be understood from the words."""

    def filters(self) -> Filters:
        """Return the filters asked with."""
        return Filters(self.body, self.year, self.theme, self.finding[0] if self.finding else None, self.undone)

    def as_turn(self) -> Turn:
        """Return the question as an earlier one of a conversation."""
        return Turn(self.question, self.filters())

    def fields(self) -> list[tuple[str, str]]:
        """Return the filled fields in the form's order, for hidden inputs and addresses."""
        named = self.model_dump(exclude={"question"})
        return [(name, str(value)) for name, values in named.items() for value in values]

    def packed(self) -> str:
        """Return the turn as the one line of text that a form carries it in."""
        return json.dumps(self.model_dump(exclude_defaults=True), ensure_ascii=False, separators=(",", ":"))

    def problem(self) -> str | None:
        """Say why this cannot be asked, or None where it can."""
        if not self.question.strip():
            return "Enter a question"
        if len(self.question) > LONGEST_QUESTION:
            return f"Shorten your question to {LONGEST_QUESTION} characters or fewer"
        return None


class AskForm(Asked):
    """The ask form: a question, the packed turns before it, and what a reader took out of its understanding."""

    turn_texts: tuple[Annotated[str, Field(max_length=8000)], ...] = Field(default=(), alias="turn")
    drop: str = Field(default="", max_length=40)

    def asked(self) -> Asked:
        """Return the question without what the reader took out."""
        fields: dict[str, Any] = self.model_dump(exclude={"turn_texts", "drop"})
        if self.drop in get_args(Part):
            if fields.get(self.drop):
                fields[self.drop] = ()
            else:
                fields["undone"] = (*self.undone, self.drop)
        return Asked(**fields)

    def earlier(self) -> tuple[Asked, ...]:
        """Return the turns before the question, oldest first; none where the reader took the conversation out."""
        return () if self.drop == "history" else unpacked(self.turn_texts)


def unpacked(texts: tuple[str, ...]) -> tuple[Asked, ...]:
    """Read packed turns, the newest that fit; a turn that cannot be read is left out."""
    turns: list[Asked] = []
    room = _MOST_BYTES
    for text in reversed(texts[-MOST_TURNS:]):
        room -= len(quote(text.encode("utf-8", "replace")))
        try:
            asked = Asked.model_validate(json.loads(text))
            asked.packed().encode()
        except (ValueError, ValidationError, RecursionError):
            continue
        if room > 0 and not asked.problem():
            turns.append(asked)
    return tuple(reversed(turns))
