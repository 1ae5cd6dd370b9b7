"""What a run says of each product: who buys it again, what goes with it, bundles, better ones, what a visitor is shown."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.prediction import Catalogue, Interactions, Pairs, Recommender, recommend_for_visitor
from regulars.prediction.recommend.returning import Returning, returning
from regulars.prediction.recommend.trend import Sales, sales_as_of

DAYS = tuple(range(30, 721, 30))
FEWEST_BUYERS = 30  # of a product, for a curve
KEPT_PAIRS, KEPT_BUNDLES, KEPT_BETTER, KEPT_VISITOR = 20, 10, 10, 20
_FEWEST_AGAIN = 5  # buyers who bought again, for a usual time
_PRIOR = 20.0  # purchases of the whole shop's mix that each market's last days begin with
_LITTLE = 1e-9


def again_of(counts: dict[str, npt.NDArray[np.generic]], codes: npt.NDArray[np.str_]) -> Returning:
    """The curves of all products, by position in `codes`."""
    place = np.searchsorted(codes, np.asarray(counts["product"], dtype=np.str_)).astype(np.int64)
    wait, came, ended = (np.asarray(counts[name], dtype=np.int64) for name in ("wait", "came", "ended"))
    return returning(place, wait, came, ended, days=DAYS)


def curves(found: Returning, codes: npt.NDArray[np.str_], buyers: npt.NDArray[np.int64]) -> pa.Table:
    """The rows of PRODUCT_AGAIN, of products with enough buyers."""
    shown = np.isfinite(found.share) & (buyers[found.products] >= FEWEST_BUYERS)[:, None]
    row, day = np.nonzero(shown)
    return pa.table({
        "product": pa.array(codes[found.products[row]], pa.string()), "days": found.days[day], "share": found.share[shown],
        "low": found.low[shown], "high": found.high[shown], "at_risk": found.watched[shown],
    })  # fmt: skip


def facts(
    known: Catalogue, found: Returning, model: Recommender, again: npt.NDArray[np.int64], allowed: npt.NDArray[np.bool_]
) -> pa.Table:  # fmt: skip
    """The rows of PRODUCT_FACTS; all arrays are parallel to `known.products`."""
    half = np.zeros(len(known.products), dtype=np.int64)
    half[found.products] = found.half
    usual = np.maximum(np.rint(model.waits), 1).astype(np.int64)
    rare = (again < _FEWEST_AGAIN) | (model.waits <= 0)
    names = np.where(known.name == "", known.products, known.name) if len(known.name) else known.name
    seek = [
        f"{name} {code}".lower() for name, code in zip(names.tolist(), known.products.tolist(), strict=True)
    ]
    return pa.table({
        "product": pa.array(known.products, pa.string()), "name": pa.array(names, pa.string()),
        "category": pa.array(known.category, pa.string()), "price": pa.array(known.price, mask=known.price <= 0),
        "half_days": pa.array(half, mask=half <= 0), "usual_days": pa.array(usual, mask=rare),
        "left_out": ~allowed, "seek": pa.array(seek, pa.string()),
    })  # fmt: skip


def pair_rows(con: duckdb.DuckDBPyConnection, pairs: Pairs) -> pa.Table:
    """The rows of PRODUCT_PAIRS: each product's partners beyond chance, those worth most first."""
    con.register("_pairs", pairs.to_arrow())
    columns = "baskets, support, lift, lift_in_season, lift_low"
    try:
        return con.sql(
            f"""SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY product ORDER BY extra DESC, lift_low DESC, other) AS rank FROM (
                SELECT a AS product, b AS other, confidence_ab AS confidence, extra_ab AS extra, {columns} FROM _pairs WHERE lift_low > 1
                UNION ALL
                SELECT b AS product, a AS other, confidence_ba AS confidence, extra_ba AS extra, {columns} FROM _pairs WHERE lift_low > 1))
            WHERE rank <= {KEPT_PAIRS}"""
        ).to_arrow_table()
    finally:
        con.unregister("_pairs")


def bundle_rows(con: duckdb.DuckDBPyConnection, bundles: pa.Table) -> pa.Table:
    """The rows of PRODUCT_BUNDLES: each set under each of its products."""
    con.register("_bundles", bundles)
    others = ", ".join(f"others[{n}] AS with_{n}" for n in (1, 2, 3))
    try:
        return con.sql(
            f"""SELECT product, rank, {others}, baskets, lift_low, adds, value, extra FROM (SELECT *,
                list_filter(products, lambda one: one <> product) AS others,
                row_number() OVER (PARTITION BY product ORDER BY lift_low DESC, extra DESC, products) AS rank
                FROM (SELECT *, unnest(products) AS product FROM _bundles))
            WHERE rank <= {KEPT_BUNDLES}"""
        ).to_arrow_table()
    finally:
        con.unregister("_bundles")


def better_rows(con: duckdb.DuckDBPyConnection, better: pa.Table) -> pa.Table:
    """The rows of PRODUCT_BETTER, each product's best first."""
    con.register("_better", better)
    try:
        return con.sql(
            "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY product ORDER BY extra DESC, better) AS rank FROM _better) "
            f"WHERE rank <= {KEPT_BETTER}"
        ).to_arrow_table()
    finally:
        con.unregister("_better")


def visitor_rows(
    model: Recommender,
    given: Interactions,
    markets: npt.NDArray[np.str_],
    allowed: npt.NDArray[np.bool_],
) -> pa.Table:
    """The rows of VISITOR_OFFERS: what sells now everywhere (market ''), and in each market. `markets`: of `given.customers`.

    A market's sales of the last days begin with a few of the whole shop's, so that three orders do not decide.
    """
    tables = [_visitor("", model, allowed)]
    whole = np.exp(model.sales.fast[0].astype(np.float64))
    mix = _PRIOR * whole / max(float(whole.sum()), _LITTLE)
    for market in np.unique(markets[markets != ""]).tolist():
        own = given.only((markets == market)[given.customer])
        fast = np.exp(sales_as_of(own, np.array([given.as_of])).fast.astype(np.float64)) - 0.1
        logs = np.log(np.maximum(fast, 0.0) + mix + _LITTLE).astype(np.float32)
        tables.append(_visitor(market, replace(model, sales=Sales(logs, model.sales.slow)), allowed))
    return pa.concat_tables(tables)


def _visitor(market: str, model: Recommender, allowed: npt.NDArray[np.bool_]) -> pa.Table:
    found = recommend_for_visitor(model, k=KEPT_VISITOR, allowed=allowed)
    column = pa.array([market] * found.num_rows, pa.string())
    return found.select(["rank", "product"]).append_column("market", column)
