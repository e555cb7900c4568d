"""Where the tests of an index in Milvus keep theirs: a file of Milvus Lite, or the server that scripts/test-milvus names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peelqa.address import Address, parse_place
from peelqa.index.cluster.generations import erase

SERVER = "TEST_MILVUS"
"""The variable that holds a server's address, without the index's name."""


@contextmanager
def kept_in_milvus(folder: Path) -> Iterator[Address]:
    """Give an address where nothing is kept, and remove what is kept there afterwards."""
    server = os.environ.get(SERVER)
    text = f"{server.rstrip('/')}/test_{uuid.uuid4().hex}" if server else f"milvus+lite://{folder}/milvus.db"
    address = parse_place(text)
    assert isinstance(address, Address)
    yield address
    if server:
        erase(address)
