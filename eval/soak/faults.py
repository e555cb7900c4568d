"""What goes wrong while people ask: clients that misbehave, builds that die, files that rot, processes that are killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx

from eval.soak.load import ANSWERED, Reply, client_for, offer
from eval.soak.service import Service

SILENT, HALF_BODIES, HANG_UPS = 200, 50, 100
HELD_SECONDS = 12.0
NASTY = (
    "", "{", "[]", "null", "NaN", '{"question": NaN}', '{"question": "\\ud800"}', '{"question": "\\u0000"}',
    '{"question": ["a"]}', '{"question": 1e400}', '{"question": {"a": 1}}', '{"question": "' + "é" * 501 + '"}',
    '{"question": "' + "\\u0301" * 500 + '"}', '{"question": "\\u202eabc"}', '{"question": "a", "limit": -1}',
    '{"question": "a", "year": ["x"]}', '{"question": "a", "history": [{"question": "\\ud800"}]}', "[" * 5000,
    '{"question": "a", "history": ' + "[" * 2000 + "}", '{"question": "' + "a" * 20000 + '"}',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Survived:
    """A fault, how often it was made, and what became of those who asked meanwhile."""

    fault: str
    times: int
    answered: int
    wrong: int
    """Questions without a whole answer meanwhile; replies that should not be, where the fault is in what was sent."""
    noted: str = ""


def survive_all(service: Service, rate: float, asked: Iterator[str]) -> list[Survived]:
    """Make every fault in turn."""
    return [
        _while_asked(service, rate, asked, "connections that say nothing", SILENT, lambda: _hold(service, b"", SILENT)),
        _while_asked(service, rate, asked, "bodies that stop half way", HALF_BODIES, lambda: _hold(service, _HALF, HALF_BODIES)),
        _while_asked(service, rate, asked, "clients that hang up", HANG_UPS, lambda: _hang_up(service)),
        _nasty(service),
        _while_asked(service, rate, asked, "builds killed at work", 5, lambda: _kill_builds(service)),
        _new_generation(service, rate, asked),
        _stop_under_load(service, rate, asked),
        _killed(service),
        _rotten(service),
    ]  # fmt: skip


_HALF = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"


def _while_asked(
    service: Service, rate: float, asked: Iterator[str], fault: str, times: int, make: Callable[[], str | None]
) -> Survived:
    """Make a fault in a thread while questions are asked, and say what became of these."""

    async def run() -> tuple[list[Reply], str | None]:
        replies: list[Reply] = []
        noted: str | None = None
        done = anyio.Event()

        async def ask() -> None:
            async with client_for(service.port) as client:
                while not done.is_set():
                    replies.extend(await offer(client, rate, 2.0, asked, len(replies)))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            noted = await anyio.to_thread.run_sync(make)
            done.set()
        return replies, noted

    replies, noted = anyio.run(run)
    answered = sum(each.status == ANSWERED for each in replies)
    return Survived(fault, times, answered, len(replies) - answered, noted or "")


def _hold(service: Service, sent: bytes, count: int) -> None:
    with ExitStack() as held:
        for _ in range(count):
            held.enter_context(socket.create_connection(("127.0.0.1", service.port))).sendall(sent)
        time.sleep(HELD_SECONDS)


def _hang_up(service: Service) -> None:
    body = b'{"question": "What concerns are there about custody records that nobody waits for?"}'
    head = f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for _ in range(HANG_UPS):
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            client.sendall(head.encode() + body)
        time.sleep(0.02)


def _nasty(service: Service) -> Survived:
    """Send what makes no sense to every route that takes a body; only a refusal or an answer is right."""
    statuses = []
    with httpx.Client(base_url=service.base, timeout=30) as client:
        for path in ("/api/ask", "/api/compare", "/ask", "/compare", "/link"):
            for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
                for sent in NASTY:
                    statuses.append(
                        client.post(path, content=sent.encode(), headers={"content-type": kind}).status_code
                    )
    return Survived(
        "bad inputs", len(statuses), 0, sum(status >= 500 for status in statuses),
        f"statuses {', '.join(map(str, sorted(set(statuses))))}",
    )  # fmt: skip


def _kill_builds(service: Service) -> str:
    for number in range(5):
        (service.folder / "corpus" / "soak.txt").write_text(f"Killed {number}\n\nFindings\n\nIt was never read.\n")
        command = [sys.executable, "-m", "peelqa", "build", *service.places]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as build:  # noqa: S603
            time.sleep(0.6 + 0.5 * number)
            build.kill()
    (service.folder / "corpus" / "soak.txt").unlink()
    checked = subprocess.run([sys.executable, "-m", "peelqa", "verify", *service.places], capture_output=True)  # noqa: S603
    return "the index is whole" if checked.returncode == 0 else f"verify exits {checked.returncode}"


def _new_generation(service: Service, rate: float, asked: Iterator[str]) -> Survived:
    before = service.ready()["generation"]

    def publish() -> str:
        service.change(1)
        until = time.monotonic() + 15
        while service.ready().get("generation") == before and time.monotonic() < until:
            time.sleep(0.1)
        return "taken in while serving" if service.ready().get("generation") != before else "taken in at the next start"

    return _while_asked(service, rate, asked, "a new generation published", 1, publish)


def _stop_under_load(service: Service, rate: float, asked: Iterator[str]) -> Survived:
    """Stop it while questions are being answered: each that was taken in gets its whole answer."""
    took = 0.0
    cut: list[bool] = []

    async def one(client: httpx.AsyncClient, question: str) -> None:
        try:
            await client.post("/api/ask", json={"question": question})
            cut.append(False)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            pass  # it was not taken in
        except httpx.HTTPError:
            cut.append(True)

    async def run() -> None:
        nonlocal took
        async with client_for(service.port) as client, anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one, client, next(asked))
            await anyio.sleep(0.3)
            took = await anyio.to_thread.run_sync(service.stop)

    anyio.run(run)
    started = service.start()
    return Survived("a stop (SIGTERM) under load", 1, cut.count(False), sum(cut),
                    f"gone after {took:.1f} s, ready again {started:.1f} s after its start")  # fmt: skip


def _killed(service: Service) -> Survived:
    service.stop(signal.SIGKILL)
    started = service.start()
    return Survived("the process killed", 1, 0, 0, f"ready again {started:.1f} s after its start")


def _rotten(service: Service) -> Survived:
    """Flip one bit of the newest generation: the one before answers, and the service says so."""
    service.change(2)
    service.stop()
    newest = max((service.folder / "index").glob("gen-*"))
    rotten = newest / "store.sqlite"
    whole = rotten.read_bytes()
    _write(rotten, whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
    service.start()
    told = service.ready()
    reply = httpx.post(f"{service.base}/api/ask", json={"question": "What concerns exist about child protection?"})
    wrong = int(reply.status_code != ANSWERED or told.get("status") != "degraded")
    _write(rotten, whole)
    service.stop()
    service.start()
    return Survived(
        "one bit of the newest generation flipped", 1, int(not wrong), wrong, f"readiness: {told.get('status')}"
    )


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
