"""HTML pages, made here."""

from __future__ import annotations

import pytest

from peelqa.errors import UnreadableReport
from peelqa.reports.html import read_html
from peelqa.reports.layout import BlockKind, Layout

SENTENCE = "The force keeps people safe and answers calls for service from the public well."


def blocks(body: str, head: str = "") -> list[tuple[str, str]]:
    layout = read(body, head)
    return [(str(block.kind), layout.block_text(block)) for block in layout.blocks]


def read(body: str, head: str = "") -> Layout:
    return read_html(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


def headings(layout: Layout) -> list[tuple[int, str]]:
    return [(b.level, layout.block_text(b)) for b in layout.blocks if b.kind is BlockKind.HEADING]


def test_the_parts_of_a_page_are_told_apart() -> None:
    body = """<main><h1>PEEL 2014</h1><p>First.</p><ul><li>Item one<li><p>Item two</p></ul>
    <table><tr><th>Question</th><th>Grade</th></tr><tr><td>How <i>effective</i>?</td><td><p>Good</p></td></tr></table>
    <blockquote>Quoted.</blockquote><dl><dt>Force</dt><dd>Anytown</dd></dl>Loose text</main>"""
    assert blocks(body) == [
        ("heading", "PEEL 2014"),
        ("paragraph", "First."),
        ("item", "Item one"),
        ("item", "Item two"),
        ("row", "Question\tGrade"),
        ("row", "How effective?\tGood"),
        ("paragraph", "Quoted."),
        ("paragraph", "Force"),
        ("paragraph", "Anytown"),
        ("paragraph", "Loose text"),
    ]


def test_white_space_is_folded_as_a_browser_does() -> None:
    body = "<p>  How\n   effective\tis <b>the</b> force?<br>Last\u00a0updated  13/11/2014</p>"
    assert blocks(body) == [("paragraph", "How effective is the force?\nLast\u00a0updated 13/11/2014")]


def test_marks_within_a_word_put_no_space_in_it() -> None:
    assert blocks("<p>re<em>-</em>inspec<!-- x -->tion<sup>1</sup></p>") == [("paragraph", "re-inspection1")]


def test_headings_have_the_levels_they_are_marked_with() -> None:
    layout = read("<h1>One</h1><h2>Two</h2><p>x</p><h3>Three</h3>")
    assert headings(layout) == [(1, "One"), (2, "Two"), (3, "Three")]


def test_a_summary_is_a_heading_below_the_one_it_stands_under() -> None:
    body = """<h2>Effectiveness</h2><details><summary>Insights</summary><p>Kept.</p><h4>Deep</h4>
    <details><summary>Inner</summary><p>Kept too.</p></details></details><details><summary>More</summary>x</details>"""
    layout = read(body)
    assert headings(layout) == [(2, "Effectiveness"), (3, "Insights"), (4, "Deep"), (5, "Inner"), (3, "More")]
    assert "Kept.\n" in layout.text
    assert "Kept too." in layout.text


def test_the_sites_furniture_is_dropped() -> None:
    body = f"""<a class="skip-link" href="#m">Skip to content</a><header><nav>Menu</nav></header>
    <div class="notice"><h2>Planned website downtime</h2><p>Back on Sunday.</p></div>
    <div id="cookie-banner"><p>We use cookies.</p></div><form><input value="x">Search</form>
    <div><h1>Report</h1><p>{SENTENCE}</p></div><aside>Related</aside><footer>Contact us</footer>"""
    assert blocks(body) == [("heading", "Report"), ("paragraph", SENTENCE)]


def test_a_class_that_speaks_of_social_care_is_no_furniture() -> None:
    assert blocks(f'<div class="social-care"><p>{SENTENCE}</p></div>') == [("paragraph", SENTENCE)]


def test_a_heading_that_is_a_button_is_kept_and_other_buttons_are_not() -> None:
    assert blocks("<h2><button>Leadership</button></h2><p>Good.</p><button>Print</button>") == [
        ("heading", "Leadership"),
        ("paragraph", "Good."),
    ]


def test_what_a_browser_hides_is_dropped() -> None:
    body = '<p>Seen.</p><p hidden>A</p><p style="display: none">B</p><script>C</script><span class="sr-only">D</span>'
    assert blocks(body) == [("paragraph", "Seen.")]


def test_a_main_part_that_is_nearly_empty_is_not_taken_for_the_document() -> None:
    assert blocks(f"<main><p>Loading</p></main><div><p>{SENTENCE}</p></div>")[1:] == [("paragraph", SENTENCE)]


def test_a_table_that_arranges_the_page_gives_no_rows() -> None:
    body = f"<table><tr><td><h2>Left</h2><p>{SENTENCE}</p></td><td><ul><li>Right</li></ul></td></tr></table>"
    assert blocks(body) == [("heading", "Left"), ("paragraph", SENTENCE), ("item", "Right")]


def test_the_title_is_the_pages_own() -> None:
    assert read("<p>x</p>", "<title>\n West  Midlands – PEEL </title>").title == "West Midlands – PEEL"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<p>café ‘x’</p>".encode(), "café ‘x’"),
        ("\ufeff<p>café</p>".encode(), "café"),
        ("<p>café</p>".encode("utf-16"), "café"),
        ('<meta charset="windows-1252"><p>café ‘x’</p>'.encode("cp1252"), "café ‘x’"),
        ('<meta content="text/html; charset=iso-8859-1"><p>café ‘x’</p>'.encode("cp1252"), "café ‘x’"),
    ],
)
def test_characters_are_read_as_the_page_says(data: bytes, text: str) -> None:
    layout = read_html(data)
    assert (layout.text, layout.warnings) == (text, ())


def test_a_guessed_character_set_is_told() -> None:
    layout = read_html(f"<p>The force’s café. {SENTENCE}</p>".encode("cp1252"))
    assert layout.text == f"The force’s café. {SENTENCE}"
    assert "a guess" in layout.warnings[0]


def test_text_after_a_stray_end_of_the_page_is_read() -> None:
    assert blocks("<p>Before.</p></body></html><html><body><p>After.</p>") == [
        ("paragraph", "Before."),
        ("paragraph", "After."),
    ]


def test_lines_set_as_they_are_stay_lines() -> None:
    assert blocks("<pre>one\n  <b>two</b>\nthree</pre>") == [("paragraph", "one\ntwo\nthree")]


def test_a_deep_nest_is_read() -> None:
    assert blocks("<div>" * 400 + f"<p>{SENTENCE}</p>" + "</div>" * 400 + "<p>After.</p>") == [
        ("paragraph", SENTENCE),
        ("paragraph", "After."),
    ]


def test_a_nest_too_deep_for_the_parser_is_refused_and_not_cut() -> None:
    with pytest.raises(UnreadableReport, match="too deep"):
        read("<p>Before.</p>" + "<div>" * 5000 + f"<p>{SENTENCE}</p>" + "</div>" * 5000)


def test_a_very_long_run_of_text_is_read_whole() -> None:
    layout = read(f"<p>{'word ' * 2_200_000}</p><p>After.</p>")
    assert layout.text.count("word") == 2_200_000
    assert layout.text.endswith("After.")


def test_text_taken_for_furniture_that_a_second_reader_finds_is_told() -> None:
    told = " ".join(f"{SENTENCE} It was seen in case {n}." for n in range(30))
    layout = read(f'<div role="status"><article><h1>Report</h1><p>{told}</p></article></div><p>{SENTENCE}</p>')
    assert any("may be missing" in warning for warning in layout.warnings)


@pytest.mark.parametrize("data", [b"", b"   ", b"<html><body><script>x</script></body></html>", b"<p hidden>x</p>"])
def test_a_page_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReport):
        read_html(data)


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04..."])
def test_another_kind_of_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReport, match="not an HTML page"):
        read_html(data)
