"""Which reports are copies or older versions of others: told by what they say, never by their titles."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from peelqa.reports.report import Report

SHINGLE_WORDS = 5
SAMPLED = 16
"""Of the runs of words, one in so many is compared, chosen by its own hash, so that copies choose alike."""
LEAST_COMMON = 0.8
"""Two reports are copies where so much of each one's runs of words stands in the other, too. The same text taken from a
PDF file by two programs shares more; two reports of one kind share about a quarter at most."""
LEAST_RUNS = 8
"""Shorter reports are compared word for word."""

_COPY, _OLDER = "it is a copy of {}", "it is an older version of {}"
_MIXING = np.uint32(2654435761)
"""Knuth's multiplier for 32 bits (The Art of Computer Programming, volume 3, 6.4): odd, so that no number is lost."""
_KNOWN_WORDS = 2**14
_NEAREST = 3
"""So many of the reports that have most in common are looked at."""
_WORD = re.compile(r"[^\W_]+")
Runs = NDArray[np.uint32]
_BY_PREFERENCE = (".pdf", ".html", ".htm", ".docx", ".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What is kept of a report to tell its copies and its other versions: little, whatever its length."""

    report_id: str
    name: str
    """Its file's path within the corpus."""
    url: str | None
    published: date | None
    retrieved: date | None
    partial: bool
    runs: Runs
    """A sample of the runs of words that its body holds, as numbers, sorted and each once."""


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
    ordered = sorted(traces, key=_preference)
    if not ordered:
        return ()
    left_out: list[Duplicate] = []
    holders = _Holders(ordered)
    kept = np.zeros(len(ordered), dtype=bool)
    for at, trace in enumerate(ordered):
        nearest = holders.most_common(trace, kept)
        original = next((ordered[other] for other, common in nearest if _alike(common, trace, ordered[other])), None)
        if original is not None:
            left_out.append(Duplicate(trace.report_id, trace.name, _COPY.format(original.name)))
        kept[at] = original is None
    left_out.extend(_older_versions(trace for at, trace in enumerate(ordered) if kept[at]))
    return tuple(sorted(left_out, key=lambda each: each.name))


def left_out_for(name: str, reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files that were left out for a report's file, or for one of these, by the reasons that were given."""
    for_it = sorted(other for other, reason in reasons.items() if reason in (_COPY.format(name), _OLDER.format(name)))
    return tuple(each for other in for_it for each in (other, *left_out_for(other, reasons)))


class _Holders:
    """Which of some reports hold a run of words."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        runs = np.concatenate([trace.runs for trace in traces])
        owners = np.repeat(np.arange(len(traces), dtype=np.uint32), [len(trace.runs) for trace in traces])
        order = np.argsort(runs, kind="stable")
        self._runs, self._owners = runs[order], owners[order]

    def most_common(self, trace: Trace, among: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Return the few reports, of those that are `among`, which hold most runs of a report, and how many each holds."""
        first, last = (np.searchsorted(self._runs, trace.runs, side) for side in ("left", "right"))
        owners = np.concatenate([self._owners[start:end] for start, end in zip(first, last, strict=True)])
        others, counts = np.unique(owners[among[owners]], return_counts=True)
        return [(int(others[at]), int(counts[at])) for at in np.argsort(-counts, kind="stable")[:_NEAREST]]


def _older_versions(traces: Iterable[Trace]) -> Iterator[Duplicate]:
    """Return all but the newest of the reports that have one address."""
    newest: dict[str, Trace] = {}
    for trace in sorted(traces, key=_age):
        older = newest.get(trace.url) if trace.url else None
        if trace.url:
            newest[trace.url] = trace
        if older is not None:
            yield Duplicate(older.report_id, older.name, _OLDER.format(trace.name))


def _preference(trace: Trace) -> tuple[bool, bool, int, str]:
    suffix = next((at for at, each in enumerate(_BY_PREFERENCE) if trace.name.lower().endswith(each)), 99)
    return trace.partial, trace.url is None, suffix, trace.name


def _age(trace: Trace) -> tuple[date, date, str]:
    return trace.published or date.min, trace.retrieved or date.min, trace.name


def _runs(report: Report) -> Runs:
    """Return a sample of the runs of words that a report's body holds, as numbers."""
    body = "\n".join(report.text[block.start_char : block.end_char] for block in report.blocks)
    words = _WORD.findall(body.casefold())
    runs = _numbered(words)
    sample = np.unique(runs[runs % SAMPLED == 0])
    return sample if len(sample) >= LEAST_RUNS else np.array([_number(" ".join(words))], dtype=np.uint32)


def _numbered(words: Sequence[str]) -> Runs:
    """Return the runs of SHINGLE_WORDS words as numbers, in order: words' own numbers, mixed by their place."""
    numbers = np.fromiter(map(_number, words), dtype=np.uint32, count=len(words))
    runs = np.zeros(max(0, len(words) - SHINGLE_WORDS + 1), dtype=np.uint32)
    for place in range(SHINGLE_WORDS):
        runs = runs * _MIXING + numbers[place : place + len(runs)]
    return runs


@lru_cache(_KNOWN_WORDS)
def _number(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _alike(common: int, mine: Trace, theirs: Trace) -> bool:
    return common >= LEAST_COMMON * max(len(mine.runs), len(theirs.runs))
