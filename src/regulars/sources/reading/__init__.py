"""Reading files: any file to a raw table in DuckDB, any text to a value as SQL, any column to its role."""

from regulars.sources.reading.opening import open_file
from regulars.sources.reading.raw import Dialect, Limits, RawColumn, RawTable, ReadOptions
from regulars.sources.reading.rejects import REJECTS, ensure_rejects, reject_rows

__all__ = [
    "REJECTS", "Dialect", "Limits", "RawColumn", "RawTable", "ReadOptions", "ensure_rejects", "open_file", "reject_rows",
]  # fmt: skip
