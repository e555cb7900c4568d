"""From a corpus folder to a published index, with every file that was left out named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peelqa.embedding import Embedder
from peelqa.errors import NothingReadable
from peelqa.index import BuildResult, build_index
from peelqa.reports.corpus import list_corpus, report_ids
from peelqa.reports.reading import ReadingTask, Refusal, read_all
from peelqa.reports.report import Report

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build read and published."""

    result: BuildResult
    reports: tuple[Report, ...]
    refused: tuple[Refusal, ...]
    duplicates: tuple[Refusal, ...]
    skipped: int


def build_corpus(corpus: Path, index: Path, sample: Path, embedder: Embedder, progress: Progress) -> Built:
    """Read every report of a corpus and publish an index of them.

    `progress` is called with what is being done, how much is done and how much there is. Raises NothingReadable
    where no file could be read; the old index then stays.
    """
    files = list_corpus(corpus, sample)
    ids = report_ids(files.name(path) for path in files.paths)
    tasks = [ReadingTask(path, files.name(path), ids[files.name(path)]) for path in files.paths]
    reports: list[Report] = []
    refused: list[Refusal] = []
    for done, (_, outcome) in enumerate(read_all(tasks) if tasks else (), start=1):
        if isinstance(outcome, Refusal):
            refused.append(outcome)
        else:
            reports.append(outcome)
        progress("reading reports", done, len(tasks))
    if not reports:
        reasons = "; ".join(f"{each.name}: {each.reason}" for each in refused[:5])
        raise NothingReadable(
            f"No report could be read in {corpus}. {reasons or 'Put report files there, then try again.'}"
        )
    reports.sort(key=lambda report: report.source_name)
    kept, duplicates = _without_duplicates(reports)
    result = build_index(index, kept, embedder, lambda done, total: progress("embedding passages", done, total))
    return Built(result, tuple(kept), tuple(sorted(refused, key=lambda each: each.name)), duplicates, files.skipped)


def _without_duplicates(reports: list[Report]) -> tuple[list[Report], tuple[Refusal, ...]]:
    first: dict[str, Report] = {}
    duplicates: list[Refusal] = []
    for report in reports:
        known = first.setdefault(" ".join(report.text.split()), report)
        if known is not report:
            duplicates.append(Refusal(report.source_name, f"it is a copy of {known.source_name}"))
    return list(first.values()), tuple(duplicates)
