"""From a corpus folder to a published index: only files that are new or changed are read; all left out are named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import peelqa
from peelqa.address import Place
from peelqa.embedding import Embedder
from peelqa.errors import NothingReadable
from peelqa.index import open_index
from peelqa.index.build import Draft, require_room, start_build
from peelqa.index.embedded import forget_embedded
from peelqa.index.plan import PHASES, BuildPlan, BuildResult
from peelqa.reports.corpus import CorpusFiles, list_corpus, report_ids
from peelqa.reports.duplicates import Trace, find_duplicates
from peelqa.reports.reading import ReadingTask, Refusal, read_all
from peelqa.reports.sidefile import side_file_of
from peelqa.weights import sha256_of

Progress = Callable[[str, int, int], None]
_READING = "reading reports"
_STEPS = (_READING, *PHASES)
_READERS = (
    "reports/*.py",
    "reports/*.toml",
    "passages.py",
    "findings.py",
    "cues.py",
    "cues.toml",
    "sources.py",
    "sentences.py",
    "index/cards.py",
)
_LIBRARIES = (
    "pypdf",
    "pypdfium2",
    "python-docx",
    "lxml",
    "trafilatura",
    "markdown-it-py",
    "charset-normalizer",
    "sentencex",
)
_INDEX_SHARE = 6
"""An index takes about so many bytes for a byte of text (store, words, vectors, and vectors once more while building)."""
_TEXT_SHARES = {".pdf": 0.15, ".docx": 0.3, ".html": 0.5, ".htm": 0.5}
"""How much of a file is text, at the most, by format; all of it for others."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build read and published."""

    result: BuildResult
    warnings: dict[str, tuple[str, ...]]
    """What was noticed in reading each report, by its file; reports without are left out."""
    refused: tuple[Refusal, ...]
    duplicates: tuple[Refusal, ...]
    skipped: int


def build_corpus(
    corpus: Path, index: Path, sample: Path, embedder: Embedder, progress: Progress, *, vectors: str = "auto"
) -> Built:
    """Read what is new in a corpus and publish an index of all of it; one that is in force already stays.

    `progress` is called with what is being done, how much is done and how much there is. Raises NothingReadable
    where no file could be read, BuildRunning and BuildFailed as start_build does; the old index then stays.
    """
    files = list_corpus(corpus, sample)
    progress = _numbered(progress)
    plan = BuildPlan(vectors=vectors, progress=progress)
    with start_build(index, embedder, plan) as draft:
        require_room(index, _room(files))
        reading = _Reading(draft, files)
        refused = reading.read(progress)
        if not reading.traces:
            forget_embedded(index)  # of reports that are gone
            reasons = "; ".join(f"{each.name}: {each.reason}" for each in refused[:5])
            raise NothingReadable(
                f"No report could be read in {corpus}. {reasons or 'Put report files there, then try again.'}"
            )
        duplicates = reading.drop_copies()
        draft.refused.update((each.name, each.reason) for each in (*refused, *duplicates))
        return Built(draft.publish(), reading.warnings(), refused, duplicates, files.skipped)


def _numbered(progress: Progress) -> Progress:
    """Say with each step of a build which one it is, so that nobody takes its end for the end of all."""

    def say(what: str, done: int, total: int) -> None:
        progress(f"step {_STEPS.index(what) + 1} of {len(_STEPS)}, {what}", done, total)

    return say


def carry_over(built: Built, folder: Path, index: Place, progress: Progress) -> Built:
    """Put what was built in a folder in force where the index is kept, which may be that folder itself.

    Raises BuildFailed or ServerUnusable where a cluster fails; the old generation stays in force there, and the next
    build goes on where this one stopped.
    """
    if isinstance(index, Path):
        return built
    from peelqa.index.cluster.publishing import publish_folder

    changed = publish_folder(open_index(folder), index, lambda done, total: progress("loading passages", done, total))
    return replace(built, result=replace(built.result, unchanged=not changed))


class _Reading:
    """The files of a corpus on their way into a draft."""

    def __init__(self, draft: Draft, files: CorpusFiles) -> None:
        self.draft = draft
        self.files = files
        self.ids = report_ids(files.name(path) for path in files.paths)
        self.traces: dict[str, Trace] = {}
        """What tells copies, of each report by its id."""

    def read(self, progress: Progress) -> tuple[Refusal, ...]:
        """Take over what is unchanged, read the rest and return what could not be read, sorted by name."""
        tasks: list[ReadingTask] = []
        keys: dict[str, str] = {}
        refused: list[Refusal] = []
        for path in self.files.paths:
            name = self.files.name(path)
            report_id = self.ids[name]
            found = _find(path, name)
            if isinstance(found, Refusal):
                refused.append(found)
                continue
            keys[report_id] = found
            if self.draft.source_keys.get(report_id) == keys[report_id]:
                self.traces[report_id] = self.draft.keep(report_id)
            else:
                tasks.append(ReadingTask(path, name, report_id))
        for done, (task, outcome) in enumerate(read_all(tasks) if tasks else (), start=1):
            if isinstance(outcome, Refusal):
                refused.append(outcome)
            else:
                self.traces[task.report_id] = self.draft.add(outcome, keys[task.report_id])
            progress(_READING, done, len(tasks))
        return tuple(sorted(refused, key=lambda each: each.name))

    def drop_copies(self) -> tuple[Refusal, ...]:
        """Drop copies of other reports, and older versions at one address, and return their files with why."""
        left_out = find_duplicates(self.traces.values())
        for each in left_out:
            self.draft.drop(each.report_id)
        return tuple(Refusal(each.name, each.reason) for each in left_out)

    def warnings(self) -> dict[str, tuple[str, ...]]:
        return {name: warnings for name, warnings in sorted(self.draft.warnings.items()) if warnings}


def _find(path: Path, name: str) -> str | Refusal:
    """Return what tells a file from any other, or why it cannot be read at all."""
    shown = name.encode("utf-8", "backslashreplace").decode()
    if shown != name:
        return Refusal(shown, "its name is in no encoding that can be told; rename it")
    try:
        return source_key(path, name)
    except OSError as error:
        return Refusal(name, f"it cannot be opened ({error.strerror})")


def source_key(path: Path, name: str) -> str:
    """Return what tells a file, with its side file and the way it is read, from any other."""
    side = side_file_of(path)
    parts = (name, sha256_of(path), sha256_of(side) if side.is_file() else "", reader_version())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def reader_version() -> str:
    """Return what tells this way of reading and cutting from any other: its code, and the libraries it uses."""
    home = Path(peelqa.__file__).parent
    code = hashlib.sha256()
    for path in sorted(path for pattern in _READERS for path in home.glob(pattern)):
        code.update(path.read_bytes())
    return " ".join((code.hexdigest(), *(f"{library}={_version(library)}" for library in _LIBRARIES)))


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"


def _room(files: CorpusFiles) -> int:
    """Return how many bytes an index of these files may take while it is built, at the most."""
    text = sum(path.stat().st_size * _TEXT_SHARES.get(path.suffix.lower(), 1.0) for path in files.paths)
    return int(text * _INDEX_SHARE)
