"""Questions that are asked politely or of somebody are understood as the same asked outright."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from peelqa.understanding.indirect import asked_outright

OUTRIGHT = re.compile(r"(?:what|which|who|when|where|why|how|is|are|was|were|does|do|did|has|have) ", re.IGNORECASE)


@pytest.mark.parametrize(
    ("asked", "outright"),
    [
        ("Can you tell me when the inspection was published?", "when was the inspection published?"),
        ("I'd like to know who the chief inspector was", "who was the chief inspector"),
        ("Please could you tell me how many officers it has?", "how many officers it has?"),
        ("I was wondering whether the force is good at solving crime", "is the force good at solving crime"),
        ("Do you know why victims are unhappy?", "why are victims unhappy?"),
        ("Would you know how good the force is at finding people?", "how good is the force at finding people?"),
        ("I want to know what grade it got for efficiency", "what grade it got for efficiency"),
        ("Could you tell me what needs to improve, please?", "what needs to improve?"),
        ("Can you explain why it was rated inadequate?", "why was it rated inadequate?"),
        ("I wonder if officers treat people well", "do officers treat people well"),
        ("Does the report say how many children are in care?", "how many children are in care?"),
        ("Do you know if it's still the case?", "is it still the case?"),
        ("Hi there! I was wondering if you could tell me how crime is recorded", "how is crime recorded"),
        ("I'd like to ask about how victims are treated", "how are victims treated"),
        ("Any idea how long people wait?", "how long people wait?"),
        ("Is there any information on how many officers left?", "how many officers left?"),
        ("As a parent, I'd like to know which schools were visited", "As a parent, which schools were visited"),
    ],
)
def test_the_words_that_only_say_that_something_is_asked_are_left_out(asked: str, outright: str) -> None:
    assert asked_outright(asked) == outright


def test_a_question_whose_own_verb_follows_the_question_word_keeps_its_order() -> None:
    assert asked_outright("Can you tell me what percentage of victims were satisfied?") == (
        "what percentage of victims were satisfied?"
    )
    assert asked_outright("Do you know how many children are waiting?") == "how many children are waiting?"
    assert asked_outright("Tell me who leads the force") == "who leads the force"


@pytest.mark.parametrize(
    "asked",
    [
        "when they have to report a crime?",
        "why the number of officers they have is falling?",
        "how staff use the information they have?",
        "what the inspectors said was good?",
        "what inspectors think is going wrong?",
        "what the council says it has done?",
        "what the report says about what is being done for care leavers?",
        "which of the forces are inadequate?",
    ],
)
def test_no_verb_is_moved_that_is_not_the_questions_own(asked: str) -> None:
    assert asked_outright(f"Can you tell me {asked}") == asked


@pytest.mark.parametrize(
    ("asked", "outright"),
    [
        ("whether or not the force is good", "is the force good"),
        ("how it's changed since 2020", "how has it changed since 2020"),
        ("if there's been any change", "has there been any change"),
        ("if officers have to have cameras", "officers have to have cameras"),
        ("if care leavers who have children are supported", "care leavers who have children are supported"),
    ],
)
def test_what_is_asked_with_if_becomes_a_question_or_stays_a_sentence(asked: str, outright: str) -> None:
    assert asked_outright(f"Tell me {asked}") == outright


def test_what_those_who_are_inspected_say_is_no_way_of_asking() -> None:
    for text in (
        "When officers stop people, do they explain why they were stopped?",
        "Do they explain why force was used?",
    ):
        assert asked_outright(text) == text


def test_who_asks_is_left_out_where_it_says_nothing_of_the_matter() -> None:
    assert asked_outright("I'm a student doing a project on policing. Is custody safe?") == "Is custody safe?"
    for with_matter in (
        "We are an army family and our son has special needs, is there support for us?",
        "I'm a resident in a care home where staff hit us, what did inspectors find?",
        "I'm a student at a school for deaf children, is support good?",
    ):
        assert asked_outright(with_matter) == with_matter


@pytest.mark.parametrize(
    "text", ["Tell me about custody", "custody cells kent", "I have been robbed", "Can you tell me about fraud?", ""]
)
def test_what_asks_with_no_question_word_stays_as_it_is(text: str) -> None:
    assert asked_outright(text) == text


def test_questions_asked_outright_stay_as_they_are() -> None:
    sets = Path(__file__).parents[1] / "eval" / "questions"
    lines = [json.loads(line) for path in sorted(sets.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    plain = [text for each in lines if OUTRIGHT.match(text := each["question"])]
    changed = {text: outright for text in plain if (outright := asked_outright(text)) != text}
    assert len(plain) > 300
    # What is asked of somebody is not asked outright.
    assert all(re.match(r"(?:do|does) (?:anyone|the report)\b", text, re.IGNORECASE) for text in changed), changed
