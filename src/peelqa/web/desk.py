"""Where questions wait their turn: so many at a time, so many waiting, so many a minute from one address."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, Event
from anyio.to_thread import run_sync
from cachetools import LRUCache
from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from peelqa.answers import DEFAULT_LIMIT, Answer, Library
from peelqa.conversation import Turn
from peelqa.index.contract import CACHED_CHARACTERS
from peelqa.questions import Filters

PLACES = os.cpu_count() or 1
"""Questions worked on at a time."""
QUEUE_A_PLACE = 10
"""Questions that wait for each place at the most: at ten times capacity an answer then takes less than twice as long as at
capacity (eval/soak.md)."""
LONGEST_WAIT_SECONDS = 3.0
"""Nobody is put at the end of a line that takes longer than this, at the pace of late."""
BURST, BURST_SECONDS = 10, 10
"""Questions that one address may ask in so many seconds."""
_NEW = 0.1
"""The weight of the newest piece of work in the pace."""
REMEMBERED = 256
"""Answers kept in memory at the most, so that none is made twice: a conversation can be drawn again, and a question asked
again. Fewer where the reports that they quote are long, as an answer keeps these in memory."""
_LIGHTER = ((8, 8), (5, 4), (2, 2))
"""From so many waiting for a place on, the reranker reads that part of what it reads otherwise."""
_MANY_ASK = " Many people are asking just now, so fewer sentences than usual were read closely."
_T = TypeVar("_T")


class Refusal(HTTPException):
    """A refusal whose detail is written for the reader and repeats nothing of the request."""


def check_text(asked: BaseModel) -> None:
    """Raise Refusal (422) where a request holds halves of characters, which nothing can be written in."""
    try:
        asked.model_dump_json()
    except ValueError:
        raise Refusal(422, "The request holds characters that are not text.") from None


@dataclass(frozen=True)
class _Asked:
    """What an answer is remembered by; the generation is the desk's."""

    text: str
    filters: Filters
    limit: int
    history: tuple[Turn, ...]


@dataclass
class _Making:
    """An answer being made, for all who ask for it meanwhile."""

    ended: Event
    answer: Answer | None = None
    failure: Exception | None = None


class Line:
    """Work of one kind, so much at a time as there are cores; how long the line may be follows from the pace of late."""

    def __init__(self) -> None:
        self.places = CapacityLimiter(PLACES)
        self.pace = 0.0
        """Seconds that a piece of work takes."""

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self.places.statistics().tasks_waiting

    async def run(self, work: Callable[[], _T]) -> _T:
        """Do a piece of work in its turn. Raises Refusal (503) where too many wait already."""
        too_long = self.waiting * self.pace / self.places.total_tokens > LONGEST_WAIT_SECONDS
        if too_long or self.waiting >= QUEUE_A_PLACE * self.places.total_tokens:
            raise Refusal(503, "Many people are asking just now. Wait a few seconds, then try again.", _after(5))
        return await self.go_on(work)

    async def go_on(self, work: Callable[[], _T]) -> _T:
        """Do a further piece of what was begun in its turn, however many wait."""
        return await run_sync(self._paced, work, limiter=self.places)

    def _paced(self, work: Callable[[], _T]) -> _T:
        """Do a piece of work and learn from it how long one takes."""
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.pace += _NEW * (time.perf_counter() - started - self.pace)


class Desk:
    """Does the work that costs, within the machine's means."""

    def __init__(self, library: Library, asks_per_minute: int) -> None:
        self._set_out(library)
        self.questions = Line()
        """Where questions wait that the reranker reads for."""
        self.lookups = Line()
        """Where searches and lists wait, which cost little and are not kept waiting by questions."""
        self._rates: tuple[RateLimitItem, ...] = ()
        if asks_per_minute:
            burst = RateLimitItemPerSecond(min(BURST, asks_per_minute), BURST_SECONDS)
            self._rates = (RateLimitItemPerMinute(asks_per_minute), burst)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def over(self, library: Library) -> Desk:
        """Return this desk over another library: the queue and the counts go on, what is remembered does not."""
        other = copy(self)
        other._set_out(library)
        return other

    def _set_out(self, library: Library) -> None:
        self._library = library
        self._lighter = {part: library.with_budget(max(1, library.budget // part)) for _, part in _LIGHTER}
        self._remembered = LRUCache[_Asked, Answer](CACHED_CHARACTERS, getsizeof=_characters)
        self._made_now: dict[_Asked, _Making] = {}

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
        answer = await self._remember(_Asked(text, filters, limit, tuple(history)))
        request.state.answer = str(answer.status)
        return answer

    async def ask_again(self, text: str, filters: Filters, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question of a page: one that is remembered costs nothing."""
        return await self._remember(_Asked(text, filters, DEFAULT_LIMIT, tuple(history)))

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

    async def _remember(self, asked: _Asked) -> Answer:
        """Give the answer that is remembered, or being made for somebody else, without waiting for a place, or make it."""
        if found := self._remembered.get(asked):
            return found
        while making := self._made_now.get(asked):
            await making.ended.wait()
            if making.answer:
                return making.answer
            if making.failure:
                raise making.failure
        self._made_now[asked] = making = _Making(Event())
        try:
            making.answer = await self._make(asked)
        except Exception as error:
            making.failure = error  # a cancellation is none: then one who waits makes the answer
            raise
        finally:
            del self._made_now[asked]
            making.ended.set()
        return making.answer

    async def _make(self, asked: _Asked) -> Answer:
        # How many wait is looked at now: who comes later reads less, and who was here before is not hurried.
        line = self.questions
        part = next((part for waiting, part in _LIGHTER if line.waiting >= waiting * line.places.total_tokens), 1)
        answer = await line.run(partial(self._answer, asked, part))
        if not answer.degraded and _characters(answer) <= self._remembered.maxsize:
            self._remembered[asked] = answer
        return answer

    def _answer(self, asked: _Asked, part: int) -> Answer:
        """Answer a question; only a `part` of what the reranker reads otherwise is read, and the answer says so."""
        library = self._library if part == 1 else self._lighter[part]
        answer = library.ask(asked.text, asked.filters, asked.limit, history=asked.history)
        return answer if part == 1 else replace(answer, degraded=True, message=answer.message + _MANY_ASK)


def _characters(answer: Answer) -> int:
    """Return how many characters of reports an answer keeps in memory, and so many at least that REMEMBERED have room."""
    reports = {
        quote.quotation.passage.report.id: quote.quotation.passage.report for quote in (*answer.quotes, *answer.nearest)
    }
    return max(CACHED_CHARACTERS // REMEMBERED, sum(len(report.text) for report in reports.values()))


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
