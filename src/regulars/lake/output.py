"""DuckDB writes Parquet files for the lake: several at once, compressed, with what Delta wants to know of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from deltalake.transaction import AddAction

from regulars.lake.durable import sync_file, sync_folder
from regulars.lake.engines.parquet import ENCODING, literal, quoted, stored
from regulars.lake.store import disk_errors
from regulars.lake.tables import Table

ROW_GROUP = 100_000  # rows; a customer's page then reads few of them
FILE_BYTES = "256MB"
# Sorting costs more than writing. Up to here it is done at once; above, compaction does it.
SORT_ROWS = 1_000_000


@dataclass(frozen=True)
class Written:
    """Files that a statement wrote, ready to be committed."""

    actions: list[AddAction]
    rows: int
    is_sorted: bool


def write(
    con: duckdb.DuckDBPyConnection,
    query: str,
    folder: Path,
    table: Table,
    *,
    run: str,
    ordered: bool,
    empty: frozenset[str] = frozenset(),
) -> Written:
    """Write the rows of `query` (the table's declared columns) to `folder`, durably. `ordered`: by customer.

    `empty`: columns without any value. A bulk write leaves them out, where ten million nulls of each took as long as the rest
    together; compaction and small writes have them, as who reads files without the log likes them. File names begin with
    `run`, so that what a crash leaves behind is known by its name.
    """
    columns = ", ".join(stored(column) for column in table.columns if ordered or column.name not in empty)
    order = ""
    if ordered:
        first = ["customer"] if table.by_customer else []
        order = " ORDER BY " + ", ".join(quoted(n) for n in dict.fromkeys([*first, *table.key]))
    pattern = f"{run}-{time.time_ns():x}-{{i}}"
    with disk_errors(folder):
        files = con.execute(
            f"COPY (SELECT {columns} FROM ({query}){order}) TO {literal(str(folder))} (FORMAT parquet, "
            # Level 1: a fifth more space than the usual level 3 for about half the time.
            f"COMPRESSION zstd, COMPRESSION_LEVEL 1, {ENCODING}, ROW_GROUP_SIZE {ROW_GROUP}, FILE_SIZE_BYTES '{FILE_BYTES}', "
            f"FILENAME_PATTERN {literal(pattern)}, OVERWRITE_OR_IGNORE true, RETURN_STATS true)"
        ).fetchall()
        now = time.time_ns() // 1_000_000
        actions, rows = [], 0
        for name, count, size, _, statistics, *_ in files:
            path = folder / Path(name).name
            if count == 0:
                path.unlink()
                continue
            sync_file(path)
            stats = json.dumps(_statistics(table, count, statistics))
            actions.append(AddAction(path.name, size, {}, now, True, stats))
            rows += count
        sync_folder(folder)
    return Written(actions, rows, ordered)


# Delta wants values in JSON. Money and numbers are left out: floats would round them, and nothing prunes by them.
_AS_JSON: dict[str, Callable[[str], Any]] = {
    "whole": int,
    "day": str,
    "text": str,
    "instant": lambda text: text.replace(" ", "T").removesuffix("+00") + "Z",
}


def _statistics(table: Table, rows: int, found: dict[str, dict[str, str]]) -> dict[str, Any]:
    """DuckDB's statistics of a file in Delta's form; a bound is left out unless it is exact."""
    stats: dict[str, Any] = {"numRecords": rows, "minValues": {}, "maxValues": {}, "nullCount": {}}
    for column in table.columns:
        of = found.get(quoted(column.name)) or found.get(column.name)
        if of is None:
            continue
        if "null_count" in of:
            stats["nullCount"][column.name] = int(Decimal(of["null_count"]))
        convert = _AS_JSON.get(column.type)
        for kind in ("min", "max"):
            if convert is not None and kind in of and of.get(f"{kind}_is_exact") == "true":
                stats[f"{kind}Values"][column.name] = convert(of[kind])
    return stats
