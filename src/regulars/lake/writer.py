"""Writing to a lake: under its lock, by key, and seen by readers only once one manifest names everything."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import LakeError, RegularsError
from regulars.kernel.progress import Progress, silent
from regulars.lake import output
from regulars.lake import replace as replacing
from regulars.lake.engines.watch import watched
from regulars.lake.manifest import Manifest, TableState, merged_coverage
from regulars.lake.store import DataFile, Store, disk_errors

if TYPE_CHECKING:
    from regulars.lake.lake import Lake


@dataclass(frozen=True)
class Change:
    """What a write did to a table, in rows. `groups`: keys that were new or differed, where rows were replaced."""

    added: int = 0
    removed: int = 0
    groups: int = 0


class Writer:
    """The one writer of a lake. Get it from `lake.writer()`; what is not published when it ends is rolled back."""

    def __init__(self, lake: Lake, run: str, progress: Progress) -> None:
        self.lake = lake
        self.run = run
        self.progress = progress
        self._published = lake.manifest()
        self._sorted: dict[str, bool] = {}  # the tables that this writer committed to

    def replace(self, con: duckdb.DuckDBPyConnection, table: str, relation: str | None = None) -> Change:
        """Write the rows of a table or view of `con`; rows of the same key, or group, in the lake give way to them.

        Groups that stand in the lake as they are given are left alone, so a repeated import changes nothing.
        Make `relation` (default: the table's own name) a table: it is read several times. Raises ConflictError
        for a key given twice or a null where none may be, LakeError where writing fails; nothing changes then.
        """
        store = self._store(table)
        rows = replacing.incoming(con, store.table, relation or table)
        with watched(con, f"writing {table}", self.progress), disk_errors(store.folder):
            try:
                given = replacing.check(con, store.table, rows)
                if given.rows == 0:
                    return Change()
                there = sum(file.rows for file in store.files())
                plan = replacing.plan(con, store.table, store.paths(), there, rows, given)
                if plan.changed == 0:
                    return Change()
                return self._exchange(con, store, plan, given.empty)
            finally:
                replacing.forget(con)

    def remove(self, con: duckdb.DuckDBPyConnection, table: str, keys: str) -> Change:
        """Take out the rows whose key stands in `keys`, a table or view of `con`; others stay."""
        store = self.lake.store(table)
        if not store.exists():
            return Change()
        with watched(con, f"writing {table}", self.progress), disk_errors(store.folder):
            plan = replacing.removal(con, store.table, store.paths(), keys)
            return self._exchange(con, store, plan) if plan.files else Change()

    def append_new(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        relation: str | None = None,
        *,
        batch: tuple[str, int] | None = None,
    ) -> Change:
        """Add the rows whose key the lake does not have; nothing that is there changes.

        `batch`: (who delivers, its running number): a number that was published already is left out whole.
        """
        store = self._store(table)
        if batch is not None and self._is_applied(store, *batch):
            return Change()
        rows = replacing.incoming(con, store.table, relation or table)
        with watched(con, f"writing {table}", self.progress), disk_errors(store.folder):
            given = replacing.check(con, store.table, rows)
            new = replacing.not_there(store.table, store.paths(), rows)
            return self._commit(con, store, new, [], batch=batch, empty=given.empty)

    def rewrite(self, con: duckdb.DuckDBPyConnection, table: str, query: str, paths: list[str]) -> Change:
        """Put the rows of a SELECT in the place of some of a table's files, sorted by customer."""
        store = self._store(table)
        gone = [file for file in store.files() if str(store.folder / file.name) in set(paths)]
        with watched(con, f"rewriting {table}", self.progress), disk_errors(store.folder):
            return self._commit(con, store, query, gone, ordered=True)

    def publish(
        self,
        *,
        coverage: tuple[SourceCoverage, ...] = (),
        definitions: Definitions | None = None,
        note: str = "",
        schema: int | None = None,
    ) -> int:
        """Make everything written so far one new version, and return its number; the old number if nothing changed.

        `coverage` widens what is known of its sources. `definitions` come into force with this version.
        """
        old = self._published
        states: dict[str, TableState] = dict(old.tables)
        with disk_errors(self.lake.path):
            for name, is_sorted in self._sorted.items():
                store = self.lake.store(name)
                store.sync()
                states[name] = store.state(is_sorted=is_sorted)
            digest = old.definitions if definitions is None else self.lake.settings.remember(definitions)
            new = replace(
                old,
                tables=states,
                coverage=merged_coverage(old.coverage, coverage),
                definitions=digest,
                schema=old.schema if schema is None else schema,
            )
            if new != old:
                self._publish(new, note)
            if definitions is not None:
                self.lake.settings.use(definitions)
        return self._published.version

    def roll_back(self) -> None:
        """Take back what was committed but not published, and remove the files that were written for it."""
        self._undo(self.run, self._sorted)
        self._sorted.clear()

    def recover(self, crashed_run: str) -> None:
        """Take back what a writer that crashed left behind, and finish what it had published."""
        self.progress("taking back what a broken-off import left behind", None)
        self._undo(crashed_run, dict.fromkeys(self.lake.tables, True))
        wanted = self._published.definitions
        if wanted is not None and self._published.run == crashed_run:
            self.lake.settings.use(self.lake.settings.find(wanted))

    def _undo(self, run: str, tables: Mapping[str, bool]) -> None:
        stores = [store for store in map(self.lake.store, tables) if store.exists()]
        for store in stores:
            state = self._published.tables.get(store.table.name)
            store.roll_back(state.version if state else 0)
        if run:
            kept = self.lake.named_files()
            for store in stores:
                for path in store.folder.glob(f"{run}-*.parquet"):
                    if path not in kept:
                        path.unlink()

    def _publish(self, new: Manifest, note: str) -> None:
        number = self._published.version + 1
        published = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        manifest = replace(new, version=number, published=published, note=note, run=self.run)
        self.lake.manifests.publish(manifest)
        self._published = manifest
        self._sorted.clear()

    def _store(self, table: str) -> Store:
        """The table, made if need be, with all its columns declared."""
        store = self.lake.store(table)
        store.create()
        if store.add_new_columns():
            state = self._published.tables.get(table)
            self._sorted[table] = state.sorted if state else True
        return store

    def _is_applied(self, store: Store, application: str, number: int) -> bool:
        # As of what is published or was written since: a batch that was rolled back still stands in the log.
        state = self._published.tables.get(store.table.name)
        version = None if store.table.name in self._sorted else (state.version if state else 0)
        last = store.applied(application, version)
        return last is not None and last >= number

    def _exchange(
        self,
        con: duckdb.DuckDBPyConnection,
        store: Store,
        plan: replacing.Plan,
        empty: frozenset[str] = frozenset(),
    ) -> Change:
        """`empty`: columns without a value in the incoming rows; rows that stay may have one."""
        if plan.everything:
            return self._commit(con, store, plan.rows, [], rows=plan.new, empty=empty)
        gone = [file for file in store.files() if str(store.folder / file.name) in set(plan.files)]
        stay = sum(file.rows for file in gone) - plan.removed
        query = f"({plan.kept}) UNION ALL ({plan.rows})" if gone else plan.rows
        self._commit(con, store, query, gone, rows=plan.new + stay, empty=frozenset() if gone else empty)
        return Change(plan.new, plan.removed, plan.changed)

    def _commit(
        self,
        con: duckdb.DuckDBPyConnection,
        store: Store,
        query: str,
        gone: list[DataFile],
        *,
        batch: tuple[str, int] | None = None,
        ordered: bool = False,
        rows: int | None = None,
        empty: frozenset[str] = frozenset(),
    ) -> Change:
        """`rows`: how many the query has, where that is known; `empty`: columns without a value in any."""
        if not ordered and rows is None:
            few = con.execute(
                f"SELECT count(*) FROM (FROM ({query}) LIMIT {output.SORT_ROWS + 1})"
            ).fetchall()
            rows = few[0][0]
        ordered = ordered or (rows is not None and rows <= output.SORT_ROWS)
        written = output.write(
            con, query, store.folder, store.table, run=self.run, ordered=ordered, empty=empty
        )
        if not written.actions and not gone:
            return Change()
        store.commit(written.actions, gone, run=self.run, batch=batch)
        name = store.table.name
        state = self._published.tables.get(name)
        others = len(store.files()) > len(written.actions)
        before = self._sorted.get(name, state.sorted if state else True)
        self._sorted[name] = ordered and (before or not others)
        return Change(written.rows, sum(file.rows for file in gone), written.rows)


@contextmanager
def writing(lake: Lake, *, progress: Progress = silent, timeout: float | None = None) -> Iterator[Writer]:
    """The lock, a writer, and at the end, however it comes, a lake without half-done work."""
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    crashed = lake.lock.acquire(run, timeout=timeout, progress=progress)
    clean = False
    try:
        writer = Writer(lake, run, progress)
        if crashed is not None:
            writer.recover(crashed.run)
        try:
            yield writer
        except BaseException as failed:
            try:
                writer.roll_back()
                clean = True
            except (RegularsError, OSError):
                # As on a full disk: the next writer does it, and the reader keeps the last version until then.
                if not isinstance(failed, Exception):
                    raise failed from None
            raise
        writer.roll_back()
        clean = True
    finally:
        lake.lock.release(clean=clean)


def refuse_newer_schema(manifest: Manifest, newest: int, where: str) -> None:
    """Raise LakeError for a lake that a later release has changed."""
    if manifest.schema > newest:
        raise LakeError(
            f"This lake was changed by a later release (migration {manifest.schema}, known are {newest}).",
            where=where, do="Update: pip install -U regulars",
        )  # fmt: skip
