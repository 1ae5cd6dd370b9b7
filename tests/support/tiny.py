"""An analysis of a handful of orders written in the test itself, on any engine."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import Engine
from regulars.lake.tables import TABLES
from regulars.metrics.analysis import Analysis
from regulars.metrics.coverage import Coverage, Covered
from support.facts import given

_NUMBERS = itertools.count(1)


def bought(customer: int | None, day: str, goods: str = "10", **more: Any) -> dict[str, Any]:
    """One order of `customer` on `day` at noon."""
    return {
        "source": "shop", "order_id": f"o{next(_NUMBERS)}", "customer": customer, **_when(day), "currency": "EUR",
        "market": "DE", "country": "DE", "goods": Decimal(goods), "total": Decimal(goods), **more,
    }  # fmt: skip


def refunded(customer: int | None, day: str, goods: str = "10", **more: Any) -> dict[str, Any]:
    """One refund document."""
    return {
        "source": "shop", "payment_id": f"r{next(_NUMBERS)}", "customer": customer, **_when(day), "currency": "EUR",
        "kind": "refund", "goods": Decimal(goods), "amount": Decimal(goods), "market": "DE", **more,
    }  # fmt: skip


def analysed(
    engine: Engine,
    orders: Iterable[dict[str, Any]],
    *,
    first: str,
    last: str,
    window: int = 30,
    opened: bool = False,
    as_of: str | None = None,
    definitions: Definitions | None = None,
    **tables: list[dict[str, Any]],
) -> Analysis:
    """An analysis of these facts, covered from `first` to `last`; other tables by name, the rest is empty."""
    known = {"orders": list(orders), **tables}
    for name, table in TABLES.items():
        if name in known:
            given(engine, name, known[name])
        else:
            engine.bind(table, [])
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    coverage = Coverage((Covered("shop", start, end, opened),))
    settled = replace(definitions or Definitions(), window_days=window, currency="EUR")
    day = dt.date.fromisoformat(as_of) if as_of else end + dt.timedelta(days=1)
    known_margin = any("cost" in order for order in known["orders"]) or settled.margin is not None
    return Analysis(engine, settled, day, coverage, with_margin=known_margin)


def _when(day: str) -> dict[str, Any]:
    noon = dt.datetime.fromisoformat(day + "T12:00:00")
    return {"at": noon, "local_day": noon.date()}
