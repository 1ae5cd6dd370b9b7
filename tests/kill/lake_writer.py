"""Writes one import after another to a lake, until it is killed: `python lake_writer.py LAKE FIRST`.

Import n holds 40 + n orders with goods n, and two lines for each. It is one version.
"""

from __future__ import annotations

import sys

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine

ORDERS = 40


def write(lake: Lake, engine: DuckEngine, number: int) -> int:
    """One import: replaces all orders and lines, adds some new ones, compacts now and then."""
    facts = (
        "'shop' AS source, i::TEXT AS order_id, i AS customer, TIMESTAMP '2024-01-01' AS \"at\", "
        f"DATE '2024-01-01' AS local_day, {number} AS goods"
    )
    count = ORDERS + number
    engine.con.execute(f"CREATE OR REPLACE TABLE new_orders AS SELECT {facts} FROM range({count}) t(i)")
    engine.con.execute(
        f"CREATE OR REPLACE TABLE new_lines AS SELECT {facts}, l AS line FROM range({count}) t(i), range(2) u(l)"
    )
    with lake.writer() as writer:
        writer.replace(engine.con, "orders", "new_orders")
        writer.replace(engine.con, "order_lines", "new_lines")
        version = writer.publish(note=str(number))
    if number % 3 == 0:
        lake.compact()
    if number % 5 == 0:
        lake.vacuum(keep=3)
    return version


def main(path: str, first: int) -> None:
    lake, engine = Lake.open(path), DuckEngine(memory="200MB", threads=1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for number in range(first, 1_000_000):
        write(lake, engine, number)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
