"""From the made-up exports to the figures: everything that was planted is found again, to the cent where cents are known."""

from decimal import Decimal

import pytest

from regulars.demo import nordlys
from regulars.demo.run import nordlys_shop
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.metrics import bridge, quality
from regulars.metrics.catalogue import FIGURES
from regulars.metrics.opening import open_lake_with

CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def truth():
    return nordlys.truth(nordlys.plan())


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return nordlys_shop(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def analysis(shown):
    engine = DuckEngine()
    opened = open_lake_with(Lake.open(shown.lake), engine, nordlys.DEFINITIONS)
    opened.analysis.prepare()
    yield opened.analysis
    engine.close()


@pytest.fixture(scope="module")
def rows(analysis):
    def ask(query):
        return analysis.engine.con.execute(query).fetchall()

    return ask


def by_store(rows, query):
    return {store: values for store, *values in rows(query)}


def test_every_order_of_the_exports_is_in_the_lake_once(rows, truth):
    found = by_store(rows, "SELECT source, count(*), sum(total) FROM orders GROUP BY source")
    assert found == {store: [known.orders, known.total] for store, known in truth.stores.items()}


def test_each_order_is_left_out_for_the_reason_that_was_planted(analysis, rows, truth):
    found = rows("SELECT source, reason, count(*) FROM orders_judged WHERE reason IS NOT NULL GROUP BY ALL")
    wanted = {
        (store, reason, orders)
        for store, known in truth.stores.items()
        for reason, orders in known.left_out.items()
        if orders
    }
    assert set(found) == wanted


def test_counted_orders_and_their_goods_are_those_of_the_plan(analysis, rows, truth):
    found = by_store(
        rows, "SELECT source, count(*), sum(goods) FROM orders_judged WHERE reason IS NULL GROUP BY source"
    )
    for store, known in truth.stores.items():
        orders, goods = found[store]
        assert orders == known.counted
        # Where an export gives only an order's tax, the share of it in the goods is right to a cent an order.
        assert abs(goods - known.goods) <= CENT * known.counted


def test_people_are_counted_once_across_stores(rows, truth):
    assert rows("SELECT count(*) FROM customer_base") == [(truth.customers,)]
    several = "SELECT count(*) FROM (SELECT customer FROM orders_judged WHERE reason IS NULL GROUP BY customer HAVING count(DISTINCT source) > 1)"
    assert rows(several) == [(truth.customers_in_two_stores,)]


def test_refunds_lower_revenue_on_their_own_day_where_they_have_one(rows, truth):
    found = by_store(
        rows, "SELECT source, count(*), count(*) FILTER (day_known) FROM counted_refunds GROUP BY source"
    )
    wanted = {store: [known.refunds, known.refunds_with_own_day] for store, known in truth.stores.items()}
    assert found == wanted


def test_the_bridge_begins_with_the_files_own_totals(analysis, truth):
    totals = {total.currency: (total.orders, total.total) for total in bridge(analysis).currencies}
    currencies = {"no": "NOK", "de": "EUR", "ro": "RON", "br": "BRL"}
    wanted = {currencies[store]: (known.orders, known.total) for store, known in truth.stores.items()}
    assert totals == wanted


def test_romania_has_the_late_parcels(rows):
    late = """SELECT market, avg((delivered_day > promised_day)::INT) FROM shipments
              WHERE delivered_day IS NOT NULL GROUP BY market"""
    shares = dict(rows(late))
    assert shares.pop("RO") > 0.3
    assert max(shares.values()) < 0.1


def test_romania_keeps_fewer_of_its_customers(analysis):
    year = analysis.calendar("year")
    kept = {
        dict(row.dimensions)["market"]: row.value
        for row in analysis.rows([FIGURES["retention_rate"]], year, ("market",))
        if row.complete and dict(row.dimensions).get("market")
    }
    assert min(kept, key=lambda market: kept[market]) == "RO"


def test_relay_shared_and_house_addresses_are_listed_with_their_orders(shown, truth):
    notes = {(note.source, note.kind): note for found in shown.imports for note in found.quality}
    assert notes["de", "shared"].orders == truth.shared_orders
    assert notes["no", "house"].orders == truth.house_orders
    assert notes["de", "relay"].what == "marketplace.amazon.example"


def test_nobody_with_hundreds_of_orders_is_left_among_the_customers(analysis):
    found = {finding.code: finding.found for finding in quality(analysis).findings}
    assert found.get("house_accounts", 0) == 0


def test_the_month_that_the_quarter_repeats_changes_nothing_twice(shown):
    norway = shown.imports[0]
    repeated = next(file for file in norway.files if file.file == "no_orders_2026-07.csv")
    assert (repeated.used, repeated.duplicates) == (0, repeated.rows)


def test_reports_are_written_in_english_and_german(shown):
    pages = [page.read_text(encoding="utf-8") for page in shown.reports]
    assert [page.count("<html") for page in pages] == [1, 1]
    assert 'lang="en"' in pages[0]
    assert 'lang="de"' in pages[1]


def test_the_reports_name_nobody(shown):
    for page in shown.reports:
        assert ".example" not in page.read_text(encoding="utf-8")
