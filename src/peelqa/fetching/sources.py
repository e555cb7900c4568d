"""Sources: the published reports that are known by name, as a `sources.toml` lists them. Facts only; fetches nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peelqa.errors import BadInput
from peelqa.fetching.files import safe_name
from peelqa.reports.bodies import known_bodies
from peelqa.reports.sidefile import SideFile

_STRICT = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Source:
    """One published report and where it stands."""

    name: str
    """What it is fetched by, and what its file is called."""
    series: str
    """The name of the series that it belongs to, by which all of the series are fetched."""
    url: str
    year: int
    about: SideFile


@dataclass(frozen=True, slots=True)
class Sources:
    """Every report that a `sources.toml` lists."""

    hosts: tuple[str, ...]
    """The hosts that the reports stand on, each with all below it; nothing else is fetched from."""
    listed: tuple[Source, ...]


class _Report(BaseModel):
    model_config = _STRICT
    body: str
    published: date
    address: str


class _Series(BaseModel):
    model_config = _STRICT
    publisher: str
    framework: str
    licence: str
    year: int | None = None
    published: date | None = None
    address: str = ""
    pages: tuple[str, ...] = ("",)
    forces: tuple[str, ...] = ()
    reports: tuple[_Report, ...] = ()


class _File(BaseModel):
    model_config = _STRICT
    hosts: tuple[str, ...]
    series: dict[str, _Series] = Field(min_length=1)


def read_sources(path: Path) -> Sources:
    """Read a `sources.toml`. Raises BadInput with the first thing that is wrong with it."""
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        what = error.errors(include_url=False, include_input=False)[0] if isinstance(error, ValidationError) else None
        reason = f"{'.'.join(map(str, what['loc']))}: {what['msg']}" if what else str(error)
        raise BadInput(f"{path}, the list of published reports, cannot be read: {reason}") from None
    listed = [source for name, series in file.series.items() for source in _listed(name, series)]
    return Sources(file.hosts, tuple(listed))


def choose_sources(sources: Sources, names: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources meant by names, each once, in the list's order.

    A name is a report's, a series', or a pattern with * for some of a report's. Raises BadInput for one that is none.
    """
    chosen = set[str]()
    for name in names:
        meant = {each.name for each in sources.listed if name == each.series or fnmatchcase(each.name, name)}
        if not meant:
            near = get_close_matches(name, _names(sources), n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "List them: peelqa fetch --list"
            raise BadInput(f"There is no published report called {name}. {hint}")
        chosen |= meant
    return tuple(each for each in sources.listed if each.name in chosen)


def _names(sources: Sources) -> list[str]:
    return list(dict.fromkeys(name for each in sources.listed for name in (each.series, each.name)))


def _listed(name: str, series: _Series) -> Iterator[Source]:
    facts = SideFile(publisher=series.publisher, framework=series.framework, licence=series.licence)
    for report in series.reports:
        about = facts.model_copy(update={"body": report.body, "published": report.published, "url": report.address})
        year = report.published.year
        yield Source(f"{name}-{safe_name(report.body)}-{year}", name, report.address, year, about)
    for body in known_bodies():
        if not (series.address and series.year and body.slug) or (series.forces and body.slug not in series.forces):
            continue
        for page in series.pages:
            url = series.address.format(slug=body.slug) + (f"{page}/" if page else "")
            about = facts.model_copy(update={"body": body.name, "published": series.published, "url": url})
            called = "-".join(filter(None, (name, body.slug, page.replace("/", "-"))))
            yield Source(called, name, url, series.year, about)
