"""How well a text answers a question, by a cross-encoder; the only module that knows onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from peelqa.weights import reranker_folder

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Reranker:
    """ms-marco-MiniLM-L-12-v2 in int8; one pair a call, as int8 scores would depend on what else is in a batch."""

    def __init__(self) -> None:
        self._folder = reranker_folder()
        # A pair is too small to share among threads; several pairs at once are not.
        self._readers = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="reranker")

    @cached_property
    def _session(self) -> Any:
        """The model, loaded when it is first asked: who only searches does not wait for it."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _inputs(self) -> set[str]:
        return {each.name for each in self._session.get_inputs()}

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(512)
        return tokenizer

    def logits(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text, higher is better; about -11 (nothing to do with it) to +11."""
        return list(self._readers.map(lambda text: self._logit(question, text), texts))

    def _logit(self, question: str, text: str) -> float:
        encoding = self._tokenizer.encode(question, text)
        arrays = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([values], dtype=np.int64) for name, values in arrays.items() if name in self._inputs}
        return float(np.asarray(self._session.run(None, feed)[0]).reshape(-1)[0])
