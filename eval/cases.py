"""The questions of a suite, each with what answers it and what is expected of the answer."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eval.suites import ROOT, CannotRun, Split, Suite

_FILTERS = ("body", "year", "theme", "finding", "undone", "history", "limit")


@dataclass(frozen=True, slots=True)
class Gold:
    """A verbatim string that answers a question, with its place where that is known."""

    text: str
    document: str | None = None
    """The document's id, which is the stem of its report's file name."""
    start_char: int | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of an answer beside its gold; None or empty where nothing is."""

    status: str | None = None
    report: str | None = None
    body: str | None = None
    year: int | None = None
    finding: str | None = None
    must_also: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One question to ask."""

    id: str
    question: str
    answerable: bool
    gold: tuple[Gold, ...]
    expect: Expectation = Expectation()
    filters: dict[str, Any] = field(default_factory=dict)
    """The fields of a batch line beside the question."""
    document: str | None = None
    """The document it was written for, or that is nearest to it."""
    tags: tuple[str, ...] = ()


_EXPECTATION = TypeAdapter(Expectation)


def read_cases(suite: Suite) -> list[Case]:
    """Read a suite's questions. Raises CannotRun with the line of one that makes no sense, or where none fits."""
    path = ROOT / suite.questions.path
    try:
        cases = _read_folder(path) if path.is_dir() else [_case(row, place) for place, row in _rows(path)]
    except (KeyError, OSError) as error:
        raise CannotRun(f"{path} is not a question set as the evaluation reads them: {error} is missing") from None
    chosen = [case for case in cases if fnmatchcase(case.id, suite.questions.ids)]
    if not chosen:
        raise CannotRun(f"{path} has no question whose id fits {suite.questions.ids}")
    if len({case.id for case in chosen}) < len(chosen):
        raise CannotRun(f"{path} has two questions of one id")
    return chosen


def choose(cases: Sequence[Case], suite: Suite, split: Split, sample: int | None) -> list[Case]:
    """Return the cases of one split, or a sample of them that is the same at each run, in the set's order."""
    kept = [case for case in cases if split in ("all", split_of(case, suite))]
    if sample is None or sample >= len(kept):
        return kept
    drawn = {case.id for case in sorted(kept, key=lambda case: _hash(f"sample {case.id}"))[:sample]}
    return [case for case in kept if case.id in drawn]


def split_of(case: Case, suite: Suite) -> str:
    """Tell whether a case is for tuning or for testing, `tune` or `test`: as its tags say, or by a hash, about half each."""
    if suite.split == "tags":
        return "tune" if "tune" in case.tags else "test"
    group = case.document if suite.split == "document" and case.document else case.id
    return "tune" if _hash(group)[0] % 2 else "test"


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def read_documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file of documents. Raises CannotRun with the line of one that makes no sense."""
    for place, row in _rows(path):
        if not all(isinstance(row.get(name), str) for name in ("id", "title", "text")):
            raise CannotRun(f"{place}: a document needs an id, a title and a text")
        yield row


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise CannotRun(f"{path}, line {number}: {error}") from None
            yield f"{path}, line {number}", row


def _case(row: dict[str, Any], place: str) -> Case:
    try:
        document = row.get("doc")
        gold = [
            Gold(each) if isinstance(each, str) else Gold(each["text"], document, each["start"]) for each in row["gold"]
        ]
        expect = row.get("expect", {})
        return Case(
            id=str(row["id"]),
            question=row["question"],
            answerable=bool(row["answerable"]),
            gold=tuple(gold),
            expect=_EXPECTATION.validate_python(expect),
            filters={name: row[name] for name in _FILTERS if name in row},
            document=document or expect.get("report"),
            tags=tuple(row.get("tags", ())),
        )
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        reason = " ".join(str(error).split())
        raise CannotRun(f"{place}: not a question as the sets have them ({reason})") from None


def _read_folder(folder: Path) -> list[Case]:
    """Read queries.jsonl (id, text), answers.jsonl (query, doc, start, text) and unanswerable.jsonl (query, near_doc)."""
    gold: dict[str, list[Gold]] = {}
    for _, row in _rows(folder / "answers.jsonl"):
        gold.setdefault(row["query"], []).append(Gold(row["text"], row["doc"], row["start"]))
    near = folder / "unanswerable.jsonl"
    unanswerable = {row["query"]: row.get("near_doc") for _, row in _rows(near)} if near.is_file() else {}
    return [
        Case(
            id=row["id"],
            question=row["text"],
            answerable=row["id"] not in unanswerable,
            gold=tuple(gold.get(row["id"], ())),
            document=unanswerable.get(row["id"]) or next((each.document for each in gold.get(row["id"], ())), None),
        )
        for _, row in _rows(folder / "queries.jsonl")
    ]
