"""Passages, their vectors and their words, kept as complete generations. Knows nothing of questions."""

from peelqa.index.cards import ReportCard
from peelqa.index.contract import EVERYTHING, Index, Scope
from peelqa.index.generations import list_generations
from peelqa.index.opened import FolderIndex
from peelqa.index.places import (
    erase_index,
    find_damage,
    generation_names,
    has_index,
    name_in_force,
    open_index,
)

__all__ = [
    "EVERYTHING",
    "FolderIndex",
    "Index",
    "ReportCard",
    "Scope",
    "erase_index",
    "find_damage",
    "generation_names",
    "has_index",
    "list_generations",
    "name_in_force",
    "open_index",
]
