"""Exports of other systems, invented, and what came out of them in a few numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

# Orders that the standard payment rules let count (kernel/definitions.py), for prepaid orders.
_COUNTED = (
    "customer IS NOT NULL AND NOT coalesce(cancelled, false) AND goods > 0 AND coalesce(payment_state, 'paid') "
    "NOT IN ('failed', 'voided', 'open', 'pending', 'authorised')"
)


@dataclass(frozen=True)
class Came:
    """`orders`, `customers`, `revenue`: of orders that count. `kept`: order numbers that count. `fields`: by column."""

    orders: int
    customers: int
    revenue: Decimal
    currency: str | None
    refunds: int
    refunded: Decimal
    days: tuple[str, str]
    kept: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    said: str = ""
    rejects: tuple[str, ...] = ()
    result: Any = None


@pytest.fixture
def came(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Came]:
    """Load one export, a text or a path, and say what came out of it."""

    def load(
        export: str | Path, *, name: str = "export.csv", encoding: str = "utf-8", **options: Any
    ) -> Came:
        path = export if isinstance(export, Path) else tmp_path / name
        if isinstance(export, str):
            path.write_bytes(export.encode(encoding))
        result = run(path, **options)
        return _described(result)

    return load


def _described(result: Any) -> Came:
    orders, customers, revenue, currency = result.one(
        f"SELECT count(*), count(DISTINCT customer), coalesce(sum(goods), 0), min(currency) FROM orders WHERE {_COUNTED}"
    )
    refunds, refunded = result.one(
        "SELECT count(*), coalesce(sum(goods), 0) FROM payments WHERE kind = 'refund'"
    )
    first, last = result.one("SELECT min(local_day)::VARCHAR, max(local_day)::VARCHAR FROM orders")
    kept = result.rows(f"SELECT order_id FROM orders WHERE {_COUNTED} ORDER BY 1")
    file = result.summary.files[0]
    return Came(
        orders, customers, revenue, currency, refunds, refunded, (first, last), tuple(row[0] for row in kept),
        {one.column: one.field for one in file.recognised}, " | ".join(map(str, result.summary.warnings)),
        tuple(str(one.reason) for one in file.rejected), result,
    )  # fmt: skip
