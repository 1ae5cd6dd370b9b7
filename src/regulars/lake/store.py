"""One fact table on disk: a Delta table without partitions, deletion vectors or column mapping, so that any reader can."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from regulars.kernel.errors import LakeError
from regulars.lake.durable import sync_file, sync_folder
from regulars.lake.manifest import TableState
from regulars.lake.tables import Table

# Log entries are never cleaned up: a kept manifest must find its version again.
_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table: `name` relative to the table's folder."""

    name: str
    rows: int
    bytes: int


class Store:
    """The Delta table of one fact table, at `folder`."""

    def __init__(self, folder: Path, table: Table) -> None:
        self.folder = folder
        self.table = table

    def exists(self) -> bool:
        return (self.folder / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(self.folder))

    def create(self) -> None:
        """Make the empty table; nothing where it is there."""
        if not self.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with disk_errors(self.folder):
                DeltaTable.create(str(self.folder), delta_schema(self.table), configuration=_CONFIGURATION)

    def latest(self) -> int:
        """The newest committed version, published or not."""
        return int(self._open().version())

    def files(self, version: int | None = None) -> list[DataFile]:
        """The files of a version (None: the newest), in the order of their names."""
        # One row a file, whose columns are declared by the Delta protocol.
        rows = pa.table(self._open(version).get_add_actions()).to_pylist()
        found = [DataFile(unquote(r["path"]), r["num_records"] or 0, r["size_bytes"]) for r in rows]
        return sorted(found, key=lambda file: file.name)

    def paths(self, version: int | None = None) -> list[str]:
        """The same as absolute paths."""
        return [str(self.folder / file.name) for file in self.files(version)]

    def applied(self, application: str, version: int | None = None) -> int | None:
        """The last batch number that an application committed, as of a version."""
        found = self._open(version).transaction_version(application)
        return None if found is None else int(found)

    def state(self, *, is_sorted: bool) -> TableState:
        """What a manifest says of the newest version."""
        files = self.files()
        return TableState(
            self.latest(), sum(f.rows for f in files), len(files), sum(f.bytes for f in files), is_sorted
        )

    def commit(
        self, add: list[AddAction], remove: list[DataFile], *, run: str, batch: tuple[str, int] | None = None
    ) -> None:
        """Add and remove files in one commit. The added files must be durable already."""
        delta = self._open()
        gone = [RemoveAction(f.name, True, add[0].modification_time if add else 0, f.bytes) for f in remove]
        properties = CommitProperties(
            custom_metadata={"regulars_run": run},
            app_transactions=[Transaction(*batch)] if batch else None,
        )
        with disk_errors(self.folder):
            delta.create_write_transaction(
                [*add, *gone], mode="append", schema=delta.schema(), commit_properties=properties
            )

    def add_new_columns(self) -> bool:
        """Declare columns that the table has gained since it was made; files without them read as null."""
        known = {field.name for field in self._open().schema().fields}
        wanted = delta_schema(self.table).fields
        new: list[Field] = [field for field in wanted if field.name not in known]
        if new:
            with disk_errors(self.folder):
                self._open().alter.add_columns(new)
        return bool(new)

    def roll_back(self, version: int) -> None:
        """Bring the newest version back to what an earlier one held, in a new commit; nothing where they are equal."""
        if self.files() != self.files(version):
            with disk_errors(self.folder):
                self._open().restore(version)

    def sync(self) -> None:
        """Wait until the log is on disk."""
        log = self.folder / "_delta_log"
        newest = sorted(log.glob("*.json"))[-8:]
        for path in [*newest, *log.glob("*checkpoint*")]:
            sync_file(path)
        sync_folder(log)
        sync_folder(self.folder)

    def _open(self, version: int | None = None) -> DeltaTable:
        try:
            delta = DeltaTable(str(self.folder), version=version)
        except DeltaError as broken:
            raise LakeError(
                f"The table {self.table.name} cannot be read at version {version}: {broken}",
                where=str(self.folder), do="Run `regulars doctor`; restore the folder from a backup.",
            ) from broken  # fmt: skip
        self._refuse_foreign(delta)
        return delta

    def _refuse_foreign(self, delta: DeltaTable) -> None:
        """Refuse what some reader of the plain file list would read wrongly."""
        metadata, protocol = delta.metadata(), delta.protocol()
        configuration = metadata.configuration or {}
        found = [
            name
            for name, present in (
                ("partition columns", bool(metadata.partition_columns)),
                ("column mapping", configuration.get("delta.columnMapping.mode", "none") != "none"),
                ("deletion vectors", configuration.get("delta.enableDeletionVectors", "false") == "true"),
                ("reader features", protocol.min_reader_version > 1),
            )
            if present
        ]
        if found:
            raise LakeError(
                f"The table {self.table.name} uses {' and '.join(found)}, which Regulars does not read.",
                where=str(self.folder), do="Another program changed it; restore it from a backup.",
            )  # fmt: skip


def delta_schema(table: Table) -> Schema:
    """The declared schema in Delta's words: instants are `timestamp`, which means UTC."""
    fields = [
        pa.field(c.name, pa.timestamp("us", tz="UTC") if c.type == "instant" else c.arrow)
        for c in table.columns
    ]
    return Schema.from_arrow(pa.schema(fields))


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn what the operating system says while writing into a LakeError that a person can act on."""
    try:
        yield
    except (OSError, duckdb.IOException, DeltaError) as failed:
        raise _as_lake_error(failed, where) from failed


def _as_lake_error(failed: Exception, where: Path) -> LakeError:
    text: Any = str(failed)
    full = getattr(failed, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(
        sign in text
        for sign in ("No space left", "os error 28", "Disk quota", "File too large", "os error 27")
    )
    what = "There is no space left to write to." if full else f"Writing failed: {text.splitlines()[0]}"
    return LakeError(
        f"{what} The lake keeps its last version.", where=str(where),
        do="Free some space and run the same command again." if full else "Mend the cause and run it again.",
    )  # fmt: skip
