"""An engine by its name, as people write it after `--engine`."""

from __future__ import annotations

from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake.engines.base import Engine
from regulars.lake.engines.duck import DuckEngine
from regulars.lake.engines.spark import SparkEngine, connect


def open_engine(
    name: str = "duckdb",
    *,
    memory: str | None = None,
    threads: int | None = None,
    progress: Progress = silent,
) -> Engine:
    """`duckdb`, `spark://host:port` or `local[2]` (Spark inside this process). `memory` and `threads` bound DuckDB.

    Raises InputError for another name, MissingExtraError where Spark is not installed.
    """
    if name == "duckdb":
        return DuckEngine(memory=memory, threads=threads, progress=progress)
    if name.startswith(("spark://", "local[")) or name == "local":
        return SparkEngine(connect(name))
    raise InputError(
        f"'{name}' is no engine.", where="--engine", do="Use duckdb, spark://host:port or local[2]."
    )
