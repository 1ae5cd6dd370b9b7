"""The job that makes recommendations: learned from a snapshot, listed for every customer in parts, with what is known of
each product. Safe to run again and to be killed half-way: a run is shown once it is whole.

Memory: the engine holds the purchases and pages them out; learning reads at most `MOST_ROWS` of them (every n-th customer's
where there are more) and holds three matrices of `LIMIT` products by `LIMIT`; listing holds one part's customers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from regulars import __version__
from regulars.lake.durable import sync_file
from regulars.platform.core.api import Running
from regulars.platform.insights import recommendations_facts as gathered
from regulars.platform.insights import recommendations_products as products
from regulars.platform.insights import recommendations_tables as tables
from regulars.platform.insights import runs
from regulars.platform.insights.models import Run, Snapshot
from regulars.platform.insights.recommendations_facts import Purchases
from regulars.platform.insights.recommendations_limits import Limits, limits
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.prediction import (
    Interactions,
    Recommender,
    back_test_recommender,
    baskets_of,
    bought_together,
    bundles,
    fit_recommender,
    recommend_for_customers,
    save_recommender,
    upsell,
)

KIND = "insights.recommend"
PROGRAM = f"{__version__}/1"
ALLOWED = "allowed.npy"  # beside the recommender, in the run's folder
LIMIT = 4_000  # products that similarity is learned for
MOST_ROWS = 2_000_000  # purchases to learn from
MEASURED = 4_000  # customers of the back-test
EACH = 10  # products a list
_PART = 20_000  # customers at once
_GROUP = 20_480


def recommend(job: Running) -> dict[str, object] | None:
    """Make the run of the current snapshot, unless it is there already under the same limits."""
    snapshot = current_snapshot()
    if snapshot is None or snapshot.as_of is None:
        return None
    shown = runs.current(Run.Sort.RECOMMENDATIONS)
    asked = limits()
    if shown is not None and _is_of(shown, snapshot, asked) and runs.is_whole(shown):
        return {"run": shown.pk, "known": True}
    run = runs.begin(Run.Sort.RECOMMENDATIONS, snapshot, program=PROGRAM)
    with at_work(snapshot) as analysis, threadpool_limits(limits=1):
        analysis.engine.con.execute("SET threads = 1")  # type: ignore[attr-defined]
        job.progress("reading what was bought", 0.0)
        found = gathered.gather(analysis)
        state = _fill(run, found, asked, job) if len(found.codes) else _nothing(run)
    runs.show(run, state | {"limits": asked.plain()})
    return {"run": run.pk}


def _is_of(run: Run, snapshot: Snapshot, asked: Limits) -> bool:
    same = (run.snapshot, run.program) == (snapshot.pk, PROGRAM)
    return same and run.state.get("limits") == asked.plain()


def _nothing(run: Run) -> dict[str, object]:
    """A run without a product: no order in the lake has lines, and its page says what to bring."""
    for table in tables.TABLES:
        runs.write(run, table, table.arrow.empty_table())
    return {"nothing": True}


def _fill(run: Run, found: Purchases, asked: Limits, job: Running) -> dict[str, object]:
    """Learn, measure, list and write; returns what pages say."""
    sums = gathered.sales(found)
    known = gathered.known_products(found)
    last, buyers, again = _by_code(sums, found.codes)
    allowed = asked.allowed(found.codes, known.category, last, found.as_of)
    job.progress("trying on earlier days", 0.1)
    given = found.sample(MOST_ROWS)
    tested = back_test_recommender(given, k=EACH, limit=LIMIT, most=MEASURED, with_rules=True)
    job.progress("learning what goes with what", 0.3)
    # What was chosen on days before the last ones holds for the days to come; choosing again would take as long.
    model = fit_recommender(given, settings=tested.settings, limit=LIMIT)
    save_recommender(model, runs.folder(run))
    np.save(runs.folder(run) / ALLOWED, allowed)
    markets = found.markets(given.customers)
    runs.write(run, tables.VISITOR_OFFERS, products.visitor_rows(model, given, markets, allowed))
    better = products.better_rows(found.con, upsell(given, known))
    runs.write(run, tables.PRODUCT_BETTER, better)
    people, learned_from = len(given.customers), len(given)
    del given
    curves = products.again_of(gathered.waits(found), found.codes)
    runs.write(run, tables.PRODUCT_SALES, sums)
    runs.write(run, tables.PRODUCT_FACTS, products.facts(known, curves, model, again, allowed))
    runs.write(run, tables.PRODUCT_AGAIN, products.curves(curves, found.codes, buyers))
    job.progress("counting what is bought together", 0.45)
    orders, pairs = _together(run, found)
    listed = _list_all(run, found, model, _Allowed(allowed, sums, asked, found.codes), job)
    return {
        "products": len(found.codes), "offered": int(allowed.sum()), "learned": len(model.similar.products),
        "left_out": model.similar.left_out, "customers": listed, "learned_from": people, "purchases": learned_from,
        "all_purchases": found.rows, "orders": orders, "pairs": pairs,
        "back_test": {
            name: asdict(one) for name, one in
            {"mixed": tested.mixed, "again": tested.again, "discover": tested.discover, **tested.rules}.items()
        },
        "settings": tested.settings.to_dict(),
    }  # fmt: skip


def _by_code(
    sums: pa.Table, codes: npt.NDArray[np.str_]
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each code the day last sold, its buyers and those who bought it again, over all markets."""
    place = np.searchsorted(codes, np.asarray(sums["product"].to_pylist(), dtype=np.str_))
    last = np.full(len(codes), np.datetime64("1900-01-01"), dtype="datetime64[D]")
    np.maximum.at(last, place, sums["last_day"].to_numpy().astype("datetime64[D]"))
    counts = [
        np.bincount(place, weights=sums[name].to_numpy(), minlength=len(codes)).astype(np.int64)
        for name in ("buyers", "again")
    ]
    return last, counts[0], counts[1]


def _together(run: Run, found: Purchases) -> tuple[int, int]:
    """Write pairs and bundles; returns how many orders and pairs there are."""
    source = baskets_of(found.analysis)
    pairs = bought_together(source, most_products=LIMIT)
    runs.write(run, tables.PRODUCT_PAIRS, products.pair_rows(found.con, pairs))
    sets = bundles(source, pairs)
    runs.write(run, tables.PRODUCT_BUNDLES, products.bundle_rows(found.con, sets))
    return pairs.singles.baskets, len(pairs)


class _Allowed:
    """Which products the customers of a part may be offered: the same for all, or by home market."""

    def __init__(
        self, allowed: npt.NDArray[np.bool_], sums: pa.Table, asked: Limits, codes: npt.NDArray[np.str_]
    ) -> None:
        self.everywhere = allowed
        self._by_market: dict[str, npt.NDArray[np.bool_]] = {}
        if asked.own_market:
            place = np.searchsorted(codes, np.asarray(sums["product"].to_pylist(), dtype=np.str_))
            names = np.asarray(sums["market"].to_pylist(), dtype=np.str_)
            for market in np.unique(names[names != ""]).tolist():
                sold = np.zeros(len(codes), dtype=np.bool_)
                sold[place[names == market]] = True
                self._by_market[market] = sold & allowed

    def of(
        self, found: Purchases, given: Interactions
    ) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
        """Customers with what they may be offered."""
        if not self._by_market:
            yield given.customers, self.everywhere
            return
        markets = found.markets(given.customers)
        for market in np.unique(markets).tolist():
            yield given.customers[markets == market], self._by_market.get(market, self.everywhere)


def _list_all(run: Run, found: Purchases, model: Recommender, allowed: _Allowed, job: Running) -> int:
    """Write both lists of every customer, sorted by number, part by part; returns how many customers there are."""
    path = runs.folder(run) / f"{tables.OFFERS.name}.parquet"
    listed, parts = 0, max(1, -(-found.people // _PART))
    with pq.ParquetWriter(path, tables.OFFERS.arrow, compression="zstd") as writer:
        for number, given in enumerate(found.slices(_PART)):
            job.progress("making lists of customers", 0.55 + 0.45 * number / parts)
            lists = [
                recommend_for_customers(model, given, customers=those, k=EACH, allowed=may)
                for those, may in allowed.of(found, given)
            ]
            writer.write_table(_offers(pa.concat_tables(lists), found), row_group_size=_GROUP)
            listed += len(given.customers)
    sync_file(path)
    return listed


def _offers(rows: pa.Table, found: Purchases) -> pa.Table:
    """Answers of the recommender as rows of OFFERS: the day itself in place of the days since then."""
    today = np.datetime64(found.as_of)
    ago = rows["days_ago"].to_numpy(zero_copy_only=False)
    missing = np.isnan(ago)
    days = today - np.where(missing, 0, ago).astype("timedelta64[D]")
    made = rows.append_column("last_day", pa.array(days.astype("datetime64[D]"), pa.date32(), mask=missing))
    columns = [made[name].cast(tables.OFFERS[name].arrow) for name in tables.OFFERS.names]
    keys: list[tuple[str, str]] = [(key, "ascending") for key in tables.OFFERS.key]
    table = pa.Table.from_arrays(columns, schema=tables.OFFERS.arrow)
    return table.take(pc.sort_indices(table, sort_keys=keys))
