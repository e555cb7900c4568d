"""A question as batch lines and the API carry it, with the filters it is asked with."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from peelqa.questions import Filters


class AskRequest(BaseModel):
    """The fields of a batch line or of `POST /api/ask`; others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str = Field(max_length=5000)
    body: list[str] = []
    year: list[int] = []
    theme: list[str] = []
    finding: str | None = None
    limit: int | None = Field(default=None, ge=1, le=20)

    @field_validator("body", "year", "theme", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        return [] if value is None else value if isinstance(value, list) else [value]

    def filters(self) -> Filters:
        """Return the filters asked with."""
        return Filters(tuple(self.body), tuple(self.year), tuple(self.theme), self.finding)
