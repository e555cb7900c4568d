"""Read real reports and say how well: `python eval/reading.py ../shared [--json]`. Figures, ids and counts only.

Grades and improvement bullets are compared with a question set's gold, reports split into a tuning and a held-out half
by their ids. Each PDF file is read in a process of its own, for its time and its memory.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import multiprocessing
import re
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from peelqa.errors import UnreadableReport
from peelqa.passages import Unit, split_report
from peelqa.reports.corpus import list_corpus, read_report, report_ids
from peelqa.reports.grades import grade_on
from peelqa.reports.report import Report

_GRADE_QUESTION = re.compile(r"How did Ofsted grade (?P<judgement>.+) in .+? in the report published")
_TITLE_DATE = re.compile(r"\d{1,2} \w+ \d{4}$")
_BULLETS = "•◼▪●○■–*-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file was read."""

    name: str
    report: Report | None
    refused: str | None
    seconds: float
    """Of computing, loading the format's libraries included where the process reads its first file."""
    peak_mib: float
    """The most memory that the process had in use, since it began."""
    pages: int | None = None
    """Where the file has pages: up to the last with text."""


def main() -> None:
    """Read both sets and print every figure."""
    parser = argparse.ArgumentParser(description="Measure how real reports are read.")
    parser.add_argument("shared", type=Path, help="the folder with reports/ and eval/")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    documents = list(_documents(chosen.shared / "eval" / "uk-inspections-dev.corpus.jsonl.gz"))
    lines = (chosen.shared / "eval" / "uk-inspections-dev.questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    files = read_folder(chosen.shared / "reports", tasks_per_child=1)
    with tempfile.TemporaryDirectory() as folder:
        _write_out(documents, Path(folder))
        texts = read_folder(Path(folder), tasks_per_child=50)
    titles = {document["id"]: " ".join(document["title"].split()) for document in documents}
    figures = {
        "files": _described(files),
        "texts": _described(texts),
        "grades in files": _grades(files, titles, questions, exact_place=False),
        "grades in texts": _grades(texts, titles, questions, exact_place=True),
        "bullets in texts": _bullets(texts, titles, questions),
    }
    print(json.dumps(figures, indent=1, ensure_ascii=False) if chosen.json else "\n".join(_lines(figures)))


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _write_out(documents: Iterable[dict[str, Any]], folder: Path) -> None:
    for document in documents:
        path = folder / f"{document['id']}.txt"
        path.write_text(document["text"], encoding="utf-8", newline="")
        stated = _TITLE_DATE.search(document["title"])
        day = datetime.strptime(stated[0], "%d %B %Y").date().isoformat() if stated else None
        side = {"title": document["title"], **({"published": day} if day else {})}
        path.with_name(f"{path.name}.meta.json").write_text(json.dumps(side), encoding="utf-8")


def read_folder(folder: Path, *, tasks_per_child: int) -> list[Outcome]:
    """Read every report file of a folder, in the order of their names."""
    files = list_corpus(folder)
    ids = report_ids(files.name(path) for path in files.paths)
    jobs = [(path, files.name(path), ids[files.name(path)]) for path in files.paths]
    context = multiprocessing.get_context("spawn")
    with context.Pool(2, maxtasksperchild=tasks_per_child) as pool:
        return list(pool.imap(_read, jobs))


def _read(job: tuple[Path, str, str]) -> Outcome:
    path, name, report_id = job
    start = time.process_time()
    report, refused = None, None
    try:
        report = read_report(path, name=name, report_id=report_id)
    except UnreadableReport as error:
        refused = str(error)
    seconds = time.process_time() - start
    pages = max((block.page for block in report.blocks if block.page), default=None) if report else None
    return Outcome(name, report, refused, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, pages)


def _described(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return what is known of a set's reports, by framework, with every warning and refusal once."""
    reports = [each.report for each in outcomes if each.report]
    by_framework: dict[str, Counter[str]] = defaultdict(Counter)
    for each in outcomes:
        kind = (each.report.framework or "none recognised") if each.report else "not read"
        by_framework[kind]["refused" if not each.report else "in part" if each.report.partial else "whole"] += 1
    known = ("body", "framework", "published", "inspected", "year", "publisher")
    return {
        "reports": len(reports),
        "known": {name: sum(getattr(report, name) is not None for report in reports) for name in known},
        "by framework": {kind: dict(counts) for kind, counts in sorted(by_framework.items())},
        "refused": {each.name: each.refused for each in outcomes if each.refused},
        "warnings": {report.id: list(report.warnings) for report in reports if report.warnings},
        "seconds per file": spread([each.seconds for each in outcomes]),
        "peak MiB": spread([each.peak_mib for each in outcomes]),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the highest of some values."""
    ordered = sorted(values)
    return {
        "median": round(median(ordered), 3),
        "p95": round(ordered[round(0.95 * (len(ordered) - 1))], 3),
        "most": round(ordered[-1], 3),
    }


def _half(document: str) -> str:
    return "tuning" if hashlib.sha256(document.encode()).digest()[0] % 2 == 0 else "held out"


def _by_title(outcomes: Sequence[Outcome]) -> dict[str, Report]:
    return {each.report.title: each.report for each in outcomes if each.report}


def _grades(
    outcomes: Sequence[Outcome], titles: dict[str, str], questions: Sequence[dict[str, Any]], *, exact_place: bool
) -> dict[str, Any]:
    """Return, by half, how many grade questions are answered by the grade read, and quotable with their label."""
    reports = _by_title(outcomes)
    units = {title: _units(report) for title, report in reports.items()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    for question in questions:
        asked = _GRADE_QUESTION.match(question["question"])
        report = reports.get(titles[question["doc"]])
        if not asked or report is None:
            continue
        count = counts[_half(question["doc"])]
        count["questions"] += 1
        right, quotable = _grade_is_right(
            report, units[report.title], asked["judgement"], question["gold"], exact_place
        )
        count["right"] += right
        count["quotable with label"] += quotable
        if not (right and quotable):
            wrong.append(question["id"])
    return {**{half: dict(count) for half, count in sorted(counts.items())}, "wrong": wrong}


def _grade_is_right(
    report: Report, units: Sequence[tuple[Unit, int]], judgement: str, gold: Sequence[dict[str, Any]], exact_place: bool
) -> tuple[bool, bool]:
    grade = grade_on(report.grades, judgement)
    if not gold or grade is None:
        return (not gold and grade is None,) * 2
    right = _fold(grade.value) == _fold(gold[0]["text"])
    if exact_place:
        right = right and grade.start_char <= gold[0]["start"] < grade.end_char
    span = _fold(report.text[grade.start_char : grade.end_char])
    over = [unit for unit, _ in units if unit.start_char < grade.end_char and grade.start_char < unit.end_char]
    covered = bool(over) and over[0].start_char <= grade.start_char and grade.end_char <= over[-1].end_char
    return right, covered and _fold(gold[0]["text"]) in span and _fold(grade.about) in span


def _bullets(
    outcomes: Sequence[Outcome], titles: dict[str, str], questions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return, by half, how many gold bullets are whole units of one section that is marked as to improve."""
    reports = _by_title(outcomes)
    units_of = cache(lambda title: _units(reports[title]))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for question in questions:
        report = reports.get(titles[question["doc"]])
        if _GRADE_QUESTION.match(question["question"]) or report is None:
            continue
        units = units_of(report.title)
        for gold in question["gold"]:
            start, end = gold["start"], gold["start"] + len(gold["text"])
            over = [(unit, section) for unit, section in units if unit.start_char < end and start < unit.end_char]
            count = counts[_half(question["doc"])]
            count["bullets"] += 1
            count["whole units of one section"] += _covers(report.text, over, start, end)
            count["of a marked section"] += bool(over) and report.sections[over[0][1]].finding_type is not None
    return {half: dict(count) for half, count in sorted(counts.items())}


def _covers(text: str, over: Sequence[tuple[Unit, int]], start: int, end: int) -> bool:
    if not over or len({section for _, section in over}) > 1:
        return False
    before, after = text[over[0][0].start_char : start], text[end : over[-1][0].end_char]
    signs = before.strip().strip(_BULLETS)
    return not after.strip() and all("\uf020" <= sign <= "\uf0ff" for sign in signs)


def _units(report: Report) -> list[tuple[Unit, int]]:
    passages = split_report(report, count_tokens=lambda text: len(text.split()), max_tokens=250)
    return [(unit, passage.section) for passage in passages for unit in passage.units]


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _lines(figures: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}: {value}"


if __name__ == "__main__":
    main()
