"""DuckDB: one process, bounded memory and threads, spilling to a private folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from regulars.kernel.progress import Progress, silent
from regulars.lake.engines.parquet import literal, quoted, rows_of
from regulars.lake.engines.result import as_declared
from regulars.lake.engines.watch import watched
from regulars.lake.tables import Table

__all__ = ["DuckEngine", "literal", "quoted"]

_USUAL_MEMORY = "1500MB"
_ROWS_OF_USUAL = 20_000_000
# Hash tables over all orders do not all spill: a hundred million orders need some 7 GB beside what is paged out.
_BYTES_A_ROW = 75
_LOOK_UP_ROWS, _SCAN_ROWS = 20_480, 100_000


class DuckEngine:
    """Runs expressions on DuckDB. Give it a connection to share its tables, or none for a private database.

    `memory` is DuckDB's own limit (such as '1500MB'); beyond it, it spills to a folder that `close` removes. None: what is
    usual, and more for very many rows (`room_for`).
    """

    dialect = "duckdb"

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection | None = None,
        *,
        memory: str | None = None,
        threads: int | None = None,
        progress: Progress = silent,
    ) -> None:
        self._grows = con is None and memory is None
        self._remove: Callable[[], object] = lambda: None
        self.folder: Path | None = (
            None  # private, and gone with the engine; none for a connection of somebody else's
        )
        if con is None:
            # In memory with a folder to page out to: a database file would be compressed and logged as it is
            # written, which took three to six times the work of these passing tables.
            folder = tempfile.mkdtemp(prefix=f"regulars-{os.getpid()}-")
            self.folder = Path(folder)
            # Also where nobody closes, as in a notebook: quietly, with the engine or at the process's end.
            self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            con = duckdb.connect(":memory:")
            con.execute(f"SET temp_directory = {literal(folder)}")
            con.execute(f"SET memory_limit = {literal(memory or _USUAL_MEMORY)}")
        con.execute("SET TimeZone = 'UTC'")
        # Nothing is downloaded at run time; what is needed is linked in.
        con.execute("SET autoinstall_known_extensions = false")
        con.execute("SET autoload_known_extensions = false")
        con.execute("SET preserve_insertion_order = false")
        if threads is not None:
            con.execute(f"SET threads = {int(threads)}")
        self.con = con
        self.progress = progress

    def room_for(self, rows: int) -> None:
        """Allow more memory where there are very many rows, up to half of the machine's. A limit that was set stays."""
        if self._grows and rows > _ROWS_OF_USUAL:
            half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
            self.con.execute(
                f"SET memory_limit = '{max(1500, min(rows * _BYTES_A_ROW, half) // 1_000_000)}MB'"
            )

    def bind(self, table: Table, files: list[str]) -> None:
        self._make_way(table.name, "VIEW")
        self.con.execute(f"CREATE OR REPLACE VIEW {quoted(table.name)} AS {rows_of(table, files)}")

    def put(self, name: str, rows: pa.Table) -> None:
        given = f"{name} (given)"
        self.con.register(given, rows)
        try:
            self._keep(name, f"SELECT * FROM {quoted(given)}", f"preparing {name}")
        finally:
            self.con.unregister(given)

    def drop(self, name: str) -> None:
        self._make_way(name, "")

    def materialise(self, name: str, expression: ir.Table) -> None:
        self._keep(name, self._compile(expression), f"computing {name}")

    def define(self, name: str, expression: ir.Table) -> None:
        query = self._compile(expression)
        self._make_way(name, "VIEW")
        self.con.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")

    def run(self, expression: ir.Table) -> pa.Table:
        with watched(self.con, "computing", self.progress):
            rows = self.con.sql(self._compile(expression)).to_arrow_table()
        return as_declared(rows, expression)

    def sql(self, expression: ir.Table) -> str:
        return sqlglot.transpile(self._compile(expression), read="duckdb", write="duckdb", pretty=True)[0]

    def save(self, name: str, path: Path, *, sort: str | None = None) -> None:
        """Write the rows of a table or view to one Parquet file, sorted by a column, in groups that a look-up can skip."""
        order = f" ORDER BY {quoted(sort)}" if sort else ""
        # A look-up reads a whole group: with small ones it takes half the time, and reading all takes no longer.
        group = _LOOK_UP_ROWS if sort else _SCAN_ROWS
        with watched(self.con, f"writing {name}", self.progress):
            self.con.execute(
                f"COPY (FROM {quoted(name)}{order}) TO {literal(str(path))} "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
            )

    def show(self, name: str, path: Path) -> None:
        """Make a Parquet file that `save` wrote known under a name, as it stands."""
        self._make_way(name, "VIEW")
        self.con.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS FROM read_parquet({literal(str(path))})")

    def has(self, name: str) -> bool:
        return bool(self._kinds(name))

    @staticmethod
    def get_ready() -> None:
        """Load what words questions, which takes as long as several of them; for a thread beside the first reading."""
        from ibis.backends.sql.compilers.duckdb import compiler  # noqa: F401, PLC0415 - see _compile

    def beside(self) -> DuckEngine:
        return DuckEngine(self.con.cursor(), progress=self.progress)

    def close(self) -> None:
        self.con.close()
        self._remove()

    def _keep(self, name: str, query: str, step: str) -> None:
        """Make a table of a query that may itself read what bears the name now."""
        fresh = quoted(f"{name} (new)")
        with watched(self.con, step, self.progress):
            self.con.execute(f"CREATE OR REPLACE TABLE {fresh} AS {query}")
        self._make_way(name, "")
        self.con.execute(f"ALTER TABLE {fresh} RENAME TO {quoted(name)}")

    def _make_way(self, name: str, kind: str) -> None:
        """Drop what bears a name and is not of `kind`: DuckDB replaces a table by a table and a view by a view only."""
        for found in self._kinds(name):
            if found != kind:
                self.con.execute(f"DROP {found} {quoted(name)}")

    def _kinds(self, name: str) -> list[str]:
        found = self.con.execute(
            "SELECT DISTINCT CASE WHEN table_type = 'VIEW' THEN 'VIEW' ELSE 'TABLE' END "
            "FROM information_schema.tables WHERE lower(table_name) = lower(?) "
            "AND table_catalog IN (current_database(), 'temp')",
            [name],
        ).fetchall()
        return [kind for (kind,) in found]

    @staticmethod
    def _compile(expression: ir.Table) -> str:
        # ibis loads the compilers of all its engines at once, which takes as long as several queries.
        from ibis.backends.sql.compilers.duckdb import compiler  # noqa: PLC0415 - slow, and not all commands compile

        # What ibis.to_sql does, without laying out text that only DuckDB reads and without copying the tree for it.
        return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect, copy=False))
