from __future__ import annotations

from datetime import date

from peelqa.reports.duplicates import find_duplicates, left_out_for, trace_of
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


def _left_out(*reports: Report) -> list[tuple[str, str]]:
    return [(each.name, each.reason) for each in find_duplicates(map(trace_of, reports))]


def test_a_copy_in_another_format_is_left_out_and_named() -> None:
    pdf, text = _report("a.pdf", STORY), _report("b.txt", STORY.replace(". ", ".\n\n"))
    assert _left_out(text, pdf) == [("b.txt", "it is a copy of a.pdf")]


def test_two_reports_under_one_title_are_both_kept() -> None:
    title = "Oakshire, 1 May 2020"
    assert _left_out(_report("a.txt", STORY, title=title), _report("b.txt", OTHER, title=title)) == []


def test_of_versions_at_one_address_the_newest_is_kept() -> None:
    url = "https://example.org/oakshire"
    old = _report("old.txt", STORY, url=url, published=date(2014, 11, 27))
    new = _report("new.txt", OTHER, url=url, published=date(2015, 3, 1))
    assert _left_out(new, old) == [("old.txt", "it is an older version of new.txt")]


def test_short_reports_are_copies_only_word_for_word() -> None:
    one = _report("a.txt", "Nobody came to the meeting.")
    assert _left_out(one, _report("b.txt", "Everybody came to the meeting.")) == []
    assert _left_out(one, _report("c.txt", "Nobody came\nto the meeting.")) == [("c.txt", "it is a copy of a.txt")]


def test_what_was_left_out_for_a_report_is_told_however_far_back() -> None:
    url = "https://example.org/oakshire"
    old = _report("old.txt", STORY, url=url, published=date(2014, 11, 27))
    copy = _report("z-copy.txt", STORY)
    new = _report("new.txt", OTHER, url=url, published=date(2015, 3, 1))
    left_out = dict(_left_out(new, old, copy)) | {"empty.txt": "it is empty"}
    assert left_out_for("new.txt", left_out) == ("old.txt", "z-copy.txt")
    assert left_out_for("old.txt", left_out) == ("z-copy.txt",)
    assert left_out_for("other.txt", left_out) == ()
