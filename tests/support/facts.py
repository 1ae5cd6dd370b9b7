"""Small fact tables for tests of the lake."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa

from regulars.lake.engines import DuckEngine
from regulars.lake.tables import TABLES

NOON = dt.datetime(2024, 1, 1, 12)  # noqa: DTZ001 - instants are UTC without a zone


def order(number: str, customer: int | None = 1, goods: str = "10", **more: Any) -> dict[str, Any]:
    """An order of the source `shop` on 2024-01-01."""
    return {
        "source": "shop", "order_id": number, "customer": customer, "at": NOON, "local_day": NOON.date(),
        "market": "DE", "country": "DE", "currency": "EUR", "goods": Decimal(goods), **more,
    }  # fmt: skip


def line(number: str, position: int, goods: str = "10", **more: Any) -> dict[str, Any]:
    """A line of an order of the source `shop`."""
    plain = order(number, goods=goods)
    del plain["country"]
    return plain | {"line": position, "kind": "goods", **more}


def given(engine: DuckEngine, table: str, rows: list[dict[str, Any]], name: str | None = None) -> str:
    """Make rows known to an engine under the table's name, or another; returns the name."""
    schema = TABLES[table].arrow
    columns = {f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema}
    engine.put(name or table, pa.table(columns, schema=schema))
    return name or table
