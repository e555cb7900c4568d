"""The command: `python -m eval.soak`."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from eval.soak.faults import survive_all
from eval.soak.load import questions
from eval.soak.page import Row, render
from eval.soak.service import Service, serving
from eval.soak.stages import Capacity, measure_capacity, overload, run_long

PAGE = Path(__file__).parents[1] / "soak.md"


@click.command()
@click.option("--seconds", default=120, show_default=True, help="How long ten times capacity is offered.")
@click.option("--times", default=10.0, show_default=True, help="How many times capacity is offered.")
@click.option("--minutes", default=0.0, show_default=True, help="How long to go on asking and publishing afterwards.")
@click.option("--seed", default=1, show_default=True, help="Of the order of questions and their arrivals.")
@click.option("--faults/--no-faults", default=True, help="Whether to make every fault, too.")
@click.option("--record", is_flag=True, help="Keep the figures in eval/soak.md.")
def main(seconds: int, times: float, minutes: float, seed: int, faults: bool, record: bool) -> None:
    """Load a serving peelqa beyond what it can do, make every fault, and say whether anything was lost.

    Serves the invented sample on loopback from a temporary folder and stops by itself. Exit status 1 where a target is missed.
    """
    asked = questions(seed)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as service:
        capacity = measure_capacity(service, asked)
        click.echo(f"capacity: {capacity.rate:.1f} answers a second", err=True)
        rows = overload(service, capacity, times, seconds, asked, seed)
        if faults:
            rows += _survived(service, capacity, asked)
        if minutes:
            rows += run_long(service, capacity.rate / 2, minutes, asked, seed)
    page = render(_about(capacity, seed), rows)
    click.echo(page)
    if record:
        PAGE.write_text(page, encoding="utf-8")
    raise SystemExit(0 if all(row.met for row in rows) else 1)


def _survived(service: Service, capacity: Capacity, asked: Iterator[str]) -> list[Row]:
    survived = survive_all(service, capacity.rate / 2, asked)
    return [
        Row(f"{each.fault} ({each.times})", f"{each.answered} answered, {each.wrong} lost or wrong", "0 lost or wrong",
            each.wrong == 0, each.noted)
        for each in survived
    ]  # fmt: skip


def _about(capacity: Capacity, seed: int) -> str:
    load = os.getloadavg()[2]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores shared with the load generator"
        f"{f' and with other work (load {load:.1f} over the last 15 minutes)' if load > 2 else ''}, the invented sample, seed {seed}. "
        f"Capacity: {capacity.rate:.1f} answers a second, median {capacity.median * 1000:.0f} ms, with a user a core."
    )


if __name__ == "__main__":
    main()
