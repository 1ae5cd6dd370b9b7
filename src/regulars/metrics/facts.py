"""What the facts hold that decides how an analysis is made; a few quick looks, each a small query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import Engine
from regulars.lake.tables import ALIASES, COSTS, ORDERS, PAYMENTS, SUBSCRIPTIONS, Table

_WITH_CURRENCY = (ORDERS, PAYMENTS, SUBSCRIPTIONS, COSTS)


class Known(TypedDict):
    """What an analysis must know of the facts beforehand; see `Plan`."""

    converted: bool
    merged: bool
    contract: bool
    with_margin: bool


def what_is_there(engine: Engine, definitions: Definitions) -> Known:
    """Look at the facts."""
    looks = {
        "contract": SUBSCRIPTIONS.ibis,
        "cost": ORDERS.ibis.filter(ORDERS.ibis.cost.notnull()),
        "merged": ALIASES.ibis,
    }
    # Whether there is another currency shows faster than which there are.
    foreign = {f"other currencies of {table.name}": _foreign(table, definitions) for table in _WITH_CURRENCY}
    found = with_rows(engine, {**looks, **foreign})
    by_rule = {"orders": False, "subscriptions": True, "auto": "contract" in found}
    return {
        "converted": bool(found & foreign.keys()),
        "merged": "merged" in found,
        "contract": by_rule[definitions.basis],
        "with_margin": definitions.margin is not None or "cost" in found,
    }


def with_rows(engine: Engine, looks: Mapping[str, ir.Table]) -> frozenset[str]:
    """The names of those tables that have any rows, in one query."""
    parts = [rows.limit(1).select(name=ibis.literal(name)) for name, rows in looks.items()]
    return frozenset(engine.run(ibis.union(*parts)).column("name").to_pylist())


def other_currencies(engine: Engine, definitions: Definitions) -> set[str]:
    """Currencies in the facts besides the reporting currency."""
    used = ibis.union(
        *(table.ibis.select("currency").distinct() for table in _WITH_CURRENCY),
        distinct=True,
    )
    found = set(engine.run(used).column("currency").to_pylist()) - {None}
    return found - {definitions.currency} if definitions.currency else found


def _foreign(table: Table, definitions: Definitions) -> ir.Table:
    """Rows in another currency than the reporting currency, or in any where that is not set."""
    currency = table.ibis.currency
    other = currency.notnull() if definitions.currency is None else currency != definitions.currency
    return table.ibis.filter(other)
