"""Files that are either the old or the new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until a folder's names are on disk: a new or renamed file is only then sure to be found again."""
    sync_file(path)


def replace_file(path: Path, text: str) -> None:
    """Put `text` at `path` so that a reader, or a crash, sees all of the old file or all of the new one."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
