"""What a body's name is, in the data and in free text."""

from collections import defaultdict
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.reports.bodies import Body, Kind, find_bodies, known_bodies, same_body, unknown_body

LOCAL_AUTHORITIES_OF_ENGLAND = 153 + 4
"""Those of today, and those abolished since 2012."""
PRINCIPAL_AREAS_OF_WALES = 22
TERRITORIAL_FORCES = [body for body in known_bodies() if body.slug]
AUTHORITIES = [body for body in known_bodies() if body.kind is Kind.AUTHORITY]


def meant(text: str, *extra: str) -> list[list[str]]:
    """Return the candidates of each mention: a force by its name, an authority with "(authority)" after it."""
    return [
        [body.name + " (authority)" * (body.kind is Kind.AUTHORITY) for body in mention.candidates]
        for mention in find_bodies(text, extra)
    ]


def test_there_are_43_territorial_forces_each_with_its_own_slug() -> None:
    assert len(TERRITORIAL_FORCES) == len({body.slug for body in TERRITORIAL_FORCES}) == 43
    assert all(body.kind is Kind.FORCE and body.area and body.places for body in TERRITORIAL_FORCES)


def test_every_authority_with_childrens_services_is_there() -> None:
    assert len(AUTHORITIES) == LOCAL_AUTHORITIES_OF_ENGLAND + PRINCIPAL_AREAS_OF_WALES


def test_no_two_bodies_of_a_kind_share_a_name() -> None:
    assert len({(body.kind, body.name) for body in known_bodies()}) == len(known_bodies())


@pytest.mark.parametrize("kind", [Kind.FORCE, Kind.AUTHORITY])
def test_no_name_or_alias_means_two_bodies_of_a_kind(kind: Kind) -> None:
    bearers = defaultdict[str, set[str]](set)
    for body in known_bodies():
        for name in (body.name, body.area, *body.aliases):
            if body.kind is kind and name:
                bearers[name.casefold()].add(body.name)
    assert {name: bodies for name, bodies in bearers.items() if len(bodies) > 1} == {}


@pytest.mark.parametrize("kind", [Kind.FORCE, Kind.AUTHORITY])
def test_no_place_lies_in_two_bodies_of_a_kind(kind: Kind) -> None:
    places = [place for body in known_bodies() if body.kind is kind for place in body.places]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("authority", AUTHORITIES, ids=lambda body: body.name)
def test_every_authority_lies_in_the_area_of_one_force(authority: Body) -> None:
    forces = [body for body in TERRITORIAL_FORCES if authority.name in (body.area, *body.places)]
    assert len(forces) == 1


@pytest.mark.parametrize("body", known_bodies(), ids=lambda body: f"{body.name} ({body.kind})")
def test_every_body_is_found_by_each_of_its_names(body: Body) -> None:
    for name in (body.name, *body.aliases, *body.places):
        (mention,) = find_bodies(f"What is said of {name} here?")
        assert mention.text.endswith(name)
        assert body in mention.candidates


def test_no_two_forces_are_the_same_body() -> None:
    assert not [(a.name, b.name) for a, b in combinations(TERRITORIAL_FORCES, 2) if same_body(a.name, b.name)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("West Midlands", "West Midlands Police"),
        ("WEST MIDLANDS POLICE", "West Midlands police"),
        ("Brighton And Hove", "Brighton & Hove City Council"),
        ("Devon & Cornwall Police", "Devon and Cornwall Constabulary"),
        ("West\u00a0Midlands", "West Midlands"),
        ("King’s Wood Council", "King's Wood"),
        ("Dyfed Powys", "Dyfed-Powys Police"),
        ("London Borough of Croydon", "Croydon"),
        ("Royal Borough of Greenwich", "Greenwich Council"),
        ("Dudley Metropolitan Borough Council", "Dudley local authority"),
        ("Telford & Wrekin", "Telford and Wrekin"),
        ("Bournemouth, Christchurch & Poole", "BCP"),
        ("Kingston Upon Hull", "Hull City Council"),
        ("City of York Council", "York"),
        ("the Met", "Metropolitan Police Service"),
        ("Hampshire Constabulary", "Hampshire and Isle of Wight Constabulary"),
        ("Toytown", "Toytown Police"),
        ("City of London", "London Corporation"),
        ("Durham", "County Durham"),
    ],
)
def test_names_of_one_body_are_the_same(a: str, b: str) -> None:
    assert same_body(a, b)
    assert same_body(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Kent Police", "Kent County Council"),
        ("West Midlands", "West Mercia"),
        ("West Midlands Police", "West Yorkshire Police"),
        ("Derby", "Derbyshire"),
        ("Durham", "Northumbria"),
        ("Hampshire County Council", "Hampshire Constabulary"),
        ("Hampshire", "Hampshire and Isle of Wight Constabulary"),
        ("Birmingham", "West Midlands Police"),
        ("City of London Police", "the Met"),
        ("Cleveland", "Redcar and Cleveland"),
        ("Northamptonshire", "West Northamptonshire"),
        ("Police", "Council"),
        ("", "Kent"),
    ],
)
def test_names_of_two_bodies_are_not_the_same(a: str, b: str) -> None:
    assert not same_body(a, b)
    assert not same_body(b, a)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How efficient is West Midlands Police?", ["West Midlands Police"]),
        ("what about west midlands", ["West Midlands Police"]),
        ("West Mercia 2014", ["West Mercia Police"]),
        ("West Yorkshire’s response", ["West Yorkshire Police"]),
        ("HAMPSHIRE AND ISLE OF WIGHT CONSTABULARY", ["Hampshire and Isle of Wight Constabulary"]),
        ("Hampshire & the Isle of Wight", ["Hampshire and Isle of Wight Constabulary"]),
        ("Is Hampshire safe?", ["Hampshire (authority)", "Hampshire and Isle of Wight Constabulary"]),
        ("Is Birmingham safe?", ["Birmingham (authority)", "West Midlands Police"]),
        ("Birmingham police", ["West Midlands Police"]),
        ("Birmingham City Council", ["Birmingham (authority)"]),
        ("Durham", ["Durham Constabulary", "Durham (authority)"]),
        ("County Durham", ["Durham (authority)", "Durham Constabulary"]),
        ("durham constabulary", ["Durham Constabulary"]),
        ("Kent Police", ["Kent Police"]),
        ("Kent's police", ["Kent Police"]),
        ("Kent County Council", ["Kent (authority)"]),
        ("children in kent", ["Kent Police", "Kent (authority)"]),
        ("Kent children’s services", ["Kent (authority)"]),
        ("the Kent force", ["Kent Police"]),
        ("Surrey: children's services inspection, 16 may 2018", ["Surrey Police", "Surrey (authority)"]),
        ("Does WMP record crime well?", ["West Midlands Police"]),
        ("Is GMP graded?", ["Greater Manchester Police"]),
        ("BCP Council", ["Bournemouth, Christchurch and Poole (authority)"]),
        (
            "Bournemouth, Christchurch & Poole: inspection",
            ["Bournemouth, Christchurch and Poole (authority)", "Dorset Police"],
        ),
        ("Has the Met improved?", ["Metropolitan Police Service"]),
        ("The Met's record", ["Metropolitan Police Service"]),
        ("met police", ["Metropolitan Police Service"]),
        ("Does the City of London Police stop people?", ["City of London Police"]),
        ("London Borough of Croydon", ["Croydon (authority)"]),
        ("Royal Borough of Windsor & Maidenhead", ["Windsor and Maidenhead (authority)"]),
        ("St. Helens Borough Council", ["St Helens (authority)"]),
        ("East Sussex", ["East Sussex (authority)", "Sussex Police"]),
        ("Dyfed\u2011Powys", ["Dyfed-Powys Police"]),
        ("Avon &\nSomerset", ["Avon and Somerset Police"]),
        ("Reading: children's services inspection", ["Reading (authority)", "Thames Valley Police"]),
        ("Are children in Reading safe?", ["Reading (authority)", "Thames Valley Police"]),
        ("reading borough council", ["Reading (authority)"]),
        ("in Hull", ["Kingston upon Hull (authority)", "Humberside Police"]),
        ("kingston upon hull", ["Kingston upon Hull (authority)", "Humberside Police"]),
        ("bury st edmunds", ["Suffolk Constabulary"]),
        ("Newcastle-under-Lyme", ["Staffordshire Police"]),
        ("Police Scotland", ["Police Scotland"]),
        ("Ynys Môn", ["Isle of Anglesey (authority)", "North Wales Police"]),
    ],
)
def test_a_body_is_found_by_what_people_call_it(text: str, expected: list[str]) -> None:
    assert meant(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What concerns exist about child protection?",
        "were people reading the report",
        "Reading the report, what stands out?",
        "Did they bury it? Bury the lead?",
        "how have officers met the need",
        "did gangs slough off",
        "a bath, a hull and a derby",
        "wmp and gmp and bcp",
        "crimes per square mile",
        "Kentish Town, Durhamville and Yorkshire",
        "West Midlands Fire Service",
        "Durham University",
        "New York and New South Wales",
        "Oxford City Council",
    ],
)
def test_other_words_are_no_body(text: str) -> None:
    assert meant(text) == []


def test_two_bodies_are_two_mentions_and_their_spans_are_theirs() -> None:
    text = "Compare Kent Police with Devon & Cornwall’s response, and Leeds."
    mentions = find_bodies(text)
    assert [each.text for each in mentions] == ["Kent Police", "Devon & Cornwall", "Leeds"]
    assert all(text[each.start_char : each.end_char] == each.text for each in mentions)


def test_two_councils_are_not_one_force() -> None:
    assert meant("Devon County Council and Cornwall Council") == [["Devon (authority)"], ["Cornwall (authority)"]]
    assert meant("Devon and Cornwall Council")[-1] == ["Cornwall (authority)"]


def test_a_name_ends_with_its_sentence_and_its_paragraph() -> None:
    assert meant("It was in Kent. Police came.") == [["Kent Police", "Kent (authority)"]]
    assert meant("Kent\n\nPolice and crime plan") == [["Kent Police", "Kent (authority)"]]


def test_a_body_of_the_index_is_found_although_the_data_lacks_it() -> None:
    assert meant("How good is Toytown Police?", "Toytown Police") == [["Toytown Police"]]
    assert meant("Is toytown safe, and Kent Police?", "Toytown Police") == [["Toytown Police"], ["Kent Police"]]
    assert meant("Is Toytown Vale safe?", "Toytown Police", "Toytown Vale Constabulary") == [
        ["Toytown Vale Constabulary"]
    ]
    (mention,) = find_bodies("Toytown Vale", ["Toytown Vale Constabulary"])
    assert mention.candidates == (Body("Toytown Vale Constabulary", Kind.FORCE, "Toytown Vale"),)


def test_a_body_of_the_index_that_the_data_has_is_not_there_twice() -> None:
    assert meant("Brighton and Hove", "Brighton And Hove") == meant("Brighton and Hove")
    assert meant("Kent Police", "Kent", "Kent Police") == [["Kent Police"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How good is Toytown Police at investigating?", "Toytown Police"),
        ("How good is Toytown police?", "Toytown police"),
        ("Toytown Police", "Toytown Police"),
        ("Is the Vale of Toytown Constabulary graded?", "Vale of Toytown Constabulary"),
        ("What did Toytown County Council do?", "Toytown County Council"),
        ("Is Toytown local authority good?", "Toytown local authority"),
        ("Compare Kent Police and Toytown Police", "Toytown Police"),
        ("Does Upper Toytown Police Service answer?", "Upper Toytown Police Service"),
        ("the Chief Constable of Toytown Police", "Toytown Police"),
    ],
)
def test_a_force_or_council_nobody_knows_is_named(text: str, expected: str) -> None:
    assert unknown_body(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The Police",
        "What Police",
        "Police",
        "What do Police say?",
        "British Police",
        "British Transport Police",
        "Military Police",
        "Neighbourhood Police",
        "How good are Neighbourhood Police teams?",
        "Effective Police leadership",
        "Improving Police custody. Investigating Police complaints.",
        "Is West Midlands Police good?",
        "Is North Kent Police good?",
        "Birmingham Police",
        "the National Police Chiefs' Council",
        "a Parish Council or a Town Council",
        "the local authority, the council and the police",
        "Did HMICFRS police them? In March police came.",
        "Police and Crime Commissioner",
        "Although the local authority acts, Managers of the council do not.",
        "the Children in Care Council",
        "Independent Office for Police Conduct",
        "London Borough of Croydon Council",
    ],
)
def test_words_before_police_or_council_are_not_always_a_name(text: str) -> None:
    assert unknown_body(text) is None


def test_a_body_of_the_index_is_not_unknown() -> None:
    assert unknown_body("How good is Toytown Police?", ["Toytown Police"]) is None


PIECES = ["Kent", "Police", "and", "of", "the Met", "&", "’s", ".", "London Borough", "Reading", "Vale"]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_gives_mentions_in_order_without_overlap(text: str) -> None:
    mentions = find_bodies(text)
    unknown_body(text)
    assert all(text[each.start_char : each.end_char] == each.text and each.candidates for each in mentions)
    assert all(a.end_char <= b.start_char for a, b in pairwise(mentions))
