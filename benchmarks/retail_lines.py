"""The real shop as peers in recommendation papers read it: purchases of the shipped Online Retail II export.

A line counts if it has a customer, a positive quantity and price, and a product code of five digits (and a letter perhaps);
invoices that stand in both yearly exports count once. One row a customer, product and day. A product needs five such rows
before the customers' last days; rarer ones are left out of all lists and of the truth alike.
"""

from __future__ import annotations

import duckdb
import numpy as np

from regulars.demo import online_retail
from regulars.prediction.recommend import Interactions
from regulars.prediction.recommend.held_out import hold_out_last_day

_LINES = """
WITH older AS (SELECT * FROM read_parquet(?)), newer AS (SELECT * FROM read_parquet(?)),
lines AS (
    SELECT * FROM older
    UNION ALL SELECT * FROM newer WHERE "Invoice" NOT IN (SELECT "Invoice" FROM older)
)
SELECT CAST("Customer ID" AS BIGINT) AS customer, "StockCode" AS product, CAST("InvoiceDate" AS DATE) AS day,
       SUM("Quantity")::DOUBLE AS quantity, SUM("Quantity" * "Price")::DOUBLE AS value
FROM lines
WHERE "Quantity" > 0 AND "Price" > 0 AND "Customer ID" IS NOT NULL AND regexp_matches("StockCode", '^[0-9]{5}')
GROUP BY ALL ORDER BY customer, product, day
"""
FEWEST = 5


def lines() -> dict[str, np.ndarray]:
    """`customer`, `product`, `day`, `quantity`, `value`: one row a customer, product and day."""
    older, newer = (str(file) for file in online_retail.files())
    with duckdb.connect(config={"threads": 1}) as connection:
        found: dict[str, np.ndarray] = connection.execute(_LINES, [older, newer]).fetchnumpy()
    return {name: np.asarray(column) for name, column in found.items()}


def purchases() -> Interactions:
    """The interactions of the protocol."""
    rows = lines()
    code = rows["product"].astype(str)
    everything = Interactions.of(rows["customer"], code, rows["day"], rows["quantity"])
    train = hold_out_last_day(everything).train
    often = np.bincount(train.product, minlength=len(train.products)) >= FEWEST
    kept = np.isin(code, everything.products[often])
    return Interactions.of(
        rows["customer"][kept], code[kept], rows["day"][kept], rows["quantity"][kept], as_of=everything.as_of
    )


def baskets() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Entries (basket, product, day, value): a customer's day is a basket, before each customer's last day; products as above."""
    rows = lines()
    customer, day = rows["customer"], rows["day"].astype("datetime64[D]").astype(np.int64)
    who, place = np.unique(customer, return_inverse=True)
    last = np.zeros(len(who), dtype=np.int64)
    np.maximum.at(last, place, day)
    early = day < last[place]
    products, product = np.unique(rows["product"].astype(str), return_inverse=True)
    often = np.bincount(product[early], minlength=len(products)) >= FEWEST
    kept = early & often[product]
    basket = place * 100_000 + day
    return basket[kept], products[product[kept]], day[kept].astype("datetime64[D]"), rows["value"][kept]
