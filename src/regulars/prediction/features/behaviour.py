"""Features beyond orders: visits, tickets, answers, messages, subscriptions, what is known of a customer as such."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import CUSTOMERS, EVENTS, FEEDBACK, MESSAGES, SUBSCRIPTIONS, TICKETS, Table
from regulars.metrics.counted import in_reporting_currency, with_aliases
from regulars.metrics.plan import Plan
from regulars.prediction.features.declare import Facts, Feature
from regulars.prediction.features.purchases import number, ratio

_CART = ("Product Added", "Cart Viewed", "Checkout Started")


def _of(table: Table, plan: Plan) -> ir.Table:
    return with_aliases(table.ibis) if plan.merged else table.ibis


def _events(plan: Plan) -> ir.Table:
    rows = _of(EVENTS, plan)
    return rows.select("customer", "session", day="local_day", cart=rows.name.isin(_CART), seconds="seconds")


def _tickets(plan: Plan) -> ir.Table:
    rows = _of(TICKETS, plan)
    answered = rows.at + rows.first_answer_seconds.cast("int64").as_interval("s")
    return rows.select(
        "customer",
        "complaint",
        "sentiment",
        day="local_day",
        waited=rows.first_answer_seconds,
        answered_day=answered.date(),
        solved_day=rows.solved_at.date(),
        solved=rows.solved_at.notnull(),
    )


def _feedback(plan: Plan) -> ir.Table:
    rows = _of(FEEDBACK, plan)
    rows = rows.filter((rows.kind != "invitation") & rows.score.notnull())
    share = ratio(rows.score - rows.scale_low, rows.scale_high - rows.scale_low)
    better = ibis.ifelse(rows.lower_is_better.fill_null(False), 1.0 - share, share)
    return rows.select("customer", day="local_day", liking=better)


def _messages(plan: Plan) -> ir.Table:
    rows = _of(MESSAGES, plan)
    rows = rows.filter(~rows.machine.fill_null(False))
    return rows.select("customer", "kind", day="local_day")


def _subscriptions(plan: Plan) -> ir.Table:
    rows = _of(SUBSCRIPTIONS, plan)
    rows = rows.filter(rows.state.fill_null("active") == "active")
    # At the rate of the start, so that a change of rates is no change of price.
    rows = in_reporting_currency(rows, ("amount",), plan.converted, day="started_day")
    months = rows.interval_months.fill_null(1)
    return rows.select(
        "customer",
        "end_kind",
        "ended_day",
        day="started_day",
        end_seen="ended_day",
        monthly=rows.amount.cast("float64") / number(months),
        months=months,
    )


def _customers(plan: Plan) -> ir.Table:
    """What was stated of customers; who has no first day is known from the beginning of time."""
    rows = in_reporting_currency(CUSTOMERS.ibis, ("acquisition_cost",), plan.converted, day="first_seen")
    day = rows.first_seen.fill_null(ibis.date(1, 1, 1))
    return rows.select("customer", "acquisition_cost", day=day, referred=rows.referred_by.notnull())


VISITS = Facts("events", "events", _events)
ASKED_FOR_HELP = Facts("tickets", "tickets", _tickets, {"waited": "answered_day", "solved": "solved_day"})
ANSWERS = Facts("feedback", "feedback", _feedback)
MAILINGS = Facts("messages", "messages", _messages)
CONTRACTS = Facts(
    "subscriptions", "subscriptions", _subscriptions, {"ended_day": "end_seen", "end_kind": "end_seen"}
)
STATED = Facts("customers", "customers", _customers)


def _events_within(days: int) -> Feature:
    return Feature(
        f"events_{days}", "count", VISITS, lambda rows, _: rows.count(where=rows.age <= days),
        "visits", f"events in the last {days} days", 0.0,
    )  # fmt: skip


_EVENTS = (
    Feature("days_since_visit", "days", VISITS, lambda rows, _: rows.age.min(), "visits", "days since the last visit"),
    *(_events_within(days) for days in (7, 30, 91, 365)),
    Feature("carts_30", "count", VISITS, lambda rows, _: rows.count(where=rows.cart & (rows.age <= 30)), "visits", "baskets looked at or filled in the last 30 days", 0.0),
    Feature("seconds_91", "seconds", VISITS, lambda rows, _: rows.seconds.sum(where=rows.age <= 91), "visits", "time on the site in the last 91 days"),
)  # fmt: skip

_TICKETS = (
    Feature("tickets_91", "count", ASKED_FOR_HELP, lambda rows, _: rows.count(where=rows.age <= 91), "service", "tickets in the last 91 days", 0.0),
    Feature("complaints_365", "count", ASKED_FOR_HELP, lambda rows, _: rows.count(where=rows.complaint & (rows.age <= 365)), "service", "complaints in the last 365 days", 0.0),
    Feature("tickets_open", "count", ASKED_FOR_HELP, lambda rows, _: rows.count(where=~rows.solved.fill_null(False)), "service", "tickets without a solution", 0.0),
    Feature("complaints_open", "count", ASKED_FOR_HELP, lambda rows, _: rows.count(where=rows.complaint & ~rows.solved.fill_null(False)), "service", "complaints without a solution", 0.0),
    Feature("answer_seconds", "seconds", ASKED_FOR_HELP, lambda rows, _: ratio(rows.waited.sum(), rows.waited.count()), "service", "mean time to the first answer"),
    Feature("ticket_sentiment", "score", ASKED_FOR_HELP, lambda rows, _: rows.sentiment.mean(), "service", "mean sentiment of tickets"),
)  # fmt: skip

_FEEDBACK = (
    Feature("liking", "share", ANSWERS, lambda rows, _: rows.liking.mean(), "answers", "mean score given, 0 to 1"),
    Feature("liking_lowest", "share", ANSWERS, lambda rows, _: rows.liking.min(), "answers", "lowest score given, 0 to 1"),
    Feature("answers", "count", ANSWERS, lambda rows, _: rows.count(), "answers", "scores given", 0.0),
)  # fmt: skip


def _heard(kind: str, days: int) -> Feature:
    return Feature(
        f"{kind}_{days}", "count", MAILINGS, lambda rows, _: rows.count(where=(rows.kind == kind) & (rows.age <= days)),
        "messages", f"messages {kind} in the last {days} days", 0.0,
    )  # fmt: skip


_MESSAGES = (
    *(_heard(kind, 91) for kind in ("sent", "opened", "clicked")),
    Feature("unsubscribed", "count", MAILINGS, lambda rows, _: rows.count(where=rows.kind.isin(["unsubscribed", "complained"])), "messages", "times unsubscribed", 0.0),
    Feature("days_since_click", "days", MAILINGS, lambda rows, _: rows.age.min(where=rows.kind.isin(["opened", "clicked"])), "messages", "days since a message was opened or clicked"),
)  # fmt: skip


def _running(rows: ir.Table) -> ir.BooleanValue:
    return rows.ended_day.isnull()


_CONTRACTS = (
    Feature("tenure", "days", CONTRACTS, lambda rows, _: rows.age.max(), "contract", "days since the first subscription"),
    Feature("stretch", "days", CONTRACTS, lambda rows, _: rows.age.max(where=_running(rows)), "contract", "days since the oldest running subscription began"),
    Feature("stretch_newest", "days", CONTRACTS, lambda rows, _: rows.age.min(), "contract", "days since a subscription began or changed"),
    Feature("subscriptions", "count", CONTRACTS, lambda rows, _: rows.count(where=_running(rows)), "contract", "running subscriptions", 0.0),
    Feature("subscriptions_ended", "count", CONTRACTS, lambda rows, _: rows.count(where=rows.ended_day.notnull() & (rows.end_kind.fill_null("cancelled") != "changed")), "contract", "subscriptions that ended", 0.0),
    Feature("plan_changes", "count", CONTRACTS, lambda rows, _: rows.count(where=rows.end_kind == "changed"), "contract", "changes of plan", 0.0),
    Feature("days_since_end", "days", CONTRACTS, lambda rows, _: days_between(rows.cut.max(), rows.ended_day.max()), "contract", "days since a subscription ended"),
    Feature("monthly", "money", CONTRACTS, lambda rows, _: rows.monthly.sum(where=_running(rows)), "price", "amount a month"),
    Feature("interval_months", "count", CONTRACTS, lambda rows, _: rows.months.max(where=_running(rows)), "price", "months between payments"),
)  # fmt: skip

_STATED = (
    Feature("referred", "flag", STATED, lambda rows, _: rows.referred.cast("int64").max(), "origin", "came by referral"),
    Feature("acquisition_cost", "money", STATED, lambda rows, _: rows.acquisition_cost.max(), "origin", "cost of winning the customer"),
)  # fmt: skip

BEHAVIOUR = (*_EVENTS, *_TICKETS, *_FEEDBACK, *_MESSAGES, *_CONTRACTS, *_STATED)
