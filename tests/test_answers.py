from __future__ import annotations

import pytest

from peelqa.answers import Library, Status
from peelqa.passages import split_report
from peelqa.questions import Filters
from peelqa.quoting import is_repetition
from peelqa.relevance import BARRED
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text


def test_a_concern_is_quoted_whole_with_its_attribution(library: Library) -> None:
    answer = library.ask("What concerns are there about missing children?").to_json()
    first = answer["quotes"][0]
    assert answer["status"] == "answered"
    assert first["text"].startswith("Inspectors were concerned")
    assert first["text"].endswith("for an officer.")
    assert first["section"] == ["Effectiveness"]
    assert first["report"]["body"] == "Oakshire Police"
    assert first["grade"] == {"value": "Ungraded", "level": "pillar", "status": "ungraded"}
    assert first["period"] == {"text": "14 November 2014", "from": "Last updated 14/11/2014"}


def test_a_sentence_that_reverses_the_quoted_one_comes_with_it(library: Library) -> None:
    quotes = library.ask("Are stolen bicycles recovered quickly?").quotes
    assert "However, officers rarely tell the owners." in quotes[0].quotation.text


def test_every_quotation_is_what_stands_in_the_report(library: Library) -> None:
    answer = library.ask("How much has the force saved?").to_json()
    text = library.index.report("oakshire-2014").text
    assert answer["quotes"]
    assert all(text[quote["start_char"] : quote["end_char"]] == quote["text"] for quote in answer["quotes"])


def test_a_body_that_no_report_is_about_is_not_covered(library: Library) -> None:
    answer = library.ask("How does Kent Police look for missing children?")
    assert answer.status is Status.NOT_COVERED
    assert "Kent" in answer.message


def test_gibberish_is_unclear_and_a_foreign_subject_is_declined(library: Library) -> None:
    assert library.ask("?!").status is Status.UNCLEAR
    assert library.ask("What is the capital of France?").status is Status.OUT_OF_SCOPE


def test_reports_that_hold_the_words_are_not_said_to_speak_of_nothing_of_the_kind(seed_library: Library) -> None:
    answer = seed_library.ask("How many forced marriages were prevented?")
    assert answer.status is Status.NOT_FOUND


def test_the_same_question_gives_the_same_answer(library: Library) -> None:
    first, second = (library.ask("Is the force efficient?").to_json() for _ in range(2))
    first.pop("took_ms")
    second.pop("took_ms")
    assert first == second


def test_the_seed_states_its_child_protection_concerns_first(seed_library: Library) -> None:
    first = seed_library.ask("What concerns exist about child protection?").to_json()["quotes"][0]
    assert "child protection" in first["text"]
    assert "concern" in first["text"]
    assert first["report"]["body"] == "West Midlands Police"


def test_the_seed_does_not_speak_of_kent(seed_library: Library) -> None:
    assert seed_library.ask("How does Kent Police handle child protection?").status is Status.NOT_COVERED


def test_who_holds_a_post_is_answered_only_by_a_name(sample_library: Library) -> None:
    answer = sample_library.ask("Who will take over as chief constable of Aldermere?")
    assert answer.status is Status.NOT_FOUND
    assert all(each.relevance <= BARRED for each in answer.nearest)


def test_a_year_without_a_report_is_told_with_the_years_that_there_are(sample_library: Library) -> None:
    answer = sample_library.ask("How is custody run in Aldermere in the 2009 inspection?")
    assert answer.status is Status.NOT_COVERED
    assert "There are reports on Aldermere Police of 2014, 2018" in answer.message


def test_a_question_about_now_is_told_the_year_of_a_report_of_which_no_day_is_known(seed_library: Library) -> None:
    answer = seed_library.ask("What concerns exist about child protection today?")
    assert answer.message.startswith("Reports cannot say how things are today: the newest here is of 2014. ")


def test_a_filter_that_leaves_nothing_is_not_said_of_a_foreign_subject(sample_library: Library) -> None:
    answer = sample_library.ask("What concerns exist about child protection?", Filters(theme=("Efficency",)))
    assert answer.status is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("other", "repeats"), [("are well", True), ("are not well", False), ("are 20 times well", False)]
)
def test_a_sentence_that_says_the_opposite_or_another_number_repeats_nothing(other: str, *, repeats: bool) -> None:
    good = "Officers are well trained to find missing children quickly in the city."
    text = f"Oakshire\n\nTraining\n\n{good}\n\nMissing children\n\n{good.replace('are well', other)}\n"
    report = recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))
    first, second = split_report(report, count_tokens=len, max_tokens=10**6)
    one, two = (each.quote(each.start_char, each.end_char) for each in (first, second))
    assert is_repetition(one, two) is repeats


def test_a_misspelt_body_that_was_chosen_is_told_with_the_one_that_may_be_meant(sample_library: Library) -> None:
    answer = sample_library.ask("How is custody run?", Filters(body=("Northfel Police",)))
    assert answer.status is Status.NOT_COVERED
    assert "Did you mean Northfell Police?" in answer.message
