"""Measure how findings are judged: `python -m eval.findings.measure sentences|questions --split tune|test [--json] [--errors]`.

Prints macro-F1, precision and recall of each class, and the confusion table. Labels whose report is not here, or whose sentence
the reader no longer gives, are counted and left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.findings.labels import digest, read_units
from peelqa.findings import judge_finding
from peelqa.understanding.wanted import asks_for_finding

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "corpus" / "sample"
SHARED = HERE.parents[2] / "shared" / "reports"
CLASSES = {
    "sentences": ("concern", "strength", "mixed", "neutral"),
    "questions": ("concern", "strength", "none"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled text: what it is, and what it was taken for."""

    label: str
    judged: str
    where: str
    """What names it without quoting it: a report and offsets, or a question."""


def main() -> None:
    """Measure one labelled set and print its figures."""
    parser = argparse.ArgumentParser(description="Measure the judging of findings.")
    parser.add_argument("set", choices=sorted(CLASSES))
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--reports", type=Path, default=SHARED, help="the folder of real reports")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--errors", action="store_true", help="list what was misjudged, of the tuning half alone")
    chosen = parser.parse_args()
    if chosen.errors and chosen.split == "test":
        parser.error("the errors of the test half are not to be looked at: nothing may be tuned on them")
    labels = [json.loads(line) for line in (HERE / f"{chosen.set}.jsonl").read_text(encoding="utf-8").splitlines()]
    labels = [label for label in labels if label["half"] == chosen.split]
    left_out: Counter[str] = Counter()
    if chosen.set == "sentences":
        judged = list(judge_sentences(labels, chosen.reports, left_out))
    else:
        judged = [
            Judged(each["label"], str(asks_for_finding(each["question"]) or "none"), each["question"])
            for each in labels
        ]
    figures = {
        **summarise(judged, CLASSES[chosen.set]),
        "set": chosen.set,
        "split": chosen.split,
        "left out": dict(left_out),
    }
    print(json.dumps(figures, indent=1) if chosen.json else table(figures))
    for each in judged if chosen.errors else []:
        if each.label != each.judged:
            print(f"{each.label} taken for {each.judged}: {each.where}")


def judge_sentences(labels: Sequence[dict[str, str]], reports: Path, left_out: Counter[str]) -> Iterator[Judged]:
    """Yield the labelled sentences as the program judges them, and count in `left_out` those it cannot find, by reason."""
    for name in sorted({label["report"] for label in labels}):
        wanted = [label for label in labels if label["report"] == name]
        path = next((folder / name for folder in (SAMPLE, reports, reports / "pdf") if (folder / name).is_file()), None)
        if path is None:
            left_out[f"their reports are not in {reports}"] += len(wanted)
            continue
        units = {digest(text): (start, end, text) for start, end, text in read_units(path)}
        for label in wanted:
            if label["sha256"] not in units:
                left_out["the reader cuts their sentences otherwise"] += 1
                continue
            start, end, text = units[label["sha256"]]
            yield Judged(label["label"], str(judge_finding(text)), f"{name} {start}-{end}: {' '.join(text.split())}")


def summarise(judged: Sequence[Judged], classes: Sequence[str]) -> dict[str, object]:
    """Return the number of labels, accuracy, macro-F1, each class's precision, recall and F1, and the confusion table."""
    pairs = Counter((each.label, each.judged) for each in judged)
    by_class = {name: _scores(pairs, name) for name in classes}
    return {
        "labels": len(judged),
        "accuracy": _share(sum(pairs[name, name] for name in classes), len(judged)),
        "macro-F1": round(sum(scores["F1"] for scores in by_class.values()) / len(classes), 3),
        "classes": by_class,
        "confusion": {label: {guess: pairs[label, guess] for guess in classes} for label in classes},
    }


def _scores(pairs: Counter[tuple[str, str]], name: str) -> dict[str, float]:
    right = pairs[name, name]
    said = sum(count for (_, guess), count in pairs.items() if guess == name)
    labelled = sum(count for (label, _), count in pairs.items() if label == name)
    return {
        "precision": _share(right, said),
        "recall": _share(right, labelled),
        "F1": _share(2 * right, said + labelled),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def table(figures: dict[str, object]) -> str:
    """Write the figures as lines for a reader: a row a label, a column for what it was taken for."""
    classes, confusion = figures["classes"], figures["confusion"]
    assert isinstance(classes, dict)  # noqa: S101 - for the type checker: summarise() made them
    assert isinstance(confusion, dict)  # noqa: S101
    lines = [
        f"{figures['set']}, {figures['split']} half: {figures['labels']} labels, "
        f"macro-F1 {figures['macro-F1']}, accuracy {figures['accuracy']}",
        f"{'label':10}{'precision':>11}{'recall':>8}{'F1':>7}   taken for {', '.join(classes)}",
    ]
    for name, scores in classes.items():
        row = "".join(f"{count:>5}" for count in confusion[name].values())
        lines.append(f"{name:10}{scores['precision']:>11}{scores['recall']:>8}{scores['F1']:>7}   {row}")
    left_out = figures["left out"]
    assert isinstance(left_out, dict)  # noqa: S101
    lines.extend(f"{count} labels are left out: {reason}" for reason, count in left_out.items())
    return "\n".join(lines)


if __name__ == "__main__":
    main()
