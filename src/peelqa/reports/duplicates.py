"""Which reports are copies or older versions of others: told by what they say, never by their titles."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from peelqa.reports.report import Report

SHINGLE_WORDS = 5
SAMPLED = 16
"""Of the runs of words, one in so many is compared, chosen by its own hash, so that copies choose alike."""
LEAST_COMMON = 0.8
"""Two reports are copies where so much of each one's runs of words stands in the other, too. The same text taken from a
PDF file by two programs shares more; two reports of one kind share about a quarter at most."""
LEAST_RUNS = 8
"""Shorter reports are compared word for word."""

_WORD = re.compile(r"[^\W_]+")
_BY_PREFERENCE = (".pdf", ".html", ".htm", ".docx", ".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of a report to tell its copies and its other versions: little, whatever its length."""

    report_id: str
    name: str
    """Its file's path within the corpus."""
    url: str | None
    published: date | None
    retrieved: date | None
    partial: bool
    runs: frozenset[int]
    """A sample of the runs of words that its body holds, as numbers of 32 bits."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A report to leave out, and why, in words for the operator."""

    report_id: str
    name: str
    reason: str


def trace_of(report: Report) -> Trace:
    """Return what tells a report's copies."""
    return Trace(
        report.id, report.source_name, report.url, report.published, report.retrieved, report.partial, _runs(report)
    )


def find_duplicates(traces: Iterable[Trace]) -> tuple[Duplicate, ...]:
    """Return the reports to leave out, by file: copies of others, and older versions of what stands at one address.

    Of copies the one stays that is read whole, has an address and has pages, in this order; of versions the newest.
    """
    left_out: list[Duplicate] = []
    kept: list[Trace] = []
    holders: dict[int, list[int]] = defaultdict(list)
    for trace in sorted(traces, key=_preference):
        common = Counter(other for run in trace.runs for other in holders[run])
        alike = (other for other, count in common.most_common(3) if _alike(count, trace.runs, kept[other].runs))
        original = next(alike, None)
        if original is not None:
            left_out.append(Duplicate(trace.report_id, trace.name, f"it is a copy of {kept[original].name}"))
            continue
        for run in trace.runs:
            holders[run].append(len(kept))
        kept.append(trace)
    left_out.extend(_older_versions(kept))
    return tuple(sorted(left_out, key=lambda each: each.name))


def _older_versions(traces: Iterable[Trace]) -> Iterator[Duplicate]:
    """Return all but the newest of the reports that have one address."""
    newest: dict[str, Trace] = {}
    for trace in sorted(traces, key=_age):
        older = newest.get(trace.url) if trace.url else None
        if trace.url:
            newest[trace.url] = trace
        if older is not None:
            yield Duplicate(older.report_id, older.name, f"it is an older version of {trace.name}")


def _preference(trace: Trace) -> tuple[bool, bool, int, str]:
    suffix = next((at for at, each in enumerate(_BY_PREFERENCE) if trace.name.lower().endswith(each)), 99)
    return trace.partial, trace.url is None, suffix, trace.name


def _age(trace: Trace) -> tuple[date, date, str]:
    return trace.published or date.min, trace.retrieved or date.min, trace.name


def _runs(report: Report) -> frozenset[int]:
    """Return a sample of the runs of words that a report's body holds, as numbers."""
    words = [
        word
        for block in report.blocks
        for word in _WORD.findall(report.text[block.start_char : block.end_char].casefold())
    ]
    runs = {
        zlib.crc32(" ".join(words[at : at + SHINGLE_WORDS]).encode("utf-8", "surrogatepass"))
        for at in range(len(words) - SHINGLE_WORDS + 1)
    }
    sample = frozenset(run for run in runs if run % SAMPLED == 0)
    whole = zlib.crc32(" ".join(words).encode("utf-8", "surrogatepass"))
    return sample if len(sample) >= LEAST_RUNS else frozenset({whole})


def _alike(common: int, mine: frozenset[int], theirs: frozenset[int]) -> bool:
    return common >= LEAST_COMMON * max(len(mine), len(theirs))
