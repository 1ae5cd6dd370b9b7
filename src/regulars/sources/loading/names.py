"""What products are called, as the lines of orders say it: exports of orders name them, few shops export products as such."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.lake.engines.parquet import rows_of
from regulars.lake.tables import PRODUCTS
from regulars.sources.loading.documents import STAGE

_NAMED = ("line_product", "line_product_name")
_NO_NAME = "('', 'nan', 'none', 'null', 'n/a', '?')"  # what programs write where they know none


def name_products(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], lake_products: Sequence[str]
) -> None:
    """Add to `products` each product of goods lines with the name that most of its lines give it.

    `fields`: what feeds the orders; `lake_products`: Parquet files of the products that are known. What this import or the
    lake knows of a product stays: a table of products has a price and a cost, and a line's name is a copy of an older day.
    """
    if not fields.issuperset(_NAMED):
        return
    known = rows_of(PRODUCTS, list(lake_products))
    chosen = ", ".join(
        {"source": "source", "product": "product", "name": "arg_max(name, (n, name))"}.get(
            column.name, "NULL"
        )
        + f"::{column.duckdb} AS {quoted(column.name)}"
        for column in PRODUCTS.columns
    )
    con.execute(
        f"""INSERT INTO products BY NAME SELECT {chosen} FROM (
            SELECT source, line_product AS product, line_product_name AS name, count(*) AS n FROM {STAGE}
            WHERE _kind = 'goods' AND line_product <> '' AND lower(trim(line_product_name)) NOT IN {_NO_NAME}
            GROUP BY ALL) AS named
        ANTI JOIN products USING (source, product)
        ANTI JOIN (SELECT source, product FROM ({known})) AS held USING (source, product)
        GROUP BY source, product"""
    )
