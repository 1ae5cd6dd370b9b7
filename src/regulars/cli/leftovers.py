"""Temporary folders of runs that were killed outright: nobody was left to remove them, so the next run does."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

# lake/engines/duck.py names its folders so: the number is the process that made it.
_OURS = re.compile(r"regulars-(\d+)-")


def sweep(folder: Path | None = None) -> int:
    """Remove the folders of this user's processes that are no more; return how many."""
    removed = 0
    for path in (folder or Path(tempfile.gettempdir())).glob("regulars-*"):
        match = _OURS.match(path.name)
        if match and path.is_dir() and _mine(path) and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _mine(path: Path) -> bool:
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
