"""What a run leaves behind: a table on the terminal, and in a folder run.json, results.md and report.html."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from eval.page import report_page
from eval.runs import Run, broken_promises, compare, run_json, without_rows, write_run
from eval.suites import ROOT
from eval.tables import print_run, results_markdown


def finish(run: Run, before: Run | None, folder: Path, indexes: dict[str, Path], *, record: bool, as_json: bool) -> int:
    """Print a run and write its files; return the exit status: 1 where a promise was broken, or nothing could run."""
    compared = compare(run, before) if before else []
    folder.mkdir(parents=True, exist_ok=True)
    write_run(run, folder / "run.json")
    (folder / "results.md").write_text(results_markdown(run), encoding="utf-8")
    (folder / "report.html").write_text(report_page(run, compared, indexes), encoding="utf-8")
    if record:
        write_run(without_rows(run), ROOT / "eval" / "results.json")
        (ROOT / "eval" / "results.md").write_text(results_markdown(run), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(run_json(without_rows(run)), ensure_ascii=False, indent=1))
    else:
        print_run(run, compared, Console(width=None if Console().is_terminal else 160))
    click.echo(f"\nRun, results and page with every failed question: {folder}", err=True)
    broken = list(broken_promises(run))
    for each in broken:
        click.echo(f"peelqa eval: {each}, which must be 0", err=True)
    return 1 if broken or all(suite.not_run for suite in run.suites) else 0
