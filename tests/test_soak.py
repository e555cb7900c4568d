from __future__ import annotations

import itertools
from pathlib import Path

import anyio
import httpx
import pytest

from eval.soak.load import Reply, offer, questions, summarise
from eval.soak.page import Row, render
from eval.soak.service import Service
from eval.soak.stages import growth


def test_questions_are_hardly_asked_twice_and_come_in_the_order_of_their_seed() -> None:
    first = list(itertools.islice(questions(1), 2100))
    assert len(set(first)) == 2100
    assert first == list(itertools.islice(questions(1), 2100))
    assert first != list(itertools.islice(questions(2), 2100))


def test_replies_are_counted_by_how_they_went() -> None:
    replies = [Reply(200, 1.0), Reply(200, 3.0), Reply(503, 0.1), Reply(500, 9.0), Reply(0, 9.0)]
    figures = summarise(replies)
    assert (figures.offered, figures.answered, figures.refused, figures.failed) == (5, 2, 1, 2)
    assert (figures.answered_median, figures.refused_p99) == (2.0, 0.1)


@pytest.mark.parametrize(
    ("status", "body", "counted"), [(200, {"coverage": {}}, 0), (200, {"coverage": {"x": 1}}, 200), (503, {}, 503)]
)
def test_questions_are_offered_whether_or_not_earlier_ones_were_answered(
    status: int, body: object, counted: int
) -> None:
    waiting = 0
    most = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await anyio.sleep(0.2)
        waiting -= 1
        return httpx.Response(status, json=body)

    async def run() -> list[Reply]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://here") as client:
            return await offer(client, 100.0, 0.3, questions(1), 1)

    replies = anyio.run(run)
    assert most > 5
    assert {each.status for each in replies} == {counted}


def test_a_leak_shows_as_growth_and_a_service_that_stays_the_same_does_not(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.seen = [(float(second), 100_000_000, 30 + second % 5) for second in range(3600)]
    assert growth(service) == (pytest.approx(0.0, abs=1e-6), 0)
    service.seen = [(float(second), 100_000_000 + 10_000 * second, 30 + second // 600) for second in range(3600)]
    memory, files = growth(service)
    assert memory > 0.2
    assert files > 0


def test_a_missed_target_is_said_on_the_page() -> None:
    met, missed = Row("one", "1", "1", True), Row("two", "2", "1", False)
    assert "Every target was met." in render("here", [met])
    page = render("here", [met, missed])
    assert "| two | 2 | 1 | **no** |" in page
    assert "1 of 2 targets were missed." in page
