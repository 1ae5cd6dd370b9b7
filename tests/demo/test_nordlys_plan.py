"""The made-up shop holds what its module says was planted, and is the same every time."""

import csv
import json
from decimal import Decimal

import pytest

from regulars.demo import nordlys


@pytest.fixture(scope="module")
def plan():
    return nordlys.plan()


@pytest.fixture(scope="module")
def truth(plan):
    return nordlys.truth(plan)


@pytest.fixture(scope="module")
def written(plan, tmp_path_factory):
    return nordlys.write(plan, tmp_path_factory.mktemp("nordlys"))


def share(truth, *, late=None, discounted=None, country=None):
    """Share of new people who came back, of those with these traits."""
    chosen = [
        counts
        for (where, was_late, was_discounted), counts in truth.came_back.items()
        if late in (None, was_late) and discounted in (None, was_discounted) and country in (None, where)
    ]
    return sum(again for _, again in chosen) / sum(people for people, _ in chosen)


def test_the_same_seed_gives_the_same_shop(plan, truth):
    again = nordlys.plan()
    assert nordlys.truth(again) == truth


def test_another_seed_gives_another_shop(truth):
    assert nordlys.truth(nordlys.plan(seed=1)) != truth


def test_the_four_stores_have_some_forty_thousand_orders(truth):
    orders = {store: found.orders for store, found in truth.stores.items()}
    assert orders.keys() == {"no", "de", "ro", "br"}
    assert 30_000 < sum(orders.values()) < 45_000


def test_orders_are_counted_or_left_out_for_one_reason(truth):
    for store in truth.stores.values():
        assert store.counted + sum(store.left_out.values()) == store.orders


def test_romania_keeps_fewer_people(truth):
    others = [share(truth, country=country) for country in ("NO", "DE", "AT", "BR")]
    assert share(truth, country="RO") < min(others) - 0.05


def test_romania_keeps_as_many_where_the_parcel_was_in_time(truth):
    in_time = share(truth, country="RO", late=False)
    assert in_time == pytest.approx(share(truth, country="NO", late=False), abs=0.04)


def test_who_began_with_a_discount_stays_less(truth):
    assert share(truth, discounted=True) < share(truth, discounted=False) - 0.15


def test_totals_are_goods_tax_and_shipping(plan, truth):
    goods = dict(plan.con.execute("SELECT store, sum(goods)::BIGINT FROM orders GROUP BY store").fetchall())
    for name, store in truth.stores.items():
        assert store.total == Decimal(goods[name]) / 100 + store.tax + store.shipping


def test_every_address_is_on_a_name_reserved_for_examples(plan):
    addresses = plan.con.execute("SELECT DISTINCT shown_email FROM orders WHERE shown_email <> ''").fetchall()
    assert [address for (address,) in addresses if not address.lower().endswith(".example")] == []


def test_the_same_plan_writes_the_same_bytes(plan, written, tmp_path):
    again = nordlys.write(plan, tmp_path)
    for first, second in zip(written.exports, again.exports, strict=True):
        assert [f.read_bytes() for f in first.files] == [f.read_bytes() for f in second.files]


def test_the_quarterly_export_repeats_the_month_with_later_refunds(written):
    month, quarter = (_shopify_states(file) for file in written.exports[0].files[1:])
    assert month.keys() < quarter.keys()
    changed = {(month[number], quarter[number]) for number in month if month[number] != quarter[number]}
    assert changed == {("paid", "refunded"), ("paid", "partially_refunded")}


def test_german_orders_are_json_lines_that_add_up(written):
    with written.exports[1].files[0].open(encoding="utf-8") as file:
        for order in map(json.loads, file):
            lines = sum(Decimal(line["total"]) + Decimal(line["total_tax"]) for line in order["line_items"])
            shipping = Decimal(order["shipping_total"]) + Decimal(order["shipping_tax"])
            assert lines + shipping == Decimal(order["total"])


def _shopify_states(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            row["Name"]: row["Financial Status"] for row in csv.DictReader(lines) if row["Financial Status"]
        }
