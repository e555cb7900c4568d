"""Complete, immutable, checksummed generations in a folder, and the pointer to the one in force.

`CURRENT` names a generation and the SHA-256 of its manifest, and is replaced last: a build that dies at any moment
leaves the old generation serving. Knows files and nothing of what is in them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from peelqa.errors import BuildRunning, IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.weights import sha256_of

FORMAT = 2
KEPT_GENERATIONS = 2
MANIFEST, SEAL, CURRENT = "manifest.json", "manifest.sha256", "CURRENT"


class Damage(IndexDamaged):
    """A generation is not what was published; each line names a file and what is wrong with it."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


@contextmanager
def only_builder(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises BuildRunning, naming the holder, where another build has it."""
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / ".builder"
    try:
        with FileLock(folder / ".lock", timeout=0):
            holder.write_text(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout:
        who = holder.read_text() if holder.is_file() else "its process is not known"
        raise BuildRunning(f"Another build is at work in {folder} ({who}). Wait for it, then try again.") from None


def new_draft(folder: Path) -> tuple[Path, str, datetime]:
    """Make an empty folder for the next generation, after removing what builds that died have left."""
    for leftover in (*folder.glob(".building-*"), *folder.glob(".gone-*")):
        shutil.rmtree(leftover, ignore_errors=True)
    built_at = datetime.now(UTC)
    name = f"gen-{built_at:%Y%m%dT%H%M%S%f}"
    draft = folder / f".building-{name}"
    draft.mkdir()
    return draft, name, built_at


def seal(draft: Path, about: dict[str, Any]) -> str:
    """Write a draft's manifest over all its files, bring everything to the disk and return the manifest's SHA-256."""
    files = {name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for name, path in _files(draft).items()}
    data = json.dumps({"format": FORMAT, **about, "files": files}, indent=1).encode()
    digest = hashlib.sha256(data).hexdigest()
    (draft / MANIFEST).write_bytes(data)
    (draft / SEAL).write_text(digest)
    for path in (*draft.rglob("*"), draft):
        _sync(path)
    return digest


def publish(folder: Path, draft: Path, name: str, digest: str) -> None:
    """Put a sealed draft in force."""
    draft.rename(folder / name)
    _sync(folder)
    pointer = folder / ".CURRENT.new"
    pointer.write_text(json.dumps({"generation": name, "manifest_sha256": digest}))
    _sync(pointer)
    pointer.replace(folder / CURRENT)
    _sync(folder)


def prune(folder: Path, reports: dict[str, str]) -> None:
    """Remove generations that are no longer needed, that another format keeps from being opened, or that hold a report
    which is not among `reports`.
    """
    kept = list_generations(folder)[:KEPT_GENERATIONS]
    for place in list_generations(folder):
        if place not in kept or _must_go(place, reports):
            # Renamed first: no reader opens a half removed generation.
            gone = place.rename(folder / f".gone-{place.name}")
            shutil.rmtree(gone)


def erase_index(folder: Path) -> None:
    """Remove every generation of a folder; afterwards there is no index. Raises BuildRunning as only_builder does."""
    with only_builder(folder):
        (folder / CURRENT).unlink(missing_ok=True)
        prune(folder, {})
        for place in list_generations(folder):
            shutil.rmtree(place)


def _must_go(place: Path, reports: dict[str, str]) -> bool:
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        held: dict[str, str] = manifest["reports"]
        if manifest["format"] != FORMAT:
            return True
    except (OSError, ValueError, KeyError):
        return True
    texts = set(reports.values())
    return any(report not in reports and sha256 not in texts for report, sha256 in held.items())


def list_generations(folder: Path) -> list[Path]:
    """List the published generations, newest first."""
    return sorted((path for path in folder.glob("gen-*") if path.is_dir()), reverse=True)


def current_generation(folder: Path) -> tuple[Path, str]:
    """Return the generation in force and its manifest's SHA-256.

    Raises IndexMissing where nothing was ever published, Damage where the pointer cannot be read.
    """
    pointer = folder / CURRENT
    if not pointer.exists() and not list_generations(folder):
        raise IndexMissing(f"There is no index in {folder}. Run: peelqa build")
    try:
        current = json.loads(pointer.read_bytes())
        place = folder / str(current["generation"])
        digest = str(current["manifest_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Damage(f"{pointer} cannot be read") from None
    if place.parent != folder:
        raise Damage(f"{pointer} names a place outside of the index")
    return place, digest


def check_generation(place: Path, manifest_sha256: str | None = None) -> dict[str, Any]:
    """Check every file of a generation and return its manifest.

    Without `manifest_sha256` the generation's own seal is trusted. Raises Damage with a line a file, and
    IndexOutOfDate where it is whole but in another format.
    """
    manifest = _manifest(place, manifest_sha256)
    wrong = []
    for name, about in manifest["files"].items():
        path = place / name
        if not path.is_file():
            wrong.append(f"{path} is missing")
        elif path.stat().st_size != about["bytes"]:
            wrong.append(f"{path} has {path.stat().st_size} bytes instead of {about['bytes']}")
        elif sha256_of(path) != about["sha256"]:
            wrong.append(f"{path} is damaged: its content is not what was published")
    wrong.extend(f"{place / name} does not belong there" for name in _files(place) if name not in manifest["files"])
    if wrong:
        raise Damage(*wrong)
    return manifest


def _manifest(place: Path, manifest_sha256: str | None) -> dict[str, Any]:
    path = place / MANIFEST
    try:
        data = path.read_bytes()
        expected = manifest_sha256 or (place / SEAL).read_text()
        if hashlib.sha256(data).hexdigest() != expected:
            raise Damage(f"{path} is damaged: it is not the manifest that was published")
        manifest: dict[str, Any] = json.loads(data)
    except FileNotFoundError as error:
        raise Damage(f"{error.filename} is missing") from None
    if manifest["format"] != FORMAT:
        raise IndexOutOfDate(f"{place} is in format {manifest['format']}, not {FORMAT}. Run: peelqa build")
    if manifest_sha256 and (not (place / SEAL).is_file() or (place / SEAL).read_text() != manifest_sha256):
        raise Damage(f"{place / SEAL} is missing or damaged")
    return manifest


def _files(place: Path) -> dict[str, Path]:
    """Return a generation's files by name; locks that a reader leaves are no part of it."""
    files = (path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(place).as_posix(): path for path in files if path.name not in (MANIFEST, SEAL)}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
