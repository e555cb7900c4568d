"""A question as batch lines and the API carry it, with its filters and the conversation before it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from peelqa.conversation import Turn
from peelqa.findings import Finding
from peelqa.questions import Filters

LONGEST_HISTORY = 20
"""Turns of a conversation that are read; earlier ones are refused, so that a request stays small."""


def _as_list(value: object) -> object:
    return [] if value is None else value if isinstance(value, list) else [value]


def _as_number(value: object) -> object:
    # Python takes true for 1; the API's document does not.
    if isinstance(value, bool):
        raise ValueError("a number is wanted, not true or false")
    return value


def _as_turn(value: object) -> object:
    return {"question": value} if isinstance(value, str) else value


def _as_turns(value: object) -> object:
    return [_as_turn(each) for each in value] if isinstance(value, list) else [] if value is None else [_as_turn(value)]


# One value may stand for a list of one, and null for an empty list; the API's document says so.
_Texts = Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=list[str] | str | None)]
_Number = Annotated[int, BeforeValidator(_as_number, json_schema_input_type=int)]
_Years = Annotated[list[_Number], BeforeValidator(_as_list, json_schema_input_type=list[int] | int | None)]
_Limit = Annotated[int, Field(ge=1, le=20)]
Part = Literal["body", "year", "inspection", "theme", "finding", "spelling"]
"""What may be undone of what was understood."""


class TurnRequest(BaseModel):
    """A question with the filters it is asked with; other fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str = Field(max_length=5000)
    body: _Texts = []
    year: _Years = []
    theme: _Texts = []
    finding: Finding | None = None
    undone: Annotated[list[Part], BeforeValidator(_as_list, json_schema_input_type=list[Part] | Part | None)] = Field(
        default=[], description="What must not be understood from the words, or carried over from the conversation."
    )

    def filters(self) -> Filters:
        """Return the filters asked with."""
        return Filters(tuple(self.body), tuple(self.year), tuple(self.theme), self.finding, tuple(self.undone))


class AskRequest(TurnRequest):
    """The fields of a batch line or of `POST /api/ask`; others are ignored."""

    limit: Annotated[_Limit | None, BeforeValidator(_as_number, json_schema_input_type=_Limit | None)] = None
    history: Annotated[
        list[TurnRequest],
        BeforeValidator(_as_turns, json_schema_input_type=list[TurnRequest | str] | TurnRequest | str | None),
        Field(max_length=LONGEST_HISTORY),
    ] = Field(
        default=[], description="The conversation's earlier turns, oldest first: questions, or questions with filters."
    )

    def turns(self) -> tuple[Turn, ...]:
        """Return the conversation before this question."""
        return tuple(Turn(each.question, each.filters()) for each in self.history)
