"""The list of who was erased, beside the database: a database that is restored does not know what came after its back-up.

One line an erasure: its reference, its instant, and digests from which nobody can be told. So it may be kept for as long as
there are back-ups, and next to them.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from regulars.lake.durable import sync_file, sync_folder

FILE = "erased.jsonl"
LOCK = ".erased.jsonl.lock"  # beside a list; held while it is replaced
# In the site's folder, from before the list is obeyed until all of it was: who is killed meanwhile goes on with the next start.
PENDING = "erase-again"


def read(path: Path) -> list[dict[str, Any]]:
    """Its lines; what is cut off or none of ours is left out."""
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return []
    return [line for line in map(_line, text.splitlines()) if line is not None]


def _line(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
        if datetime.fromisoformat(line["at"]).tzinfo is None:
            return None
        whole = isinstance(line["reference"], str) and all(isinstance(mark, str) for mark in line["marks"])
    except (ValueError, KeyError, TypeError):
        return None
    return line if whole else None


def add(path: Path, lines: Iterable[dict[str, Any]]) -> int:
    """Add the lines that a list has not yet, and return how many. The list is replaced as a whole, or left as it was.

    One at a time: two who add at once lose no line.
    """
    wanted = {line["reference"]: line for line in lines}
    if wanted.keys() <= {line["reference"] for line in read(path)}:
        return 0
    with _locked(path.with_name(LOCK)):
        known = {line["reference"]: line for line in read(path)}
        _replace(path, (wanted | known).values())
    return len(wanted.keys() - known.keys())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Some shares that back-ups go to know no locks; there one at a time writes anyway.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    sync_file(new)
    new.replace(path)
    sync_folder(path.parent)
