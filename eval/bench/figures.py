"""What the benchmark measured, as a page, a file of figures and a chart."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from peelqa.errors import BadInput

HEAD = "| what | measured | to reach | reached | CPU time | spread | how |\n|---|---|---|---|---|---|---|"
_FORM = 2
"""The form of results.json: figures are kept by row and corpus."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a row was measured on."""

    size: int
    unit: str = "passages"
    folder: str | None = None
    """The name of the folder of real reports; None for what is made up."""
    own: bool = False
    """Whether the row has this size whatever the others are measured on."""

    @property
    def key(self) -> str:
        """What tells corpora apart: of one row, figures with the same key replace one another."""
        return f"{self.size} {self.unit}" if self.folder is None else f"folder {self.folder}"

    @property
    def title(self) -> str:
        """Name it for a heading."""
        if self.folder is None:
            return f"{self.size:,} made-up {self.unit}"
        return f"real reports in {self.folder} ({self.size:,} {self.unit})"


CHARTED = Corpus(10_000)
"""The chart shows one corpus, this one, and the rows with a size of their own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, mostly a ratio of wall times."""

    row: str
    what: str
    value: float | None
    """None where it was not run; `note` says why."""
    reach: float | None = None
    at_most: bool = True
    cpu: float | None = None
    """The same of CPU times, which other work on the machine disturbs less."""
    spread: tuple[float, float] | None = None
    """The quartiles of what was measured, in the figure's own unit."""
    note: str = ""

    @property
    def reached(self) -> str:
        """Say whether the figure, or else the same of CPU times, is as it should be."""
        if self.value is None or self.reach is None:
            return "not run" if self.value is None else ""
        fits = [
            each <= self.reach if self.at_most else each >= self.reach for each in (self.value, self.cpu or self.value)
        ]
        return "yes" if all(fits) else ("by CPU time" if fits[1] else "by wall time" if fits[0] else "no")


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the quarter marks of some values."""
    first, _, third = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return first, third


@dataclass(frozen=True, slots=True)
class Kept:
    """What one row gave on one corpus."""

    row: str
    corpus: Corpus
    about: dict[str, str]
    """When, with which commit and on what machine it was measured."""
    figures: tuple[Figure, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all else that is kept."""
        return self.row, self.corpus.key


def keep(folder: Path, corpus: Corpus, figures: Sequence[Figure], about: dict[str, str]) -> None:
    """Put figures among those kept of other rows and other corpora, and write page and chart anew.

    Raises BadInput as read_kept does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = {each.key: each for each in read_kept(folder)}
    for row in {each.row for each in figures}:
        new = Kept(row, corpus, about, tuple(each for each in figures if each.row == row))
        stored[new.key] = new
    ordered = sorted(stored.values(), key=_order)
    written = {"form": _FORM, "measured": [asdict(each) for each in ordered]}
    (folder / "results.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    (folder / "results.md").write_text(_page(ordered), encoding="utf-8")
    _chart(folder / "results.png", ordered)


def read_kept(folder: Path) -> list[Kept]:
    """Return what a folder's results.json holds, nothing where there is none.

    Raises BadInput where an earlier benchmark wrote it.
    """
    path = folder / "results.json"
    if not path.is_file():
        return []
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored.get("form") != _FORM:
        raise BadInput(
            f"{path} is of an earlier benchmark, which did not say on which corpus a row was measured. "
            "Remove it and measure all rows again."
        )
    return [
        Kept(each["row"], Corpus(**each["corpus"]), each["about"], tuple(map(_figure, each["figures"])))
        for each in stored["measured"]
    ]


def _figure(stored: dict[str, Any]) -> Figure:
    return Figure(**{**stored, "spread": tuple(stored["spread"]) if stored["spread"] else None})


def _order(kept: Kept) -> tuple[str, bool, int, str]:
    return kept.row, kept.corpus.folder is not None, -kept.corpus.size, kept.corpus.key


def machine() -> dict[str, str]:
    """Say what machine this is and how busy it was."""
    model = [line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "machine": f"{os.cpu_count()} cores, {model[0] if model else platform.processor()}, Python {platform.python_version()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def commit(place: Path) -> str:
    """Return the short name of the commit that a folder is at, "+" added where its tree has changes besides results.

    Empty where git does not know the folder or is not there.
    """
    said = _git(place, "rev-parse", "--short", "HEAD")
    changes = ("status", "--porcelain", "--", ":(top)", ":(top,exclude)eval/bench/results.*")
    return f"{said}+" if said and _git(place, *changes) else said


def _git(place: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    done = subprocess.run([program, "-C", str(place), *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    return "" if done.returncode else done.stdout.strip()


def _page(measured: Sequence[Kept]) -> str:
    lines = [
        "# What the benchmark measured",
        "",
        "Written by `python -m eval.bench [ROW]...`; the figures are also in `results.json`. Medians of interleaved rounds. A",
        "ratio is of wall times; the same ratio of CPU times stands beside it, as the machine was shared with other work. Where",
        "an encoding is the denominator, it is one question encoded by onnxruntime in float32 on one thread, as peelqa does it.",
        'Rows that say the same under "measured" were measured in one run; a "+" after the commit stands for changes that were',
        "not committed. A row that is not here was not run.",
    ]
    for each in measured:
        said = "; ".join(f"{name}: {value}" for name, value in each.about.items())
        lines += ["", f"## {each.row}, {each.corpus.title}", "", said, "", HEAD, *map(_line, each.figures)]
    chart = f"![ratios to what should be reached, {CHARTED.title}](results.png)"
    shown = f"The chart shows {CHARTED.title}, and the rows that have a size of their own."
    return "\n".join([*lines, "", shown, "", chart, ""])


def _line(figure: Figure) -> str:
    reach = "" if figure.reach is None else f"{'at most' if figure.at_most else 'at least'} {figure.reach:g}"
    cells = (
        figure.what,
        _shown(figure.value),
        reach,
        figure.reached,
        _shown(figure.cpu),
        " to ".join(map(_shown, figure.spread)) if figure.spread else "",
        figure.note,
    )
    return f"| {' | '.join(cells)} |"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _charted(measured: Sequence[Kept]) -> list[tuple[str, float]]:
    """Return what the chart shows: each figure that has a target, and its share of it, at most 1 where it is reached."""
    return [
        (f"{figure.what} ({kept.corpus.title})" if kept.corpus.own else figure.what, _share(figure.value, figure))
        for kept in measured
        if kept.corpus.own or kept.corpus == CHARTED
        for figure in kept.figures
        if figure.value and figure.reach
    ]


def _share(value: float, figure: Figure) -> float:
    assert figure.reach is not None  # noqa: S101 - only figures with a target are drawn
    return value / figure.reach if figure.at_most else figure.reach / value


def _chart(path: Path, measured: Sequence[Kept]) -> None:
    from matplotlib import pyplot

    drawn = _charted(measured)
    shares = [share for _, share in drawn]
    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(drawn) + 1.5), layout="constrained")
    axes.barh([what for what, _ in drawn], shares, color=["#1d70b8" if share <= 1 else "#d4351c" for share in shares])
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_title(CHARTED.title, fontsize="medium")
    axes.set_xlabel("measured, as a share of what should be reached (left of the line: reached)")
    axes.invert_yaxis()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
