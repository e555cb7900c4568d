"""Text to unit vectors; the only module that knows sentence-transformers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from peelqa.errors import ModelUnusable
from peelqa.weights import MINILM, minilm_folder, sha256_of

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    name: str
    dimension: int
    max_tokens: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, float32, of shape (len(texts), dimension)."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model from a local folder, loaded without running any code of the folder's."""

    def __init__(self, folder: Path, name: str) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer

        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise ModelUnusable(f"{folder} has no model.safetensors; other kinds of weights are not loaded.")
        self._model: Any = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self.name = f"{name}@{sha256_of(weights)[:12]}"
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 0) - 2
        # A tokenizer of its own: the model's changes its padding and truncation as it encodes.
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Encode in small batches of like length, which is fastest on a small machine."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), 8):
            batch = order[start : start + 8]
            vectors[batch] = self._model.encode(
                [texts[index] for index in batch], normalize_embeddings=True, show_progress_bar=False, batch_size=8
            )
            if progress:
                progress(len(batch))
        return vectors

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def load_embedder(model: str = MINILM) -> Embedder:
    """Load the built-in model, or the one in a local folder.

    Raises ModelUnusable where there is no such model.
    """
    if model == MINILM:
        return SentenceTransformerEmbedder(minilm_folder(), MINILM)
    folder = Path(model)
    if not folder.is_dir():
        raise ModelUnusable(f"There is no model folder {model}. Name {MINILM} or a folder in PEELQA_MODEL.")
    return SentenceTransformerEmbedder(folder, folder.name)
