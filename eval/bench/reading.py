"""How long reading a report takes, and how much memory: `python -m eval.bench.reading FOLDER...`.

Every file is read in a process of its own. Times are of computing, not by the clock, and loading the libraries of the
format is part of them. Writes `eval/bench/reading.md`: figures by format and by framework, then each report by its id.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.reading import Outcome, read_folder, spread

OUT = Path(__file__).with_suffix(".md")


def main() -> None:
    """Read the folders and write the figures."""
    parser = argparse.ArgumentParser(description="Measure the time and the memory that reading reports takes.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder of report files")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write the figures (eval/bench/reading.md)")
    chosen = parser.parse_args()
    read = [outcome for folder in chosen.folders for outcome in read_folder(folder, tasks_per_child=1)]
    chosen.out.write_text("\n".join(_lines(read)) + "\n", encoding="utf-8")
    print(f"{len(read)} files read; figures in {chosen.out}")


def _lines(read: Sequence[Outcome]) -> Iterator[str]:
    yield "# Reading: time and memory\n"
    yield "Written by `python -m eval.bench.reading FOLDER...`. Seconds are of computing, with loading the libraries.\n"
    yield from _table("format", _grouped((Path(each.name).suffix.lower().lstrip("."), each) for each in read))
    yield from _table("framework", _grouped((_framework(each), each) for each in read))
    yield "| report | pages | seconds | peak MiB |"
    yield "|---|---:|---:|---:|"
    for each in sorted(read, key=lambda each: each.name):
        name = each.report.id if each.report else f"{Path(each.name).stem} (refused)"
        yield f"| {name} | {each.pages or ''} | {each.seconds:.2f} | {each.peak_mib:.0f} |"


def _framework(outcome: Outcome) -> str:
    if outcome.report is None:
        return "refused"
    return outcome.report.framework or "none recognised"


def _grouped(named: Iterable[tuple[str, Outcome]]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for name, outcome in named:
        groups[name].append(outcome)
    return dict(sorted(groups.items()))


def _table(title: str, groups: dict[str, list[Outcome]]) -> Iterator[str]:
    yield f"| {title} | files | whole | in part | refused | s median | s p95 | s most | pages a second | MiB median | MiB most |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, outcomes in groups.items():
        seconds, memory = spread([each.seconds for each in outcomes]), spread([each.peak_mib for each in outcomes])
        states = [each.report.partial for each in outcomes if each.report]
        paged = [each for each in outcomes if each.pages]
        pace = sum(each.pages or 0 for each in paged) / sum(each.seconds for each in paged) if paged else None
        cells = [name, len(outcomes), states.count(False), states.count(True), len(outcomes) - len(states)]
        times = [f"{seconds[each]:.2f}" for each in ("median", "p95", "most")]
        rest = [f"{pace:.0f}" if pace else "", f"{memory['median']:.0f}", f"{memory['most']:.0f}"]
        yield f"| {' | '.join(map(str, [*cells, *times, *rest]))} |"
    yield ""


if __name__ == "__main__":
    main()
