"""Files as they are written into a corpus: under safe names, and whole or not at all."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from peelqa.reports.corpus import NO_REPORTS

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST_NAME = 80


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or, whatever happens, as it was."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_name(text: str) -> str:
    """Return a file name, without a suffix, in plain lower-case characters, that means nothing to any system.

    >>> safe_name("../Kent & Medway: PEEL 2023–25"), safe_name("CON"), safe_name("…")
    ('kent-medway-peel-2023-25', 'report-con', 'report')
    """
    plain = unicodedata.normalize("NFKD", text.replace("–", "-")).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-")
    if not name:
        return "report"
    return f"report-{name}" if _DEVICES.fullmatch(name) or NO_REPORTS.fullmatch(name) else name


def is_plain(name: str) -> bool:
    """Tell whether a file's own name can be kept: it shows as it is, and is neither hidden nor a device's."""
    stem = name.partition(".")[0]
    shows = name.isprintable() and not name.startswith((".", "-")) and len(name.encode("utf-8", "replace")) <= 200
    return shows and not re.search(r'[\\/:*?"<>|]', name) and not _DEVICES.fullmatch(stem)
