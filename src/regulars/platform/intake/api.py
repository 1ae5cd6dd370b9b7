"""The door of intake: what other contexts use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from regulars.platform.core.api import User
from regulars.platform.intake import files as _files
from regulars.platform.intake import operations as _operations
from regulars.platform.intake import queries as _queries
from regulars.platform.intake import sample as _sample
from regulars.platform.intake import trying as _trying
from regulars.platform.intake.adopting import adopt_if_needed
from regulars.platform.intake.definitions import (
    change_definitions,
    changing,
    definitions,
    differences,
    facts_are_rewritten,
)
from regulars.platform.intake.feeds import (
    FeedInfo,
    FeedValues,
    delete_feed,
    feed,
    feeds,
    folders,
    run_feed,
    save_feed,
)
from regulars.platform.intake.keeping import (
    CheckInfo,
    TableInfo,
    VersionInfo,
    last_check,
    start_check,
    still_reads,
    tables,
    versions,
)
from regulars.platform.intake.lakes import lake
from regulars.platform.intake.mapping import (
    MappingInfo,
    delete_mapping,
    mapping,
    mappings,
    save_mapping,
)
from regulars.platform.intake.queries import (
    FileInfo,
    ImportInfo,
    SourceFreshness,
    freshness,
    imported,
    latest,
    running,
)
from regulars.platform.intake.rules.addresses import is_public
from regulars.platform.intake.rules.addresses import shown as shown_address
from regulars.platform.intake.rules.drawn import Mistake, Reading, Table, choices, mistakes, toml_of
from regulars.platform.intake.sample import SampleTable
from regulars.platform.intake.trying import Tried
from regulars.sources import LoadOptions

__all__ = [
    "CheckInfo",
    "FeedInfo",
    "FeedValues",
    "FileInfo",
    "ImportInfo",
    "MappingInfo",
    "Mistake",
    "Reading",
    "SampleTable",
    "SourceFreshness",
    "Table",
    "TableInfo",
    "Tried",
    "VersionInfo",
    "adopt_if_needed",
    "again",
    "agree",
    "bring",
    "cancel",
    "change_definitions",
    "changing",
    "choices",
    "definitions",
    "delete_feed",
    "delete_mapping",
    "differences",
    "facts_are_rewritten",
    "feed",
    "feeds",
    "first_rows",
    "folders",
    "freshness",
    "imported",
    "imports",
    "is_public",
    "lake",
    "last_check",
    "latest",
    "look_again",
    "mapping",
    "mappings",
    "mistakes",
    "recognised",
    "run_feed",
    "running",
    "save_feed",
    "save_mapping",
    "shown_address",
    "start_check",
    "still_reads",
    "tables",
    "toml_of",
    "try_out",
    "upload",
    "versions",
]  # fmt: skip


def bring(
    *,
    files: Sequence[tuple[Path, str]],
    by: User | None = None,
    mapping: str = "",
    options: dict[str, Any] | None = None,
    look: bool = False,
) -> int:
    """Start the import of files of this machine, given as (path, source); the worker does the rest. Returns its number.

    `mapping`: a TOML text, empty to recognise the columns. `look`: somebody has to agree on a page first.
    Raises InputError for a file that is empty, too large or not there.
    """
    uploads = [
        _operations.keep_upload(_files.blocks_of(path), name=path.name, source=source, by=by)
        for path, source in files
    ]
    return _operations.begin(uploads, by=by, mapping=mapping, options=options, look=look).pk


def upload(
    *, files: Sequence[tuple[str, Iterable[bytes]]], source: str, by: User, mapping: int | None = None
) -> int:
    """Store files that come in as (name, blocks), and have them looked at. Returns the import's number.

    `mapping`: the number of a saved one. Raises InputError where one of them is empty or too large; none is kept then.
    """
    return _operations.upload(files, source=source, by=by, mapping=mapping)


def imports(*, before: int | None = None, limit: int = 50) -> list[ImportInfo]:
    """Imports with a lower number than `before`, newest first."""
    return _queries.page_of(before, limit)


def agree(*, number: int, by: User) -> bool:
    """Import what was looked at. False where the import has gone on meanwhile."""
    return _operations.agree(number, by=by)


def cancel(*, number: int, by: User) -> bool:
    """Cancel an import that has not ended. False where it had."""
    return _operations.cancel(number, by=by)


def again(*, number: int, by: User) -> int:
    """A new import of the same files, looked at first. Returns its number."""
    return _operations.again(number, by=by).pk


def look_again(*, number: int, by: User, mapping: str, options: dict[str, Any]) -> bool:
    """Look once more with another mapping (TOML, empty: recognised). False where the import has gone on meanwhile."""
    return _operations.look_again(number, by=by, mapping=mapping, options=options)


def first_rows(*, sample: str, limit: int | None = None) -> list[SampleTable]:
    """The first rows of an import's files; empty where they have expired."""
    return _sample.taken(sample, limit)


def recognised(*, tables: Sequence[SampleTable], mapping: str = "") -> tuple[list[Table], Reading]:
    """What of a mapping (empty: of what is recognised) can be shown on screen, and what holds for all files."""
    return _trying.recognised(tables, mapping, LoadOptions())


def try_out(*, tables: Sequence[SampleTable], mapping: str) -> list[Tried]:
    """What a mapping makes of the first rows."""
    return _trying.try_out(tables, mapping, LoadOptions())
