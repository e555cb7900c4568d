"""What can be done with an index where it is kept, in a folder or by a cluster."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, overload

from peelqa.address import Address, Place
from peelqa.errors import IndexDamaged, IndexMissing
from peelqa.index import generations, opened
from peelqa.index.contract import Index
from peelqa.index.opened import FolderIndex

if TYPE_CHECKING:
    from peelqa.index.cluster.opened import ClusterIndex


@overload
def open_index(place: Path) -> FolderIndex: ...


@overload
def open_index(place: Address) -> ClusterIndex: ...


def open_index(place: Place) -> Index:
    """Open the generation in force; its `warning` says where it is not the newest.

    Raises IndexMissing where there is none, IndexDamaged where none is whole, IndexOutOfDate for another format,
    ServerUnusable where a cluster does not answer.
    """
    if isinstance(place, Path):
        return opened.open_index(place)
    from peelqa.index.cluster.opened import open_cluster

    return open_cluster(place)


def has_index(place: Place) -> bool:
    """Tell whether anything was ever published there. Raises ServerUnusable where a cluster does not answer."""
    if isinstance(place, Path):
        return (place / generations.CURRENT).exists() or bool(generations.list_generations(place))
    from peelqa.index.cluster.generations import generation_in_force

    return not (place.local and not Path(place.uri).exists()) and generation_in_force(place) is not None


def name_in_force(place: Place) -> str | None:
    """Return the name of the generation in force without opening it; None where there is none or it cannot be told.

    Raises ServerUnusable where a cluster does not answer.
    """
    if isinstance(place, Path):
        with suppress(IndexMissing, IndexDamaged):
            return generations.current_generation(place)[0].name
        return None
    from peelqa.index.cluster.generations import generation_in_force

    found = generation_in_force(place)
    return found.name if found else None


def find_damage(place: Place) -> list[str]:
    """Check every generation and every report's text; one line for each thing that is wrong.

    Raises IndexMissing where there is nothing to check, ServerUnusable where a cluster does not answer.
    """
    if isinstance(place, Path):
        return opened.find_damage(place)
    from peelqa.index.cluster.checking import find_damage as find_in_cluster

    return find_in_cluster(place)


def generation_names(place: Place) -> list[str]:
    """List the names of the published generations, newest first."""
    if isinstance(place, Path):
        return [each.name for each in generations.list_generations(place)]
    from peelqa.index.cluster.generations import is_finished, list_generations

    return [each.name for each in list_generations(place) if is_finished(each)]


def erase_index(place: Place) -> None:
    """Remove every generation; afterwards there is no index. Raises BuildRunning where a build is at work."""
    if isinstance(place, Path):
        generations.erase_index(place)
        return
    from peelqa.index.cluster.generations import erase

    erase(place)
