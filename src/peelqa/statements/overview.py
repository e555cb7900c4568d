"""What a report says as a whole, where a question names no subject: what inspectors found, praised or criticised, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice

from peelqa.findings import Finding
from peelqa.index import Index, ReportCard
from peelqa.passages import Passage, Quotation
from peelqa.questions import Kind, Question
from peelqa.quoting import RelevantQuotation, is_repetition, packed, with_antecedent
from peelqa.reports.frameworks import line_of
from peelqa.reports.layout import BlockKind
from peelqa.statements.asked import asked_subject, asks_for_account, asks_whether_good
from peelqa.statements.graded import MOST_STATED, has_grade, is_graded, quote_grade
from peelqa.statements.marked import IMPROVEMENT
from peelqa.statements.subject import are_akin, are_of_forces, stems_wanted, title_stems
from peelqa.understanding.covered import newest_first, newest_of_each_line
from peelqa.words import stems

_OF_THE_WHOLE = 0.89
"""The relevance of what a report opens with: of 45 such first quotations, read by hand, 41 were right, by the rule of succession."""
_MOST_BODIES = 2
"""Bodies of which a question about a whole report can be meant."""
_WITHIN = 8
"""Passages from the start of a report within which a section that sums it up begins."""
_ENOUGH_FINDINGS = 8
"""Findings with which an opening is taken to sum the report up."""
_WORDS_OF_ITEM = 8
"""Words from which an item says something; one of fewer only names what is graded."""
_BEFORE_LIST = 2
"""Quotations of the opening before the report's list of what must improve, or of strengths."""
_WHOLE_STEMS = frozenset(
    stems(
        "sum say said says tell told find found finding findings think thought conclude concluded conclusion conclusions report reported "
        "inspection inspections inspector inspectors inspectorate ofsted hmic whats overall overview summary summarise headline headlines "
        "key main big biggest major serious greatest general generally happen happened come came go going gone went well wrong right badly "
        "good better best bad worse worst fail failing failed failings failures weak weakness weaknesses strength strengths strong praise "
        "praised criticise criticised criticism criticisms concern concerns concerned worry worried worries problem problems issue issues "
        "positive positives negative negatives downhill drop dropped fall fell slip slipped become became turned point points "
        "area areas force authority council service services perform performed performing performance results outcome outcomes way "
        "rate rated rating grade graded judge judged judgement outstanding adequate inadequate requires improvement last latest recent "
        "picture turn turned around bigger stay stayed stays end ended falling down short brilliant terrible great lose lost loses get got go went "
        "now currently still today moment these days shortcomings thing things reason reasons explain improve improved like isn aren wasn weren hasn haven didn doesn don longer stop stopped"
    )
)
_SERVED_STEMS = frozenset(stems("children families"))
"""Whom all inspections of councils' services that peelqa knows are about."""
_OF_ALL = re.compile(
    r"\b(?:say|said|tell|told|find|found|findings?|think|thought|saw|conclu\w+|report(?:s|ed)?|summar\w+|sum up|how (?:good|bad|well|effective|strong)|overview|headlines?|happen\w*|perform\w*"
    r"|(?:force|authority) (?:do|doing|going|like)|(?:overall|whole|big|bigger) picture|turn\w* (?:\w+ )?a?round|falling (?:down|short))\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:inadequate|requires? improvement(?: to be good)?|worse|worst|downhill|bad(?:ly)?|not (?:\w+ )?good|fail\w*)\b",
    re.IGNORECASE,
)
_BECAME = re.compile(
    r"\b(?:bec[oa]me|go|went|gone|drop\w*|fell|fall\w*|slip\w*|turn\w*|get|got|improve|move|end(?:ed)? up|come|came)\b",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"\b(?:los(?:e|es|t|ing)|no longer|stop(?:ped)? being|not (?:stay|remain)|n[’']t (?:stay|remain))\b", re.IGNORECASE
)
_DENIED_GOOD = re.compile(r"(?:\b(?:not|never)|n[’']t)\b(?: \w+){0,3} (?:good|outstanding)\b", re.IGNORECASE)
_WELL = re.compile(r"\b(?:outstanding|good|better|well)\b", re.IGNORECASE)
_VALUE = re.compile(
    r"\b(?:outstanding|requires? improvement(?: to be good)?|good|adequate|inadequate)\b", re.IGNORECASE
)
_PREAMBLE = re.compile(
    r"An? (?:LSCB|local authority|force|service|provider) (?:that|which|is|requires)\b|This (?:letter|report)\b|The inspectorates\b|We (?:anticipate|expect|carried out|conducted|inspected|will)\b"
    r"|Between \d|An? (?:\w+ )?(?:multi-agency|joint) inspection\b|Joint targeted area inspection\b|Even where\b"
    r"|[A-Z]\w+(?: [A-Z]\w+){1,3}, (?:\w+ ){0,3}(?:Director|Executive|Chief|Chair|Officer|Commissioner|Leader|Head|Manager|Nurse|Lead)\b",
)
"""How sentences begin that only explain grades, the report itself, or to whom it is written."""
_SUMMARY = re.compile(r"\b(?:summary|headline|(?:key|main) findings|outcome)\b", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:information )?about\b|context\b|background\b", re.IGNORECASE)
_STRENGTHS = re.compile(r"(?:key |the local authority[’']s )?strengths(?: and .*)?", re.IGNORECASE)
_OTHERS_SAY = re.compile(
    r"\b(?:judges?|judiciary|children|kids|young people|parents|carers|families|staff|officers|social workers|victims|people|partners|leavers|they) "
    r"(?:say|said|think|thought|feel|felt|tell|told)\b",
    re.IGNORECASE,
)
_NO_ACCOUNT = frozenset({Kind.DATE, Kind.PERSON, Kind.FIGURE})


def find_overview(index: Index, question: Question, reports: Sequence[ReportCard]) -> list[RelevantQuotation]:
    """Quote how reports sum up what was found, where a question asks of them as a whole; nothing where it names a subject.

    Findings are quoted in the order of the report, only those of the direction that is asked for, if one is; else the
    overall grade goes first.
    """
    if (
        question.theme
        or question.filters.finding
        or question.kind in _NO_ACCOUNT
        or (question.kind is Kind.GRADE and not asks_for_account(question))
    ):
        return []
    if _OTHERS_SAY.search(question.searched) or asks_whether_good(question):
        return []
    if len({report.body for report in reports}) > _MOST_BODIES or not (question.body or len(reports) == 1):
        return []
    accounted = asks_for_account(question)
    if not (accounted or question.finding or _OF_ALL.search(question.searched)):
        return []
    wanted = stems_wanted(question, reports) - _WHOLE_STEMS
    if not are_of_forces(reports):
        wanted -= _SERVED_STEMS
    if not accounted and is_graded(reports, asked_subject(question, reports)):
        return []
    direction = _direction(question)
    value = _value_to_explain(question)
    titled = [report for report in reports if wanted <= title_stems(report)]
    whole = _explained(question, titled, value) if value else newest_of_each_line(titled)
    quotations = chain.from_iterable(_summed_up(index, report, direction) for report in whole)
    if not whole and value:
        graded = [report for report in reports if has_grade(report, wanted, value)]
        quotations = chain.from_iterable(
            _on_theme(index, report, wanted, direction) for report in newest_of_each_line(graded)
        )
    return [RelevantQuotation(quotation, _OF_THE_WHOLE) for quotation in islice(_once(quotations), MOST_STATED)]


def _once(quotations: Iterable[Quotation]) -> Iterator[Quotation]:
    """Leave out what repeats an earlier one: a grade may be a sentence of the summary."""
    seen = list[Quotation]()
    for quotation in quotations:
        if not any(is_repetition(quotation, other) for other in seen):
            seen.append(quotation)
            yield quotation


def _direction(question: Question) -> Finding | None:
    if not asks_for_account(question):
        return question.finding
    # "How did it drop from good to inadequate?": the last one is what is to be explained.
    if _LOST.search(question.searched) or _DENIED_GOOD.search(question.searched):
        return Finding.CONCERN
    told = [*_BAD.finditer(question.searched), *_WELL.finditer(question.searched)]
    last = max(told, key=lambda each: each.end(), default=None)
    if last is None:
        return question.finding
    return Finding.CONCERN if _BAD.fullmatch(last[0]) else Finding.STRENGTH


def _value_to_explain(question: Question) -> str:
    """Return the grade that a question wants explained, or ""; of several ("drop from good to inadequate") the last."""
    denied = _LOST.search(question.searched) or _DENIED_GOOD.search(question.searched)
    explains = asks_for_account(question) and not denied
    named = _VALUE.findall(question.searched) if explains else []
    return re.sub(r"^require\b", "requires", named[-1].casefold()).removesuffix(" to be good") if named else ""


def _explained(question: Question, reports: Sequence[ReportCard], value: str) -> list[ReportCard]:
    """Return the newest reports with an overall grade, newest first; where one came to be asked for, the first that had it."""
    became = _BECAME.search(question.searched) is not None
    found: dict[tuple[str | None, str | None], ReportCard] = {}
    ended = set[tuple[str | None, str | None]]()
    for report in newest_first([report for report in reports if report.grades]):
        line = report.body, line_of(report.framework)
        if has_grade(report, set(), value):
            if line not in found or (became and line not in ended):
                found[line] = report
        elif line in found:
            ended.add(line)
    return list(found.values())


def _summed_up(index: Index, report: ReportCard, direction: Finding | None) -> Iterator[Quotation]:
    """Quote a report's overall grade, unless one direction is asked for, then what it opens with, then its list of such."""
    passages = list(index.passages_of(report.id))
    if direction is None:
        overall = (quote_grade(index, report, grade) for grade in report.grades if grade.level == "overall")
        yield from filter(None, overall)
    opening = _opening(passages)
    findings = [quotation for passage in opening for quotation in _findings(passage, direction)]
    listed = [passage for passage in passages if _is_list(passage, direction)]
    first = _BEFORE_LIST if _is_mostly(opening, direction) else 0
    yield from findings[:first]
    yield from (passage.quote(*span) for passage in listed for span in packed(passage, range(len(passage.units))))
    yield from findings[first:]


def _is_mostly(passages: Sequence[Passage], direction: Finding | None) -> bool:
    """Tell whether passages speak more in one direction than in the other; of the other, a list is surer to speak."""
    found = Counter(unit.finding for passage in passages for unit in passage.units)
    if direction is Finding.CONCERN:
        return found[Finding.CONCERN] >= found[Finding.STRENGTH]
    return direction is not Finding.STRENGTH or found[Finding.STRENGTH] >= found[Finding.CONCERN]


def _on_theme(index: Index, report: ReportCard, wanted: set[str], direction: Finding | None) -> Iterator[Quotation]:
    """Quote the findings of the sections whose heading or theme holds all that is wanted."""
    for passage in index.passages_of(report.id):
        section = passage.report.sections[passage.section]
        heading = stems(f"{' '.join(passage.section_path)} {section.theme or ''}")
        if all(any(are_akin(word, other) for other in heading) for word in wanted):
            yield from _findings(passage, direction)


def _opening(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that sum up: those of a section called so, else the first ones, to the end of their section."""
    first = next((at for at, each in enumerate(passages[:_WITHIN]) if _SUMMARY.search(each.section_path[-1])), 0)
    found = list[Passage]()
    findings = 0
    for section, under in groupby(passages[first:], key=lambda passage: passage.section):
        if findings >= _ENOUGH_FINDINGS:
            break
        these = list(under)
        if these[0].report.sections[section].finding_type is None and not _BACKGROUND.match(these[0].section_path[-1]):
            found += these
            findings += sum(_speaks(passage, at, None) for passage in these for at in range(len(passage.units)))
    return found


def _is_list(passage: Passage, direction: Finding | None) -> bool:
    """Tell whether a passage is of a list of what must improve, or of strengths, as is asked for."""
    kind = passage.report.sections[passage.section].finding_type
    if direction is Finding.CONCERN:
        return kind in IMPROVEMENT
    return direction is Finding.STRENGTH and _STRENGTHS.fullmatch(passage.section_path[-1].strip()) is not None


def _findings(passage: Passage, direction: Finding | None) -> Iterator[Quotation]:
    """Quote the runs of sentences in a passage that state findings, of one direction if one is asked for."""
    for spoken, run in groupby(range(len(passage.units)), key=lambda at: _speaks(passage, at, direction)):
        if spoken:
            places = list(run)
            first = with_antecedent(passage, places[0])
            yield from (passage.quote(*span) for span in packed(passage, [*range(first, places[0]), *places]))


def _speaks(passage: Passage, at: int, direction: Finding | None) -> bool:
    """Tell whether a unit is a sentence that states a finding, of one direction if one is asked for."""
    unit = passage.units[at]
    text = passage.report.text[unit.start_char : unit.end_char]
    is_item = unit.kind is BlockKind.ITEM and len(text.split()) >= _WORDS_OF_ITEM
    if not (unit.kind is BlockKind.PARAGRAPH or is_item) or _PREAMBLE.match(text):
        return False
    return unit.finding is not Finding.NEUTRAL and (direction is None or unit.finding in (direction, Finding.MIXED))
