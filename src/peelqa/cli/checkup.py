"""What an installation is made of, and what is not right or soon will not be, with plain advice."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from peelqa.cli.machine import Check, existing, look_at_machine
from peelqa.errors import ModelUnusable, PeelqaError
from peelqa.settings import Settings, folder_of, sample_folder

_SAFE_PYTHON = (3, 11, 10)
"""Earlier ones judge addresses wrongly (CVE-2024-4032)."""
FLOORS = {
    "starlette": "1.3.1",
    "python-multipart": "0.0.27",
    "lxml": "6.1.0",
    "pypdf": "7.1",
    "urllib3": "2.7.0",
    "faiss-cpu": "1.15",
    "torch": "2.10",
    "transformers": "5.2.1",
    "sentence-transformers": "6.0",
    "filelock": "4.2",
}
"""Versions below have known weaknesses."""
_OTHERS = ("peelqa", "onnxruntime", "tokenizers", "tantivy", "fastapi", "uvicorn", "pypdfium2", "numpy")


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything, one finding at a time."""
    yield _python()
    yield from _packages()
    yield from _models(settings)
    yield from _corpus(settings)
    yield from _index(settings)
    yield _limits(settings)
    yield from look_at_machine(settings)


def _python() -> Check:
    says = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if sys.version_info[:3] < _SAFE_PYTHON:
        floor = ".".join(map(str, _SAFE_PYTHON))
        return Check("Python", "warning", says, f"It has a known weakness (CVE-2024-4032); use {floor} or newer.")
    return Check("Python", "ok", says)


def _packages() -> Iterator[Check]:
    for name in (*_OTHERS, *FLOORS):
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Check(f"package {name}", "wrong", "is not installed", "Install peelqa afresh: pip install .")
            continue
        floor = FLOORS.get(name)
        if floor and numbers(found) < numbers(floor):
            advice = f"It has known weaknesses; install {floor} or newer."
            yield Check(f"package {name}", "warning", found, advice)
        else:
            yield Check(f"package {name}", "ok", found)


def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a version, to be compared."""
    plain = text.split("+")[0].split(".")
    return tuple(int(part) for part in plain if part.isdigit())


def _models(settings: Settings) -> Iterator[Check]:
    from peelqa.embedding import load_embedder, model_files
    from peelqa.weights import reranker_folder

    try:
        files = model_files(settings.model)
        files.check()
        yield Check("embedding model", "ok", f"{files.name} in {files.folder}, digest {files.digest()[:12]}")
        embedder = load_embedder(settings.model, settings.cache)
        vector = embedder.encode(["one question"])[0]
        yield Check("embedding", "ok", f"{embedder.name} gives {len(vector)} dimensions, kept in {settings.cache}")
    except (PeelqaError, OSError) as error:
        yield Check("embedding model", "wrong", str(error), "Set PEELQA_MODEL right, or install peelqa afresh.")
    try:
        yield Check("reranking model", "ok", f"in {reranker_folder()}, its weights are the known ones")
    except ModelUnusable as error:
        yield Check("reranking model", "wrong", str(error), "Install peelqa afresh: pip install .")
    if not os.access(existing(settings.cache), os.W_OK):
        advice = "Name a folder that can be written to in PEELQA_CACHE; without it every start is slow."
        yield Check("cache", "warning", f"{settings.cache} cannot be written to", advice)


def _corpus(settings: Settings) -> Iterator[Check]:
    from peelqa.building import source_key
    from peelqa.index import open_index
    from peelqa.reports.corpus import list_corpus, report_ids

    files = list_corpus(settings.corpus, sample_folder())
    sample = files.root != settings.corpus
    says = f"{settings.corpus}: {len(files.paths)} report files, {files.skipped} of other kinds"
    yield Check(
        "corpus",
        "ok" if files.paths else "warning",
        f"{says}{', of the built-in sample' if sample else ''}",
        "" if files.paths and not sample else "Put your reports there, or run: peelqa add FILE",
    )
    try:
        opened = open_index(settings.index)
    except PeelqaError:
        return
    known, refused = opened.source_keys(), opened.refused()
    ids = report_ids(files.name(path) for path in files.paths)
    stale = sum(
        known.get(ids[files.name(path)]) != source_key(path, files.name(path))
        for path in files.paths
        if files.name(path) not in refused
    )
    gone = len(set(known) - set(ids.values()))
    if stale or gone:
        says = f"{stale} files are new or changed and {gone} are gone since the last build"
        yield Check("corpus and index", "warning", says, "Run: peelqa build")
    if refused:
        yield Check("unreadable files", "warning", f"{len(refused)} files are not indexed", "List them: peelqa reports")


def _index(settings: Settings) -> Iterator[Check]:
    from peelqa.index import find_damage, generation_names, open_index

    try:
        damage = find_damage(settings.index)
        opened = open_index(settings.index)
    except PeelqaError as error:
        yield Check("index", "wrong", str(error), "Run: peelqa build", error.exit_status)
        return
    for line in damage:
        yield Check("index", "warning", line, "Run: peelqa build")
    manifest = opened.manifest
    kind = manifest["vectors"]["kind"]
    recall = f", recall {manifest['vectors']['recall']}" if kind == "fast" else ""
    yield Check(
        "index",
        "ok",
        f"{opened.generation} in {settings.index}: {len(opened.reports)} reports, {manifest['passages']} passages, "
        f"{kind} vectors{recall}, model {manifest['model']}, {len(generation_names(settings.index))} generations kept",
    )
    model = manifest["model"].split("@")[0]
    if model != Path(settings.model).name:
        yield Check("index", "wrong", f"was built with {model}, settings ask for {settings.model}", "Run: peelqa build")
    folder = folder_of(settings.index, settings.cache)
    if left := [path.name for path in folder.glob(".building-*")]:
        yield Check("unfinished builds", "warning", ", ".join(left), "The next build removes them: peelqa build")
    holder = folder / ".builder"
    if holder.is_file():
        yield Check("build", "warning", f"one is at work, or died: {holder.read_text()}", "Wait, or run: peelqa build")


def _limits(settings: Settings) -> Check:
    """Say what bounds the serving, and what the operator has taken off."""
    from peelqa.questions import LONGEST_QUESTION
    from peelqa.web.desk import PLACES, QUEUE_A_PLACE
    from peelqa.web.guard import LARGEST_BODY

    a_minute = settings.asks_per_minute
    says = (
        f"{a_minute or 'any number of'} questions a minute from one address, {PLACES} worked on and "
        f"{QUEUE_A_PLACE * PLACES} waiting, {LONGEST_QUESTION} characters each, bodies of {LARGEST_BODY // 1024} KiB; "
        f"host names {settings.hosts}; proxies believed: {settings.proxies or 'none'}; "
        f"figures at {settings.metrics or 'no address'}"
    )
    if not a_minute:
        advice = "One address can keep everybody else waiting. Set PEELQA_ASKS_PER_MINUTE, for instance to 30."
        return Check("limits of serving", "warning", says, advice)
    return Check("limits of serving", "ok", says)
