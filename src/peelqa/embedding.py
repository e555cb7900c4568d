"""Text to unit vectors: a sentence-transformers model, run by its ONNX export where it has one."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import platformdirs
from numpy.typing import NDArray

from peelqa.errors import ModelUnusable
from peelqa.weights import MINILM, ModelFiles, minilm_files, sha256_of

Vectors = NDArray[np.float32]
_SLICE = 64
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    name: str
    dimension: int
    max_tokens: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, float32, of shape (len(texts), dimension)."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        ...


class _Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, text: str) -> int: ...


class ModelEmbedder:
    """A model known by its files' content, with whatever runs it."""

    def __init__(self, name: str, encoder: _Encoder, dimension: int, window: int) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = window - 2
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; the same text gives the same vector whatever it is encoded with."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLICE):
            part = texts[start : start + _SLICE]
            vectors[start : start + len(part)] = self._encoder.encode(part)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        return self._encoder.count_tokens(text)


class ReferenceEncoder:
    """sentence-transformers itself, for a model whose pipeline cannot be exported; slow to load and to run."""

    def __init__(self, folder: Path) -> None:
        from peelqa.exporting import ReferenceModel

        self.reference = ReferenceModel(folder)
        self._tokenizer: Any = self.reference.model.tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order."""
        return self.reference.encode(texts)

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        return len(self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"])


def load_embedder(model: str = MINILM, cache: Path | None = None) -> Embedder:
    """Load the built-in model, or the one in a local folder, from its export; exported first where there is none.

    `cache` is where exports are kept, by default the user's cache directory. A model that cannot be exported runs on
    sentence-transformers, with a warning. Raises ModelUnusable where there is no such model.
    """
    files = model_files(model)
    export = (cache or Path(platformdirs.user_cache_dir("peelqa"))) / "models" / files.key
    try:
        return _from_export(files, export)
    except (ModelUnusable, OSError) as error:
        _log.warning("%s Falling back to sentence-transformers, which is slower to start and to run.", error)
    files.check()
    try:
        encoder = ReferenceEncoder(files.folder)
    except Exception as error:  # whatever the library makes of a folder that is no model
        raise ModelUnusable(f"{files.folder} cannot be loaded as a model ({type(error).__name__}).") from None
    return ModelEmbedder(
        f"{files.name}@{files.digest()[:12]}", encoder, encoder.reference.dimension, encoder.reference.window
    )


def model_files(model: str) -> ModelFiles:
    """Return the files of the built-in model or of a folder. Raises ModelUnusable where there are none."""
    if model == MINILM:
        return minilm_files()
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise ModelUnusable(f"There is no model folder {model}. Name {MINILM} or a folder in PEELQA_MODEL.")
    return ModelFiles(folder.resolve().name, folder.resolve())


def _from_export(files: ModelFiles, export: Path) -> ModelEmbedder:
    from peelqa.onnx_encoder import FORM, OnnxEncoder

    record = _whole_record(export)
    if record is None or record.get("form") != FORM or not files.match(record["source"]):
        from peelqa.exporting import export_model

        files.check()
        _log.warning("Preparing the model %s once; this takes about half a minute.", files.name)
        export_model(files.folder, export, files.describe())
        record = _whole_record(export)
        if record is None:
            raise ModelUnusable(f"The export in {export} was not written whole; is the disk full?")
    name = f"{files.name}@{record['source']['digest'][:12]}"
    encoder = OnnxEncoder(export, record["window"], record["prompt"])
    return ModelEmbedder(name, encoder, record["dimension"], record["window"])


def _whole_record(export: Path) -> dict[str, Any] | None:
    """Return what an export says of itself, or None where it is missing or a file of it is not what was written."""
    try:
        record: dict[str, Any] = json.loads((export / "export.json").read_bytes())
        whole = all(sha256_of(export / name) == sha256 for name, sha256 in record["files"].items())
    except (OSError, ValueError, KeyError):
        return None
    return record if whole and record["files"] else None
