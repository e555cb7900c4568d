"""The side file `NAME.meta.json`: what a report's text does not say of itself. What it says holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from peelqa.errors import UnreadableReport

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

SIDE_FILE_SUFFIX = ".meta.json"


class SideFile(BaseModel):
    """The fields of a side file; all may be left out, other fields are refused so that a typing error shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Line | None = None
    url: _Line | None = None
    publisher: _Line | None = None
    published: date | None = None
    retrieved: date | None = None
    licence: _Line | None = None
    body: _Line | None = None
    framework: _Line | None = None
    sample: bool = False
    """Marks the invented reports that come with peelqa."""


def side_file_of(path: Path) -> Path:
    """Return where the side file of a report file stands."""
    return path.with_name(path.name + SIDE_FILE_SUFFIX)


def read_side_file(path: Path) -> SideFile:
    """Read what stands beside the report file at `path`; an empty one where nothing does.

    Raises UnreadableReport with the first field that is wrong.
    """
    place = side_file_of(path)
    if not place.is_file():
        return SideFile()
    try:
        return SideFile.model_validate_json(place.read_bytes())
    except ValidationError as error:
        field, wrong = first_fault(error)
        raise UnreadableReport(
            f"its side file {place.name} is not right: {field or 'the whole file'}: {wrong}"
        ) from None


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Return the first field that is wrong, and what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    wrong = "it must be a date, written YYYY-MM-DD" if first["type"].startswith("date") else first["msg"]
    return ".".join(map(str, first["loc"])), wrong
