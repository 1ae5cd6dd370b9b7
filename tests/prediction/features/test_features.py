"""Features by hand, equal on both engines, and blind for what comes later."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.features.facts import CUT, FIRST, LAST, after, before, stretch
from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine, Engine
from regulars.prediction.features import FEATURES, features_as_of
from support.tiny import analysed, bought

Facts = dict[str, list[dict[str, Any]]]


def known(engine: Engine, facts: Facts, *cuts: dt.date, contract: bool = False) -> list[dict[str, Any]]:
    analysis = analysed(engine, first=FIRST, last=LAST, **facts)  # type: ignore[arg-type]
    analysis.contract = contract
    rows = features_as_of(analysis, cuts or (CUT,), horizon=91).to_pylist()
    return sorted(rows, key=lambda row: (row["cut"], row["customer"]))


def test_features_are_what_a_person_counts(engine: Engine) -> None:
    contracts = [
        stretch("a", 1, "2023-05-01", "2024-03-01", end_kind="changed"),
        stretch("a", 1, "2024-03-01"),
    ]
    one, two, three = known(engine, {**before(), "subscriptions": contracts})
    assert (one["customer"], two["customer"], three["customer"]) == (1, 2, 3)
    wanted = {
        "age": 335, "days_since_last": 10, "order_days": 4, "orders": 5, "order_days_30": 1, "order_days_182": 3,
        "gap_median": 141, "gap_mean": 325 / 3, "gap_last": 141, "gap_longest": 153, "overdue": 10 / 141,
        "revenue": 105, "revenue_91": 30, "first_revenue": 40, "average_order_value": 21, "discount_share": 0.5,
        "order_days_season": 1, "products": 2, "categories": 2, "items": 6, "items_per_order": 1.2,
        "refunds": 1, "refunded": 8, "refund_share": 8 / 105, "events_7": 3, "carts_30": 3, "seconds_91": 30,
        "days_since_visit": 2, "tickets_91": 2, "complaints_365": 2, "tickets_open": 1, "answer_seconds": 3600,
        "ticket_sentiment": -0.5, "liking": 0.3, "sent_91": 1, "opened_91": 1, "days_since_click": 21,
        "tenure": 427, "stretch": 122, "plan_changes": 1, "days_since_end": 122, "monthly": 30,
    }  # fmt: skip
    assert {name: one[name] for name in wanted} == pytest.approx(wanted)
    assert one["gap_deviation"] == pytest.approx(67.24086)
    assert one["order_days_decayed_30"] == pytest.approx(
        sum(0.5 ** (age / 30) for age in (10, 151, 182, 335))
    )
    assert (two["failed_payments_91"], two["referred"], two["gap_median"], two["discount_share"]) == (
        1,
        1,
        None,
        None,
    )
    assert (three["days_since_last"], three["events_30"], three["liking"]) == (516, 0, None)


def test_with_contract_the_customers_are_those_who_run(duck: DuckEngine) -> None:
    facts = {"orders": [], "subscriptions": [
        stretch("a", 1, "2023-05-01", "2024-03-01", end_kind="changed"), stretch("a", 1, "2024-03-01"),
        stretch("b", 2, "2024-06-01", "2024-07-01", end_kind="cancelled"),
        stretch("c", 3, "2024-01-01", "2024-06-30", end_kind="cancelled"),
    ]}  # fmt: skip
    one, two = known(duck, facts, contract=True)
    assert (one["tenure"], one["stretch"], one["plan_changes"], one["subscriptions"], one["monthly"]) == (
        427,
        122,
        1,
        1,
        30,
    )
    # What ends on the cut is not known to end.
    assert (two["customer"], two["subscriptions"], two["subscriptions_ended"]) == (2, 1, 0)


def test_money_is_in_the_reporting_currency(engine: Engine) -> None:
    day, kroner = dt.date(2024, 6, 1), {"amount": 120, "currency": "NOK", "interval_months": 2}
    cost = {"customer": 1, "acquisition_cost": 80, "currency": "NOK", "first_seen": day}
    facts: Facts = {
        "orders": [],
        "subscriptions": [stretch("a", 1, "2024-06-01", **kroner)],
        "customers": [cost],
    }
    rates = [{"currency": "NOK", "day": day, "factor": Decimal("0.1")}]
    kinds = [("currency", pa.string()), ("day", pa.date32()), ("factor", pa.decimal128(38, 10))]
    engine.put("fx_factors", pa.Table.from_pylist(rates, schema=pa.schema(kinds)))
    analysis = analysed(engine, first=FIRST, last=LAST, **facts)  # type: ignore[arg-type]
    analysis.contract = analysis.converted = True
    (one,) = features_as_of(analysis, [CUT]).to_pylist()
    assert (one["monthly"], one["acquisition_cost"]) == (6, 8)


def test_several_cuts_are_as_one_by_one(duck: DuckEngine) -> None:
    earlier = dt.date(2024, 2, 1)
    assert known(duck, before(), CUT, earlier) == known(duck, before(), earlier) + known(duck, before(), CUT)


def test_facts_from_the_cut_on_move_no_feature(duck: DuckEngine) -> None:
    running = {"subscriptions": [stretch("a", 1, "2023-05-01")]}
    plain = known(duck, {**before(), **running})

    @settings(max_examples=3, deadline=None)
    @given(days=st.lists(st.integers(0, 180), min_size=1, max_size=3, unique=True))
    def planting_moves_nothing(days: list[int]) -> None:
        planted = before()
        for n in days:
            for table, rows in after(CUT + dt.timedelta(days=n)).items():
                planted[table] = planted[table] + (rows if table != "customers" or n == days[0] else [])
        assert known(duck, {**planted, **running}) == plain

    planting_moves_nothing()


def test_what_is_filled_in_later_is_not_seen_before(duck: DuckEngine) -> None:
    late = dt.datetime.combine(CUT, dt.time(9))
    changed = before()
    changed["tickets"][1] |= {"solved_at": late, "first_answer_seconds": 6 * 86400.0}
    running, ended = (
        stretch("a", 1, "2023-05-01"),
        stretch("a", 1, "2023-05-01", "2024-07-01", end_kind="cancelled"),
    )
    assert known(duck, {**changed, "subscriptions": [ended]}) == known(
        duck, {**before(), "subscriptions": [running]}
    )


def test_every_declared_feature_moves_with_earlier_facts(duck: DuckEngine) -> None:
    """So that the tests above cannot pass because a feature is never computed."""
    plain = before()
    plain["orders"] += [bought(1, "2023-03-03", "3")]
    plain["subscriptions"] = [stretch("a", 1, "2023-05-01", "2024-05-01", end_kind="cancelled"), stretch("b", 1, "2024-05-01"),
                              stretch("c", 1, "2023-05-01", "2024-01-01", end_kind="changed")]  # fmt: skip
    plain["messages"] += [{**plain["messages"][0], "kind": kind} for kind in ("clicked", "unsubscribed")]
    plain["customers"] += [{"customer": 1, "acquisition_cost": 3, "first_seen": dt.date(2023, 1, 1)}]
    rows = known(duck, plain)
    assert set(FEATURES) == set(rows[0]) - {"customer", "cut"}
    still = [name for name in FEATURES if len({row[name] for row in rows}) == 1]
    assert still == []


def test_a_cut_after_the_facts_is_refused(duck: DuckEngine) -> None:
    with pytest.raises(InputError, match="The facts end before"):
        known(duck, before(), dt.date(2026, 1, 1))


def test_nobody_is_no_row(duck: DuckEngine) -> None:
    assert known(duck, {"orders": []}) == []


def test_a_sample_is_the_same_rows_of_fewer_customers(duck: DuckEngine) -> None:
    analysis = analysed(duck, first=FIRST, last=LAST, **before())  # type: ignore[arg-type]
    rows = features_as_of(analysis, [CUT], horizon=91, one_in=2).to_pylist()
    assert rows == [row for row in known(duck, before()) if row["customer"] % 2 == 0]
