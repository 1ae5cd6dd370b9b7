"""The list of who was erased, beside the database: a database that is restored does not know what came after its back-up.

One line an erasure: its reference, its instant, and digests from which nobody can be told. So it may be kept for as long as
there are back-ups, and next to them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from regulars.lake.durable import sync_file, sync_folder

FILE = "erased.jsonl"
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
    """Add the lines that a list has not yet, and return how many. The list is replaced as a whole, or left as it was."""
    known = {line["reference"]: line for line in read(path)}
    fresh = {line["reference"]: line for line in lines if line["reference"] not in known}
    if not fresh:
        return 0
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(json.dumps(line) + "\n" for line in [*known.values(), *fresh.values()])
    sync_file(new)
    new.replace(path)
    sync_folder(path.parent)
    return len(fresh)
