"""How well a text answers a question, by a cross-encoder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peelqa.graphs import feed, open_graph
from peelqa.weights import reranker_folder

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    tokenizer: Tokenizer


class Reranker:
    """ms-marco-MiniLM-L-12-v2 in int8; one pair a call, as int8 scores would depend on what else is in a batch."""

    def __init__(self) -> None:
        self._folder = reranker_folder()
        # A pair is too small to share among threads; several pairs at once are not.
        self._readers = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="reranker")

    def prepare(self) -> None:
        """Begin to load the model, in a thread of its own; who only searches does without."""
        _ = self._loading

    def logits(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text, higher is better; about -11 (nothing to do with it) to +11."""
        try:
            model = self._loading.result()
        except Exception:
            self.__dict__.pop("_loading", None)  # the next question tries again
            raise
        return list(self._readers.map(lambda text: _logit(model, question, text), texts))

    @cached_property
    def _loading(self) -> Future[_Model]:
        return self._readers.submit(_load, self._folder)


def _load(folder: Path) -> _Model:
    from tokenizers import Tokenizer

    session = open_graph(folder / "model.onnx")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    return _Model(session, tokenizer)


def _logit(model: _Model, question: str, text: str) -> float:
    fed = feed(model.session, model.tokenizer.encode(question, text))
    return float(np.asarray(model.session.run(None, fed)[0]).reshape(-1)[0])
