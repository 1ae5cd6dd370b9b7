"""Whose turn it is to give out numbers: a row with a lease, so that imports wait for each other without a long transaction.

The holder prolongs its lease with each step, and each write looks in its own transaction whether the lease is still its
own: who was taken for dead can write nothing more.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from regulars.kernel.errors import LakeError
from regulars.platform.customers.models import Lease

NAME = "numbers"
TERM = timedelta(minutes=5)
WAIT_SECONDS = 900.0
_POLL_SECONDS = 0.2
# Who of this process waits or has the turn. One that could not say that it was done, since the database was away, is no more.
_AT_WORK: set[str] = set()


class Turn:
    """One holder's turn; `take`, then `prolong` with each step, then `give_back`."""

    def __init__(self) -> None:
        self.holder = (
            f"{socket.gethostname()[:80]}|{os.getpid()}|{_begun(os.getpid())}|{secrets.token_hex(4)}"
        )

    def take(self, wait_seconds: float = WAIT_SECONDS) -> None:
        """Wait for the turn. Raises LakeError where another import has it all that time."""
        Lease.objects.get_or_create(name=NAME)
        _AT_WORK.add(self.holder)
        try:
            self._wait(time.monotonic() + wait_seconds)
        except BaseException:
            _AT_WORK.discard(self.holder)
            raise

    def _wait(self, give_up: float) -> None:
        while not self._try():
            if time.monotonic() > give_up:
                raise LakeError(
                    "Another import has been giving out customer numbers for a long time.",
                    do="Wait for it to end, then run this again; nothing was changed.",
                )
            time.sleep(_POLL_SECONDS)

    def prolong(self) -> None:
        """Say that the holder is alive. Raises LakeError where another has the turn now."""
        if not Lease.objects.filter(name=NAME, holder=self.holder).update(until=timezone.now() + TERM):
            raise LakeError(
                "Another import took over giving out customer numbers, because this one did not answer for minutes.",
                do="Run it again; what was stored is safe.",
            )

    def give_back(self) -> None:
        _AT_WORK.discard(self.holder)
        Lease.objects.filter(name=NAME, holder=self.holder).update(holder="", until=timezone.now())

    def _try(self) -> bool:
        row = Lease.objects.get(name=NAME)
        now = timezone.now()
        if row.holder and row.until > now and not is_gone(row.holder):
            return False
        free = Lease.objects.filter(name=NAME, holder=row.holder, until=row.until)
        return bool(free.update(holder=self.holder, until=now + TERM))


def is_gone(holder: str) -> bool:
    """Whether a holder was of this machine and has ended: its lease need not be waited for."""
    host, pid, begun, *_ = [*holder.split("|"), "", "", ""]
    if host != socket.gethostname()[:80] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    if begun != _begun(int(pid)):
        return True
    return int(pid) == os.getpid() and holder not in _AT_WORK


def _begun(pid: int) -> str:
    """When a process began, in the kernel's ticks, so that a number used again is not taken for it; '' if unknown."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rsplit(")", 1)[1]
            .split()[19]
        )
    except (OSError, IndexError):
        return ""
