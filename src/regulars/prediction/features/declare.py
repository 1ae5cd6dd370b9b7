"""How a feature is declared: once, by name, unit, fact table, expression and the story that it belongs to.

A declaration cannot look ahead: it is given the rows of a fact table as they were known on the cut, with `age`, the
days from the fact to the cut (1: the day before), and builds its aggregate from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.metrics.plan import Plan

Unit = Literal["days", "count", "money", "share", "ratio", "flag", "score", "seconds"]


def sampled(customer: ir.IntegerValue, one_in: int) -> ir.BooleanValue:
    """Whether a customer is looked at."""
    known = customer.notnull()
    return known & (customer % one_in == 0) if one_in > 1 else known


@dataclass(frozen=True, eq=False)
class Facts:
    """The rows that features of one fact table are made of.

    `rows`: one row a fact with `customer` and `day`, the local day on which it became known; `needs`: the fact table
    that must have rows. `later`: columns that are filled in after `day`, each with the column of the day on which that
    happened: before a cut they are null. Such a day column is itself among them, if features read it.
    """

    name: str
    needs: str
    rows: Callable[[Plan], ir.Table]
    later: Mapping[str, str] = field(default_factory=dict)

    def known(self, plan: Plan, cuts: ir.Table, one_in: int = 1) -> ir.Table:
        """The rows once for each cut after them, as they were known on it, with `cut` and `age` in days (at least 1).

        `cuts`: one row a cut with `cut` and `history`, the days from the first covered day to it. `one_in`: see `Asked`.
        """
        rows = self.rows(plan)
        rows = rows.filter(sampled(rows.customer, one_in)).cross_join(cuts)
        rows = rows.filter(rows.day < rows.cut)
        masked = {
            name: ibis.ifelse(rows[when] < rows.cut, rows[name], None) for name, when in self.later.items()
        }
        return rows.mutate(**masked, age=days_between(rows.cut, rows.day))


@dataclass(frozen=True)
class Asked:
    """What a declaration may depend on besides the rows: for how many days ahead it will be asked.

    `one_in`: only customers whose number this divides are looked at.
    """

    horizon: int
    one_in: int = 1


@dataclass(frozen=True)
class Feature:
    """One number about a customer as of a cut.

    `facts`: what it is made of; None: derived from other features of the same row. `make(rows, asked)` gives an
    aggregate over the rows, or for a derived feature a value of the row. `empty`: its value for a customer without
    any row (None: not known). `story`: the group whose features say the same; a reason is told once a story.
    `of`: the features that a derived one is made of.
    """

    name: str
    unit: Unit
    facts: Facts | None
    make: Callable[[ir.Table, Asked], ir.Value]
    story: str
    words: str
    empty: float | None = None
    of: tuple[str, ...] = ()
