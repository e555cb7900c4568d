"""The format of a document, told from its bytes first; what a server calls it decides only between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile

from peelqa.errors import UnreadableReport
from peelqa.reports.corpus import decode

_MARKUP = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = {"text/plain": ".txt", "text/markdown": ".md", "text/x-markdown": ".md", "": ".txt"}
_HEAD = 1024


def suffix_of(content: bytes, media_type: str) -> str:
    """Return the file name's suffix that fits a document, one of those that are read as reports.

    `media_type` is what the server says, or empty. Raises UnreadableReport where it is no format that reports come in.

    >>> suffix_of(b"%PDF-1.7 ...", "text/html"), suffix_of(b"<!DOCTYPE html><p>Hello", "application/pdf")
    ('.pdf', '.html')
    """
    if content[:_HEAD].lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(b"PK\x03\x04"):
        if _is_docx(content):
            return ".docx"
        raise UnreadableReport("it is a ZIP archive or an office file other than .docx")
    text = decode(content)
    if _MARKUP.match(text) or (media_type in _HTML_TYPES and "<" in text):
        return ".html"
    if media_type in _TEXT_TYPES:
        return _TEXT_TYPES[media_type]
    raise UnreadableReport(f"it is of the kind {media_type}, which reports do not come in")


def _is_docx(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "word/document.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
