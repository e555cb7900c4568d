"""Which reports are copies or older versions of others: told by what they say, never by their titles."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
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
class Duplicate:
    """A report that is left out, and why, in words for the operator."""

    name: str
    reason: str


def without_duplicates(reports: Sequence[Report]) -> tuple[list[Report], tuple[Duplicate, ...]]:
    """Return each report once, in the order given, and those left out: copies, and older versions at one address.

    Of copies the one is kept that is read whole, has an address and has pages, in this order; of versions the newest.
    """
    runs = {id(report): _runs(report) for report in reports}
    left_out: dict[int, Duplicate] = {}
    kept: list[Report] = []
    holders: dict[int, list[int]] = defaultdict(list)
    addresses: dict[str, Report] = {}
    for report in sorted(reports, key=_preference):
        at, mine = id(report), runs[id(report)]
        common = Counter(other for run in mine for other in holders[run])
        copy = next((other for other, count in common.most_common(3) if _alike(count, mine, runs[other])), None)
        if copy is not None:
            original = next(each for each in kept if id(each) == copy)
            left_out[at] = Duplicate(report.source_name, f"it is a copy of {original.source_name}")
            continue
        kept.append(report)
        for run in mine:
            holders[run].append(at)
    for report in kept:
        other = addresses.setdefault(report.url, report) if report.url else report
        if other is not report:
            older, newer = sorted((other, report), key=_age)
            addresses[newer.url or ""] = newer
            left_out[id(older)] = Duplicate(older.source_name, f"it is an older version of {newer.source_name}")
    chosen = [report for report in reports if id(report) not in left_out]
    return chosen, tuple(sorted(left_out.values(), key=lambda each: each.name))


def _preference(report: Report) -> tuple[bool, bool, int, str]:
    suffix = next((at for at, each in enumerate(_BY_PREFERENCE) if report.source_name.lower().endswith(each)), 99)
    return report.partial, report.url is None, suffix, report.source_name


def _age(report: Report) -> tuple[date, date, str]:
    return report.published or date.min, report.retrieved or date.min, report.source_name


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
