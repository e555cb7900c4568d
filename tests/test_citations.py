from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelqa.citations import CitationForm, cite, cite_as, licence_line, source_link
from peelqa.embedding import Embedder
from peelqa.passages import Quotation, split_report
from peelqa.reports.report import Report

Quoting = Callable[[str], Quotation]


@pytest.fixture(scope="module")
def quoting(report: Report, embedder: Embedder) -> Quoting:
    published = replace(
        report,
        url="https://inspectorate.example/oakshire?",
        publisher="HMIC & partners",
        published=date(2014, 11, 27),
        licence="Open Government Licence v3.0",
    )
    passages = split_report(published, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)

    def quote(text: str) -> Quotation:
        start = published.text.index(text)
        passage = next(each for each in passages if each.start_char <= start < each.end_char)
        return passage.quote(start, start + len(text))

    return quote


def test_a_citation_names_publisher_section_day_and_address(quoting: Quoting) -> None:
    words = cite(quoting("The force has saved nine million pounds and spends it on more detectives."))
    assert words.startswith("HMIC & partners, ")
    assert "Efficiency, published 27 November 2014, https://inspectorate.example/oakshire?" in words


def test_bibtex_escapes_what_it_would_read_as_commands(quoting: Quoting) -> None:
    entry = cite_as(quoting("Staff understand the Code of Ethics."), CitationForm.BIBTEX)
    assert r"author = {{HMIC \& partners}}" in entry
    assert entry.count("{") == entry.count("}")


def test_ris_ends_each_record_and_keeps_to_one_line_a_field(quoting: Quoting) -> None:
    lines = cite_as(quoting("1.20m people\nup4% local 10 yr change"), CitationForm.RIS).split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(line[2:6] == "  - " for line in lines[:-1])


def test_csl_json_carries_the_day_in_parts(quoting: Quoting) -> None:
    (item,) = json.loads(cite_as(quoting("Staff understand the Code of Ethics."), CitationForm.CSL))
    assert item["issued"] == {"date-parts": [[2014, 11, 27]]}
    assert "Staff understand the Code of Ethics." in item["note"]


def test_the_open_government_licence_is_acknowledged(quoting: Quoting) -> None:
    report = quoting("Staff understand the Code of Ethics.").passage.report
    assert licence_line(report) == (
        "Contains public sector information licensed under the Open Government Licence v3.0."
    )
    assert licence_line(replace(report, licence=None)) is None


def test_a_link_names_the_first_and_last_words_of_a_long_quotation(quoting: Quoting) -> None:
    link = source_link(quoting("The force has saved nine million pounds and spends it on more detectives."))
    assert link is not None
    assert link.endswith("#:~:text=The%20force%20has%20saved%20nine,spends%20it%20on%20more%20detectives.")


def test_a_short_quotation_is_named_whole(quoting: Quoting) -> None:
    link = source_link(quoting("Staff understand the Code of Ethics."))
    assert link is not None
    assert unquote(link.split(":~:text=")[1]) == "Staff understand the Code of Ethics."


def test_a_report_without_a_web_address_has_no_link(quoting: Quoting) -> None:
    quotation = quoting("Staff understand the Code of Ethics.")
    for url in (None, "javascript:alert(1)", "file:///etc/passwd"):
        passage = replace(quotation.passage, report=replace(quotation.passage.report, url=url))
        assert source_link(passage.quote(quotation.start_char, quotation.end_char)) is None


@given(words=st.text(alphabet="ab-,&# \u00a0’é", min_size=3, max_size=60).filter(lambda text: bool(text.strip())))
def test_the_words_of_a_link_hold_none_of_the_signs_that_part_it(words: str) -> None:
    text = f"Title\n\n{words.strip()}"
    section = {"heading": "Title", "level": 0, "parent": None, "start_char": 0, "end_char": len(text)}
    quotation = _quotation(text, section)
    link = source_link(quotation)
    assert link is not None
    terms = link.split("#:~:text=")[1].split(",") if "#:~:text=" in link else []
    assert len(terms) <= 3
    for term in terms:
        assert "&" not in term
        assert "-" not in term.removesuffix("-")


def _quotation(text: str, section: dict[str, object]) -> Quotation:
    from peelqa.findings import Finding
    from peelqa.passages import Passage, Unit
    from peelqa.reports.layout import BlockKind
    from peelqa.reports.report import Section

    start = text.index("\n\n") + 2
    report = Report(
        id="r", title="Title", text=text, sections=(Section(**section),), blocks=(),  # type: ignore[arg-type]
        source_name="r.txt", source_sha256="0" * 64, url="https://inspectorate.example/r",
    )  # fmt: skip
    unit = Unit(start, len(text), BlockKind.PARAGRAPH, Finding.NEUTRAL)
    return Passage(report, 0, (unit,)).quote(start, len(text))
