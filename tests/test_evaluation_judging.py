from __future__ import annotations

from dataclasses import replace

import pytest

from eval.arms import Outcome, Shown
from eval.cases import Case, Expectation, Gold
from eval.judging import Judge
from eval.rows import Row
from eval.suites import Judging
from eval.texts import texts_of
from peelqa.answers import Library

SAVED = "The force has saved nine million pounds and spends it on more detectives."
FOUND = "The force recovers stolen bicycles quickly."


def quote(library: Library, text: str, relevance: float = 0.9) -> Shown:
    report = library.index.report("oakshire-2014")
    start = report.text.index(text)
    return Shown(
        text, report.id, start, start + len(text), relevance, report.body, report.year, "neutral", (), report.sha256
    )


def judged(library: Library, case: Case, *quotes: Shown, judging: Judging | None = None, **outcome: object) -> Row:
    made = Outcome("answered", tuple(quotes), **outcome)  # type: ignore[arg-type]
    return Judge(texts_of(library.index), judging or Judging()).judge(case, "peelqa", made)


def case(**changes: object) -> Case:
    return replace(Case("q", "How much was saved?", True, (Gold("saved nine\nmillion pounds"),)), **changes)  # type: ignore[arg-type]


def test_the_first_right_quotation_gives_the_rank(library: Library) -> None:
    row = judged(library, case(), quote(library, FOUND), quote(library, SAVED))
    assert row.rank == 2
    assert row.values["hit@1"] == 0.0
    assert row.values["hit@3"] == 1.0
    assert row.values["RR"] == 0.5
    assert row.failed
    assert row.words == (6, 13)


def test_a_quotation_that_is_not_verbatim_is_counted(library: Library) -> None:
    typed = replace(quote(library, SAVED), text=SAVED.replace("nine", "ten"))
    row = judged(library, case(), typed, quote(library, FOUND))
    assert row.counts["not verbatim"] == 1


def test_a_quotation_that_the_program_withheld_is_counted(library: Library) -> None:
    row = judged(library, case(), error="NotVerbatim: a quotation does not match")
    assert row.counts["not verbatim"] == 1
    assert row.failed


@pytest.mark.parametrize("said", [{"body": "Kent Police"}, {"year": 2015}, {"sha256": "0" * 64}, {"report": "other"}])
def test_a_wrong_attribution_is_counted(library: Library, said: dict[str, object]) -> None:
    right = quote(library, SAVED)
    assert judged(library, case(), right).counts["wrong attributions"] == 0
    assert judged(library, case(), replace(right, **said)).counts["wrong attributions"] == 1  # type: ignore[arg-type]


def test_a_body_that_the_question_set_knows_better_is_a_wrong_attribution(library: Library) -> None:
    expecting = case(expect=Expectation(report="oakshire-2014", body="Northshire Police"))
    assert judged(library, expecting, quote(library, SAVED)).counts["wrong attributions"] == 1


def test_the_right_words_from_another_report_are_not_right(library: Library) -> None:
    assert judged(library, case(), quote(library, SAVED)).rank == 1
    assert judged(library, case(expect=Expectation(report="oakshire-2018")), quote(library, SAVED)).rank == 0
    assert judged(library, case(expect=Expectation(year=2018)), quote(library, SAVED)).rank == 0


def test_a_quotation_from_another_body_is_counted_as_a_leak(library: Library) -> None:
    row = judged(library, case(filters={"body": "Kent Police"}), quote(library, SAVED), quote(library, FOUND))
    assert (row.counts["from another body"], row.counts["with a body"]) == (2, 2)


def test_spans_are_measured_by_visible_characters(library: Library) -> None:
    text = library.index.report("oakshire-2014").text
    gold = Gold("nine million pounds", "oakshire-2014", text.index("nine million"))
    row = judged(library, case(gold=(gold,)), quote(library, "saved nine million"))
    # Quoted are 5 + 4 + 7 letters, gold are 4 + 7 + 6, and 4 + 7 are in both.
    assert row.values["span precision"] == pytest.approx(11 / 16)
    assert row.values["span recall"] == pytest.approx(11 / 17)
    assert row.values["span IoU"] == pytest.approx(11 / 22)
    assert row.values["gold quoted"] == 0.0
    assert row.rank == 0


def test_all_gold_spans_count_where_the_answer_is_all_of_them(library: Library) -> None:
    text = library.index.report("oakshire-2014").text
    golds = tuple(Gold(each, "oakshire-2014", text.index(each)) for each in (SAVED, FOUND))
    every, either = Judging(right="touches", gold="all"), Judging(right="touches")
    row = judged(library, case(gold=golds), quote(library, SAVED), judging=every)
    assert row.rank == 1
    assert row.values["gold quoted"] == 0.5
    assert row.values["span recall"] < 1.0
    assert judged(library, case(gold=golds), quote(library, SAVED), judging=either).values["span recall"] == 1.0


def test_gold_that_does_not_stand_where_the_set_says_is_not_measured(library: Library) -> None:
    row = judged(library, case(gold=(Gold("nine million", "oakshire-2014", 3),)), quote(library, SAVED))
    assert "span recall" not in row.values
    assert row.rank == 0


@pytest.mark.parametrize(
    ("section", "text", "right"),
    [
        ("Efficiency", "Last updated 14/11/2014\nGood", True),
        ("Effectiveness", "Last updated 14/11/2014\nUngraded", False),
        ("Legitimacy", "Last updated 14/11/2014\nGood", False),
    ],
)
def test_a_grade_must_be_that_of_the_judgement_asked_about(
    library: Library, section: str, text: str, right: bool
) -> None:
    judging = Judging(right="grade", grades=("Good", "Ungraded"), judgements={"*-eff": "efficiency"})
    asked = case(id="x-eff", gold=(Gold("Good", "oakshire-2014", 0),), document="oakshire-2014")
    row = judged(library, asked, replace(quote(library, text), section=(section,)), judging=judging)
    assert (row.rank == 1) is right


def test_a_longer_grade_is_not_taken_for_the_shorter_one_in_it(library: Library) -> None:
    judging = Judging(right="grade", grades=("Good", "Requires improvement to be good"), judgements={"*": "efficiency"})
    asked = case(gold=(Gold("Good", "oakshire-2014", 0),), document="oakshire-2014")
    shown = replace(quote(library, SAVED), section=("Efficiency",), text="Requires improvement to be good")
    assert judged(library, asked, shown, judging=judging).rank == 0


def test_an_answer_to_a_question_without_one_is_never_right(library: Library) -> None:
    row = judged(library, case(answerable=False), quote(library, SAVED))
    assert not row.right
    assert "hit@1" not in row.values
    assert row.failed


def test_what_is_expected_of_an_answer_is_judged(library: Library) -> None:
    expect = Expectation(status="answered", finding="concern", must_also=(FOUND,), must_not=("Kent",))
    row = judged(library, case(expect=expect), quote(library, SAVED), quote(library, FOUND))
    assert row.values["status"] == 1.0
    assert row.values["finding"] == 0.0
    assert row.values["both sides"] == 1.0
    assert row.values["nothing unwanted"] == 1.0
