"""Serving while the index changes, answering again, and answering with less work where many ask."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.to_thread import run_sync
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient

from peelqa.answers import DEFAULT_LIMIT, Answer, Library, open_library, open_newer
from peelqa.cli import main
from peelqa.embedding import Embedder
from peelqa.index import name_in_force
from peelqa.index.build import build_index
from peelqa.questions import Filters
from peelqa.reports.corpus import read_report
from peelqa.reports.report import Report
from peelqa.settings import Settings, web_folder
from peelqa.web import create_app
from peelqa.web.asked import Asked
from peelqa.web.desk import PLACES, QUEUE_A_PLACE, Desk, Refusal
from peelqa.web.site import FRAGMENT_HEADER
from peelqa.web.swapping import Swapping

QUESTION = "What concerns exist about missing children?"
SETTINGS = Settings(asks_per_minute=0)


@pytest.fixture
def other(tmp_path: Path) -> Report:
    path = tmp_path / "elmshire-2016.txt"
    path.write_text(
        "Elmshire Police 2016\n\nEffectiveness\n\nMissing children wait for three days.\n", encoding="utf-8"
    )
    return read_report(path, name=path.name, report_id="elmshire-2016")


def test_a_new_generation_takes_over_and_no_request_fails_or_mixes_two(
    report: Report, other: Report, embedder: Embedder, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    build_index(folder, [report], embedder)
    library = open_library(folder, embedder)
    seen = asyncio.run(_ask_across_a_swap(library, folder, [report, other]))
    first, last = library.index.generation, name_in_force(folder)
    assert first != last
    generations = [answer["coverage"]["generation"] for answer in seen]
    assert set(generations) == {first, last}
    assert generations == sorted(generations)
    assert all(
        answer["coverage"]["reports"] == (1 if generation == first else 2)
        for answer, generation in zip(seen, generations, strict=True)
    )
    quoted = {
        (each["passage"]["id"], generation)
        for answer, generation in zip(seen, generations, strict=True)
        for each in answer["quotes"]
    }
    assert not any(passage.startswith("elmshire") and generation == first for passage, generation in quoted)


async def _ask_across_a_swap(library: Library, folder: Path, reports: list[Report]) -> list[dict[str, Any]]:
    def renew(app: FastAPI) -> FastAPI | None:
        newer = open_newer(folder, app.state.site.library)
        return create_app(newer, web_folder(), SETTINGS, before=app) if newer else None

    app = Swapping(create_app(library, web_folder(), SETTINGS), renew, 0.01)
    to_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    await to_app.put({"type": "lifespan.startup"})
    living = asyncio.create_task(app({"type": "lifespan"}, to_app.get, from_app.put))
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    answers: list[dict[str, Any]] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        building: asyncio.Task[object] | None = None
        for number in range(2000):
            body = {"question": f"{QUESTION} {number}", "limit": 1}
            replies = await asyncio.gather(*(client.post("/api/ask", json=body) for _ in range(2)))
            answers.extend(reply.raise_for_status().json() for reply in replies)
            if building is None:
                building = asyncio.create_task(run_sync(lambda: build_index(folder, reports, library.embedder)))
            elif building.done() and answers[-1]["coverage"]["generation"] == name_in_force(folder):
                break
    await to_app.put({"type": "lifespan.shutdown"})
    await living
    return answers


def test_what_is_wrong_with_a_newer_generation_leaves_the_old_one_serving(library: Library) -> None:
    async def look() -> tuple[int, FastAPI]:
        looked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def renew(_: FastAPI) -> None:
            loop.call_soon_threadsafe(looked.set)
            raise OSError("the disk is gone")

        app = Swapping(create_app(library, web_folder(), SETTINGS), renew, 0.01)
        looking = asyncio.create_task(app._look())
        await looked.wait()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            status = (await client.get("/healthz")).status_code
        alive = not looking.done()
        looking.cancel()
        assert alive
        return status, app.app

    assert asyncio.run(look())[0] == 200


def test_the_same_generation_is_not_opened_again(report: Report, embedder: Embedder, tmp_path: Path) -> None:
    build_index(tmp_path, [report], embedder)
    library = open_library(tmp_path, embedder)
    assert open_newer(tmp_path, library) is None


class _Counting(Library):
    """A library that counts what it answers, and may be held up."""

    def ask(self, text: str, *args: object, **kwargs: object) -> Answer:
        ASKED.append((text, self.budget))
        GATE.wait()
        return super().ask(text, *args, **kwargs)  # type: ignore[arg-type]


ASKED: list[tuple[str, int]] = []
GATE = threading.Event()
MANY = QUEUE_A_PLACE * PLACES


@pytest.fixture
def desk(library: Library) -> Desk:
    ASKED.clear()
    GATE.set()
    counting = _Counting(library.index, library.embedder, library.reranker, library.model)
    return Desk(counting, 0)


def test_a_question_is_answered_once_and_remembered_with_its_filters(desk: Desk) -> None:
    async def ask() -> list[Answer]:
        plain = [await desk.ask_again(QUESTION, Filters()) for _ in range(3)]
        return [*plain, await desk.ask_again(QUESTION, Filters(year=(2014,)))]

    answers = asyncio.run(ask())
    assert len(ASKED) == 2
    assert answers[0] is answers[2]
    assert answers[3] is not answers[0]


def test_earlier_turns_are_answered_again_only_for_a_page_that_shows_them(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[str] = []
    ask_again = Desk.ask_again

    async def note(desk: Desk, text: str, *how: Any) -> Answer:
        answered.append(text)
        return await ask_again(desk, text, *how)

    monkeypatch.setattr(Desk, "ask_again", note)
    client = TestClient(create_app(library, web_folder(), SETTINGS))
    follow_up = "What has the force saved?"
    fields = {"question": follow_up, "turn": Asked(question=QUESTION).packed()}
    client.post("/ask", data=fields, headers={FRAGMENT_HEADER: "yes"})
    assert answered == [follow_up]
    client.post("/ask", data=fields)
    assert sorted(answered[1:]) == sorted([QUESTION, follow_up])


def test_what_is_remembered_does_not_wait_behind_what_is_not(desk: Desk) -> None:
    async def ask() -> Answer:
        known = await desk.ask_again(QUESTION, Filters())
        GATE.clear()
        slow = [asyncio.create_task(desk.ask_again(f"{QUESTION} {number}", Filters())) for number in range(6)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(desk.ask_again(QUESTION, Filters()), 5) is known
        assert not any(each.done() for each in slow)
        GATE.set()
        await asyncio.gather(*slow)
        return known

    asyncio.run(ask())


def test_what_many_ask_at_once_is_answered_once(desk: Desk) -> None:
    async def ask() -> list[Answer]:
        GATE.clear()
        tasks = [asyncio.create_task(desk.ask_again(QUESTION, Filters())) for _ in range(4)]
        await asyncio.sleep(0.05)
        tasks[0].cancel()  # who asked first hung up, which costs nobody else the answer
        GATE.set()
        return [each for each in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(each, Answer)]

    answers = asyncio.run(ask())
    assert len(answers) == 3
    assert len(ASKED) <= 2
    assert answers[0] is answers[1] is answers[2]


@pytest.mark.parametrize("degraded", [True, False])
def test_what_is_not_kept_is_made_once_for_all_who_wait_for_it(
    library: Library, monkeypatch: pytest.MonkeyPatch, degraded: bool
) -> None:
    desk, made = Desk(library, 0), []

    async def make(self: Desk, asked: object) -> Answer:
        made.append(asked)
        await asyncio.sleep(0.05)
        if not degraded:
            raise Refusal(503, "Too many ask.")
        return replace(library.ask(QUESTION), degraded=True)

    monkeypatch.setattr(Desk, "_make", make)

    async def ask() -> list[object]:
        return await asyncio.gather(*(desk.ask_again(QUESTION, Filters()) for _ in range(1500)), return_exceptions=True)

    told = asyncio.run(ask())
    assert len(made) == 1
    assert {type(each) for each in told} == {Answer if degraded else Refusal}


def test_searches_and_lists_do_not_wait_behind_questions(library: Library) -> None:
    desk = Desk(library, 0)
    may_go_on = threading.Event()

    async def look() -> str:
        asked = [asyncio.create_task(desk.questions.run(lambda: may_go_on.wait(20))) for _ in range(MANY)]
        await asyncio.sleep(0.05)
        found = await asyncio.wait_for(desk.lookups.run(lambda: "found"), 10)
        assert not any(each.done() for each in asked)
        may_go_on.set()
        await asyncio.gather(*asked)
        return found

    assert asyncio.run(look()) == "found"


def test_a_comparison_lets_others_have_their_turn_between_its_cells(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    line = type(Desk(library, 0).questions)
    go_on = line.go_on

    async def note(self: Any, work: Callable[[], Any]) -> Any:
        begun.append("piece")
        return await go_on(self, work)

    monkeypatch.setattr(line, "go_on", note)
    client = TestClient(create_app(library, web_folder(), SETTINGS))
    bodies = sorted({report.body for report in library.index.reports if report.body})
    reply = client.post("/api/compare", json={"question": QUESTION, "body": bodies, "year": [2014, 2018]})
    assert reply.status_code == 200
    cells = [cell for row in reply.json()["rows"] for cell in row["cells"]]
    assert len(begun) == len(cells) + 1  # the plan itself is one


def test_where_many_ask_less_is_read_and_the_answer_says_so_and_is_not_kept(desk: Desk) -> None:
    async def ask() -> list[Answer]:
        GATE.clear()
        tasks = []
        for number in range(MANY):
            tasks.append(asyncio.create_task(desk.ask_again(f"{QUESTION} {number}", Filters())))
            await asyncio.sleep(0.01)
        GATE.set()
        answers = await asyncio.gather(*tasks)
        return [*answers, await desk.ask_again(f"{QUESTION} {MANY - 1}", Filters())]

    *answers, again = asyncio.run(ask())
    budgets = dict(ASKED[:MANY])
    read = [budgets[f"{QUESTION} {number}"] for number in range(MANY)]
    assert read == sorted(read, reverse=True)
    assert {24, 12, 6, 3} == set(read)
    assert [each.degraded for each in answers] == [budget < 24 for budget in read]
    assert answers[-1].to_json()["degraded"] is True
    assert "fewer sentences" in answers[-1].message
    assert not again.degraded
    assert "degraded" not in again.to_json()


def test_another_library_takes_the_queue_over_and_forgets_what_was_answered(desk: Desk, library: Library) -> None:
    async def ask() -> Answer:
        first = await desk.ask_again(QUESTION, Filters())
        other = desk.over(replace(library, budget=12))
        second = await other.ask_again(QUESTION, Filters())
        assert second is not first
        return second

    assert asyncio.run(ask()).coverage["generation"] == library.index.generation


@pytest.mark.parametrize("others", [0, 1, 7])
def test_scores_do_not_depend_on_what_else_is_read(library: Library, others: int) -> None:
    text = "Reports of missing children waited two days for an officer."
    noise = [f"{'Officers respond. ' * number}" for number in range(1, others + 1)]
    assert library.reranker.logits(QUESTION, [text])[0] == library.reranker.logits(QUESTION, [*noise, text])[-1]


def test_scores_do_not_depend_on_who_else_asks(library: Library) -> None:
    alone = library.ask(QUESTION, limit=DEFAULT_LIMIT).to_json()
    found: list[dict[str, object]] = []

    def ask(number: int) -> None:
        answer = library.ask(QUESTION if number % 2 else f"How much did the force save? {number}").to_json()
        if number % 2:
            found.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all({**each, "took_ms": 0} == {**alone, "took_ms": 0} for each in found)


def test_several_processes_answer_alike_and_share_the_mapped_vectors(
    report: Report, embedder: Embedder, tmp_path: Path
) -> None:
    build_index(tmp_path / "index", [report], embedder)
    log = tmp_path / "log"
    with log.open("wb") as errors:
        command = [sys.executable, "-m", "peelqa", "serve", "--port", "0", "--workers", "2"]
        server = subprocess.Popen([*command, "--index", str(tmp_path / "index")], stderr=errors)
    try:
        while not (said := re.search(r"answers at (http://127\.0\.0\.1:\d+)/", log.read_text())):
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        answers = []
        for _ in range(8):
            # A connection each, so that both get some.
            answers.append(httpx.post(f"{said[1]}/api/ask", json={"question": QUESTION}, timeout=60).json())
        assert all({**each, "took_ms": 0} == {**answers[0], "took_ms": 0} for each in answers)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        maps = [Path(f"/proc/{child}/maps").read_text() for child in children]
        assert sum("vectors.faiss" in each for each in maps) == 2
    finally:
        server.terminate()
        assert server.wait(30) in (0, -signal.SIGTERM)


def test_figures_of_one_process_are_not_given_for_several(
    report: Report, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEELQA_METRICS", "0")
    build_index(tmp_path, [report], embedder)
    refused = CliRunner().invoke(main, ["serve", "--workers", "2", "--index", str(tmp_path)])
    assert refused.exit_code
    assert "PEELQA_METRICS" in refused.output
