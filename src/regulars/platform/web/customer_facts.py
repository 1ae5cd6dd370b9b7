"""One person's facts from the lake: what happened, newest first, and what is open now. Read through `insights.asking`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from regulars.metrics.analysis import Analysis

PAGE = 40  # facts a page
_OPEN_DAYS = 120  # what was open longer ago than this is taken for an export that never says the end
_LINES = 12

# Each table's rows in the columns of a fact. `amount` is as charged, with tax.
_FACTS = {
    "order": 'coalesce("at", local_day::TIMESTAMP), local_day, source, order_id, order_id, market, coalesce(total, goods), currency, '
             "CASE WHEN cancelled THEN 'cancelled' ELSE fulfilment_state::VARCHAR END, payment_state::VARCHAR, NULL "
             "FROM own_orders WHERE NOT coalesce(test, false) AND",
    "payment": 'coalesce("at", local_day::TIMESTAMP), local_day, source, payment_id, order_id, market, amount, currency, '
               "kind::VARCHAR, state::VARCHAR, reason FROM payments WHERE",
    "shipment": 'coalesce("at", sent_day::TIMESTAMP, promised_day::TIMESTAMP, delivered_day::TIMESTAMP), '
                "coalesce(local_day, sent_day, promised_day, delivered_day), source, shipment_id, order_id, market, NULL, NULL, "
                "CASE WHEN delivered_day IS NOT NULL THEN 'delivered' ELSE state::VARCHAR END, delivered_day::VARCHAR, carrier "
                "FROM shipments WHERE",
    "ticket": 'coalesce("at", local_day::TIMESTAMP), local_day, source, ticket_id, order_id, market, NULL, NULL, '
              "state::VARCHAR, CASE WHEN complaint THEN 'complaint' END, topic FROM tickets WHERE",
    "feedback": 'coalesce("at", local_day::TIMESTAMP), local_day, source, feedback_id, order_id, market, score, NULL, '
                "kind::VARCHAR, scale_high::VARCHAR, survey FROM feedback WHERE",
    "message": 'coalesce("at", local_day::TIMESTAMP), local_day, source, message_id, NULL, market, NULL, NULL, '
               "kind::VARCHAR, channel, campaign FROM messages WHERE",
    "subscription": "started_day::TIMESTAMP, started_day, source, subscription_id, NULL, market, amount, currency, "
                    "state::VARCHAR, ended_day::VARCHAR, plan FROM subscriptions WHERE",
    "event": 'coalesce("at", local_day::TIMESTAMP), local_day, source, event_id, NULL, market, value, currency, '
             "name, device, coalesce(product, page) FROM events WHERE",
    "points": 'coalesce("at", local_day::TIMESTAMP), local_day, source, movement_id, order_id, market, points, NULL, '
              "kind::VARCHAR, NULL, reason FROM points WHERE",
}  # fmt: skip
_OWN_ORDERS = (
    'customer, "at", local_day, source, order_id, market, total, goods, currency, cancelled, fulfilment_state, '
    "payment_state, test"
)
_TABLE = {"feedback": "feedback", "points": "points"}  # the others are the kind's plural
_NAMES = '(kind, "at", day, source, id, order_id, market, amount, currency, state, more, what)'


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    name: str
    quantity: float | None
    goods: Decimal | None


@dataclass(frozen=True)
class Fact:
    """Something that happened. `state`, `more` and `what` mean what `_FACTS` says for the kind."""

    kind: str
    at: datetime | None
    day: date | None
    source: str
    id: str
    order_id: str | None
    market: str | None
    amount: Decimal | None
    currency: str | None
    state: str | None
    more: str | None
    what: str | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a page of facts begins: at `before` and earlier, without the first `skip` of that very instant."""

    before: datetime
    skip: int

    @classmethod
    def named(cls, query: Any) -> Place | None:
        """From an address: `before=2026-01-05T10:00:00&skip=1`; None where it names none, or wrongly."""
        try:
            return cls(
                datetime.fromisoformat(query["before"]).replace(tzinfo=None),
                min(max(0, int(query.get("skip") or 0)), 1_000_000),
            )
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True)
class Facts:
    """A page of facts; `next` begins the page after it."""

    page: tuple[Fact, ...] = ()
    next: Place | None = None


@dataclass(frozen=True)
class OpenNow:
    """What waits for somebody: numbers of tickets and orders, and the earliest day that delivery was promised for."""

    tickets: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()
    promised: tuple[tuple[str, date], ...] = field(default=())


@dataclass(frozen=True)
class Numbered:
    """An order that was looked up by its number."""

    order: str
    customer: int
    day: date | None
    market: str | None


@dataclass(frozen=True)
class Person:
    """What the lake knows under all numbers of a person; made with `of`, and good as long as the reader is one's own."""

    analysis: Analysis
    numbers: Sequence[int]

    @classmethod
    def of(cls, analysis: Analysis, numbers: Sequence[int]) -> Person:
        """The person, with their orders read: every question needs them, and finding them costs more than asking."""
        _con(analysis).execute(
            f"CREATE OR REPLACE TEMP TABLE own_orders AS SELECT {_OWN_ORDERS} FROM orders WHERE customer IN {_among(numbers)}"
        )
        return cls(analysis, numbers)

    def facts(self, place: Place | None = None) -> Facts:
        """A page of everything that happened, newest first."""
        who = _among(self.numbers)
        # A table without rows costs as much planning as one with many.
        parts = " UNION ALL ".join(
            f"SELECT '{kind}', {query} customer IN {who}" for kind, query in _FACTS.items()
            if kind == "order" or _TABLE.get(kind, kind + "s") in self.analysis.facts_given
        )  # fmt: skip
        until = 'WHERE "at" <= ?' if place else ""
        skip = place.skip if place else 0
        rows = _con(self.analysis).execute(
            f'SELECT * FROM ({parts}) AS f {_NAMES} {until} ORDER BY "at" DESC NULLS LAST, kind, source, id '
            f"LIMIT {PAGE + 1} OFFSET {skip}",
            [place.before] if place else [],
        ).fetchall()  # fmt: skip
        page = [Fact(*row) for row in rows[:PAGE]]
        following = None
        if len(rows) > PAGE and (last := page[-1].at) is not None:
            same = sum(fact.at == last for fact in page)
            again = skip if place and place.before == last else 0
            following = Place(last, same + again)
        return Facts(_with_lines(self.analysis, who, page), following)

    def order_days(self) -> list[date]:
        """The local days with an order, first to last, each once; without tests and cancelled orders."""
        rows = _con(self.analysis).execute(
            "SELECT DISTINCT local_day FROM own_orders WHERE local_day IS NOT NULL "
            "AND NOT coalesce(test, false) AND NOT coalesce(cancelled, false) ORDER BY 1"
        ).fetchall()  # fmt: skip
        return [day for (day,) in rows]

    def open_now(self) -> OpenNow:
        """What is open: tickets, orders on their way, unpaid orders, deliveries that were promised."""
        who, con, given = _among(self.numbers), _con(self.analysis), self.analysis.facts_given
        since = [self.analysis.as_of - timedelta(days=_OPEN_DAYS)]
        tickets = con.execute(
            f"SELECT ticket_id FROM tickets WHERE customer IN {who} AND solved_at IS NULL "
            "AND state IN ('new', 'open', 'pending', 'hold') ORDER BY local_day LIMIT 20"
        ).fetchall() if "tickets" in given else []  # fmt: skip
        orders = con.execute(
            "SELECT order_id, fulfilment_state IN ('open', 'partly_shipped', 'shipped'), "
            "payment_state IN ('open', 'pending', 'partially_paid', 'failed') "
            "FROM own_orders WHERE local_day >= ? AND NOT coalesce(cancelled, false) "
            "AND NOT coalesce(test, false) ORDER BY local_day",
            since,
        ).fetchall()  # fmt: skip
        parcels = con.execute(
            f"SELECT coalesce(order_id, shipment_id), promised_day FROM shipments WHERE customer IN {who} "
            "AND delivered_day IS NULL AND coalesce(state::VARCHAR, '') NOT IN ('delivered', 'refused', 'returned') "
            "AND coalesce(promised_day, sent_day, local_day) >= ? ORDER BY promised_day",
            since,
        ).fetchall() if "shipments" in given else []  # fmt: skip
        undelivered = dict.fromkeys(
            [order for order, under_way, _ in orders if under_way] + [order for order, _ in parcels]
        )
        return OpenNow(
            tickets=tuple(ticket for (ticket,) in tickets),
            undelivered=tuple(undelivered),
            unpaid=tuple(order for order, _, unpaid in orders if unpaid),
            promised=tuple((order, day) for order, day in parcels if day is not None),
        )


def orders_numbered(analysis: Analysis, number: str, *, limit: int = 5) -> list[Numbered]:
    """Orders with this number, of any source, whose customer is known; the newest first."""
    rows = _con(analysis).execute(
        "SELECT order_id, customer, local_day, market FROM orders WHERE order_id IN (?, ?) AND customer IS NOT NULL "
        f"ORDER BY local_day DESC LIMIT {int(limit)}",
        [number, f"#{number}"],
    ).fetchall()  # fmt: skip
    return [Numbered(*row) for row in rows]


def _with_lines(analysis: Analysis, who: str, page: list[Fact]) -> tuple[Fact, ...]:
    """The facts, orders with what was bought."""
    numbers = [fact.id for fact in page if fact.kind == "order"]
    if not numbers or "order_lines" not in analysis.facts_given:
        return tuple(page)
    places = ", ".join("?" * len(numbers))
    rows = _con(analysis).execute(
        "SELECT l.source, l.order_id, coalesce(p.name, l.product, l.category, ''), l.quantity, l.goods "
        f"FROM (SELECT * FROM order_lines WHERE customer IN {who} AND order_id IN ({places}) AND kind = 'goods') l "
        "LEFT JOIN products p USING (source, product) ORDER BY l.source, l.order_id, l.line",
        numbers,
    ).fetchall()  # fmt: skip
    lines: dict[tuple[str, str], list[Line]] = {}
    for source, order, *line in rows:
        lines.setdefault((str(source), order), []).append(Line(*line))
    return tuple(
        Fact(**{**vars(fact), "lines": tuple(lines.get((str(fact.source), fact.id), [])[:_LINES])})
        if fact.kind == "order"
        else fact
        for fact in page
    )


def _among(numbers: Sequence[int]) -> str:
    return "(" + ", ".join(str(int(number)) for number in numbers) + ")"


def _con(analysis: Analysis) -> duckdb.DuckDBPyConnection:
    con: duckdb.DuckDBPyConnection = analysis.engine.con  # type: ignore[attr-defined]
    return con
