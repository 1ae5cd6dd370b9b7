"""Orders made for measuring: the same for every run, with the dirt that an export has.

Columns: order_id, customer_id, ordered_at, amount, currency, country, channel. One row in a hundred is a repeat of another;
one in 200 has no customer, one in 250 no value.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.questions import AS_OF, CHANNELS, COUNTRIES, CURRENCY, FIRST

_DRAWN = """
WITH numbers AS (SELECT range AS i FROM range({orders})),
drawn AS (
  SELECT i,
    -- A few buy very often, most now and then.
    floor({customers} * pow({u1}, 1.6))::BIGINT AS customer,
    {u2} AS within, {u3} AS amount, {u4} AS channel, hash(i * 8 + 5) % 1000 AS dirt
  FROM numbers
), placed AS (
  SELECT *, floor({days} * pow((hash(customer * 8 + 6) % 1048576) / 1048576.0, 1.5))::BIGINT AS joined FROM drawn
)
SELECT 1000000 + i AS order_id,
  CASE WHEN dirt >= 5 THEN customer + 1 END AS customer_id,
  TIMESTAMP '{first}' + to_seconds(joined * 86400 + floor(({days} - joined) * 86400 * within)::BIGINT) AS ordered_at,
  CASE WHEN dirt BETWEEN 10 AND 13 THEN 0 ELSE round(exp(3.2 + 1.1 * (amount + within - 0.5)), 2) END::DECIMAL(12,2) AS amount,
  '{currency}' AS currency,
  {countries}[1 + (hash(customer * 8 + 7) % {n_countries})::INTEGER] AS country,
  {channels}[1 + floor({n_channels} * channel)::INTEGER] AS channel
FROM placed
"""


def drawn(orders: int, customers: int) -> str:
    """SQL of the orders before repeats."""
    uniform = {f"u{k}": f"((hash(i * 8 + {k}) % 1048576) / 1048576.0)" for k in (1, 2, 3, 4)}
    return _DRAWN.format(
        orders=orders,
        customers=customers,
        days=(AS_OF - FIRST).days,
        first=FIRST,
        currency=CURRENCY,
        countries=list(COUNTRIES),
        n_countries=len(COUNTRIES),
        channels=list(CHANNELS),
        n_channels=len(CHANNELS),
        **uniform,
    )


def parquet(folder: Path, orders: int, customers: int) -> Path:
    """The orders as one Parquet file in the order of time, made once."""
    path = folder / f"orders_{orders}_{customers}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        con = _connection(folder)
        repeated = "SELECT * FROM made UNION ALL SELECT * FROM made WHERE order_id % 100 = 42"
        con.execute(f"CREATE TABLE made AS {drawn(orders, customers)}")
        unfinished = path.with_suffix(".tmp")
        con.execute(
            f"COPY (SELECT * FROM ({repeated}) ORDER BY ordered_at) TO '{unfinished}' (FORMAT parquet, COMPRESSION zstd)"
        )
        unfinished.rename(path)
        con.close()
    return path


def csv(
    folder: Path, source: Path, *, name: str, where: str = "true", columns: dict[str, str] | None = None
) -> Path:
    """The rows of a Parquet file of orders as CSV, made once. `columns`: SQL of columns that are to be others."""
    path = folder / name
    if not path.exists():
        con = _connection(folder)
        unfinished = path.with_suffix(".tmp")
        others = ", ".join(f"{made} AS {name}" for name, made in (columns or {}).items())
        chosen = f"SELECT * {f'REPLACE ({others})' if others else ''} FROM '{source}' WHERE {where}"
        con.execute(f"COPY ({chosen}) TO '{unfinished}' (FORMAT csv, HEADER true)")
        unfinished.rename(path)
        con.close()
    return path


def _connection(folder: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"SET temp_directory = '{folder / 'spill'}'")
    con.execute("SET memory_limit = '6GB'; SET enable_progress_bar = false")
    return con
