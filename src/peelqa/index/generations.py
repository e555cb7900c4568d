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
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peelqa.errors import BuildFailed, BuildRunning, IndexDamaged, IndexMissing, IndexOutOfDate
from peelqa.index.embedded import forget_embedded
from peelqa.weights import sha256_of

FORMAT = 5
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
    from filelock import FileLock, Timeout  # which loads asyncio: who only asks need not wait for it

    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / ".builder"
    try:
        with FileLock(folder / ".lock", timeout=0):
            holder.write_text(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
            try:
                yield
            finally:
                with suppress(OSError):  # it only says who holds the lock
                    holder.unlink(missing_ok=True)
    except Timeout:
        try:
            who = holder.read_text() or "which is just starting"
        except OSError:
            who = "which is just ending"
        raise BuildRunning(f"Another build is at work in {folder} ({who}). Wait for it, then try again.") from None


def new_draft(folder: Path) -> tuple[Path, str, datetime]:
    """Make an empty folder for the next generation, after removing what builds that died have left."""
    _sweep(folder)
    built_at = datetime.now(UTC)
    name = _name_after(list_generations(folder), built_at)
    draft = folder / f".building-{name}"
    draft.mkdir()
    return draft, name, built_at


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name.startswith((".building-", ".gone-")):
            shutil.rmtree(path)


def _name_after(places: list[Path], now: datetime) -> str:
    """Return a name that sorts after all others, whatever a clock that was set back says."""
    name = f"gen-{now:%Y%m%dT%H%M%S%f}"
    newest = places[0].name if places else ""
    return name if name > newest else f"{newest}-1"


def seal(draft: Path, about: dict[str, Any]) -> str:
    """Write a draft's manifest over all its files, bring everything to the disk and return the manifest's SHA-256."""
    files = {name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for name, path in _files(draft).items()}
    data = json.dumps({"format": FORMAT, **about, "files": files}, indent=1).encode()
    digest = hashlib.sha256(data).hexdigest()
    (draft / MANIFEST).write_bytes(data)
    (draft / SEAL).write_text(digest)
    for path in (*_all_under(draft), draft):
        _sync(path)
    return digest


def publish(folder: Path, draft: Path, name: str, digest: str) -> None:
    """Put a sealed draft in force. What fails before it is in force leaves it a draft.

    Raises BuildFailed where it is in force and the disk did not confirm it.
    """
    place, pointer = folder / name, folder / ".CURRENT.new"
    pointer.write_text(json.dumps({"generation": name, "manifest_sha256": digest}))
    _sync(pointer)
    draft.rename(place)
    try:
        _sync(folder)
        pointer.replace(folder / CURRENT)
    except OSError:
        place.rename(draft)
        raise
    try:
        _sync(folder)
    except OSError as error:
        raise BuildFailed(
            f"The new generation {place} is in force, but the disk did not confirm it ({error.strerror}). "
            "Check the disk, then run: peelqa verify"
        ) from None


def prune(folder: Path, reports: dict[str, str], in_force: str, previous: str | None = None) -> None:
    """Remove every generation but that in force and the one before, and that too where it holds other reports or has
    another format, which keeps it from being opened.

    `reports` are those in force, by id with the SHA-256 of their text; `previous` is the generation that was in force
    before, where that is known. Raises BuildFailed where one cannot be removed.
    """
    try:
        for place in _not_needed(folder, reports, in_force, previous):
            shutil.rmtree(_take_out(place))
    except OSError as error:
        raise BuildFailed(
            f"The generation {in_force} is in force, but older ones in {folder}, which may hold removed reports, could "
            f"not be removed ({error}). Mend that, then run: peelqa build"
        ) from None


def _not_needed(folder: Path, reports: dict[str, str], in_force: str, previous: str | None) -> list[Path]:
    places = [place for place in list_generations(folder) if place.name != in_force]
    last = previous or in_force
    before = [place for place in places if place.name <= last][: KEPT_GENERATIONS - 1]
    return [place for place in places if place not in before or _must_go(place, reports)]


def _take_out(place: Path) -> Path:
    """Rename a generation out of the way, so that no reader opens a half removed one."""
    return place.rename(place.with_name(f".gone-{place.name}"))


def erase_index(folder: Path) -> None:
    """Remove every generation of a folder; afterwards there is no index.

    Raises BuildRunning as only_builder does, and BuildFailed where something cannot be removed.
    """
    try:
        with only_builder(folder):
            for place in list_generations(folder):
                _take_out(place)
            (folder / CURRENT).unlink(missing_ok=True)
            forget_embedded(folder)
            _sweep(folder)
    except OSError as error:
        raise BuildFailed(f"The index in {folder} could not be removed ({error}). Mend that, then try again.") from None


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
    """List the published generations, newest first; none where there is no folder."""
    places = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in places if path.name.startswith("gen-") and path.is_dir()), reverse=True)


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
    if place.name != current["generation"] or not place.name.startswith("gen-"):
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
    path, sealed = place / MANIFEST, _seal_of(place)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Damage(f"{path} is missing or cannot be read ({error.strerror})") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != (manifest_sha256 or sealed):
        if digest == sealed:
            raise Damage(f"{place.parent / CURRENT} does not name the manifest of {place}")
        raise Damage(f"{path} is damaged: it is not the manifest that was published")
    try:
        manifest: dict[str, Any] = json.loads(data)
        written_in, known = manifest["format"], isinstance(manifest["files"], dict)
    except (ValueError, KeyError, TypeError):
        raise Damage(f"{path} is no manifest of a generation") from None
    if written_in != FORMAT or not known:
        raise IndexOutOfDate(f"{place} is in format {written_in}, not {FORMAT}. Run: peelqa build")
    if digest != sealed:
        raise Damage(f"{place / SEAL} is missing or damaged")
    return manifest


def _seal_of(place: Path) -> str | None:
    try:
        return (place / SEAL).read_bytes().decode("ascii", "replace")
    except OSError:
        return None


def _files(place: Path) -> dict[str, Path]:
    """Return a generation's files by name; locks that a reader leaves are no part of it."""
    files = (path for path in _all_under(place) if path.is_file() and not path.name.endswith(".lock"))
    return {path.relative_to(place).as_posix(): path for path in files if path.name not in (MANIFEST, SEAL)}


def _all_under(place: Path) -> list[Path]:
    """List all files and folders in a folder, sorted. `Path.rglob` would pass over those it may not look into."""

    def refuse(error: OSError) -> None:
        raise error

    walk = os.walk(place, onerror=refuse)
    return sorted(Path(parent) / name for parent, folders, files in walk for name in (*folders, *files))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
