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
        ("Please could you tell me how many officers it has?", "how many officers has it?"),
        ("I was wondering whether the force is good at solving crime", "is the force good at solving crime"),
        ("Do you know why victims are unhappy?", "why are victims unhappy?"),
        ("Would you know how good the force is at finding people?", "how good is the force at finding people?"),
        ("I want to know what grade it got for efficiency", "what grade it got for efficiency"),
        ("Could you tell me what needs to improve, please?", "what needs to improve?"),
        ("Can you explain why it was rated inadequate?", "why was it rated inadequate?"),
        ("I wonder if officers treat people well", "does officers treat people well"),
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


def test_who_asks_is_left_out_where_it_says_nothing_of_the_matter() -> None:
    assert asked_outright("I'm a student doing a project on policing. Is custody safe?") == "Is custody safe?"
    with_matter = "We are an army family and our son has special needs, is there support for us?"
    assert asked_outright(with_matter) == with_matter


@pytest.mark.parametrize(
    "text", ["Tell me about custody", "custody cells kent", "I have been robbed", "Can you tell me about fraud?", ""]
)
def test_what_asks_with_no_question_word_stays_as_it_is(text: str) -> None:
    assert asked_outright(text) == text


def test_questions_asked_outright_stay_as_they_are() -> None:
    sets = Path(__file__).parents[1] / "eval" / "questions"
    lines = [json.loads(line) for path in sorted(sets.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    # "Does the report say ..." asks of somebody too.
    plain = [
        text
        for each in lines
        if OUTRIGHT.match(text := each["question"]) and not re.search(r"\b(?:say|know|tell|explain)\b", text)
    ]
    assert len(plain) > 300
    assert [text for text in plain if asked_outright(text) != text] == []
