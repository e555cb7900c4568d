"""What an index keeps of reports, as JSON that peelqa itself writes and reads; the only module that knows msgspec."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

_T = TypeVar("_T")
_ENCODER = msgspec.json.Encoder(order="deterministic")


class Record(Generic[_T]):
    """One kind of record: values of a type, and their text."""

    def __init__(self, kind: Any) -> None:
        self._decoder = msgspec.json.Decoder(kind)

    def write(self, value: _T) -> bytes:
        """Return a value's text, the same for equal values."""
        return _ENCODER.encode(value)

    def read(self, written: bytes | str) -> _T:
        """Return the value of a text. Raises ValueError where it is of no such value."""
        try:
            value: _T = self._decoder.decode(written)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from None
        return value
