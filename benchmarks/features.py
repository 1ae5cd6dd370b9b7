"""Features of all customers as of four days, against hand-written DuckDB SQL, a query a day, that gives the same numbers."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from benchmarks import orders as made
from benchmarks.harness import publish, table
from regulars.kernel.definitions import Definitions
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import TABLES
from regulars.metrics.analysis import Analysis
from regulars.prediction.features import FEATURES, features_expression

GOAL = 2.0
CUTS = (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1))
_NAMES = ("Page Viewed", "Product Viewed", "Product Added", "Cart Viewed", "Checkout Started")

_EVENTS = """
SELECT 'web' AS source, 'e' || i AS event_id, 1 + (hash(i * 3 + 1) % {customers})::BIGINT AS customer,
  TIMESTAMP '2024-01-01' + to_seconds((hash(i * 3 + 2) % 63072000)::BIGINT) AS "at",
  {names}[1 + (hash(i * 3 + 3) % {n_names})::INTEGER] AS name, (hash(i) % 300)::DOUBLE AS seconds
FROM range({events}) AS t(i)
"""

# What a person would write for one day: a query over the orders, one over the events, joined.
_BY_HAND = """
WITH o AS (
  SELECT customer_id AS customer, date_diff('day', ordered_at::DATE, DATE '{cut}') AS age, ordered_at::DATE AS day, amount,
    lag(ordered_at::DATE) OVER (PARTITION BY customer_id ORDER BY ordered_at) AS previous
  FROM clean WHERE ordered_at < '{cut}'
), f AS (SELECT *, previous IS NULL OR previous < day AS fresh, CASE WHEN previous < day THEN day - previous END AS gap FROM o),
by_orders AS (
  SELECT customer, max(age) AS age, min(age) AS days_since_last, sum(fresh::INT) AS order_days, count(*) AS orders,
    median(gap) AS gap_median, stddev_samp(gap) AS gap_deviation, max(gap) AS gap_longest,
    date_diff('day', max(CASE WHEN previous < day THEN previous END), DATE '{cut}') AS days_to_second_last,
    {order_windows}, {money_windows}, {decayed},
    sum(fresh::INT) FILTER (age <= 365 AND age > 274) AS order_days_season,
    sum(amount) AS revenue, sum(amount) FILTER (previous IS NULL) AS first_revenue
  FROM f GROUP BY customer
), by_events AS (
  SELECT customer, min(age) AS days_since_visit, {event_windows},
    count(*) FILTER (name IN ('Product Added', 'Cart Viewed', 'Checkout Started') AND age <= 30) AS carts_30,
    sum(seconds) FILTER (age <= 91) AS seconds_91
  FROM (SELECT customer, name, seconds, date_diff('day', local_day, DATE '{cut}') AS age FROM events WHERE local_day < '{cut}')
  GROUP BY customer
)
SELECT *, (age - days_since_last) / nullif(order_days - 1, 0) AS gap_mean, days_to_second_last - days_since_last AS gap_last,
  days_since_last / nullif(gap_median, 0) AS overdue, revenue / orders AS average_order_value, order_days / age AS rate,
  ln((order_days_91 + 0.5) / (order_days_182 - order_days_91 + 0.5)) AS trend
FROM by_orders LEFT JOIN by_events USING (customer)
"""


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.features", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    given = parser.parse_args()
    engine = DuckEngine(threads=given.threads, memory="8GB")
    _fill(engine, made.parquet(given.data, given.orders, given.customers), given.events, given.customers)
    analysis = Analysis.of(engine, Definitions(window_days=91, currency="EUR"))
    analysis.prepare()
    engine.con.execute(
        'CREATE TABLE clean AS SELECT customer AS customer_id, "at" AS ordered_at, goods AS amount FROM orders'
    )
    theirs, wall = _by_hand(engine.con)
    ours, our_wall = _ours(analysis)
    wrong = _differences(engine.con)
    if wrong:
        raise SystemExit(f"answers differ: {wrong}")
    rows: list[tuple[object, ...]] = [
        ("hand-written DuckDB, a query a day", f"{theirs:.1f} s", f"{wall:.1f} s", "", ""),
        ("Regulars", f"{ours:.1f} s", f"{our_wall:.1f} s", f"at most {GOAL:.0f} times", f"**{ours / theirs:.2f}**"),
    ]  # fmt: skip
    text = (
        f"{given.customers:,} customers, {given.orders:,} orders, {given.events:,} events, as of {len(CUTS)} days, kept as a table; "
        f"order counts, gaps and visits compared and equal. Ours computes {len(FEATURES)} declared features where their facts are "
        "given, from prepared orders; theirs from cleaned ones. Seconds of the processor, then of the clock."
    )
    publish("features", text + "\n\n" + table(("", "processor", "clock", "goal", "measured"), rows))


def _fill(engine: DuckEngine, file: Path, events: int, customers: int) -> None:
    con = engine.con
    con.execute(
        "CREATE TABLE orders_made AS SELECT 'shop' AS source, order_id::VARCHAR AS order_id, customer_id AS customer, "
        'ordered_at AS "at", ordered_at::DATE AS local_day, amount::DECIMAL(18,4) AS goods, currency, country, channel '
        f"FROM '{file}' WHERE customer_id IS NOT NULL AND amount > 0 QUALIFY row_number() OVER (PARTITION BY order_id) = 1"
    )
    drawn = _EVENTS.format(events=events, customers=customers, names=list(_NAMES), n_names=len(_NAMES))
    con.execute(f'CREATE TABLE events_made AS SELECT *, "at"::DATE AS local_day FROM ({drawn})')
    for name, fact in TABLES.items():
        if name in ("orders", "events"):
            known = {row[0] for row in con.execute(f"DESCRIBE {name}_made").fetchall()}
            columns = ", ".join(
                f'"{c.name}"' if c.name in known else f'NULL::{c.duckdb} AS "{c.name}"' for c in fact.columns
            )
            con.execute(f"CREATE VIEW {name} AS SELECT {columns} FROM {name}_made")
        else:
            engine.bind(fact, [])


def _by_hand(con: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    start, clock = time.process_time(), time.perf_counter()
    for n, cut in enumerate(CUTS):
        windows = (30, 91, 182, 365)
        query = _BY_HAND.format(
            cut=cut,
            order_windows=", ".join(
                f"sum(fresh::INT) FILTER (age <= {d}) AS order_days_{d}" for d in windows
            ),
            money_windows=", ".join(f"sum(amount) FILTER (age <= {d}) AS revenue_{d}" for d in windows),
            decayed=", ".join(
                f"sum(pow(0.5, age / {d})) FILTER (fresh) AS order_days_decayed_{d}" for d in (30, 91, 365)
            ),
            event_windows=", ".join(f"count(*) FILTER (age <= {d}) AS events_{d}" for d in (7, 30, 91, 365)),
        )
        con.execute(f"CREATE OR REPLACE TABLE by_hand_{n} AS {query}")
    return time.process_time() - start, time.perf_counter() - clock


def _ours(analysis: Analysis) -> tuple[float, float]:
    start, clock = time.process_time(), time.perf_counter()
    analysis.engine.materialise("ours", features_expression(analysis, CUTS, horizon=91))
    return time.process_time() - start, time.perf_counter() - clock


def _differences(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Sums of what both have, by day."""
    found = []
    for n, cut in enumerate(CUTS):
        for name in (
            "age",
            "days_since_last",
            "order_days",
            "gap_median",
            "gap_longest",
            "order_days_182",
            "events_30",
            "carts_30",
        ):
            a = con.execute(f"SELECT sum({name}) FROM ours WHERE cut = DATE '{cut}'").fetchone()
            b = con.execute(f"SELECT sum(coalesce({name}, 0)) FROM by_hand_{n}").fetchone()
            if a is None or b is None or abs(float(a[0]) - float(b[0])) > 1e-9 * abs(float(b[0])):
                found.append(f"{name} on {cut}: {a} against {b}")
    return found


if __name__ == "__main__":
    main()
