"""Customers with contract: who has a running subscription, what it is worth a month, and how it ended.

A subscription runs at a boundary t if it started before t and had not ended before t: what starts on a day is won in
the period of that day, what ends on a day is lost in the period of that day. Trials and pauses do not run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.engines.primitives import bit_or, convert
from regulars.lake.tables import SUBSCRIPTIONS
from regulars.metrics.calendar import Calendar, Chunk
from regulars.metrics.counted import in_reporting_currency, with_aliases

if TYPE_CHECKING:
    from regulars.metrics.plan import Plan

STRETCHES = ibis.table(
    {
        "customer": "int64",
        "started_day": "date",
        "ended_day": "date",
        "end_kind": "string",
        "market": "string",
        "country": "string",
        "monthly": "decimal(18, 4)",
        "nth": "int64",
        "next_day": "date",
    },
    name="stretches",
)
PRESENCE_MASKS = ("at", "within", "new", "failed", "cancelled")
_LONGEST_INTERVAL = 36  # months; longer ones have no monthly amount


def days_name(calendar: Calendar) -> str:
    """Name of the table that turns a day into bits for stretches."""
    return f"contract_days_{calendar.masked.name}"


def presence_name(calendar: Calendar) -> str:
    """Name of the masks by customer."""
    return f"presence_{calendar.masked.name}"


def stretches(plan: Plan) -> ir.Table:
    """Running stretches known by the as-of day, with their amount a month in the reporting currency.

    `nth`: place among the customer's stretches by start; `next_day`: start of the next one. The amount is converted at
    the rate of the start, so that a change of rates is no change of a subscription.
    """
    facts = with_aliases(SUBSCRIPTIONS.ibis) if plan.merged else SUBSCRIPTIONS.ibis
    as_of = ibis.literal(plan.as_of, "date")
    running = facts.filter(
        facts.customer.notnull() & (facts.state.fill_null("active") == "active") & (facts.started_day < as_of)
    )
    running = running.filter(running.ended_day.isnull() | (running.ended_day > running.started_day))
    months = running.interval_months.fill_null(1)
    share = ibis.cases(
        *((months == n, ibis.literal(_part(n), "decimal(38, 10)")) for n in range(1, _LONGEST_INTERVAL + 1)),
        else_=ibis.null("decimal(38, 10)"),
    )
    priced = running.mutate(monthly=convert(running.amount, share))
    priced = in_reporting_currency(priced, ("monthly",), plan.converted, day="started_day")
    by_customer = ibis.window(
        group_by=priced.customer, order_by=[priced.started_day, priced.source, priced.subscription_id]
    )
    return priced.select(
        *(priced[name] for name in STRETCHES.columns if name not in ("nth", "next_day")),
        nth=(ibis.row_number().over(by_customer) + 1).cast("int64"),
        next_day=priced.started_day.lead(1).over(by_customer),
    )


def _part(months: int) -> Decimal:
    return (Decimal(1) / months).quantize(Decimal("1e-10"))


def days_table(calendar: Calendar) -> pa.Table:
    """One row a day: bits of the boundaries `after` it, of periods `begun` (that end after it), `over` (that start on
    it or later) and `inside` (that contain it). Days outside are clamped to the first or last row."""
    first = min(period.start for period in calendar.periods) - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((calendar.last_day - first).days + 2)]
    columns: dict[str, pa.Array] = {"day": pa.array(days, pa.date32())}
    for chunk in calendar.chunks:
        spans = [period for _, period in chunk.periods]
        bits: dict[str, list[int]] = {
            "after": [_bits(day < t for t in chunk.boundaries) for day in days],
            "begun": [_bits(day < p.end for p in spans) for day in days],
            "over": [_bits(day <= p.start for p in spans) for day in days],
            "inside": [_bits(p.start <= day < p.end for p in spans) for day in days],
        }
        columns |= {f"{kind}_{chunk.index}": pa.array(masks, pa.int64()) for kind, masks in bits.items()}
    return pa.table(columns)


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)


def _days(calendar: Calendar) -> ir.Table:
    kinds = ("after", "begun", "over", "inside")
    masks = {f"{kind}_{chunk.index}": "int64" for chunk in calendar.chunks for kind in kinds}
    return ibis.table({"day": "date", **masks}, name=days_name(calendar))


def presence(calendar: Calendar) -> ir.Table:
    """One row a customer with a stretch; for each chunk the masks

    `at` (running at boundary), `within` (running at some time in period), `new` (first stretch began in period),
    `failed` and `cancelled` (ended in period for that reason, and no other stretch began before the period's end).
    """
    first = min(period.start for period in calendar.periods) - timedelta(days=1)
    last = calendar.last_day + timedelta(days=1)
    rows = STRETCHES.mutate(
        start_key=_clamped(STRETCHES.started_day, first, last),
        end_key=_clamped(STRETCHES.ended_day, first, last),
        later_key=_clamped(STRETCHES.next_day, first, last),
    )
    for role in ("start", "end", "later"):
        days = _days(calendar).rename(lambda name, role=role: f"{role}_{name}")
        how = "inner" if role == "start" else "left"
        rows = rows.join(days, rows[f"{role}_key"] == days[f"{role}_day"], how=how).select(rows, days)
    measures: dict[str, ir.IntegerScalar] = {}
    for chunk in calendar.chunks:
        measures |= _chunk_masks(chunk, rows)
    return rows.group_by("customer").agg(**measures)


def _chunk_masks(chunk: Chunk, rows: ir.Table) -> dict[str, ir.IntegerScalar]:
    k = chunk.index
    nothing = ibis.literal(0, "int64")
    ended = rows[f"end_inside_{k}"].fill_null(0)
    # Periods in which it ended and which ended before the next stretch began; without a next one, all of them.
    left = ended - (ended & rows[f"later_begun_{k}"].fill_null(0))
    return {
        # `after` the end is part of `after` the start, so that a difference takes its bits away.
        f"at_{k}": bit_or(rows[f"start_after_{k}"] - rows[f"end_after_{k}"].fill_null(0)),
        f"within_{k}": bit_or(rows[f"start_begun_{k}"] - rows[f"end_over_{k}"].fill_null(0)),
        f"new_{k}": bit_or(ibis.ifelse(rows.nth == 1, rows[f"start_inside_{k}"], nothing)),
        f"failed_{k}": bit_or(ibis.ifelse(rows.end_kind == "payment_failed", left, nothing)),
        f"cancelled_{k}": bit_or(ibis.ifelse(rows.end_kind == "cancelled", left, nothing)),
    }


def _clamped(day: ir.DateColumn, first: date, last: date) -> ir.DateColumn:
    """The day, or the nearest that the calendar's table has; null stays null."""
    low, high = ibis.literal(first, "date"), ibis.literal(last, "date")
    return ibis.cases((day < low, low), (day > high, high), else_=day)
