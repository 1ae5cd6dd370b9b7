"""Five orders of a small shop, one of them cancelled; `tea` and `pot` came together twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from support.tiny import bought


def _order(number: str, day: str, *lines: tuple[str | None, str], **more: Any) -> list[dict[str, Any]]:
    """The order, then its lines (product, goods)."""
    order = bought(1, day, order_id=number, **more)
    kept = {name: order[name] for name in ("source", "order_id", "at", "local_day", "currency")}
    return [order] + [
        {**kept, "line": place, "kind": "goods", "product": product, "quantity": 1, "goods": Decimal(goods)}
        for place, (product, goods) in enumerate(lines, 1)
    ]


_ALL = [
    _order("1", "2024-01-05", ("tea", "5"), ("pot", "8"), ("tea", "1")),
    _order("2", "2024-01-06", ("tea", "6"), ("pot", "12"), (None, "99")),
    _order("3", "2024-01-07", ("tea", "6")),
    _order("4", "2024-03-01", ("cup", "7")),
    _order("5", "2024-03-02", ("cup", "7"), ("tea", "6"), cancelled=True),
]
ORDERS = [rows[0] for rows in _ALL]
LINES = [line for rows in _ALL for line in rows[1:]]
