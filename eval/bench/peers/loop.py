"""How a peer is asked: it indexes what is given, then answers a line of questions; every figure is its own process's."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Ask = Callable[[str], list[str]]


def run(open_index: Callable[[list[str], Any, str], Ask]) -> None:
    """Open an index over the folder named on the command line, say so, and answer until the input ends.

    `open_index` takes texts, their vectors and the folder of the encoder, and gives what returns the ten best texts.
    """
    import numpy as np

    folder, model = Path(sys.argv[1]), sys.argv[2]
    output, sys.stdout = sys.stdout, sys.stderr
    started = time.process_time()
    ask = open_index(json.loads((folder / "texts.json").read_text()), np.load(folder / "vectors.npy"), model)
    _say(output, ready=True, build_cpu=time.process_time() - started)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask(line.strip())
        figures = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        _say(output, **figures, found=len(found), memory=_memory(), peak=_peak())


def _memory() -> int:
    """Return the resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def _peak() -> int:
    """Return the most bytes that were resident since this program began.

    Not `ru_maxrss`, which starts at what the process had resident that started this one.
    """
    (line,) = (each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _say(output: Any, **figures: object) -> None:
    output.write(json.dumps(figures) + "\n")
    output.flush()
