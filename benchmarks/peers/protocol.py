"""How a peer starts and tells what it found. Needs nothing but Python, so that a peer may run in another environment."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

Answer = dict[str, float]
Work = Callable[[list[str]], tuple[dict[str, float], dict[str, Answer]]]


def serve(work: Work, began: float) -> None:
    """Run `work(arguments)` and write startup, seconds, steps and answers to the file named first.

    `began`: the time of the peer's first line, before its imports.
    """
    startup = time.perf_counter() - began
    out, arguments = Path(sys.argv[1]), sys.argv[2:]
    start = time.perf_counter()
    steps, answers = work(arguments)
    seconds = time.perf_counter() - start
    told = {"startup": startup, "seconds": seconds, "steps": steps, "answers": answers}
    out.write_text(json.dumps(told), encoding="utf-8")


def flat(rows: Iterable[Sequence[object]], columns: Sequence[str], keys: int) -> Answer:
    """Rows as `{"key values column": number}`: the first `keys` columns name the row; empty sums are zero."""
    found: Answer = {}
    for row in rows:
        name = " ".join(str(value) for value in row[:keys])
        for column, value in zip(columns[keys:], row[keys:], strict=True):
            found[f"{name} {column}".strip()] = float(str(value)) if value is not None else 0.0
    return found


class Clock:
    """Seconds by step."""

    read = staticmethod(time.perf_counter)

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self._last = self.read()

    def lap(self, name: str) -> None:
        """Book the time since the last lap under a name."""
        now = self.read()
        self.steps[name] = self.steps.get(name, 0.0) + now - self._last
        self._last = now


class ProcessorClock(Clock):
    """Seconds of the processor by step: those of all threads, and none in which the process waits for others."""

    read = staticmethod(time.process_time)
