from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelqa.findings import Finding
from peelqa.index.cards import card_of
from peelqa.questions import Filters, Question, reports_meant, understand_question
from peelqa.reports.bodies import Body, known_bodies
from peelqa.reports.frameworks import Framework, framework_called
from peelqa.reports.report import Report, Section
from peelqa.understanding.appeals import Advice, Unclear, find_advice
from peelqa.understanding.covered import cover
from peelqa.understanding.kinds import Kind
from peelqa.understanding.spelling import correct_names, correct_words, nearest_name


def report(body: str, year: int, published: date, text: str = "", cycle: str | None = None) -> Report:
    section = Section(f"{body} {year}", 0, None, 0, len(text))
    themed = Section("Efficiency", 1, 0, 0, len(text), theme="Efficiency")
    return Report(
        id=f"{body}-{published}",
        title=f"{body} {year}",
        text=text,
        sections=(section, themed),
        blocks=(),
        source_name="a.txt",
        source_sha256="",
        body=body,
        year=year,
        cycle=cycle,
        published=published,
    )


TEXT = "Officers investigate domestic abuse and stop and search. In 2016 custody was poor. It recruits by March 2021. "
TEXT += "Gangs are organised. Re-offending: re, offending."
REPORTS = (
    report("West Midlands Police", 2014, date(2014, 11, 27), TEXT),
    report("West Midlands Police", 2018, date(2019, 5, 2), TEXT, "2018/19"),
    report("Kent Police", 2014, date(2014, 11, 27), TEXT),
    report("Kent Police", 2021, date(2022, 7, 28), TEXT, "2021/22"),
    report("Dorset", 2021, date(2021, 11, 19), TEXT),
    report("Dorset", 2025, date(2025, 5, 9), TEXT),
    report("East Sussex", 2023, date(2023, 3, 1), TEXT),
    report("West Sussex", 2023, date(2023, 5, 1), TEXT),
)
CARDS = tuple(map(card_of, REPORTS))
COVERED = cover(REPORTS)


def understand(text: str, filters: Filters | None = None) -> Question:
    return understand_question(text, filters or Filters(), COVERED)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("How efficient is West Midlands Police?", ["West Midlands Police"]),
        ("Does WMP record crime well?", ["West Midlands Police"]),
        ("Is Birmingham safe?", ["West Midlands Police"]),
        ("children in kent", ["Kent Police"]),
        ("How do Kent and the West Midlands deal with fraud?", ["Kent Police", "West Midlands Police"]),
        ("What did Ofsted find in Dorset?", ["Dorset"]),
        ("Does Kent share a helicopter with Dorset?", ["Kent Police"]),
        ("Do Kent and Essex share a helicopter?", []),
        ("Are drugs brought in by gangs from London?", []),
        ("Is West Mercia like West Yorkshire?", []),
    ],
)
def test_a_body_is_a_filter_where_it_says_whose_report_is_meant(text: str, bodies: list[str]) -> None:
    assert list(understand(text).body) == bodies


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("What did inspectors find in 2014?", [2014]),
        ("the 2018 inspection of the West Midlands", [2018]),
        ("PEEL 2018/19", [2018]),
        ("How did Kent do in 2021/22?", [2021]),
        ("kent custody 2014", [2014]),
        ("the 2014 and 2018 reports on the West Midlands", [2014, 2018]),
        ("In the November 2018 inspection of the West Midlands, what was found?", [2018]),
        ("How did crime change between 2010 and 2014?", []),
        ("What savings are needed by 2015/16?", []),
        ("How much was saved since 2014?", []),
        ("Will officers be recruited by March 2021?", []),
        ("2014 officers were asked", []),
        ("Does it cost £2014?", []),
        ("What has changed since the 2014 inspection?", []),
        ("How was custody in Kent in 2016?", []),
        ("What happened last year?", []),
    ],
)
def test_a_year_is_a_filter_where_it_says_which_report_is_meant(text: str, years: list[int]) -> None:
    understood = understand(text)
    assert list(understood.year) == years
    assert understood.not_covered is None


@pytest.mark.parametrize(
    ("text", "day", "ids"),
    [
        ("the grade in Dorset in the report published on 09 may 2025", date(2025, 5, 9), ["Dorset-2025-05-09"]),
        ("Dorset: what needs to improve, 19 November 2021", date(2021, 11, 19), ["Dorset-2021-11-19"]),
        ("the 28/7/2022 report on Kent Police", date(2022, 7, 28), ["Kent Police-2022-07-28"]),
        ("What does the report of 2nd May 2019 say?", date(2019, 5, 2), ["West Midlands Police-2019-05-02"]),
        ("the report dated 2 Sept 2019 on Kent", None, ["Kent Police-2014-11-27", "Kent Police-2022-07-28"]),
        ("What happened in Kent on 3 March 2018?", None, ["Kent Police-2014-11-27", "Kent Police-2022-07-28"]),
    ],
)
def test_a_publication_day_names_one_report(text: str, day: date | None, ids: list[str]) -> None:
    understood = understand(text)
    assert understood.published == day
    assert [each.id for each in reports_meant(understood, CARDS)] == ids


def test_a_day_that_no_report_on_the_body_was_published_is_said_at_once() -> None:
    assert (
        understand("the report on Kent published on 9 May 2025").not_covered == "Kent Police in a report of 9 May 2025"
    )
    assert understand("Was anyone hurt in Kent on 9 May 2025?").not_covered is None


@pytest.mark.parametrize(
    "text", ["the latest report on Dorset", "What did its last inspection say of Dorset?", "most recent Dorset report"]
)
def test_latest_means_the_last_report_on_each_body(text: str) -> None:
    understood = understand(text)
    assert understood.newest
    assert [each.id for each in reports_meant(understood, CARDS)] == ["Dorset-2025-05-09"]


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("What is Dorset's latest HMICFRS rating?", "What is the authority's rating?"),
        ("What was the latest grade of Dorset Police?", "What was the grade of the force?"),
        ("What does Dorset's latest report say?", "What does the authority's report say?"),
        ("What's the latest rating of Dorset?", "What's the rating of the authority?"),
    ],
)
def test_the_latest_grade_is_still_asked_for_as_a_grade(text: str, searched: str) -> None:
    assert understand(text).searched == searched


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("How good is Essex Police?", "Essex Police"),
        ("Is Toytown Constabulary graded?", "Toytown Constabulary"),
        ("What did the 2016 inspection of Kent find?", "Kent Police in 2016"),
        ("What did inspectors find in 2023 in Kent?", "Kent Police in 2023"),
        ("PEEL 2017", "2017"),
    ],
)
def test_a_body_or_year_that_no_report_covers_is_said_at_once(text: str, gone: str) -> None:
    assert understand(text).not_covered == gone


def test_a_body_beside_a_covered_one_is_missing_but_the_covered_one_is_asked() -> None:
    understood = understand("How do Kent and Essex deal with fraud?")
    assert understood.body == ("Kent Police",)
    assert understood.missing == ("Essex",)
    assert understood.not_covered is None


def test_a_name_that_is_part_of_two_covered_names_is_ambiguous() -> None:
    assert understand("What needs to improve in Sussex?").ambiguous == ("East Sussex", "West Sussex")


def test_names_are_mere_words_where_no_report_says_whom_it_is_about() -> None:
    nobodys = cover((replace(REPORTS[0], body=None),))
    assert understand_question("When was the Battle of Hastings?", Filters(), nobodys).not_covered is None


def test_what_the_asker_chose_holds_over_what_is_named() -> None:
    understood = understand("custody in Kent in 2014", Filters(body=("WMP",), year=(2018,)))
    assert understood.body == ("West Midlands Police",)
    assert understood.year == (2018,)


def test_what_is_understood_can_be_undone() -> None:
    undone = Filters(undone=("body", "year", "theme", "finding", "spelling"))
    understood = understand("concerns about efficiency and custdy in Kent in 2014", undone)
    assert (understood.body, understood.year, understood.named_themes, understood.finding) == ((), (), (), None)
    assert "custdy" in understood.understood


def test_a_theme_named_is_a_preference_and_a_theme_chosen_a_filter() -> None:
    named = understand("What of the efficiency of Kent?")
    assert named.named_themes == ("Efficiency",)
    assert named.theme == ()
    assert understand("What of Kent?", Filters(theme=("Efficiency",))).theme == ("Efficiency",)


def test_what_is_searched_for_leaves_out_only_what_says_which_report() -> None:
    assert (
        understand("How did Ofsted grade care in Dorset in the report published on 9 May 2025?").searched
        == "How did Ofsted grade care?"
    )
    assert understand("Does Kent Police record crime well in 2014?").searched == "Does the force record crime well?"
    assert understand("How much was saved since 2010 in Kent?").searched == "How much was saved since 2010?"
    assert understand("What did the 2014 inspection say?").searched == "What did the report say?"
    assert understand("Kent").searched == "the force"


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("Are officers in Kent trained? (2014)", "Are officers trained?"),
        ("Are officers in Kent trained (2014 inspection)?", "Are officers trained?"),
        ("Are officers in Kent trained, 2014 report?", "Are officers trained?"),
        ("Are officers in Kent trained? 2014 inspection", "Are officers trained?"),
        ("Are officers trained, going by the 2014 report on Kent?", "Are officers trained?"),
        ("Are officers trained, according to Kent's 2014 report?", "Are officers trained?"),
        ("How many cells did Kent have at the end of 2014?", "How many cells did the force have?"),
        ("kent 2014 custody cells", "custody cells"),
        ("How many Kent officers were trained?", "How many officers were trained?"),
        ("Are children in Dorset schools safe?", "Are children in the authority schools safe?"),
        (
            "Are carers happier in Dorset than at the last inspection?",
            "Are carers happier than at the last inspection?",
        ),
        ("Who led the 2025 Dorset SEND inspection?", "Who led the authority SEND inspection?"),
        ("What is 'custody' in Dorset?", "What is 'custody'?"),
        ("Are officers trained in early 2014 in Kent?", "Are officers trained?"),
        ("Did Dorset see children when Ofsted came in 2025?", "Did the authority see children?"),
        ("Did Dorset see children alone when they visited?", "Did the authority see children alone when they visited?"),
        ("Were there long waits in Dorset in winter?", "Were there long waits in winter?"),
        ("Do children in Dorset get help at the start?", "Do children get help at the start?"),
        ("Are parents in Dorset told by phone, letter?", "Are parents in the authority told by phone, letter?"),
        ("Tell me what Dorset does well", "what the authority does well"),
        ("date of inspection of Dorset", "date of inspection of the authority"),
        (
            "Is Dorset better than it was at the last inspection?",
            "Is the authority better than it was at the last inspection?",
        ),
    ],
)
def test_nothing_is_left_behind_of_what_says_which_report(text: str, searched: str) -> None:
    assert understand(text).searched == searched


def test_a_kind_of_inspection_goes_with_its_year_also_where_it_was_spelt_out() -> None:
    words = {
        **COVERED.words,
        **dict.fromkeys(["special", "educational", "needs", "and", "or", "disabilities", "send"], 9),
    }
    spelt = replace(COVERED, words=words)
    searched = understand_question("Are pupils in Dorset trained (SEND inspection 2025)?", Filters(), spelt).searched
    assert searched == "Are pupils trained?"


def test_a_council_is_not_called_a_force_and_a_prison_is_no_council() -> None:
    assert understand("Does Dorset investigate abuse?").searched == "Does the authority investigate abuse?"
    assert understand("Are cells at HMP Dorset safe?").body == ()


def test_a_call_for_help_is_heard_however_it_is_spelt_and_whatever_else_it_asks() -> None:
    assert understand("Ive been stabbed what should i do").asks_advice is Advice.EMERGENCY
    assert understand("my ex is in danger, what should I do?").asks_advice is Advice.EMERGENCY
    assert understand("How does the force help people who are in danger?").asks_advice is None


@pytest.mark.parametrize(
    ("typed", "read"), [("Why dont officers stop?", "Why don't officers stop?"), ("it isnt poor", "it isn't poor")]
)
def test_a_missing_apostrophe_is_put_in(typed: str, read: str) -> None:
    assert understand(typed).understood == read


def test_words_that_only_ask_are_not_searched_for() -> None:
    assert understand("What did inspectors say about fraud in Kent?").searched == "fraud"
    assert understand("What concerns exist about custody?").searched == "custody"
    assert understand("What problem did the plan solve?").searched == "What problem did the plan solve?"
    assert understand("How did Ofsted grade care?").searched == "How did Ofsted grade care?"


def test_the_matter_is_what_is_asked_about_without_the_asking() -> None:
    assert understand("What concerns exist about custody in Kent in 2014?").matter == "custody"
    assert understand("What did inspectors say about domestic abuse?").matter == "domestic abuse"
    assert understand("What must Kent Police improve?").matter == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What grade did it get?", Kind.GRADE),
        ("How many officers are there?", Kind.FIGURE),
        ("Who is a leading figure in the force?", Kind.PERSON),
        ("When was it inspected?", Kind.DATE),
        ("Who leads the inspection?", Kind.PERSON),
        ("List the recommendations", Kind.LIST),
        ("How well are victims treated?", Kind.FINDING),
        ("What is Operation Drystone?", Kind.OTHER),
        ("What are the crime figures?", Kind.FIGURE),
        ("Can the public trust the crime figures?", Kind.FINDING),
    ],
)
def test_the_kind_of_answer_wanted_is_told(text: str, kind: Kind) -> None:
    assert understand(text).kind is kind


def test_a_question_about_now_is_known_unless_it_names_a_year() -> None:
    assert understand("What concerns exist today?").asks_now
    assert understand("What is the current state of custody in Kent?").asks_now
    assert not understand("How was custody in 2014?").asks_now
    assert understand("What concerns exist?").finding is Finding.CONCERN


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Someone is breaking into my house", Advice.EMERGENCY),
        ("I’ve been robbed", Advice.EMERGENCY),
        ("my baby isn't breathing", Advice.EMERGENCY),
        ("i want to kill myself", Advice.EMERGENCY),
        ("I feel suicidal", Advice.EMERGENCY),
        ("i am scared to go home my stepdad hurts me", Advice.EMERGENCY),
        ("There is a child being hurt next door right now", Advice.EMERGENCY),
        ("How are suicidal children supported?", None),
        ("What happens where a woman is attacked outside the city?", None),
        ("How does the force respond when a child is hurt now?", None),
        ("How many of our officers were assaulted last year?", None),
        ("Our force was hit by cuts: what did inspectors say?", None),
        ("When will officers be given cameras in every area?", None),
        ("How will savings be made in several departments?", None),
        ("Do you know how many officers Kent has?", None),
        ("Do we get value for money from the force?", None),
        ("Can you trust the police to record crime?", None),
        ("Can you summarise what inspectors found?", None),
        ("Can I get speech therapy for my child in Kent?", None),
        ("I want to report a crime", Advice.EMERGENCY),
        ("How do I become a police officer?", Advice.ADVICE),
        ("Can I film an officer?", Advice.ADVICE),
        ("Do you think the force is good?", Advice.OPINION),
        ("Will crime fall next year?", Advice.OPINION),
        ("Are people who were robbed told what happens?", None),
        ("What happens when someone is attacked?", None),
        ("Can I rely on the figures?", None),
        ("Do we have more burglaries here than elsewhere?", None),
        ("Do I have to let officers in?", Advice.ADVICE),
        ("Do I report a neighbour?", Advice.ADVICE),
        ("Is the force going to be abolished?", Advice.OPINION),
        ("Is a company going to be involved in running the force?", None),
        ("Is it going to get any better?", Advice.OPINION),
        ("Why was leadership not assessed, and will it be in future?", None),
        ("It was inspected in 2018, will it improve next year?", Advice.OPINION),
        ("Would we be better off with the next council?", Advice.ADVICE),
        ("How does the force report crime?", None),
        ("Can you show me what was said about rape?", None),
    ],
)
def test_help_advice_and_opinions_are_told_from_questions_to_a_report(text: str, advice: Advice | None) -> None:
    assert find_advice(text) is advice


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unclear.EMPTY),
        ("?!", Unclear.EMPTY),
        ("hello there", Unclear.GREETING),
        ("Thanks!", Unclear.THANKS),
        ("asdfgh", Unclear.GIBBERISH),
        ("custody", None),
        ("CSE", None),
        ("bitcoin", None),
    ],
)
def test_what_is_no_question_is_told_why(text: str, why: Unclear | None) -> None:
    assert understand(text).unclear is why


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("domestc abuse in West Midlnads", "domestic abuse in West Midlands"),
        ("stop and serch in kent", "stop and search in kent"),
        ("custdy in Dorest", "custody in Dorset"),
        ('"custdy" in Kent', '"custdy" in Kent'),
        ("zeppelins in Kent", "zeppelins in Kent"),
        ("stop reoffending in Kent", "stop re-offending in Kent"),
        ("serch by organsed gangs", "search by organised gangs"),
        ("childrens homes in Kent", "children's homes in Kent"),
        ("did he resign or was he restrained in Kent", "did he resign or was he restrained in Kent"),
        ("Mr Custdy of Kent", "Mr Custdy of Kent"),
        ("CUSTDY", "CUSTDY"),
        ("colour of behaviour", "colour of behaviour"),
    ],
)
def test_typing_errors_are_put_right_and_shown_and_the_question_is_kept(typed: str, meant: str) -> None:
    understood = understand(typed)
    assert understood.understood == meant
    assert understood.text == typed
    assert understood.understood_json()["text"] == meant


def test_a_name_that_is_spelt_rightly_means_no_other() -> None:
    assert nearest_name("Dorset Police", COVERED.bodies) is None
    assert nearest_name("Dorest", COVERED.bodies) == "Dorset"


@pytest.mark.parametrize("body", known_bodies(), ids=lambda body: f"{body.name} ({body.kind})")
def test_no_known_name_is_turned_into_another(body: Body) -> None:
    for name in (body.name, *body.aliases, *body.places):
        text = f"What of {name} here?"
        assert correct_names(text, COVERED.bodies, COVERED.words) == text


@pytest.mark.parametrize("text", ["He went and sent cents", "the cost of derby", "a horse set", "kind of kent"])
def test_ordinary_words_are_not_turned_into_a_name(text: str) -> None:
    assert correct_names(text, COVERED.bodies, COVERED.words) == text


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_understood_without_an_error(text: str) -> None:
    understood = understand(" ".join(text.split()))
    assert isinstance(understood.searched, str)
    assert correct_words(understood.understood, COVERED.words) is not None


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "custody",
                "in Kent",
                "in 2014",
                "the 2018 inspection",
                "since 2010",
                "Dorset",
                ",",
                "on 9 May 2025",
                "latest report",
            ]
        )
    ).map(" ".join)
)
def test_a_body_or_year_understood_is_always_one_that_is_covered(text: str) -> None:
    understood = understand(text)
    assert set(understood.body) <= set(COVERED.bodies)
    assert set(understood.year) <= COVERED.years


PLACES = cover(
    (
        report("Lancashire", 2023, date(2023, 1, 26)),
        report("Blackpool", 2019, date(2019, 1, 29)),
        report("Blackpool", 2022, date(2023, 2, 1)),
    )
)


def test_a_place_with_reports_of_its_own_is_not_the_county_around_it() -> None:
    assert understand_question("Is Blackpool good?", Filters(), PLACES).body == ("Blackpool",)
    assert understand_question("Is Burnley safe?", Filters(), PLACES).body == ("Lancashire",)


def test_a_place_with_reports_of_its_own_is_not_its_police_unless_they_are_spoken_of() -> None:
    both = cover(
        (report("Solihull", 2023, date(2023, 1, 26)), report("West Midlands Police", 2014, date(2014, 11, 27)))
    )
    assert understand_question("Is Solihull good?", Filters(), both).body == ("Solihull",)
    assert understand_question("Are police in Solihull quick?", Filters(), both).body == ("West Midlands Police",)
    assert understand_question("Is Dudley safe?", Filters(), both).body == ("West Midlands Police",)


JOINT = framework_called("JTAI")
SEND = framework_called("Area SEND")


def _inspected(body: str, year: int, framework: Framework | None) -> Report:
    assert framework
    return replace(report(body, year, date(year, 1, 26)), framework=framework.name, publisher=framework.publisher)


def test_a_force_without_a_report_is_looked_for_in_joint_inspections_where_it_serves() -> None:
    both = cover((_inspected("Solihull", 2023, JOINT), _inspected("Solihull", 2024, SEND)))
    asked = understand_question("What must West Midlands Police do?", Filters(), both)
    assert asked.body == ("Solihull",)
    assert asked.inspection == ("JTAI",)
    assert "West Midlands Police" in asked.searched


def test_a_council_without_a_report_is_not_looked_for_where_its_force_serves() -> None:
    joint = cover((_inspected("Solihull", 2023, JOINT),))
    assert understand_question("Who leads Birmingham?", Filters(), joint).not_covered == "Birmingham"
    assert understand_question("What do police in Birmingham do?", Filters(), joint).body == ("Solihull",)


@pytest.mark.parametrize(
    ("text", "inspection", "not_covered"),
    [
        ("What did the SEND inspection of Solihull find?", ("SEND",), None),
        ("What did the joint inspection of Solihull find?", ("JTAI",), None),
        ("What did the SEND inspection of Dudley find?", ("SEND",), "a SEND inspection of Dudley"),
        ("What did the JTAI of Dudley find?", ("JTAI",), None),
        ("How good is SEND support in Solihull?", (), None),
    ],
)
def test_a_kind_of_inspection_that_is_named_is_the_one_meant(
    text: str, inspection: tuple[str, ...], not_covered: str | None
) -> None:
    three = (_inspected("Solihull", 2023, JOINT), _inspected("Solihull", 2024, SEND), _inspected("Dudley", 2022, JOINT))
    asked = understand_question(text, Filters(), cover(three))
    assert asked.inspection == inspection
    assert asked.not_covered == not_covered
    undone = understand_question(text, Filters(undone=("inspection",)), cover(three))
    assert (undone.inspection, undone.not_covered) == ((), None)


def test_a_forces_name_adds_no_body_to_one_that_is_named() -> None:
    both = cover((_inspected("Solihull", 2023, JOINT), _inspected("Dudley", 2022, JOINT)))
    asked = understand_question("What did West Midlands Police do in Solihull?", Filters(), both)
    assert asked.body == ("Solihull",)


def test_whom_inspectors_came_to_is_whose_report_is_meant() -> None:
    assert understand("When did inspectors come to Dorset?").body == ("Dorset",)
    assert understand("Do drugs come to Dorset?").body == ()


@pytest.mark.parametrize(
    "text", ["How has it improved since it was inadequate?", "What changed since they were judged good?"]
)
def test_since_when_something_was_graded_asks_for_no_grade(text: str) -> None:
    asked = understand(text)
    assert asked.kind is not Kind.GRADE
    assert asked.finding is not Finding.CONCERN


def test_police_in_a_place_are_looked_for_in_its_joint_inspections_too() -> None:
    both = cover((_inspected("Solihull", 2023, JOINT), report("West Midlands Police", 2014, date(2014, 11, 27))))
    asked = understand_question("Do police in Solihull share what they know?", Filters(), both)
    assert set(asked.body) == {"Solihull", "West Midlands Police"}


def test_the_month_of_a_report_names_it_and_another_month_does_not() -> None:
    assert understand_question("What grade did Blackpool get in January 2019?", Filters(), PLACES).year == (2019,)
    assert understand_question("What had Blackpool done by March 2019?", Filters(), PLACES).year == ()
    assert understand_question("How has Blackpool changed since January 2019?", Filters(), PLACES).year == ()


@pytest.mark.parametrize(
    "text", ["Will leadership be inspected in future?", "Is it going to be re-inspected next year?"]
)
def test_what_inspectors_plan_is_for_a_report_to_say(text: str) -> None:
    assert find_advice(text) is None
    assert find_advice("Will the force get better next year?") is Advice.OPINION


def test_a_force_and_a_council_of_one_name_are_both_known_however_they_are_written() -> None:
    both = cover(
        (
            report("Lancashire Constabulary", 2022, date(2022, 7, 5)),
            report("Lancashire County Council", 2023, date(2023, 1, 26)),
        )
    )
    assert understand_question("What did Ofsted say about social work in Lancashire?", Filters(), both).body == (
        "Lancashire County Council",
    )


def test_a_force_is_not_its_council_where_the_reports_show_that_they_are_a_councils() -> None:
    councils = cover((replace(report("Kent", 2022, date(2022, 7, 5)), framework="ILACS"),))
    assert understand_question("Is Kent Police good?", Filters(), councils).not_covered == "Kent Police"
    assert understand_question("Is Kent good?", Filters(), councils).body == ("Kent",)
    unsaid = cover((report("Kent", 2022, date(2022, 7, 5)),))
    assert understand_question("Is Kent Police good?", Filters(), unsaid).body == ("Kent",)


def test_a_year_is_read_of_the_bodies_that_were_chosen_and_a_chosen_body_holds_over_one_that_is_named() -> None:
    chosen = Filters(body=("Lancashire",))
    assert understand_question("What did the 2019 inspection say?", chosen, PLACES).not_covered == "Lancashire in 2019"
    assert understand_question("What did the 2023 inspection say?", chosen, PLACES).not_covered is None
    assert understand_question("What was found in Rutland?", chosen, PLACES).not_covered is None


def test_what_is_undone_of_a_body_says_nothing_of_a_year_and_the_other_way_round() -> None:
    asked = "What did the 2016 inspection of Toytown Police say?"
    assert understand_question(asked, Filters(), PLACES).not_covered == "Toytown Police"
    assert understand_question(asked, Filters(undone=("body",)), PLACES).not_covered == "2016"
    assert understand_question(asked, Filters(undone=("year",)), PLACES).not_covered == "Toytown Police"


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("What did the joint inspection say about forced marriage?", "forced marriage"),
        ("What did the SEND inspectors find about the Foxglove unit?", "Foxglove unit"),
        ("What does the full report say on school transport?", "school transport"),
        ("What did the monitoring visit find about thresholds?", "thresholds"),
        ("Are SEND teams well staffed?", "Are SEND teams well staffed?"),
    ],
)
def test_of_what_a_kind_of_inspection_said_about_a_matter_the_matter_is_looked_for(text: str, searched: str) -> None:
    assert understand(text).searched == searched


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many residents rated their police excellent or good?", Kind.FIGURE),
        ("What proportion of victims rated the service as good?", Kind.FIGURE),
        ("How many people rated the force good or excellent?", Kind.FIGURE),
        ("How many councils were rated inadequate?", Kind.GRADE),
        ("How many were rated inadequate?", Kind.GRADE),
        ("How many pillars was it graded good in?", Kind.GRADE),
        ("What was the force rated for efficiency?", Kind.GRADE),
    ],
)
def test_how_many_people_rate_something_asks_for_no_grade(text: str, kind: Kind) -> None:
    assert understand(text).kind is kind
