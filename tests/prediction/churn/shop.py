"""A made-up shop whose truth is known: customers with rates of their own who leave at rates of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import TABLES
from regulars.metrics.analysis import Analysis
from regulars.metrics.coverage import Coverage, Covered

FIRST, AS_OF = dt.date(2022, 1, 1), dt.date(2024, 1, 1)
_DAYS = (AS_OF - FIRST).days


def made(engine: DuckEngine, customers: int = 600, *, seed: int = 1, until: int = _DAYS) -> Analysis:
    """Everyone joins in the first year, orders every 20 to 80 days and leaves after some 400.

    `until`: orders from this day on are left out.
    """
    draw = np.random.default_rng(seed)
    joined = draw.integers(0, 365, customers)
    gap, life = draw.gamma(4, 12, customers) + 8, draw.exponential(400, customers)
    waits = draw.exponential(gap[:, None], (customers, 40))
    waits[:, 0] = 0
    after = waits.cumsum(axis=1)
    day = joined[:, None] + after
    kept = (after <= life[:, None]) & (day < _DAYS)
    who, _ = np.nonzero(kept)
    value = np.exp(draw.normal(3.5, 0.5, len(who)))
    when = day[kept].astype(int)
    seen = when < until
    return shop(engine, who[seen] + 1, when[seen], value[seen])


def shop(engine: DuckEngine, customer: Any, day: Any, value: Any, **tables: list[dict[str, Any]]) -> Analysis:
    """An analysis of orders: `day` counts from 2022-01-01."""
    at = [dt.datetime.combine(FIRST + dt.timedelta(days=int(n)), dt.time(12)) for n in day]
    given = {
        "source": ["shop"] * len(at), "order_id": [f"o{n}" for n in range(len(at))], "customer": customer,
        "at": at, "local_day": [moment.date() for moment in at], "currency": ["EUR"] * len(at),
        "goods": pa.array(np.round(np.asarray(value, float), 2)).cast(pa.decimal128(18, 4)),
    }  # fmt: skip
    for name, table in TABLES.items():
        if name == "orders":
            engine.put(name, pa.table({
                f.name: pa.array(given[f.name], f.type) if f.name in given else pa.nulls(len(at), f.type)
                for f in table.arrow
            }))  # fmt: skip
        elif name in tables:
            engine.put(name, pa.Table.from_pylist(tables[name], schema=table.arrow))
        else:
            engine.bind(table, [])
    coverage = Coverage((Covered("shop", FIRST, AS_OF - dt.timedelta(days=1)),))
    return Analysis(
        engine,
        Definitions(window_days=60, currency="EUR"),
        AS_OF,
        coverage,
        contract="subscriptions" in tables,
    )
