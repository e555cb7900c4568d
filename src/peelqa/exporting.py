"""A sentence-transformers model as an ONNX graph, with pooling and normalising inside.

The only module that knows sentence-transformers, which stays the reference: an export is kept only where its vectors
are those of the reference. Exporting needs torch, so it runs in a process of its own: `python -m peelqa.exporting`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from peelqa.errors import ModelUnusable
from peelqa.onnx_encoder import FORM, OnnxEncoder
from peelqa.weights import sha256_of

GRAPH, RECORD, TOKENIZER = "model.onnx", "export.json", "tokenizer.json"
LEAST_COSINE = 0.99999
"""An export whose vectors are less like the reference's than this is not used."""
_ANY_SIZE = 2**31
CHECK_TEXTS = (
    "police",
    "What concerns exist about child protection?",
    "Grade: requires improvement",
    "The force doesn’t record every crime – inspectors found £1.2m of unrecorded demand in 2019/20.",
    "Llandudno, Ynys Môn, naïve café; 東京; \u00a0\u00ad; ☎ 999",
    " ".join(
        f"In week {week} the inspectors read {week * 3} case files and found delays in some." for week in range(12)
    ),
    "Officers respond quickly and treat people with respect. " * 60,
)


class ReferenceModel:
    """A sentence-transformers model from a local folder, loaded without running any code of the folder's."""

    def __init__(self, folder: Path) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_VERBOSITY"] = "error"
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.model: Any = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        ).eval()

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.model.get_embedding_dimension() or 0)

    @property
    def window(self) -> int:
        """How many tokens, special ones included, it reads of a text."""
        return int(self.model.max_seq_length or 512)

    @property
    def prompt(self) -> str:
        """What the model is configured to read before every text."""
        return str(self.model.prompts.get(self.model.default_prompt_name) or "")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text; one text at a time, so that none depends on the others."""
        encoded = self.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=1)
        return np.asarray(encoded, dtype=np.float32)

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer in the form that the tokenizers library reads."""
        self.model.tokenizer.backend_tokenizer.save(str(path))


def export_model(folder: Path, target: Path, source: dict[str, Any]) -> None:
    """Put the export of a model folder at `target`, whole or not at all; `source` is kept in its record.

    Raises ModelUnusable with the reason where the model cannot be exported.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.parent / f".{target.name}.lock"):
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            _export_in_child(folder, draft)
            record = json.loads((draft / RECORD).read_bytes())
            files = {path.name: sha256_of(path) for path in sorted(draft.iterdir()) if path.name != RECORD}
            (draft / RECORD).write_text(json.dumps({**record, "files": files, "source": source}, indent=1))
            shutil.rmtree(target, ignore_errors=True)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _export_in_child(folder: Path, draft: Path) -> None:
    command = [sys.executable, "-m", "peelqa.exporting", str(folder), str(draft)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise ModelUnusable(f"{folder} cannot be exported to ONNX: {reason[0][:300]}")


def write_export(folder: Path, draft: Path) -> None:
    """Write graph, tokenizer and record of a model into a folder, checked against the reference.

    Raises ModelUnusable where a vector of the export is not that of the reference.
    """
    reference = ReferenceModel(folder)
    _graph_of(reference).save(str(draft / GRAPH), external_data=True)
    reference.save_tokenizer(draft / TOKENIZER)
    record = {
        "form": FORM,
        "dimension": reference.dimension,
        "window": reference.window,
        "prompt": reference.prompt,
    }
    cosine = _least_cosine(reference, draft, record)
    if not cosine >= LEAST_COSINE:
        raise ModelUnusable(f"its export differs from sentence-transformers (cosine {cosine:.6f})")
    (draft / RECORD).write_text(json.dumps({**record, "least_cosine": cosine}))


def _graph_of(reference: ReferenceModel) -> Any:
    """Return a model's graph from tokens to unit vectors, in the operators that onnxruntime is fastest with."""
    import torch
    from onnxscript.optimizer import fold_constants
    from onnxscript.rewriter.ort_fusions import optimize_for_ort
    from onnxscript.rewriter.pattern import RewriteRule

    class Whole(torch.nn.Module):
        """The model's modules in their order, and unit length at the end."""

        def __init__(self) -> None:
            super().__init__()
            self.pipeline = reference.model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            made = self.pipeline({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(made["sentence_embedding"], dim=-1)

    ids = torch.ones((2, 4), dtype=torch.int64)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}
    graph: Any = torch.onnx.export(
        Whole().eval(),
        (ids, torch.ones_like(ids)),
        dynamo=True,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_shapes=(axes, axes),
        verbose=False,
    )
    # onnxruntime has operators for attention as a whole, which it does not recognise in such a graph by itself.
    graph.model, _ = optimize_for_ort(graph.model)
    RewriteRule(_skip_and_normalize, _add_and_normalize).apply_to_model(graph.model)
    # The matrices of query, key and value are joined here and not at each loading.
    fold_constants(graph.model, input_size_limit=_ANY_SIZE, output_size_limit=_ANY_SIZE)
    return graph


def _skip_and_normalize(op: Any, values: Any, skip: Any, scale: Any, shift: Any, bias: Any, epsilon: Any) -> Any:
    return op.SkipLayerNormalization(values, skip, scale, shift, bias, epsilon=epsilon, _domain="com.microsoft")


def _add_and_normalize(op: Any, values: Any, skip: Any, scale: Any, shift: Any, bias: Any, epsilon: Any) -> Any:
    """Write the operator above in its parts, which together take less time (`peelqa.graphs`)."""
    return op.LayerNormalization(op.Add(op.Add(values, bias), skip), scale, shift, epsilon=epsilon, axis=-1)


def _least_cosine(reference: ReferenceModel, draft: Path, record: dict[str, Any]) -> float:
    exported = OnnxEncoder(draft, record["window"], record["prompt"]).encode(CHECK_TEXTS)
    return float((exported * reference.encode(CHECK_TEXTS)).sum(axis=1).min())


if __name__ == "__main__":
    try:
        write_export(Path(sys.argv[1]), Path(sys.argv[2]))
    except Exception as error:  # whatever torch raises becomes the reason, in one line
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split())[:300])
