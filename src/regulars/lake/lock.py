"""One writer at a time: a lock that the operating system frees when its holder dies, and what the holder left."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from regulars.kernel.errors import LakeError
from regulars.kernel.progress import Progress, silent

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Holder:
    """Who writes, since when (UTC), and under which name its files stand."""

    pid: int
    host: str
    since: str
    run: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


class WriterLock:
    """The exclusive lock of a lake. Its file names the holder; a clean end empties it, a crash does not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self, run: str, *, timeout: float | None, progress: Progress = silent) -> Holder | None:
        """Wait for the lock, at most `timeout` seconds (None: for ever). Returns the writer that crashed, if any.

        Raises LakeError when the time is over.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._wait(handle, timeout, progress)
            crashed = _read(handle)
            holder = Holder(
                os.getpid(), socket.gethostname(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", run
            )
            _write(handle, json.dumps(asdict(holder)))
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return crashed

    def release(self, *, clean: bool) -> None:
        """Free the lock; `clean` says that nothing is left to roll back."""
        if self._handle is None:
            return
        try:
            if clean:
                _write(self._handle, "")
        finally:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> tuple[Holder | None, bool]:
        """Who is named in the lock file, and whether the lock is held now (else its holder crashed)."""
        if not self.path.exists():
            return None, False
        handle = os.open(self.path, os.O_RDWR)
        try:
            named = _read(handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return named, True
            return named, False
        finally:
            os.close(handle)

    def _wait(self, handle: int, timeout: float | None, progress: Progress) -> None:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                holder = _read(handle)
                who = str(holder) if holder else "another process"
                if end is not None and time.monotonic() >= end:
                    raise LakeError(
                        f"The lake is being written by {who}.",
                        where=str(self.path.parent),
                        do="Wait until it is done, or stop it, and try again.",
                    ) from None
                progress(f"waiting for {who}", None)
                time.sleep(_POLL_SECONDS)


def _read(handle: int) -> Holder | None:
    text = os.pread(handle, 4096, 0)
    if not text.strip():
        return None
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):  # a crash in the middle of these few bytes
        return Holder(0, "unknown", "unknown", "")


def _write(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)
    os.fsync(handle)
