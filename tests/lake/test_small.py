"""Small Arrow tables: what goes in comes out, and pandas stays where it is."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from regulars.lake.small import Value, small_table

SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("whole", pa.int64()),
        ("day", pa.date32()),
        ("rate", pa.decimal128(38, 10)),
        ("at", pa.timestamp("us")),
    ]
)
ROWS: list[tuple[Value, ...]] = [
    (
        'quoted "so", and\r\nso',
        2**62,
        date(2020, 2, 29),
        Decimal("0.1230000000"),
        datetime(2020, 1, 2, 3, 4, 5),  # noqa: DTZ001 - UTC without zone, as in the tables
    ),
    ("", None, None, None, None),
    (None, -1, date(1, 1, 1), Decimal("1E-10"), datetime(1999, 12, 31, 23, 59, 59, 7)),  # noqa: DTZ001
    ("é NULL", 0, date(9999, 12, 31), Decimal(5), None),
]


def test_values_come_out_as_they_went_in() -> None:
    found = small_table(SCHEMA, ROWS)
    assert found.schema == SCHEMA
    assert [tuple(row.values()) for row in found.to_pylist()] == ROWS


def test_no_rows_make_an_empty_table() -> None:
    found = small_table(SCHEMA, [])
    assert found.schema == SCHEMA
    assert found.num_rows == 0


def test_a_null_alone_in_its_row_is_a_row() -> None:
    rows = small_table(pa.schema([("n", pa.int64())]), [(None,), (3,)])
    assert rows.to_pylist() == [{"n": None}, {"n": 3}]


def test_pandas_is_not_loaded() -> None:
    code = (
        "import sys, pyarrow as pa\n"
        "from regulars.lake.small import small_table\n"
        "small_table(pa.schema([('n', pa.int64())]), [(1,)])\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
