"""What is brought into a corpus has a safe name, the suffix that fits it, and its side file."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from peelqa.errors import BadInput, UnreadableReport
from peelqa.fetching.copies import add_file, write_side_file
from peelqa.fetching.files import safe_name, write_whole
from peelqa.fetching.formats import suffix_of
from peelqa.reports.corpus import list_corpus
from peelqa.reports.sidefile import SideFile, read_side_file

PAGE = b"<!DOCTYPE html><html><title>Oakshire 2014</title><body><h1>Oakshire 2014</h1><p>Bicycles are found.</p></body>"


def test_a_file_is_added_with_its_side_file_and_what_is_said_of_it(tmp_path: Path) -> None:
    given, corpus = tmp_path / "Kent report.txt", tmp_path / "corpus"
    given.write_text("Kent 2014\n\nBicycles are found.\n")
    write_side_file(given, SideFile(title="Old title", publisher="HMIC"))
    path = add_file(given, corpus, SideFile(title="New title"))
    assert path == corpus / "Kent report.txt"
    assert path.read_bytes() == given.read_bytes()
    assert read_side_file(path) == SideFile(title="New title", publisher="HMIC")
    with pytest.raises(BadInput, match="there already"):
        add_file(given, corpus, SideFile())


@pytest.mark.parametrize("name", ["con.txt", "\u202etxt.exe.txt", "a\nb.txt", "-rf.txt", ".hidden.txt", "a:b.txt"])
def test_an_odd_file_name_is_made_safe(tmp_path: Path, name: str) -> None:
    given = tmp_path / name
    given.write_text("Bicycles are found.")
    path = add_file(given, tmp_path / "corpus", SideFile())
    assert path.name.isprintable()
    assert path.name != name
    assert list_corpus(tmp_path / "corpus").paths == (path,)


def test_what_is_no_regular_report_file_is_not_added(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "b.txt")
    (tmp_path / "c.exe").write_text("x")
    for name in ("a.txt", "b.txt", "c.exe", "not-there.txt"):
        with pytest.raises(BadInput):
            add_file(tmp_path / name, tmp_path / "corpus", SideFile())


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a/b\\c", "..", "", "NUL", "README", "licence", "sources.toml", "x" * 500, "\x00\n\u202e"],
)
def test_a_name_made_safe_stays_in_its_folder_and_is_listed(tmp_path: Path, text: str) -> None:
    path = tmp_path / (safe_name(text) + ".html")
    write_whole(path, PAGE)
    assert path.resolve().parent == tmp_path
    assert list_corpus(tmp_path).paths == (path,)


def _archive(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "called", "suffix"),
    [
        (b"%PDF-1.4\n", "text/html", ".pdf"),
        (b"\n%PDF-1.4 <html>", "", ".pdf"),
        (PAGE, "application/pdf", ".html"),
        (b"\xef\xbb\xbf  <!-- a --><HTML>", "text/plain", ".html"),
        ("<!doctype html>é".encode("utf-16"), "", ".html"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "application/xhtml+xml", ".html"),
        (b"<p>Part of a page", "text/html", ".html"),
        (b"Kent 2014", "text/plain", ".txt"),
        (b"# Kent 2014", "text/markdown", ".md"),
        (b"Kent 2014", "", ".txt"),
        (_archive("word/document.xml"), "application/octet-stream", ".docx"),
        (_archive("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument", None),
        (b"PK\x03\x04 broken", "application/zip", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "text/html", None),
        (b"MZ\x90\0", "application/pdf", None),
        (b"{}", "application/json", None),
        (b"a,b\n", "text/csv", None),
        (b"<svg xmlns='x'/>", "image/svg+xml", None),
        (b"alert(1)", "text/javascript", None),
    ],
)
def test_the_bytes_decide_what_a_document_is(content: bytes, called: str, suffix: str | None) -> None:
    if suffix:
        assert suffix_of(content, called) == suffix
    else:
        with pytest.raises(UnreadableReport):
            suffix_of(content, called)
