"""The columns that facts alone give. All are as of the analysis's day; money is in the reporting currency."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import CUSTOMERS, FEEDBACK, SUBSCRIPTIONS, TICKETS, Table
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import COUNTED, CUSTOMER_BASE, with_aliases
from regulars.metrics.rfm import rfm_customers
from regulars.metrics.rfm_scores import GROUPS, values
from regulars.metrics.segments.columns import Provider, Registry, RuleColumn
from regulars.metrics.segments.predicted import PREDICTED

_C = RuleColumn


def _facts(analysis: Analysis, table: Table) -> ir.Table:
    return with_aliases(table.ibis) if analysis.merged else table.ibis


def _base(analysis: Analysis) -> ir.Table:
    base, net = CUSTOMER_BASE, values(analysis, analysis.as_of)
    joined = base.join(net.select(known="customer", net="revenue"), base.customer == net.customer)
    as_of = ibis.literal(analysis.as_of, "date")
    since_last = days_between(as_of, base.last_day)
    gross = base.revenue.cast("float64")
    gaps = (base.order_days - 1).nullif(0)
    return joined.select(
        "customer",
        "orders",
        "market",
        "country",
        "channel",
        "margin",
        revenue=joined.net,
        average_order_value=(gross / base.orders).cast("decimal(18, 4)"),
        refunded_share=((gross - joined.net.cast("float64")) / gross.nullif(0.0)),
        first_order_day=base.first_day,
        second_order_day=base.second_day,
        last_order_day=base.last_day,
        days_since_first_order=days_between(as_of, base.first_day),
        days_since_last_order=since_last,
        average_days_between_orders=days_between(base.last_day, base.first_day) / gaps,
        first_order_discounted=base.first_discounted,
        active=since_last <= analysis.window,
    )


BASE = Provider(
    "base",
    (
        _C("orders", "whole", "counted orders", absent=0),
        _C("revenue", "money", "revenue after refunds", absent=0),
        _C("margin", "money", "margin before refunds"),
        _C("average_order_value", "money", "average order value before refunds"),
        _C("refunded_share", "share", "share of revenue refunded"),
        _C("first_order_day", "day", "day of the first order"),
        _C("second_order_day", "day", "day of the second order"),
        _C("last_order_day", "day", "day of the last order"),
        _C("days_since_first_order", "whole", "days since the first order"),
        _C("days_since_last_order", "whole", "days since the last order"),
        _C("average_days_between_orders", "number", "average days between orders"),
        _C("first_order_discounted", "flag", "first order with a discount"),
        _C("active", "flag", "customer now, by the activity window", absent=False),
        _C("market", "text", "home market"),
        _C("country", "text", "country"),
        _C("channel", "text", "channel that won them"),
    ),
    _base,
)


def _discounts(analysis: Analysis) -> ir.Table:
    used = COUNTED.discounted.cast("int64")
    return COUNTED.group_by("customer").agg(discounted_share=used.mean().cast("float64"))


DISCOUNTS = Provider(
    "discounts", (_C("discounted_share", "share", "share of orders with a discount"),), _discounts
)


def _rfm(analysis: Analysis) -> ir.Table:
    scores = rfm_customers(analysis)
    return scores.select(
        "customer", "rfm_group", recency_score="r", frequency_score="f", monetary_score="m"
    )  # fmt: skip


RFM = Provider(
    "rfm",
    (
        _C("recency_score", "whole", "recency score (1-5)"),
        _C("frequency_score", "whole", "frequency score (1-5)"),
        _C("monetary_score", "whole", "monetary score (1-5)"),
        _C("rfm_group", "text", "RFM group", one_of=tuple(slug for slug, _ in GROUPS)),
    ),
    _rfm,
)


def _profile(analysis: Analysis) -> ir.Table:
    known = _facts(analysis, CUSTOMERS)
    # Merged customers have one row each in the facts: the largest value stands, the first day of all.
    return known.group_by("customer").agg(
        language=known.language.max(),
        sign_up_day=known.first_seen.min(),
        referred=known.referred_by.notnull().max(),
        birth_month=known.birth_month.max(),
        age_band=known.age_band.max(),
        gender=known.gender.max(),
    )


PROFILE = Provider(
    "profile",
    (
        _C("language", "text", "language"),
        _C("sign_up_day", "day", "first known day"),
        _C("referred", "flag", "came through another customer", absent=False),
        _C("birth_month", "whole", "month of birth (1-12)"),
        _C("age_band", "text", "age band"),
        _C("gender", "text", "gender"),
    ),
    _profile,
)


def _subscriptions(analysis: Analysis) -> ir.Table:
    facts = _facts(analysis, SUBSCRIPTIONS)
    as_of = ibis.literal(analysis.as_of, "date")
    begun = facts.filter(facts.customer.notnull() & (facts.started_day < as_of))
    runs = begun.ended_day.isnull() | (begun.ended_day >= as_of)
    return begun.group_by("customer").agg(
        subscribed=runs.max(),
        plan=begun.plan.max(where=runs),
        subscription_state=begun.state.max(where=runs),
    )


SUBSCRIPTION = Provider(
    "subscription",
    (
        _C("subscribed", "flag", "subscription running", absent=False),
        _C("plan", "text", "plan of the running subscription"),
        _C(
            "subscription_state",
            "text",
            "state of the running subscription",
            one_of=("active", "trial", "paused"),
        ),
    ),
    _subscriptions,
)


def _answers(analysis: Analysis) -> ir.Table:
    facts = _facts(analysis, FEEDBACK)
    given = facts.filter(
        facts.customer.notnull()
        & facts.score.notnull()
        & facts.kind.isin(["nps", "csat"])
        & (facts.local_day < ibis.literal(analysis.as_of, "date"))
    )
    latest = ibis.window(
        group_by=[given.customer, given.kind],
        order_by=[ibis.desc(given.local_day), ibis.desc(given["at"]), given.feedback_id],
    )
    ranked = given.select("customer", "kind", "score", place=ibis.row_number().over(latest))
    last = ranked.filter(ranked.place == 0)
    return last.group_by("customer").agg(
        nps_score=last.score.max(where=last.kind == "nps"),
        csat_score=last.score.max(where=last.kind == "csat"),
    )


ANSWERS = Provider(
    "answers",
    (
        _C("nps_score", "number", "latest answer on recommending (0-10)"),
        _C("csat_score", "number", "latest satisfaction answer"),
    ),
    _answers,
)


def _support(analysis: Analysis) -> ir.Table:
    facts = _facts(analysis, TICKETS)
    own = facts.filter(facts.customer.notnull() & (facts.local_day < ibis.literal(analysis.as_of, "date")))
    is_open = ~own.state.isin(["solved", "closed"]).fill_null(False)
    return own.group_by("customer").agg(
        tickets=own.count(),
        open_tickets=is_open.cast("int64").sum(),
        complaints=own.complaint.fill_null(False).cast("int64").sum(),
    )


SUPPORT = Provider(
    "support",
    (
        _C("tickets", "whole", "support conversations", absent=0),
        _C("open_tickets", "whole", "open support conversations", absent=0),
        _C("complaints", "whole", "complaints", absent=0),
    ),
    _support,
)

STANDARD = Registry((BASE, DISCOUNTS, RFM, PROFILE, SUBSCRIPTION, ANSWERS, SUPPORT, PREDICTED))


def everyone(analysis: Analysis) -> ir.Table:
    """`customer`: all who have a counted order or are known as customers, once each."""
    known = _facts(analysis, CUSTOMERS)
    return CUSTOMER_BASE.select("customer").union(known.select("customer"), distinct=True)
