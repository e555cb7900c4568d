"""Draw the sentences to be labelled, as the reader cuts them: `python eval/findings/draw.py ../shared/reports > drawn.jsonl`.

The draw is by digest and not by chance: units of at least six words, ordered by the SHA-256 of their normalised text.
Of each report some are drawn from all its units and some from those with a contrast ("but", "although"), because a
sentence of both kinds is too rare to be measured otherwise. It was made once, before any was judged.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from eval.findings.labels import digest, read_units
from peelqa.errors import UnreadableReport

SAMPLE_OF_ALL, SAMPLE_OF_CONTRASTS = 10, 3
OF_ALL, OF_CONTRASTS = 5, 2
REAL_REPORTS = 42
_CONTRAST = re.compile(r"\b(?:but|however|although|though|while|whilst|despite|yet|nevertheless)\b", re.IGNORECASE)


def main() -> None:
    """Print the drawn units, one JSON object a line, with their text for the labeller's eyes only."""
    parser = argparse.ArgumentParser(description="Draw sentences to label.")
    parser.add_argument("reports", type=Path, help="the folder of real reports")
    folder = parser.parse_args().reports
    sample = Path(__file__).parents[2] / "corpus" / "sample"
    invented = sorted(path for path in sample.iterdir() if path.suffix != ".json" and path.name != "README.md")
    real = sorted((folder / "pdf").glob("*.pdf"), key=lambda path: digest(path.name))[:REAL_REPORTS]
    for path in invented:
        _print(path, SAMPLE_OF_ALL, SAMPLE_OF_CONTRASTS)
    for path in folder.glob("*.txt"):
        _print(path, 10_000, 0)
    for path in real:
        _print(path, OF_ALL, OF_CONTRASTS)


def _print(path: Path, of_all: int, of_contrasts: int) -> None:
    try:
        for fields in _drawn(path, of_all, of_contrasts):
            print(json.dumps(fields, ensure_ascii=False), flush=True)
    except UnreadableReport as reason:
        print(f"{path.name} is left out: {reason}", file=sys.stderr)


def _drawn(path: Path, of_all: int, of_contrasts: int) -> Iterator[dict[str, str | int]]:
    units = sorted((digest(text), start, end, text) for start, end, text in read_units(path) if len(text.split()) >= 6)
    contrasts = [unit for unit in units[of_all:] if _CONTRAST.search(unit[3])][:of_contrasts]
    for sha256, start, end, text in sorted([*units[:of_all], *contrasts], key=lambda unit: unit[1]):
        yield {"report": path.name, "start_char": start, "end_char": end, "sha256": sha256, "text": text}


if __name__ == "__main__":
    main()
