"""Passages, their vectors and their words, kept as complete generations on disk. Knows nothing of questions."""

from peelqa.index.build import BuildPlan, BuildResult, Draft, build_index, require_room, start_build
from peelqa.index.cards import ReportCard
from peelqa.index.generations import erase_index, list_generations
from peelqa.index.opened import Index, find_damage, open_index

__all__ = [
    "BuildPlan",
    "BuildResult",
    "Draft",
    "Index",
    "ReportCard",
    "build_index",
    "erase_index",
    "find_damage",
    "list_generations",
    "open_index",
    "require_room",
    "start_build",
]
