"""Make ecb.parquet from the European Central Bank's history: `python -m regulars.lake.data.build_ecb eurofxref-hist.csv`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from regulars.lake.engines.parquet import literal, quoted
from regulars.lake.rates import read_rates


def build(source: str, target: Path) -> None:
    """Write one row a day and one column a currency: half the size of one row a rate."""
    con = duckdb.connect()
    con.register("rates", read_rates(source))
    names = [name for (name,) in con.execute("SELECT DISTINCT currency FROM rates ORDER BY 1").fetchall()]
    columns = ", ".join(
        f"max(per_euro) FILTER (currency = {literal(n)})::DECIMAL(18,6) AS {quoted(n)}" for n in names
    )
    con.execute(
        f"COPY (SELECT day, {columns} FROM rates GROUP BY day ORDER BY day) TO {literal(str(target))} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, PARQUET_VERSION v2)"
    )
    con.close()


if __name__ == "__main__":
    build(sys.argv[1], Path(__file__).with_name("ecb.parquet"))
