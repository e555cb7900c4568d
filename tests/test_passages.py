from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelqa.attribution import quotation_json
from peelqa.errors import NotVerbatim
from peelqa.findings import Finding, judge_finding
from peelqa.passages import Passage, split_report
from peelqa.quoting import packed, quote_hit, with_antecedent
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text
from peelqa.search import Hit
from peelqa.words import content_words, stems


def _words(text: str) -> int:
    return len(text.split())


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aB .\n•!2’\u00a0\f-"), min_size=1, max_size=400))
def test_passages_cover_the_body_once_in_order_and_never_cross_a_heading(text: str) -> None:
    report = recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))
    passages = split_report(report, count_tokens=_words, max_tokens=30)
    units = [unit for passage in passages for unit in passage.units]
    assert all(first.end_char <= second.start_char for first, second in itertools.pairwise(units))
    covered = "".join("".join(text[unit.start_char : unit.end_char].split()) for unit in units)
    body = "".join("".join(text[block.start_char : block.end_char].split()) for block in report.blocks)
    assert covered == body
    for passage in passages:
        inside = [block for block in report.blocks if passage.start_char <= block.start_char < passage.end_char]
        assert {block.section for block in inside} <= {passage.section}
        assert _words(passage.searchable) <= 30 + _words(passage.searchable.split("\n")[0]) or len(passage.units) == 1


def test_a_quotation_stands_in_its_report(report: Report) -> None:
    passage = split_report(report, count_tokens=_words, max_tokens=60)[0]
    quotation = passage.quote(passage.start_char, passage.start_char + 7)
    assert quotation.text == report.text[quotation.start_char : quotation.end_char] == "This is"


def test_a_span_outside_its_passage_cannot_be_quoted(report: Report) -> None:
    passage = split_report(report, count_tokens=_words, max_tokens=60)[0]
    with pytest.raises(NotVerbatim, match="not inside passage"):
        passage.quote(passage.start_char, passage.end_char + 1)


def test_a_source_that_a_later_sentence_names_is_not_lent_to_those_before() -> None:
    told = "Calls are answered faster. However, the custody inspection found that cells are cold."
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=60)
    first, second = passage.units
    assert passage.quote(first.start_char, second.end_char).source is None
    assert passage.quote(second.start_char, second.end_char).source == "custody inspection"


def test_marked_sentences_are_parted_where_one_names_a_source_of_its_own() -> None:
    told = "The force should review its cells. The custody inspection found cells cold in 2012. Staff should be told."
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=60)
    parts = [passage.quote(*span).text for span in packed(passage, range(3))]
    assert parts == [told[:34], told[35:]]


def test_a_running_line_that_parts_a_sentence_is_quoted_and_told_and_never_read() -> None:
    def page_end(number: int) -> str:
        return f"\n\nOakshire inspection\nMarch 2012\n\n{number}\n\n\f"

    lines = "Wardens went round the town to light each and every one of the hundred lamps that stand in"
    pages = (f"Findings\n\n{lines} the", f"{lines.lower()} there.\nIt went well.", "And so on and on and on.")
    told = "".join(f"{page}{page_end(number)}" for number, page in enumerate(pages, start=1))
    report = recognise(read_text(told), SideFile(), Source("r", "r.txt", ""))
    passage = next(each for each in split_report(report, count_tokens=_words, max_tokens=900) if "Wardens" in each.text)
    first = passage.units[0]
    quotation = passage.quote(first.start_char, first.end_char)
    assert "March 2012" in quotation.text
    assert "March 2012" not in quotation.words + passage.searchable
    assert quotation.period is None
    told_of = [told[start:end] for start, end in quotation_json(quotation)["furniture"]]
    assert "March 2012" in " ".join(told_of)
    assert " ".join(quotation.words.split()) == f"{lines} the {lines.lower()} there."


def _hits(passage: Passage, *merits: float) -> list[Hit]:
    return [Hit(passage, at, merit, merit, 0.5, merit) for at, merit in enumerate(merits)]


def test_the_date_of_a_sentence_is_not_lent_to_one_on_the_same_survey_as_another() -> None:
    told = "The same survey over the same period asked of lamps. In the year to June 2014 one in two had a bell."
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=60)
    before, dated = _hits(passage, 4.0, 5.0)
    quotation = quote_hit(dated, {(passage.id, 0): before.merit, (passage.id, 1): dated.merit}, unsure=False)
    assert quotation.text.startswith("In the year to June 2014")


def test_a_list_that_is_asked_for_is_quoted_whole_although_it_is_long() -> None:
    told = "Its aims are:\n\n" + "\n".join(
        f"- to look after the {number}th bicycle of the fleet" for number in range(14)
    )
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=600)
    (opening,) = _hits(passage, 5.0)
    quotation = quote_hit(opening, {}, unsure=False, whole_lists=True)
    assert quotation.units == passage.units
    assert len(quote_hit(opening, {}, unsure=False).units) == 1


def test_what_is_looked_for_has_no_characters_that_are_not_seen() -> None:
    written = "Safe\u00adguarding of \ufb01les isn\u2019t good."
    report = recognise(read_text(f"Findings\n\n{written}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=60)
    assert passage.text == written
    assert passage.searchable.endswith("Safeguarding of files isn\u2019t good.")
    assert stems(passage.text)[:3] == stems("safeguarding of files")
    assert content_words("Why isn\u2019t safe\u00adguarding good?") == ["safeguarding", "good"]


def test_a_sentence_on_the_same_survey_is_quoted_with_the_one_that_names_it() -> None:
    told = "The Harbour Survey found that most residents feel safe. The same survey found that few know an officer."
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = split_report(report, count_tokens=_words, max_tokens=60)
    assert with_antecedent(passage, 1) == 0
    assert with_antecedent(passage, 0) == 0


def _passage(*paragraphs: str) -> Passage:
    text = "\n\n".join(("Findings", *paragraphs)) + "\n"
    (passage,) = split_report(
        recognise(read_text(text), SideFile(), Source("r", "r.txt", "")), count_tokens=_words, max_tokens=90
    )
    return passage


def test_a_quotation_whose_sentences_name_different_sources_or_dates_is_given_none() -> None:
    passage = _passage(
        "The custody inspection found warm cells. However, the crime data audit found that 30 reports were lost."
    )
    assert passage.quote(passage.start_char, passage.end_char).source is None
    passage = _passage("In 2012 detained people had cold meals. However, in 2014 they had hot ones.")
    assert passage.quote(passage.start_char, passage.end_char).period is None
    first = passage.units[0]
    period = passage.quote(first.start_char, first.end_char).period
    assert period is not None
    assert period.text == "2012"


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ("Overall effectiveness Inadequate", Finding.CONCERN),
        ("Overall effectiveness: requires improvement to be good", Finding.CONCERN),
        ("Effectiveness Outstanding", Finding.STRENGTH),
        ("Effectiveness Ungraded", Finding.NEUTRAL),
    ],
)
def test_a_grade_speaks_for_what_it_says_and_not_for_what_is_graded(row: str, finding: Finding) -> None:
    assert judge_finding(row) is finding


def test_what_is_listed_as_to_be_improved_is_a_concern_however_well_it_sounds() -> None:
    text = "Oakshire\n\nWhat needs to improve\n\n• Oversight that ensures consistent, good practice.\n• Effective plans.\n\nStaff\n\nStaff have effective plans.\n"
    report = recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))
    units = [unit for passage in split_report(report, count_tokens=_words, max_tokens=60) for unit in passage.units]
    assert [unit.finding for unit in units] == [Finding.CONCERN, Finding.CONCERN, Finding.STRENGTH]


def test_a_passage_takes_along_what_its_first_sentence_leans_on() -> None:
    told = (
        "Wardens count the lamps each week. The store was closed in May by the new owners. This has led to dark yards."
    )
    report = recognise(read_text(f"Findings\n\n{told}\n"), SideFile(), Source("r", "r.txt", ""))
    one, two = split_report(report, count_tokens=_words, max_tokens=18)
    assert one.text == "Wardens count the lamps each week."
    assert two.text.startswith("The store was closed")
    assert two.text.endswith("This has led to dark yards.")
