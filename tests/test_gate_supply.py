"""Models are loaded only where every file is the known one, none of their code runs, and asking loads neither torch nor a pickle."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from peelqa import weights
from peelqa.embedding import Embedder, load_embedder
from peelqa.errors import IndexOutOfDate, ModelUnusable
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.reports.report import Report
from peelqa.weights import ModelFiles, minilm_files, reranker_folder

WATCH = (
    "import sys\n"
    "seen = []\n"
    "watched = ('pickle.find_class', 'socket.connect', 'socket.getaddrinfo', 'os.system', 'subprocess.Popen', 'os.exec')\n"
    "sys.addaudithook(lambda event, given: seen.append((event, str(given)[:80])) if event in watched else None)\n"
)
"""A program's first lines, which note what no model and no question may do."""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the built-in model's folder; its weights are a link."""
    folder = tmp_path / "model"
    shutil.copytree(minilm_files().folder, folder, ignore=shutil.ignore_patterns("*.safetensors", "data_config.json"))
    (folder / "model.safetensors").symlink_to(minilm_files().folder / "model.safetensors")
    return folder


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('code of a model was run')",))


def _edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _add_module(folder: Path, kind: str, name: str = "2_More") -> Path:
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 9, "name": "9", "path": name, "type": kind})
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / name).mkdir()
    (folder / name / "config.json").write_text('{"in_features": 384, "out_features": 384}')
    return folder / name


def _only_pickled(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Evil()))


def _pickled_module(folder: Path) -> None:
    more = _add_module(folder, "sentence_transformers.models.Dense")
    (more / "pytorch_model.bin").write_bytes(pickle.dumps(_Evil()))


def _own_module(folder: Path) -> None:
    _add_module(folder, "evil.Evil")
    (folder / "evil.py").write_text("raise SystemExit('code of a model was run')\n")


def _own_class(folder: Path) -> None:
    _edit(folder / "config.json", auto_map={"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil"}, model_type="evil")
    (folder / "evil.py").write_text("raise SystemExit('code of a model was run')\n")


def _cut_weights(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(data[:-1000])


def _long_header(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")


HOSTILE: dict[str, Callable[[Path], object]] = {
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "weights that are a pickle": _only_pickled,
    "a module whose weights are a pickle": _pickled_module,
    "a module of its own code": _own_module,
    "a module of another library": lambda folder: _add_module(folder, "subprocess.Popen"),
    "a configuration that names its own class": _own_class,
    "weights cut short": _cut_weights,
    "weights with an endless header": _long_header,
    "weights that are empty": lambda folder: ((folder / "model.safetensors").unlink(), (folder / "model.safetensors").touch()),
    "no configuration": lambda folder: (folder / "config.json").unlink(),
    "modules that are no list": lambda folder: (folder / "modules.json").write_text("7"),
    "a path that leads out": lambda folder: _edit_path(folder),
}  # fmt: skip


def _edit_path(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = "../../../../etc"
    (folder / "modules.json").write_text(json.dumps(modules))


LOAD = WATCH + (
    "import pathlib\n"
    "from peelqa.embedding import load_embedder\n"
    "from peelqa.errors import ModelUnusable\n"
    "try:\n"
    "    load_embedder(sys.argv[1], pathlib.Path(sys.argv[2]))\n"
    "    print('loaded')\n"
    "except ModelUnusable as error:\n"
    "    print('refused', error)\n"
    "print([each for each in seen if 'exporting' not in each[1]], 'evil' in sys.modules)\n"
)


@pytest.mark.parametrize("trait", HOSTILE)
def test_a_hostile_model_is_refused_before_anything_of_it_is_loaded(
    model: Path, trait: str, count: Callable[..., None]
) -> None:
    ModelFiles("mine", model).check()
    HOSTILE[trait](model)
    with pytest.raises(ModelUnusable, match=re.escape(str(model))):
        ModelFiles("mine", model).check()
    count(hostile_models=1, refused=1)


@pytest.mark.parametrize(
    "trait",
    ["a module whose weights are a pickle", "a module of its own code", "a configuration that names its own class"],
)
def test_no_code_of_a_hostile_model_runs_and_no_pickle_of_it_is_opened(model: Path, tmp_path: Path, trait: str) -> None:
    HOSTILE[trait](model)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(model), str(tmp_path / "cache")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-800:]
    told, seen = done.stdout.strip().splitlines()[-2:]
    assert told.startswith("refused"), told
    assert "code of a model was run" not in done.stdout + done.stderr
    assert seen == "[] False"


def test_the_watch_sees_a_pickle_and_a_connection(count: Callable[..., None]) -> None:
    program = WATCH + (
        "import pickle, socket, collections\n"
        "pickle.loads(pickle.dumps(collections.OrderedDict()))\n"
        "socket.socket().connect_ex(('127.0.0.1', 9))\n"
        "print(sorted({event for event, _ in seen}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pickle.find_class', 'socket.connect']"
    count(control_seen=2)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "vocab.txt"])
def test_one_byte_of_the_built_in_model_changed_is_not_that_model(
    model: Path, name: str, count: Callable[..., None]
) -> None:
    known = minilm_files()
    same = ModelFiles(known.name, model, known.known)
    if name != "model.safetensors":
        (model / "data_config.json").symlink_to(known.folder / "data_config.json")
        same.check()
    data = bytearray((model / name).read_bytes())
    data[len(data) // 2] ^= 1
    (model / name).unlink()
    (model / name).write_bytes(data)
    with pytest.raises(ModelUnusable, match="known to be right"):
        same.check()
    assert same.digest() != known.digest()
    count(changed_models=1, refused=1)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_one_byte_of_the_reranker_changed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, count: Callable[..., None]
) -> None:
    folder = tmp_path / "models" / "data" / "reranker_en"
    shutil.copytree(reranker_folder(), folder)
    monkeypatch.setattr(weights, "package_folder", lambda _: tmp_path)
    assert reranker_folder.__wrapped__() == folder
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelUnusable, match=rf"{name} is not the reranker that is known to be right"):
        reranker_folder.__wrapped__()
    count(changed_models=1, refused=1)


def test_an_index_refuses_a_model_whose_files_differ_in_one_byte(
    report: Report, embedder: Embedder, tmp_path: Path
) -> None:
    build_index(tmp_path, [report], embedder)
    index = open_index(tmp_path)
    index.check_model(embedder)

    class Changed:
        name = embedder.name[:-1] + ("0" if embedder.name[-1] != "0" else "1")

    with pytest.raises(IndexOutOfDate, match="Run: peelqa build"):
        index.check_model(Changed())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def asked(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("asked")
    build_index(folder, [report], load_embedder())
    program = WATCH + (
        "from peelqa.cli import main\n"
        "try:\n"
        f"    main(['ask', 'What concerns are there about missing children?', '--index', {str(folder)!r}])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'onnxscript', 'huggingface_hub'}\n"
        "print(seen, sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "two days for an officer" in " ".join(done.stdout.split())
    return done.stderr.strip().splitlines()[-1]


def test_a_question_loads_no_torch_and_no_pickle_and_speaks_to_no_machine(
    asked: str, count: Callable[..., None]
) -> None:
    assert asked == "[] []"
    count(pickles=0, connections=0)
