"""How long a page takes beyond the answer on it: `python eval/bench/rendering.py`.

Asks the built-in sample's questions once, then has the whole application (limits, headers, form, checks, templates)
serve each answer, which is there already. Prints medians and 95th percentiles in milliseconds as JSON, by the clock and
of the processor's time, which does not grow with what else the machine does.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from peelqa.answers import Answer, Library, open_library
from peelqa.building import build_corpus
from peelqa.embedding import load_embedder
from peelqa.settings import Settings, sample_folder, web_folder
from peelqa.web import create_app
from peelqa.web.site import FRAGMENT_HEADER

QUESTIONS = Path(__file__).parents[1] / "questions" / "sample.jsonl"
ROUNDS = 10
"""Times that each question is served in each form; the first round of a form is not counted."""

_App = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True)
class Answered(Library):
    """A library that has its answers ready."""

    answers: Mapping[str, Answer] = field(default_factory=dict)

    def ask(self, text: str, *_: Any, **__: Any) -> Answer:
        """Return the answer without any work."""
        return self.answers[text]


def main() -> None:
    """Measure and print."""
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        library = _open(Path(folder))
        answers = {question: library.ask(question) for question in dict.fromkeys(questions)}
        parts = {each.name: getattr(library, each.name) for each in fields(Library)}
        app = create_app(Answered(**parts, answers=answers), web_folder(), Settings(asks_per_minute=0))
        print(json.dumps(asyncio.run(measure(app, list(answers))), indent=1))


async def measure(app: _App, questions: list[str]) -> dict[str, float]:
    """Return the figures of whole pages, of the part that the script asks for, and of the API."""
    form = "application/x-www-form-urlencoded"
    kinds: dict[str, Callable[[str], Awaitable[tuple[float, float]]]] = {
        "page": lambda text: _serve(app, "/ask", form, urlencode({"question": text})),
        "part of a page": lambda text: _serve(app, "/ask", form, urlencode({"question": text}), FRAGMENT_HEADER),
        "API": lambda text: _serve(app, "/api/ask", "application/json", json.dumps({"question": text})),
    }
    figures: dict[str, float] = {"questions": len(questions)}
    for kind, serve in kinds.items():
        taken = [await serve(text) for _ in range(ROUNDS) for text in questions][len(questions) :]
        for clock, times in zip(("by the clock", "of processor"), zip(*taken, strict=True), strict=True):
            figures[f"{kind}, median ms {clock}"] = round(statistics.median(times) * 1e3, 2)
            figures[f"{kind}, 95th percentile ms {clock}"] = round(statistics.quantiles(times, n=20)[-1] * 1e3, 2)
    return figures


async def _serve(app: _App, path: str, media_type: str, text: str, header: str | None = None) -> tuple[float, float]:
    """Return the seconds from a request's arrival to the last byte of its answer, by the clock and of the processor."""
    body = text.encode()
    headers = [(b"host", b"localhost"), (b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "headers": headers + ([(header.encode(), b"yes")] if header else []),
    }  # fmt: skip
    sent: list[Any] = []
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return coming.pop() if coming else await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    started, used = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    taken = time.perf_counter() - started, time.process_time() - used
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{path} answered with status {sent[0]['status']}")
    return taken


def _open(folder: Path) -> Library:
    embedder = load_embedder()
    build_corpus(folder / "corpus", folder / "index", sample_folder(), embedder, lambda *_: None)
    return open_library(folder / "index", embedder)


if __name__ == "__main__":
    main()
