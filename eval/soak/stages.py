"""How much it can do, what becomes of it beyond that, and whether it stays the same for long."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
import numpy as np

from eval.soak.load import ANSWERED, Figures, Reply, ask, client_for, offer, saturate, summarise
from eval.soak.page import Row
from eval.soak.service import Service

CAPACITY_SECONDS = 20.0
RECOVERED_SECONDS = 5.0
REFUSED_SECONDS = 0.1
LONGEST_ANSWER_SECONDS = 5.0
MEMORY_SLOPE = 0.01
"""The share of its memory that a service may grow by in an hour."""
WARM_UP = 0.3
"""The share of a long run at its beginning in which caches fill, and which is not judged."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Answers a second, and the median seconds of one, with as many users as cores."""

    rate: float
    median: float


def measure_capacity(service: Service, asked: Iterator[str]) -> Capacity:
    """Measure how many answers a second it gives, after a short warm-up."""

    async def run() -> list[Reply]:
        async with client_for(service.port) as client:
            await saturate(client, os.cpu_count() or 1, 3.0, asked)
            return await saturate(client, os.cpu_count() or 1, CAPACITY_SECONDS, asked)

    figures = summarise(anyio.run(run))
    return Capacity(figures.answered / CAPACITY_SECONDS, figures.answered_median)


def overload(
    service: Service, capacity: Capacity, times: float, seconds: float, asked: Iterator[str], seed: int
) -> list[Row]:
    """Offer what it can do, then many times that, then see how soon it is well again."""
    at = summarise(_offered(service, capacity.rate, min(60.0, seconds), asked, seed))
    health: list[float] = []
    beyond = summarise(_offered(service, capacity.rate * times, seconds, asked, seed + 1, health))
    recovered = _recovery(service, capacity, asked)
    name = f"{times:g} times capacity for {seconds:g} s"
    return [
        Row(f"capacity offered for {min(60.0, seconds):g} s", _said(at), "none failed", at.failed == 0),
        Row(name, _said(beyond), "none failed", beyond.failed == 0),
        Row(f"{name}: refused within, 99 of 100", f"{beyond.refused_p99 * 1000:.0f} ms", f"{REFUSED_SECONDS * 1000:.0f} ms",
            beyond.refused_p99 <= REFUSED_SECONDS),
        Row(f"{name}: answered within, 99 of 100", f"{beyond.answered_p99:.2f} s, at capacity {at.answered_p99:.2f} s",
            "twice that at capacity, and 5 s", beyond.answered_p99 <= min(2 * at.answered_p99, LONGEST_ANSWER_SECONDS)),
        Row(f"{name}: its health told within", f"{max(health, default=9.9) * 1000:.0f} ms at the most", "1,000 ms",
            max(health, default=9.9) <= 1.0),
        Row("well again after", f"{recovered:.1f} s", f"{RECOVERED_SECONDS:g} s", recovered <= RECOVERED_SECONDS),
    ]  # fmt: skip


def _offered(
    service: Service, rate: float, seconds: float, asked: Iterator[str], seed: int, health: list[float] | None = None
) -> list[Reply]:
    """Offer questions at a rate, and note meanwhile how long health takes to be told."""

    async def watch() -> None:
        async with httpx.AsyncClient(base_url=service.base, timeout=10) as client:
            while health is not None:
                started = time.perf_counter()
                told = await client.get("/healthz")
                health.append(time.perf_counter() - started if told.status_code == ANSWERED else 9.9)
                await anyio.sleep(0.5)

    async def run() -> list[Reply]:
        async with client_for(service.port) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            replies = await offer(client, rate, seconds, asked, seed)
            tasks.cancel_scope.cancel()
        return replies

    return anyio.run(run)


def _recovery(service: Service, capacity: Capacity, asked: Iterator[str]) -> float:
    """Return how long after a load a question is answered in at most three times the median again."""

    async def run() -> float:
        started = time.perf_counter()
        async with client_for(service.port) as client:
            while time.perf_counter() - started < 60:
                reply = await ask(client, next(asked))
                if reply.status == ANSWERED and reply.seconds <= 3 * capacity.median:
                    break
        return time.perf_counter() - started

    return anyio.run(run)


def _said(figures: Figures) -> str:
    return (
        f"{figures.offered} offered, {figures.answered} answered, {figures.refused} refused, {figures.failed} failed; "
        f"median {figures.answered_median:.2f} s"
    )


def run_long(service: Service, rate: float, minutes: float, asked: Iterator[str], seed: int) -> list[Row]:
    """Ask for many minutes while a new generation is published each minute, and watch memory and open files."""
    generations = {service.ready()["generation"]}
    replies: list[Reply] = []
    service.seen.clear()
    until = time.monotonic() + minutes * 60
    number = 100
    while time.monotonic() < until:
        replies += _minute(service, rate, asked, seed + number, number)
        generations.add(service.ready().get("generation", ""))
        number += 1
    figures = summarise(replies)
    memory, files = growth(service)
    served = Path(service.folder / "index").glob("gen-*")
    return [
        Row(f"{minutes:g} minutes with {number - 100} new generations", _said(figures), "none failed", figures.failed == 0,
            f"{len(generations)} generations answered, {len(list(served))} kept"),
        Row("memory, growth an hour after warming up", f"{memory:+.1%} of {service.peak / 2**20:.0f} MB",
            f"{MEMORY_SLOPE:.0%}", memory <= MEMORY_SLOPE, "" if minutes >= 30 else "too short a run to judge by"),
        Row("open files, growth after warming up", f"{files:+d}", "0", files <= 0),
    ]  # fmt: skip


def _minute(service: Service, rate: float, asked: Iterator[str], seed: int, number: int) -> list[Reply]:
    async def look() -> None:
        while True:
            service.look()
            await anyio.sleep(2)

    async def run() -> list[Reply]:
        replies: list[Reply] = []

        async def load() -> None:
            async with client_for(service.port) as client:
                replies.extend(await offer(client, rate, 50, asked, seed))

        async with anyio.create_task_group() as watching:
            watching.start_soon(look)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(load)
                tasks.start_soon(anyio.to_thread.run_sync, service.change, number)
            await anyio.sleep(10)  # connections that are no longer used are closed
            service.look()
            watching.cancel_scope.cancel()
        return replies

    return anyio.run(run)


def growth(service: Service) -> tuple[float, int]:
    """Return the share of memory gained an hour, by least squares, and the open files gained; the warm-up left out."""
    seen = service.seen[int(len(service.seen) * WARM_UP) :]
    times, memory = np.array([each[0] for each in seen]), np.array([each[1] for each in seen], dtype=float)
    slope = float(np.polyfit((times - times[0]) / 3600, memory, 1)[0]) / float(memory.mean())
    half = len(seen) // 2
    return slope, min(each[2] for each in seen[half:]) - min(each[2] for each in seen[:half])
