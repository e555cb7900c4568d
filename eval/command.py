"""The command line of the evaluation. Heavy imports wait until there is something to run."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from eval.suites import ARMS, CannotRun, Split, load_suite, suite_names, suite_path
from peelqa.errors import PeelqaError


def _without_folders(args: list[str]) -> list[str]:
    """Return the arguments without those that only say where a machine keeps things, which no record needs."""
    own = ("--out", "--work")
    pairs = zip(["", *args], args, strict=False)
    return [arg for before, arg in pairs if before not in own and arg.split("=")[0] not in own]


class _Options(click.Command):
    """Turn what cannot be run into one line on stderr and exit status 1."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["words"] = shlex.join(["peelqa", "eval", *_without_folders(args)])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (CannotRun, PeelqaError) as error:
            click.echo(f"peelqa eval: {error}", err=True)
            sys.exit(error.exit_status if isinstance(error, PeelqaError) else 1)
        except ModuleNotFoundError as error:
            click.echo(f"peelqa eval: {error.name} is not installed. Run: pip install -e '.[eval]'", err=True)
            sys.exit(1)


def _known(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not suite_path(name).is_file():
            raise click.BadParameter(f"there is no suite {name}; suites are: {', '.join(suite_names())}")
    return names


@click.command(cls=_Options, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.argument("suites", nargs=-1, metavar="[SUITE]...", callback=_known)
@click.option("--list", "listing", is_flag=True, help="Say which suites there are, and end.")
@click.option(
    "--split", type=click.Choice(["all", "tune", "test"]), default="all", help="Which half of each set to ask."
)
@click.option(
    "--sample",
    type=click.IntRange(0),
    help="How many questions to ask at most, the same at each run; 0 for all. [default: as the suite says]",
)
@click.option(
    "--arm",
    "arms",
    multiple=True,
    type=click.Choice(ARMS),
    help="Only this way to answer; may be repeated. [default: as the suite says]",
)
@click.option("--no-probes", is_flag=True, help="Do not ask with typing errors and in other words too.")
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A saved run file to compare with."
)
@click.option("--jobs", type=click.IntRange(1, 16), default=1, help="How many processes ask.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for run.json, report.html and results.md. [default: a new one in the work folder]",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for corpora and indexes. [default: the user's cache]",
)
@click.option("--record", is_flag=True, help="Write eval/results.md and eval/results.json of the checkout too.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(
    suites: tuple[str, ...],
    listing: bool,
    split: str,
    sample: int | None,
    arms: tuple[str, ...],
    no_probes: bool,
    against: Path | None,
    jobs: int,
    out: Path | None,
    work: Path | None,
    record: bool,
    as_json: bool,
) -> None:
    """Ask the questions of each SUITE (all of them if none is named) and say how well they were answered.

    SUITE is a name of --list, or the path of a suite's .toml file. Exit status 1 where a quotation was not verbatim
    or wrongly attributed.
    """
    if listing:
        _list()
        return
    from eval.output import finish
    from eval.running import Wanted, default_work, run_all
    from eval.runs import read_run

    before = read_run(against) if against else None
    place = work or default_work()
    wanted = Wanted(cast("Split", split), sample, arms, not no_probes, jobs, place)
    run, indexes = run_all(suites or suite_names(), wanted, click.get_current_context().meta["words"])
    folder = out or place / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    sys.exit(finish(run, before, folder, indexes, record=record, as_json=as_json))


def _list() -> None:
    for name in suite_names():
        try:
            click.echo(f"{name}: {load_suite(name).title}")
        except CannotRun as error:
            click.echo(f"{name}: cannot be run: {error}")
