"""Hand-written DuckDB: one query an output, each from the file, or (`once`) from a table of clean orders made first."""

import time

BEGAN = time.perf_counter()

from datetime import date  # noqa: E402 - the clock starts before the imports

import duckdb  # noqa: E402

from benchmarks.peers import queries  # noqa: E402
from benchmarks.peers.protocol import Answer, Clock, flat, serve  # noqa: E402
from benchmarks.questions import AS_OF, FIRST, WINDOW  # noqa: E402

# output: (query, number of key columns)
OUTPUTS = {
    "headline": (queries.HEADLINE, 1),
    "months": (queries.MONTHS, 1),
    "trend": (queries.TREND, 1),
    "cohorts": (queries.COHORTS, 2),
    "rfm": (queries.RFM, 3),
    "gaps": (queries.GAPS, 3),
    "markets": (queries.MARKETS, 1),
    "money": (queries.MONEY, 1),
    "concentration": (queries.CONCENTRATION, 0),
    "bridge": (queries.BRIDGE, 1),
    "quality": (queries.QUALITY, 0),
    "first_orders": (queries.FIRST_ORDERS, 0),
    "overdue": (queries.OVERDUE, 0),
}


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file, and `once` to clean the orders only once."""
    file, once = arguments[0], "once" in arguments[1:]
    con = duckdb.connect()
    con.execute(
        "SET memory_limit = '1500MB'; SET preserve_insertion_order = false; SET enable_progress_bar = false"
    )
    clock, answers = Clock(), {}
    clean = queries.CLEAN.format(file=file, as_of=AS_OF)
    if once:
        con.execute(f"CREATE TEMP TABLE clean AS {clean}")
        clock.lap("clean")
    settings = {
        "file": file, "orders": "(FROM clean)" if once else clean, "first": FIRST, "as_of": AS_OF, "window": WINDOW,
        "start": date(AS_OF.year - 1, AS_OF.month, AS_OF.day), "year_before": date(AS_OF.year - 2, AS_OF.month, AS_OF.day),
    }  # fmt: skip
    for name, (query, keys) in OUTPUTS.items():
        found = con.execute(query.format(**settings))
        columns = [column[0] for column in found.description]
        answers[name] = flat(found.fetchall(), columns, keys)
        clock.lap(name)
    return clock.steps, answers


if __name__ == "__main__":
    serve(work, BEGAN)
