"""Say how rightly questions are understood: `python eval/understanding.py [SET.jsonl ...] [--half tune|test]`.

Without a set, both of our own: single questions (understanding.jsonl) and follow-ups (followups.jsonl), on the built-in
sample. A question counts where everything that `expect` labels is understood as labelled; a field that it does not name
must be understood as nothing (no day, no "latest", no call for help), but for finding, kind and words, which then count
for nothing. `about` are words its text must hold (alternatives parted by "|"), `not_about` words it must not. No model is
needed: questions are read and not answered.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from peelqa.asking import AskRequest
from peelqa.conversation import resolve
from peelqa.questions import Question, understand_question
from peelqa.reports.corpus import list_corpus, read_report
from peelqa.settings import sample_folder
from peelqa.understanding.covered import Covered, cover

SETS = tuple(Path(__file__).parent / "questions" / f"{name}.jsonl" for name in ("understanding", "followups"))
_SETTLED = ("unclear", "not_covered", "out_of_scope")


def main() -> None:
    """Print the share of each set's halves that is understood as labelled, by field, and what was not in the tuning half."""
    parser = argparse.ArgumentParser(description="Say how rightly questions are understood.")
    parser.add_argument("questions", type=Path, nargs="*", default=SETS)
    parser.add_argument("--half", choices=("tune", "test"), help="Only this half.")
    parser.add_argument("--quiet", action="store_true", help="Do not name what is wrong in the tuning half.")
    chosen = parser.parse_args()
    covered = sample_covered()
    for path in chosen.questions:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for half in ("tune", "test"):
            if chosen.half in (None, half):
                measure(path.stem, half, [row for row in rows if half in row["tags"]], covered, chosen.quiet)


def measure(name: str, half: str, rows: list[dict[str, Any]], covered: Covered, quiet: bool) -> None:
    """Print the figures of one half of a set."""
    judged = [(row, judge(row["expect"], read(row, covered))) for row in rows]
    if half == "tune" and not quiet:
        for row, fields in judged:
            wrong = [why for why in fields.values() if why]
            if wrong:
                print(f"  {row['id']} {row['question']}: {'; '.join(wrong)}")
    right = sum(not any(fields.values()) for _, fields in judged)
    asked = Counter(field for _, fields in judged for field in fields)
    wrong_fields = Counter(field for _, fields in judged for field, why in fields.items() if why)
    print(f"{name}, {half}: {right} of {len(rows)} as labelled ({right / max(1, len(rows)):.3f})")
    print("  " + ", ".join(f"{field} {1 - wrong_fields[field] / asked[field]:.3f}" for field in asked))


def sample_covered() -> Covered:
    """Read the built-in sample."""
    files = list_corpus(sample_folder())
    return cover(tuple(read_report(path, name=files.name(path), report_id=path.stem) for path in files.paths))


def read(row: dict[str, Any], covered: Covered) -> Question:
    """Understand one line's question in the light of its history; the earlier turns are not answered again."""
    request = AskRequest.model_validate(row)
    whole = resolve(request.question, request.filters(), request.turns(), covered)
    question = understand_question(whole.text, whole.filters, covered)
    return replace(question, from_history=whole.from_history)


def judge(expect: Mapping[str, Any], question: Question) -> dict[str, str]:
    """Return, for each labelled field, what is not as labelled, in words; the empty string where it is."""
    text = question.understood.casefold()
    published = question.published.isoformat() if question.published else None
    pairs = {
        "body": (_as_list(expect["body"]), sorted(question.body)),
        "year": (_as_list(expect["year"]), sorted(question.year)),
        "published": (expect.get("published"), published),
        "newest": (expect.get("newest", False), question.newest),
        "finding": (expect.get("finding", question.finding), question.finding),
        "kind": (expect.get("kind", question.kind), question.kind),
    }
    if "status" in expect:
        status = _status(question)
        settled = expect["status"] in ("unclear", "not_covered") or status in _SETTLED
        pairs["status"] = (expect["status"] if settled else status, status)
        pairs["from_history"] = (expect["from_history"], question.from_history)
    else:
        pairs |= {
            "not_covered": (expect.get("not_covered"), question.not_covered),
            "missing": (expect.get("missing", []), list(question.missing)),
            "now": (expect.get("asks_now", False), question.asks_now),
            "advice": (expect.get("asks_advice"), question.asks_advice),
            "unclear": (expect.get("unclear"), question.unclear),
            "theme": (expect.get("theme") in (None, *question.named_themes), True),
        }
    judged = {field: "" if want == got else f"{field} is {got!r}, not {want!r}" for field, (want, got) in pairs.items()}
    wanted = [*expect.get("about", ()), *([expect["text"].casefold()] if "text" in expect else [])]
    missing = [each for each in wanted if not any(word in text for word in each.split("|"))]
    extra = [each for each in expect.get("not_about", ()) if each in text]
    if wanted or extra:
        judged["words"] = f"the text is {text!r}" if missing or extra else ""
    return judged


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else sorted(value) if isinstance(value, list) else [value]


def _status(question: Question) -> str:
    """Return the status as far as understanding settles it; whether a question is answered, search must find."""
    if question.unclear or question.ambiguous:
        return "unclear"
    if question.not_covered:
        return "not_covered"
    return "out_of_scope" if question.asks_advice else "answered"


if __name__ == "__main__":
    main()
