"""A folder of report files, and one file read as a report."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from peelqa.errors import UnreadableReport
from peelqa.reports.layout import BlockKind, Layout
from peelqa.reports.recognise import Source, recognise
from peelqa.reports.report import Report
from peelqa.reports.sidefile import SIDE_FILE_SUFFIX, read_side_file

REPORT_SUFFIXES = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx"})
OTHER_DOCUMENTS = frozenset({".doc", ".rtf", ".odt", ".pages", ".epub", ".mht", ".mhtml", ".xps"})
"""Kinds of documents that are likely reports and cannot be read: named, and not only counted."""
SAMPLE_FOLDER = "sample"
LARGEST_FILE = 25 * 2**20
LONGEST_TEXT = 5_000_000
MOST_BLOCKS = 100_000
NO_REPORTS = re.compile(r"readme\b.*|licen[cs]e\b.*|notice\b.*|sources\.toml", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """The files of a corpus that may be reports, and how many others there are."""

    root: Path
    paths: tuple[Path, ...]
    """Sorted by their path within the corpus."""
    skipped: int
    """Files of kinds that are no reports; side files, notes such as README and hidden files are not counted."""

    def name(self, path: Path) -> str:
        """Return a file's path within the corpus, with forward slashes."""
        return path.relative_to(self.root).as_posix()


def list_corpus(corpus: Path, sample: Path | None = None) -> CorpusFiles:
    """List the report files of a corpus folder; the sample's where the folder holds no other report.

    `sample` is where the built-in sample stands if not in `corpus` itself.
    """
    own = _list(corpus, leave_out=corpus / SAMPLE_FOLDER)
    if own.paths:
        return own
    inside = corpus / SAMPLE_FOLDER
    return _list(inside if inside.is_dir() else sample, leave_out=None) if (inside.is_dir() or sample) else own


def _list(root: Path | None, leave_out: Path | None) -> CorpusFiles:
    if root is None or not root.is_dir():
        return CorpusFiles(root or Path(), (), 0)
    paths: list[Path] = []
    skipped = 0
    for path in sorted(root.rglob("*"), key=lambda each: each.relative_to(root).as_posix()):
        inner = path.relative_to(root)
        hidden = any(part.startswith(".") for part in inner.parts)
        if hidden or (leave_out and path.is_relative_to(leave_out)) or not _is_file(path):
            continue
        if path.name.endswith(SIDE_FILE_SUFFIX) or NO_REPORTS.fullmatch(path.name):
            continue
        if path.suffix.lower() in REPORT_SUFFIXES | OTHER_DOCUMENTS:
            paths.append(path)
        else:
            skipped += 1
    return CorpusFiles(root, tuple(paths), skipped)


def _is_file(path: Path) -> bool:
    """Tell whether a path is a regular file; a link, a device or a pipe is none."""
    return stat.S_ISREG(path.lstat().st_mode)


def report_ids(names: Iterable[str]) -> dict[str, str]:
    """Give each file name within a corpus an id: its stem in plain characters, made unique where two would be alike."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        plain = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:80] or "report"
        unique, digest = plain, name
        while unique in taken:
            digest = hashlib.sha256(digest.encode("utf-8", "surrogatepass")).hexdigest()
            unique = f"{plain}-{digest[:6]}"
        ids[name] = unique
        taken.add(unique)
    return ids


def read_report(path: Path, *, name: str, report_id: str) -> Report:
    """Read one file as a report.

    Raises UnreadableReport with the reason where the file, or its side file, cannot be read.
    """
    if path.suffix.lower() in OTHER_DOCUMENTS:
        raise UnreadableReport(f"{path.suffix.lower()} files are not read: save it as PDF, DOCX or HTML")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise UnreadableReport(f"it is larger than {LARGEST_FILE // 2**20} MB ({size / 2**20:.0f} MB)")
    data = path.read_bytes()
    layout = _layout(path.suffix.lower(), data)
    if len(layout.text) > LONGEST_TEXT:
        raise UnreadableReport(f"its text is longer than {LONGEST_TEXT:,} characters")
    if len(layout.blocks) > MOST_BLOCKS:
        raise UnreadableReport(f"it has more than {MOST_BLOCKS:,} paragraphs, items and rows")
    if not any(block.kind not in (BlockKind.HEADING, BlockKind.FURNITURE) for block in layout.blocks):
        raise UnreadableReport("it has no text to quote from")
    return recognise(layout, read_side_file(path), Source(report_id, name, hashlib.sha256(data).hexdigest()))


def _layout(suffix: str, data: bytes) -> Layout:
    # Each format's libraries are loaded only for files of that format.
    if not data.strip():
        raise UnreadableReport("it is empty")
    if suffix == ".pdf":
        from peelqa.reports.pdf import read_pdf

        return read_pdf(data)
    if suffix == ".docx":
        from peelqa.reports.docx import read_docx

        return read_docx(data)
    if suffix in (".html", ".htm"):
        from peelqa.reports.html import read_html

        return read_html(data)
    if suffix in (".md", ".markdown"):
        from peelqa.reports.markdown import read_markdown

        return read_markdown(decode(data))
    from peelqa.reports.text import read_text

    return read_text(decode(data))


def decode(data: bytes) -> str:
    """Decode a text file: UTF-8, or UTF-16 with its mark, or Windows-1252; line ends become "\\n".

    Raises UnreadableReport for what is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decode_as(data, "utf-16")
    elif b"\0" in data:
        raise UnreadableReport("it is not a text file, whatever its name says")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decode_as(data, "cp1252")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableReport("its characters are in no encoding that can be told; save it as UTF-8") from None
