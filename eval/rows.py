"""What one outcome is worth, as a run keeps it: ids, places and figures, no word of a report."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands, and how relevant it was said to be."""

    report: str
    start_char: int
    end_char: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one outcome is worth. A value is there only where the question has what it takes to judge it."""

    id: str
    arm: str
    answerable: bool
    answered: bool
    status: str
    rank: int
    """The place of the first right quotation, from 1; 0 where none is right."""
    right: bool
    """True where the most relevant of what was quoted, or named as nearest, is right."""
    score: float
    """Its relevance; 0 where there is nothing."""
    quotes: tuple[Place, ...] = ()
    """What was quoted, or named as nearest."""
    words: tuple[int, ...] = ()
    """The length of each quotation."""
    took_ms: float = 0.0
    cpu_ms: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    """What is averaged over questions."""
    counts: dict[str, int] = field(default_factory=dict)
    """What is added up over questions."""
    ranked: tuple[str, ...] | None = None
    """The passages ranked, by id, best first; None for an arm that ranks none."""
    relevant: tuple[str, ...] = ()
    """The passages that hold gold, by id."""
    error: str | None = None

    @property
    def declined(self) -> bool:
        """True where no answer was given, and not because asking failed."""
        return not self.answered and self.error is None

    @property
    def failed(self) -> bool:
        """True where the question was got wrong: not right first, or answered without an answer to give."""
        return self.error is not None or (self.rank != 1 if self.answerable else self.answered)
