"""What the expressions of an analysis depend on, and the recipe of every table that is prepared for them.

A plan holds no engine: with it any figure can be compiled, and its SQL printed, from the fact tables up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.metrics import activity, contract, counted, daily, homes, margin, parts, refunded
from regulars.metrics.calendar import Calendar


@dataclass(frozen=True)
class Recipe:
    """How a named table comes to be: `table` is run once and kept, `view` is only known, `put` is small and made here."""

    how: Literal["table", "view", "put"]
    make: Callable[[], ir.Table | pa.Table]


Recipes = Mapping[str, Recipe]


@dataclass(frozen=True)
class Plan:
    """Definitions and what must be known about the facts beforehand.

    `converted`: several currencies, so that `fx_factors` is used; `merged`: some customers were merged; `contract`:
    a customer is who has a running subscription; `with_margin`: a margin or costs are known. Joins cost time.
    """

    definitions: Definitions
    as_of: date
    converted: bool = False
    merged: bool = False
    contract: bool = False
    with_margin: bool = False

    @property
    def window(self) -> int:
        """The activity window in days."""
        if self.definitions.window_days is None:
            raise ValueError("the activity window is not settled; see metrics/window.py")
        return self.definitions.window_days

    def recipes(self) -> Recipes:
        """Tables that do not depend on a calendar, each after those that it reads."""
        judged = Recipe(
            "view",
            lambda: counted.orders_judged(
                self.definitions,
                self.as_of,
                converted=self.converted,
                merged=self.merged,
                with_margin=self.with_margin,
            ),
        )
        refunds = Recipe(
            "view",
            lambda: refunded.refunds_judged(
                self.definitions, self.as_of, converted=self.converted, merged=self.merged
            ),
        )
        found = {
            "margin_rates": Recipe("put", lambda: margin.rates_table(self.definitions.margin)),
            "orders_judged": judged,
            "order_attributes": Recipe("table", counted.order_attributes),
            "counted_bare": Recipe("table", counted.counted_bare),
            "counted_core": Recipe("table", counted.counted_core)
            if self.with_margin
            else Recipe("view", counted.core_of_bare),
            "counted_orders": Recipe("view", counted.counted_orders),
            "orders_by_day": Recipe("table", daily.orders_by_day),
            "customer_base": Recipe("table", counted.customer_base),
            "refunds_judged": refunds,
            "counted_refunds": Recipe("table", refunded.counted_refunds),
            "order_parts": Recipe("table", lambda: parts.order_parts(self)),
            "refund_parts": Recipe("table", lambda: parts.refund_parts(self)),
            "homes": Recipe("view", homes.from_orders),
        }
        if self.contract:
            found["stretches"] = Recipe("table", lambda: contract.stretches(self))
            found["homes"] = Recipe("table", homes.from_subscriptions)
        return found

    def calendar_recipes(self, calendar: Calendar) -> Recipes:
        """Tables that every calendar has; those of masks are the wider calendar's, where there is one."""
        masked = calendar.masked
        found = {
            masked.days_name: Recipe("put", masked.days_table),
            calendar.periods_name: Recipe("put", calendar.periods_table),
            activity.activity_name(masked): Recipe("table", lambda: activity.activity(masked)),
        }
        if self.contract:
            found[contract.days_name(masked)] = Recipe("put", lambda: contract.days_table(masked))
            found[contract.presence_name(masked)] = Recipe("table", lambda: contract.presence(masked))
        return found


def names_in(expression: ir.Table) -> list[str]:
    """Names of the unbound tables that an expression reads, sorted."""
    return sorted({op.name for op in expression.op().find(ops.UnboundTable)})
