"""The plots of the page, as SVG to stand in it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from eval.calibration import Bin
from eval.intervals import Figure
from eval.rows import Row
from eval.runs import ArmRun

_COLOURS = ("#9aa5b1", "#7b8794", "#4a7fb5", "#b5651d", "#1d70b8")


def arms_plot(arms: Sequence[ArmRun], measures: Sequence[str]) -> str:
    """Draw measures between 0 and 1 as bars with their intervals, arms side by side."""
    shown = [measure for measure in measures if any(_share(arm, measure) for arm in arms)]
    canvas, axes = _canvas(max(6.0, 1.1 * len(shown)), 3.0)
    width = 0.8 / max(1, len(arms))
    for place, arm in enumerate(arms):
        for at, measure in enumerate(shown):
            figure = _share(arm, measure)
            if figure is None or figure.low is None or figure.high is None:
                continue
            left = at + place * width - 0.4
            spread = [[max(0.0, figure.value - figure.low)], [max(0.0, figure.high - figure.value)]]
            colour = _COLOURS[place % len(_COLOURS)]
            axes.bar(left, figure.value, width, align="edge", color=colour, label=arm.arm if at == 0 else None)
            axes.errorbar(left + width / 2, figure.value, spread, color="#222", linewidth=0.8)
    axes.set_xticks(range(len(shown)), [measure.replace(" ", "\n", 1) for measure in shown])
    axes.set_ylim(0, 1)
    canvas.legend(frameon=False, ncols=len(arms), loc="outside upper center")
    return _svg(canvas)


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Draw what was right against what relevance said, each bin as large as it has answers."""
    canvas, axes = _canvas(3.2, 3.2)
    axes.plot([0, 1], [0, 1], color="#999", linewidth=0.8, linestyle="--")
    most = max((each.count for each in bins), default=1)
    axes.scatter(
        [each.said for each in bins],
        [each.right for each in bins],
        [10 + 150 * each.count / most for each in bins],
        color=_COLOURS[-1],
        alpha=0.8,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean relevance", ylabel="share right")
    return _svg(canvas)


def declining_plot(rows: Sequence[Row]) -> str:
    """Draw the share of unanswerable questions declined against the share of answerable ones answered, at every threshold."""
    canvas, axes = _canvas(3.2, 3.2)
    up = [row.score for row in rows if row.answerable]
    down = [row.score for row in rows if not row.answerable]
    thresholds = [0.0, *sorted({*up, *down}), 1.01]
    axes.plot(
        [sum(score >= each for score in up) / len(up) for each in thresholds],
        [sum(score < each for score in down) / len(down) for each in thresholds],
        color=_COLOURS[-1],
    )
    answered = sum(row.answered for row in rows if row.answerable) / len(up)
    declined = sum(not row.answered for row in rows if not row.answerable) / len(down)
    axes.scatter([answered], [declined], color=_COLOURS[3], zorder=3, label="as it is set")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="answerable answered", ylabel="unanswerable declined")
    axes.legend(frameon=False, loc="lower left")
    return _svg(canvas)


def _share(arm: ArmRun, measure: str) -> Figure | None:
    figure = arm.figures.get(measure)
    return figure if figure and figure.low is not None and figure.value <= 1 else None


def _canvas(width: float, height: float) -> tuple[Canvas, Axes]:
    canvas = Canvas(figsize=(width, height), layout="constrained")
    axes = canvas.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return canvas, axes


def _svg(canvas: Canvas) -> str:
    written = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "peelqa", "svg.fonttype": "none"}):
        canvas.savefig(written, format="svg", metadata={"Date": None})
    text = written.getvalue()
    return text[text.index("<svg") :]
