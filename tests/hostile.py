"""Files that were made to hang, explode or deceive a reader; all are made here."""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx

WORDS = "The force answers calls about bicycles quickly. "
_ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _word(body: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def _saved() -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_heading("A title", level=1)
    document.add_paragraph(WORDS * 3)
    document.save(buffer)
    return buffer.getvalue()


def _docx(**parts: bytes | str) -> bytes:
    """Return a good Word file some of whose parts are replaced; the names' double underscores stand for slashes."""
    changed = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    return _repacked(changed)


def _repacked(changed: dict[str, bytes | str], leave_out: str = "") -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_saved())) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in old.namelist():
            if name not in changed and name != leave_out:
                archive.writestr(name, old.read(name))
        for name, content in changed.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _lying_docx() -> bytes:
    """Return a Word file whose directory says that a large part is small."""
    data = bytearray(_repacked({"word/document.xml": _word("<w:p/>" + " " * 150_000_000)}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def _pdf(content: bytes, *more: bytes, page: bytes = b"", filters: bytes = b"/FlateDecode", rounds: int = 1) -> bytes:
    """Return a PDF file of one page; `more` are objects from number 6 on."""
    for _ in range(rounds):
        content = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>"
        + page
        + b">>",
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    return _numbered(objects)


def _numbered(objects: list[bytes], trailer: bytes = b"") -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    size = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(data))
    return data + end + size


def _print(text: bytes, times: int = 1) -> bytes:
    return b"BT /F 11 Tf 72 700 Td " + b"(%s) Tj 0 -14 Td " % text * times + b"ET"


def _looped_pdf() -> bytes:
    whole = _pdf(_print(b"A loop of tables."))
    at = whole.rindex(b"startxref")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % whole.rindex(b"xref\n0"), 1)[: at + 40] + whole[at:]


def _form(content: bytes) -> bytes:
    return (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length %d>>stream\n%s\nendstream"
        % (
            len(content),
            content,
        )
    )


def _pages(count: int, count_said: int | None = None) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count if count_said is None else count_said)
    return _numbered([b"<</Type/Catalog/Pages 2 0 R>>", pages, *[page] * count])


CONTENTS: dict[str, Callable[[], bytes | str]] = {
    "empty.txt": lambda: "",
    "blank.txt": lambda: " \n\t\r\n" * 1000,
    "nul.txt": lambda: b"A report\n\n" + WORDS.encode() + b"\0" * 100,
    "only-nul.txt": lambda: bytes(10_000),
    "utf16-le.txt": lambda: ("A title\n\nFindings\n\n" + WORDS * 3).encode("utf-16"),
    "utf16-be.txt": lambda: b"\xfe\xff" + ("A title\n\n" + WORDS * 3).encode("utf-16-be"),
    "utf16-odd.txt": lambda: b"\xff\xfeA",
    "utf16-surrogate.txt": lambda: b"\xff\xfe\x00\xd8A\x00",
    "utf32.txt": lambda: ("A title\n\n" + WORDS * 3).encode("utf-32"),
    "surrogates.txt": lambda: b"A title\n\n" + b"\xed\xa0\x80\xed\xb0\x80 lone halves. " * 50,
    "overlong.txt": lambda: b"A title\n\n\xc0\xaf\xe0\x80\xaf " + WORDS.encode(),
    "undefined-cp1252.txt": lambda: b"A title\n\n\x81\x8d\x8f " + WORDS.encode(),
    "mark-only.txt": lambda: b"\xef\xbb\xbf",
    "one-line.txt": lambda: "A title\n\n" + "a" * 1_000_000,
    "one-sentence.txt": lambda: "A title\n\n" + "word " * 100_000,
    "many-lines.txt": lambda: "\n" * 500_000 + WORDS,
    "many-headings.txt": lambda: "\n\n".join(f"Heading {n}" for n in range(20_000)),
    "many-sentences.txt": lambda: "A title\n\n" + "It is so. " * 6_000,
    "too-large.txt": lambda: "a b " * (26 * 2**18),
    "too-long.txt": lambda: "ab cd. " * 750_000,
    "marks.txt": lambda: "A title\n\nZ" + "\u0301" * 200_000 + " end.",
    "bidi.txt": lambda: "A title\n\n" + "\u202e\u2066\u2067 reversed. " * 1000,
    "controls.txt": lambda: "A title\n\n" + "".join(chr(n) for n in range(1, 32)) * 500 + WORDS,
    "brackets.txt": lambda: "A title\n\n" + "(" * 100_000 + WORDS + ")" * 100_000,
    "quotes.txt": lambda: "A title\n\n" + "“‘\"'" * 50_000 + WORDS,
    "tabs.txt": lambda: "A title\n\n" + "\t" * 500_000 + "x" + "\t" * 500_000,
    "digits.txt": lambda: "A title\n\n" + "1" * 300_000 + " " + "2014/" * 20_000,
    "dates.txt": lambda: "A title\n\n" + "Last updated 14/11/2014\n" * 5_000,
    "dots.txt": lambda: "A title\n\n" + "." * 300_000 + " e.g. i.e. " * 4_000,
    "grades.txt": lambda: "A title\n\n" + "Good\n\nInadequate\n\nLast updated 1/1/2014\n\n" * 5000,
    "lines-apart.txt": lambda: "A title\n\n" + "\u2028\u2029\x0b\x0c\x85" * 10_000 + WORDS,
    "word.txt": _saved,
    "page.txt": lambda: "<html><body><p>" + WORDS + "</p></body></html>",
    "quoted.md": lambda: ">" * 5000 + " " + WORDS,
    "listed.md": lambda: "".join("  " * n + "- x\n" for n in range(2000)),
    "linked.md": lambda: "[" * 30_000 + "a" + "](b)" * 30_000,
    "starred.md": lambda: "*_" * 50_000 + WORDS + "_*" * 50_000,
    "ticked.md": lambda: "".join("`" * n + " " for n in range(1, 700)) + WORDS,
    "tabled.md": lambda: "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + ("|b" * 3000 + "|\n") * 20,
    "scripted.md": lambda: "# Title\n\n<script>alert(1)</script>\n\n" + WORDS,
    "nested.html": lambda: "<div>" * 500 + WORDS + "</div>" * 500 + "<p>after</p>",
    "nested-deep.html": lambda: "<div>" * 100_000 + WORDS,
    "nested-tables.html": lambda: "<table><tr><td>" * 1000 + WORDS,
    "nested-inline.html": lambda: "<b><i>" * 20_000 + WORDS,
    "one-node.html": lambda: "<html><body><h1>T</h1><p>" + "word " * 2_400_000 + "</p><p>after</p></body></html>",
    "entities.html": lambda: _ENTITIES + "<html><body><p>&j;</p><p>" + WORDS + "</p></body></html>",
    "outside.html": lambda: _OUTSIDE + "<html><body><p>&out;</p><p>" + WORDS + "</p></body></html>",
    "references.html": lambda: "<html><body><h1>T</h1><p>&#xD800;&#0;&#x110000;&#99999999999; " + WORDS + "</p></body></html>",
    "attributes.html": lambda: "<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">" + WORDS,
    "unended.html": lambda: "<html><body><p>" + WORDS + "</p><!-- " + "x" * 1_000_000,
    "scripts.html": lambda: "<script>" + "x" * 2_000_000 + "</script><p>" + WORDS + "</p>",
    "charset.html": lambda: b'<meta charset="utf-7"><p>+ADw-script+AD4- ' + WORDS.encode() + b"</p>",
    "unknown-charset.html": lambda: '<meta charset="nonsense"><p>' + WORDS + "</p>",
    "nul.html": lambda: b"<html><body><p>\0" + WORDS.encode() + b"\0</p></body></html>",
    "cells.html": lambda: "<table>" + '<tr><td colspan="999999999" rowspan="999999999">x</td></tr>' * 100 + "</table>",
    "picture.html": lambda: '<svg><text>hidden</text></svg><img src="data:image/png;base64,' + "A" * 2_000_000 + '"><p>' + WORDS,
    "as-pdf.html": lambda: b"%PDF-1.7\n" + bytes(1000),
    "bomb.docx": lambda: _docx(word__document_xml=_word("<w:p/>") + " " * 200_000_000),
    "elements.docx": lambda: _docx(word__document_xml=_word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_000_000)),
    "parts.docx": lambda: _repacked({f"word/more/{n}.xml": b"" for n in range(3000)}),
    "lying.docx": _lying_docx,
    "climbing.docx": lambda: _repacked({"../../../../tmp/peelqa-escaped.txt": b"out"}),
    "entities.docx": lambda: _docx(word__document_xml=_word("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", _ENTITIES)),
    "outside.docx": lambda: _docx(word__document_xml=_word("<w:p><w:r><w:t>&out;</w:t></w:r></w:p>", _OUTSIDE)),
    "nested-tables.docx": lambda: _docx(
        word__document_xml=_word("<w:tbl><w:tr><w:tc>" * 2000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 2000)
    ),
    "spans.docx": lambda: _docx(
        word__document_xml=_word(
            '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
        )
    ),
    "no-document.docx": lambda: _repacked({}, leave_out="word/document.xml"),
    "broken.docx": lambda: _docx(word__document_xml="<w:document"),
    "truncated.docx": lambda: _saved()[:-600],
    "no-archive.docx": lambda: "not a zip file",
    "encrypted.docx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
    "bomb.pdf": lambda: _pdf(_print(b"x" * 50, 200_000)),
    "spaces.pdf": lambda: _pdf(b" " * 200_000_000 + _print(b"A line.")),
    "rounds.pdf": lambda: _pdf(_print(b"A line of words.", 50_000), filters=b"[/FlateDecode/FlateDecode/FlateDecode]", rounds=3),
    "forms.pdf": lambda: _pdf(_print(b"Forms within forms.") + b" /X Do", _form(b"/X Do /X Do")),
    "saves.pdf": lambda: _pdf(b"q " * 300_000 + _print(b"Never restored.")),
    "arrays.pdf": lambda: _pdf(b"[" * 500_000 + _print(b"Nested.")),
    "operands.pdf": lambda: _pdf(b"1 " * 700_000 + _print(b"Operands.")),
    "loop.pdf": _looped_pdf,
    "own-parent.pdf": lambda: _numbered([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]),
    "many-pages.pdf": lambda: _pages(3000),
    "pages-said.pdf": lambda: _pages(1, 2_000_000_000),
    "box.pdf": lambda: _pdf(_print(b"Wide."), page=b"/MediaBox[0 0 1e30 1e30]/Rotate 7"),
    "no-size.pdf": lambda: _pdf(_print(b"Flat."), page=b"/MediaBox[0 0 0 0]"),
    "length.pdf": lambda: _pdf(_print(b"Length.")).replace(b"/Length ", b"/Length 99999999999", 1),
    "nested-objects.pdf": lambda: _numbered([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 100_000 + b"]" * 100_000 + b">>"]),
    "header.pdf": lambda: b"%PDF-1.7",
    "truncated.pdf": lambda: _pdf(_print(b"Cut short.", 100))[:-200],
    "page.pdf": lambda: "<html><body><p>" + WORDS + "</p></body></html>",
    "zip.pdf": _saved,
    "noise.pdf": lambda: b"%PDF-1.4\n" + bytes(range(256)) * 4000,
    "-leading-dash.txt": lambda: "A title\n\n" + WORDS,
    "two\nlines.txt": lambda: "",
    "\u202egnp.txt": lambda: "",
    "\x1b[2Jcleared.txt": lambda: "",
    "n" * 240 + ".txt": lambda: "",
    "'\"$(touch x);&.txt": lambda: "",
    "percent %2e%2e%2f.txt": lambda: "A title\n\n" + WORDS,
    "CON.txt": lambda: "A title\n\n" + WORDS,
    "trailing .txt": lambda: "A title\n\n" + WORDS,
    os.fsdecode(b"not-utf8-\xff.txt"): lambda: "A title\n\nFindings\n\nThis file's name is in no encoding.",
    os.fsdecode(b"not-utf8-empty-\xfe.txt"): lambda: "",
    "side-no-json.txt": lambda: "A title\n\n" + WORDS + "One.",
    "side-halves.txt": lambda: "A title\n\n" + WORDS + "Two.",
    "side-deep.txt": lambda: "A title\n\n" + WORDS + "Three.",
    "side-unknown.txt": lambda: "A title\n\n" + WORDS + "Four.",
    "side-huge.txt": lambda: "A title\n\n" + WORDS + "Five.",
}  # fmt: skip
SIDE_FILES = {
    "side-no-json.txt": "{",
    "side-halves.txt": json.dumps({"title": "half \ud800 of one", "body": "\udc00"}),
    "side-deep.txt": "[" * 100_000,
    "side-unknown.txt": '{"__proto__": 1}',
    "side-huge.txt": json.dumps({"title": "t" * 5_000_000}),
}


def make_specials(folder: Path) -> list[str]:
    """Make what is no regular file; return what was made."""
    (folder / "outside.txt").symlink_to("/etc/passwd")
    (folder / "nowhere.txt").symlink_to(folder / "no such file")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    (folder / "linked").symlink_to(folder)
    (folder / "up").symlink_to("/")
    (folder / "folder.pdf").mkdir()
    os.mkfifo(folder / "pipe.txt")
    made = ["outside.txt", "nowhere.txt", "round.txt", "linked", "up", "folder.pdf", "pipe.txt"]
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket is short
        try:
            server.bind("socket.txt")
            made.append("socket.txt")
        finally:
            os.chdir(here)
    try:
        os.mknod(folder / "zero.txt", 0o600 | 0o020000, os.makedev(1, 5))
        made.append("zero.txt")
    except OSError:
        pass  # only an operator's account may make devices
    return made
