"""Orders by kind and state of payment, and how many the payment rules keep from counting, in orders and money."""

from __future__ import annotations

from datetime import date

import duckdb

from regulars.kernel.definitions import Definitions, PaymentRule
from regulars.lake.engines.duck import literal
from regulars.sources.loading.summary import Amount, StateCount


def state_counts(
    con: duckdb.DuckDBPyConnection, source: str, definitions: Definitions, last_day: date
) -> tuple[StateCount, ...]:
    """One entry a payment kind and state of a source's orders, as of the day after `last_day`; most orders first.

    The rules are those that `metrics/counted.py` applies; here they only count what they move.
    """
    counts = _counts(definitions.payment_rules, last_day)
    rows = con.execute(
        f"""SELECT payment_kind, payment_state, currency, count(*), sum(goods),
            count(*) FILTER (NOT ({counts})), sum(goods) FILTER (NOT ({counts}))
        FROM orders WHERE source = {literal(source)} AND NOT coalesce(cancelled, false) AND NOT coalesce(test, false)
        GROUP BY ALL ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3 NULLS LAST"""
    ).fetchall()
    found: dict[tuple[str | None, str | None], list[tuple[object, ...]]] = {}
    for kind, state, *rest in rows:
        found.setdefault((kind, state), []).append(tuple(rest))
    made = [_state(kind, state, group) for (kind, state), group in found.items()]
    return tuple(sorted(made, key=lambda one: -one.orders))


def _state(kind: str | None, state: str | None, group: list[tuple[object, ...]]) -> StateCount:
    return StateCount(
        payment_kind=kind,
        payment_state=state,
        orders=sum(int(str(row[1])) for row in group),
        goods=tuple(Amount(row[0], row[2]) for row in group if row[2] is not None),  # type: ignore[arg-type]
        moved=sum(int(str(row[3])) for row in group),
        moved_goods=tuple(Amount(row[0], row[4]) for row in group if row[4] is not None),  # type: ignore[arg-type]
    )


def _counts(rules: tuple[PaymentRule, ...], last_day: date) -> str:
    """SQL: whether an order counts, by the first rule that matches."""
    branches = []
    for rule in rules:
        named = {"payment_state": rule.state, "payment_kind": rule.kind, "market": rule.market}
        tests = [
            f"coalesce({column} = {literal(word)}, false)"
            for column, word in named.items()
            if word is not None
        ]
        counts = {
            "yes": "true",
            "no": "false",
            "while_recent": f"local_day + {int(rule.days)} > DATE '{last_day}' + 1",
            "once_delivered": "coalesce(fulfilment_state = 'delivered', false)",
        }[rule.counts]
        branches.append(f"WHEN {' AND '.join(tests) or 'true'} THEN {counts}")
    return f"CASE {' '.join(branches)} ELSE false END" if branches else "false"
