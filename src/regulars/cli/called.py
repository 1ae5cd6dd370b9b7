"""How somebody calls this command where they stand: `regulars`, or by the path of an environment that is not active."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def called() -> str:
    """What to type instead of `regulars` in a command that we print."""
    program = Path(sys.argv[0])
    if program.name != "regulars" or not program.exists():
        return "regulars"
    found = shutil.which("regulars")
    if found is not None and Path(found).resolve() == program.resolve():
        return "regulars"
    return shortest(program)


def shortest(path: Path) -> str:
    """A path as one would type it here: relative where it lies below, else absolute."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - not resolved: an environment's program is a link
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(whole)
