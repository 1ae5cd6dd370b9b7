"""What every engine does alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from regulars.lake.engines import Engine

ROWS = pa.table(
    {
        "customer": pa.array([1, 1, 2], pa.int64()),
        "amount": pa.array([Decimal("1.5000"), None, Decimal("-2.2500")], pa.decimal128(18, 4)),
        "at": pa.array([dt.datetime(2024, 3, 31, 1, 30), dt.datetime(2024, 3, 31, 2, 30), None], pa.timestamp("us")),
        "day": pa.array([dt.date(2024, 3, 31), dt.date(1999, 1, 1), None], pa.date32()),
        "flag": pa.array([True, None, False]),
        "share": pa.array([0.5, None, -1.0]),
        "word": pa.array(["a", None, "ü"]),
    }
)  # fmt: skip
SMALL = ibis.table(ibis.Schema.from_pyarrow(ROWS.schema), name="small")


def test_rows_that_are_put_come_back_unchanged(engine: Engine) -> None:
    engine.put("small", ROWS)
    back = engine.run(SMALL.order_by("customer", "word"))
    assert back.schema.equals(ROWS.schema)
    assert back.sort_by([("customer", "ascending"), ("word", "ascending")]).equals(
        ROWS.sort_by([("customer", "ascending"), ("word", "ascending")])
    )


def test_an_empty_table_keeps_its_columns(engine: Engine) -> None:
    engine.put("small", ROWS.slice(0, 0))
    assert engine.run(SMALL).schema.equals(ROWS.schema)


def test_each_test_begins_with_clean_names(engine: Engine) -> None:
    assert not engine.has("small")
