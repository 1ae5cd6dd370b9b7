"""What a customer is worth over the whole relation: K10 and K11. All terms are those of one year."""

from __future__ import annotations

from decimal import Decimal

from regulars.metrics.catalogue.build import known_margin, margin_remark
from regulars.metrics.catalogue.costs import COSTS
from regulars.metrics.catalogue.families import BUYERS, MOVEMENTS, PURCHASES
from regulars.metrics.catalogue.leaving import LEFT
from regulars.metrics.figures import Figure, Formula, Sums

_YEAR = "It is measured over the year that ends with the period."
_DAYS = 365
_SEEN = "Lifespan is the observed tenure of those who left in it."
_LIFE = "Lifespan is 1 / yearly churn, capped at the definitions' limit (10 years unless set) and said so."


def _lifespan(sums: Sums) -> Decimal | None:
    if not sums["start"]:
        return None
    if not sums["lost"]:
        return sums["cap_years"]
    return min(sums["cap_years"], sums["start"] / sums["lost"])


def _capped(sums: Sums) -> str:
    start, lost = sums.get("start", Decimal(0)), sums.get("lost", Decimal(0))
    if not start or (lost and start / lost <= sums["cap_years"]):
        return ""
    return f"The lifespan is capped at {sums['cap_years']} years."


def _cost_remark(sums: Sums) -> str:
    return "" if "acquisition_cost" in sums else "Acquisition cost is not given and not subtracted."


def _observed(sums: Sums) -> Decimal | None:
    return sums["tenure_days"] / _DAYS / sums["left"] if sums["left"] else None


def _simple(spend: Formula, lifespan: Formula = _lifespan) -> Formula:
    def formula(sums: Sums) -> Decimal | None:
        years, yearly = lifespan(sums), spend(sums)
        if years is None or yearly is None or not sums["buyers"]:
            return None
        cost = Decimal(0)
        if "acquisition_cost" in sums:
            if not sums["won"]:
                return None
            cost = sums["acquisition_cost"] / sums["won"]
        return yearly / sums["buyers"] * years - cost

    return formula


def _spend(sums: Sums) -> Decimal | None:
    return sums["spend"]


_margin = known_margin("spend_margin", "spend_margin_unknown")
_unknown = margin_remark("spend_margin_unknown", "purchases")


def _margin_form(sums: Sums) -> Decimal | None:
    years, margin = _lifespan(sums), _margin(sums)
    return None if years is None or margin is None else margin * years


def _said(*parts: str) -> str:
    return " ".join(part for part in parts if part)


_ALL = (MOVEMENTS, BUYERS, PURCHASES)

FIGURES = (
    Figure(
        "lifespan_years", "K10", "Lifespan",
        f"How long a customer stays at the year's churn. {_LIFE} {_YEAR}",
        "min(cap, 1 / yearly churn)",
        "years", "up", (MOVEMENTS,), _lifespan, span="year", remark=_capped,
    ),
    Figure(
        "clv_simple", "K10", "Customer lifetime value, simple, on revenue",
        "Average order value times purchases a year times lifespan, less the acquisition cost per won customer where "
        f"costs are given. Revenue before refunds. {_LIFE} {_YEAR}",
        "(revenue / orders) x (orders / buyers) x lifespan - acquisition cost",
        "money", "up", (*_ALL, COSTS), _simple(_spend), span="year",
        remark=lambda sums: _said(_capped(sums), _cost_remark(sums)),
    ),
    Figure(
        "clv_simple_margin", "K10", "Customer lifetime value, simple, on margin",
        "As the simple lifetime value, with margin in place of revenue; unknown where the margin is not given. "
        f"{_LIFE} {_YEAR}",
        "(margin / orders) x (orders / buyers) x lifespan - acquisition cost",
        "money", "up", (*_ALL, COSTS), _simple(_margin), span="year",
        remark=lambda sums: _said(_unknown(sums), _capped(sums), _cost_remark(sums)),
    ),
    Figure(
        "lifespan_observed_years", "K10", "Lifespan, observed",
        "How long those who left had been customers: from the first order to the end of the activity window after the "
        "last one, with contract from start to end. It counts who stopped being a customer in the year and was none "
        f"at its end. Only short relations can have ended in a young shop. {_YEAR}",
        "mean of (day of leaving - day of the first order) / 365",
        "years", "up", (LEFT,), lambda sums: sums["tenure_days"] / _DAYS, lambda sums: sums["left"], span="year",
    ),
    Figure(
        "clv_simple_observed", "K10", "Customer lifetime value, simple, on revenue and observed lifespan",
        f"As the simple lifetime value on revenue. {_SEEN} {_YEAR}",
        "(revenue / orders) x (orders / buyers) x observed lifespan - acquisition cost",
        "money", "up", (*_ALL, LEFT, COSTS), _simple(_spend, _observed), span="year", remark=_cost_remark,
    ),
    Figure(
        "clv_simple_margin_observed", "K10", "Customer lifetime value, simple, on margin and observed lifespan",
        f"As the simple lifetime value on margin; unknown where the margin is not given. {_SEEN} {_YEAR}",
        "(margin / orders) x (orders / buyers) x observed lifespan - acquisition cost",
        "money", "up", (*_ALL, LEFT, COSTS), _simple(_margin, _observed), span="year",
        remark=lambda sums: _said(_unknown(sums), _cost_remark(sums)),
    ),
    Figure(
        "clv_margin", "K11", "Customer lifetime value, margin form",
        "All orders of a year times average order value times gross margin times lifespan, over the number of customers "
        f"who bought in it; acquisition cost is not subtracted. Unknown where the margin is not given. {_LIFE} {_YEAR}",
        "orders x AOV x gross margin x lifespan / buyers",
        "money", "up", _ALL, _margin_form, lambda sums: sums["buyers"], span="year",
        remark=lambda sums: _said(_unknown(sums), _capped(sums)),
    ),
    Figure(
        "clv_margin_on_revenue", "K11", "Customer lifetime value, margin form taken on revenue",
        "As the margin form with a gross margin of one, so that both can be compared where no margin is given. "
        f"{_LIFE} {_YEAR}",
        "orders x AOV x lifespan / buyers",
        "money", "up", _ALL, lambda sums: _times(_lifespan(sums), sums["spend"]), lambda sums: sums["buyers"],
        span="year", remark=_capped,
    ),
)  # fmt: skip


def _times(years: Decimal | None, money: Decimal) -> Decimal | None:
    return None if years is None else years * money
