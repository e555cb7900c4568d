"""The type of thing a question wants named, and whether a text has one."""

import pytest

from peelqa.amounts import lacks_amount
from peelqa.answer_types import is_no_answer, lacks_type, wants_name
from peelqa.understanding.kinds import Kind, find_kind


@pytest.mark.parametrize(
    ("kind", "text", "lacks"),
    [
        (Kind.FIGURE, "All victims were called back.", True),
        (Kind.FIGURE, "Two in three victims were called back.", False),
        (Kind.FIGURE, "Cost\t60p per person", False),
        (Kind.DATE, "The suite was closed for repairs.", True),
        (Kind.DATE, "The suite was closed in March.", False),
        (Kind.DATE, "The town hall was built in 1682.", False),
        (Kind.PERSON, "The inspector praised the plan.", True),
        (Kind.PERSON, "The inspector, Ada Thornhill, praised the plan.", False),
        (Kind.OTHER, "The suite was closed.", False),
        (Kind.FIGURE, "Of the 18 children most were seen.", True),
        (Kind.DATE, "The custody suite was inspected in 2018.", True),
        (Kind.PERSON, "The Chief Inspector for Aldermere thanked the Chief Inspector.", True),
        (Kind.PERSON, "Aldermere thanked the Chief Inspector, Ada Thornhill.", False),
    ],
)
def test_a_text_lacks_the_type_of_thing_asked_for_or_has_it(kind: Kind, text: str, lacks: bool) -> None:
    question = "Who is the chief inspector, for the 18 children in 2018? Aldermere Police"
    assert lacks_type(text, kind, question) is lacks


def test_the_name_of_the_report_says_nobody() -> None:
    question, text = "Who was inspected?", "Kent Police was inspected."
    assert not lacks_type(text, Kind.PERSON, question)
    assert lacks_type(text, Kind.PERSON, question, known="Kent Police")


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("How many officers work in the team?", "The team has 14 trained officers.", 0.0),
        ("How many officers work in the team?", "The team trained officers in 2018.", 1.0),
        ("How many new homes were made?", "Twenty-one new homes were made.", 0.0),
        ("How many young people were housed?", "Over 200 young people were housed.", 0.0),
        ("How many officers does the force have?", "The force has 1980 officers.", 0.0),
        ("How many of the 12 recommendations were met?", "All 12 recommendations have been met.", 0.0),
        ("growing number of complaints", "Complaints have grown.", 0.0),
        ("How many young people were housed?", "People aged 16 and 17 are housed.", 1.0),
        ("How many care leavers over 21 have lost touch?", "Some care leavers over 21 are not in touch.", 1.0),
        ("2018 number of young people taking part", "Young people take part.", 1.0),
        ("exact victim satisfaction percentage", "Satisfaction was below that elsewhere.", 1.0),
        ("How many children were missing?", "All children in the area are known.", 1.0),
        ("how many missing children were there", "Twelve missing children were found.", 0.0),
        ("How many complaints were made?", "Complaints rose by 1,200 over the year.", 0.5),
        ("Does anyone know how many children are missing?", "Nobody does.", 0.0),
        ("What is the population?", "The team has officers.", 0.0),
        ("How many?", "The team has officers.", 0.0),
        ("How many of the no-crime decisions were wrong?", "Too many no-crime decisions are incorrect.", 1.0),
        ("How many of the decisions were wrong?", "Of these, 12 decisions were wrong.", 0.0),
        ("average number of cases per worker", "Caseloads are high.", 1.0),
        ("Why is the number of repeat referrals high?", "Referrals come back because plans end early.", 0.0),
        ("How much does it cost to go in?", "Entry is free.", 0.0),
        ("How much money does it save?", "The force is free to spend.", 1.0),
        ("What share of victims were satisfied?", "The share of victims who were satisfied fell in 2014.", 1.0),
        ("What percentage of victims were satisfied?", "Four in ten victims were satisfied.", 0.0),
        ("what proportion of calls were late", "Of these, 12% were late.", 0.0),
        ("What is its budget?", "The budget for 2014 was cut.", 1.0),
        ("What is its budget?", "The force spends £31m a year.", 0.0),
        ("What salary does it pay?", "It pays well.", 1.0),
        ("What risks does the force face with its budget?", "Demand may outgrow it.", 0.0),
        ("How much does policing cost a person?", "Cost 58p per person per day", 0.0),
        ("How much did crime fall?", "Crime fell by 12 points.", 0.0),
        ("How many times were lamps broken?", "It has six lamps.", 1.0),
        ("How many times were lamps broken?", "Lamps were broken on six occasions.", 0.0),
        ("What percentage of bicycle thefts are solved?", "Bicycle thefts: up 35% in five years.", 0.5),
        ("What percentage of bicycle thefts are solved?", "Of bicycle thefts 12% are solved.", 0.0),
        ("What percentage of wardens are on the front line?", "91% are frontline wardens.", 0.0),
    ],
)
def test_a_count_is_a_number_with_the_thing_counted_close_behind(question: str, text: str, lacks: float) -> None:
    assert lacks_amount(text, question) == lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Ada Thornhill, Her Majesty’s Inspector", True),
        ("The chief constable thanked the staff.", True),
        ("The chief constable, Ada Thornhill, thanked the staff.", False),
    ],
)
def test_who_holds_a_post_is_said_only_where_the_post_is_named(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.PERSON, "Who is the chief constable of Aldermere?") is lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Parents told inspectors that they feel alone.", False),
        ("Children told inspectors that they feel safe.", True),
        ("Mums and dads say that they feel heard.", False),
        ("The team gives advice to parents.", True),
    ],
)
def test_what_some_people_say_is_said_only_where_they_speak(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.OTHER, "What do parents in Aldermere say about advice?") is lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("The force is piloting the approach in two places.", True),
        ("Aldermere is piloting the approach in all of Aldermere.", True),
        ("The force is piloting the approach in Little Wexcombe.", False),
    ],
)
def test_which_town_is_said_only_by_a_text_that_names_one(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.OTHER, "In which towns is Aldermere piloting the approach?") is lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("The chair of the Local Safeguarding Children Board took up post in 2011.", True),
        ("The Chair of the Aldermere Board is new.", True),
        ("Ada Thornhill became chair in 2011.", False),
        ("Ada Thornhill was thanked.", True),
        ("The chair, Councillor Thornhill, is new.", False),
        ("The chair is of the Clinical Commissioning Group.", True),
    ],
)
def test_the_name_of_who_holds_a_post_is_that_of_a_person_beside_the_post(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.PERSON, "What is the name of the chair of the board in Aldermere?") is lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Children wait too long.", False),
        ("Children are seen within a month.", False),
        ("Children like the team.", True),
    ],
)
def test_how_long_something_takes_needs_no_number(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.FIGURE, "How long do children wait?") is lacks


@pytest.mark.parametrize(
    "question",
    [
        "What county lines work does it do?",
        "What school support is there?",
        "Who is told when a family member is missing?",
    ],
)
def test_a_question_that_only_mentions_a_place_or_a_post_wants_no_name(question: str) -> None:
    assert not lacks_type("A family member gets good help from the teachers.", Kind.OTHER, question)


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("A number of policies need to be reviewed.", True),
        ("The force must review one further policy.", True),
        ("The policies on stop and search and on custody need review.", False),
        ("Some policies, as that on Taser, need review.", False),
        ("Many policies on custody need review.", False),
        ("Two policies, on search and on custody; a number of policies are sound.", False),
        ("Officers need training.", False),
    ],
)
def test_some_things_are_no_answer_to_which(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.LIST, "Which policies need to be reviewed?") is lacks


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("Which national provider does it use?", "It uses a national provider (AP).", True),
        ("What was the name of the charity?", "The charity (Barnardo's) runs it.", False),
        ("What do schools do about bullying?", "They talk to parents.", False),
        ("What training did providers have?", "They were trained.", False),
    ],
)
def test_only_what_goes_by_a_name_must_be_named(question: str, text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.OTHER, question) is lacks


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("Which secondary schools exclude the most pupils?", "Some secondary schools exclude too many pupils.", True),
        ("Which secondary schools exclude the most pupils?", "Pupils at Thornhill Academy are often excluded.", False),
        ("Which council is helping the authority?", "Leaders welcome the help of another council.", True),
        ("Which council is helping the authority?", "Leaders welcome the help of Aldermere Council.", False),
        ("What were the names of the homes?", "Two homes were closed.", True),
    ],
)
def test_what_has_a_name_of_its_own_must_be_named_of_several_things_too(question: str, text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.OTHER, question) is lacks


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Inspection dates: 2 March 2020 to 13 March 2020", True),
        ("The next inspection will be within three years.", False),
        ("The service is due to be inspected in 2021.", False),
    ],
)
def test_a_day_that_is_past_does_not_say_when_something_will_be(text: str, lacks: bool) -> None:
    assert lacks_type(text, Kind.DATE, "When will the service next be inspected?") is lacks


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("Who is the chief executive of the trust?", True),
        ("Who will take over as chair of the board?", True),
        ("Who became director in 2019?", True),
        ("Who used to be the chair's deputy?", False),
        ("Who looks after children at night?", False),
    ],
)
def test_who_holds_a_post_is_asked_for_by_name(question: str, wants: bool) -> None:
    assert wants_name(question) is wants


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What have schools been given?", "Schools had been given clear advice."),
        ("What proportion of schools are good?", "86% of schools are good."),
        ("What did schools say about referrals?", "Head teachers were positive about the front door."),
        ("Which of the schools are academies?", "Six are academies."),
        ("What force policies are there on stop and search?", "Policies on stop and search are clear."),
        ("What force does the force use on protesters?", "Officers use batons."),
        ("How much time do officers spend waiting?", "Officers wait far too long."),
        ("How much attention is paid to victims?", "Victims are not listened to."),
        ("What are the budget pressures?", "Placements cost more than was planned."),
        ("What is the effect of budget cuts?", "Teams are smaller."),
        ("Why is the proportion of children in care so high?", "Children come into care because of neglect."),
        ("Has the proportion of agency staff fallen?", "The use of agency staff has fallen."),
        ("How has the percentage of repeat referrals changed?", "It has risen."),
        ("Who is the chief constable accountable to?", "The commissioner holds the chief constable to account."),
        ("Who is the lead officer for stop and search?", "A superintendent leads on stop and search."),
        ("Who is head of safeguarding?", "A detective is the head of safeguarding."),
        ("Who replaced the interim director?", "A permanent director was appointed."),
        ("How many children were seen alone?", "All children were seen alone."),
        ("How many complaints were upheld?", "Few complaints were upheld."),
        ("What share of victims are satisfied?", "A high proportion of victims are satisfied."),
        ("When will the police attend a burglary?", "Officers attend where the offender is still there."),
    ],
)
def test_words_that_only_look_like_an_amount_a_post_or_a_name_bar_nothing(question: str, text: str) -> None:
    assert not is_no_answer(text, find_kind(question, None), question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many horses does the force have?", "The force has good stables."),
        ("What share of victims are satisfied?", "Victims were content with the service as a whole."),
        ("Exactly what percentage of victims are satisfied?", "Victims were content with the service as a whole."),
        ("number of complaints upheld", "Complaints are handled well."),
        ("What is the budget for training?", "Training is good."),
        ("Who is the chief executive of the trust?", "The chief executive of the trust works well with partners."),
        ("Which schools take part?", "Some schools take part."),
    ],
)
def test_what_has_no_amount_holder_or_name_at_all_is_no_answer(question: str, text: str) -> None:
    assert is_no_answer(text, find_kind(question, None), question)
