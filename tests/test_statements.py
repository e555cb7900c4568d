"""What reading found is quoted first where a question asks for just that, and for nothing else."""

from dataclasses import replace

import pytest

from peelqa.answers import Answer, Library, Status
from peelqa.questions import Filters
from peelqa.reports.report import Grade, GradeStatus
from peelqa.search import rank_units
from peelqa.statements import find_facts, find_statements, why_no_grade
from peelqa.statements.dated import find_dates
from peelqa.statements.grade_questions import has_asked_value
from peelqa.statements.marked import IMPROVEMENT
from peelqa.understanding.kinds import Kind


def first(answer: Answer) -> str:
    return answer.quotes[0].quotation.text


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("What grade did Wexhaven get for efficiency in 2014?", "outstanding"),
        ("Was Northfell's legitimacy graded in 2014?", "ungraded"),
        ("what did northfell get for preventing crime in 2021/22", "outstanding"),
        ("Which rating did Wexhaven get for value for money in 2014?", "outstanding"),
        ("How was Northfell graded for treating people fairly in 2014?", "ungraded"),
    ],
)
def test_a_grade_is_quoted_where_the_report_states_it(sample_library: Library, question: str, stated: str) -> None:
    quotation = sample_library.ask(question).quotes[0].quotation
    assert stated in quotation.text.casefold()


def test_how_efficient_a_force_is_is_said_in_the_sentence_that_judges_it_and_then_by_its_grade(
    sample_library: Library,
) -> None:
    quotes = sample_library.ask("How efficient is Northfell Police in 2014?").quotes
    assert "the efficiency of the force requires improvement" in quotes[0].quotation.text
    assert any(each.quotation.text.endswith("Requires improvement") for each in quotes[1:])


def test_areas_of_one_grade_are_those_alone(sample_library: Library) -> None:
    quotes = sample_library.ask("Which areas were inadequate in Wexhaven in 2021/22?").quotes
    assert quotes
    assert all("inadequate" in each.quotation.text.casefold() for each in quotes)


def test_bodies_of_one_grade_are_found_by_what_they_were_graded_for(sample_library: Library) -> None:
    quotes = sample_library.ask("Which forces were graded outstanding for efficiency in 2014?").quotes
    assert [each.quotation.passage.report.body for each in quotes] == ["Wexhaven Constabulary"]
    assert "outstanding" in quotes[0].quotation.text.casefold()


def test_bodies_that_do_not_have_a_grade_are_the_others(sample_library: Library) -> None:
    quotes = sample_library.ask("Which forces were not graded outstanding for efficiency in 2014?").quotes
    assert {each.quotation.passage.report.body for each in quotes} == {"Aldermere Police", "Northfell Police"}


def test_a_grade_is_known_by_each_of_its_names_also_where_its_publisher_shares_a_word(sample_library: Library) -> None:
    grade = Grade(
        "Good", "judgement", GradeStatus.GRADED, "Young people looked after", 0, 4, also=("children in care",)
    )
    (card,) = (
        each for each in sample_library.index.reports if each.body == "Wexhaven Constabulary" and each.year == 2014
    )
    card = replace(card, publisher="The Care Quality Commission", grades=(grade,))
    for asked, reason in (("children in care", None), ("dog handlers", "The reports searched give no grade for that.")):
        question = sample_library.understand(f"What grade did Wexhaven get for {asked} in 2014?", Filters())
        assert why_no_grade(question, [card]) == reason


@pytest.mark.parametrize("question", ["What has improved in Northfell?", "Which forces improved?"])
def test_what_has_improved_is_not_what_is_marked_for_improvement(sample_library: Library, question: str) -> None:
    index = sample_library.index
    assert not find_statements(index, sample_library.understand(question, Filters()), index.reports)


@pytest.mark.parametrize(
    "question",
    ["Show me all grades for Wexhaven in 2021/22", "Is Wexhaven good?", "Was Wexhaven inadequate in 2021/22?"],
)
def test_whether_a_body_is_good_or_which_grades_it_has_is_answered_with_its_grades(
    sample_library: Library, question: str
) -> None:
    quotation = sample_library.ask(question).quotes[0].quotation
    assert quotation.passage.report.body == "Wexhaven Constabulary"
    grades = quotation.passage.report.grades
    assert any(each.start_char < quotation.end_char and quotation.start_char < each.end_char for each in grades)


def test_where_reports_give_other_grades_than_the_one_asked_for_that_is_said(sample_library: Library) -> None:
    answer = sample_library.ask("Which forces were graded inadequate for efficiency in 2014?")
    assert answer.status is Status.NOT_FOUND
    assert answer.message == "The reports searched give other grades for that."


@pytest.mark.parametrize(
    ("question", "denied"),
    [
        ("Why was Aldermere rated inadequate for efficiency in 2014?", True),
        ("Why was Aldermere rated good for efficiency in 2014?", False),
        ("Why is good custody not the rule in Aldermere?", False),
        ("Why was Aldermere rated good rather than outstanding for efficiency in 2014?", False),
        ("Why did Aldermere get outstanding efficiency results in 2014?", False),
    ],
)
def test_why_a_theme_was_graded_as_it_was_not_is_told_so(
    sample_library: Library, question: str, *, denied: bool
) -> None:
    answer = sample_library.ask(question)
    assert (answer.message == "The reports searched give other grades for that.") is denied


def test_where_reports_grade_no_such_thing_no_grade_is_made_up(sample_library: Library) -> None:
    answer = sample_library.ask("What grade did Wexhaven get for its dog handlers in 2014?")
    assert answer.status is Status.NOT_FOUND
    assert answer.message == "The reports searched give no grade for that."
    assert answer.nearest


@pytest.mark.parametrize(
    "question",
    [
        "When did the 2018/19 report on Northfell come out?",
        "On what date was the Northfell 2018/19 inspection report published?",
    ],
)
def test_the_day_of_publication_is_quoted_where_the_report_says_it(sample_library: Library, question: str) -> None:
    assert "24 September 2019" in first(sample_library.ask(question))


@pytest.mark.parametrize(
    ("judgement", "day"), [("effectiveness", "12/11/2014"), ("efficiency", "14/11/2014"), ("legitimacy", "13/11/2014")]
)
def test_the_day_a_judgement_was_updated_is_that_of_its_own_section(
    sample_library: Library, judgement: str, day: str
) -> None:
    assert day in first(sample_library.ask(f"When was the {judgement} judgement on Northfell last updated, in 2014?"))


@pytest.mark.parametrize(
    "question",
    [
        "When was the strategic assessment last updated in Northfell?",
        "When did Northfell Police update it in 2014?",
        "When was Northfell's crime recording policy updated in 2014?",
    ],
)
def test_when_something_else_was_updated_is_not_when_a_judgement_was(sample_library: Library, question: str) -> None:
    understood = sample_library.understand(question, Filters())
    assert not find_dates(sample_library.index, understood, sample_library.index.reports)


def test_what_is_narrower_than_a_pillar_is_not_answered_with_its_grade(sample_library: Library) -> None:
    answer = sample_library.ask("What grade did Northfell get for keeping people safe in custody in 2014?")
    assert not answer.quotes or answer.quotes[0].quotation.text != "Ungraded"


def test_another_date_is_not_taken_for_the_day_of_publication(sample_library: Library) -> None:
    answer = sample_library.ask("When did Northfell publish its plan for custody?")
    assert not any("24 September 2019" in each.quotation.text for each in answer.quotes)


@pytest.mark.parametrize(
    "question",
    [
        "When was Wexhaven Police inspected in 2018/19?",
        "When did inspectors visit Wexhaven in 2018?",
        "what were the inspection dates for wexhaven 2018",
        "When was the 2018/19 inspection of Wexhaven?",
    ],
)
def test_the_days_of_an_inspection_are_quoted_where_the_report_says_them(
    sample_library: Library, question: str
) -> None:
    assert "5 to 16 November 2018" in first(sample_library.ask(question))


@pytest.mark.parametrize(
    "question",
    [
        "When was the burglary inspection of Wexhaven in 2018?",
        "When was custody inspected in Wexhaven in 2018?",
        "When was Wexhaven's previous inspection?",
        "When was the latest report on Wexhaven?",
    ],
)
def test_the_days_of_an_inspection_are_not_those_of_one_on_a_subject(sample_library: Library, question: str) -> None:
    understood = sample_library.understand(question, Filters())
    assert not find_dates(sample_library.index, understood, sample_library.index.reports)


@pytest.mark.parametrize(
    "question",
    [
        "What needs to improve in Northfell in 2018?",
        "northfell 2018 inspection what needs to improve",
        "What did inspectors tell Northfell to put right in 2018?",
    ],
)
def test_what_the_framework_marks_for_improvement_is_quoted_first(sample_library: Library, question: str) -> None:
    quotation = sample_library.ask(question).quotes[0].quotation
    assert quotation.passage.report.id.startswith("northfell-2018")
    assert "Area for improvement" in " ".join(quotation.passage.section_path) or "Areas for improvement" in " ".join(
        quotation.passage.section_path
    )


@pytest.mark.parametrize(
    "question",
    [
        "What areas for improvement did inspectors raise in Northfell in 2018?",
        "What improvements were identified in Northfell?",
        "What did Northfell have to improve after the 2018 inspection?",
    ],
)
def test_what_must_improve_is_the_marked_list_whatever_the_verb(sample_library: Library, question: str) -> None:
    assert sample_library.ask(question).quotes[0].quotation.finding_type in IMPROVEMENT


def test_innovative_practice_is_quoted_where_it_is_marked_as_such(sample_library: Library) -> None:
    quotes = sample_library.ask("What innovative practice was found in Wexhaven?").quotes
    assert quotes[0].quotation.finding_type == "innovative_practice"


@pytest.mark.parametrize(
    "question", ["population of the force area", "What is the population?", "How many people live in the force area?"]
)
def test_a_fact_is_quoted_by_its_label_with_its_value(library: Library, question: str) -> None:
    assert first(library.ask(question)) == "Population\n\n1.20m people\nup4% local 10 yr change"


def test_a_label_that_only_begins_what_is_asked_is_no_answer(library: Library) -> None:
    question = library.understand("population growth plans", Filters())
    ranking = rank_units(library.index, library.embedder, library.reranker, question)
    assert find_facts(ranking.hits, question) == []


@pytest.mark.parametrize(
    "question",
    [
        "Has the population grown?",
        "has the population gone up",
        "Is the population getting any bigger?",
        "Is the population bigger than ten years ago?",
    ],
)
def test_whether_something_changed_is_answered_by_the_fact_that_gives_its_change(
    library: Library, question: str
) -> None:
    answer = library.ask(question)
    assert first(answer) == "Population\n\n1.20m people\nup4% local 10 yr change"


def test_a_change_is_no_answer_to_how_something_compares(library: Library) -> None:
    question = library.understand("Is the population above the national average?", Filters())
    assert find_facts(rank_units(library.index, library.embedder, library.reranker, question).hits, question) == []


def test_a_real_key_fact_says_what_is_higher_or_cheaper_than_elsewhere(seed_library: Library) -> None:
    assert first(seed_library.ask("Is the force cheaper than average?")).startswith("Cost")
    assert first(seed_library.ask("Is crime higher than the national average?")).startswith("Victim-based")


def test_a_list_is_quoted_with_what_introduces_it(sample_library: Library) -> None:
    quotes = sample_library.ask("What are the priorities of the plan for Aldermere in 2014?").quotes
    listed = next(each.quotation.text for each in quotes if "•" in each.quotation.text)
    assert "Summary of the plan" in listed
    assert listed.count("•") > 2


def test_the_grade_of_the_kind_of_inspection_is_the_overall_one(sample_library: Library) -> None:
    asked = [sample_library.ask(f"What is Wexhaven's {what} in 2014?") for what in ("rating", "PEEL rating")]
    assert [each.quotation for each in asked[0].quotes] == [each.quotation for each in asked[1].quotes]


@pytest.mark.parametrize(
    "filters", [Filters(finding="concern"), Filters(theme=("Legitimacy",))], ids=["finding", "theme"]
)
def test_a_chosen_theme_or_finding_holds_for_what_reading_found_too(sample_library: Library, filters: Filters) -> None:
    question = "What grade did Wexhaven get for efficiency in 2018?"
    assert first(sample_library.ask(question)) == "Efficiency\tGood"
    answer = sample_library.ask(question, filters)
    assert not any("Efficiency" in each.quotation.text and "Good" in each.quotation.text for each in answer.quotes)
    answer = sample_library.ask("What must Northfell Police improve?", filters)
    for each in answer.quotes:
        directions = {unit.finding for unit in each.quotation.units}
        headings = " ".join(each.quotation.passage.section_path)
        assert filters.finding in directions if filters.finding else "Legitimacy" in headings


@pytest.mark.parametrize(
    ("question", "value", "asked"),
    [
        ("Which forces were graded good or outstanding?", "Inadequate", False),
        ("Which forces were graded good or outstanding?", "Outstanding", True),
        ("Which forces were graded good or outstanding?", "Ungraded", False),
        ("Which councils were rated not good?", "Outstanding", False),
        ("Which councils were rated not good?", "Requires improvement", True),
        ("Which councils were rated not adequate?", "Good", False),
        ("Which councils are not inadequate?", "Good", True),
        ("What grades were given?", "Inadequate", True),
    ],
)
def test_a_grade_is_one_of_those_that_a_question_asks_for(
    sample_library: Library, question: str, value: str, *, asked: bool
) -> None:
    assert has_asked_value(sample_library.understand(question, Filters()), value) is asked


def test_what_others_grade_is_no_grade_of_a_report(sample_library: Library) -> None:
    for text in ("Are incidents graded correctly?", "How does Aldermere respond to incidents graded as priority?"):
        assert sample_library.understand(text, Filters()).kind is not Kind.GRADE


def test_the_publication_of_another_document_is_not_that_of_the_report(sample_library: Library) -> None:
    own, other = (
        sample_library.ask(f"When was the {document} published?").quotes
        for document in ("report on Aldermere", "serious case review in Aldermere")
    )
    assert own
    assert all(one.quotation.text != another.quotation.text for one in own for another in other)


def test_a_body_that_was_undone_is_a_word_like_any_other(sample_library: Library) -> None:
    asked = sample_library.understand("What is worrying about Aldermere?", Filters(undone=("body",)))
    assert asked.body == ()
    assert "Aldermere" in asked.searched
