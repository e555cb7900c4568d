"""Damage to any file of an index is refused by name, and the previous generation serves and says so."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss as untyped_faiss
import numpy as np
import pytest
from click.testing import CliRunner

from peelqa.cli import main
from peelqa.embedding import Vectors
from peelqa.errors import IndexDamaged, IndexOutOfDate
from peelqa.index import find_damage, list_generations, open_index, opened
from peelqa.index.build import build_index
from peelqa.index.generations import check_generation
from tests.test_index import HASHED, make_report

faiss: Any = untyped_faiss
TRUNCATIONS, FLIPS = 20, 50
REPORTS = ("ash", "birch", "cedar", "damson", "elder")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    build_index(folder, [make_report(name) for name in REPORTS[:4]], HASHED)
    build_index(folder, [make_report(name) for name in REPORTS], HASHED)
    return folder


@pytest.fixture
def built(made: Path, tmp_path: Path) -> Path:
    """A folder with two generations."""
    return Path(shutil.copytree(made, tmp_path / "index"))


def newest(folder: Path) -> Path:
    return list_generations(folder)[0]


def published(place: Path) -> list[Path]:
    return [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.endswith(".lock")]


def _damaged(whole: bytes, other: bytes, chosen: random.Random) -> Iterator[bytes | None]:
    """Yield a file's content as it may be found damaged; None where it is gone."""
    yield None
    yield b""
    yield whole + b"\0"
    for _ in range(TRUNCATIONS):
        yield whole[: chosen.randrange(max(1, len(whole)))]
    for _ in range(FLIPS):
        if whole:
            at = chosen.randrange(len(whole))
            yield whole[:at] + bytes([whole[at] ^ (1 << chosen.randrange(8))]) + whole[at + 1 :]
    yield bytes(4096) + whole[4096:]
    yield other


def test_damage_to_any_file_is_refused_by_name_and_the_previous_generation_serves(
    built: Path, seeded: random.Random, count: Callable[..., None]
) -> None:
    place, previous = list_generations(built)
    others = [path.read_bytes() for path in published(previous)]
    for path in published(place):
        whole = path.read_bytes()
        for content in _damaged(whole, seeded.choice(others), seeded):
            if content == whole:
                continue
            path.unlink() if content is None else path.write_bytes(content)
            served = open_index(built)
            assert served.generation == previous.name, path
            assert path.name in (served.warning or ""), (path, served.warning)
            assert "Run: peelqa build" in (served.warning or "")
            assert [served.report(name).id for name in REPORTS[:4]] == list(REPORTS[:4])
            count(damaged=1, refused=1, previous_served=1, wrong_answers=0)
            path.write_bytes(whole)
    assert open_index(built).generation == place.name


def test_a_damaged_pointer_is_named_and_a_whole_generation_serves(
    built: Path, seeded: random.Random, count: Callable[..., None]
) -> None:
    pointer = built / "CURRENT"
    whole = pointer.read_bytes()
    names = [place.name for place in list_generations(built)]
    astray = [b"[]", b"null", b'"x"', b'{"generation": ".."}', b'{"generation": "..", "manifest_sha256": "0"}']
    astray.append(b'{"generation": "gen-0/../../elsewhere", "manifest_sha256": "0"}')
    for content in (*_damaged(whole, b"CURRENT", seeded), *astray):
        if content in (whole, whole + b"\0"):
            continue
        pointer.unlink(missing_ok=True) if content is None else pointer.write_bytes(content)
        served = open_index(built)
        assert served.generation in names
        assert served.warning, content
        assert find_damage(built), content
        count(damaged=1, refused=1, previous_served=1)
        pointer.write_bytes(whole)
    assert open_index(built).warning is None


def test_verify_names_each_damaged_file_and_exits_3(built: Path, count: Callable[..., None]) -> None:
    runner, place = CliRunner(), newest(built)
    assert runner.invoke(main, ["verify", "--index", str(built)]).exit_code == 0
    for path in [*published(place), built / "CURRENT"]:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        said = runner.invoke(main, ["verify", "--index", str(built)])
        assert (said.exit_code, path.name in said.stdout) == (3, True), (path, said.output)
        assert "Run: peelqa build" in said.stderr
        path.write_bytes(whole)
        count(verify_exit_3=1)
    assert runner.invoke(main, ["verify", "--index", str(built)]).exit_code == 0


def test_without_its_hashes_damage_would_be_served(
    built: Path, seeded: random.Random, monkeypatch: pytest.MonkeyPatch, count: Callable[..., None]
) -> None:
    def trusting(place: Path, manifest_sha256: str | None = None) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((place / "manifest.json").read_bytes())
        return manifest

    monkeypatch.setattr(opened, "check_generation", trusting)
    path = newest(built) / "store.sqlite"
    whole, accepted = path.read_bytes(), 0
    for _ in range(FLIPS):
        at = seeded.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        accepted += open_index(built).warning is None
    assert accepted > FLIPS // 3
    count(control_accepted=accepted)


def reseal(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest and make every hash right again, as someone who can write to the folder could."""
    place = newest(folder)
    manifest = json.loads((place / "manifest.json").read_bytes())
    for name, about in manifest["files"].items():
        data = (place / name).read_bytes() if (place / name).is_file() else b""
        about.update({"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    change(manifest)
    data = json.dumps(manifest).encode()
    digest = hashlib.sha256(data).hexdigest()
    (place / "manifest.json").write_bytes(data)
    (place / "manifest.sha256").write_text(digest)
    (folder / "CURRENT").write_text(json.dumps({"generation": place.name, "manifest_sha256": digest}))


MANIFESTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "more passages": lambda manifest: manifest.update(passages=manifest["passages"] + 1),
    "no passages": lambda manifest: manifest.update(passages=0),
    "passages in words": lambda manifest: manifest.update(passages="many"),
    "another dimension": lambda manifest: manifest.update(dimension=33),
    "a report too few": lambda manifest: manifest["reports"].pop("ash"),
    "a report too many": lambda manifest: manifest["reports"].update(oak="0" * 64),
    "no reports": lambda manifest: manifest.pop("reports"),
    "no canaries": lambda manifest: manifest.update(canaries=[]),
    "a canary too few": lambda manifest: manifest["canaries"].pop(),
    "a canary's row": lambda manifest: manifest["canaries"][0].update(row=manifest["canaries"][1]["row"]),
    "a canary's passage": lambda manifest: manifest["canaries"][0].update(id=manifest["canaries"][1]["id"]),
    "a canary's text": lambda manifest: manifest["canaries"][0].update(digest="0" * 64),
    "a canary's vector": lambda manifest: manifest["canaries"][0].update(vector=manifest["canaries"][1]["vector"]),
    "a canary that is no vector": lambda manifest: manifest["canaries"][0].update(vector="AAAA"),
    "another kind of vectors": lambda manifest: manifest["vectors"].update(kind="fast"),
    "an unknown kind of vectors": lambda manifest: manifest["vectors"].update(kind="pickle"),
    "another metric": lambda manifest: manifest["vectors"].update(metric="l2"),
    "a file left out": lambda manifest: manifest["files"].pop("store.sqlite"),
    "a file too many": lambda manifest: manifest["files"].update({"more": {"bytes": 0, "sha256": "0"}}),
    "no files": lambda manifest: manifest.pop("files"),
    "no format": lambda manifest: manifest.pop("format"),
    "another format": lambda manifest: manifest.update(format=1),
    "a format to come": lambda manifest: manifest.update(format=99),
}  # fmt: skip


@pytest.mark.parametrize("change", MANIFESTS.values(), ids=MANIFESTS)
def test_an_edited_manifest_is_refused_although_every_hash_is_right(
    built: Path, change: Callable[[dict[str, Any]], Any], count: Callable[..., None]
) -> None:
    reseal(built, lambda _: None)
    assert open_index(built).warning is None
    reseal(built, change)
    _refused(built)
    count(consistent_edits=1, refused=1)


def _refused(folder: Path) -> None:
    try:
        served, told = open_index(folder).generation, ""
    except (IndexDamaged, IndexOutOfDate) as error:
        served, told = "", str(error)
    assert "Run: peelqa build" in told or served == list_generations(folder)[1].name
    assert find_damage(folder)


@pytest.mark.parametrize("name", ["store.sqlite", "vectors.faiss", "words"])
def test_parts_of_two_generations_are_never_mixed_although_every_hash_is_right(
    built: Path, name: str, count: Callable[..., None]
) -> None:
    place, other = list_generations(built)
    if name == "words":
        shutil.rmtree(place / name)
        shutil.copytree(other / name, place / name)
        files = {path.relative_to(place).as_posix(): {} for path in (place / name).iterdir()}
        reseal(built, lambda manifest: _with_words(manifest, place, files))
    else:
        shutil.copyfile(other / name, place / name)
        reseal(built, lambda _: None)
    _refused(built)
    count(consistent_edits=1, refused=1)


def _with_words(manifest: dict[str, Any], place: Path, files: dict[str, Any]) -> None:
    kept = {name: about for name, about in manifest["files"].items() if not name.startswith("words/")}
    for name in files:
        data = (place / name).read_bytes()
        kept[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest["files"] = kept


@pytest.mark.parametrize("seed", range(10))
def test_shuffled_vectors_are_refused_although_every_hash_is_right(
    built: Path, seed: int, count: Callable[..., None]
) -> None:
    path = newest(built) / "vectors.faiss"
    index = faiss.read_index(str(path))
    vectors: Vectors = index.reconstruct_n(0, index.ntotal)
    order = np.roll(np.arange(len(vectors)), 1 + seed % (len(vectors) - 1))
    shuffled = faiss.index_factory(index.d, "SQfp16", faiss.METRIC_INNER_PRODUCT)
    shuffled.add(np.ascontiguousarray(vectors[order]))
    faiss.write_index(shuffled, str(path))
    reseal(built, lambda _: None)
    _refused(built)
    count(consistent_edits=1, refused=1)


def _of_kind(kind: str, vectors: Vectors) -> Any:
    made = faiss.index_factory(
        vectors.shape[1], kind, faiss.METRIC_L2 if kind == "SQfp16" else faiss.METRIC_INNER_PRODUCT
    )
    made.train(vectors)
    made.add_with_ids(vectors, np.arange(len(vectors))) if kind.startswith("IDMap") else made.add(vectors)
    return made


KINDS = ("Flat", "SQfp16", "SQbf16", "SQ4", "IVF1,Flat", "HNSW4,Flat", "IDMap,Flat", "PCA16,Flat", "SQ8", "PQ4x4", "RR32,Flat", "IDMap2,HNSW4,Flat",
         "SQ8,RFlat", "HNSW4,RFlat", "IVF1,Flat,RFlat", "SQ8,Refine(SQfp16)", "PQ4x4fs,RFlat")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_vector_index_that_is_not_used_here_is_never_loaded(
    built: Path, kind: str, count: Callable[..., None]
) -> None:
    path = newest(built) / "vectors.faiss"
    known = faiss.read_index(str(path))
    vectors = np.ascontiguousarray(known.reconstruct_n(0, known.ntotal))
    vectors = np.concatenate([vectors, np.random.default_rng(1).standard_normal((64, known.d)).astype(np.float32)])
    faiss.write_index(_of_kind(kind, vectors), str(path))
    for stated in ("exact", "fast"):
        reseal(
            built,
            lambda manifest, stated=stated: manifest.update(  # type: ignore[misc]
                passages=len(vectors), vectors={"kind": stated, "widening": 4.0, "metric": "inner_product"}
            ),
        )
        _refused(built)
        assert any("vectors.faiss" in line for line in find_damage(built))
        count(foreign_kinds=1, refused=1)


@pytest.mark.parametrize("stated", [0, 2**31, 10**9, 10**12, 2**62, 2**63 - 1])
@pytest.mark.parametrize("at", ["ntotal", "codes"])
def test_a_header_that_promises_more_than_the_file_holds_is_refused(
    built: Path, stated: int, at: str, count: Callable[..., None]
) -> None:
    path = newest(built) / "vectors.faiss"
    data = bytearray(path.read_bytes())
    known = faiss.read_index(str(path))
    place = data.index(struct.pack("<q", known.ntotal if at == "ntotal" else known.ntotal * known.code_size))
    data[place : place + 8] = struct.pack("<q", stated)
    path.write_bytes(data)
    reseal(built, lambda manifest: manifest.update(passages=stated) if at == "ntotal" else None)
    _refused(built)
    count(hostile_headers=1, refused=1)


def test_what_a_store_that_was_damaged_while_open_gives_is_not_quoted(built: Path) -> None:
    served = open_index(built)
    path = newest(built) / "store.sqlite"
    data = path.read_bytes()
    at = data.index(b"answers calls")
    while at >= 0:
        data = data[:at] + b"misses" + data[at + 6 :]
        at = data.find(b"answers calls", at + 1)
    with path.open("r+b") as file:
        file.write(data)
    for name in REPORTS:
        with pytest.raises(IndexDamaged, match="does not match its hash"):
            served.report(name)


def test_a_manifest_says_what_the_generation_was_made_of_and_with(built: Path) -> None:
    manifest = check_generation(newest(built))
    assert set(manifest) >= {"format", "generation", "built_at", "model", "dimension", "passages", "vectors", "reports",
                             "canaries", "canary_question", "files", "made_with"}  # fmt: skip
    assert manifest["vectors"]["metric"] == "inner_product"
    assert {"faiss-cpu", "tantivy", "sqlite"} <= set(manifest["made_with"])
    assert all(len(about["sha256"]) == 64 for about in manifest["files"].values())
