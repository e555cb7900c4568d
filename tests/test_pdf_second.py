from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from peelqa.reports import pdf_second
from peelqa.reports.corpus import read_report
from peelqa.reports.pdf import read_pdf


def _pdf(*pages: str) -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data)
    for page in pages:
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_a_file_on_which_two_readers_agree_is_read_whole() -> None:
    layout = read_pdf(_pdf("Officers answer their letters.", "They keep a copy of each."))
    assert (layout.partial_because, layout.warnings) == ((), ())


def test_a_file_on_which_two_readers_disagree_is_read_in_part_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_second, "_texts", lambda data: iter(["Officers answer their letters.", "Quite another"]))
    layout = read_pdf(_pdf("Officers answer their letters.", "They keep a copy of each."))
    (reason,) = layout.partial_because
    assert "on page 2" in reason
    assert reason in layout.warnings


def test_what_the_second_reader_cannot_read_is_said_to_be_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> list[str]:
        raise ValueError(len(data))

    monkeypatch.setattr(pdf_second, "_texts", broken)
    layout = read_pdf(_pdf("Officers answer their letters."))
    assert layout.partial_because == ()
    assert "could not check" in layout.warnings[0]


def test_a_page_without_text_makes_a_report_partial(tmp_path: Path) -> None:
    path = tmp_path / "oakshire.pdf"
    path.write_bytes(_pdf("Officers answer their letters on the day.", ""))
    report = read_report(path, name=path.name, report_id="oakshire")
    assert report.partial
    assert "page 2" in report.warnings[0]
