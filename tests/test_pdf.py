"""PDF files: made here page by page, and the real reports where they are at hand."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from peelqa.errors import UnreadableReport
from peelqa.reports.layout import BlockKind, Layout
from peelqa.reports.pdf import read_pdf

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
Print = tuple[float, float, str] | tuple[float, float, str, str, float]


def pdf(*pages: list[Print], title: str = "", lines: list[tuple[float, float, float, float]] | None = None) -> bytes:
    """Return a file with these texts printed at these places, in 12 points where no font and size are given."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), pageCompression=0)
    canvas.setTitle(title)
    for page in pages:
        for x, y, text, *style in page:
            canvas.setFont(*(style or (PLAIN, 12)))
            canvas.drawString(x, y, text)
        for line in lines or ():
            canvas.line(*line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def column(top: float, *texts: str, left: float = 72) -> list[Print]:
    """Print lines one under the other."""
    return [(left, top - 14 * at, text) for at, text in enumerate(texts)]


def read(*pages: list[Print], lines: list[tuple[float, float, float, float]] | None = None) -> list[tuple[str, str]]:
    layout = read_pdf(pdf(*pages, lines=lines))
    return [(str(block.kind), layout.block_text(block)) for block in layout.blocks]


LONG = "The force has improved how it keeps vulnerable people safe and how it answers calls"
NEXT = "for service from the public, although some still wait too long for an officer to"
LAST = "attend."


def test_wrapped_lines_are_one_paragraph() -> None:
    assert read(column(700, LONG, NEXT, LAST)) == [("paragraph", f"{LONG} {NEXT} {LAST}")]


def test_a_hyphen_at_a_lines_end_stays_and_takes_no_space() -> None:
    first = "Leaders should make sure that all staff take part in the training for this and multi-"
    assert read(column(700, first, "agency work.")) == [("paragraph", f"{first}agency work.")]


def test_a_wider_gap_parts_paragraphs() -> None:
    page = [*column(700, LONG, NEXT, LAST), *column(640, LONG, NEXT, LAST)]
    assert [kind for kind, _ in read(page)] == ["paragraph", "paragraph"]


def test_lines_that_the_writer_ended_early_are_not_joined() -> None:
    page = [*column(700, LONG, NEXT, LAST), *column(630, "Jo Bloggs, Chief Constable", "Ann Other, Commissioner")]
    assert [text for _, text in read(page)[1:]] == ["Jo Bloggs, Chief Constable", "Ann Other, Commissioner"]


def test_larger_and_bolder_lines_are_headings_ranked_by_their_look() -> None:
    page: list[Print] = [
        (72, 750, "Inspection of Anytown", BOLD, 20),
        (72, 715, "What needs to improve and what the partners should do about", BOLD, 14),
        (72, 698, "it", BOLD, 14),
        *column(670, LONG, NEXT, LAST),
        (72, 610, "Leadership", BOLD, 12),
        *column(590, LONG, NEXT, LAST),
    ]
    layout = read_pdf(pdf(page))
    headings = [(b.level, layout.block_text(b)) for b in layout.blocks if b.kind is BlockKind.HEADING]
    assert headings == [
        (1, "Inspection of Anytown"),
        (2, "What needs to improve and what the partners should do about it"),
        (3, "Leadership"),
    ]


def test_a_bold_sentence_and_bold_words_at_a_paragraphs_start_are_no_headings() -> None:
    page: list[Print] = [
        (72, 700, "Children are not yet safe enough.", BOLD, 12),
        (72, 660, "Leadership", BOLD, 12),
        (142, 660, "is strong and has been so for a long time, as inspectors saw for"),
        (72, 646, "themselves in every one of the teams that they visited during the inspection week."),
        *column(600, LONG, NEXT, LAST),
    ]
    assert [kind for kind, _ in read(page)] == ["paragraph", "paragraph", "paragraph"]
    assert read(page)[1][1].startswith("Leadership is strong")


def test_a_running_header_and_page_numbers_are_dropped() -> None:
    pages: list[list[Print]] = [
        [(72, 800, "Inspection report: Anytown"), (500, 30, str(n)), *column(700, f"Sentence {n} is here.")]
        for n in range(1, 6)
    ]
    assert [text for _, text in read(*pages)] == [f"Sentence {n} is here." for n in range(1, 6)]


def test_page_numbers_that_change_sides_are_dropped() -> None:
    pages: list[list[Print]] = [
        [(72 if n % 2 else 500, 30 if n % 2 else 45, str(n)), *column(700, f"Sentence {n} is here.")]
        for n in range(1, 9)
    ]
    assert [text for _, text in read(*pages)] == [f"Sentence {n} is here." for n in range(1, 9)]


def test_a_sentence_over_a_page_break_is_one_paragraph_and_a_footnote_follows_it() -> None:
    first: list[Print] = [*column(700, LONG, NEXT, LAST), *column(114, LONG), (72, 80, "1 A note.", PLAIN, 8)]
    second = [*column(750, NEXT, LAST), *column(690, LONG, NEXT, LAST)]
    layout = read_pdf(pdf(first, second))
    assert [(layout.block_text(b), b.page) for b in layout.blocks][1:3] == [
        (f"{LONG} {NEXT} {LAST}", 1),
        ("1 A note.", 1),
    ]


def test_a_number_in_the_margin_starts_one_paragraph() -> None:
    page: list[Print] = [
        (72, 700, "12."),
        *column(700, LONG[:69], "calls too.", left=100),
        (72, 660, "13."),
        *column(660, "Another.", left=100),
    ]
    assert read(page) == [("paragraph", f"12. {LONG[:69]} calls too."), ("paragraph", "13. Another.")]


def test_bullets_are_items_over_lines_and_pages() -> None:
    first: list[Print] = [(72, 130, "•"), *column(130, LONG[:60], left=90), (72, 116, "•"), (90, 116, LONG)]
    second: list[Print] = [(90, 750, "from the public."), (72, 730, "•"), (90, 730, "A third.")]
    assert read(first, second) == [
        ("item", f"• {LONG[:60]}"),
        ("item", f"• {LONG} from the public."),
        ("item", "• A third."),
    ]


RULED = [
    *((72.0, y, 500.0, y) for y in (700.0, 660.0, 620.0, 580.0)),
    *((x, 580.0, x, 700.0) for x in (72.0, 380.0, 500.0)),
]


def test_a_ruled_table_gives_one_row_for_each_of_its_rows() -> None:
    page: list[Print] = [
        (80, 675, "Judgement"),
        (390, 675, "Grade"),
        (80, 645, "The experiences and progress of children in care and"),
        (80, 631, "care leavers"),
        (390, 638, "Outstanding"),
        (80, 595, "Overall effectiveness"),
        (390, 595, "Good"),
    ]
    assert read(page, lines=RULED) == [
        ("row", "Judgement\tGrade"),
        ("row", "The experiences and progress of children in care and care leavers\tOutstanding"),
        ("row", "Overall effectiveness\tGood"),
    ]


def test_text_in_a_box_of_its_own_is_no_row() -> None:
    box = [(72.0, 600.0, 500.0, 600.0), (72.0, 560.0, 500.0, 560.0), (72.0, 560.0, 72.0, 600.0)]
    assert read([(80, 580, "The service is inadequate.")], lines=box) == [("paragraph", "The service is inadequate.")]


def test_texts_set_wide_apart_are_a_row_without_any_lines() -> None:
    page: list[Print] = [(72, 700, "Summary of findings"), (500, 700, "3"), (72, 680, "Leadership"), (500, 680, "14")]
    assert read(page) == [("row", "Summary of findings\t3"), ("row", "Leadership\t14")]


def test_a_table_of_contents_gives_no_sections() -> None:
    page: list[Print] = [(72, 750, "Contents", BOLD, 20), (72, 700, "Leadership", BOLD, 12), (500, 700, "14", BOLD, 12)]
    layout = read_pdf(pdf([*page, *column(600, LONG, NEXT, LAST), (72, 500, "Leadership", BOLD, 16)]))
    assert [(b.kind, b.level) for b in layout.blocks] == [
        (BlockKind.HEADING, 6),
        (BlockKind.ROW, 0),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.HEADING, 1),
    ]


def test_a_title_that_the_file_declares_is_kept_and_a_file_name_is_not() -> None:
    page = column(700, LONG, NEXT, LAST)
    assert read_pdf(pdf(page, title="Inspection of Anytown")).title == "Inspection of Anytown"
    assert read_pdf(pdf(page, title="Microsoft Word - report v3.doc")).title is None
    assert read_pdf(pdf(page, title="Anytown - Draft Report")).title is None


def test_a_page_without_text_is_named() -> None:
    layout = read_pdf(pdf(column(700, LONG), [], column(700, LONG)))
    assert layout.warnings == ("no text on page 2: drawn, or a scan",)


def test_a_turned_page_is_read_upright() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setPageRotation(90)
    canvas.rotate(90)
    for at, text in enumerate((LONG, NEXT, LAST)):
        canvas.drawString(72, -100 - 14 * at, text)
    canvas.save()
    layout = read_pdf(buffer.getvalue())
    assert (layout.text, layout.warnings) == (f"{LONG} {NEXT} {LAST}", ())


def test_a_scan_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="no text layer"):
        read_pdf(pdf([], lines=[(72, 700, 500, 700)]))


def test_an_encrypted_file_is_refused() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, LONG)
    canvas.save()
    with pytest.raises(UnreadableReport, match="encrypted"):
        read_pdf(buffer.getvalue())


@pytest.mark.parametrize("data", [b"", b"<!DOCTYPE html><p>Not found", b"PK\x03\x04"])
def test_what_is_no_pdf_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReport, match="whatever its name says"):
        read_pdf(data)


def test_a_damaged_file_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="damaged"):
        read_pdf(b"%PDF-1.7\nnothing of the kind")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peelqa.reports.pdf.MOST_PAGES", 1)
    with pytest.raises(UnreadableReport, match="more than 1 pages"):
        read_pdf(pdf(column(700, LONG), column(700, LONG)))


def test_reading_twice_gives_the_same() -> None:
    data = pdf([*column(700, LONG, NEXT, LAST), (72, 600, "Leadership", BOLD, 16)])
    assert read_pdf(data) == read_pdf(data)


# The real reports.


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[2] / "shared" / "reports" / "pdf"
    if not folder.is_dir():
        pytest.skip("the real reports in ../shared are not here")
    return folder


@pytest.fixture(scope="session")
def real(shared: Path) -> dict[str, tuple[bytes, Layout]]:
    files = [path for path in sorted(shared.glob("*.pdf")) if not path.name.startswith("scan-")]
    return {path.name: (data := path.read_bytes(), read_pdf(data)) for path in files}


Real = dict[str, tuple[bytes, Layout]]
GRADES = {"outstanding", "good", "requires improvement", "requires improvement to be good", "inadequate"}
NO_GRADES = "ilacs-surrey-childrens-services-inspection-03-august-2015.pdf"  # a review of a board, not of an authority


def rows(layout: Layout) -> list[list[str]]:
    return [layout.block_text(block).split("\t") for block in layout.blocks if block.kind is BlockKind.ROW]


def printed(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_every_grade_table_of_the_real_reports_is_read_row_by_row(real: Real) -> None:
    for name, (_, layout) in real.items():
        graded = [row for row in rows(layout) if len(row) == 2 and row[1].lower() in GRADES]
        if name.startswith("ilacs-") and name != NO_GRADES:
            assert len(graded) >= 4, name
            assert all(re.match(r"\d|[A-Z].{10}", label) for label, _ in graded), name


def test_grades_that_are_known_are_found(real: Real) -> None:
    york = rows(real["ilacs-york-childrens-services-inspection-15-april-2025.pdf"][1])
    assert ["The experiences and progress of children in care", "Outstanding"] in york
    bradford = rows(real["ilacs-bradford-childrens-services-inspection-23-may-2014.pdf"][1])
    assert ["2.1 Adoption performance", "Good"] in bradford
    assert ["1. Children who need help and protection", "Requires Improvement"] in bradford


def without_recurring_lines(text: str) -> str:
    """Leave out lines that recur, their numbers aside: nearly all of them are running headers and footers."""
    lines = text.splitlines()
    known = Counter(re.sub(r"\d+", "#", line.strip()) for line in lines)
    return "\n".join(line for line in lines if known[re.sub(r"\d+", "#", line.strip())] < 3)


def test_all_that_real_reports_print_is_read_and_nothing_else(real: Real) -> None:
    for name, (data, layout) in real.items():
        text = printed(data)
        everything = Counter(re.sub(r"[\s\x02\ufffe-]", "", text))
        kept = Counter(re.sub(r"[\s\x02\ufffe-]", "", without_recurring_lines(text)))
        read = Counter(re.sub(r"[\s-]", "", layout.text))
        assert not read - everything, name
        assert (kept - read).total() <= 0.005 * kept.total(), name


def test_the_words_of_real_reports_stand_in_their_order(real: Real) -> None:
    for name, (data, layout) in list(real.items())[::8]:
        words = re.sub(r"[\x02\ufffe]\s*", "-", printed(data)).split()
        here = Counter(pairwise(layout.text.split()))
        found = sum(pair in here for pair in pairwise(words))
        assert found >= 0.93 * len(words), name


def test_no_page_number_or_running_footer_is_left_in_the_real_reports(real: Real) -> None:
    for name, (_, layout) in real.items():
        texts = [layout.block_text(block) for block in layout.blocks]
        assert not [text for text in texts if re.fullmatch(r"\d{1,3}", text)], name
        most = Counter(text for text in texts if len(text) > 20).most_common(1)[0]
        assert most[1] <= 3, (name, most)


def test_sentences_of_real_reports_are_not_broken(real: Real) -> None:
    broken = total = 0
    for _, layout in real.values():
        texts = [layout.block_text(b) for b in layout.blocks if b.kind is BlockKind.PARAGRAPH]
        total += len(texts)
        broken += sum(text[0].islower() and len(text) > 3 and not text.startswith("in ") for text in texts)
    assert total > 5000
    assert broken <= 0.001 * total


def test_every_real_report_has_sections(real: Real) -> None:
    for name, (_, layout) in real.items():
        headings = [layout.block_text(block) for block in layout.blocks if block.kind is BlockKind.HEADING]
        assert len(headings) >= 5, name
        assert all(len(heading) <= 200 for heading in headings), name


def test_files_that_only_say_they_are_pdf_are_refused(shared: Path) -> None:
    scans = sorted(shared.glob("scan-*.pdf"))
    assert len(scans) == 2
    for path in scans:
        with pytest.raises(UnreadableReport, match=r"no text layer|not a PDF file"):
            read_pdf(path.read_bytes())
