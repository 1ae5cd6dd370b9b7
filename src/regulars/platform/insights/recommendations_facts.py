"""The purchases of a snapshot in the worker's engine: made once, sorted by customer, then read some customers at a time.

`bought` (customer, product, day, quantity, revenue) is one row a customer, product and day; `held` one a customer and product.
Both may be larger than memory: the engine pages them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.lake.engines import DuckEngine
from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import in_reporting_currency
from regulars.platform.customers import api as customers
from regulars.platform.insights.listing import NAME as LISTED
from regulars.prediction import Catalogue, Interactions, catalogue
from regulars.prediction.recommend.interactions import EPOCH, counted_lines, interactions_in

YEAR = 365
_DAY_ZERO = "DATE '1970-01-01'"


@dataclass(frozen=True)
class Purchases:
    """What `gather` made; `codes`: all product codes, sorted; `rows`: of `bought`, and `people`, its customers; objectors left out."""

    con: duckdb.DuckDBPyConnection
    analysis: Analysis
    codes: npt.NDArray[np.str_]
    rows: int
    people: int

    @property
    def as_of(self) -> date:
        """The first day that is not in it."""
        return self.analysis.as_of

    def sample(self, most: int) -> Interactions:
        """Everybody's purchases, or those of every n-th customer where there are more than `most` rows."""
        every = -(-self.rows // most)
        return self._read(f"customer % {every} = 0" if every > 1 else "true")

    def slices(self, size: int) -> Iterator[Interactions]:
        """The purchases of so many customers at a time, by ascending number."""
        people = self.con.execute("SELECT DISTINCT customer FROM bought ANTI JOIN objected USING (customer)")
        numbers = np.sort(people.fetchnumpy()["customer"])
        for start in range(0, len(numbers), size):
            part = numbers[start : start + size]
            yield self._read(f"customer BETWEEN {int(part[0])} AND {int(part[-1])}")

    def markets(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
        """The home market of each of these customers (sorted numbers); '' where it is not known."""
        self.con.register("_asked", pa.table({"customer": numbers}))
        try:
            found = self.con.execute(
                f"SELECT coalesce(market, '') AS market FROM _asked LEFT JOIN {LISTED} USING (customer) ORDER BY customer"
            ).fetchnumpy()["market"]
        finally:
            self.con.unregister("_asked")
        return np.asarray(found, dtype=np.str_)

    def _read(self, which: str) -> Interactions:
        rows = self.con.sql(
            f"SELECT customer, product, day, quantity FROM bought ANTI JOIN objected USING (customer) WHERE {which}"
        ).to_arrow_table()
        return interactions_in(rows, self.as_of, self.codes)


def gather(analysis: Analysis) -> Purchases:
    """Make `bought` and `held` of the analysis's facts in its engine."""
    engine = analysis.engine
    assert isinstance(engine, DuckEngine)
    con = engine.con
    lines = counted_lines(analysis.as_of)
    valued = in_reporting_currency(
        lines.mutate(goods=lines.goods.fill_null(0)), ("goods",), analysis.converted
    )
    rows = valued.select(
        "customer", "product", "quantity", "goods", day=days_between(valued.local_day, ibis.literal(EPOCH, "date"))
    )  # fmt: skip
    analysis.run(rows.limit(0))  # what it reads is prepared
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bought AS SELECT customer, product, day::INTEGER AS day, sum(quantity)::DOUBLE AS quantity, "
        f"sum(goods)::DOUBLE AS revenue FROM ({engine.sql(rows)}) GROUP BY ALL ORDER BY customer, product, day"
    )
    con.register("_objected", customers.profiling_table())
    con.execute("CREATE OR REPLACE TEMP TABLE objected AS SELECT customer FROM _objected")
    con.unregister("_objected")
    since = (analysis.as_of - timedelta(days=YEAR) - EPOCH).days
    con.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT customer, product, count(*) AS days, min(day) AS first, max(day) AS last, "
        "min(day) FILTER (n = 2) AS second, sum(quantity) AS pieces, sum(revenue) AS revenue, "
        f"coalesce(sum(revenue) FILTER (day >= {since}), 0) AS revenue_year, "
        f"coalesce(sum(quantity) FILTER (day >= {since}), 0) AS pieces_year "
        "FROM (SELECT *, row_number() OVER (PARTITION BY customer, product ORDER BY day) AS n FROM bought) GROUP BY ALL"
    )
    codes = np.sort(
        np.asarray([row[0] for row in con.execute("SELECT DISTINCT product FROM bought").fetchall()], np.str_)
    )
    counted = con.execute(
        "SELECT count(*), count(DISTINCT customer) FROM bought ANTI JOIN objected USING (customer)"
    ).fetchall()
    return Purchases(con, analysis, codes, *map(int, counted[0]))


def sales(found: Purchases) -> pa.Table:
    """The rows of PRODUCT_SALES."""
    return found.con.sql(
        "SELECT product, coalesce(market, '') AS market, count(*) AS buyers, count(*) FILTER (days > 1) AS again, "
        "sum(pieces) AS pieces, sum(held.revenue) AS revenue, sum(revenue_year) AS revenue_year, "
        f"{_DAY_ZERO} + min(first)::INTEGER AS first_day, {_DAY_ZERO} + max(last)::INTEGER AS last_day "
        f"FROM held LEFT JOIN {LISTED} USING (customer) GROUP BY ALL"
    ).to_arrow_table()


def waits(found: Purchases) -> dict[str, npt.NDArray[np.generic]]:
    """Days from the first purchase of a product to the second (`came`), or to the day that is looked at (`ended`): counts."""
    today = (found.as_of - EPOCH).days
    rows = found.con.execute(
        f"SELECT product, (coalesce(second, {today}) - first)::BIGINT AS wait, "
        "count(*) FILTER (second IS NOT NULL) AS came, count(*) FILTER (second IS NULL) AS ended FROM held GROUP BY ALL"
    ).fetchnumpy()
    return dict(rows)


def known_products(found: Purchases) -> Catalogue:
    """Name, category and price of each of `found.codes`: as the `products` table has them, else as the lines say."""
    named = catalogue(found.analysis)
    lines = found.con.execute(
        "SELECT product, arg_max(category, (n, category)) AS category FROM (SELECT product, category, count(*) AS n FROM order_lines "
        "WHERE kind = 'goods' AND product <> '' AND category <> '' GROUP BY ALL) GROUP BY product"
    ).fetchall()
    paid = found.con.execute(
        "SELECT product, coalesce(sum(revenue_year) / nullif(sum(pieces_year), 0), sum(revenue) / nullif(sum(pieces), 0)) "
        "FROM held GROUP BY product"
    ).fetchall()
    at = {code: place for place, code in enumerate(named.products.tolist())}
    of_lines, of_pieces = dict(lines), dict(paid)
    name, category, price = [], [], []
    for code in found.codes.tolist():  # products, not customers
        place = at.get(code)
        name.append((named.name[place] if place is not None else "") or code)
        category.append((named.category[place] if place is not None else "") or of_lines.get(code, ""))
        listed = float(named.price[place]) if place is not None else 0.0
        price.append(listed or max(float(of_pieces.get(code) or 0.0), 0.0))
    return Catalogue(
        found.codes,
        np.asarray(price),
        np.asarray(category, dtype=np.str_),
        np.asarray(name, dtype=np.str_),
    )
