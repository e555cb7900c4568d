"""Say how many follow-ups are understood as labelled: `python eval/followups.py [SET.jsonl] --half tune|test`.

A follow-up counts where body, year, "latest", finding and kind of the question as understood are those of `expect`, where
it says rightly whether anything was carried over, and where its text holds the words of `expect.about` (alternatives
parted by "|") and none of `expect.not_about`. No model is needed, so questions are read and not answered.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from peelqa.asking import AskRequest
from peelqa.conversation import resolve
from peelqa.questions import Question, understand_question
from peelqa.reports.corpus import list_corpus, read_report
from peelqa.settings import sample_folder
from peelqa.understanding.covered import Covered

SET = Path(__file__).parent / "questions" / "followups.jsonl"


def main() -> None:
    """Print the share of a set's halves that is understood as labelled, and what was not."""
    parser = argparse.ArgumentParser(description="Say how many follow-ups are understood as labelled.")
    parser.add_argument("questions", type=Path, nargs="?", default=SET)
    parser.add_argument(
        "--half", choices=("tune", "test"), help="Only this half; failures are shown of the first alone."
    )
    chosen = parser.parse_args()
    covered = sample_covered()
    asked, right = Counter[str](), Counter[str]()
    for line in chosen.questions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        half = row["tags"][-1]
        if chosen.half in (None, half):
            wrong = judge(row, read(row, covered))
            asked[half] += 1
            right[half] += not wrong
            if wrong and half == "tune":
                print(f"{row['id']} {row['question']}: {'; '.join(wrong)}")
    for half in sorted(asked):
        print(f"{half}: {right[half]} of {asked[half]} as labelled ({right[half] / asked[half]:.3f})")


def sample_covered() -> Covered:
    """Read the built-in sample."""
    files = list_corpus(sample_folder())
    return Covered(tuple(read_report(path, name=files.name(path), report_id=path.stem) for path in files.paths))


def read(row: dict[str, Any], covered: Covered) -> Question:
    """Understand one line's question in the light of its history; the earlier turns are not answered again."""
    request = AskRequest.model_validate(row)
    whole = resolve(request.question, request.filters(), request.turns(), covered)
    question = understand_question(whole.text, whole.filters, covered)
    return replace(question, from_history=whole.from_history)


def judge(row: dict[str, Any], question: Question) -> list[str]:
    """Return what is not as labelled, in words; nothing where all is."""
    expect, text = row["expect"], question.understood.casefold()
    wanted = {
        "body": (_as_list(expect["body"]), sorted(question.body)),
        "year": (_as_list(expect["year"]), sorted(question.year)),
        "from_history": (expect["from_history"], question.from_history),
        "newest": (expect.get("newest", False), question.newest),
        "finding": (expect.get("finding", question.finding), question.finding),
        "kind": (expect.get("kind", question.kind), question.kind),
    }
    status = _status(question)
    if status != "answered" or expect["status"] in ("unclear", "not_covered"):
        wanted["status"] = (expect["status"], status)
    wrong = [f"{name} is {got!r}, not {want!r}" for name, (want, got) in wanted.items() if want != got]
    wrong += [f"{each!r} is missing from {text!r}" for each in expect.get("about", ()) if not _holds(text, each)]
    return wrong + [f"{each!r} is in {text!r}" for each in expect.get("not_about", ()) if each in text]


def _holds(text: str, words: str) -> bool:
    return any(each in text for each in words.split("|"))


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
