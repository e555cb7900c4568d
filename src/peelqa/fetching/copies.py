"""Copies: report files that are brought into a corpus, and the ledger of where and when each was fetched.

    corpus/NAME.html              the copy, exactly as it was sent
    corpus/NAME.html.meta.json    what its text does not say
    corpus/.fetched.json          by address: the file, its versions (date and SHA-256), and the server's ETag
    corpus/.earlier/              what stood there before a copy was replaced

A file is written beside, synced and renamed, so that there is a whole copy at every moment. Whoever gives an `undo` when
bringing something in can close it to have all as it was; what was set aside stays there.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from peelqa.errors import BadInput, BuildRunning, UnreadableReport
from peelqa.fetching.downloading import Document
from peelqa.fetching.files import is_plain, safe_name, write_whole
from peelqa.fetching.formats import suffix_of
from peelqa.reports.corpus import LARGEST_FILE, REPORT_SUFFIXES
from peelqa.reports.reading import ReadingTask, Refusal, read_all
from peelqa.reports.sidefile import SIDE_FILE_SUFFIX, SideFile, read_side_file, side_file_of

LEDGER = ".fetched.json"
EARLIER = ".earlier"


class Version(BaseModel):
    """What stood at an address on a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retrieved: date
    sha256: str


class Copy(BaseModel):
    """What is known of the copy of one address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    """The name of its file within the corpus."""
    checked: AwareDatetime
    """When the server was last asked for it."""
    etag: str | None = None
    last_modified: str | None = None
    versions: tuple[Version, ...]
    """Oldest first; the last is what the file holds."""


_COPIES = TypeAdapter(dict[str, Copy])


class Copies:
    """The fetched copies of one corpus; open them with `open_copies`."""

    def __init__(self, corpus: Path, undo: ExitStack | None = None) -> None:
        self.corpus = corpus
        self._undo = undo
        self._ledger = corpus / LEDGER
        self._known = _read_ledger(self._ledger)

    def whole(self, url: str) -> Copy | None:
        """Return what is known of an address, where its file is there and holds what was fetched."""
        copy = self._known.get(url)
        path = self.corpus / copy.file if copy else None
        if copy and path and path.is_file() and _sha256(path.read_bytes()) == copy.versions[-1].sha256:
            return copy
        return None

    def confirm(self, url: str, now: datetime) -> Path:
        """Note that an address still holds what its copy holds; return the copy's place."""
        copy = self._known[url]
        self._remember(url, self.corpus / copy.file)
        self.record(url, copy.model_copy(update={"checked": now}))
        return self.corpus / copy.file

    def place(self, url: str) -> Path | None:
        """Return where the copy of an address stands, whatever it holds by now; None where there is none."""
        path = self.corpus / self._known[url].file if url in self._known else None
        return path if path and path.is_file() else None

    def keep(self, url: str, name: str, document: Document, facts: SideFile, now: datetime) -> tuple[Path, bool]:
        """Keep what was fetched as the copy of an address; return its place, and whether its content is new.

        `name` is what a new file is called, without a suffix. What stood there before goes to `.earlier`. `facts` go to
        the side file; what stands in one already holds. Raises UnreadableReport where it is no report, or where a copy
        was there and what would replace it is of another format or cannot be read; the copy then stays.
        """
        suffix, sha256 = suffix_of(document.content, document.content_type), _sha256(document.content)
        path = self._place(url, name, suffix)
        versions = self._known[url].versions if url in self._known else ()
        there = path.is_file() and _sha256(path.read_bytes()) == sha256
        if path.is_file() and not there:
            self._check(path, document.content)
            self._set_aside(path)
        self._remember(url, path)
        known = bool(versions) and versions[-1].sha256 == sha256
        if not known:
            versions = (*versions, Version(retrieved=now.date(), sha256=sha256))
        said = read_side_file(path).model_dump(exclude_defaults=True)
        said |= {"url": said.get("url", url), "retrieved": versions[-1].retrieved}
        write_side_file(path, facts.model_copy(update=said))
        if not there:
            write_whole(path, document.content)
        self.record(url, Copy(file=path.name, checked=now, etag=document.etag, last_modified=document.last_modified,
                              versions=versions))  # fmt: skip
        return path, not (there and known)

    def record(self, url: str, copy: Copy | None) -> None:
        """Write down what is known of an address; None where nothing is."""
        if copy is None:
            self._known.pop(url, None)
        else:
            self._known[url] = copy
        self._save()

    def forget(self, name: str) -> None:
        """Forget the copy in the file called `name`, with its earlier versions, as when its report is removed."""
        if urls := [url for url, copy in self._known.items() if copy.file == name]:
            for url in urls:
                del self._known[url]
            self._save()
        for path in (self.corpus / EARLIER).glob("*"):
            if path.name.partition(".")[2] in (name, name + SIDE_FILE_SUFFIX):
                path.unlink()

    def _place(self, url: str, name: str, suffix: str) -> Path:
        """Return where the copy of an address stands or shall stand; never where another report does."""
        earlier = self.place(url)
        if earlier and self._is_of(earlier, url):
            if earlier.suffix != suffix:
                raise UnreadableReport(f"it was a {earlier.suffix} file and now is a {suffix} file")
            return earlier
        path = self.corpus / (safe_name(name) + suffix)
        if path.exists() and not self._is_of(path, url):
            path = path.with_name(f"{path.stem}-{_sha256(url.encode())[:8]}{suffix}")
        return path

    def _is_of(self, path: Path, url: str) -> bool:
        """Tell whether a file is an address's copy: by its side file or, where a person changed that, by its content."""
        try:
            if read_side_file(path).url == url:
                return True
        except UnreadableReport:
            pass
        versions = self._known[url].versions if url in self._known else ()
        return any(version.sha256 == _sha256(path.read_bytes()) for version in versions)

    def _check(self, path: Path, content: bytes) -> None:
        """Raise UnreadableReport where what would replace a copy cannot be read as a report."""
        trial = path.with_name(f".trial.{path.name}")
        write_whole(trial, content)
        try:
            ((_, outcome),) = read_all([ReadingTask(trial, path.name, "trial")])
        finally:
            trial.unlink()
        if isinstance(outcome, Refusal):
            raise UnreadableReport(f"what stands there now cannot be read: {outcome.reason}")

    def _set_aside(self, path: Path) -> None:
        earlier = self.corpus / EARLIER
        earlier.mkdir(exist_ok=True)
        for each in filter(Path.is_file, (path, side_file_of(path))):
            shutil.copy2(each, earlier / f"{_sha256(path.read_bytes())[:8]}.{each.name}")

    def _remember(self, url: str, path: Path) -> None:
        if self._undo is not None:
            self._undo.callback(_record_again, self.corpus, url, self._known.get(url))
            _remember(path, self._undo)

    def _save(self) -> None:
        write_whole(self._ledger, _COPIES.dump_json(self._known, exclude_none=True, indent=1))


@contextmanager
def open_copies(corpus: Path, undo: ExitStack | None = None) -> Iterator[Copies]:
    """Open a corpus's fetched copies, for one at a time. What is kept or confirmed is undone when `undo` is closed.

    Raises BuildRunning where another fetch is at work, and BadInput where the ledger cannot be read.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(corpus / ".fetching.lock", timeout=0):
            yield Copies(corpus, undo)
    except Timeout:
        raise BuildRunning(f"Another fetch is at work in {corpus}. Wait for it, then try again.") from None


def add_file(path: Path, corpus: Path, said: SideFile, undo: ExitStack | None = None) -> Path:
    """Copy a report file, with its side file, into a corpus; return its place there. This is undone when `undo` is closed.

    What is `said` holds over what the side file says. Raises BadInput where it is no report file, or where the corpus
    has one of that name.
    """
    try:
        about_file = path.lstat()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be added: {error.strerror}. Give the report's file, or its web address."
        ) from None
    if not stat.S_ISREG(about_file.st_mode):
        raise BadInput(f"{path} is no regular file. Give the report's own file.")
    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise BadInput(f"{path} is no report file: its name must end in one of {', '.join(sorted(REPORT_SUFFIXES))}.")
    if about_file.st_size > LARGEST_FILE:
        raise BadInput(f"{path} is larger than {LARGEST_FILE // 2**20} MB, the largest report that is read.")
    target = corpus / (path.name if is_plain(path.name) else safe_name(path.stem) + path.suffix.lower())
    if target.exists():
        raise BadInput(f"{target} is there already. Remove it first: peelqa remove {target.stem}")
    try:
        beside = read_side_file(path)
    except UnreadableReport as error:
        raise BadInput(f"{path} is not added: {error}") from None
    corpus.mkdir(parents=True, exist_ok=True)
    if undo is not None:
        _remember(target, undo)
    write_side_file(target, beside.model_copy(update=said.model_dump(exclude_defaults=True)))
    write_whole(target, path.read_bytes())
    return target


def write_side_file(path: Path, about: SideFile) -> None:
    """Write what is known about the report file at `path` beside it; nothing where nothing is known."""
    if content := about.model_dump(exclude_defaults=True):
        lines = SideFile(**content).model_dump_json(exclude_defaults=True, indent=1) + "\n"
        write_whole(side_file_of(path), lines.encode())


def _remember(path: Path, undo: ExitStack) -> None:
    """Have `undo` put a report's file and side file back as they are now, or take away what is not there now."""
    for each in (path, side_file_of(path)):
        if each.is_file():
            undo.callback(write_whole, each, each.read_bytes())
        else:
            undo.callback(each.unlink, missing_ok=True)


def _record_again(corpus: Path, url: str, copy: Copy | None) -> None:
    with open_copies(corpus) as copies:
        copies.record(url, copy)


def _read_ledger(path: Path) -> dict[str, Copy]:
    if not path.is_file():
        return {}
    try:
        return _COPIES.validate_json(path.read_bytes())
    except ValidationError:
        raise BadInput(f"{path} cannot be read. Delete it to fetch every report anew.") from None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
