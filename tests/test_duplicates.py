from __future__ import annotations

from datetime import date

from peelqa.reports.duplicates import without_duplicates
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text

WORDS = [
    "officers",
    "answer",
    "letters",
    "about",
    "bicycles",
    "and",
    "record",
    "each",
    "one",
    "in",
    "a",
    "book",
    "that",
    "the",
    "sergeant",
    "reads",
    "on",
    "Monday",
]
STORY = " ".join(f"On day {number} {' '.join(WORDS[number % 7 :])} {number * 17}." for number in range(60))
OTHER = " ".join(f"In week {number} {' '.join(reversed(WORDS[number % 5 :]))} {number * 23}." for number in range(60))


def _report(name: str, text: str, **side: object) -> Report:
    return recognise(read_text(text), SideFile.model_validate(side), Source(name, name, ""))


def test_a_copy_in_another_format_is_left_out_and_named() -> None:
    pdf, text = _report("a.pdf", STORY), _report("b.txt", STORY.replace(". ", ".\n\n"))
    kept, left_out = without_duplicates([text, pdf])
    assert kept == [pdf]
    assert [(each.name, each.reason) for each in left_out] == [("b.txt", "it is a copy of a.pdf")]


def test_two_reports_under_one_title_are_both_kept() -> None:
    one, two = (
        _report("a.txt", STORY, title="Oakshire, 1 May 2020"),
        _report("b.txt", OTHER, title="Oakshire, 1 May 2020"),
    )
    assert without_duplicates([one, two]) == ([one, two], ())


def test_of_two_versions_at_one_address_the_newer_is_kept() -> None:
    old = _report("old.txt", STORY, url="https://example.org/oakshire", published=date(2014, 11, 27))
    new = _report("new.txt", OTHER, url="https://example.org/oakshire", published=date(2015, 3, 1))
    kept, left_out = without_duplicates([old, new])
    assert kept == [new]
    assert left_out[0].reason == "it is an older version of new.txt"


def test_short_reports_are_copies_only_word_for_word() -> None:
    one, two = _report("a.txt", "Nobody came to the meeting."), _report("b.txt", "Everybody came to the meeting.")
    assert len(without_duplicates([one, two])[0]) == 2
    assert len(without_duplicates([one, _report("c.txt", "Nobody came\nto the meeting.")])[0]) == 1
