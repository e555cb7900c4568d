"""A suite's corpus made a folder of report files outside the checkout, and its index, built once and kept."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

from filelock import FileLock

import peelqa
from eval.cases import read_documents
from eval.suites import ROOT, CannotRun, Corpus
from peelqa.building import Built, build_corpus
from peelqa.embedding import Embedder
from peelqa.errors import PeelqaError
from peelqa.index import Index, ReportCard, open_index

_ASKING = frozenset(
    [
        "__main__",
        "answers",
        "asking",
        "attribution",
        "cli",
        "comparison",
        "conversation",
        "exporting",
        "fetching",
        "questions",
        "quoting",
        "relevance",
        "reranking",
        "search",
        "settings",
        "statements",
        "understanding",
        "web",
    ]
)
"""Modules and packages of peelqa that no index depends on."""

_KEPT = 3
"""How many older indexes of a corpus are kept, for other checkouts that may be asking them."""

Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A corpus that is ready to be asked."""

    index: Path
    notes: tuple[str, ...]
    """What of it could not be read, or was read otherwise than it stands in its file."""


def prepare(corpus: Corpus, work: Path, embedder: Embedder, say: Say) -> Prepared:
    """Write a corpus's report files under `work` and build their index, unless both are there already.

    An index is kept by the corpus's content, by the code that reads and cuts reports, and by the model; of the last
    other one, vectors of unchanged passages are used again. Raises CannotRun where nothing can be read.
    """
    sources = _sources(corpus)
    folder = work / f"{corpus.name}-{_digest(sources, str(corpus.dated_titles))[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / f"index-{_digest(_code(), embedder.name)[:12]}"
    with FileLock(folder / ".lock"):
        record = index / "notes.json"
        if not record.is_file():
            _begin(index)
            reports = folder / "reports"
            shutil.rmtree(reports, ignore_errors=True)
            reports.mkdir()
            _write(corpus, sources, reports)
            try:
                built = build_corpus(reports, index, reports, embedder, say)
            except PeelqaError as error:
                raise CannotRun(str(error)) from None
            record.write_text(json.dumps(_notes(built, corpus, open_index(index))))
        return Prepared(index, tuple(json.loads(record.read_text())))


def _begin(index: Path) -> None:
    """Begin an index with a copy of the last one, whose vectors may be of use; let go of those before."""
    others = sorted(index.parent.glob("index-*"), key=lambda each: each.stat().st_mtime)
    shutil.rmtree(index, ignore_errors=True)
    if others and others[-1] != index:
        shutil.copytree(others[-1], index, ignore=shutil.ignore_patterns("notes.json", ".lock"))
    for old in others[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def document_of(report: ReportCard) -> str:
    """Return the id of the document that a report was made of."""
    return unquote(Path(report.source_name).stem)


def _sources(corpus: Corpus) -> list[Path]:
    named = [ROOT / each for each in (*corpus.files, *([corpus.documents] if corpus.documents else []))]
    files = [file for path in named for file in (sorted(path.rglob("*")) if path.is_dir() else _with_side_file(path))]
    return [file for file in files if file.is_file()]


def _with_side_file(path: Path) -> list[Path]:
    return [path, path.with_name(path.name + ".meta.json")]


def _code() -> list[Path]:
    package = Path(peelqa.__file__).parent
    files = [path for path in sorted(package.rglob("*")) if path.suffix in (".py", ".toml")]
    return [path for path in files if path.relative_to(package).parts[0].removesuffix(".py") not in _ASKING]


def _digest(files: list[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for file in files:
        digest.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _write(corpus: Corpus, sources: list[Path], folder: Path) -> None:
    if not corpus.documents:
        for file in sources:
            shutil.copyfile(file, folder / file.name)
        return
    for document in read_documents(ROOT / corpus.documents):
        file = folder / f"{quote(document['id'], safe=' ')}.txt"
        file.write_bytes(document["text"].encode("utf-8", "surrogatepass"))
        about = {"title": document["title"], **(_published(document["title"]) if corpus.dated_titles else {})}
        file.with_name(file.name + ".meta.json").write_text(json.dumps(about), encoding="utf-8")


def _published(title: str) -> dict[str, str]:
    """Return when a report was published, where its title ends in a date.

    >>> _published("Oakshire: a report, 09 may 2025")
    {'published': '2025-05-09'}
    """
    found = re.search(r"\d{1,2} \w+ \d{4}$", title)
    return {"published": f"{datetime.strptime(found[0], '%d %B %Y'):%Y-%m-%d}"} if found else {}


def _notes(built: Built, corpus: Corpus, index: Index) -> list[str]:
    left_out = [f"not indexed: {each.name}: {each.reason}" for each in (*built.refused, *built.duplicates)]
    if not corpus.documents:
        return left_out
    texts = {document["id"]: document["text"] for document in read_documents(ROOT / corpus.documents)}
    changed = [
        f"read otherwise than it stands in its file: {report.source_name}"
        for report in index.reports
        if index.report(report.id).text != texts[document_of(report)]
    ]
    return left_out + changed
