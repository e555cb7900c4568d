from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from peelqa.answers import Library, Status
from peelqa.asking import LONGEST_HISTORY, AskRequest
from peelqa.conversation import Resolved, Turn, resolve
from peelqa.questions import Filters, understand_question
from peelqa.reports.frameworks import framework_called
from peelqa.reports.report import Report
from peelqa.understanding.covered import cover
from peelqa.understanding.topics import find_topic


def report(body: str, year: int, published: date) -> Report:
    words = "Custody, domestic abuse, child protection, stop and search, money, victims, efficiency, fraud."
    return Report(f"{body}-{year}", f"{body} {year}", words, (), (), "a", "", body=body, year=year, published=published)


COVERED = cover(
    (
        report("Kent Police", 2014, date(2014, 11, 27)),
        report("Kent Police", 2018, date(2018, 5, 2)),
        report("Kent Police", 2021, date(2021, 7, 28)),
        report("Surrey Police", 2018, date(2018, 5, 2)),
    )
)
CONCERNS = "What concerns exist about child protection in Kent in 2014?"
GRADE = "What grade did Kent get for efficiency in 2018?"


def follow(text: str, *history: str | Turn, filters: Filters | None = None) -> Resolved:
    turns = [each if isinstance(each, Turn) else Turn(each) for each in history]
    return resolve(text, filters or Filters(), turns, COVERED)


@pytest.mark.parametrize(
    ("text", "meant", "body", "year"),
    [
        ("and in 2018?", "What concerns exist about child protection?", "Kent Police", 2018),
        ("What about Surrey in 2018?", "What concerns exist about child protection?", "Surrey Police", 2018),
        ("what about domestic abuse?", "What concerns exist about domestic abuse?", "Kent Police", 2014),
        ("custody?", "What concerns exist about custody?", "Kent Police", 2014),
        ("why?", "Why are there concerns about child protection?", "Kent Police", 2014),
        ("any strengths?", "What strengths are there in child protection?", "Kent Police", 2014),
        ("what grade was it?", "What grade was given for child protection?", "Kent Police", 2014),
        ("is that good?", "How good is child protection?", "Kent Police", 2014),
        ("how many of them?", "How many child protection?", "Kent Police", 2014),
        ("Has it improved?", "Has child protection improved?", "Kent Police", 2014),
        ("What has been done about it?", "What has been done about child protection?", "Kent Police", 2014),
        ("Does it have enough money?", "Does the force have enough money?", "Kent Police", 2014),
        ("and the next inspection?", "What concerns exist about child protection?", "Kent Police", 2018),
        ("tell me more", "What concerns exist about child protection?", "Kent Police", 2014),
    ],
)
def test_a_follow_up_is_made_whole(text: str, meant: str, body: str, year: int) -> None:
    assert follow(text, CONCERNS) == Resolved(meant, Filters((body,), (year,)), True)


def test_another_matter_of_the_same_kind_takes_the_place_of_the_first() -> None:
    assert follow("what about legitimacy?", GRADE).text == "What grade did the force get for legitimacy?"


def test_a_year_goes_along_with_another_body_only_where_it_has_a_report_of_it() -> None:
    assert follow("and Surrey?", CONCERNS).filters == Filters(("Surrey Police",))
    assert follow("and Surrey?", GRADE).filters == Filters(("Surrey Police",), (2018,))


def test_and_now_asks_the_latest_report() -> None:
    assert follow("and now?", CONCERNS) == Resolved(
        "What concerns exist about child protection now, in the latest report?", Filters(("Kent Police",)), True
    )


def test_a_comparison_asks_of_both() -> None:
    assert follow("is Surrey better?", GRADE).filters.body == ("Kent Police", "Surrey Police")
    assert follow("was it better in 2014?", GRADE).filters.year == (2018, 2014)


def test_elsewhere_asks_of_all_bodies() -> None:
    assert follow("and elsewhere?", GRADE).filters == Filters(year=(2018,))


@pytest.mark.parametrize(
    "text",
    [
        "How many burglaries were there?",
        "What is the population of Surrey?",
        "Are children listened to when they come back?",
        "Did inspectors say that victims are visited?",
        "stop and search records in Surrey",
        "thanks",
        "Someone is breaking into my house",
        "How do I join the police?",
    ],
)
def test_a_new_question_takes_nothing_over(text: str) -> None:
    assert follow(text, CONCERNS) == Resolved(text, Filters(), False)


def test_a_question_about_the_force_takes_over_whose_report_and_not_the_matter() -> None:
    assert follow("Does the force have enough money?", CONCERNS) == Resolved(
        "Does the force have enough money?", Filters(("Kent Police",), (2014,)), True
    )


@pytest.mark.parametrize("name", ["Essex", "Toytown Police"])
def test_a_body_that_is_not_covered_stays_in_the_question(name: str) -> None:
    resolved = follow(f"and {name}?", CONCERNS)
    assert resolved.text == f"What concerns exist about child protection in {name}?"
    assert resolved.filters.body == ()


def test_what_the_asker_chose_or_undid_holds_over_the_conversation() -> None:
    assert follow("and custody?", CONCERNS, filters=Filters(year=(2021,))).filters == Filters(("Kent Police",), (2021,))
    undone = Filters(undone=("body",))
    assert follow("and custody?", CONCERNS, filters=undone).filters == Filters(year=(2014,), undone=("body",))


def test_filters_of_an_earlier_turn_are_carried_over() -> None:
    before = Turn("What is said about fraud?", Filters(("Kent Police",), (2021,), ("Efficiency",), "concern"))
    assert follow("why not?", before).filters == before.filters
    assert follow("any strengths?", before).filters == Filters(("Kent Police",), (2021,), ("Efficiency",))


def test_turns_that_are_no_question_are_passed_over() -> None:
    assert follow("and custody?", CONCERNS, "thanks", "hello").text == "What concerns exist about custody?"


def test_a_long_conversation_follows_each_turn() -> None:
    resolved = follow("and domestic abuse?", CONCERNS, "and in 2018?", "any strengths?", "and Surrey?", "why?")
    assert resolved == Resolved(
        "What strengths are there in domestic abuse?", Filters(("Surrey Police",), (2018,)), True
    )


def test_the_answer_before_is_found_again_only_where_it_is_needed() -> None:
    asked: list[tuple[str, Filters]] = []

    def quoted(text: str, filters: Filters) -> str | None:
        asked.append((text, filters))
        return "The child protection inspection found a plan. Good"

    def last(text: str, before: str) -> str:
        return resolve(text, Filters(), [Turn(before)], COVERED, quoted).text

    assert last("and in 2018?", CONCERNS) == "What concerns exist about child protection?"
    assert asked == []
    assert last("who said that?", CONCERNS) == "Who said “The child protection inspection found a plan. Good”?"
    assert last("why?", GRADE) == "Why is efficiency graded good?"
    assert asked == [
        ("What concerns exist about child protection?", Filters(("Kent Police",), (2014,))),
        ("What grade did the force get for efficiency?", Filters(("Kent Police",), (2018,))),
    ]


def test_without_earlier_turns_a_question_stays_as_it_is() -> None:
    assert follow("and in 2018?") == Resolved("and in 2018?", Filters(), False)


PIECES = [
    "and",
    "why?",
    "Kent",
    "Surrey",
    "in 2018",
    "it",
    "custody",
    "they",
    "the force",
    "what grade",
    "is",
    "?",
    "that",
    "before",
]
PHRASES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join)


@settings(deadline=None)
@given(PHRASES, st.lists(PHRASES, max_size=4))
def test_any_conversation_is_resolved_and_says_rightly_whether_it_took_over(text: str, history: list[str]) -> None:
    resolved = follow(text, *history)
    assert resolved.from_history is ((resolved.text, resolved.filters) != (text, Filters()))
    assert set(resolved.filters.body) <= set(COVERED.bodies)


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("What concerns exist about child protection?", "child protection"),
        ("How good is the force at investigating crime?", "investigating crime"),
        ("How does the force handle domestic abuse?", "domestic abuse"),
        ("How many rest days were cancelled?", "rest days were cancelled"),
        ("What must the force improve?", ""),
    ],
)
def test_the_matter_of_a_question_is_told_from_the_asking(question: str, matter: str) -> None:
    topic = find_topic(question)
    assert topic.words == matter
    assert matter == "" or topic.about("fraud") == question.replace(matter, "fraud")


def test_the_library_answers_a_follow_up_and_shows_what_it_took_over(library: Library) -> None:
    history = [Turn("What concerns are there about missing children in Oakshire?")]
    answer = library.ask("and stolen bicycles?", history=history).to_json()
    assert answer["question"] == "and stolen bicycles?"
    assert answer["understood"]["from_history"] is True
    assert answer["understood"]["text"] == "What concerns are there about stolen bicycles?"
    assert answer["understood"]["body"] == ["Oakshire Police"]
    assert any("bicycles" in quote["text"] for quote in answer["quotes"] + answer["nearest"])


def test_who_said_that_quotes_what_was_quoted_before(library: Library) -> None:
    before = "What concerns are there about missing children?"
    first = library.ask(before).quotes[0].quotation
    answer = library.ask("who said that?", history=[Turn(before)])
    assert answer.status is Status.ANSWERED
    assert answer.quotes[0].quotation.text == first.text


def test_a_request_carries_questions_or_questions_with_filters_as_history() -> None:
    request = AskRequest.model_validate(
        {"question": "why?", "history": ["Is it good?", {"question": "And in Kent?", "body": "Kent", "year": 2014}]}
    )
    assert request.turns() == (Turn("Is it good?"), Turn("And in Kent?", Filters(("Kent",), (2014,))))
    assert AskRequest.model_validate({"question": "why?", "history": None}).turns() == ()
    assert AskRequest.model_validate({"question": "why?", "history": "Is it good?"}).turns() == (Turn("Is it good?"),)


def test_a_request_with_too_long_a_history_or_an_unknown_undoing_is_refused() -> None:
    with pytest.raises(ValidationError):
        AskRequest.model_validate({"question": "why?", "history": ["a"] * (LONGEST_HISTORY + 1)})
    with pytest.raises(ValidationError):
        AskRequest.model_validate({"question": "why?", "undone": ["everything"]})


COUNCIL = cover((replace(report("Bedford", 2022, date(2022, 1, 14)), framework="ILACS"),))


def test_what_is_put_in_for_a_council_is_not_called_a_force() -> None:
    found = resolve("Was it any better before?", Filters(), [Turn("What must Bedford improve?")], COUNCIL)
    assert "the authority" in found.text
    assert "force" not in found.text


def test_what_was_undone_in_an_earlier_turn_does_not_come_back() -> None:
    undone = Turn(CONCERNS, Filters(undone=("body",)))
    assert follow("and efficiency?", undone).filters.body == ()


def test_before_that_is_before_the_report_of_the_day_that_was_named() -> None:
    asked = "What concerns does the report on Kent published on 2 May 2018 raise?"
    assert follow("and before that?", asked).filters.year == (2014,)
    assert follow("and the next inspection?", asked).filters.year == (2021,)


def test_where_no_report_has_a_year_there_is_none_before_and_none_after() -> None:
    undated = cover((replace(report("Kent Police", 2014, date(2014, 11, 27)), year=None, published=None),))
    before = Turn("What concerns exist about custody in Kent?")
    assert resolve("and before that?", Filters(), [before], undated).filters.year == ()


def test_a_kind_of_inspection_is_meant_until_another_is_named_or_it_is_undone() -> None:
    framework = {each: framework_called(each) for each in ("JTAI", "Area SEND")}
    reports = [
        replace(report(body, year, date(year, 3, 1)), framework=kind.name, publisher=kind.publisher)
        for body in ("Dorset", "Surrey")
        for year, kind in ((2023, framework["JTAI"]), (2024, framework["Area SEND"]))
        if kind
    ]
    covered = cover(reports)

    def meant(text: str, *history: str, undone: tuple[str, ...] = ()) -> tuple[str, ...]:
        whole = resolve(text, Filters(undone=undone), [Turn(each) for each in history], covered)
        return understand_question(whole.text, whole.filters, covered).inspection

    asked = "What did the SEND inspection of Dorset find about custody?"
    assert meant(asked) == ("SEND",)
    assert meant("and in Surrey?", asked) == ("SEND",)
    assert meant("and fraud?", asked) == ("SEND",)
    assert meant("and fraud?", asked, "and in Surrey?") == ("SEND",)
    assert meant("and in the joint inspection?", asked) == ("JTAI",)
    assert meant("and in Surrey?", asked, undone=("inspection",)) == ()
    assert meant("How is fraud dealt with in Surrey?", asked) == ()
