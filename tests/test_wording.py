"""Abbreviations and everyday words, read as reports write them."""

from __future__ import annotations

import re

import pytest

from peelqa.understanding.wording import abbreviated_stems, everyday_words, hold_alike, spell_out
from peelqa.words import stems

WORDS = dict.fromkeys(
    [
        "female",
        "genital",
        "mutilation",
        "fgm",
        "children",
        "child",
        "unaccompanied",
        "asylum",
        "seeking",
        "domestic",
        "abuse",
        "police",
        "officers",
        "send",
        "special",
        "educational",
        "needs",
        "and",
        "bed",
        "breakfast",
        "or",
        "disabilities",
    ],
    9,
)
WORDS |= {"fgm": 2, "send": 2}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("FGM in Croydon", "female genital mutilation (FGM) in Croydon"),
        ("fgm in Croydon", "female genital mutilation (FGM) in Croydon"),
        ("how many UASC", "how many unaccompanied asylum-seeking children"),
        ("are kids safe", "are children safe"),
        ("Are children in B&Bs?", "Are children in bed and breakfast?"),
        ("what do cops do about DV?", "what do police officers do about domestic abuse?"),
        ("Do they send officers?", "Do they send officers?"),
        ("Do they help SEND pupils?", "Do they help special educational needs and/or disabilities (SEND) pupils?"),
        ("the MASH team", "the MASH team"),
        ("female genital mutilation (FGM)", "female genital mutilation (FGM)"),
        ("kidnap and Kidlington", "kidnap and Kidlington"),
        ("the Kids Company", "the Kids Company"),
        ('the "kids" plan', 'the "kids" plan'),
        ("WHERE DOES KENT SEND CHILDREN", "WHERE DOES KENT SEND CHILDREN"),
        ("the domestic violence disclosure scheme", "the domestic violence disclosure scheme"),
        ("UASCs in care", "unaccompanied asylum-seeking children in care"),
    ],
)
def test_what_is_written_short_is_read_in_full_where_the_reports_have_the_words(text: str, read: str) -> None:
    assert spell_out(text, WORDS) == read


def test_an_everyday_word_that_the_reports_prefer_stays() -> None:
    assert spell_out("kids", {"kids": 9, "children": 3}) == "kids"


def test_what_is_read_in_full_is_read_so_once() -> None:
    for text in ("FGM and kids with SEND", "DVDS and DV"):
        words = WORDS | dict.fromkeys(["domestic", "violence", "disclosure", "scheme", "dvds"], 1)
        assert spell_out(once := spell_out(text, words), words) == once


def test_a_text_with_the_letters_or_the_words_has_both() -> None:
    question = "female genital mutilation (FGM"  # as a question's matter is cut
    assert hold_alike(set(stems("FGM is known")), question) >= set(stems("female genital mutilation"))
    assert hold_alike(set(stems("genital mutilation of female children")), question) == {"fgm"}
    assert hold_alike(set(stems("Children are safe")), question) == set()


def test_a_title_names_what_its_letters_stand_for() -> None:
    assert set(stems("special educational needs")) <= abbreviated_stems("Wexhaven: area SEND inspection")
    assert abbreviated_stems("Wexhaven: children's services") == set()


def test_of_several_ways_to_say_it_the_first_that_the_reports_know_is_taken() -> None:
    assert spell_out("the bosses", {"leadership": 2, "team": 3}) == "the leadership team"
    assert spell_out("the bosses", {"leadership": 2, "team": 3, "leaders": 1}) == "the leaders"
    assert spell_out("the bosses", {"team": 3}) == "the bosses"


def test_a_text_in_everyday_words_holds_what_they_stand_for() -> None:
    assert hold_alike(set(stems("Councillors visit")), "do elected members visit") >= set(stems("elected members"))
    assert hold_alike(set(stems("Elected members visit")), "do elected members visit") >= set(stems("councillors"))


def test_a_stem_that_says_little_alone_stands_for_nothing() -> None:
    for text, question in (
        ("Officers take notes", "are officers corrupt"),
        ("They look well", "do they investigate"),
        ("the team", "does it work in partnership with schools"),
    ):
        assert hold_alike(set(stems(text)), question) == set()


def test_words_that_are_part_of_others_stay() -> None:
    known = dict.fromkeys(
        ["children's", "social", "care", "improve", "police", "corruption", "older", "people", "risk"], 9
    )
    for text in ("adult social services", "risk-takers and non-kids", "help victims get better", "17 year old people"):
        assert spell_out(text, known) == text


def test_no_way_to_say_a_thing_is_replaced_twice() -> None:
    for known in everyday_words().values():
        for full in known:
            words = dict.fromkeys(
                re.findall(r"[a-z]+", " ".join((full, *sum(everyday_words().values(), ()))).casefold()), 9
            )
            assert spell_out(full, words) == full
