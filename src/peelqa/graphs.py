"""ONNX graphs made ready to run: the only module that starts onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SLOWER = ["SkipLayerNormFusion"]
"""Fusions that cost more than they save: the fused operator takes longer than its parts where there is no accelerator."""


def open_graph(path: Path) -> Any:
    """Return an inference session of a graph that runs each call on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )


def feed(session: Any, encoding: Any) -> Mapping[str, NDArray[np.int64]]:
    """Return what a session of a BERT takes of a tokenizer's encoding: ids, mask and kinds of tokens, as far as it asks for them."""
    arrays = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    return {each.name: np.array([arrays[each.name]], dtype=np.int64) for each in session.get_inputs()}
