"""What a report was taken to find: sentence by sentence, with the words for which it counts as a concern or a strength."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from peelqa.findings import Finding, finding_cues
from peelqa.passages import Passage, Unit
from peelqa.web.cards import FINDING_TYPES, FINDINGS, STATUSES
from peelqa.web.marking import Piece, part_text
from peelqa.web.site import Site
from peelqa.web.specimens import shown

PART_SENTENCES = 50
"""Sentences, items and rows on one page, so that it stays under 60 KB."""

_Placed = tuple[Passage, Unit]


class FindingsQuery(BaseModel):
    """Which sentences of a report are wanted, and which part of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    finding: Finding | None = None
    part: int = Field(default=1, ge=1, le=1_000_000)

    def of(self, passages: Sequence[Passage]) -> list[_Placed]:
        """Return the sentences wanted, each with its passage, in the report's order."""
        placed = [(passage, unit) for passage in passages for unit in passage.units]
        return [(passage, unit) for passage, unit in placed if self.finding in (None, unit.finding)]

    def cut(self, placed: Sequence[_Placed]) -> Sequence[_Placed]:
        """Return those of the wanted part."""
        return placed[(self.part - 1) * PART_SENTENCES : self.part * PART_SENTENCES]

    def address(self, finding: str | None, part: int = 1) -> str:
        """Return the query of another choice."""
        return "?" + urlencode({**({"finding": finding} if finding else {}), **({"part": part} if part > 1 else {})})


def routes(site: Site) -> APIRouter:
    """Make the routes of a report's findings."""
    router = APIRouter()

    @router.get("/reports/{report_id}/findings", response_class=HTMLResponse, include_in_schema=False)
    async def findings(request: Request, report_id: str, query: Annotated[FindingsQuery, Query()]) -> HTMLResponse:
        report = site.report(report_id)
        passages = site.library.index.passages_of(report_id)
        view = await site.desk.lookups.run(lambda: _view(passages, query))
        return site.page(request, "findings.html", report=report, query=query, **view)

    @router.get("/api/reports/{report_id}/findings", tags=["reports"], responses=shown("findings", 404, 422, 503))
    async def api_findings(report_id: str, query: Annotated[FindingsQuery, Query()]) -> dict[str, Any]:
        """List a report's sentences with what each was taken to find and the words that told so; fifty a part."""
        site.report(report_id)
        placed = query.of(site.library.index.passages_of(report_id))
        sentences = await site.desk.lookups.run(lambda: [sentence_json(*each) for each in query.cut(placed)])
        return {"report": report_id, "part": query.part, "parts": _parts(placed), "sentences": sentences}

    return router


def sentence_json(passage: Passage, unit: Unit) -> dict[str, Any]:
    """Return a sentence, item or row with its finding and the cues for it; offsets are those of the report's text."""
    text = passage.quote(unit.start_char, unit.end_char).text
    return {
        "text": text,
        "start_char": unit.start_char,
        "end_char": unit.end_char,
        "page": unit.page,
        "passage": passage.id,
        "section": list(passage.section_path),
        "finding": unit.finding,
        "cues": [
            {
                "text": text[cue.start : cue.end],
                "start_char": unit.start_char + cue.start,
                "end_char": unit.start_char + cue.end,
                "direction": cue.direction,
                "reason": cue.reason,
            }
            for cue in (finding_cues(text) if unit.finding is not Finding.NEUTRAL else ())
            if unit.finding in (Finding.MIXED, cue.direction)
        ],
    }


def reasons(cues: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say in words, each reason once, for which words a sentence was taken for a finding.

    >>> reasons([{"text": "slow", "reason": "says how far"}, {"text": "wait", "reason": "says how far"}])
    ['“slow”, “wait” (says how far)']
    """
    words: dict[str, dict[str, None]] = {}
    for cue in cues:
        words.setdefault(cue["reason"], {})[f"“{' '.join(cue['text'].split())}”"] = None
    return [f"{', '.join(named)} ({reason})" for reason, named in words.items()]


def _parts(placed: Sequence[_Placed]) -> int:
    return max(1, -(-len(placed) // PART_SENTENCES))


def _view(passages: Sequence[Passage], query: FindingsQuery) -> dict[str, Any]:
    placed = query.of(passages)
    counts = Counter(unit.finding for passage in passages for unit in passage.units)
    choices = [{"name": "All", "count": counts.total(), "href": query.address(None), "chosen": query.finding is None}]
    choices += [
        {"name": name, "count": counts[finding], "href": query.address(finding), "chosen": query.finding is finding}
        for finding, name in ((Finding(value), name) for value, name in FINDINGS.items())
        if counts[finding]
    ]
    parts = _parts(placed)
    return {
        "choices": choices,
        "passages": list(_passage_views(query.cut(placed))),
        "parts": parts,
        "previous": query.address(query.finding, query.part - 1) if query.part > 1 else None,
        "next": query.address(query.finding, query.part + 1) if query.part < parts else None,
        "finding_names": FINDINGS,
    }


def _passage_views(placed: Sequence[_Placed]) -> Iterator[dict[str, Any]]:
    above: tuple[str, ...] = ()
    for passage, group in groupby(placed, key=lambda each: each[0]):
        section = passage.report.sections[passage.section]
        yield {
            "id": passage.id,
            "section": passage.section_path if passage.section_path != above else None,
            "period": section.period,
            "grade": section.grade,
            "grade_note": STATUSES.get(section.grade.status.value) if section.grade else None,
            "finding_type": FINDING_TYPES.get(section.finding_type or ""),
            "sentences": [_sentence_view(*each) for each in group],
        }
        above = passage.section_path


def _sentence_view(passage: Passage, unit: Unit) -> dict[str, Any]:
    found = sentence_json(passage, unit)
    return {
        **found,
        "pieces": _pieces(found),
        "reasons": reasons(found["cues"]),
        "href": f"/reports/{passage.report.id}?start={unit.start_char}&end={unit.end_char}#quoted",
    }


def _pieces(found: dict[str, Any]) -> list[Piece]:
    at = found["start_char"]
    return part_text(found["text"], [(cue["start_char"] - at, cue["end_char"] - at) for cue in found["cues"]])
