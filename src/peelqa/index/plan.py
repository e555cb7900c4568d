"""How an index is to be built, and what a build published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

STEPS = ("reading", "cutting", "embedding", "writing vectors", "checking", "sealing", "publishing", "pruning", "done")
"""The steps of a build, in order; a build may die at any of them."""


PHASES = ("cutting reports", "embedding passages", "writing the index")
"""What takes time in a build after reading, in order, in words for who waits."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build published, or found unchanged."""

    generation: str
    reports: int
    passages: int
    embedded: int
    """Passages that were new and had to be embedded: neither in the last generation nor left by a build that died."""
    read: int
    """Reports that were new or changed."""
    unchanged: bool
    """True where the last generation holds all this already and stays in force."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """How to build: every part has a default that suits most."""

    vectors: str = "auto"
    """Kind of vector index: "auto", "exact" or "fast"."""
    progress: Callable[[str, int, int], None] | None = None
    """Called with what is being done, one of PHASES, how much of it is done and how much there is."""
    step: Callable[[str], None] | None = None
    """Called with the name of each step, from STEPS, before it is taken."""
