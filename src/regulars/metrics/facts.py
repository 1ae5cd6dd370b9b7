"""What the facts hold that decides how an analysis is made; a few quick looks, each a small query."""

from __future__ import annotations

from typing import TypedDict

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions
from regulars.lake.engines import Engine
from regulars.lake.tables import ALIASES, COSTS, ORDERS, PAYMENTS, SUBSCRIPTIONS


class Known(TypedDict):
    """What an analysis must know of the facts beforehand; see `Plan`."""

    converted: bool
    merged: bool
    contract: bool
    with_margin: bool


def what_is_there(engine: Engine, definitions: Definitions) -> Known:
    """Look at the facts."""
    by_rule = {"orders": False, "subscriptions": True, "auto": _any(engine, SUBSCRIPTIONS.ibis)}
    costs_known = _any(engine, ORDERS.ibis.filter(ORDERS.ibis.cost.notnull()))
    return {
        "converted": bool(other_currencies(engine, definitions)),
        "merged": _any(engine, ALIASES.ibis),
        "contract": by_rule[definitions.basis],
        "with_margin": definitions.margin is not None or costs_known,
    }


def other_currencies(engine: Engine, definitions: Definitions) -> set[str]:
    """Currencies in the facts besides the reporting currency."""
    used = ibis.union(
        *(table.ibis.select("currency").distinct() for table in (ORDERS, PAYMENTS, SUBSCRIPTIONS, COSTS)),
        distinct=True,
    )
    found = set(engine.run(used).column("currency").to_pylist()) - {None}
    return found - {definitions.currency} if definitions.currency else found


def _any(engine: Engine, rows: ir.Table) -> bool:
    return bool(engine.run(rows.select(rows.columns[0]).limit(1)).num_rows)
