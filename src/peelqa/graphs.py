"""ONNX graphs made ready to run: the only module that starts onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
