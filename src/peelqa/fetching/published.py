"""Fetching published reports into a corpus, one after the other; what is there already is asked for only if changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from peelqa.errors import AddressRefused, NotFetched, UnreadableReport
from peelqa.fetching.addresses import parse_address
from peelqa.fetching.copies import Copies, open_copies, write_side_file
from peelqa.fetching.downloading import Downloader
from peelqa.fetching.sources import Source
from peelqa.reports.corpus import REPORT_SUFFIXES
from peelqa.reports.sidefile import SideFile, read_side_file

Progress = Callable[[str, int, int], None]

RECENT = timedelta(days=1)
"""A copy that was checked so lately is not asked for again, so that a fetch that was broken off goes on where it was."""


class State(StrEnum):
    """What became of one report."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RECENT = "checked lately"
    FAILED = "not fetched"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report, and where its copy stands."""

    name: str
    url: str
    state: State
    path: Path | None
    """None where there is no copy."""
    reason: str = ""
    """Why it was not fetched."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of every report that was to be fetched, in order."""

    outcomes: tuple[Outcome, ...]

    def count(self, *states: State) -> int:
        """Return how many reports are in any of these states."""
        return sum(each.state in states for each in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that were not fetched."""
        return tuple(each for each in self.outcomes if each.state is State.FAILED)


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def fetch_reports(
    sources: Sequence[Source],
    corpus: Path,
    downloader: Downloader,
    progress: Progress,
    *,
    recent: timedelta = RECENT,
    now: Callable[[], datetime] = now_utc,
) -> Fetched:
    """Fetch published reports into a corpus; one that fails is named in the result and the others go on.

    Broken off at any moment, it leaves whole files, and the next call goes on: copies that were checked within `recent`
    are not asked for again. Raises BuildRunning where another fetch is at work.
    """
    outcomes: list[Outcome] = []
    with open_copies(corpus) as copies:
        for source in sources:
            progress("fetching reports", len(outcomes), len(sources))
            copy = copies.whole(source.url)
            if copy and now() - copy.checked < recent:
                outcome = Outcome(source.name, source.url, State.RECENT, corpus / copy.file)
            else:
                outcome = _outcome(source, copies, downloader, now)
            outcomes.append(outcome)
    progress("fetching reports", len(outcomes), len(sources))
    return Fetched(tuple(outcomes))


def add_address(
    url: str,
    corpus: Path,
    downloader: Downloader,
    said: SideFile,
    undo: ExitStack | None = None,
    *,
    now: Callable[[], datetime] = now_utc,
) -> Path:
    """Fetch the report at an address into a corpus, as part of it under a name made of the address; return its place.

    What is `said` is written to its side file, over what stands there. When `undo` is closed, a copy that was there
    already is as it was, and a new one is gone. Raises AddressRefused, NotFetched, UnreadableReport where it is no
    report, and BuildRunning where another fetch is at work.
    """
    url = parse_address(url.strip(), downloader.connector.reach).url
    with open_copies(corpus, undo) as copies:
        path, _ = _fetch(url, _name_of(url), SideFile(), copies, downloader, now())
        write_side_file(path, read_side_file(path).model_copy(update=said.model_dump(exclude_defaults=True)))
    return path


def _outcome(source: Source, copies: Copies, downloader: Downloader, now: Callable[[], datetime]) -> Outcome:
    try:
        path, state = _fetch(source.url, source.name, source.about, copies, downloader, now())
    except (AddressRefused, NotFetched, UnreadableReport) as error:
        place = copies.place(source.url)
        kept = ". The copy in the corpus stays" if place else ""
        return Outcome(source.name, source.url, State.FAILED, place, f"{error}{kept}")
    return Outcome(source.name, source.url, state, path)


def _fetch(
    url: str, name: str, facts: SideFile, copies: Copies, downloader: Downloader, now: datetime
) -> tuple[Path, State]:
    copy = copies.whole(url)
    document = downloader.get(url, copy.etag, copy.last_modified) if copy else downloader.get(url)
    if document is None:
        return copies.confirm(url, now), State.UNCHANGED
    earlier = copies.place(url)
    path, new = copies.keep(url, name, document, facts, now)
    return path, State.UNCHANGED if not new else State.CHANGED if earlier else State.NEW


def _name_of(url: str) -> str:
    """Return what a report at an address is called: the last two parts of its path.

    >>> _name_of("https://reports.example/peel-2014/west-midlands/"), _name_of("https://reports.example/v1/file/502.pdf")
    ('peel-2014 west-midlands', 'file 502')
    """
    parts = urlsplit(url)
    steps = [unquote(step) for step in parts.path.split("/") if step][-2:]
    if steps and Path(steps[-1]).suffix.lower() in REPORT_SUFFIXES:
        steps[-1] = Path(steps[-1]).stem
    return " ".join(steps) or parts.netloc
