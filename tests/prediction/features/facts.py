"""Some facts of every table before a cut, and facts that only came after it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from support.tiny import bought, refunded

CUT = dt.date(2024, 7, 1)
FIRST, LAST = "2023-01-01", "2024-12-31"


def at(day: str, customer: int = 1, **more: Any) -> dict[str, Any]:
    """One fact at noon of `day`."""
    noon = dt.datetime.fromisoformat(day + "T12:00:00")
    return {"source": "shop", "customer": customer, "at": noon, "local_day": noon.date(), **more}


def stretch(
    number: str, customer: int, started: str, ended: str | None = None, **more: Any
) -> dict[str, Any]:
    """A stretch of a subscription of 30 EUR a month."""
    days = {
        "started_day": dt.date.fromisoformat(started),
        "ended_day": ended and dt.date.fromisoformat(ended),
    }
    return {"source": "shop", "subscription_id": number, "customer": customer, "currency": "EUR",
            "amount": 30, "interval_months": 1, "state": "active", **days, **more}  # fmt: skip


def line(order: dict[str, Any], position: int, product: str, **more: Any) -> dict[str, Any]:
    """A line of two pieces."""
    copied = {name: order[name] for name in ("source", "order_id", "customer", "at", "local_day")}
    return {**copied, "line": position, "kind": "goods", "product": product, "category": product[0],
            "quantity": 2.0, **more}  # fmt: skip


def before() -> dict[str, list[dict[str, Any]]]:
    """Facts that were known on the cut."""
    orders = [
        bought(1, "2023-08-01", "40", discounted=True), bought(1, "2024-01-01", "10", discounted=False),
        bought(1, "2024-02-01", "20", discounted=False), bought(1, "2024-02-01", "5", discounted=True),
        bought(1, "2024-06-21", "30"), bought(2, "2024-06-30", "99"), bought(3, "2023-02-01", "7"),
    ]  # fmt: skip
    return {
        "orders": orders,
        "order_lines": [line(orders[0], 1, "apple"), line(orders[1], 1, "apple"), line(orders[1], 2, "bread")],
        "payments": [
            refunded(1, "2024-05-01", "8"),
            at("2024-06-01", 2, payment_id="f1", kind="payment", state="failed", currency="EUR"),
        ],
        "events": [at("2024-06-29", event_id=f"e{n}", name="Product Added", session=f"s{n}", seconds=n * 10.0) for n in range(3)],
        "tickets": [
            at("2024-06-20", ticket_id="t1", complaint=True, sentiment=-0.5, first_answer_seconds=3600.0,
               solved_at=dt.datetime(2024, 6, 22)),  # noqa: DTZ001 - instants are UTC without a zone
            at("2024-06-25", ticket_id="t2", complaint=True, state="open"),
        ],
        "feedback": [at("2024-05-01", feedback_id="n1", kind="nps", score=3.0, scale_low=0.0, scale_high=10.0)],
        "messages": [at("2024-06-10", message_id="m1", kind=kind, machine=False) for kind in ("sent", "opened")],
        "customers": [{"customer": 2, "referred_by": 1, "first_seen": dt.date(2024, 6, 1)}],
    }  # fmt: skip


def after(day: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Facts of a day on or after the cut, for the same customers."""
    text, mark = day.isoformat(), f"late-{day}"
    order = bought(1, text, "1000", discounted=True)
    return {
        "orders": [order, bought(2, text, "500"), bought(9, text, "1")],
        "order_lines": [line(order, 1, "zebra")],
        "payments": [
            refunded(1, text, "9"),
            at(text, 2, payment_id=mark, kind="payment", state="failed", currency="EUR"),
        ],
        "events": [at(text, event_id=mark, name="Product Added", session="s", seconds=99.0)],
        "tickets": [at(text, ticket_id=mark, complaint=True, sentiment=-1.0)],
        "feedback": [at(text, feedback_id=mark, kind="nps", score=10.0, scale_low=0.0, scale_high=10.0)],
        "messages": [at(text, message_id=mark, kind="clicked", machine=False)],
        "customers": [{"customer": 1, "referred_by": 2, "first_seen": day}],
    }  # fmt: skip
