"""Findings in words: what is so, how we know, what it is worth and how that was reckoned. Whole sentences per kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from regulars.charts.words import Words
from regulars.report.content import Finding, Ground


@dataclass(frozen=True)
class Told:
    """A finding in one language."""

    says: str
    evidence: str
    worth: str | None


@dataclass(frozen=True)
class _Teller:
    """What a kind of finding needs to speak: the language, the currency and its values."""

    w: Words
    currency: str
    period: str
    values: dict[str, Any]
    amount: Decimal | None

    def pct(self, name: str, digits: int = 0) -> str:
        return self.w.percent(self.values[name], digits)

    def num(self, name: str) -> str:
        return self.w.number(self.values[name])

    def cash(self, name: str) -> str:
        return self.w.money(self.values[name], self.currency)

    @property
    def worth(self) -> str:
        return self.w.money(self.amount or 0, self.currency, 0)


def tell(finding: Finding, content: Ground, w: Words) -> Told:
    """The finding's sentences."""
    period = w.period(content.kept.period_start, content.kept.period_end)
    return _TELLERS[finding.kind](_Teller(w, content.currency, period, finding.values, finding.worth))


def _retention_moved(f: _Teller) -> Told:
    w, v = f.w, f.values
    places = {"now": f.pct("now"), "before": f.pct("before"), "period": f.period}
    if v["points"] < 0:
        says = w.t("Fewer customers stay: {now} were kept, after {before} in the period before.", **places)
    else:
        says = w.t("More customers stay: {now} were kept, after {before} in the period before.", **places)
    return Told(
        says,
        w.t(
            "{period}, {start} customers at the start. The difference is {points} percentage points; with 95% "
            "certainty it lies between {low} and {high}.",
            period=f.period, start=f.num("start"), points=w.points(v["points"]),
            low=w.points(v["low"]), high=w.points(v["high"]),
        ),
        w.t(
            "Worth {worth} a year: {points} points of {start} customers, times {each} that a kept customer brings.",
            worth=f.worth, points=w.number(abs(v["points"]), 1), start=f.num("start"), each=f.cash("each"),
        ),
    )  # fmt: skip


def _market_apart(f: _Teller) -> Told:
    w, v = f.w, f.values
    market = w.country(v["market"])
    return Told(
        w.t("{market} keeps fewer customers than the other markets: {value} against {others}.",
            market=market, value=f.pct("value"), others=f.pct("others")),
        w.t("{customers} customers there at the start; the gap is {points} percentage points, and with 99% certainty "
            "at least {least}.",
            customers=f.num("customers"), points=w.number(v["points"], 1), least=w.number(v["least"], 1)),
        w.t("Worth {worth} a year, if {market} kept as many as the others: {points} points of {customers} customers, "
            "times {each} that a kept customer brings.",
            worth=f.worth, market=market, points=w.number(v["points"], 1), customers=f.num("customers"),
            each=f.cash("each")),
    )  # fmt: skip


def _second_order(f: _Teller) -> Told:
    w, v = f.w, f.values
    return Told(
        w.t("The second order is the hurdle: {never} of customers have never ordered again.", never=f.pct("never")),
        w.t("{lost} of {customers} customers whose first order is at least {window} days old. Of those who did order a "
            "second time, {third} ordered a third time.",
            lost=f.num("lost"), customers=f.num("customers"), window=f.num("window"), third=f.pct("third")),
        w.t("Worth {worth}, if every tenth of them ordered once more: {tenth} orders at {each}.",
            worth=f.worth, tenth=w.number(int(v["lost"]) // 10), each=f.cash("each")),
    )  # fmt: skip


def _few_customers(f: _Teller) -> Told:
    w, v = f.w, f.values
    return Told(
        w.n("{n} customer brings {share} of revenue.", "{n} customers bring {share} of revenue.", v["customers"],
            share=f.pct("share")),
        w.t("That is the best {part} of all {all} customers who ordered in {period}.",
            part=f.pct("part"), all=f.num("all"), period=f.period),
        w.t("{worth} a year depends on them; losing a tenth of it would cost {tenth}.",
            worth=f.worth, tenth=w.money((f.amount or 0) / 10, f.currency, 0)),
    )  # fmt: skip


def _discount_starts(f: _Teller) -> Told:
    w, v = f.w, f.values
    return Told(
        w.t("Customers who started with a discount come back less often: {with_it} against {without}.",
            with_it=f.pct("with"), without=f.pct("without")),
        w.t("{customers} customers started with a discount; the gap is {points} percentage points, and with 95% "
            "certainty at least {least}.",
            customers=f.num("customers"), points=w.number(v["points"], 1), least=w.number(v["least"], 1)),
        w.t("Worth {worth}, if they came back as often as the others: {points} points of {customers} customers, one "
            "order of {each} each.",
            worth=f.worth, points=w.number(v["points"], 1), customers=f.num("customers"), each=f.cash("each")),
    )  # fmt: skip


def _overdue(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.n("{n} good customer is overdue.", "{n} good customers are overdue.", f.values["customers"]),
        w.t("They ordered on three or more days and are still customers, but have now been away for more than three times "
            "their own usual gap (on average {gap} days, now {away})."
            , gap=f.num("gap"), away=f.num("away")),
        w.t("{worth} is what they spent in the last twelve months.", worth=f.worth),
    )  # fmt: skip


def _guests(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.t("{share} of orders have no customer, so nobody can tell whether they came from regulars.",
            share=f.pct("share")),
        w.t("{orders} of {all} orders carry neither a customer number, nor an e-mail, nor a phone number.",
            orders=f.num("orders"), all=f.num("all")),
        w.t("{worth} of goods stands outside every figure about customers.", worth=f.worth),
    )  # fmt: skip


def _refunds(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.t("Refunds take {share} of revenue.", share=f.pct("share", 1)),
        w.t("{refunds} of {revenue} over all the data, each on its own day.",
            refunds=f.cash("refunds"), revenue=f.cash("revenue")),
        w.t("Worth {worth}, if a tenth of it could be avoided.", worth=f.worth),
    )  # fmt: skip


def _unpaid(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.n("{n} order was never paid.", "{n} orders were never paid.", f.values["orders"]),
        w.t("They are {share} of all orders, and count as no orders in this report.", share=f.pct("share", 1)),
        w.t("{worth} was ordered but did not come in.", worth=f.worth),
    )  # fmt: skip


def _loyal_revenue(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.t("Regulars carry the shop: {share} of revenue comes from customers who had ordered before the period and ordered at least twice in it.",
            share=f.pct("share")),
        w.t("{loyal} of {revenue} in {period}; new customers brought {new}.",
            loyal=f.cash("loyal"), revenue=f.cash("revenue"), period=f.period, new=f.pct("new")),
        None,
    )  # fmt: skip


def _more_retention(f: _Teller) -> Told:
    w = f.w
    return Told(
        w.t("Five points more retention would bring {worth} a year.", worth=f.worth),
        w.t("{start} customers at the start of {period}, of whom {kept} were kept.",
            start=f.num("start"), period=f.period, kept=f.num("kept")),
        w.t("5 points of {start} customers, times {each} that a kept customer brings in a year.",
            start=f.num("start"), each=f.cash("each")),
    )  # fmt: skip


_TELLERS: dict[str, Callable[[_Teller], Told]] = {
    "retention_moved": _retention_moved, "market_apart": _market_apart, "second_order": _second_order,
    "few_customers": _few_customers, "discount_starts": _discount_starts, "overdue": _overdue, "guests": _guests,
    "refunds": _refunds, "unpaid": _unpaid, "loyal_revenue": _loyal_revenue, "more_retention": _more_retention,
}  # fmt: skip
