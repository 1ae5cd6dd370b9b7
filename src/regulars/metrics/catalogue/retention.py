"""Who stays and who leaves: K1, K2, K20 and what stands beside them. All from one family of sums."""

from __future__ import annotations

from regulars.metrics.catalogue.build import amount, less, share, total
from regulars.metrics.catalogue.families import MOVEMENTS
from regulars.metrics.figures import Better, Figure, Sums

_FROM = (MOVEMENTS,)


def _with_contract(sums: Sums) -> str:
    return "" if "lost_voluntary" in sums else "Known with contract only."


RETENTION_RATE = share(
    "retention_rate", "K1", "Retention rate",
    words="Customers at the start who are still customers at the end, of all customers at the start. "
          "Won customers (first-time and won back) never count.",
    symbols="(E - N) / S x 100 = kept / S x 100",
    part=total("kept"), whole=total("start"), better="up", families=_FROM,
)  # fmt: skip

FIRST_TIME_N = Figure(
    "retention_rate_first_time_n", "K1", "Retention rate, first-time customers subtracted",
    "Customers at the end less first-time customers, of the customers at the start. Customers who were won back "
    "count as if they had stayed, so it can exceed 100 %.",
    "(E - first-time) / S x 100 = (kept + won back) / S x 100",
    "percent", "up", _FROM, less("end", "won_first"), total("start"), scale=100,
)  # fmt: skip

BRIDGE = Figure(
    "retention_rate_won_back_points", "K1", "Bridge between the two retention rates",
    "What customers who were won back add to the rate that subtracts only first-time customers, in points.",
    "won back / S x 100 = retention_rate_first_time_n - retention_rate",
    "percent", "neither", _FROM, total("won_back"), total("start"), scale=100,
)  # fmt: skip

BY_CONSTRUCTION = share(
    "by_construction_share", "K1", "Kept by construction",
    words="Of the kept customers, those who would be customers at the end even without another order, because their "
          "last order before the start lies within the activity window of the end. Zero where the period is at "
          "least as long as the window.",
    symbols="kept with an order in [e - W, s) / kept x 100",
    part=total("by_construction"), whole=total("kept"), better="neither", families=_FROM,
)  # fmt: skip

REPURCHASE_RATE = share(
    "repurchase_rate", "K1", "Repurchase rate",
    words="Customers at the start who order in the period, of all customers at the start. Unlike the retention rate "
          "it means the same for every length of period.",
    symbols="customers at s with an order in [s, e) / S x 100",
    part=total("ordered_again"), whole=total("start"), better="up", families=_FROM,
)  # fmt: skip

CHURN_RATE = share(
    "churn_rate", "K2", "Churn rate",
    words="Customers lost in the period, of the customers at its start.",
    symbols="L / S x 100",
    part=total("lost"), whole=total("start"), better="down", families=_FROM,
)  # fmt: skip

CHURN_RATE_END_BASE = Figure(
    "churn_rate_end_base", "K2", "Churn rate on customers at the end",
    "Customers lost in the period, over the customers at its end. It can exceed 100 %.",
    "L / E x 100",
    "percent", "down", _FROM, total("lost"), total("end"), scale=100,
)  # fmt: skip

VOLUNTARY_CHURN = share(
    "voluntary_churn_rate", "K2", "Voluntary churn rate",
    words="Customers lost because they cancelled, of the customers at the start. With contract only; ends without a "
          "known kind are in neither part.",
    symbols="lost who cancelled / S x 100",
    part=total("lost_voluntary"), whole=total("start"), better="down", families=_FROM, remark=_with_contract,
)  # fmt: skip

INVOLUNTARY_CHURN = share(
    "involuntary_churn_rate", "K2", "Involuntary churn rate",
    words="Customers lost because a payment failed, of the customers at the start. With contract only.",
    symbols="lost by a failed payment / S x 100",
    part=total("lost_involuntary"), whole=total("start"), better="down", families=_FROM, remark=_with_contract,
)  # fmt: skip

CUSTOMER_GROWTH_RATE = Figure(
    "customer_growth_rate", "K20", "Customer growth rate",
    "Net change in customers over the period, of the customers at its start.",
    "(E - S) / S x 100",
    "percent", "up", _FROM, less("end", "start"), total("start"), scale=100,
)  # fmt: skip


def _counted(
    slug: str, row: str, name: str, words: str, symbols: str, sum_name: str, better: Better
) -> Figure:
    return amount(slug, row, name, words=words, symbols=symbols, value=total(sum_name), families=_FROM,
                  better=better)  # fmt: skip


COUNTS = (
    _counted("customers_at_start", "K1", "Customers at the start",
             "Customers with an order in the activity window before the period's start; with contract, with a "
             "running subscription.", "S", "start", "up"),
    _counted("customers_at_end", "K1", "Customers at the end",
             "Customers with an order in the activity window before the period's end; with contract, with a running "
             "subscription.", "E", "end", "up"),
    _counted("kept_customers", "K1", "Kept customers", "Customers at both ends of the period.", "kept", "kept", "up"),
    _counted("lost_customers", "K2", "Lost customers", "Customers at the start, not at the end.", "L", "lost", "down"),
    _counted("won_customers", "K1", "Won customers", "Customers at the end, not at the start: first-time and won back.",
             "N", "won", "up"),
    _counted("won_first_time", "K1", "Won for the first time",
             "Won customers whose first counted order lies in the period.", "first-time", "won_first", "up"),
    _counted("won_back", "K1", "Won back", "Won customers who had ordered before the period.", "won back",
             "won_back", "up"),
    _counted("new_customers", "K1", "New customers",
             "Customers whose first counted order lies in the period, whether or not they are customers at its end.",
             "first order in [s, e)", "new", "up"),
    _counted("came_and_went", "K2", "Came and went",
             "Customers neither at the start nor at the end who ordered inside the period: won and lost within it.",
             "order in [s, e), not at s, not at e", "came_and_went", "neither"),
)  # fmt: skip


FIGURES = (
    RETENTION_RATE, FIRST_TIME_N, BRIDGE, BY_CONSTRUCTION, REPURCHASE_RATE, CHURN_RATE, CHURN_RATE_END_BASE,
    VOLUNTARY_CHURN, INVOLUNTARY_CHURN, *COUNTS, CUSTOMER_GROWTH_RATE,
)  # fmt: skip
