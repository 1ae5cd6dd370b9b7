"""The analyses on the real demo shop, against pandas and plain Python that share no code with them.

Orders are read the simplest way (invoice value above zero, customer known), which gives the published 36,969 orders of
5,878 customers; the shop's own mapping is tested with the sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from regulars.demo import online_retail
from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import ORDERS, TABLES
from regulars.metrics import bridge, propose_by_history, propose_window, quality, rfm, rfm_customers, whatif
from regulars.metrics.analysis import Analysis
from regulars.metrics.cohorts import triangles
from regulars.metrics.segments import segment_size

W = 180
LAST = pd.Timestamp("2011-12-09")


@pytest.fixture(scope="module")
def invoices() -> pd.DataFrame:
    """One row an invoice that is no credit note: `order_id`, `customer`, `at`, `day`, `country`, `total`."""
    columns = ["Invoice", "Quantity", "Price", "InvoiceDate", "Customer ID", "Country"]
    older, newer = (pd.read_parquet(file, columns=columns) for file in online_retail.files())
    # Nine days stand in both exports: their invoices are taken from the newer.
    lines = pd.concat([older[~older.Invoice.isin(newer.Invoice)], newer])
    lines = lines[~lines.Invoice.str.startswith(("C", "A"))]
    lines["total"] = lines.Quantity * lines.Price
    lines["customer"] = lines["Customer ID"]
    found = lines.groupby("Invoice").agg(
        customer=("customer", "max"),
        at=("InvoiceDate", "min"),
        country=("Country", "max"),
        total=("total", "sum"),
    )
    found["day"] = found["at"].dt.normalize()
    return found.reset_index(names="order_id")


@pytest.fixture(scope="module")
def counted(invoices: pd.DataFrame) -> pd.DataFrame:
    kept = invoices[invoices.customer.notna() & (invoices.total > 0)].copy()
    kept["customer"] = kept.customer.astype("int64")
    return kept.sort_values(["customer", "at"])


@pytest.fixture(scope="module")
def analysis(invoices: pd.DataFrame) -> Iterator[Analysis]:
    amounts = pa.array([Decimal(str(total)) for total in invoices.total], pa.decimal128(18, 4))
    n = len(invoices)
    known = {
        "source": pa.array(["shop"] * n), "order_id": pa.array(invoices.order_id), "market": pa.array(["GB"] * n),
        "customer": pa.array(invoices.customer.astype("Int64")), "at": pa.array(invoices["at"], pa.timestamp("us")),
        "local_day": pa.array(invoices.day.dt.date, pa.date32()), "country": pa.array(invoices.country),
        "currency": pa.array(["GBP"] * n), "total": amounts, "goods": amounts,
    }  # fmt: skip
    columns = [known.get(field.name, pa.nulls(n)).cast(field.type) for field in ORDERS.arrow]
    engine = DuckEngine()
    for table in TABLES.values():
        engine.bind(table, [])
    engine.con.execute("DROP VIEW orders")
    engine.put("orders", pa.table(columns, schema=ORDERS.arrow))
    yield Analysis.of(engine, Definitions(window_days=W, currency="GBP"))
    engine.close()


def test_the_published_counts_remain(analysis: Analysis) -> None:
    found = rfm(analysis)
    assert (sum(group.orders for group in found.groups), found.customers) == (36_969, 5_878)


def test_the_window_is_that_of_a_plain_kaplan_meier(analysis: Analysis, counted: pd.DataFrame) -> None:
    days = counted.drop_duplicates(["customer", "day"])
    gaps = days.groupby("customer").day.diff().dt.days.dropna()
    waits = (LAST - days.groupby("customer").day.max()).dt.days
    waiting, curve = 1.0, {}
    for day in sorted(gaps.unique()):
        at_risk = (gaps >= day).sum() + (waits >= day).sum()
        waiting *= 1 - (gaps == day).sum() / at_risk
        curve[int(day)] = 1 - waiting
    final = max(curve.values())
    found = propose_window(analysis)
    assert found.days == min(day for day, share in curve.items() if share >= 0.9 * final)
    assert abs(float(found.share_returned) - final) < 1e-9
    assert (found.repeat_orders, found.customers) == (len(gaps), 5_878)
    assert abs(float(found.mean_gap or 0) - gaps.mean()) < 1e-9
    assert found.weak == ()


def test_shorter_histories_propose_shorter_windows_and_six_months_are_weak(analysis: Analysis) -> None:
    six, twelve, all_of_it = propose_by_history(analysis, (6, 12, 24))
    assert (six.days or 0) < (twelve.days or 0) < (all_of_it.days or 0)
    assert [weakness.code for weakness in six.weak] == ["short_history"]
    assert twelve.weak == all_of_it.weak == ()


def test_cohorts_are_those_of_a_plain_group_by(analysis: Analysis, counted: pd.DataFrame) -> None:
    first = counted.groupby("customer").day.transform("min")
    told = counted[first >= pd.Timestamp("2009-12-01") + pd.Timedelta(days=W)].assign(first=first)
    month = told.day.dt.year * 12 + told.day.dt.month
    k = month - (told["first"].dt.year * 12 + told["first"].dt.month)
    parts = told.total.map(lambda total: int(total * 10_000))  # whole numbers: pandas cannot add decimals up
    frame = told.assign(cohort=told["first"].dt.strftime("%Y-%m-01"), k=k, parts=parts)
    reach = frame.groupby(["cohort", "k"]).customer.nunique()
    money = frame.groupby(["cohort", "k"]).parts.sum().groupby(level=0).cumsum()
    found = triangles(analysis, ["customers", "revenue"])
    cells = {(cell.cohort, cell.offset): cell for cell in found["customers"].cells}
    for key, customers in reach.items():
        assert cells[key].numerator == customers
    amounts = {(cell.cohort, cell.offset): cell.numerator for cell in found["revenue"].cells}
    for key, total in money.items():
        assert amounts[key] * 10_000 == total
    assert sum(cohort.size for cohort in found["customers"].cohorts) == 5_878


def test_who_is_still_a_customer_is_so_order_by_order(analysis: Analysis, counted: pd.DataFrame) -> None:
    first = counted.groupby("customer").day.transform("min")
    october = counted[(first >= "2010-10-01") & (first < "2010-11-01")]
    found = triangles(analysis, ["retained"])["retained"]
    cells = {cell.offset: cell for cell in found.cells if cell.cohort == "2010-10-01"}
    for offset in range(14):
        t = pd.Timestamp("2010-11-01") + pd.DateOffset(months=offset)
        seen = october[(october.day < t) & (october.day >= t - pd.Timedelta(days=W))]
        assert cells[offset].numerator == seen.customer.nunique()


def test_rfm_scores_follow_pandas(analysis: Analysis, counted: pd.DataFrame) -> None:
    by = counted.groupby("customer").agg(
        last=("day", "max"), orders=("order_id", "count"), revenue=("total", "sum")
    )
    by["recency"] = (LAST + pd.Timedelta(days=1) - by["last"]).dt.days
    found = rfm(analysis).cuts
    ranked = {name: sorted(by[name]) for name in ("recency", "orders", "revenue")}
    nearest = {
        name: [values[-(-len(values) * i // 5) - 1] for i in (1, 2, 3, 4)] for name, values in ranked.items()
    }
    assert list(found.recency) == nearest["recency"]
    assert list(found.frequency) == nearest["orders"]
    assert list(found.monetary) == nearest["revenue"]
    rows = analysis.run(rfm_customers(analysis)).to_pandas().set_index("customer").sort_index()
    assert (rows.r == 5 - sum((by.recency > cut).astype(int) for cut in nearest["recency"])).all()
    assert (rows.m == 1 + sum((by.revenue > cut).astype(int) for cut in nearest["revenue"])).all()


def test_segment_sizes_are_those_of_pandas(analysis: Analysis, counted: pd.DataFrame) -> None:
    by = counted.groupby("customer").agg(
        last=("day", "max"), n=("order_id", "count"), country=("country", "first")
    )
    away = (LAST + pd.Timedelta(days=1) - by["last"]).dt.days
    expected = ((by.n >= 3) & (away > 90) & by.country.isin(["Germany", "France"])).sum()
    rule = "orders >= 3 and days_since_last_order > 90 and country in (Germany, France)"
    assert segment_size(analysis, rule) == expected > 0


def test_the_bridge_starts_at_all_invoices_and_ends_at_the_revenue_used(
    analysis: Analysis, invoices: pd.DataFrame, counted: pd.DataFrame
) -> None:
    found = bridge(analysis)
    assert found.line("files_total").amount == round(invoices.total.sum(), 2)
    assert (found.line("files_total").orders, found.line("revenue").orders) == (len(invoices), 36_969)
    assert found.line("revenue").amount == round(counted.total.sum(), 2)


def test_what_if_rests_on_the_customers_of_the_last_year(analysis: Analysis, counted: pd.DataFrame) -> None:
    end = LAST + pd.Timedelta(days=1)
    start, reach = end - pd.DateOffset(years=1), pd.Timedelta(days=W)
    before = set(counted[(counted.day >= start - reach) & (counted.day < start)].customer)
    kept = before & set(counted[(counted.day >= end - reach) & (counted.day < end)].customer)
    year = counted[(counted.day >= start) & counted.customer.isin(kept)]
    found = whatif(analysis)
    assert (found.start_customers, found.kept_customers) == (len(before), len(kept))
    mean = year.total.sum() / len(kept)
    assert abs((found.mean_per_kept or 0) - mean) < Decimal("0.0001")
    points = next(effect for effect in found.effects if effect.scenario == "retention_points")
    assert abs((points.effect or 0) - mean * len(before) * 5 / 100) < Decimal("0.01")


def test_quality_finds_the_known_oddities(analysis: Analysis, invoices: pd.DataFrame) -> None:
    found = {finding.code: finding for finding in quality(analysis).findings}
    assert found["guests"].found == invoices.customer.isna().sum()
    # Two orders of 168,469.60 and 77,183.60 pounds, both taken back on the same day.
    assert (found["impossible_amounts"].found, found["impossible_amounts"].revenue) == (
        2,
        Decimal("245653.20"),
    )
    assert found["house_accounts"].found == 1
