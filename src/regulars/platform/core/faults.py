"""What failed beneath the program: a database that is away or busy, a disk that takes nothing more.

Neither is a fault of what was asked, and both pass: pages say so, jobs wait.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_noop

# What jobs keep and pages say, in the reader's language.
DISK_FULL = gettext_noop("The disk is full.")
DATABASE_AWAY = gettext_noop("The database does not answer.")

PATIENCE = 16  # attempts, about six hours, of a job that fails for one of these

# Set by the web server on a request whose body found no room; sent by somebody else, it only refuses their own request.
NO_ROOM_HEADER = "X-Regulars-No-Room"

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# As SQLite, PostgreSQL, DuckDB and the lake word it; none of them gives a number that Python would see.
_NO_ROOM_TEXTS = (
    "no space left",
    "file too large",
    "disk quota exceeded",
    "database or disk is full",
    "disk i/o error",
)
# What passes by itself, of the many things that both databases call operational errors; a missing column is another.
_SQLITE_PASSES = frozenset({5, 6, 10, 13, 14})  # busy, locked, input or output, full, cannot open
# Connections, resources, a server that ends or starts; a lock that is held, transactions that met.
_POSTGRES_PASSES = ("08", "53", "57P0", "55P03", "40001")


def machine_fault(error: BaseException) -> str:
    """`DISK_FULL` or `DATABASE_AWAY`; empty where the error has another cause."""
    if disk_is_full(error):
        return DISK_FULL
    return DATABASE_AWAY if isinstance(error, OperationalError | InterfaceError) and _passes(error) else ""


def _passes(error: BaseException) -> bool:
    """Whether the driver's number says so; an error without one is of a connection that is gone."""
    if (code := getattr(error.__cause__, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _SQLITE_PASSES  # the rest of the number says more of it
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_POSTGRES_PASSES)


def gives_up(error: BaseException, *, attempt: int, tries: int) -> bool:
    """Whether a job that failed at this attempt is not tried again: it has more of them where the machine failed."""
    return attempt >= (max(tries, PATIENCE) if machine_fault(error) else tries)


def disk_is_full(error: BaseException) -> bool:
    """Whether something could not be written, since the disk is full or refuses more."""
    return any(
        (isinstance(one, OSError) and one.errno in _NO_ROOM)
        or any(text in str(one).lower() for text in _NO_ROOM_TEXTS)
        for one in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__
