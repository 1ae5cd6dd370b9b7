"""Generated orders and an analysis of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
from hypothesis import strategies as st

from properties.oracle import Order
from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.lake.engines import Engine
from regulars.lake.tables import ORDERS, TABLES
from regulars.metrics.analysis import Analysis

FIRST = date(2024, 1, 1)
DAYS = 160
COVERED = (SourceCoverage("shop", first=FIRST, last=FIRST + timedelta(days=DAYS), opened=True),)

orders = st.lists(
    st.builds(
        Order,
        customer=st.integers(1, 6),
        day=st.integers(0, DAYS - 1).map(lambda n: FIRST + timedelta(days=n)),
        goods=st.integers(1, 500),
        market=st.sampled_from(("DE", "NO")),
    ),
    min_size=1,
    max_size=40,
)


def analysis_of(engine: Engine, found: Sequence[Order], window: int) -> Analysis:
    """An analysis of these orders, loaded in the order in which they are given."""
    for table in TABLES.values():
        engine.bind(table, [])
    engine.put("orders", pa.Table.from_pylist([_row(n, o) for n, o in enumerate(found)], schema=ORDERS.arrow))
    definitions = Definitions(window_days=window, currency="EUR", coverage=COVERED)
    return Analysis.of(engine, definitions, as_of=FIRST + timedelta(days=DAYS))


def _row(number: int, order: Order) -> dict[str, object]:
    return {
        "source": "shop",
        "order_id": str(number),
        "customer": order.customer,
        "at": datetime.combine(order.day, time(12)),
        "local_day": order.day,
        "market": order.market,
        "currency": "EUR",
        "goods": Decimal(order.goods),
    }
