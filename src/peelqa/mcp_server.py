"""Tools for assistants over the Model Context Protocol: they get the reports' own words with attribution.

What the tools return is what the command line and the API return, every quotation checked against its report. Needs the
`mcp` extra.
"""

from __future__ import annotations

from typing import Any

from mcp.server import MCPServer

from peelqa.answers import DEFAULT_LIMIT, Library
from peelqa.asking import AskRequest
from peelqa.attribution import outline_json, passage_json, report_json
from peelqa.catalogue import Catalogue, Facet, Sort, Wanted
from peelqa.comparison import compare as compare_bodies
from peelqa.errors import UnknownReport
from peelqa.findings import Finding

_MOST_PASSAGES = 50
_LONGEST_READ = 20_000
"""Code points of a report that one call returns."""
_INSTRUCTIONS = (
    "Quotes inspection reports word for word. Give `text` unchanged and in quotation marks, with its `citation`; say so "
    "where `status` is not `answered`, and never present `nearest` as an answer. Reports marked `sample` are invented."
)


def make_server(library: Library) -> MCPServer:
    """Make the server of an opened library; `run()` serves it on standard input and output."""
    server: MCPServer = MCPServer("peelqa", instructions=_INSTRUCTIONS)
    tools = Tools(library)
    for tool in (tools.ask, tools.search, tools.compare, tools.list_reports, tools.read_report):
        server.add_tool(tool)
    return server


class Tools:
    """What an assistant can do with an opened library; each docstring is what the assistant is told of it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._catalogue = Catalogue(library.index, library.embedder)

    def ask(
        self,
        question: str,
        body: list[str] | None = None,
        year: list[int] | None = None,
        theme: list[str] | None = None,
        finding: Finding | None = None,
        limit: int = DEFAULT_LIMIT,
        history: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question with verbatim quotations and their attribution, or say why there are none.

        `finding` is concern, strength, mixed or neutral; `history` holds the conversation's earlier questions.
        """
        fields = {"body": body, "year": year, "theme": theme, "finding": finding, "history": history or []}
        asked = AskRequest.model_validate({"question": question, "limit": limit, **fields})
        return self._library.ask(asked.question, asked.filters(), limit, history=asked.turns()).to_json()

    def search(
        self,
        query: str,
        exact: bool = False,
        body: list[str] | None = None,
        year: list[int] | None = None,
        finding: Finding | None = None,
        limit: int = 10,
    ) -> dict[str, Any]:
        """Find whole passages by words and meaning, best first, with the number found in all."""
        chosen = {
            Facet.BODY: tuple(body or ()),
            Facet.YEAR: tuple(map(str, year or ())),
            Facet.FINDING: (finding,) if finding else (),
        }
        found = self._catalogue.find(Wanted(query, exact, chosen, Sort.RELEVANCE))
        rows = found.rows[: min(max(limit, 1), _MOST_PASSAGES)]
        return {"total": len(found.rows), "results": [passage_json(each) for each in self._catalogue.passages(rows)]}

    def compare(self, question: str, body: list[str] | None = None, year: list[int] | None = None) -> dict[str, Any]:
        """Ask one question of several bodies or years; each cell holds quotations, or why there are none."""
        return compare_bodies(self._library, question, bodies=body or (), years=year or ()).to_json()

    def list_reports(self) -> list[dict[str, Any]]:
        """List the reports that can be quoted."""
        return [report_json(report) for report in self._library.index.reports]

    def read_report(self, report: str, start_char: int = 0) -> dict[str, Any]:
        """Read a report's text from a place on, with its sections, dates and grades; offsets are code points."""
        index = self._library.index
        if report not in index.report_ids():
            raise UnknownReport(f"There is no report {report[:80]}. Call list_reports for the ids.")
        found = index.report(report)
        start = min(max(start_char, 0), len(found.text))
        end = min(start + _LONGEST_READ, len(found.text))
        return {
            **outline_json(found),
            "text": found.text[start:end],
            "start_char": start,
            "end_char": end,
            "length": len(found.text),
        }
