"""Ten thousand texts in, quotations out: each is the stored text at its stated place, character for character."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from peelqa.attribution import quotation_json
from peelqa.errors import NotVerbatim, UnreadableReport
from peelqa.index import open_index
from peelqa.index.build import build_index
from peelqa.passages import Passage, split_report
from peelqa.reports.corpus import decode, read_report
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SideFile
from peelqa.reports.text import read_text
from tests.test_index import HASHED

ROUND_TRIPS = 10_000
PIECES = (
    "The force answers calls. ", "However, it is slow. ", "Good", "Last updated 14/11/2014", "• An item", "- another", "Grade\tGood",
    "é", "e\u0301", "\u1e9b\u0323", "\ufb01ne", "½", "\ufdfa", "İ", "ß", "Å", "\u212b", "한", "\u1112\u1161\u11ab", "Z\u0301\u0302\u0303\u0304",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001d518", "\U000e0001", "\U0010ffff", "\U0001f3f4\U000e0067\U000e007f", "👍🏽",
    "\u202eabc\u202c", "\u2066x\u2069", "\u200f", "\u061c", "co\xadoperate", "child\u200bren", "\ufeff", "\u2060", "\xa0", "\u202f", "\u3000",
    "“quoted”", "it’s", "–", "—", "…", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\t", "\x1b[31m", "\x7f", "\ue000",
    "\ufffd", "\ufffe", "Оfsted", "A.B. Smith said so. ", "e.g. this; ", "(see page 3)", "1,234.5%", "http://example.org/?q=1&r=2", "<b>&amp;</b>",
    "مرحبا. ", "שלום. ", "你好。", "नमस्ते ", "\n", "\n\n", "\n\nHeading\n\n", "\r\n", "\r", " ", "   ", ". ", "! ", "? ", '"', ")", "(",
)  # fmt: skip
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def texts(chosen: random.Random) -> Iterator[str]:
    """Yield texts of pieces and of characters of every plane, some in a normalisation form."""
    while True:
        parts = chosen.choices(PIECES, k=chosen.randint(1, 30))
        for _ in range(chosen.randint(0, 8)):
            point = chosen.choice(
                [chosen.randrange(1, 0x500), chosen.randrange(0x2000, 0x3000), chosen.randrange(1, 0x110000)]
            )
            if not 0xD800 <= point < 0xE000:
                parts.insert(chosen.randrange(len(parts) + 1), chr(point))
        text = "".join(parts)
        yield unicodedata.normalize(chosen.choice(FORMS), text) if chosen.random() < 0.3 else text


def passages_of(report: Report) -> tuple[Passage, ...]:
    return split_report(report, count_tokens=HASHED.count_tokens, max_tokens=20)


def check(passages: tuple[Passage, ...], text: str, chosen: random.Random) -> int:
    """Check every unit and one other span of each passage; return how many quotations were made."""
    made = 0
    for passage in passages:
        spans = [(unit.start_char, unit.end_char) for unit in passage.units]
        start = chosen.randrange(passage.start_char, passage.end_char)
        spans.append((start, chosen.randint(start + 1, passage.end_char)))
        for start, end in spans:
            quotation = passage.quote(start, end)
            said = json.loads(json.dumps(quotation_json(quotation)))
            assert said["text"] == text[said["start_char"] : said["end_char"]] == text[start:end]
            held = said["passage"]
            assert held["text"] == text[held["start_char"] : held["end_char"]]
            made += 1
        units = passage.units
        assert all(one.end_char <= two.start_char for one, two in pairwise(units))
    return made


def test_ten_thousand_texts_come_back_character_for_character(
    seeded: random.Random, count: Callable[..., None]
) -> None:
    made = tried = 0
    for text in texts(seeded):
        if tried == ROUND_TRIPS:
            break
        data = text.encode()
        report = recognise(read_text(decode(data)), SideFile(), Source("r", "r.txt", ""))
        # Line ends alone may change when a file is read.
        assert report.text == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        made += check(passages_of(report), report.text, seeded)
        tried += 1
    assert made > ROUND_TRIPS
    count(texts=tried, quotations=made, differing=0)


def test_texts_come_back_from_files_and_a_stored_index(
    seeded: random.Random, tmp_path: Path, count: Callable[..., None]
) -> None:
    reports = []
    for number, text in zip(range(300), texts(seeded), strict=False):
        path = tmp_path / f"r{number}.txt"
        path.write_bytes(f"Title {number}\n\n{text}".encode(seeded.choice(["utf-8", "utf-8-sig", "utf-16"])))
        try:
            reports.append(read_report(path, name=path.name, report_id=f"r{number}"))
        except UnreadableReport:
            continue
    build_index(tmp_path / "index", reports, HASHED)
    index = open_index(tmp_path / "index")
    made = 0
    for report in reports:
        assert index.report(report.id).text == report.text
        made += check(index.passages_of(report.id), report.text, seeded)
    assert len(reports) > 250
    count(stored_quotations=made, differing=0)


def test_offsets_are_code_points_in_every_language(count: Callable[..., None]) -> None:
    text = "Findings\n\n👨‍👩‍👧 \U0001d518 e\u0301 İ ﬁ ½ are six. The force is good.\n"
    report = recognise(read_text(text), SideFile(), Source("r", "r.txt", ""))
    (quotation,) = [
        passage.quote(unit.start_char, unit.end_char)
        for passage in passages_of(report)
        for unit in passage.units
        if report.text[unit.start_char : unit.end_char].startswith("The force")
    ]
    said = quotation_json(quotation)
    as_scripts_see_it = [*text]  # what Array.from gives
    assert "".join(as_scripts_see_it[said["start_char"] : said["end_char"]]) == said["text"] == "The force is good."
    utf16 = text.encode("utf-16-le")
    assert utf16[2 * said["start_char"] : 2 * said["end_char"]].decode("utf-16-le") != said["text"]
    count(control_seen=1)


@pytest.mark.parametrize("form", FORMS)
def test_the_check_sees_a_text_that_was_normalised_on_the_way(
    seeded: random.Random, form: str, count: Callable[..., None]
) -> None:
    seen = 0
    for _, text in zip(range(400), texts(seeded), strict=False):
        report = recognise(read_text(decode(text.encode())), SideFile(), Source("r", "r.txt", ""))
        other = unicodedata.normalize(form, report.text)
        try:
            check(passages_of(report), other, seeded)
        except AssertionError:
            seen += 1
            assert other != report.text
    assert seen > 50
    count(control_seen=seen)


@pytest.mark.parametrize("span", [(-1, 5), (5, 5), (6, 5), (0, 10**9), (0, 3)])
def test_a_span_outside_of_its_passage_is_no_quotation(span: tuple[int, int]) -> None:
    report = recognise(read_text("Findings\n\nThe force is good.\n"), SideFile(), Source("r", "r.txt", ""))
    (passage,) = passages_of(report)
    with pytest.raises(NotVerbatim):
        passage.quote(*span)
