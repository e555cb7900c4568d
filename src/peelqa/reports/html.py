"""HTML pages: the main content's headings, paragraphs, items and rows. Knows of no one site."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import charset_normalizer
from lxml import etree, html  # type: ignore[import-untyped]

from peelqa.errors import UnreadableReport
from peelqa.reports.html_walk import LEAST_PROSE, PageWalk, folded_parts, is_unseen
from peelqa.reports.layout import Layout, LayoutWriter

LEAST_COVERAGE = 0.98  # of a page's characters: a parser that returns fewer has lost text
LEAST_MAIN = 0.5  # of the text outside of furniture: a <main> that holds less is not where the document is

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Both may be left out, and where they come early the parser would stop at them.
_END_OF_PAGE = re.compile(r"</(?:html|body)\s{0,9}>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def read_html(data: bytes) -> Layout:
    """Return the main content of a page as a browser would show it, without the site's furniture around it.

    Text that the parser would lose without a word, in a nest too deep or a run too long, makes the page unreadable.
    """
    if data[:5] == b"%PDF-" or data[:4] == b"PK\x03\x04":
        raise UnreadableReport("it is not an HTML page, whatever its name says")
    text, doubt = _decode(data)
    try:
        page = html.document_fromstring(_END_OF_PAGE.sub("", text), parser=html.HTMLParser(huge_tree=True))
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableReport("it is empty, or no HTML page") from error
    _check_coverage(text, page)
    writer = LayoutWriter(title=_title(page))
    if doubt:
        writer.warnings.append(doubt)
    folded = folded_parts(page)
    main = _main(page, folded)
    walk = PageWalk(writer, folded)
    walk.walk(main)
    if not (layout := writer.layout()).blocks:
        raise UnreadableReport("it shows no text: nothing to quote from")
    around = _outside(page, main, folded)
    if told := _left_out(walk, around, layout):
        layout = replace(layout, warnings=(*layout.warnings, told))
    missed = _missed(text, layout, (*walk.serving, *around.serving))
    if not missed:
        return layout
    return replace(layout, warnings=(*layout.warnings, missed), partial_because=(missed,))


def _decode(data: bytes) -> tuple[str, str]:
    """Return the page's text, and what is doubtful about it, if anything."""
    declared = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if declared is None and (match := _META_CHARSET.search(data[:4096])):
        declared = match[1].decode("ascii")
        declared = "cp1252" if declared.lower() in ("iso-8859-1", "latin1", "us-ascii", "ascii") else declared
    for name in (declared, "utf-8"):
        try:
            if name:
                return data.decode(name).replace("\x00", ""), ""
        except (UnicodeDecodeError, LookupError):
            continue
    guesses = [guess.encoding for guess in charset_normalizer.from_bytes(data[:1_000_000])]
    name = guesses[0] if guesses and "cp1252" not in guesses else "cp1252"
    return data.decode(name, errors="replace").replace("\x00", ""), f"its characters were read as {name}, a guess"


_NEVER_TEXT = ("script", "style", "template", "noscript", "textarea", "title", "iframe", "svg")


class _TextLength(HTMLParser):
    """Count the characters that stand outside of what is never shown, white space aside; keeps no tree."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.length = 0
        self._unseen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen is None and tag in _NEVER_TEXT:
            self._unseen = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = None

    def handle_data(self, data: str) -> None:
        if self._unseen is None:
            self.length += sum(map(len, data.split()))


def _check_coverage(text: str, page: etree._Element) -> None:
    """Refuse a page of which the tree holds less than a reader without a tree meets."""
    counter = _TextLength()
    counter.feed(text)
    counter.close()
    found = 0
    walker = etree.iterwalk(page, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and element.tag in _NEVER_TEXT:
            walker.skip_subtree()
        elif event == "start":
            found += sum(map(len, (element.text or "").split()))
        else:
            found += sum(map(len, (element.tail or "").split()))
    if found < LEAST_COVERAGE * counter.length:
        share = 100 * found // max(counter.length, 1)
        raise UnreadableReport(f"its markup is too deep or too broken: only {share} % of its text can be reached")


def _title(page: etree._Element) -> str | None:
    title = " ".join((page.findtext(".//title") or "").split())
    return title or None


def _whole(page: etree._Element) -> etree._Element:
    body = page.find(".//body")
    return page if body is None else body


def _main(page: etree._Element, folded: frozenset[str]) -> etree._Element:
    """Return the element that holds the document: the page's one main part, where it holds most of the text."""
    whole = _whole(page)
    parts = [part for part in (*whole.iter("main"), *whole.xpath(".//*[@role='main']")) if not is_unseen(part, folded)]
    known = set(parts)
    outermost = [part for part in known if known.isdisjoint(part.iterancestors())]
    if len(outermost) == 1 and _shown(outermost[0], folded) >= LEAST_MAIN * _shown(whole, folded):
        return outermost[0]
    return whole


def _outside(page: etree._Element, main: etree._Element, folded: frozenset[str]) -> PageWalk:
    """Walk what stands outside of the main part."""
    around = PageWalk(LayoutWriter(), folded, without=main)
    if main is not _whole(page):
        around.walk(_whole(page))
    return around


def _left_out(walk: PageWalk, around: PageWalk, layout: Layout) -> str:
    """Say what paragraphs of the page are not in the report, if any; one that stands in it too is not lost."""
    outside = around.writer.layout()
    passages = map(outside.block_text, outside.blocks)
    prose = [*walk.left_out, *around.left_out, *(each for each in passages if len(each.split()) >= LEAST_PROSE)]
    here = _SPACE.sub("", layout.text)
    lost = [each for each in prose if _SPACE.sub("", each) not in here]
    if not lost:
        return ""
    words = sum(len(each.split()) for each in lost)
    many = f"{len(lost)} paragraphs" if len(lost) > 1 else "a paragraph"
    return f"left out as no part of the report: {many} ({words} words), “{' '.join(lost[0].split()[:8])} ...”"


def _shown(root: etree._Element, folded: frozenset[str]) -> int:
    """Count the characters that are shown and no furniture."""
    writer = LayoutWriter()
    PageWalk(writer, folded).walk(root)
    return len(_SPACE.sub("", writer.layout().text))


def _missed(text: str, layout: Layout, serving: Sequence[str]) -> str:
    """Ask a second reader what the main content is, and say what of it is missing here; menus and notices are not."""
    import trafilatura

    found = trafilatura.extract(text, include_comments=False, include_tables=False, favor_precision=True) or ""
    here = _SPACE.sub("", "\n".join((layout.text, *serving)))
    lines = [line.strip().removeprefix("- ") for line in found.split("\n")]
    lost = [line for line in lines if len(line) > 60 and _SPACE.sub("", line) not in here]
    if sum(map(len, lost)) <= (1 - LEAST_COVERAGE) * len(found):
        return ""
    return f"text may be missing that a second reader finds in the page, such as “{' '.join(lost[0].split()[:8])} ...”"
