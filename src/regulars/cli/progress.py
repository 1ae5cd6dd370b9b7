"""Progress on stderr for anything over two seconds: one line that is overwritten on a terminal, else lines on request."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from regulars.kernel.progress import Progress, silent

PATIENCE = 2.0  # seconds before anything is shown
_BEAT = 0.5


class _Line:
    """The current step, redrawn by a thread: a long query reports nothing while it runs."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.step, self.share = "", None
        self.done = threading.Event()
        self.drawn = False

    step: str
    share: float | None

    def tell(self, step: str, share: float | None = None) -> None:
        self.step, self.share = step, share

    def draw(self) -> None:
        while not self.done.wait(_BEAT):
            passed = time.monotonic() - self.started
            if passed >= PATIENCE and self.step:
                share = "" if self.share is None else f" {self.share:4.0%}"
                sys.stderr.write(f"\r\x1b[K{passed:4.0f} s{share}  {self.step}")
                sys.stderr.flush()
                self.drawn = True

    def finish(self) -> None:
        self.done.set()
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _lines() -> Progress:
    started = time.monotonic()
    last: list[str] = []

    def tell(step: str, share: float | None = None) -> None:
        if [step] != last:
            last[:] = [step]
            sys.stderr.write(f"{time.monotonic() - started:4.0f} s  {step}\n")
            sys.stderr.flush()

    return tell


@contextmanager
def shown(force: bool = False) -> Iterator[Progress]:
    """A `Progress` that shows itself: on a terminal after two seconds, elsewhere only if `force`."""
    if not sys.stderr.isatty():
        yield _lines() if force else silent
        return
    line = _Line()
    thread = threading.Thread(target=line.draw, daemon=True)
    thread.start()
    try:
        yield line.tell
    finally:
        line.finish()
        thread.join(timeout=1)
