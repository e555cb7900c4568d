"""From a page's elements to blocks: what a browser would show, in the order of the page.

Knows which elements start a block and which are furniture by their kind; knows nothing of any one site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from peelqa.reports.layout import BlockKind, LayoutWriter

# fmt: off
_UNSEEN = frozenset((
    "script", "style", "template", "noscript", "head", "title", "meta", "link", "svg", "iframe", "object",
    "audio", "video", "canvas", "map", "select", "datalist", "textarea", "input", "dialog",
))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main", "menu",
    "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul", *_HEADINGS,
))
_FURNITURE = frozenset(("nav", "aside", "search"))
_FURNITURE_ROLES = frozenset((
    "navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "alert", "status",
    "menu", "menubar", "toolbar",
))
# fmt: on
_FURNITURE_NAMES = re.compile(
    r"(?:^|[-_ ])(?:cookies?|breadcrumbs?|skip-?(?:to-?content|links?|nav)|consent|downtime|back-to-top|"
    r"social-(?:media|links?|share|sharing)|share-(?:links?|buttons?)|pagination)(?:$|[-_ ])"
)
_FURNITURE_START = re.compile(
    r"planned website downtime|cookies on |we use (?:some )?(?:essential )?cookies|skip to ", re.IGNORECASE
)
_UNSEEN_NAMES = re.compile(r"(?:^|[-_ ])(?:visually-hidden|visuallyhidden|sr-only|screen-reader-text)(?:$|[ _-])")
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_WORD_ITEM = "MsoListParagraph"  # an item of a list, as Microsoft Word saves it
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LONGEST_BANNER = 1500
LEAST_PROSE = 12
"""A paragraph that is left out and has so many words is told."""
_NEVER_PROSE = _UNSEEN | {"nav", "search", "button", "footer"}
_SERVING = _FURNITURE_ROLES - {"complementary", "status", "alert"}


def is_unseen(element: etree._Element, folded: frozenset[str] = frozenset()) -> bool:
    """Tell whether a browser would never show an element; parts that a reader can unfold, by id, are shown."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    names = element.get("class", "").lower()
    hidden = element.get("hidden") is not None or _UNSEEN_STYLE.search(element.get("style", "").lower())
    if hidden and not _can_unfold(element, folded):
        return True
    return _UNSEEN_NAMES.search(names) is not None


def _can_unfold(element: etree._Element, folded: frozenset[str]) -> bool:
    found = element.get("hidden", "").lower() == "until-found" or element.get("role", "").lower() == "tabpanel"
    return found or element.get("id") in folded


def folded_parts(page: etree._Element) -> frozenset[str]:
    """Return the ids of the parts of a page that its buttons and tabs fold and unfold."""
    return frozenset(each for ids in page.xpath("//@aria-controls") for each in ids.split())


def left_out_prose(element: etree._Element) -> Iterator[str]:
    """Yield the paragraphs of an element that is left out, but for menus, notices of cookies and the like."""
    if _serves(element):
        return
    here: list[str] = [element.text or ""]
    linked = 0
    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            yield from left_out_prose(child)
        elif isinstance(child.tag, str) and child.tag not in _UNSEEN:
            words = "".join(child.itertext())
            here.append(words)
            linked += len(words) if child.tag == "a" else 0
        here.append(child.tail or "")
    text = _folded("".join(here).replace("\n", " "))
    if len(text.split()) >= LEAST_PROSE and linked < len(text) / 2:
        yield text


def _serves(element: etree._Element) -> bool:
    """Tell whether an element is a menu, a notice of cookies or the like, where prose is never a report's."""
    if not isinstance(element.tag, str) or element.tag in _NEVER_PROSE or element.get("role", "").lower() in _SERVING:
        return True
    return element.tag in _BLOCKS and _is_banner(element)


def is_furniture(element: etree._Element) -> bool:
    """Tell whether an element serves the site and not the document: navigation, banners, forms, asides."""
    tag = element.tag
    if tag in _FURNITURE or element.get("role", "").lower() in _FURNITURE_ROLES:
        return True
    if tag == "button":
        return not any(parent.tag in _HEADINGS or parent.tag == "summary" for parent in element.iterancestors())
    if tag == "form":
        return all(element.find(f".//{tag}") is None for tag in ("p", *_HEADINGS))
    if tag in ("header", "footer"):
        inside = any(parent.tag in ("main", "article", "section") for parent in element.iterancestors())
        return not inside and element.find(".//h1") is None
    within_page = tag == "a" and element.get("href", "").startswith("#")
    return (within_page or tag in _BLOCKS) and tag not in ("html", "body", "main") and _is_banner(element)


def _is_banner(element: etree._Element) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    first = next((text for text in map(str.strip, _texts(element)) if text), "")
    named = _FURNITURE_NAMES.search(names) or _FURNITURE_START.match(first)
    return named is not None and sum(map(len, _texts(element))) < _LONGEST_BANNER


def _texts(element: etree._Element) -> Iterator[str]:
    """Yield an element's text piece by piece, up to the length of a banner."""
    length = 0
    for text in element.itertext():
        yield text
        length += len(text)
        if length > _LONGEST_BANNER:
            return


@dataclass(slots=True)
class PageWalk:
    """Write what `root` shows to `writer`; elements are met in the page's order, each once."""

    writer: LayoutWriter
    folded: frozenset[str] = frozenset()
    """Ids of what is hidden until a reader unfolds it."""
    without: etree._Element = None
    """An element to pass over."""
    left_out: list[str] = field(default_factory=list)
    """Paragraphs that were met and not written, menus and the like aside."""
    serving: list[str] = field(default_factory=list)
    """The text of menus, notices of cookies and the like."""
    _pieces: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _heading: int = 0
    _outside: list[int] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _fresh_item: bool = False
    _tables: list[bool] = field(default_factory=list)

    def walk(self, root: etree._Element) -> None:
        """Write all blocks under `root`, without furniture and what is not shown."""
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        skipped: etree._Element = None
        for event, element in walker:
            if event == "start" and element is not root and self._passes_over(element):
                walker.skip_subtree()
                skipped = element
            elif event == "start":
                self._start(element)
            else:
                if event == "end" and element is not skipped:
                    self._end(element)
                self._add(element.tail if element is not root else None)
        self._flush()

    def _passes_over(self, element: etree._Element) -> bool:
        if element is self.without:
            return True
        if is_unseen(element, self.folded) or is_furniture(element):
            if _serves(element):
                self.serving.append("".join(element.itertext()))
            self.left_out.extend(left_out_prose(element))
            return True
        return False

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
            self._open.append(tag)
        if tag == "table":
            self._tables.append(_holds_data(element))
        elif tag == "details":
            self._outside.append(self._heading)
        elif _starts_item(element):
            self._fresh_item = True
        elif tag == "br":
            self._pieces.append("\n")
        elif tag in ("td", "th") and self._in_data_table():
            self._cells.append([])
        self._add(element.text)

    def _end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag not in _BLOCKS:
            return
        self._flush()
        if tag == "tr" and self._in_data_table():
            self.writer.add(BlockKind.ROW, "\t".join(" ".join(cell) for cell in self._cells))
            self._cells = []
        elif _starts_item(element):
            self._fresh_item = False
        elif tag == "table":
            self._tables.pop()
        elif tag == "details":
            self._heading = self._outside.pop()
        self._open.pop()

    def _in_data_table(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text if "pre" in self._open else _SPACE.sub(" ", text))

    def _flush(self) -> None:
        """Write the text met since the last block began or ended, as what it stands in."""
        text = _folded("".join(self._pieces))
        self._pieces.clear()
        if not text:
            return
        heading = next((_HEADINGS[tag] for tag in reversed(self._open) if tag in _HEADINGS), None)
        if self._in_data_table() and self._cells:
            self._cells[-1].append(text.replace("\n", " "))
        elif heading is not None:
            self._heading = heading
            self.writer.add(BlockKind.HEADING, text.replace("\n", " "), level=heading)
        elif "summary" in self._open:
            self._heading = min(6, (self._outside[-1] if self._outside else self._heading) + 1)
            self.writer.add(BlockKind.HEADING, text.replace("\n", " "), level=self._heading)
        elif self._fresh_item:
            self._fresh_item = False
            self.writer.add(BlockKind.ITEM, text)
        else:
            self.writer.add(BlockKind.PARAGRAPH, text)


def _starts_item(element: etree._Element) -> bool:
    return bool(element.tag == "li" or element.get("class", "").startswith(_WORD_ITEM))


def _folded(text: str) -> str:
    """Fold white space as a browser does, line by line; no-break spaces stay."""
    lines = (_SPACE.sub(" ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line).strip()


def _holds_data(table: etree._Element) -> bool:
    """Tell a table of data from one that only arranges the page."""
    if table.get("role", "").lower() in ("presentation", "none"):
        return False
    arranged = ("table", "ul", "ol", "details", *_HEADINGS)
    return not any(table.find(f".//{tag}") is not None for tag in arranged)
