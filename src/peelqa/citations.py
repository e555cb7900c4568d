"""How a quotation is cited: in a line, as BibTeX, RIS or CSL-JSON, and as a link to its words at the publisher."""

from __future__ import annotations

import json
import re
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlsplit

from peelqa.passages import Quotation
from peelqa.reports.dates import format_day
from peelqa.reports.report import Report

_EDGE_WORDS = 5
"""How many words at either end of a quotation a link names; few enough to survive small changes of the page."""
_CONTEXT_WORDS = 3
_OGL = re.compile(r"open government licence|\bOGL\b", re.IGNORECASE)
_OGL_LINE = "Contains public sector information licensed under the Open Government Licence v3.0."
_BIBTEX_ESCAPES = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ", "\r": " ",
})  # fmt: skip


class CitationForm(StrEnum):
    """The forms a citation can be had in."""

    TEXT = "text"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl-json"


def cite(quotation: Quotation) -> str:
    """Write the citation of a quotation in one line."""
    report = quotation.passage.report
    parts = [
        report.publisher,
        report.title,
        report.framework if report.framework and report.framework not in report.title else None,
        " > ".join(quotation.passage.section_path),
        f"page {quotation.page}" if quotation.page else None,
        f"published {format_day(report.published)}" if report.published else None,
        report.url,
        f"retrieved {format_day(report.retrieved)}" if report.retrieved else None,
        "sample report, invented" if report.sample else None,
    ]
    return ", ".join(part for part in parts if part)


def cite_as(quotation: Quotation, form: CitationForm) -> str:
    """Write the citation of a quotation in a form that reference managers read, with the quotation itself."""
    writers = {CitationForm.BIBTEX: _bibtex, CitationForm.RIS: _ris, CitationForm.CSL: _csl}
    return writers[form](quotation) if form in writers else _text(quotation)


def licence_line(report: Report) -> str | None:
    """Return the statement that re-use of a report must carry, or None where its licence is not known."""
    if not report.licence:
        return None
    return _OGL_LINE if _OGL.search(report.licence) else f"Licence: {report.licence}"


def source_link(quotation: Quotation) -> str | None:
    """Return the address at which the publisher shows the report, with a text fragment that finds the quotation.

    None where the report has no web address. A browser that does not find the words opens the page at its top.
    """
    report = quotation.passage.report
    if not report.url or urlsplit(report.url).scheme not in ("http", "https"):
        return None
    lines = _lines(quotation.text)
    if not lines:
        return report.url
    whole = len(lines) == 1 and len(lines[0]) <= 2 * _EDGE_WORDS
    start = " ".join(lines[0] if whole else lines[0][:_EDGE_WORDS])
    terms = [_escaped(start)] if whole else [_escaped(start), _escaped(" ".join(lines[-1][-_EDGE_WORDS:]))]
    before = _words_before(report.text[: quotation.start_char])
    if before and " ".join(report.text.split()).count(start) > 1:
        terms.insert(0, f"{_escaped(before)}-")
    return f"{report.url.split('#')[0]}#:~:text={','.join(terms)}"


def _lines(text: str) -> list[list[str]]:
    """Part a text where a browser's search for a run of words would break: at line ends, bullets, no-break spaces."""
    return [line.split() for line in re.split(r"[\u00a0\u202f\n\r\t\f•▪■◼]+", text) if line.strip()]


def _words_before(text: str) -> str:
    lines = _lines(text[-200:])
    return " ".join(lines[-1][-_CONTEXT_WORDS:]) if lines else ""


def _escaped(term: str) -> str:
    # A hyphen, a comma and an ampersand part the fragment's terms; percent-encoding leaves the hyphen alone.
    return quote(term.encode("utf-8", "replace"), safe="").replace("-", "%2D")


def _text(quotation: Quotation) -> str:
    report = quotation.passage.report
    lines = [f"“{quotation.text}”", cite(quotation), licence_line(report)]
    return "\n".join(line for line in lines if line) + "\n"


def _bibtex(quotation: Quotation) -> str:
    report = quotation.passage.report
    fields = {
        "author": f"{{{_braced(report.publisher)}}}" if report.publisher else None,
        "institution": f"{_braced(report.publisher)}" if report.publisher else None,
        "title": f"{{{_braced(report.title)}}}",
        "year": str(report.published.year if report.published else report.year or "") or None,
        "type": _braced(report.framework) if report.framework else None,
        "pages": str(quotation.page) if quotation.page else None,
        "url": report.url,
        "urldate": report.retrieved.isoformat() if report.retrieved else None,
        "note": _braced(_note(quotation)),
    }
    body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@techreport{{{_key(quotation)}{body}\n}}\n"


def _ris(quotation: Quotation) -> str:
    report = quotation.passage.report
    day = report.published
    lines = [
        ("TY", "RPRT"),
        ("AU", report.publisher),
        ("TI", report.title),
        ("PY", str(day.year if day else report.year or "")),
        ("DA", day.strftime("%Y/%m/%d") if day else None),
        ("PB", report.publisher),
        ("M3", report.framework),
        ("SP", str(quotation.page) if quotation.page else None),
        ("UR", report.url),
        ("Y2", report.retrieved.strftime("%Y/%m/%d") if report.retrieved else None),
        ("N1", _note(quotation)),
        ("ID", _key(quotation)),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _csl(quotation: Quotation) -> str:
    report = quotation.passage.report
    item = {
        "id": _key(quotation),
        "type": "report",
        "title": report.title,
        "author": [{"literal": report.publisher}] if report.publisher else None,
        "publisher": report.publisher,
        "issued": {"date-parts": [_parts(report.published) if report.published else [report.year]]}
        if report.published or report.year
        else None,
        "genre": report.framework,
        "section": " > ".join(quotation.passage.section_path),
        "page": str(quotation.page) if quotation.page else None,
        "URL": report.url,
        "accessed": {"date-parts": [_parts(report.retrieved)]} if report.retrieved else None,
        "note": _note(quotation),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


def _note(quotation: Quotation) -> str:
    report = quotation.passage.report
    place = " > ".join(quotation.passage.section_path)
    sample = "Sample report, invented. " if report.sample else ""
    return f"{sample}{place}: “{quotation.text}” {licence_line(report) or ''}".strip()


def _braced(text: str) -> str:
    return text.translate(_BIBTEX_ESCAPES)


def _key(quotation: Quotation) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", quotation.passage.report.id) + f"-{quotation.start_char}"


def _parts(day: date) -> list[int]:
    return [day.year, day.month, day.day]
