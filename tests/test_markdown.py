"""Markdown texts, made here."""

from __future__ import annotations

import pytest

from peelqa.errors import UnreadableReport
from peelqa.reports.markdown import read_markdown


def blocks(text: str) -> list[tuple[str, int, str]]:
    layout = read_markdown(text)
    return [(str(block.kind), block.level, layout.block_text(block)) for block in layout.blocks]


def test_the_parts_of_a_text_are_told_apart() -> None:
    text = """# Report

First line
second line.

Setext
------

* One
  more
* Two

  Second paragraph of two.

| Question | Grade |
|----------|-------|
| How **effective**? | Good |

> Quoted.

```
fenced  code
```
"""
    assert blocks(text) == [
        ("heading", 1, "Report"),
        ("paragraph", 0, "First line second line."),
        ("heading", 2, "Setext"),
        ("item", 0, "One more"),
        ("item", 0, "Two"),
        ("paragraph", 0, "Second paragraph of two."),
        ("row", 0, "Question\tGrade"),
        ("row", 0, "How effective?\tGood"),
        ("paragraph", 0, "Quoted."),
        ("paragraph", 0, "fenced  code"),
    ]


def test_marks_and_addresses_are_dropped_and_visible_text_kept() -> None:
    text = "The *force* is [good](https://x.example/a_b) at `999` calls, ![logo](l.png)5 \\* 3 &amp; more <b>so</b>."
    assert blocks(text) == [("paragraph", 0, "The force is good at 999 calls, 5 * 3 & more <b>so</b>.")]


def test_a_hard_break_stays_a_line_break() -> None:
    assert blocks("One  \ntwo") == [("paragraph", 0, "One\ntwo")]


def test_nested_items_are_items() -> None:
    assert blocks("1. One\n   - Inner\n2. Two") == [("item", 0, "One"), ("item", 0, "Inner"), ("item", 0, "Two")]


def test_quotes_and_dashes_are_not_made_typographic() -> None:
    assert blocks('"It\'s" -- fine...') == [("paragraph", 0, '"It\'s" -- fine...')]


def test_of_a_front_matter_only_the_title_is_read() -> None:
    layout = read_markdown("---\ntitle: 'Inspection of Anytown'\ndate: 2021-01-01\n---\n\n# One\n")
    assert (layout.title, layout.text) == ("Inspection of Anytown", "One")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    layout = read_markdown("---\nSome text.\n\n---\n\nMore text.\n")
    assert layout.title is None
    assert layout.text == "Some text.\n\nMore text."


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="no text"):
        read_markdown("\n\n---\n\n")


@pytest.mark.parametrize("mark", ["> ", "- "])
def test_a_nest_too_deep_for_the_parser_is_refused_and_not_cut(mark: str) -> None:
    with pytest.raises(UnreadableReport, match="nested"):
        read_markdown(f"Before.\n\n{mark * 80}Deep.\n")


def test_a_nest_of_ten_is_read() -> None:
    assert blocks("> " * 10 + "Deep.") == [("paragraph", 0, "Deep.")]
