"""Where the tests of an index in Milvus keep theirs: a file of Milvus Lite, or the server that scripts/test-milvus names."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peelqa.address import Address, parse_place
from peelqa.index.cluster.generations import erase

SERVER = "TEST_MILVUS"
"""The variable that holds a server's address, without the index's name."""
_SERVING = """
import sys
from milvus_lite.adapter.grpc.server import start_server_in_thread

server, kept, port = start_server_in_thread(sys.argv[1])
print(port, flush=True)
sys.stdin.read()
server.stop(grace=2)
kept.close()
"""
"""Milvus Lite behind its gRPC server, on a free port that it prints, until its input ends."""


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


@contextmanager
def served_by_milvus(folder: Path) -> Iterator[str]:
    """Give the address of an index that several processes reach at the same time, and remove it afterwards."""
    if os.environ.get(SERVER):
        with kept_in_milvus(folder) as address:
            yield shown(address)
        return
    with subprocess.Popen(
        [sys.executable, "-c", _SERVING, str(folder / "served.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as serving:
        assert serving.stdout
        port = int(serving.stdout.readline())
        yield f"milvus://127.0.0.1:{port}/test_{uuid.uuid4().hex}"  # leaving closes its input, which ends it


def shown(address: Address) -> str:
    """Return an address as commands take it."""
    return str(address) if address.local else f"{address.uri.replace('http', 'milvus')}/{address.name}"
