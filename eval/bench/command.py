"""The command line of the benchmark: measure all rows, or those named, and write them among the results."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import platformdirs

from eval.bench.asking import concurrent, parts, repeated, start, warm
from eval.bench.bench import Bench, one_thread
from eval.bench.environments import PEERS
from eval.bench.figures import commit, keep, machine, read_kept
from eval.bench.indexing import building, encoding, million, opened_corpus, opening, searched_vectors
from peelqa.errors import BadInput

ROWS = {
    "warm": warm, "parts": parts, "start": start, "concurrent": concurrent, "repeated": repeated,
    "encoding": encoding, "building": building, "opening": opening, "million": million,
}  # fmt: skip

OWN_SIZE = {"opening": opened_corpus, "million": searched_vectors}
"""Rows on made-up data of a size of their own, with what they are measured on."""


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(tuple(ROWS)))
@click.option("--passages", type=click.IntRange(100), default=10_000, show_default=True, help="Made-up passages.")
@click.option("--opened", type=click.IntRange(100), default=100_000, show_default=True, help="Passages in opening.")
@click.option("--vectors", type=click.IntRange(1000), default=1_000_000, show_default=True, help="Vectors in million.")
@click.option("--rounds", type=click.IntRange(3), default=150, show_default=True, help="Questions asked of each stack.")
@click.option("--without", multiple=True, type=click.Choice([each.name for each in PEERS]), help="Leave a stack out.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of real reports instead of made-up ones; opening and million are then left out.",
)
@click.option("--work", type=click.Path(path_type=Path), help="Where corpora, indexes and environments are kept.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(__file__).parent, help="Where results are written."
)
def main(
    rows: tuple[str, ...],
    passages: int,
    opened: int,
    vectors: int,
    rounds: int,
    without: tuple[str, ...],
    reports: Path | None,
    work: Path | None,
    out: Path,
) -> None:
    """Measure ROWS, by default all of them, side by side with other stacks.

    Figures replace those of the same row on the same corpus. The rows opening and million are on made-up data of a size
    of their own.
    """
    one_thread()
    chosen = _chosen(rows, reports)
    try:
        read_kept(out)  # before any work, or its figures would be lost
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    work = work or Path(platformdirs.user_cache_dir("peelqa")) / "bench"
    bench = Bench(work, passages, rounds, vectors, opened, without, reports)
    run = _run()
    for name in chosen:
        corpus = OWN_SIZE[name](bench) if name in OWN_SIZE else bench.corpus
        before = machine()
        figures = ROWS[name](bench)
        keep(out, corpus, figures, {**run, **before, "load after": machine()["load"], "rounds": str(rounds)})
        for each in figures:
            shown = "not run" if each.value is None else f"{each.value:.3g}"
            click.echo(f"{name}, {corpus.title}: {each.what}: {shown} {each.reached} {each.note}")


def _chosen(rows: tuple[str, ...], reports: Path | None) -> tuple[str, ...]:
    """Return the rows to measure. Raises UsageError where a row on made-up data is to be measured on real reports."""
    if reports is None:
        return rows or tuple(ROWS)
    made_up = [row for row in rows if row in OWN_SIZE]
    if made_up:
        raise click.UsageError(
            f"{' and '.join(made_up)}: on made-up data of its own size; measure it without --reports."
        )
    return rows or tuple(row for row in ROWS if row not in OWN_SIZE)


def _run() -> dict[str, str]:
    """Return when this run began and of what commit it is, which all its rows share."""
    began = {"measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}
    known = commit(Path(__file__).parent)
    return {**began, "commit": known} if known else began
