"""A corpus and its index in one file, checked when it is written and again before anything is put back."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from peelqa.errors import BackupRefused
from peelqa.index.generations import CURRENT, check_generation, current_generation, list_generations, only_builder
from peelqa.weights import sha256_of

LIST = "backup.json"
"""The last member of a backup: the SHA-256 of every other by its name."""
_NOT_REPORTS = ("README.md", "sources.toml")
"""Files that a corpus may hold before anything is put into it."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    files: int
    bytes: int
    generation: str | None
    """The generation of the index; None where there is none, so that it must be built after restoring."""


def back_up(corpus: Path, index: Path, sample: Path, file: Path) -> Backup:
    """Write a corpus and the generation in force to a new file, and read it again to see that it is whole.

    `sample` is the folder of the built-in sample, which every peelqa brings along and which is not kept.
    Raises BackupRefused where the file exists or cannot be written, BuildRunning while an index is being built, and
    IndexDamaged where the generation in force is not whole.
    """
    if file.exists():
        raise BackupRefused(f"{file} is there already, and a backup replaces nothing. Name another file.")
    part = file.with_name(f".{file.name}.part")
    with ExitStack() as stack:
        generation: Path | None = None
        if list_generations(index):
            stack.enter_context(only_builder(index))
            generation, digest = current_generation(index)
            check_generation(generation, digest)
        stack.callback(part.unlink, missing_ok=True)
        try:
            files = dict(_members(corpus, sample, index, generation))
            _write(part, files)
            with tempfile.TemporaryDirectory(dir=file.absolute().parent) as place:
                _unpack(part, Path(place))
            os.link(part, file)
        except OSError as error:
            raise BackupRefused(f"{file} could not be written ({error.strerror or error}); nothing was kept.") from None
    sizes = sum(path.stat().st_size for path in files.values())
    return Backup(len(files), sizes, generation.name if generation else None)


def restore(file: Path, corpus: Path, index: Path, sample: Path) -> Backup:
    """Put a backup back into a corpus and an index that hold nothing yet, after checking all of it.

    Raises BackupRefused where the file is no whole backup, or where something is there already.
    """
    if list_generations(index):
        raise BackupRefused(f"{index} holds an index already. Restore into an empty folder, or move that one away.")
    if held := next((path for path in _own(corpus, sample) if path.name not in _NOT_REPORTS), None):
        raise BackupRefused(f"{corpus} holds {held.name} already. Restore into an empty folder, or move it away.")
    corpus.mkdir(parents=True, exist_ok=True)
    index.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=corpus.absolute().parent) as folder:
        place = Path(folder)
        files = _unpack(file, place)
        sizes = sum((place / name).stat().st_size for name in files)
        generations = list_generations(place / "index")
        if (place / "corpus").is_dir():
            shutil.copytree(place / "corpus", corpus, dirs_exist_ok=True)
        if generations:
            shutil.copytree(generations[0], index / generations[0].name)
            shutil.copyfile(place / "index" / CURRENT, index / CURRENT)
            check_generation(*current_generation(index))
    return Backup(len(files), sizes, generations[0].name if generations else None)


def _members(corpus: Path, sample: Path, index: Path, generation: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield every file to be kept, with its name in the backup."""
    for path in _own(corpus, sample):
        yield f"corpus/{path.relative_to(corpus).as_posix()}", path
    if generation:
        yield f"index/{CURRENT}", index / CURRENT
        for path in _files(generation):
            yield f"index/{path.relative_to(index).as_posix()}", path


def _own(corpus: Path, sample: Path) -> list[Path]:
    return [path for path in _files(corpus) if not path.is_relative_to(sample)]


def _files(folder: Path) -> list[Path]:
    """List a folder's files; locks are no part of it, and links are not followed, as no build follows them."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path for path in found if path.suffix != ".lock"]


def _write(part: Path, files: dict[str, Path]) -> None:
    sums = {}
    with part.open("wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            for name, path in files.items():
                archive.add(path, name, recursive=False)
                sums[name] = sha256_of(path)
            listed = json.dumps(sums, indent=1).encode()
            about = tarfile.TarInfo(LIST)
            about.size = len(listed)
            archive.addfile(about, io.BytesIO(listed))
        out.flush()
        os.fsync(out.fileno())


def _unpack(file: Path, place: Path) -> list[str]:
    """Unpack a backup into an empty folder and return its files' names, all of them as they were when it was made.

    Raises BackupRefused where one is missing, is another, or leads out of the folder.
    """
    try:
        with gzip.open(file) as packed, tarfile.open(fileobj=packed, mode="r:") as archive:
            archive.extractall(place, filter="data")
            while packed.read(2**20):  # to its end, where the check of the whole stands
                pass
        sums: dict[str, str] = json.loads((place / LIST).read_bytes())
    except FileNotFoundError as error:
        raise BackupRefused(f"{file} is no backup: {Path(error.filename).name} is missing.") from None
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise BackupRefused(f"{file} cannot be read as a backup ({type(error).__name__}). Use another.") from None
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {LIST}
    wrong = sorted(found ^ set(sums))
    wrong += [name for name in sorted(found & set(sums)) if sha256_of(place / name) != sums[name]]
    if wrong:
        raise BackupRefused(f"{file} is damaged: {wrong[0]} is not what was backed up. Use an older backup.")
    return sorted(found)
