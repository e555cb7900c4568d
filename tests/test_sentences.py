from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(st.text(alphabet=st.sampled_from('aB .!?"“”’()\u00a0\n1'), max_size=600))
def test_sentences_hold_every_visible_character_once_and_in_order(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert sentences("He met Mr. Smith at 5 p.m. on Monday. Nobody else came.") == [
        "He met Mr. Smith at 5 p.m. on Monday.",
        "Nobody else came.",
    ]


@pytest.mark.parametrize("mark", ["“", '"', "(", ""])
def test_an_unpaired_mark_does_not_hold_a_paragraph_together(mark: str) -> None:
    text = f"The force said {mark}we are improving. " + "Officers visit each victim of crime at home. " * 12
    assert max(len(sentence.split()) for sentence in sentences(text)) <= 8


def test_a_text_without_capitals_is_parted_when_it_is_long() -> None:
    assert len(sentences("the company grew by 3.5 per cent. it then fell back. " * 20)) == 40


def test_what_numbers_a_sentence_is_part_of_it() -> None:
    text = "12. Count the lamps.\n13. Light them. (a) Twice."
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "12. Count the lamps.",
        "13. Light them.",
        "(a) Twice.",
    ]
