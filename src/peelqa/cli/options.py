"""Options that several commands share, and what they give: settings, filters, an opened library."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peelqa.findings import Finding

if TYPE_CHECKING:
    from peelqa.answers import Library
    from peelqa.building import Built
    from peelqa.index import Index
    from peelqa.questions import Filters
    from peelqa.settings import Settings

FINDINGS = tuple(str(each) for each in Finding)
_PLAIN_LINES_SECONDS = 5.0


def places(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --corpus and --index."""
    for option in (
        click.option("--index", help="Folder or address of the index, instead of the one in PEELQA_INDEX."),
        click.option(
            "--corpus", type=click.Path(path_type=Path), help="Folder of report files, instead of PEELQA_CORPUS."
        ),
    ):
        command = option(command)
    return command


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --body, --year, --theme, --finding and --limit."""
    for option in (
        click.option("--limit", type=click.IntRange(1, 20), default=5, show_default=True, help="How many at the most."),
        click.option("--finding", type=click.Choice(FINDINGS), help="Only findings of this direction."),
        click.option(
            "--theme", multiple=True, help="Only sections about this, for instance Efficiency. May be repeated."
        ),
        click.option(
            "--year", type=click.IntRange(1900, 2100), multiple=True, help="Only reports of this year. May be repeated."
        ),
        click.option("--body", multiple=True, help="Only reports on this force or authority. May be repeated."),
    ):
        command = option(command)
    return command


def json_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command --json, whose help says what is printed."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")


def settings_of(corpus: Path | None, index: str | None) -> Settings:
    """Return the settings with the command's own places."""
    from msgspec.structs import replace

    from peelqa.address import parse_place
    from peelqa.settings import read_settings

    place = parse_place(index) if index is not None else None
    chosen = {name: value for name, value in (("corpus", corpus), ("index", place)) if value is not None}
    return replace(read_settings(), **chosen)


def filters_of(chosen: dict[str, Any]) -> Filters:
    """Return the filters that a command was given."""
    from peelqa.questions import Filters

    return Filters(chosen["body"], chosen["year"], chosen["theme"], chosen["finding"])


def open_or_build(settings: Settings, *, closely: bool = True) -> Library:
    """Open the index as open_existing does, built first where there is none."""
    from peelqa.index import has_index

    if not has_index(settings.index):
        build_now(settings)
    return open_existing(settings, closely=closely)


def open_existing(settings: Settings, *, closely: bool = True) -> Library:
    """Open the index; a warning goes to stderr where it is not the newest. Raises IndexMissing where there is none.

    Unless questions are read `closely`, the reranker is left out of memory.
    """
    from peelqa.embedding import load_embedder
    from peelqa.reranking import Reranker

    # Models and the index are opened while the rest of the program is: checking them leaves the interpreter free.
    with _loading_what_stays(), ThreadPoolExecutor(2) as aside:
        embedder = aside.submit(load_embedder, settings.model, settings.cache)
        reranker = Reranker()
        if closely:
            reranker.prepare()

        from peelqa.index import open_index

        def open_to_ask() -> Index:
            opened = open_index(settings.index)
            _ = opened.reports, opened.vocabulary  # against which every question is read
            return opened

        index = aside.submit(open_to_ask)
        from peelqa.answers import make_library

        library = make_library(index.result(), embedder.result(), settings.candidates, reranker)
    if library.index.warning:
        click.echo(f"warning: {library.index.warning}", err=True)
    return library


@contextmanager
def _loading_what_stays() -> Iterator[None]:
    """Spare Python the search for what could be freed, as nothing can."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def build_now(settings: Settings) -> Built:
    """Build the index of the corpus, with progress on stderr."""
    from peelqa.building import build_corpus, carry_over
    from peelqa.embedding import load_embedder
    from peelqa.settings import folder_of, sample_folder

    embedder, progress = load_embedder(settings.model, settings.cache), ProgressLine()
    folder = folder_of(settings.index, settings.cache)
    built = build_corpus(settings.corpus, folder, sample_folder(), embedder, progress, vectors=settings.vectors)
    return carry_over(built, folder, settings.index, progress)


class ProgressLine:
    """How far long work is, and how long it will take at the rate so far: one line on a terminal, else a line at times."""

    def __init__(self) -> None:
        self._what = ""
        self._started = self._printed = 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._started, self._printed = what, now, now
        last = done >= total
        if not total or not (last or now - self._printed >= (0.1 if self._terminal else _PLAIN_LINES_SECONDS)):
            return
        self._printed = now
        line = f"{what}: {done} of {total}{'' if last else time_left(now - self._started, done, total)}"
        click.echo(f"\r{line:<78}" if self._terminal else line, err=True, nl=last or not self._terminal)


def time_left(seconds: float, done: int, total: int) -> str:
    """Return how long the rest takes at the rate so far; nothing before there is a rate to go by."""
    if seconds < 2 or not done:
        return ""
    left = round(seconds / done * (total - done))
    if left < 60:
        return f", about {left} s left"
    return f", about {left // 60} min left" if left < 3600 else f", about {left // 3600} h {left % 3600 // 60} min left"
