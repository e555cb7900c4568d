"""The commands for an index that a cluster keeps: `cluster load`, `publish`, `rollback`, `list`, `drop`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peelqa.cli.options import ProgressLine, json_option, settings_of
from peelqa.errors import BadInput

if TYPE_CHECKING:
    from peelqa.address import Address

_AT = click.option("--index", help="Address of the index, instead of the one in PEELQA_INDEX.")


@click.group()
def cluster() -> None:
    """Load, publish, switch and drop generations of an index that a Milvus cluster keeps.

    \b
    peelqa build --corpus share-3 --index part-3            on each machine, its share of the reports
    peelqa cluster load part-3 --generation gen_2026_11     on each machine, all into one generation
    peelqa cluster publish gen_2026_11 --shares 20          once, when all 20 are loaded
    peelqa cluster rollback                                 to answer from the generation before

    One machine alone needs none of this: `peelqa build --index milvus://HOST/NAME` does it all. docs/milvus.md says
    more.
    """


@cluster.command()
@click.argument("part", type=click.Path(path_type=Path))
@click.option(
    "--generation", required=True, help="The generation to load into, as gen_NAME; made where it is not there."
)
@_AT
def load(part: Path, generation: str, index: str | None) -> None:
    """Load a local index, the folder PART, into a generation that is not published yet.

    Run it again after any failure: what is there already is not sent again.
    """
    from peelqa.index import open_index
    from peelqa.index.cluster.loading import load_part

    progress = ProgressLine()
    loaded = load_part(
        open_index(part), _address(index), generation, lambda done, total: progress("loading passages", done, total)
    )
    click.echo(
        f"{loaded.generation} holds the {_count(loaded.reports, 'report')} of {part}, {loaded.sent} of them sent now. "
        f"When all shares are loaded: peelqa cluster publish {loaded.generation} --shares NUMBER"
    )


@cluster.command()
@click.argument("generation")
@click.option(
    "--shares",
    type=click.IntRange(min=1),
    required=True,
    help="How many shares of the reports there are in all; unless just so many are loaded, nothing is published.",
)
@_AT
@json_option("what was published")
def publish(generation: str, shares: int, index: str | None, as_json: bool) -> None:
    """Finish a loaded generation, check it and put it in force; the one before is kept to roll back to."""
    from dataclasses import asdict

    from peelqa.index.cluster.publishing import publish as publish_generation

    published = publish_generation(
        _address(index), generation, shares, lambda left: click.echo(f"{left} passages still to index", err=True)
    )
    if as_json:
        click.echo(json.dumps(asdict(published), ensure_ascii=False, indent=1))
        return
    for name, why in published.copies.items():
        click.echo(f"not indexed: {name}: {why}", err=True)
    click.echo(
        f"{published.generation} is in force, with {_count(published.reports, 'report')} and "
        f"{_count(published.passages, 'passage')} from {_count(published.shares, 'share')}."
    )
    if published.loaded != published.reports:
        click.echo(f"The shares hold {published.loaded} in all: one that is in two of them, or is a copy, stands once.")
    if published.dropped:
        click.echo(f"Dropped {', '.join(published.dropped)}.")


@cluster.command()
@click.argument("generation", required=False)
@_AT
def rollback(generation: str | None, index: str | None) -> None:
    """Put a published generation in force again: GENERATION, or the newest before that in force.

    The next `peelqa build` puts in force what the corpus then holds, so change the corpus first.
    """
    from peelqa.index.cluster.generations import roll_back

    click.echo(
        f"{roll_back(_address(index), generation).name} is in force; running servers go over to it within seconds. "
        "The next `peelqa build` puts in force what the corpus then holds, so change the corpus first."
    )


@cluster.command("list")
@_AT
@json_option("the generations")
def list_(index: str | None, as_json: bool) -> None:
    """List the generations, newest first: which is in force, which are kept, which were never finished."""
    from peelqa.index.cluster.generations import generation_in_force, is_finished, list_generations

    address = _address(index)
    now = generation_in_force(address)
    states = {
        each.name: "in force" if now and now.name == each.name else "kept" if is_finished(each) else "not published"
        for each in list_generations(address)
    }
    if as_json:
        click.echo(json.dumps([{"generation": name, "state": state} for name, state in states.items()], indent=1))
        return
    for name, state in states.items():
        click.echo(f"{name}: {state}")
    if not states:
        click.echo(f"There is no generation in {address}.")


@cluster.command()
@click.argument("generation")
@_AT
def drop(generation: str, index: str | None) -> None:
    """Remove a generation for good: one that is kept, or one whose loading was given up."""
    from peelqa.index.cluster.generations import find_generation, generation_in_force

    address = _address(index)
    chosen, now = find_generation(address, generation), generation_in_force(address)
    if now and now.name == chosen.name:
        raise BadInput(f"{generation} is in force. Put another in force first: peelqa cluster rollback GENERATION")
    chosen.drop()
    click.echo(f"{generation} is gone.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _address(index: str | None) -> Address:
    """Return the address of the index. Raises BadInput where it is a folder."""
    place = settings_of(None, index).index
    if isinstance(place, Path):
        raise BadInput(f"{place} is a folder. Name a cluster: --index milvus://HOST/NAME, or set PEELQA_INDEX.")
    return place
