"""What assigned customers did since, from orders written in the test, on every engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from regulars.experiments import Arm, Experiment, assigned_on, gather, holdout
from regulars.kernel.definitions import Definitions, Margin
from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine, Engine
from support.tiny import analysed, bought, refunded

ARMS = ("held_out", "treated")
DAY = date(2024, 3, 1)


def assigned(*rows: tuple[int, str, str]) -> pa.Table:
    customers, arms, days = zip(*rows, strict=True)
    dates = pa.array([date.fromisoformat(day) for day in days])
    return pa.table({"customer": pa.array(customers), "arm": pa.array(arms), "day": dates})


def test_everybody_counts_from_their_own_day_for_the_horizon(engine: Engine) -> None:
    analysis = analysed(
        engine,
        [
            bought(1, "2024-02-29", "100"),  # before
            bought(1, "2024-03-01", "10"),  # on the day
            bought(1, "2024-03-01", "5"),
            bought(1, "2024-03-30", "7"),  # the last day of 30
            bought(1, "2024-03-31", "1000"),  # after
            bought(2, "2024-03-09", "20"),  # the day before joining
            bought(2, "2024-03-10", "30"),
            bought(4, "2024-03-05", "40"),  # not assigned
        ],
        first="2024-01-01",
        last="2024-04-30",
        payments=[refunded(1, "2024-03-05", "4"), refunded(2, "2024-03-01", "9")],
    )
    people = assigned(
        (1, "treated", "2024-03-01"), (2, "held_out", "2024-03-10"), (3, "treated", "2024-03-01")
    )
    found = gather(analysis, people, arms=ARMS)
    assert found.customer.tolist() == [1, 2, 3]
    assert found.arm.tolist() == [1, 0, 1]
    assert found.counts() == {"held_out": 1, "treated": 2}
    assert found.totals("kept").tolist() == [1, 1, 0]
    assert found.totals("orders").tolist() == [3, 1, 0]
    assert found.totals("revenue").tolist() == [10 + 5 + 7 - 4, 30, 0]
    assert found.outcomes == ("kept", "orders", "revenue")


def test_who_was_assigned_twice_or_merged_counts_as_assigned_first(duck: Engine) -> None:
    analysis = analysed(
        duck,
        [bought(1, "2024-03-05"), bought(9, "2024-03-20")],
        first="2024-01-01",
        last="2024-04-30",
        aliases=[{"customer": 9, "into": 1}],
    )
    analysis.merged = True
    people = assigned(
        (1, "treated", "2024-03-10"), (1, "held_out", "2024-03-17"), (9, "held_out", "2024-03-03")
    )
    found = gather(analysis, people, arms=ARMS)
    assert (found.customer.tolist(), found.arm.tolist()) == ([1], [0])
    assert found.totals("orders").tolist() == [2]


def test_one_question_is_not_answered_from_the_customers_of_another(duck: Engine) -> None:
    analysis = analysed(
        duck, [bought(1, "2024-03-05"), bought(2, "2024-03-06")], first="2024-01-01", last="2024-04-30"
    )
    for customer in (1, 2, 1):
        people = assigned((customer, "treated", "2024-03-01"))
        assert gather(analysis, people, arms=ARMS).customer.tolist() == [customer]
    assert isinstance(duck, DuckEngine)
    names = duck.con.execute("SELECT table_name FROM information_schema.tables").fetchall()
    assert not [name for (name,) in names if name.startswith("assigned_customers")]


def test_margin_is_known_where_that_of_every_order_is(duck: Engine) -> None:
    analysis = analysed(
        duck,
        [bought(1, "2024-03-05", "100"), bought(2, "2024-03-06", "50")],
        first="2024-01-01",
        last="2024-04-30",
        definitions=Definitions(margin=Margin(share=Decimal("0.4"))),
    )
    people = assigned((1, "treated", "2024-03-01"), (2, "held_out", "2024-03-01"))
    assert gather(analysis, people, arms=ARMS).totals("margin").tolist() == [40, 20]


def test_the_last_look_has_what_was_done_by_then(duck: Engine) -> None:
    orders = [bought(n, f"2024-03-{2 + n % 20:02}") for n in range(200) if n % 3]
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-03-31", window=60)
    people = assigned_on(holdout("spring", 0.5), range(200), DAY)
    found = gather(analysis, people, arms=ARMS)
    looks = found.path("kept", "treated").looks
    assert (looks[0].day, looks[-1].day, len(looks)) == (DAY, date(2024, 3, 31), 31)
    sums = [round(look.treated * look.treated_mean + look.held_out * look.held_out_mean) for look in looks]
    assert sums == [sum(order["local_day"] <= look.day for order in orders) for look in looks]
    assert looks[-1].treated + looks[-1].held_out == 200
    assert looks[-1].answer == "no_effect_seen"


def test_all_outcomes_of_all_arms_together(duck: Engine) -> None:
    orders = [bought(n, "2024-03-05") for n in range(0, 200, 2)]
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-03-31")
    found = gather(analysis, assigned_on(holdout("spring", 0.5), range(200), DAY), arms=ARMS)
    paths = found.effects(simultaneous=True)
    assert list(paths) == [("treated", name) for name in ("kept", "orders", "revenue")]
    assert paths["treated", "kept"].latest.alpha == pytest.approx(0.05 / 3)


def test_under_contract_kept_is_whose_subscription_runs(duck: Engine) -> None:
    def stretch(customer: int, started: str, ended: str | None, number: int = 1) -> dict[str, object]:
        return {
            "source": "shop", "subscription_id": f"{customer}-{number}", "customer": customer, "currency": "EUR",
            "started_day": date.fromisoformat(started), "ended_day": ended and date.fromisoformat(ended),
        }  # fmt: skip

    analysis = analysed(
        duck,
        [bought(1, "2024-03-02", "10")],
        first="2024-01-01",
        last="2024-03-20",
        subscriptions=[
            stretch(1, "2024-01-01", None),
            stretch(2, "2024-01-01", "2024-03-05"),
            stretch(3, "2024-01-01", "2024-03-05"),
            stretch(3, "2024-03-10", "2024-12-31", 2),  # came back; what ends after the day looked at runs
            stretch(4, "2024-01-01", "2024-02-01"),  # had left before
            stretch(5, "2024-01-01", "2024-03-05"),
            stretch(5, "2024-02-01", None, 2),  # has another
        ],
    )
    analysis.contract = True
    people = assigned(*((n, "held_out" if n == 1 else "treated", "2024-03-01") for n in range(1, 6)))
    found = gather(analysis, people, arms=ARMS)
    assert found.totals("kept").tolist() == [1, 0, 1, 0, 1]
    assert found.totals("orders").tolist() == [1, 0, 0, 0, 0]
    looks = {look.day.day: look for look in found.path("kept", "treated").looks}
    assert [looks[day].treated_mean for day in (1, 5, 10)] == [0.75, 0.25, 0.5]


def test_arms_are_compared_with_the_held_out_one_at_a_time(duck: Engine) -> None:
    experiment = Experiment("offers", (Arm("held_out", 0.4), Arm("voucher", 0.3), Arm("call", 0.3)))
    people = assigned_on(experiment, range(600), DAY)
    called = [n for n, arm in enumerate(people.column("arm").to_pylist()) if arm == "call"]
    orders = [bought(n, "2024-03-05") for n in (*range(0, 600, 3), *called)]
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-03-31")
    found = gather(analysis, people, arms=experiment.names)
    answers = {
        arm: path.latest.answer for (arm, outcome), path in found.effects().items() if outcome == "orders"
    }
    assert answers == {"voucher": "no_effect_seen", "call": "added"}


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (assigned((1, "voucher", "2024-03-01")), "voucher"),
        (assigned((1, "treated", "2025-03-01")), "nobody was assigned before"),
        (assigned((1, "treated", "2024-03-01")).slice(1), "nobody was assigned"),
    ],
)
def test_assignments_that_cannot_be_used_are_refused(duck: Engine, people: pa.Table, said: str) -> None:
    analysis = analysed(duck, [bought(1, "2024-03-05")], first="2024-01-01", last="2024-03-31")
    with pytest.raises(InputError, match=said):
        gather(analysis, people, arms=ARMS)


def test_an_outcome_that_is_not_known_is_refused_with_what_to_do(duck: Engine) -> None:
    analysis = analysed(duck, [bought(1, "2024-03-05")], first="2024-01-01", last="2024-03-31")
    found = gather(analysis, assigned((1, "treated", "2024-03-01")), arms=ARMS)
    with pytest.raises(InputError, match="State a margin"):
        found.path("margin", "treated")
    with pytest.raises(InputError, match="no treated arm"):
        found.path("kept", "voucher")
