"""A run as tables: on a terminal, and in Markdown for `eval/results.md`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from eval.calibration import calibration_error
from eval.intervals import Figure
from eval.measures import PROMISES
from eval.runs import NOT_RUN, ArmRun, Compared, Run, SuiteRun
from eval.suites import ARMS

_ALWAYS = (*PROMISES, "errors")
_TIMES = ("ms, half of answers", "ms, 95 of 100 answers", "ms of processor, mean")
_ABSENT = "–"


def print_run(run: Run, compared: Sequence[Compared], console: Console) -> None:
    """Print every suite as a table, arms side by side."""
    for suite in run.suites:
        if suite.not_run:
            console.print(f"\n{suite.title}: {NOT_RUN}: {suite.not_run}", markup=False, highlight=False)
            continue
        table = Table("", *shown_arms(suite), title=f"{suite.title} ({_asked(suite)})", title_justify="left")
        for measure, cells in suite_cells(suite, (*_ALWAYS, *_TIMES)):
            table.add_row(measure, *cells)
        console.print()
        console.print(table)
        for remark in suite_remarks(suite):
            console.print(remark, markup=False, highlight=False)
    if compared:
        console.print()
        console.print(_comparison(compared))


def shown_arms(suite: SuiteRun) -> tuple[str, ...]:
    """Return the names of a suite's columns: its arms where it has others than the usual, else all the usual ones."""
    ran = tuple(arm.arm for arm in suite.arms)
    return ARMS if set(ran) <= set(ARMS) else ran


def suite_cells(suite: SuiteRun, more: Sequence[str] = _ALWAYS) -> list[tuple[str, list[str]]]:
    """Return a suite's measures with a cell for every arm, "not run" for those that did not run."""
    arms = {arm.arm: arm for arm in suite.arms}
    return [
        (measure, [_cell(arms.get(name), measure) for name in shown_arms(suite)])
        for measure in (*suite.measures, *more)
        if any(measure in arm.figures for arm in suite.arms)
    ]


def results_markdown(run: Run) -> str:
    """Write `eval/results.md`: figures and their intervals, nothing of a report's text."""
    lines = [
        "# What the evaluation last measured",
        "",
        f"Written by `{run.command}` on {run.made_at[:10]} with peelqa {run.version} and {run.model}; not to be edited.",
        "Each figure is a mean over questions with its 95 % interval (Wilson's for shares, bootstrap for others).",
        '"–" stands where a measure does not apply to an arm.',
    ]
    for suite in run.suites:
        lines += ["", f"## {suite.title}", "", *([" ".join(suite.about.split()), ""] if suite.about else [])]
        lines += [f"Not run: {suite.not_run}."] if suite.not_run else _markdown_table(suite)
    error, count = calibration_error(run.reliability), sum(each.count for each in run.reliability)
    if error is not None:
        lines += ["", "## Calibration of relevance, all suites together", ""]
        lines += [
            f"Expected calibration error {error:.3f} over {count} questions: of the first quotation, or of what was nearest.",
            "",
        ]
        lines += ["| relevance | questions | mean relevance | right |", "|---|---|---|---|"]
        lines += [
            f"| {each.low:.1f} to {each.high:.1f} | {each.count} | {each.said:.3f} | {each.right:.3f} |"
            for each in run.reliability
        ]
    return "\n".join(lines) + "\n"


def _markdown_table(suite: SuiteRun) -> list[str]:
    return [
        f"{_asked(suite)[:1].upper()}{_asked(suite)[1:]}.",
        "",
        f"| | {' | '.join(shown_arms(suite))} |",
        "|---|" + "---|" * len(shown_arms(suite)),
        *(f"| {measure} | {' | '.join(cells)} |" for measure, cells in suite_cells(suite)),
        *(f"\n{remark}" for remark in suite_remarks(suite)),
    ]


def _asked(suite: SuiteRun) -> str:
    split = "" if suite.split == "all" else f" of the {suite.split} half"
    return (
        f"{suite.asked} of {suite.of:,} questions{split}"
        if suite.asked < suite.of
        else f"all {suite.of:,} questions{split}"
    )


def suite_remarks(suite: SuiteRun) -> list[str]:
    """Return what is to be said below a suite's table: what was not read, and why an arm did not run."""
    return [*suite.notes, *(f"{arm.arm}: {NOT_RUN}: {arm.not_run}" for arm in suite.arms if arm.not_run)]


def _cell(arm: ArmRun | None, measure: str) -> str:
    if arm is None or arm.not_run:
        return NOT_RUN
    figure = arm.figures.get(measure)
    return figure_text(figure) if figure else _ABSENT


def figure_text(figure: Figure) -> str:
    """Write a figure with its interval.

    >>> figure_text(Figure(0.5, 0.25, 0.75, 12)), figure_text(Figure(3.0, None, None, 12))
    ('0.50 [0.25, 0.75]', '3')
    """
    if figure.low is None or figure.high is None:
        whole = figure.value == int(figure.value) or figure.value >= 10
        return f"{figure.value:.0f}" if whole else f"{figure.value:.3f}"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _comparison(compared: Sequence[Compared]) -> Table:
    table = Table(
        "suite",
        "arm",
        "measure",
        "gain",
        "95 % interval",
        "p",
        "p adjusted",
        "questions",
        title="Against the saved run",
    )
    for each in compared:
        gain = each.difference
        table.add_row(
            each.suite,
            each.arm,
            each.measure,
            f"{gain.value:+.3f}",
            f"{gain.low:+.3f} to {gain.high:+.3f}",
            f"{gain.p:.3f}",
            f"{each.adjusted:.3f}",
            str(gain.count),
        )
    return table
