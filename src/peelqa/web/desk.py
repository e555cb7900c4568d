"""Where questions wait their turn: so many at a time, so many waiting, so many a minute from one address."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from peelqa.answers import DEFAULT_LIMIT, Answer, Library
from peelqa.conversation import Turn
from peelqa.questions import Filters

LONGEST_QUEUE = 32
LONGEST_WAIT_SECONDS = 3.0
"""Nobody is put at the end of a line that takes longer than this, at the pace of late."""
BURST, BURST_SECONDS = 10, 10
"""Questions that one address may ask in so many seconds."""
_NEW = 0.1
"""The weight of the newest piece of work in the pace."""
REMEMBERED = 64
"""Answers kept in memory, so that a conversation can be drawn again without asking all of it again."""
_T = TypeVar("_T")


class Refusal(HTTPException):
    """A refusal whose detail is written for the reader and repeats nothing of the request."""


def check_text(asked: BaseModel) -> None:
    """Raise Refusal (422) where a request holds halves of characters, which nothing can be written in."""
    try:
        asked.model_dump_json()
    except ValueError:
        raise Refusal(422, "The request holds characters that are not text.") from None


class Desk:
    """Does the work that costs, within the machine's means."""

    def __init__(self, library: Library, asks_per_minute: int) -> None:
        self._library = library
        self._places = CapacityLimiter(max(1, os.cpu_count() or 1))
        self._pace = 0.0
        self._rates: tuple[RateLimitItem, ...] = ()
        if asks_per_minute:
            burst = RateLimitItemPerSecond(min(BURST, asks_per_minute), BURST_SECONDS)
            self._rates = (RateLimitItemPerMinute(asks_per_minute), burst)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._remembered = lru_cache(REMEMBERED)(self._answer)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._places.statistics().tasks_waiting

    async def ask(
        self,
        request: Request,
        text: str,
        filters: Filters,
        *,
        limit: int = DEFAULT_LIMIT,
        history: Sequence[Turn] = (),
    ) -> Answer:
        """Answer a question. Raises Refusal (429 or 503) where too much is asked at once."""
        self.count(request)
        answer = await self.run(partial(self._answer, text, filters, limit, tuple(history)))
        request.state.answer = str(answer.status)
        return answer

    async def ask_again(self, text: str, filters: Filters, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question of a page: one that is remembered costs nothing."""
        return await self.run(partial(self._remembered, text, filters, DEFAULT_LIMIT, tuple(history)))

    async def run(self, work: Callable[[], _T]) -> _T:
        """Do a piece of work in its turn. Raises Refusal (503) where too many wait already."""
        too_long = self.waiting * self._pace / self._places.total_tokens > LONGEST_WAIT_SECONDS
        if too_long or self.waiting >= LONGEST_QUEUE:
            raise Refusal(503, "Many people are asking just now. Wait a few seconds, then try again.", _after(5))
        return await run_sync(self._paced, work, limiter=self._places)

    def count(self, request: Request) -> None:
        """Count a question. Raises Refusal (429) where too many come from one address."""
        who = _network(request.client.host if request.client else "")
        for rate in self._rates:
            if who and not self._window.hit(rate, who):
                seconds = rate.get_expiry()
                said = (
                    f"{rate.amount} questions in {seconds} seconds"
                    if seconds < 60
                    else f"{rate.amount} questions a minute"
                )
                raise Refusal(429, f"At most {said} can be asked from one place.", _after(seconds))

    def _paced(self, work: Callable[[], _T]) -> _T:
        """Do a piece of work and learn from it how long one takes."""
        started = time.perf_counter()
        try:
            return work()
        finally:
            self._pace += _NEW * (time.perf_counter() - started - self._pace)

    def _answer(self, text: str, filters: Filters, limit: int, history: tuple[Turn, ...]) -> Answer:
        return self._library.ask(text, filters, limit, history=history)


def _after(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}


def _network(host: str) -> str | None:
    """Return what an address is counted as: itself, or its /64; None for this machine, which is not limited.

    >>> _network("2001:db8::1") == _network("2001:db8::2")
    True
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.is_loopback:
        return None
    return str(ipaddress.ip_network(f"{address}/{64 if address.version == 6 else 32}", strict=False))
