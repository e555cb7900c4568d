from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tomllib
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peelqa import cues
from peelqa.cues import Direction, find_cues
from peelqa.findings import Finding, finding_cues, judge_finding
from peelqa.understanding.wanted import asks_for_finding

ROOT = Path(__file__).parents[1]
WORDS = [
    "the",
    "force",
    "is",
    "not",
    "always",
    "good",
    "however",
    "but",
    "weak",
    "although",
    ",",
    ".",
    "when",
    "children",
    "lacks",
    "and",
]


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        # Negation turns praise round, and "no longer" turns blame round.
        ("The plans are good.", Finding.STRENGTH),
        ("The plans are not good enough.", Finding.CONCERN),
        ("Officers did not always write the plan well.", Finding.CONCERN),
        ("Prisoners are no longer left at risk.", Finding.STRENGTH),
        ("Visits are made without delay.", Finding.STRENGTH),
        # A contrast of the two makes both count.
        ("Its officers are kind, but the control room is too slow.", Finding.MIXED),
        ("Although reports are thorough, supervision is poor.", Finding.MIXED),
        ("Response times have improved but are still too long.", Finding.MIXED),
        ("Good work was seen. However, records were missing.", Finding.MIXED),
        # "However" at the head of a sentence is no contrast within it.
        ("However, supervision is poor.", Finding.CONCERN),
        # Comparison.
        ("Victims were less satisfied than in other areas.", Finding.CONCERN),
        ("The proportion of residents who are satisfied is lower than the national figure.", Finding.CONCERN),
        # Praise inside what is lacking, or in the subject of what is denied, is not praise.
        ("There is a lack of effective supervision.", Finding.CONCERN),
        ("Effective plans are not routinely made.", Finding.CONCERN),
        # What must be done has not been done.
        ("The constabulary should answer calls sooner.", Finding.CONCERN),
        ("The force needs to improve its record of searches.", Finding.CONCERN),
        ("Ensure that every plan is good and clear.", Finding.CONCERN),
        # Subjects that are no findings.
        ("Safeguarding concerns are raised by telephone.", Finding.NEUTRAL),
        ("The force covers a rural area with two large towns.", Finding.NEUTRAL),
        ("The timeliness of visits to children who are placed at home.", Finding.NEUTRAL),
        ("Improving the confidence of victims", Finding.NEUTRAL),
        ("When workloads are high, staff from elsewhere help promptly.", Finding.STRENGTH),
        ("Vulnerable children are well protected from harm.", Finding.STRENGTH),
        ("An outstanding council answers every letter and is admired for its excellent care.", Finding.NEUTRAL),
        ("A board that is inadequate fails to see what goes wrong.", Finding.NEUTRAL),
        ("Parents' confidence in the lamp fund to meet their needs is low.", Finding.CONCERN),
        ("The council's inability to keep lamps lit.", Finding.CONCERN),
        ("Absence rates of pupils who ride are high, and exclusion rates for them are high.", Finding.CONCERN),
        ("The store has been built, but progress is too slow.", Finding.CONCERN),
        ("There are currently no children waiting.", Finding.STRENGTH),
        ("It teaches those who cannot attend school.", Finding.NEUTRAL),
        ("A trial began, to identify those burgled at the earliest opportunity.", Finding.NEUTRAL),
        ("The new desk aims to give better support.", Finding.NEUTRAL),
        ("A good service is given to those who are burgled.", Finding.STRENGTH),
        ("", Finding.NEUTRAL),
    ],
)
def test_a_sentence_is_judged_as_a_reader_would_take_it(sentence: str, finding: Finding) -> None:
    assert judge_finding(sentence) is finding


def test_the_cues_of_a_judgement_say_where_they_stand_and_why() -> None:
    sentence = "Its officers are kind, but the control room is too slow."
    cues = finding_cues(sentence)
    assert [(sentence[cue.start : cue.end], cue.direction) for cue in cues] == [
        ("kind", Direction.STRENGTH),
        ("too slow", Direction.CONCERN),
    ]
    assert [cue.reason for cue in cues] == ["praises", "says how far something falls short"]


def test_a_word_of_any_length_takes_little_memory() -> None:
    find_cues("It is good.")
    tracemalloc.start()
    assert find_cues("a" * 20_000) == ()
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_phrase_stands_in_the_sentence_itself_and_not_only_in_what_other_phrases_leave_of_it() -> None:
    sentence = "Drills ended in clear action plans to reduce harm at sea."
    assert "clear action plans" in [sentence[cue.start : cue.end] for cue in find_cues(sentence)]


def test_a_cue_that_the_judgement_passes_over_is_not_shown() -> None:
    sentence = "There is a lack of effective supervision."
    assert [sentence[cue.start : cue.end] for cue in finding_cues(sentence)] == ["lack of"]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=200))
def test_cues_are_in_order_apart_and_agree_with_the_judgement(text: str) -> None:
    cues = find_cues(text)
    assert all(0 <= cue.start < cue.end <= len(text) for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))
    shown = {cue.direction for cue in finding_cues(text)}
    judged = judge_finding(text)
    assert judged is (Finding.MIXED if len(shown) == 2 else Finding(shown.pop()) if shown else Finding.NEUTRAL)


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(["\u00a0", "\n", "  "]))
@example(words=["good", "is", "lacks"], space="  ")
def test_how_words_are_spaced_does_not_change_the_judgement(words: list[str], space: str) -> None:
    assert judge_finding(space.join(words)) is judge_finding(" ".join(words))


def test_no_phrase_of_the_lexicon_can_repeat_without_bound() -> None:
    lexicon = tomllib.loads((ROOT / "src" / "peelqa" / "cues.toml").read_text(encoding="utf-8"))
    for group in lexicon["group"]:
        for phrase in group["phrases"]:
            assert not re.search(r"\+|\{\d+,\}", phrase), phrase  # "*" is "any ending" and becomes a bounded one


def test_phrases_that_are_tried_by_their_first_word_find_what_all_in_order_find() -> None:
    lexicon = tomllib.loads((ROOT / "src" / "peelqa" / "cues.toml").read_text(encoding="utf-8"))
    words = sorted(set(re.findall(r"[a-z'-]+", str([group["phrases"] for group in lexicon["group"]]))))
    chance = random.Random(1)  # noqa: S311 - made-up sentences
    sentences = [" ".join(chance.choices(words, k=12)) for _ in range(300)]
    sentences += re.split(r"(?<=\.)\s", (ROOT / "corpus" / "sample" / "aldermere-2014.txt").read_text().lower())
    sentences += [phrase for group in lexicon["group"] for phrase in group["phrases"]]
    patterns = [
        (re.compile(rf"(?<!\w)(?=\w|\A)(?:{'|'.join(map(cues._pattern, group['phrases']))})(?!\w)"), group)
        for group in lexicon["group"]
    ]
    found = 0
    for sentence in sentences:
        plain, spans = sentence, []
        for pattern, group in patterns:
            spans += [match.span() for match in pattern.finditer(plain) if "direction" in group]
            plain = pattern.sub(lambda match: "|" * len(match[0]), plain)
        assert [(cue.start, cue.end) for cue in find_cues(sentence)] == sorted(spans), sentence
        found += len(spans)
    assert found > 1000


def test_every_phrase_of_the_lexicon_opens_with_a_letter_or_a_number_or_stands_at_the_start() -> None:
    lexicon = tomllib.loads((ROOT / "src" / "peelqa" / "cues.toml").read_text(encoding="utf-8"))
    for group in lexicon["group"]:
        for phrase in group["phrases"]:
            for opened in cues._opened(phrase):
                assert cues._opening(opened), phrase


def test_every_group_of_the_lexicon_has_a_reason_of_its_own() -> None:
    lexicon = tomllib.loads((ROOT / "src" / "peelqa" / "cues.toml").read_text(encoding="utf-8"))
    reasons = [group["reason"] for group in lexicon["group"]]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ("What concerns exist about child protection?", Finding.CONCERN),
        ("What must improve?", Finding.CONCERN),
        ("any problems in custody", Finding.CONCERN),
        ("weaknesses domestic abuse", Finding.CONCERN),
        ("weeknesses domestic abuse", Finding.CONCERN),
        ("What is not working well?", Finding.CONCERN),
        ("What is the force good at?", Finding.STRENGTH),
        ("What works well?", Finding.STRENGTH),
        ("What has improved?", Finding.STRENGTH),
        ("What improvements are needed?", Finding.CONCERN),
        ("How good is the force at answering calls?", None),
        ("Is the force good at answering calls?", None),
        ("Were inspectors concerned about vetting?", Finding.CONCERN),
        ("strengths and weaknesses", None),
        ("What is the force doing about problem families?", None),
        ("How are concerns about a child reported?", None),
        ("What concerns were raised about child protection?", Finding.CONCERN),
        ("What areas for improvement were identified?", Finding.CONCERN),
        ("What improvements were made?", Finding.STRENGTH),
        ("Which areas for improvement have been addressed since 2018?", Finding.STRENGTH),
        ("Are concerns about children reported promptly?", None),
        ("Who are concerns raised with?", None),
        ("What happens to concerns that are reported?", None),
        ("What did it say about problem-solving?", None),
        ("What did it say about outstanding warrants?", None),
        ("", None),
    ],
)
def test_a_question_asks_for_what_is_wrong_or_what_is_well_or_for_neither_alone(
    question: str, finding: Finding | None
) -> None:
    assert asks_for_finding(question) is finding


def measured(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "eval.findings.measure", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def test_questions_never_tuned_on_are_understood_95_times_of_100() -> None:
    assert float(str(measured("questions", "--split", "test")["accuracy"])) >= 0.95


def test_sentences_never_tuned_on_are_judged_with_a_macro_f1_of_85_of_100(shared: Path) -> None:
    figures = measured("sentences", "--split", "test", "--reports", str(shared / "reports"))
    assert float(str(figures["macro-F1"])) >= 0.85
    assert int(str(figures["labels"])) >= 180, "a new reading has lost labelled sentences"


def test_a_measurement_without_the_real_reports_says_what_it_left_out(tmp_path: Path) -> None:
    left_out = measured("sentences", "--split", "tune", "--reports", str(tmp_path))["left out"]
    assert left_out == {f"their reports are not in {tmp_path}": 307}


def test_errors_of_the_test_half_are_not_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eval.findings.measure", "questions", "--split", "test", "--errors"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 2
    assert "not to be looked at" in done.stderr
