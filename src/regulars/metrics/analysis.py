"""One analysis: an engine with facts, definitions, an as-of day. Prepares what counts, then answers figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions
from regulars.kernel.periods import Grain, Period, standard
from regulars.lake.engines import Engine
from regulars.metrics import activity, counted
from regulars.metrics.calendar import Calendar
from regulars.metrics.coverage import Coverage
from regulars.metrics.figures import Family, Figure, Row


@dataclass
class Analysis:
    """Figures from the facts that `engine` knows. Definitions must have their window and currency settled.

    Tables are prepared once and kept in the engine under the names in metrics/counted.py.
    """

    engine: Engine
    definitions: Definitions
    as_of: date
    coverage: Coverage
    lake_version: int | None = None
    converted: bool = False
    merged: bool = False
    _prepared: set[str] = field(default_factory=set)

    @property
    def window(self) -> int:
        if self.definitions.window_days is None:
            raise ValueError("the activity window is not settled; see metrics/window.py")
        return self.definitions.window_days

    def prepare(self) -> None:
        """Make the counted orders, the customers and the refunds (once)."""
        self._once("counted_orders", self._prepare_orders)

    def _prepare_orders(self) -> None:
        options = {"converted": self.converted, "merged": self.merged}
        judged = counted.orders_judged(self.definitions, self.as_of, **options)
        self.engine.define("orders_judged", judged)
        known = ibis.table(judged.schema(), name="orders_judged")
        self.engine.materialise("counted_orders", counted.counted_orders(known))
        self.engine.materialise("customer_base", counted.customer_base())
        self.engine.materialise(
            "counted_refunds", counted.counted_refunds(self.definitions, self.as_of, **options)
        )

    def prepare_calendar(self, calendar: Calendar) -> None:
        """Make the calendar's tables and the activity masks (once a calendar)."""
        self.prepare()
        self._once(f"calendar {calendar.name}", lambda: self._prepare_calendar(calendar))

    def _prepare_calendar(self, calendar: Calendar) -> None:
        self.engine.put(calendar.days_name, calendar.days_table())
        self.engine.put(calendar.periods_name, calendar.periods_table())
        self.engine.materialise(activity.activity_name(calendar), activity.activity(calendar))

    def _once(self, name: str, make: object) -> None:
        if name not in self._prepared:
            make()  # type: ignore[operator]
            self._prepared.add(name)

    def calendar(self, grain: Grain) -> Calendar:
        """The standard periods that the data touches."""
        last = min(self.coverage.last, self.as_of - timedelta(days=1))
        return Calendar(grain, standard(grain, self.coverage.first, last), self.window)

    def rows(
        self, figures: Sequence[Figure], calendar: Calendar, dimensions: Dimensions | None = None
    ) -> list[Row]:
        """All figures for all periods of the calendar, by the dimensions."""
        self.prepare_calendar(calendar)
        sums: dict[tuple[int, tuple[tuple[str, str | None], ...]], dict[str, Decimal]] = {}
        for family in _families(figures):
            for key, found in self._sums(family, calendar, dimensions):
                sums.setdefault(key, {}).update(found)
        ordered = sorted(sums, key=lambda key: (key[0], tuple((n, v is None, v or "") for n, v in key[1])))
        additive = dimensions is None or dimensions.additive
        return [
            replace(
                self._row(figure, calendar.periods[period], sums[period, names], names), additive=additive
            )
            for figure in figures
            for period, names in ordered
        ]

    def _sums(
        self, family: Family, calendar: Calendar, dimensions: Dimensions | None
    ) -> Iterable[tuple[tuple[int, tuple[tuple[str, str | None], ...]], dict[str, Decimal]]]:
        if family.prepare is not None:
            self._once(f"{family.name} {calendar.name}", lambda: family.prepare(self, calendar))
        of = None if dimensions is None else dimensions.of(family)
        table = self.engine.run(family.query(self, calendar, of))
        names = dimensions.names if dimensions else ()
        measures = [name for name in table.column_names if name != "period" and name not in names]
        for record in table.to_pylist():
            key = (int(record["period"]), tuple((name, record[name]) for name in names))
            yield key, {name: Decimal(str(record[name])) for name in measures if record[name] is not None}

    def _row(
        self,
        figure: Figure,
        period: Period,
        sums: dict[str, Decimal],
        names: tuple[tuple[str, str | None], ...],
    ) -> Row:
        numerator = _attempt(figure.numerator, sums)
        denominator = None if figure.denominator is None else _attempt(figure.denominator, sums)
        value = numerator
        if figure.denominator is not None:
            value = None if not denominator or numerator is None else numerator / denominator * figure.scale
        interval = figure.interval(sums) if figure.interval is not None and value is not None else None
        back = {"window": self.window, "period": 0, "double": max(self.window, period.days)}[
            figure.looks_back
        ]
        complete = period.end <= self.as_of and self.coverage.complete(period, look_back=back)
        return Row(
            metric=figure.slug,
            period_start=period.start,
            period_end=period.end,
            dimensions=names,
            value=value,
            numerator=numerator,
            denominator=denominator,
            unit=figure.unit,
            currency=self.definitions.currency if figure.unit == "money" else None,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            complete=complete,
            window_days=self.window,
            definitions=self.definitions.digest(),
            lake_version=self.lake_version,
            version=figure.version,
        )


@dataclass(frozen=True)
class Dimensions:
    """What to split by. `customers`: (customer, one column a name), a customer in several rows if they overlap;
    `orders`: (source, order_id, one column a name). `additive` is false where membership can overlap."""

    names: tuple[str, ...]
    customers: ir.Table
    orders: ir.Table
    additive: bool = True

    def of(self, family: Family) -> ir.Table:
        return self.customers if family.scope == "customers" else self.orders


def _families(figures: Sequence[Figure]) -> list[Family]:
    found = {family.name: family for figure in figures for family in figure.families}
    return list(found.values())


def _attempt(formula: object, sums: dict[str, Decimal]) -> Decimal | None:
    """The formula's value, or None where a sum that it needs is unknown."""
    try:
        return formula(sums)  # type: ignore[operator,no-any-return]
    except KeyError:
        return None
