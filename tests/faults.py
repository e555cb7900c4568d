"""Faults of a disk, at a chosen file operation: Python's own calls are counted, and one of them fails or kills."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

CALLS = ("open", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir", "scandir")


class Counted:
    """Counts file operations; `strike` is called with the name of the one at place `at`, from 1, before it is done."""

    def __init__(self, at: int, strike: Callable[[str], None]) -> None:
        self.at, self.strike = at, strike
        self.names: list[str] = []

    def call(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.at:
            self.strike(name)

    @property
    def struck(self) -> bool:
        return len(self.names) >= self.at

    def wrapped(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.call(name)
            return function(*arguments, **named)

        return counted

    def opening(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            self.call(f"open {mode}")
            opened = function(file, mode, *arguments, **named)
            return opened if set(mode) <= set("rbt") else _Written(opened, self)

        return counted


class _Written:
    """A file whose writes are counted."""

    def __init__(self, file: Any, counted: Counted) -> None:
        self._file, self._counted = file, counted

    def write(self, data: Any) -> Any:
        self._counted.call("write")
        return self._file.write(data)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *reason: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def counting(at: int, strike: Callable[[str], None]) -> Iterator[Counted]:
    """Count this process's file operations while inside, and strike at one of them."""
    counted = Counted(at, strike)
    opening = counted.opening(io.open)
    patches = [patch.object(os, name, counted.wrapped(name, getattr(os, name))) for name in CALLS]
    patches += [patch.object(io, "open", opening), patch.object(builtins, "open", opening)]
    for each in patches:
        each.start()
    try:
        yield counted
    finally:
        for each in reversed(patches):
            each.stop()
