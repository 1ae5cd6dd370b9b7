"""The door of intake: what other contexts use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from regulars.platform.core.api import User
from regulars.platform.intake import files as _files
from regulars.platform.intake import operations as _operations
from regulars.platform.intake.lakes import lake
from regulars.platform.intake.queries import (
    FileInfo,
    ImportInfo,
    SourceFreshness,
    freshness,
    imported,
    latest,
    running,
)

__all__ = [
    "FileInfo", "ImportInfo", "SourceFreshness", "bring", "freshness", "imported", "lake", "latest", "running",
]  # fmt: skip


def bring(
    *, files: Sequence[tuple[Path, str]], by: User | None = None, mapping: str = "", options: dict[str, Any] | None = None,
    look: bool = False,
) -> int:  # fmt: skip
    """Start the import of files of this machine, given as (path, source); the worker does the rest. Returns its number.

    `mapping`: a TOML text, empty to recognise the columns. `look`: somebody has to agree on a page first.
    Raises InputError for a file that is empty, too large or not there.
    """
    uploads = [
        _operations.keep_upload(_files.blocks_of(path), name=path.name, source=source, by=by)
        for path, source in files
    ]
    return _operations.begin(uploads, by=by, mapping=mapping, options=options, look=look).pk
