"""DuckDB's way to read the Parquet files of a fact table with the table's declared schema."""

from __future__ import annotations

from regulars.lake.tables import Column, Table

# Dictionaries of few values alone, and differences of numbers where there are more: see docs/decisions/0010.
ENCODING = "PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000, WRITE_BLOOM_FILTER false"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def stored_type(column: Column) -> str:
    """The column's type in a file: instants carry UTC there, so that no reader takes them for local time."""
    return "TIMESTAMPTZ" if column.type == "instant" else column.duckdb


def stored(column: Column) -> str:
    """The column as it is written to a file."""
    name = quoted(column.name)
    # By the number of microseconds: `AT TIME ZONE 'UTC'` is the same and takes half the time of the whole write.
    return f"make_timestamptz(epoch_us({name})) AS {name}" if column.type == "instant" else name


def loaded(column: Column) -> str:
    """The column as it is read from a file: instants without a zone, whatever the session's time zone."""
    name = quoted(column.name)
    return f"make_timestamp(epoch_us({name})) AS {name}" if column.type == "instant" else name


def rows_of(table: Table, files: list[str], *, file_column: str | None = None) -> str:
    """A SELECT of the files' rows in declared order and types; columns that a file lacks are null.

    Instants become plain UTC timestamps, whatever the session's time zone. `file_column` adds the file's path.
    """
    if not files:
        nulls = ", ".join(f"NULL::{c.duckdb} AS {quoted(c.name)}" for c in table.columns)
        extra = f", NULL::VARCHAR AS {quoted(file_column)}" if file_column else ""
        return f"SELECT {nulls}{extra} WHERE false"
    listed = ", ".join(literal(file) for file in files)
    # Not `union_by_name`: that opens every file to find the schema, and misses columns that no file has yet.
    schema = ", ".join(
        f"{literal(c.name)}: {{name: {literal(c.name)}, type: {literal(stored_type(c))}, default_value: NULL}}"
        for c in table.columns
    )
    chosen = ", ".join(map(loaded, table.columns))
    extra = f", filename AS {quoted(file_column)}" if file_column else ""
    name_option = ", filename = true" if file_column else ""
    return f"SELECT {chosen}{extra} FROM read_parquet([{listed}], schema = MAP {{{schema}}}{name_option})"
