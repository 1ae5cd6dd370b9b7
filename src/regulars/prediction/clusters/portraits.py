"""A readable portrait of each group: how many, what they are worth, what stands out, what they buy, when and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.rfm_scores import values
from regulars.prediction.clusters.facets import Difference, differences
from regulars.prediction.clusters.grouping import Grouping, grouped_traits
from regulars.prediction.clusters.standing import GroupName, Standing, names, standings
from regulars.prediction.clusters.traits import TraitTable

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Portrait:
    """One group today. `share`, `revenue_share`: of customers and of revenue after refunds (None without revenue); `revenue`: a
    customer's, on average, in the reporting currency; `stability`: 0..1, see `Group`; `traits`: what stands out, strongest
    first; `differences`: what they buy, when, where and what they answer to, beyond chance."""

    key: int
    name: GroupName
    customers: int
    share: float
    revenue: float
    revenue_share: float | None
    stability: float
    traits: tuple[Standing, ...]
    differences: tuple[Difference, ...]

    def lines(self) -> tuple[str, ...]:
        """The portrait in English, one statement a line: traits of medium effect, then the differences."""
        clear = [row for row in self.traits if abs(row.effect) >= 0.2 and row.low * row.high > 0]
        return (*map(trait_line, clear), *map(difference_line, self.differences))


def portraits(
    analysis: Analysis, grouping: Grouping, table: TraitTable, labels: npt.NDArray[np.int64]
) -> tuple[Portrait, ...]:
    """Portraits of the groups, largest first; `labels`: the key of each customer of the table. Empty where there are none."""
    if not grouping.groups:
        return ()
    by_trait = standings(grouping, table, labels)
    used = {trait.name for trait in grouped_traits(grouping)}
    called = names({key: tuple(r for r in rows if r.trait.name in used) for key, rows in by_trait.items()})
    by_facet = differences(analysis, pa.array(table.customer), pa.array(labels))
    revenue = _revenue(analysis, table)
    whole = float(revenue.sum())
    found = []
    for group in grouping.groups:
        own = labels == group.key
        count = int(own.sum())
        worth = float(revenue[own].sum())
        found.append(
            Portrait(
                group.key, called[group.key], count, count / len(table), worth / count if count else 0.0,
                worth / whole if whole > 0 else None, group.stability, by_trait[group.key],
                by_facet.get(group.key, ()),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda portrait: (-portrait.customers, portrait.key)))


def trait_line(row: Standing) -> str:
    """One trait in English, such as 'Orders: 7, others 2'."""
    words, shown = _TRAITS.get(row.trait.name, (f"{row.trait.of}", _percent))
    return f"{words}: {shown(row.median)}, others {shown(row.rest_median)}"


def difference_line(row: Difference) -> str:
    """One difference in English, with its lift and interval."""
    words, value = _FACETS[row.facet]
    lift = f", {row.lift:.1f} times" if row.lift is not None else ""
    return (
        f"{words.format(value(row.value))}: {_percent(row.share)}, others {_percent(row.rest)}{lift} "
        f"({row.low * 100:+.1f} to {row.high * 100:+.1f} points)"
    )


def _revenue(analysis: Analysis, table: TraitTable) -> npt.NDArray[np.float64]:
    """Revenue after refunds of each customer of the table (N,)."""
    net = values(analysis, analysis.as_of)
    rows = analysis.engine.run(
        net.select("customer", revenue=net.revenue.cast("float64")).order_by("customer")
    )
    known, revenue = rows.column("customer").to_numpy(), rows.column("revenue").to_numpy()
    if not len(known):
        return np.zeros(len(table))
    place = np.minimum(np.searchsorted(known, table.customer), len(known) - 1)
    return np.where(known[place] == table.customer, revenue[place], 0.0)


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


_TRAITS: dict[str, tuple[str, Callable[[float], str]]] = {
    "recency_days": ("Days since the last order", _whole),
    "orders": ("Orders", _whole),
    "gap_days": ("Days between orders", _whole),
    "average_order_value": ("Average order value", lambda value: f"{value:,.2f}"),
    "discounted_share": ("Orders with a discount", _percent),
    "refunded_share": ("Revenue refunded", _percent),
    "season_share": ("Orders in November and December", _percent),
    "weekend_share": ("Orders at weekends", _percent),
}
_FACETS: dict[str, tuple[str, Callable[[str], str]]] = {
    "category": ("Spend on {}", str),
    "product": ("Spend on product {}", str),
    "channel": ("Orders by {}", str),
    "month": ("Orders in {}", lambda value: _MONTHS[int(value) - 1]),
    "weekday": ("Orders on {}", lambda value: f"{_DAYS[int(value)]}s"),
    "market": ("Home market {}", str),
    "country": ("Country {}", str),
    "response": ("Messages {}", str),
}
