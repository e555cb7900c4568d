"""Questions offered at a rate that does not wait for the answers, as the public asks.

httpx with anyio rather than locust: locust's users each wait for their answer, so that a slow service is asked less and looks
better than it is; here arrivals are a seeded Poisson process, whatever becomes of them.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import anyio
import httpx
import numpy as np

_FORMS = (
    "What concerns are there about {}{}?", "What did inspectors find about {}{}?", "How well is {} done{}?",
    "What must improve in {}{}?", "Who is responsible for {}{}?", "What is good about {}{}?", "Does {} work{}?",
    "How has {} changed{}?", "What do staff say about {}{}?", "Why does {} matter{}?",
)  # fmt: skip
_MATTERS = (
    "child protection", "recording crime", "answering calls", "missing children", "custody", "burglary", "domestic abuse",
    "vulnerable people", "training", "leadership", "spending", "savings", "the workforce", "neighbourhood policing",
    "online crime", "stop and search", "digital evidence", "waiting times", "supervision", "victims", "rape investigations",
    "firearms", "roads", "complaints", "diversity", "sickness", "body cameras", "intelligence", "fraud", "antisocial behaviour",
)  # fmt: skip
_PLACES = (
    "",
    " in Aldermere",
    " in Northfell",
    " in Wexhaven",
    " in the 2014 report",
    " in the 2018 report",
    " in 2021",
)
ANSWERED, REFUSED, FAILED = 200, 503, 0
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """How one question went: its status (0 where no whole answer came), and how long it took."""

    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How many questions went how, and the times of those answered and refused."""

    offered: int
    answered: int
    refused: int
    failed: int
    answered_median: float
    answered_p99: float
    refused_p99: float
    """Seconds, as the two before; 0 where there is none."""


def questions(seed: int) -> Iterator[str]:
    """Yield questions without end, 2,100 different ones in an order given by the seed, so that a cache helps little."""
    every = [form.format(matter, place) for form, matter, place in itertools.product(_FORMS, _MATTERS, _PLACES)]
    random.Random(seed).shuffle(every)  # noqa: S311 - an order, not a secret
    return itertools.cycle(every)


async def ask(client: httpx.AsyncClient, question: str) -> Reply:
    """Ask one question and read the whole answer."""
    started = time.perf_counter()
    try:
        reply = await client.post("/api/ask", json={"question": question})
        status = reply.status_code if reply.status_code != ANSWERED or reply.json()["coverage"] else FAILED
    except (httpx.HTTPError, ValueError, KeyError):
        status = FAILED
    return Reply(status, time.perf_counter() - started)


async def offer(client: httpx.AsyncClient, rate: float, seconds: float, asked: Iterator[str], seed: int) -> list[Reply]:
    """Offer `rate` questions a second, each at its own time, and return what became of all."""
    replies: list[Reply] = []
    arrivals = random.Random(seed)  # noqa: S311

    async def one(question: str) -> None:
        replies.append(await ask(client, question))

    async with anyio.create_task_group() as tasks:
        due = started = time.perf_counter()
        while due - started < seconds:
            due += arrivals.expovariate(rate)
            await anyio.sleep(max(0.0, due - time.perf_counter()))
            tasks.start_soon(one, next(asked))
    return replies


async def saturate(client: httpx.AsyncClient, users: int, seconds: float, asked: Iterator[str]) -> list[Reply]:
    """Let some users ask one question after the other, and return what became of all."""
    replies: list[Reply] = []
    until = time.perf_counter() + seconds

    async def user() -> None:
        while time.perf_counter() < until:
            replies.append(await ask(client, next(asked)))

    async with anyio.create_task_group() as tasks:
        for _ in range(users):
            tasks.start_soon(user)
    return replies


def client_for(port: int) -> httpx.AsyncClient:
    """Return a client without bounds of its own on connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=TIMEOUT_SECONDS)


def summarise(replies: Sequence[Reply]) -> Figures:
    """Count replies and give their times."""
    answered = [each.seconds for each in replies if each.status == ANSWERED]
    refused = [each.seconds for each in replies if each.status == REFUSED]
    return Figures(
        len(replies), len(answered), len(refused), len(replies) - len(answered) - len(refused),
        _at(answered, 50), _at(answered, 99), _at(refused, 99),
    )  # fmt: skip


def _at(seconds: Sequence[float], percent: int) -> float:
    return float(np.percentile(seconds, percent)) if seconds else 0.0
