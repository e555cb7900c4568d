from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import platformdirs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from peelqa.embedding import Embedder, ModelEmbedder, ReferenceEncoder, load_embedder
from peelqa.errors import ModelUnusable
from peelqa.exporting import CHECK_TEXTS, LEAST_COSINE, ReferenceModel
from peelqa.weights import ModelFiles, minilm_files

TEXTS = ["Police", "The force is good at keeping people safe. " * 9, "", "naïve café – 東京", "Police"]


@pytest.fixture(scope="module")
def reference() -> ReferenceModel:
    return ReferenceModel(minilm_files().folder)


def _same_model(folder: Path) -> Path:
    """Put a copy of the built-in model into a folder, small files copied and weights linked."""
    folder.mkdir()
    for path in minilm_files().paths():
        target = folder / path.relative_to(minilm_files().folder)
        target.parent.mkdir(exist_ok=True)
        if path.suffix == ".safetensors":
            target.symlink_to(path)
        else:
            shutil.copyfile(path, target)
    return folder


def test_the_export_gives_the_vectors_of_sentence_transformers(embedder: Embedder, reference: ReferenceModel) -> None:
    texts = [*CHECK_TEXTS, *TEXTS]
    cosines = (embedder.encode(texts) * reference.encode(texts)).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE


def test_the_export_has_attention_as_one_operator_a_layer_and_no_operator_that_is_slower_than_its_parts(
    embedder: Embedder,
) -> None:
    graph = Path(platformdirs.user_cache_dir("peelqa")) / "models" / minilm_files().key / "model.onnx"
    operators = Counter(node.op_type for node in onnx.load(graph, load_external_data=False).graph.node)
    assert operators["Attention"] == 6
    assert operators["LayerNormalization"] == 13
    assert "SkipLayerNormalization" not in operators


def test_a_vector_depends_on_its_text_alone_whatever_it_is_encoded_with(embedder: Embedder) -> None:
    together = embedder.encode([*TEXTS, *CHECK_TEXTS])
    for place, text in enumerate(TEXTS):
        assert np.array_equal(embedder.encode([text])[0], together[place])
    assert np.array_equal(embedder.encode(TEXTS[::-1]), together[: len(TEXTS)][::-1])
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_a_model_is_known_by_its_content_and_not_by_its_place(tmp_path: Path) -> None:
    copied = ModelFiles("all-MiniLM-L6-v2", _same_model(tmp_path / "elsewhere"))
    assert copied.digest() == minilm_files().digest()
    described = copied.describe()
    (copied.folder / "config.json").touch()
    assert copied.match(described)
    (copied.folder / "config.json").write_text("{}")
    assert not copied.match(described)


def test_a_changed_pooling_is_another_model(embedder: Embedder, tmp_path: Path) -> None:
    folder = _same_model(tmp_path / "all-MiniLM-L6-v2")
    pooling = folder / "1_Pooling" / "config.json"
    settings = json.loads(pooling.read_text())
    for name in settings:
        if name.startswith("pooling_mode_") and isinstance(settings[name], bool):
            settings[name] = name == "pooling_mode_cls_token"
    if "pooling_mode" in settings:
        settings["pooling_mode"] = "cls"
    pooling.write_text(json.dumps(settings))
    changed = load_embedder(str(folder), tmp_path / "cache")
    assert changed.name != embedder.name
    expected = ReferenceModel(folder).encode(TEXTS)
    assert (changed.encode(TEXTS) * expected).sum(axis=1).min() >= LEAST_COSINE
    assert (changed.encode(TEXTS) * embedder.encode(TEXTS)).sum(axis=1).min() < 0.99


def test_a_damaged_export_is_made_again(embedder: Embedder, tmp_path: Path) -> None:
    kept = Path(platformdirs.user_cache_dir("peelqa")) / "models" / minilm_files().key
    shutil.copytree(kept, tmp_path / "models" / kept.name)
    (weights,) = tmp_path.rglob("model.onnx.data")
    with weights.open("r+b") as file:
        file.seek(5_000_000)
        file.write(b"\xff" * 64)
    again = load_embedder(cache=tmp_path)
    assert np.array_equal(again.encode(TEXTS), embedder.encode(TEXTS))


def test_an_export_in_an_older_form_is_made_again(
    monkeypatch: pytest.MonkeyPatch, embedder: Embedder, tmp_path: Path
) -> None:
    kept = Path(platformdirs.user_cache_dir("peelqa")) / "models" / minilm_files().key
    record = tmp_path / "models" / kept.name / "export.json"
    shutil.copytree(kept, record.parent)
    whole = record.read_text()
    record.write_text(json.dumps({**json.loads(whole), "form": 1}))
    monkeypatch.setattr("peelqa.exporting.export_model", lambda *_: record.write_text(whole))
    again = load_embedder(cache=tmp_path)
    assert record.read_text() == whole
    assert np.array_equal(again.encode(TEXTS), embedder.encode(TEXTS))


def test_a_model_that_cannot_be_exported_runs_on_sentence_transformers_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, embedder: Embedder
) -> None:
    def refuse(*_: object) -> None:
        raise ModelUnusable("The model cannot be exported to ONNX: an odd layer.")

    monkeypatch.setattr("peelqa.exporting.export_model", refuse)
    slow = load_embedder(cache=tmp_path)
    assert "an odd layer. Falling back to sentence-transformers" in caplog.text
    assert isinstance(slow, ModelEmbedder)
    assert slow.name == embedder.name
    assert slow.count_tokens("stop and search") == embedder.count_tokens("stop and search")
    assert (slow.encode(TEXTS) * embedder.encode(TEXTS)).sum(axis=1).min() >= LEAST_COSINE


def test_the_reference_counts_tokens_of_long_texts_whole(embedder: Embedder) -> None:
    long = "officers " * 700
    assert ReferenceEncoder(minilm_files().folder).count_tokens(long) == embedder.count_tokens(long) == 700


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    made = Tokenizer.from_file(str(minilm_files().folder / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


@settings(deadline=None)
@given(
    text=st.lists(st.text() | st.sampled_from(["[MASK]", "don't", "\u200b", "\x1c", "\xa0", "x" * 120])).map(" ".join)
)
def test_counting_word_by_word_counts_what_the_tokenizer_does(
    text: str, embedder: Embedder, tokenizer: Tokenizer
) -> None:
    assert embedder.count_tokens(text) == len(tokenizer.encode(text, add_special_tokens=False).ids)


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelUnusable, match="not the mine that is known to be right"):
        ModelFiles("mine", tmp_path, "0" * 64).check()


def test_a_model_that_is_not_there_is_named_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="PEELQA_MODEL"):
        load_embedder(str(tmp_path / "none"))
    with pytest.raises(ModelUnusable, match=r"no model\.safetensors"):
        load_embedder(str(tmp_path))


@pytest.mark.usefixtures("embedder")
def test_loading_a_prepared_model_imports_no_torch() -> None:
    code = (
        "import sys; from peelqa.embedding import load_embedder; load_embedder().encode(['one']);"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
