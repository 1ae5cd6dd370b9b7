"""What will happen, in words: whole sentences and the rows of the section's tables."""

from __future__ import annotations

from collections.abc import Callable

from regulars.charts.words import Words
from regulars.report.ahead import Ahead, Chances, Keeping, Told, Trial

_APART = 1.05  # times as many: less is not worth a word


def lead(a: Ahead, currency: str, w: Words) -> str:
    """The section's first sentence."""
    if a.expected is None:
        return _lead_of_risk(a, w)
    days, customers = w.number(a.expected.horizon_days), w.number(a.expected.customers)
    revenue = _money(a.expected.revenue, currency, w)
    if a.expected.low is None or a.expected.high is None:
        return w.t(
            "In the next {days} days today's {customers} customers are expected to bring {revenue}.",
            days=days, customers=customers, revenue=revenue,
        )  # fmt: skip
    return w.t(
        "In the next {days} days today's {customers} customers are expected to bring {revenue}, between {low} and {high}.",
        days=days, customers=customers, revenue=revenue, low=_money(a.expected.low, currency, w),
        high=_money(a.expected.high, currency, w),
    )  # fmt: skip


def _lead_of_risk(a: Ahead, w: Words) -> str:
    if a.risk is None:
        return w.t("The history allows no prediction yet.")
    return w.t(
        "{risky} of {active} active customers are more likely to stay away for the next {days} days than to come back.",
        risky=w.number(a.risk.at_risk), active=w.number(a.risk.active), days=w.number(a.risk.horizon_days),
    )  # fmt: skip


def expectations(a: Ahead, currency: str, w: Words) -> list[tuple[str, str, str]]:
    """What is expected: name, value, what it is of (may be empty)."""
    rows = []
    if a.again is not None:
        name = w.t("Customers who order again within {days} days", days=w.number(a.value_horizon_days))
        rows.append((name, w.number(a.again), w.t("of {all}", all=w.number(a.customers))))
    if a.expected is not None:
        rows.append((w.t("Days with an order, all customers"), w.number(a.expected.orders), ""))
    if a.risk is None:
        return rows
    active, line = w.t("of {all} active", all=w.number(a.risk.active)), w.percent(100 * a.risk.line)
    name = w.t("Active customers who order again within {days} days", days=w.number(a.risk.horizon_days))
    rows.append((name, w.number(a.risk.staying), active))
    rows.append((w.t("At risk: {line} or more", line=line), w.number(a.risk.at_risk), active))
    if a.risk.value is not None and a.risk.value_at_risk is not None:
        of = w.t("of {all}", all=_money(a.risk.value, currency, w))
        rows.append((w.t("Value at risk"), _money(a.risk.value_at_risk, currency, w), of))
    return rows


def apart(a: Ahead, w: Words) -> str:
    """That two models say what cannot both be so: more active customers who order again soon than customers at all in a longer time."""
    if a.again is None or a.risk is None or a.risk.horizon_days > a.value_horizon_days:
        return ""
    if a.risk.staying <= _APART * a.again:
        return ""
    return w.t(
        "Who orders again within {days} days is reckoned from when and how often people bought, the risk from everything that is "
        "known of them. Here the two point different ways: take both with care.",
        days=w.number(a.value_horizon_days),
    )  # fmt: skip


def earned(a: Ahead, currency: str, w: Words) -> str:
    """Where the interval comes from."""
    looked = a.expected.looked if a.expected is not None else None
    if looked is None:
        return w.t("The history is too short to try this on the past, so there is no interval.")
    return w.t(
        "On {day} the same prediction would have said {expected} for the {days} days after it; {actual} came ({missed}). The "
        "interval is never narrower than this miss; it should hold in 80 of 100 cases. New customers are not in it.",
        day=w.day(looked.cut), expected=_money(looked.expected, currency, w), days=w.number(looked.horizon_days),
        actual=_money(looked.actual, currency, w), missed=_signed(100 * (looked.actual / looked.expected - 1), w),
    )  # fmt: skip


def serves(a: Ahead, w: Words) -> str:
    """Which model says the risk; why there is none."""
    if a.serves == "blend":
        return w.t(
            "The risk comes from several models together, weighted by how well each did on earlier days."
        )
    if a.serves == "rule":
        return w.t(
            "No model did better than a simple rule (days since the last order against the usual gap), so the rule serves."
        )
    if a.serves in ("purchase", "rate"):
        return w.t("There is too little history to learn from, so the risk is a rough one.")
    return w.t("The history allows no prediction of who leaves.")


def trial(one: Trial, w: Words) -> str:
    """How good it would have been."""
    return w.t(
        "Of the {called} customers called most at risk on {day}, {left} did not come back within {days} days; by chance it "
        "would have been {chance}.",
        called=w.number(one.called), day=w.day(one.day), left=w.number(one.left), days=w.number(one.horizon_days),
        chance=w.number(one.by_chance),
    )  # fmt: skip


def trial_more(one: Trial, w: Words) -> str:
    """The level and the order of the risks on that day."""
    said = w.t(
        "On average a risk of {said} was said; {seen} left.",
        said=w.percent(100 * one.said), seen=w.percent(100 * one.seen),
    )  # fmt: skip
    if one.auc is None:
        return said
    order = w.t(
        "Of one who left and one who stayed, the one who left had the higher risk in {share} of all pairs.",
        share=w.percent(100 * one.auc),
    )  # fmt: skip
    return f"{said} {order}"


def orders(one: Chances, w: Words) -> str:
    """How many orders so far."""
    if one.last is None:
        return w.t("{value} or more", value=w.number(one.first))
    if one.first == one.last:
        return w.number(one.first)
    return w.t("{low} to {high}", low=w.number(one.first), high=w.number(one.last))


def keeping(one: Keeping, currency: str, w: Words) -> str:
    """K22 on predicted value."""
    return w.t(
        "Of the active customers {leaving} are expected not to order within {days} days. If {share} of them did after all, that "
        "would be worth {worth}: each what such customers bring when they come back, discounted by a tenth a year.",
        leaving=w.number(one.leaving), days=w.number(one.horizon_days), share=w.percent(100 * one.share),
        worth=_money(one.worth, currency, w),
    )  # fmt: skip


def caution(w: Words) -> str:
    """What differences do not prove."""
    return w.t("This is not proof of cause: customers who differ in this may differ in much else.")


def told(one: Told, currency: str, w: Words) -> tuple[str, str, str]:
    """A feature: its name, who is high in it, who is low."""
    name = FEATURES_TOLD[one.feature](w)
    if one.unit == "flag":
        return name, w.t("yes"), w.t("no")
    high, low = (_value(v or 0.0, one.unit, currency, w) for v in (one.above, one.below))
    return name, w.t("{value} or more", value=high), w.t("{value} or less", value=low)


def difference(one: Told, w: Words) -> tuple[str, str]:
    """How many points more or fewer left, and between which bounds."""
    points = w.t("{points} points", points=w.points(100 * one.adjusted))
    return points, w.t("{low} to {high}", low=w.points(100 * one.low), high=w.points(100 * one.high))


def _money(value: float, currency: str, w: Words) -> str:
    """An amount to three digits: more would promise what no prediction keeps."""
    return w.money(float(f"{value:.3g}"), currency, 0)


def _value(value: float, unit: str, currency: str, w: Words) -> str:
    if unit == "money":
        return w.money(value, currency)
    if unit == "share":
        return w.percent(100 * value)
    return w.number(value, 0 if float(value).is_integer() else 1)


def _signed(percent: float, w: Words) -> str:
    return ("+" if percent >= 0 else "\N{MINUS SIGN}") + w.percent(abs(percent))


# The one feature of each story that is told, and its name.
FEATURES_TOLD: dict[str, Callable[[Words], str]] = {
    "days_since_last": lambda w: w.t("Days since the last order"),
    "order_days_91": lambda w: w.t("Days with an order in the last 91 days"),
    "age": lambda w: w.t("Days since the first order"),
    "average_order_value": lambda w: w.t("Average order value"),
    "order_days_season": lambda w: w.t("Days with an order in the same season a year ago"),
    "products": lambda w: w.t("Different products bought"),
    "discount_share": lambda w: w.t("Share of orders with a discount"),
    "refund_share": lambda w: w.t("Share of the money given back"),
    "failed_payments_91": lambda w: w.t("Failed payments in the last 91 days"),
    "days_since_visit": lambda w: w.t("Days since the last visit"),
    "complaints_open": lambda w: w.t("Complaints without a solution"),
    "tickets_91": lambda w: w.t("Requests in the last 91 days"),
    "liking": lambda w: w.t("Mean score given"),
    "opened_91": lambda w: w.t("Messages opened in the last 91 days"),
    "tenure": lambda w: w.t("Days under contract"),
    "monthly": lambda w: w.t("Amount a month"),
    "referred": lambda w: w.t("Came by referral"),
}
