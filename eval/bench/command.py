"""The command line of the benchmark: measure all rows, or those named, and write them among the results."""

from __future__ import annotations

from pathlib import Path

import click
import platformdirs

from eval.bench.asking import concurrent, parts, repeated, start, warm
from eval.bench.bench import Bench, one_thread
from eval.bench.environments import PEERS
from eval.bench.figures import keep, machine
from eval.bench.indexing import building, encoding, million, opening

ROWS = {
    "warm": warm, "parts": parts, "start": start, "concurrent": concurrent, "repeated": repeated,
    "encoding": encoding, "building": building, "opening": opening, "million": million,
}  # fmt: skip


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(tuple(ROWS)))
@click.option("--passages", type=click.IntRange(100), default=10_000, show_default=True, help="Passages in the corpus.")
@click.option("--vectors", type=click.IntRange(1000), default=1_000_000, show_default=True, help="In the row million.")
@click.option("--rounds", type=click.IntRange(3), default=60, show_default=True, help="Questions asked of each stack.")
@click.option("--without", multiple=True, type=click.Choice([each.name for each in PEERS]), help="Leave a stack out.")
@click.option("--reports", type=click.Path(path_type=Path, exists=True), help="Real reports instead of made-up ones.")
@click.option("--work", type=click.Path(path_type=Path), help="Where corpora, indexes and environments are kept.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(__file__).parent, help="Where results are written."
)
def main(
    rows: tuple[str, ...],
    passages: int,
    vectors: int,
    rounds: int,
    without: tuple[str, ...],
    reports: Path | None,
    work: Path | None,
    out: Path,
) -> None:
    """Measure ROWS, by default all of them, side by side with other stacks."""
    one_thread()
    bench = Bench(
        work or Path(platformdirs.user_cache_dir("peelqa")) / "bench", passages, rounds, vectors, without, reports
    )
    for name in rows or tuple(ROWS):
        before = machine()
        figures = ROWS[name](bench)
        about = {**before, "load after": machine()["load"], "passages": str(passages), "rounds": str(rounds)}
        if reports:
            about["corpus"] = "real reports"
        keep(out, figures, about)
        for each in figures:
            shown = "not run" if each.value is None else f"{each.value:.3g}"
            click.echo(f"{name}: {each.what}: {shown} {each.reached} {each.note}")
