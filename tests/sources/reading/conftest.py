"""Files that the tests write, and a connection to read them into."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.sources.reading import RawTable, ReadOptions, open_file
from regulars.sources.reading.values import Parsed


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    yield connection
    connection.close()


@pytest.fixture
def read(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., RawTable]:
    """Write the content to a file and open its first table."""

    def opened(content: bytes | str, name: str = "orders.csv", **options: Any) -> RawTable:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_file(con, path, name="raw", options=ReadOptions(**options))[0]

    return opened


@pytest.fixture
def rows(con: duckdb.DuckDBPyConnection) -> Callable[..., list[tuple[Any, ...]]]:
    """The rows of a relation in the order of the file, the row number last."""
    return lambda relation="raw": con.execute(f'SELECT * FROM "{relation}" ORDER BY _row').fetchall()


@pytest.fixture
def value(con: duckdb.DuckDBPyConnection) -> Callable[[Parsed, str], tuple[Any, bool]]:
    """(value, is bad) of a reading of the column x for one text."""

    def of(parsed: Parsed, text: str) -> tuple[Any, bool]:
        found = con.execute(f"SELECT {parsed.value}, {parsed.is_bad} FROM (SELECT $1::VARCHAR AS x)", [text])
        result: tuple[Any, bool] = found.fetchall()[0]
        return result

    return of
