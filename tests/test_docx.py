"""Word files, made here."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from peelqa.errors import UnreadableReport
from peelqa.reports.docx import read_docx
from peelqa.reports.layout import BlockKind, Layout


def read(document: Document) -> Layout:
    return read_docx(saved(document))


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks(layout: Layout) -> list[tuple[str, int, str]]:
    return [(str(block.kind), block.level, layout.block_text(block)) for block in layout.blocks]


def with_part(name: str, content: bytes, data: bytes | None = None) -> bytes:
    buffer = io.BytesIO(data or saved(docx.Document()))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def test_the_parts_of_a_document_are_told_apart_in_order() -> None:
    document = docx.Document()
    document.add_heading("Anytown report", level=0)
    document.add_heading("Leadership", level=2)
    document.add_paragraph("Leaders know  their services.")
    document.add_paragraph("First item", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Judgement", "Grade"
    table.cell(1, 0).text, table.cell(1, 1).text = "Overall\neffectiveness", "Good"
    document.add_paragraph("After the table.")
    assert blocks(read(document)) == [
        ("heading", 1, "Anytown report"),
        ("heading", 2, "Leadership"),
        ("paragraph", 0, "Leaders know  their services."),
        ("item", 0, "First item"),
        ("row", 0, "Judgement\tGrade"),
        ("row", 0, "Overall effectiveness\tGood"),
        ("paragraph", 0, "After the table."),
    ]


def test_the_title_is_the_declared_one_or_the_title_paragraph() -> None:
    document = docx.Document()
    document.add_heading("Anytown report", level=0)
    assert read(document).title == "Anytown report"
    document.core_properties.title = "Inspection of Anytown"
    assert read(document).title == "Inspection of Anytown"


def test_page_headers_and_footers_are_not_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Official"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    document.add_paragraph("Body.")
    assert read(document).text == "Body."


def test_tracked_deletions_are_left_out_and_insertions_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The force is ")
    for change, tag, text in (("del", "delText", "not "), ("ins", "t", "now "), ("moveFrom", "t", "never ")):
        run = f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'
        paragraph._p.append(parse_xml(f'<w:{change} {nsdecls("w")} w:id="1" w:author="x">{run}</w:{change}>'))
    paragraph.add_run("good.")
    assert read(document).text == "The force is now good."


def test_links_symbols_tabs_and_breaks_are_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("See ")
    paragraph._p.append(parse_xml(f"<w:hyperlink {nsdecls('w')}><w:r><w:t>the report</w:t></w:r></w:hyperlink>"))
    paragraph._p.append(
        parse_xml(f'<w:r {nsdecls("w")}><w:sym w:font="Symbol" w:char="F0B7"/><w:noBreakHyphen/></w:r>')
    )
    paragraph.add_run("x\ty\nz")
    assert read(document).text == "See the report\uf0b7\u2011x\ty\nz"


def test_a_merged_cell_is_written_once() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Label"
    table.cell(0, 2).text = "Good"
    assert blocks(read(document)) == [("row", 0, "Label\tGood")]


def test_a_box_of_one_cell_holds_paragraphs_and_the_tables_within_it() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "In a box."
    inner = cell.add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Label", "Good"
    assert blocks(read(document)) == [("paragraph", 0, "In a box."), ("row", 0, "Label\tGood")]


def test_a_numbered_paragraph_is_an_item_and_an_indented_one_is_not() -> None:
    document = docx.Document()
    document.add_paragraph("Numbered", style="List Number")
    document.add_paragraph("Indented", style="List Paragraph")
    own = document.add_paragraph("By its own setting")
    own._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 1
    assert [kind for kind, _, _ in blocks(read(document))] == ["item", "paragraph", "item"]


def test_a_style_based_on_a_heading_is_a_heading() -> None:
    document = docx.Document()
    style = document.styles.add_style("Report section", 1)
    style.base_style = document.styles["Heading 3"]
    document.add_paragraph("Findings", style=style)
    assert blocks(read(document)) == [("heading", 3, "Findings")]


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="100 times"):
        read_docx(with_part("word/media/bomb.bin", bytes(50_000_000)))


def test_unpacked_bytes_are_counted_over_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peelqa.reports.docx.MOST_BYTES", 5_000)
    with pytest.raises(UnreadableReport, match="unpacks to more"):
        read_docx(saved(docx.Document()))


def test_too_many_parts_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(2001):
            archive.writestr(f"{number}", b"")
    with pytest.raises(UnreadableReport, match="2000 parts"):
        read_docx(buffer.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused(encoding: str) -> None:
    part = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode(encoding)
    with pytest.raises(UnreadableReport, match="document type"):
        read_docx(with_part("word/extra.xml", part))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04 broken", b"<html>"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReport, match=r"no \.docx file"):
        read_docx(data)


def test_an_archive_without_a_document_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", b"hello")
    with pytest.raises(UnreadableReport, match="no Word document"):
        read_docx(buffer.getvalue())


def test_an_old_word_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableReport, match=r"save it as \.docx"):
        read_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_a_document_without_text_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="no text"):
        read(docx.Document())


def test_headings_go_no_deeper_than_six() -> None:
    document = docx.Document()
    document.add_heading("Deep", level=9)
    assert [(b.kind, b.level) for b in read(document).blocks] == [(BlockKind.HEADING, 6)]
