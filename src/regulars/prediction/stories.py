"""Reasons in words: one text a story, from the customer's own numbers. The catalogues of the library translate them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

Numbers = Mapping[str, float]


class Speaker(Protocol):
    """A language: its texts and how it writes numbers; `regulars.charts.words.Words` is one."""

    def t(self, message: str, /, **values: object) -> str: ...
    def n(self, one: str, many: str, count: float, /, **values: object) -> str: ...
    def number(self, value: float, digits: int = 0) -> str: ...
    def percent(self, value: float, digits: int = 0) -> str: ...
    def money(self, value: float, currency: str, digits: int | None = None) -> str: ...


def _days(w: Speaker, count: float) -> str:
    return w.n("{n} day", "{n} days", round(count))


def _ago(w: Speaker, count: float) -> str:
    return w.n("{n} day ago", "{n} days ago", round(count))


def _money(w: Speaker, amount: float, currency: str | None) -> str:
    return w.money(amount, currency) if currency else w.number(amount, 2)


def _rhythm(w: Speaker, row: Numbers, _: str | None) -> str:
    ago = _ago(w, row.get("days_since_last", 0.0))
    gap = row.get("gap_median", row.get("gap_mean"))
    if gap is None:
        return w.t("has ordered on one day only, {ago}", ago=ago)
    return w.t("usually orders every {gap}, last order {ago}", gap=_days(w, gap), ago=ago)


def _activity(w: Speaker, row: Numbers, _: str | None) -> str:
    now = row.get("order_days_91", 0.0)
    before = row.get("order_days_182", now) - now
    recent = w.n("{n} order in the last 91 days", "{n} orders in the last 91 days", now)
    return w.t("{recent}, {before} in the 91 days before", recent=recent, before=w.number(before))


def _age(w: Speaker, row: Numbers, _: str | None) -> str:
    return w.t("first order {ago}", ago=_ago(w, row.get("age", 0.0)))


def _spent(w: Speaker, row: Numbers, currency: str | None) -> str:
    year = _money(w, row.get("revenue_365", row.get("revenue", 0.0)), currency)
    order = _money(w, row.get("average_order_value", 0.0), currency)
    return w.t("{year} in the last 365 days, {order} an order on average", year=year, order=order)


def _season(w: Speaker, row: Numbers, _: str | None) -> str:
    count = row.get("order_days_season", 0.0)
    if count == 0:
        return w.t("no order in the same season a year ago")
    return w.n("{n} order in the same season a year ago", "{n} orders in the same season a year ago", count)


def _variety(w: Speaker, row: Numbers, _: str | None) -> str:
    return w.n("{n} product bought so far", "{n} different products bought so far", row.get("products", 0.0))


def _discounts(w: Speaker, row: Numbers, _: str | None) -> str:
    return w.t("{share} of the orders with a discount", share=w.percent(100 * row.get("discount_share", 0.0)))


def _refunds(w: Speaker, row: Numbers, _: str | None) -> str:
    if row.get("refunds", 0.0) == 0:
        return w.t("has never sent anything back")
    return w.t("{share} of the money given back", share=w.percent(100 * row.get("refund_share", 0.0)))


def _payments(w: Speaker, row: Numbers, _: str | None) -> str:
    count = row.get("failed_payments_91", 0.0)
    return w.n("{n} failed payment in the last 91 days", "{n} failed payments in the last 91 days", count)


def _visits(w: Speaker, row: Numbers, _: str | None) -> str:
    since = row.get("days_since_visit")
    if since is None:
        return w.t("no visit known")
    return w.t("last visit {ago}", ago=_ago(w, since))


def _service(w: Speaker, row: Numbers, _: str | None) -> str:
    if (open_ := row.get("complaints_open", 0.0)) > 0:
        return w.n("{n} unanswered complaint", "{n} unanswered complaints", open_)
    if (open_ := row.get("tickets_open", 0.0)) > 0:
        return w.n("{n} request without a solution", "{n} requests without a solution", open_)
    count = row.get("tickets_91", 0.0)
    return w.n("{n} request in the last 91 days", "{n} requests in the last 91 days", count)


def _answers(w: Speaker, row: Numbers, _: str | None) -> str:
    if "liking" not in row:
        return w.t("has answered no survey")
    return w.t("gave {share} of the best score on average", share=w.percent(100 * row["liking"]))


def _messages(w: Speaker, row: Numbers, _: str | None) -> str:
    if row.get("unsubscribed", 0.0) > 0:
        return w.t("has unsubscribed from messages")
    count = row.get("opened_91", 0.0)
    return w.n("{n} message opened in the last 91 days", "{n} messages opened in the last 91 days", count)


def _contract(w: Speaker, row: Numbers, _: str | None) -> str:
    return w.t("under contract for {time}", time=_days(w, row.get("tenure", 0.0)))


def _price(w: Speaker, row: Numbers, currency: str | None) -> str:
    return w.t("pays {amount} a month", amount=_money(w, row.get("monthly", 0.0), currency))


def _origin(w: Speaker, row: Numbers, _: str | None) -> str:
    return w.t("came by referral") if row.get("referred", 0.0) > 0 else w.t("did not come by referral")


# A story by its name, as features name it.
STORIES: Mapping[str, Callable[[Speaker, Numbers, str | None], str]] = {
    "rhythm": _rhythm,
    "activity": _activity,
    "age": _age,
    "money": _spent,
    "season": _season,
    "variety": _variety,
    "discounts": _discounts,
    "refunds": _refunds,
    "payments": _payments,
    "visits": _visits,
    "service": _service,
    "answers": _answers,
    "messages": _messages,
    "contract": _contract,
    "price": _price,
    "origin": _origin,
}

# The features that the texts read: what must be kept beside a reason for it to be said later.
NUMBERS = (
    "days_since_last", "gap_median", "gap_mean", "order_days_91", "order_days_182", "age", "revenue_365", "revenue",
    "average_order_value", "order_days_season", "products", "discount_share", "refunds", "refund_share",
    "failed_payments_91", "days_since_visit", "complaints_open", "tickets_open", "tickets_91", "liking", "unsubscribed",
    "opened_91", "tenure", "monthly", "referred",
)  # fmt: skip
