"""What the benchmark measured, as a page, a file of figures and a chart."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HEAD = "| what | measured | to reach | reached | CPU time | spread | how |\n|---|---|---|---|---|---|---|"


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


def keep(folder: Path, figures: Sequence[Figure], about: dict[str, str]) -> None:
    """Put figures among those kept of other rows, and write page and chart anew."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    stored = json.loads(path.read_text()) if path.is_file() else {"rows": {}}
    for row in {each.row for each in figures}:
        stored["rows"][row] = {"about": about, "figures": [asdict(each) for each in figures if each.row == row]}
    stored["rows"] = dict(sorted(stored["rows"].items()))
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    (folder / "results.md").write_text(_page(stored), encoding="utf-8")
    _chart(folder / "results.png", stored)


def machine() -> dict[str, str]:
    """Say what machine this is and how busy it was."""
    model = [line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "machine": f"{os.cpu_count()} cores, {model[0] if model else platform.processor()}, Python {platform.python_version()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _page(stored: dict[str, dict[str, dict[str, object]]]) -> str:
    lines = [
        "# What the benchmark measured",
        "",
        "Written by `python -m eval.bench [ROW]...`; the figures are also in `results.json`. Medians of interleaved rounds. A",
        "ratio is of wall times; the same ratio of CPU times stands beside it, as the machine was shared with other work. Where",
        "an encoding is the denominator, it is one question encoded by onnxruntime in float32 on one thread, as peelqa does it.",
        "A row that is not here was not run.",
    ]
    for row, kept in stored["rows"].items():
        about, figures = kept["about"], kept["figures"]
        assert isinstance(about, dict)  # noqa: S101 - as keep() wrote it
        assert isinstance(figures, list)  # noqa: S101 - as keep() wrote it
        said = "; ".join(f"{name}: {value}" for name, value in about.items())
        lines += ["", f"## {row}", "", said, "", HEAD, *(_line(_figure(each)) for each in figures)]
    return "\n".join([*lines, "", "![ratios to what should be reached](results.png)", ""])


def _figure(stored: dict[str, object]) -> Figure:
    spread = stored["spread"]
    return Figure(**{**stored, "spread": tuple(spread) if isinstance(spread, list | tuple) else None})  # type: ignore[arg-type]


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


def _chart(path: Path, stored: dict[str, dict[str, dict[str, object]]]) -> None:
    from matplotlib import pyplot

    rows = [_figure(each) for kept in stored["rows"].values() for each in kept["figures"]]  # type: ignore[attr-defined]
    drawn = [each for each in rows if each.value and each.reach]
    shares = [each.value / each.reach if each.at_most else each.reach / each.value for each in drawn]  # type: ignore[operator]
    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(drawn) + 1.2), layout="constrained")
    axes.barh([each.what for each in drawn], shares, color=["#1d70b8" if share <= 1 else "#d4351c" for share in shares])
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlabel("measured, as a share of what should be reached (left of the line: reached)")
    axes.invert_yaxis()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
