"""What must hold for any shop: reach stays within the cohort, groups add up, order of rows does not matter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.lake.engines import DuckEngine
from regulars.metrics import bridge, propose_window, rfm
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohorts import triangles
from support.tiny import analysed, bought, refunded

FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
_DAY = st.dates(
    min_value=bought(1, "2024-01-01")["local_day"], max_value=bought(1, "2024-06-30")["local_day"]
)
_AMOUNT = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
_ORDER = st.tuples(st.one_of(st.none(), st.integers(1, 9)), _DAY, _AMOUNT, _AMOUNT)
SHOPS = st.lists(_ORDER, max_size=40)
Shop = list[tuple[int | None, Any, Decimal, Decimal]]


def of(shop: Shop, engine: DuckEngine) -> Analysis:
    orders = [
        bought(c, day.isoformat(), str(goods), total=goods + tax, tax=tax) for c, day, goods, tax in shop
    ]
    back = [
        refunded(c, day.isoformat(), str(goods), amount=goods + tax, tax=tax)
        for c, day, goods, tax in shop[::5]
    ]
    return analysed(engine, orders, first="2024-01-01", last="2024-06-30", payments=back)


@given(SHOPS)
@FEW
def test_cohorts(shop: Shop) -> None:
    engine = DuckEngine()
    found = triangles(of(shop, engine), ["customers", "returned", "retained", "orders"])
    engine.close()
    for measure in ("customers", "returned", "retained"):
        assert all(0 <= cell.numerator <= cell.denominator for cell in found[measure].cells)
    buyers = {customer for customer, _, goods, _ in shop if customer is not None and goods > 0}
    assert sum(cohort.size for cohort in found["customers"].cohorts) == len(buyers)
    for measure in ("returned", "orders"):
        for cohort in found[measure].cohorts:
            row = [
                c.numerator
                for c in found[measure].cells
                if c.cohort == cohort.key and not cohort.already_there
            ]
            assert row == sorted(row)


@given(SHOPS, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_rows_changes_nothing(shop: Shop, chance: Any) -> None:
    shuffled = list(shop)
    chance.shuffle(shuffled)
    engine = DuckEngine()
    # Refunds are made from every fifth row, so only orders are shuffled here.
    results = []
    for rows in (shop, shuffled):
        orders = [bought(c, day.isoformat(), str(goods)) for c, day, goods, _ in rows]
        analysis = analysed(engine, orders, first="2024-01-01", last="2024-06-30")
        results.append((propose_window(analysis), rfm(analysis), bridge(analysis)))
    engine.close()
    assert results[0] == results[1]


@given(SHOPS)
@FEW
def test_the_bridge_adds_up_to_the_cent_and_rfm_to_the_whole(shop: Shop) -> None:
    engine = DuckEngine()
    analysis = of(shop, engine)
    found, groups = bridge(analysis), rfm(analysis)
    engine.close()
    running = None
    for line in found.lines:
        if line.kind == "total":
            assert running is None or running == line.amount
            running = line.amount
        elif running is not None and line.amount is not None:
            running += line.amount
    buyers = {customer for customer, _, goods, _ in shop if customer is not None and goods > 0}
    assert groups.customers == sum(group.customers for group in groups.groups) == len(buyers)
