"""Where the product's errors lie, by what kind of thing is asked: `python -m eval.errors RUN.json`.

Prints Markdown of figures alone, of a saved run. The kinds are the question set's own tags, or else as peelqa reads the
question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from eval.cases import Case, read_cases
from eval.rows import Row
from eval.runs import Run, SuiteRun, read_run
from eval.suites import CannotRun, load_suite
from peelqa.understanding.kinds import find_kind

ARM = "peelqa"
NO_KINDS = frozenset({"tune", "test"})
HEAD = (
    "| kind | answerable | right first | right later | wrong | declined | unanswerable | declined | answered |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
)


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(run: Path) -> None:
    """Print what became of the questions of each kind in a saved RUN."""
    try:
        click.echo("\n".join(page(read_run(run))))
    except CannotRun as error:
        raise click.ClickException(str(error)) from None


def page(run: Run) -> Iterator[str]:
    """Yield the lines of the page: a table for each suite that the product answered."""
    yield "# Where the errors lie, by kind of question"
    yield ""
    yield f"Written by `python -m eval.errors` of the run `{run.command}` of {run.made_at[:10]}; not to be edited. A question may be of"
    yield "more than one kind. Right first, right later: where the first right quotation stands; wrong: answered without one."
    for suite in run.suites:
        rows = [row for arm in suite.arms if arm.arm == ARM for row in arm.rows]
        if rows and not suite.changes_parts:
            yield from ("", f"## {suite.title}", "", *HEAD, *_lines(suite, rows))


def _lines(suite: SuiteRun, rows: Sequence[Row]) -> Iterator[str]:
    cases = {case.id: case for case in read_cases(load_suite(suite.path))}
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for kind in kinds_of(cases[row.id]):
            by_kind[kind].append(row)
    for kind, some in sorted(by_kind.items(), key=lambda each: (-len(each[1]), each[0])):
        yield _line(kind, some)
    yield _line("**all**", rows)


def kinds_of(case: Case) -> tuple[str, ...]:
    """Return the kinds of a question: its tags without those of the split, or else what peelqa takes it for."""
    tags = tuple(tag for tag in case.tags if tag not in NO_KINDS)
    return tags or (str(find_kind(case.question, None)),)


def _line(kind: str, rows: Sequence[Row]) -> str:
    answerable, others = ([row for row in rows if row.answerable is wanted] for wanted in (True, False))
    counted = (
        len(answerable),
        sum(row.answered and row.rank == 1 for row in answerable),
        sum(row.answered and row.rank > 1 for row in answerable),
        sum(row.answered and row.rank == 0 for row in answerable),
        sum(not row.answered for row in answerable),
        len(others),
        sum(row.declined for row in others),
        sum(not row.declined for row in others),
    )
    return f"| {' | '.join((kind, *map(str, counted)))} |"


if __name__ == "__main__":
    main()
