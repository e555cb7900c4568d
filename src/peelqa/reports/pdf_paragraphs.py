"""From printed lines to paragraphs: which lines belong together, over columns' ends and page breaks too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from peelqa.reports.pdf_lines import Line, join_lines
from peelqa.reports.pdf_tables import Row

FOOTNOTE_SIZE = 0.93  # of the body's size: what is smaller, at the bottom of a page, is a footnote
LOOSE = 1.22  # of the usual distance between lines: what is wider parts paragraphs
RECENT = 20  # lines: enough to see how far a column reaches
_SENTENCE_ENDS = frozenset(".?!:…")
_CLOSING = "”’\"')]»"


@dataclass(frozen=True, slots=True)
class Body:
    """How the running text of a document is set."""

    size: float
    bold: bool
    pitch: float
    """The distance between lines, in type sizes."""
    margins: dict[int, float]
    """How far lines reach to the right, by where their text starts."""

    def margin(self, lines: Sequence[Line]) -> float:
        """Return how far these lines could have reached."""
        reached = max(line.right for line in lines)
        if len(lines) > 3 and not any(_has_room(a, b, reached) for a, b in pairwise(lines)):
            return reached  # a paragraph in a narrower column
        left = round(lines[0].text_left)
        return max(reached, *(self.margins.get(at, 0.0) for at in range(left - 2, left + 3)))


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; `note` says that they are a footnote."""

    lines: list[Line]
    note: bool = False

    @property
    def text(self) -> str:
        """Its lines, joined."""
        return join_lines(line.text for line in self.lines)

    @property
    def page(self) -> int:
        """The page it starts on."""
        return self.lines[0].page

    @property
    def size(self) -> float:
        """The size of most of its text."""
        sizes: Counter[float] = Counter()
        for line in self.lines:
            sizes[line.size] += len(line.text)
        return sizes.most_common(1)[0][0]

    @property
    def bold(self) -> bool | None:
        """Whether it is set bold; None where only a part of it is."""
        weights = {line.bold for line in self.lines}
        return weights.pop() if len(weights) == 1 else None

    @property
    def label(self) -> str:
        """The bullet or number it starts with, if any."""
        return self.lines[0].label

    @property
    def ends_sentence(self) -> bool:
        """Whether its last line is the end of a sentence."""
        return self.lines[-1].text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS


def body_of(lines: Sequence[Line]) -> Body:
    """Return how most of the text is set."""
    styles: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        styles[line.size, line.bold is True] += len(line.text)
    size, bold = styles.most_common(1)[0][0] if styles else (12.0, False)
    reached: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        if line.size == size:
            reached[round(line.text_left)].append(line.right)
    margins = {left: sorted(rights)[int(0.97 * len(rights))] for left, rights in reached.items() if len(rights) >= 3}
    pitches: Counter[float] = Counter()
    for above, line in pairwise(lines):
        pitch = (above.baseline - line.baseline) / size
        if above.page == line.page and above.size == line.size == size and not line.label and 0.9 < pitch < 2.2:
            pitches[round(pitch, 2)] += 1
    return Body(size, bold, pitches.most_common(1)[0][0] if pitches else 1.25, margins)


def _has_room(above: Line, line: Line, margin: float) -> bool:
    """Tell whether the first word of `line` would have fitted at the end of the line above it."""
    ends = above.text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS
    return above.right + 0.3 * line.size + line.first_word_width < margin - (0.5 if ends else 2) * line.size


def paragraphs_of(flow: Sequence[Line | Row], body: Body) -> list[Paragraph | Row]:
    """Put one page's lines together into paragraphs, its footnotes last."""
    first_note = _first_note(flow, body)
    found: list[Paragraph | Row] = []
    for at, element in enumerate(flow):
        last = found[-1] if found else None
        if isinstance(element, Row):
            found.append(element)
        elif isinstance(last, Paragraph) and at != first_note and not _parts(last, element, body):
            last.lines.append(element)
        else:
            found.append(Paragraph([element], note=at >= first_note))
    cut = [part for paragraph in found for part in _cut_short_lines(paragraph, body)]
    return _resumed(cut, body)


def over_page_breaks(pages: Iterable[list[Paragraph | Row]], body: Body) -> list[Paragraph | Row]:
    """Join what goes on over page breaks; a page's footnotes follow what started on that page."""
    found: list[Paragraph | Row] = []
    notes: list[Paragraph | Row] = []
    for page in pages:
        running = [part for part in page if not (isinstance(part, Paragraph) and part.note)]
        if found and running and _goes_over(found[-1], running[0], body):
            _append(found[-1], running.pop(0))
        found.extend(notes)
        if notes and not running:
            notes = []
        found.extend(running)
        notes = [part for part in page if isinstance(part, Paragraph) and part.note]
    return found + notes


def _append(head: Paragraph | Row, tail: Paragraph | Row) -> None:
    if isinstance(head, Paragraph) and isinstance(tail, Paragraph):
        head.lines.extend(tail.lines)


def _first_note(flow: Sequence[Line | Row], body: Body) -> int:
    """Return where the footnotes at the bottom of a page start: the page's last run of small lines."""
    start = len(flow)
    for element in reversed(flow):
        if isinstance(element, Row) or element.size > FOOTNOTE_SIZE * body.size:
            break
        start -= 1
    return start


def _parts(paragraph: Paragraph, line: Line, body: Body) -> bool:
    """Tell whether `line`, the next one down the page, starts something new."""
    last = paragraph.lines[-1]
    larger = max(last.size, line.size)
    if line.firm or line.box != last.box or (line.segments[0].raised and line.size <= FOOTNOTE_SIZE * body.size):
        return True
    if last.baseline - line.baseline > LOOSE * body.pitch * larger:
        return True
    goes_on = line.text[:1].islower() and not paragraph.ends_sentence
    if abs(last.size - line.size) > (0.12 * larger if goes_on else 0.6):
        return True
    if last.bold is not line.bold and None not in (last.bold, line.bold) and not goes_on:
        return True
    return not _is_display(last, body) and _is_moved(paragraph, line, goes_on)


def _is_moved(paragraph: Paragraph, line: Line, goes_on: bool) -> bool:
    """Tell whether `line` starts further left or right than the paragraph's next line would."""
    first, last = paragraph.lines[0], paragraph.lines[-1]
    expected = first.text_left if len(paragraph.lines) == 1 else last.left
    shift = line.left - expected
    if shift < -4:
        indented = len(paragraph.lines) == 1 and not first.label and shift > -4 * line.size
        return not indented and not (goes_on and shift > -4 * line.size)
    return shift > 6 and not goes_on


def _is_display(text: Paragraph | Line, body: Body) -> bool:
    """Tell whether a text is set larger or bolder than running text."""
    return (text.bold is True and not body.bold) or text.size > 1.08 * body.size


def _cut_short_lines(part: Paragraph | Row, body: Body) -> list[Paragraph | Row]:
    """Cut a paragraph after lines that had room for the next word: there the writer ended the line."""
    if isinstance(part, Row) or _is_display(part, body):
        return [part]
    margin = body.margin(part.lines)
    pieces = [Paragraph(part.lines[:1], part.note)]
    for above, line in pairwise(part.lines):
        broken = part.note and above.text[-1] not in _SENTENCE_ENDS
        if _has_room(above, line, margin) and not line.text[:1].islower() and not broken:
            pieces.append(Paragraph([line], part.note))
        else:
            pieces[-1].lines.append(line)
    return list(pieces)


def _resumed(parts: Iterable[Paragraph | Row], body: Body) -> list[Paragraph | Row]:
    """Join paragraphs of one page where a sentence plainly goes on after a wider gap."""
    found: list[Paragraph | Row] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(last, Paragraph) and isinstance(part, Paragraph) and _same_kind(last, part, body):
            above, line = last.lines[-1], part.lines[0]
            near = above.baseline - line.baseline < 1.4 * body.pitch * part.size
            full = not _has_room(above, line, body.margin([*last.lines[-RECENT:], line]))
            if near and full and part.text[:1].islower() and not last.ends_sentence and _aligned(last, part):
                last.lines.extend(part.lines)
                continue
        found.append(part)
    return found


def _same_kind(head: Paragraph, tail: Paragraph, body: Body) -> bool:
    last = head.lines[-1]
    displayed = _is_display(last, body) or _is_display(tail, body)
    return head.note == tail.note and not displayed and not tail.label and abs(last.size - tail.size) < 0.6


def _aligned(head: Paragraph, tail: Paragraph) -> bool:
    last = head.lines[-1]
    expected = last.left if len(head.lines) > 1 else last.text_left
    return abs(tail.lines[0].left - expected) < 6


def _goes_over(head: Paragraph | Row, tail: Paragraph | Row, body: Body) -> bool:
    """Tell whether `tail`, the first text of a page, goes on with what the page before ended in."""
    if isinstance(head, Row) or isinstance(tail, Row) or head.note or not _same_kind(head, tail, body):
        return False
    if not _aligned(head, tail):
        return tail.text[:1].islower() and not head.ends_sentence
    if head.ends_sentence:
        return bool(head.label) and head.lines[0].text_left > head.lines[0].left
    above, line = head.lines[-1], tail.lines[0]
    return line.text[:1].islower() or not _has_room(above, line, body.margin([*head.lines[-RECENT:], *tail.lines]))
