"""Regular expressions that are compiled when first used: a start waits only for those that its question needs."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, cast


def compile_late(text: str, flags: re.RegexFlag | int = 0) -> re.Pattern[str]:
    """Return what has the methods of what `re.compile` returns, compiled when one is first used; then an error in it is raised.

    Functions of `re` itself do not take it.

    >>> compile_late(r"conc\\w+", re.IGNORECASE).sub("…", "Concerns remain")
    '… remain'
    """
    return cast("re.Pattern[str]", LatePattern(text, flags))


class LatePattern:
    """What stands in for a compiled pattern until it is used."""

    def __init__(self, text: str, flags: re.RegexFlag | int) -> None:
        self._text, self._flags = text, flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself. Raises re.error where the text is none."""
        return re.compile(self._text, self._flags)

    def __reduce__(self) -> tuple[Any, ...]:
        return compile_late, (self._text, self._flags)

    def __repr__(self) -> str:
        return f"compile_late({self._text!r}, {self._flags!r})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self.compiled, name)
        setattr(self, name, found)  # so that from now on it is found without coming here
        return found
