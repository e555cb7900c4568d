"""An exported model at work: texts to unit vectors by onnxruntime and tokenizers, without torch."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peelqa.graphs import open_graph

FORM = 2
"""The form of the exports that it runs; one in another form is made again."""
_KNOWN_WORDS = 2**16
_WORD = re.compile(r"[^ \t\n\r]+")


class OnnxEncoder:
    """A graph that ends in unit vectors, with its tokenizer.

    One text a call on one thread: nothing is padded and a vector depends on its text alone; on small machines it is
    also the fastest (see ARCHITECTURE.md, "Encoding"). Many texts are shared out among threads, one a core.
    """

    def __init__(self, folder: Path, window: int, prompt: str = "") -> None:
        from tokenizers import Tokenizer

        self._session = open_graph(folder / "model.onnx")
        self._prompt = prompt
        self._vocabulary = str(folder / "tokenizer.json")
        self._tokenizer = Tokenizer.from_file(self._vocabulary)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(window)
        self._count = lru_cache(_KNOWN_WORDS)(self._count_at_once)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, in order."""
        if len(texts) < 2:
            return np.stack([self._encode(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            return np.stack(list(threads.map(self._encode, texts)))

    def count_tokens(self, text: str) -> int:
        """Count a text's tokens, special ones left out."""
        if not self._by_words:
            return self._count_at_once(text)
        # What can be printed has no white space but spaces, at which it is parted in less time.
        return sum(map(self._count, text.split(" ") if text.isprintable() else _WORD.findall(text)))

    @cached_property
    def _counter(self) -> Any:
        """The tokenizer that counts whole texts, for cutting passages; who only asks does without."""
        from tokenizers import Tokenizer

        counter = Tokenizer.from_file(self._vocabulary)
        counter.no_padding()
        counter.no_truncation()
        return counter

    @cached_property
    def _by_words(self) -> bool:
        """Whether each word can be counted once and remembered: BERT's tokens never cross white space."""
        from tokenizers import pre_tokenizers

        return isinstance(self._counter.pre_tokenizer, pre_tokenizers.BertPreTokenizer)

    def _count_at_once(self, text: str) -> int:
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def _encode(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(self._prompt + text).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: NDArray[np.float32] = np.asarray(self._session.run(None, feed)[0], dtype=np.float32)[0]
        return vector
