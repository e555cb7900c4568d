"""Other stacks, each in a virtual environment of its own and asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COMMON = ("torch==2.13.0", "sentence-transformers==6.2.0")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another stack: what it is called, its script and what it needs."""

    name: str
    script: str
    packages: tuple[str, ...]
    keeps_index: bool = False
    """Whether its first process writes its index beside the corpus, in a folder named as the script."""


PEERS = (
    Peer("60-line baseline", "baseline", ("faiss-cpu==1.15.1", "bm25s==0.3.16", "PyStemmer==3.1.0"), keeps_index=True),
    Peer("txtai hybrid", "txtai_hybrid", ("txtai==9.14.0",)),
    Peer("lancedb hybrid", "lancedb_hybrid", ("lancedb==0.40.0", "pyarrow==26.0.1")),
    Peer(
        "langchain ensemble",
        "langchain_ensemble",
        (
            "langchain-community==0.4.2", "langchain-classic==1.0.8", "langchain-huggingface==1.2.3",
            "faiss-cpu==1.15.1", "rank-bm25==0.2.2",
        ),
    ),
)  # fmt: skip


class NotRun(Exception):
    """A peer that could not be installed or did not run, with the reason."""


def install(peer: Peer, work: Path) -> Path:
    """Return the Python of a peer's environment, made first where it is not whole. Raises NotRun."""
    place = work / "environments" / peer.script
    python, done = place / "bin" / "python", place / "installed.txt"
    if not done.is_file():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", *_COMMON, *peer.packages],
        ):
            _run(command)
        done.write_text(_run([str(python), "-m", "pip", "freeze"]))
    return python


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise NotRun((done.stderr.strip().splitlines() or ["no reason was given"])[-1][:200])
    return done.stdout


class Asked:
    """A peer at work, or peelqa itself, over what it indexed."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self.build_cpu = float(self._answer().get("build_cpu", 0.0))
        except NotRun:
            self.stop()
            raise

    @classmethod
    def peer(cls, peer: Peer, work: Path, data: Path, model: Path) -> Asked:
        """Start a peer over texts and vectors in a folder. Raises NotRun."""
        script = Path(__file__).parent / "peers" / f"{peer.script}.py"
        command = [str(install(peer, work)), str(script), str(data), str(model)]
        if peer.keeps_index and not (data / peer.script).is_dir():
            cls(command).stop()  # or writing the index would be part of the memory that it is asked with
        return cls(command)

    def ask(self, question: str) -> dict[str, Any]:
        """Ask one question; return wall and CPU seconds, resident bytes and their peak. Raises NotRun where it broke down."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened with a pipe
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
        except OSError:
            raise NotRun("it broke down") from None
        return self._answer()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - it was opened with a pipe
        line = self._process.stdout.readline()
        if not line:
            raise NotRun(f"it ended with exit status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer
