"""Questions of a report as a whole: what was found, praised or criticised, why it was graded so, and who signed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from peelqa.answers import Answer, Library, Status
from peelqa.findings import Finding
from peelqa.questions import Filters
from peelqa.reports.dates import format_day
from peelqa.reports.frameworks import line_of
from peelqa.reports.report import Grade, GradeStatus
from peelqa.statements.marked import IMPROVEMENT
from peelqa.statements.overview import find_overview
from peelqa.statements.premises import denied_premise

OF_THE_WHOLE = 0.89


def of(answer: Answer) -> set[tuple[str | None, int | None]]:
    return {(each.quotation.passage.report.body, each.quotation.passage.report.year) for each in answer.quotes}


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ("What are Wexhaven's biggest weaknesses?", Finding.CONCERN),
        ("What was Wexhaven criticised for in 2021/22?", Finding.CONCERN),
        ("What is Wexhaven bad at?", Finding.CONCERN),
        ("What did inspectors praise in Northfell?", Finding.STRENGTH),
        ("what's going well in Northfell", Finding.STRENGTH),
    ],
)
def test_weaknesses_and_strengths_of_the_whole_are_what_the_newest_report_opens_with(
    sample_library: Library, question: str, finding: Finding
) -> None:
    first = sample_library.ask(question).quotes[0].quotation
    assert first.finding in (finding, Finding.MIXED)
    assert first.passage.report.year == 2021
    assert first.start_char < len(first.passage.report.text) / 3


@pytest.mark.parametrize(
    "question",
    [
        "What did inspectors say about Northfell in 2014?",
        "How did Northfell do in 2014?",
        "What strengths did the inspection of Northfell in 2014 identify?",
        "Sum up the findings on Northfell in 2014",
    ],
)
def test_what_was_found_in_general_is_what_the_report_opens_with(sample_library: Library, question: str) -> None:
    answer = sample_library.ask(question)
    assert of(answer) == {("Northfell Police", 2014)}
    assert {each.quotation.finding for each in answer.quotes} & {Finding.STRENGTH, Finding.CONCERN, Finding.MIXED}


@pytest.mark.parametrize(
    "question",
    [
        "Is Northfell getting better?",
        "Did things in Northfell get better or worse between the 2018 inspection and 2021?",
    ],
)
def test_whether_things_got_better_is_what_the_newest_report_sums_up(sample_library: Library, question: str) -> None:
    quotes = sample_library.ask(question).quotes
    assert quotes[0].relevance == OF_THE_WHOLE
    assert quotes[0].quotation.passage.report.year == 2021


def test_why_a_grade_was_given_is_quoted_from_the_part_on_what_was_graded(sample_library: Library) -> None:
    quotes = sample_library.ask("Why was Wexhaven's efficiency outstanding in 2014?").quotes
    quotes = tuple(each for each in quotes if each.relevance == OF_THE_WHOLE)
    assert quotes
    assert {each.quotation.passage.section_path[-1] for each in quotes} == {"Efficiency"}
    assert all(each.quotation.finding in (Finding.STRENGTH, Finding.MIXED) for each in quotes)


def test_a_grade_that_was_never_given_is_not_explained(sample_library: Library) -> None:
    answer = sample_library.ask("Why was Northfell's efficiency inadequate in 2014?")
    assert not answer.quotes or answer.quotes[0].relevance < OF_THE_WHOLE


@pytest.mark.parametrize(
    "question",
    [
        "What do officers say about Northfell?",
        "What does the force do about burglary?",
        "What did inspectors say about custody?",
        "Which areas does it police?",
    ],
)
def test_a_question_on_a_subject_or_of_other_people_is_none_of_the_whole(
    sample_library: Library, question: str
) -> None:
    answer = sample_library.ask(question, Filters(body=("Northfell Police",)))
    assert not any(each.relevance == OF_THE_WHOLE for each in answer.quotes)


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the report on Northfell?",
        "Who is the HMI for Northfell?",
        "Who led the Northfell inspection?",
        "Who headed the inspection of Northfell?",
        "Who was the inspector that made the assessment of Northfell?",
        "Which inspector inspected Northfell?",
    ],
)
def test_who_inspected_is_quoted_where_the_report_names_them(sample_library: Library, question: str) -> None:
    quotes = sample_library.ask(question).quotes
    assert {each.quotation.passage.report.body for each in quotes} == {"Northfell Police"}
    assert all("Inspector" in each.quotation.text for each in quotes)
    assert {"Brandreth" in each.quotation.text or "Penhollow" in each.quotation.text for each in quotes} == {True}


@pytest.mark.parametrize(
    "question",
    [
        "How good are leaders in Northfell?",
        "How good is local policing in Northfell?",
        "How well does Northfell identify problems?",
        "What do inspectors say about partnership in Northfell?",
    ],
)
def test_a_subject_that_other_questions_ask_with_is_still_a_subject(sample_library: Library, question: str) -> None:
    assert not any(each.relevance == OF_THE_WHOLE for each in sample_library.ask(question).quotes)


def test_a_grade_asked_for_by_name_is_not_that_of_another_subject(sample_library: Library) -> None:
    quotes = sample_library.ask("What grade did Northfell get for serious crime?").quotes
    assert all("serious" in each.quotation.text.casefold() for each in quotes[:1])


@pytest.mark.parametrize(
    "question",
    ["Who is the chief constable of Northfell?", "Who inspected the cells in Northfell for ligature points?"],
)
def test_who_does_something_else_is_not_the_inspector(sample_library: Library, question: str) -> None:
    assert not any(each.relevance == 0.95 for each in sample_library.ask(question).quotes)


def test_lists_cut_short_say_that_there_is_more(sample_library: Library) -> None:
    assert "more report" in sample_library.ask("Which forces were graded good?").message
    assert "more report" not in sample_library.ask("Was Northfell graded good for efficiency in 2014?").message


def test_without_a_year_what_is_newest_goes_first(sample_library: Library) -> None:
    for body in ("Northfell", "Wexhaven", "Aldermere"):
        years = [
            each.quotation.passage.report.year
            for each in sample_library.ask(f"How does {body} deal with domestic abuse?").quotes
        ]
        assert years
        assert years[0] == max(years)  # type: ignore[type-var]


def test_a_question_about_now_is_told_the_newest_report_there_is_quoted_or_not(sample_library: Library) -> None:
    answer = sample_library.ask("What is the population of Northfell today?")
    days = [report.last_day() for report in sample_library.index.reports if report.body == "Northfell Police"]
    newest = max(day for day in days if day)
    quoted = [each.quotation.passage.report.last_day() for each in answer.quotes]
    assert answer.status is Status.ANSWERED
    assert max(day for day in quoted if day) < newest
    assert f"the newest here is of {format_day(newest)}, what is quoted at the latest of" in answer.message


def test_why_a_real_force_is_outstanding_is_in_its_own_words(seed_library: Library, shared: Path) -> None:
    quotes = seed_library.ask("Why is efficiency outstanding?").quotes
    assert "excellent progress" in quotes[0].quotation.text
    assert "Dru Sharpling" in seed_library.ask("Who wrote this assessment?").quotes[0].quotation.text


def test_how_a_grade_came_about_is_in_the_first_report_that_gives_it(sample_library: Library) -> None:
    reports = {report.year: report for report in sample_library.index.reports if report.body == "Northfell Police"}
    values = {2014: "Inadequate", 2018: "Outstanding", 2021: "Outstanding"}
    graded = [
        replace(reports[year], grades=(Grade(value, "overall", GradeStatus.GRADED, "The whole", 0, 4),))
        for year, value in values.items()
    ]
    for text, year in (
        ("How did Northfell become outstanding?", 2018),
        ("Why is Northfell outstanding?", 2021),
        ("Why was Northfell inadequate?", 2014),
    ):
        question = sample_library.understand(text, Filters())
        found = find_overview(sample_library.index, question, graded)
        assert {each.quotation.passage.report.year for each in found} == {year}, text


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Why did Northfell get worse?", True),
        ("Why did Northfell get worse in 2021?", True),
        ("Why did Northfell get better?", False),
        ("How come Northfell is inadequate?", False),
        ("Why is Northfell requires improvement?", True),
        ("Why did custody in Northfell get worse?", False),
        ("Did Northfell get worse?", False),
        ("Why did Northfell improve in 2014?", False),
        ("Why did Northfell lose its outstanding rating?", True),
        ("Why did Northfell lose its good rating?", False),
    ],
)
def test_what_a_question_takes_for_granted_is_held_against_the_grades(
    sample_library: Library, text: str, *, denied: bool
) -> None:
    reports = {report.year: report for report in sample_library.index.reports if report.body == "Northfell Police"}
    values = {2014: "Inadequate", 2018: "Good", 2021: "Outstanding"}
    scale = ("Outstanding", "Good", "Requires improvement", "Inadequate")
    graded = [
        replace(
            reports[year],
            framework="ILACS",
            grades=(Grade(value, "overall", GradeStatus.GRADED, "The whole", 0, 4, scale=scale),),
        )
        for year, value in values.items()
    ]
    question = sample_library.understand(text, Filters())
    assert (denied_premise(question, graded) is not None) is denied


def test_a_newer_report_of_the_same_line_takes_an_older_ones_place() -> None:
    assert line_of("SIF") == line_of("ILACS") != line_of("JTAI")
    assert line_of("PEEL 2014") == line_of("PEEL 2021/22")
    assert line_of("Thames review") == "Thames review"
    assert line_of(None) is None


@pytest.mark.parametrize(
    "question",
    ["How did Northfell improve?", "Why does Northfell require improvement?", "What has improved in Northfell?"],
)
def test_how_or_why_is_not_answered_with_what_must_improve(sample_library: Library, question: str) -> None:
    assert not any(each.relevance > 0.95 for each in sample_library.ask(question).quotes)


def test_weaknesses_of_what_was_found_mostly_good_are_first_those_listed_for_improvement(
    sample_library: Library,
) -> None:
    first = sample_library.ask("What are Northfell's biggest weaknesses?").quotes[0].quotation
    assert first.passage.report.sections[first.passage.section].finding_type in IMPROVEMENT


def test_why_a_good_grade_was_lost_is_a_matter_of_concerns(sample_library: Library) -> None:
    quotes = sample_library.ask("How did Wexhaven lose its good rating?").quotes
    summed_up = [each.quotation for each in quotes if each.relevance == OF_THE_WHOLE]
    assert summed_up
    assert not any(each.finding is Finding.STRENGTH for each in summed_up)


@pytest.mark.parametrize("chosen", [*(Filters(finding=each) for each in Finding), Filters(theme=("Legitimacy",))])
def test_findings_and_themes_that_were_chosen_are_searched_and_not_summed_up(
    sample_library: Library, chosen: Filters
) -> None:
    quotes = sample_library.ask("What did inspectors find in Wexhaven?", chosen).quotes
    assert not any(each.relevance == OF_THE_WHOLE for each in quotes)


@pytest.mark.parametrize(
    "question", ["How did HMIC grade Northfell's efficiency in 2014?", "How was Northfell's efficiency graded in 2014?"]
)
def test_how_a_body_was_graded_is_answered_with_grades(sample_library: Library, question: str) -> None:
    assert "requires improvement" in sample_library.ask(question).quotes[0].quotation.text.casefold()


def test_no_quotation_is_shown_twice(sample_library: Library) -> None:
    for question in (
        "What are the areas for improvement in Northfell in 2021/22?",
        "areas for improvement in Wexhaven",
        "What are Wexhaven's weaknesses?",
    ):
        shown = [
            (each.quotation.passage.id, each.quotation.start_char)
            for each in sample_library.ask(question, limit=20).quotes
        ]
        assert len(shown) == len(set(shown))


def test_children_are_a_subject_of_a_forces_report(sample_library: Library) -> None:
    answer = sample_library.ask("What concerns were there about children in Wexhaven?")
    assert not any(each.relevance == OF_THE_WHOLE for each in answer.quotes)


def test_why_something_is_not_good_is_explained_with_concerns(sample_library: Library) -> None:
    for question in ("Why is Wexhaven not good?", "Why isn't Wexhaven rated good?"):
        quotes = [each for each in sample_library.ask(question).quotes if each.relevance == OF_THE_WHOLE]
        assert quotes
        assert {each.quotation.finding for each in quotes} <= {Finding.CONCERN, Finding.MIXED, Finding.NEUTRAL}


@pytest.mark.parametrize(
    "question",
    [
        "Has Aldermere improved since 2014?",
        "Has Aldermere got worse since 2014?",
    ],
)
def test_what_came_of_a_body_since_a_year_is_in_the_reports_after_it(sample_library: Library, question: str) -> None:
    answer = sample_library.ask(question)
    assert answer.status is Status.ANSWERED
    newest = max(report.year or 0 for report in sample_library.index.reports if report.body == "Aldermere Police")
    assert answer.quotes[0].quotation.passage.report.year == newest


@pytest.mark.parametrize(
    "question", ["Compare Aldermere in 2014 and 2018", "Did Aldermere change between 2014 and 2018?"]
)
def test_two_years_of_one_body_are_compared_by_what_each_report_opens_with(
    sample_library: Library, question: str
) -> None:
    answer = sample_library.ask(question)
    assert answer.status is Status.ANSWERED
    assert of(answer) == {("Aldermere Police", 2014), ("Aldermere Police", 2018)}


@pytest.mark.parametrize(
    "question",
    [
        "What still needs sorting out in Northfell?",
        "What needs to be put right in Northfell after the 2021 inspection?",
        "What must be fixed in Northfell?",
    ],
)
def test_what_must_be_put_right_is_what_the_framework_marks(sample_library: Library, question: str) -> None:
    first = sample_library.ask(question).quotes[0].quotation
    assert first.finding_type in IMPROVEMENT


def test_whether_a_graded_thing_is_any_good_is_answered_with_its_grade(sample_library: Library) -> None:
    quoted = sample_library.ask("Was the efficiency of Wexhaven any good in 2014?").quotes[0].quotation
    assert "efficiency" in quoted.text
    assert "outstanding" in quoted.text


def test_what_must_improve_right_now_is_what_the_framework_marks(sample_library: Library) -> None:
    plain, now = (
        sample_library.ask(f"What must Northfell Police improve{when}?").quotes[0] for when in ("", " right now")
    )
    assert now.quotation.text == plain.quotation.text
