"""The traps of the one real page that everything began with; not a sentence of it is repeated here."""

from __future__ import annotations

from pathlib import Path

import pytest

from peelqa.passages import Passage, Quotation, split_report
from peelqa.reports.corpus import read_report
from peelqa.reports.report import GradeStatus, Report


@pytest.fixture(scope="module")
def seed(shared: Path) -> Report:
    path = shared / "reports" / "west-midlands-2014.txt"
    return read_report(path, name=path.name, report_id="seed")


@pytest.fixture(scope="module")
def passages(seed: Report) -> tuple[Passage, ...]:
    return split_report(seed, count_tokens=lambda text: len(text.split()), max_tokens=200)


def _holding(passages: tuple[Passage, ...], words: str) -> list[Quotation]:
    return [
        passage.quote(unit.start_char, unit.end_char)
        for passage in passages
        for unit in passage.units
        if words in " ".join(passage.report.text[unit.start_char : unit.end_char].split())
    ]


def test_an_ungraded_pillar_is_ungraded_however_often_it_says_good(seed: Report) -> None:
    section = next(section for section in seed.sections if section.theme == "Effectiveness")
    assert section.grade is not None
    assert (section.grade.value, section.grade.status) == ("Ungraded", GradeStatus.UNGRADED)


def test_key_facts_never_speak_for_2014(passages: tuple[Passage, ...]) -> None:
    facts = _holding(passages, "frontline")
    facts = [fact for fact in facts if fact.passage.section_path[0].startswith("Key facts")]
    assert facts
    assert all(fact.period is not None and fact.period.text == "2019/20" for fact in facts)


def test_survey_sentences_speak_of_their_own_year(passages: tuple[Passage, ...]) -> None:
    surveys = _holding(passages, "Crime Survey for England and Wales")
    assert surveys
    assert any(survey.period is not None and "2013" in survey.period.text for survey in surveys)


def test_no_source_is_carried_from_one_sentence_to_the_next(passages: tuple[Passage, ...]) -> None:
    named = _holding(passages, "crime data integrity inspection")
    assert any(quotation.source for quotation in named)
    unnamed = [each for each in _holding(passages, "no-crime") if "inspection" not in each.text]
    assert unnamed
    assert all(each.source is None for each in unnamed)


def test_a_pillar_speaks_of_the_day_it_was_updated(seed: Report) -> None:
    pillars = [section for section in seed.sections if section.theme and section.heading == section.theme]
    assert len(pillars) == 3
    assert all(each.period is not None and each.period.text == "13 November 2014" for each in pillars)


def test_no_break_spaces_and_quotes_stay_as_they_are(seed: Report, shared: Path) -> None:
    raw = (shared / "reports" / "west-midlands-2014.txt").read_text(encoding="utf-8")
    assert seed.text == raw
    assert seed.text.count("\u00a0") == 4


def test_navigation_is_no_part_of_the_body(passages: tuple[Passage, ...]) -> None:
    for words in ("Skip to content", "Contact Dru", "View the six questions", "Read more about"):
        assert not _holding(passages, words)


def test_the_plan_of_the_commissioner_stands_under_its_own_heading(passages: tuple[Passage, ...]) -> None:
    headings = {passage.section_path[0] for passage in passages}
    assert any("crime plan priorities" in heading for heading in headings)


def test_the_long_paragraph_is_cut_into_its_sentences(seed: Report, passages: tuple[Passage, ...]) -> None:
    longest = max(
        (unit for passage in passages for unit in passage.units),
        key=lambda unit: len(seed.text[unit.start_char : unit.end_char].split()),
    )
    assert len(seed.text[longest.start_char : longest.end_char].split()) < 90
