"""What an amount is worth in another currency on a day, from rates in units for one euro.

Sources: the ECB's reference rates, which ship (`data/ecb.parquet`); the fixed conversion rates of currencies that the euro
replaced (Council Regulations 2866/98 and its amendments), which count for ever; the lake's own `fx_rates`, which win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.resources import as_file, files

import duckdb
import ibis
import pyarrow as pa

from regulars.kernel.errors import MissingRateError
from regulars.lake.engines import Engine
from regulars.lake.engines.parquet import literal
from regulars.lake.tables import FX_RATES, ORDERS, PAYMENTS

_EVER = date(1, 1, 1)  # the first members' currencies have no other rate to the euro
# Currency, units for one euro, first day of the fixed rate.
FIXED_RATES: tuple[tuple[str, str, date], ...] = (
    ("ATS", "13.7603", _EVER), ("BEF", "40.3399", _EVER), ("DEM", "1.95583", _EVER), ("ESP", "166.386", _EVER),
    ("FIM", "5.94573", _EVER), ("FRF", "6.55957", _EVER), ("IEP", "0.787564", _EVER), ("ITL", "1936.27", _EVER),
    ("LUF", "40.3399", _EVER), ("NLG", "2.20371", _EVER), ("PTE", "200.482", _EVER),
    ("GRD", "340.750", date(2001, 1, 1)), ("SIT", "239.640", date(2007, 1, 1)),
    ("CYP", "0.585274", date(2008, 1, 1)), ("MTL", "0.429300", date(2008, 1, 1)),
    ("SKK", "30.1260", date(2009, 1, 1)), ("EEK", "15.6466", date(2011, 1, 1)),
    ("LVL", "0.702804", date(2014, 1, 1)), ("LTL", "3.45280", date(2015, 1, 1)),
    ("HRK", "7.53450", date(2023, 1, 1)), ("BGN", "1.95583", date(2026, 1, 1)),
)  # fmt: skip
SCHEMA = pa.schema([("currency", pa.string()), ("day", pa.date32()), ("factor", pa.decimal128(38, 10))])


def fx_factors(
    engine: Engine,
    currencies: Iterable[str],
    to: str,
    first_day: date,
    last_day: date,
    days_back: int = 7,
    uses: Mapping[str, ibis.Table] | None = None,
) -> pa.Table:
    """(currency, day, factor): an amount in `currency` of that day times `factor` is the amount in `to`.

    Days from `first_day` to `last_day`, both included; the last rate at most `days_back` days before a day counts.
    `uses`: the rows (`currency`, `local_day`) whose amounts need a factor, by what they are called; None: all orders
    and payments in the engine. Raises MissingRateError for those of them on these days that would have none.
    """
    con = duckdb.connect()
    try:
        _load_rates(con, engine)
        wanted = sorted({*currencies, to, *_used(con, engine, first_day, last_day, uses)})
        con.register("wanted", pa.table({"currency": pa.array(wanted, pa.string())}))
        con.execute(f"CREATE TABLE factors AS {_factors(to, first_day, last_day, days_back)}")
        _refuse_missing(con, to)
        rows = con.sql("SELECT currency, day, factor FROM factors WHERE factor IS NOT NULL ORDER BY ALL")
        return rows.to_arrow_table().cast(SCHEMA)
    finally:
        con.close()


def newest_rate() -> date:
    """The last day of the rates that ship."""
    # A connection of our own: an unread result would block the one that everybody shares.
    with as_file(files("regulars.lake.data") / "ecb.parquet") as path, duckdb.connect() as con:
        found = con.execute(f"SELECT max(day) FROM read_parquet({literal(str(path))})").fetchone()
    assert found is not None
    day: date = found[0]
    return day


def _load_rates(con: duckdb.DuckDBPyConnection, engine: Engine) -> None:
    """Tables `rates` (currency, day, per_euro) and `fixed` (currency, since, per_euro)."""
    with as_file(files("regulars.lake.data") / "ecb.parquet") as path:
        con.execute(
            "CREATE TABLE rates AS SELECT currency, day, rate::DECIMAL(38,10) AS per_euro FROM "
            f"(UNPIVOT (FROM read_parquet({literal(str(path))})) ON * EXCLUDE (day) INTO NAME currency VALUE rate)"
        )
    fixed = {
        "currency": [name for name, _, _ in FIXED_RATES] + ["EUR"],
        "per_euro": [rate for _, rate, _ in FIXED_RATES] + ["1"],
        "since": [day for _, _, day in FIXED_RATES] + [_EVER],
    }
    con.register("fixed_rates", pa.table(fixed))
    con.execute(
        "CREATE TABLE fixed AS SELECT currency, per_euro::DECIMAL(38,10) AS per_euro, since FROM fixed_rates"
    )
    con.execute("CREATE TABLE own AS SELECT currency, day, per_euro FROM rates WHERE false")
    if engine.has(FX_RATES.name):
        con.register("lake_rates", engine.run(FX_RATES.ibis.select("currency", "day", "per_euro")))
        con.execute("INSERT INTO own SELECT currency, day, per_euro FROM lake_rates")
    con.execute("DELETE FROM rates r USING own o WHERE o.currency = r.currency AND o.day = r.day")
    con.execute("INSERT INTO rates SELECT * FROM own")


def _used(
    con: duckdb.DuckDBPyConnection,
    engine: Engine,
    first_day: date,
    last_day: date,
    uses: Mapping[str, ibis.Table] | None,
) -> list[str]:
    """Table `used` (what, currency, day, rows) of amounts that need a factor; returns the currencies."""
    if uses is None:
        uses = {table.name: table.ibis for table in (ORDERS, PAYMENTS) if engine.has(table.name)}
    con.execute("CREATE TABLE used (what VARCHAR, currency VARCHAR, day DATE, n BIGINT)")
    for what, facts in uses.items():
        con.register("found", engine.run(_by_day(facts, first_day, last_day)))
        con.execute(f"INSERT INTO used SELECT {literal(what)}, currency, day, n FROM found")
    rows = con.execute("SELECT DISTINCT currency FROM used WHERE currency IS NOT NULL").fetchall()
    return [currency for (currency,) in rows]


def _by_day(facts: ibis.Table, first_day: date, last_day: date) -> ibis.Table:
    days = facts.local_day.between(ibis.literal(first_day, "date"), ibis.literal(last_day, "date"))
    kept = facts.filter(days)
    return kept.group_by("currency", day=kept.local_day).agg(n=kept.count())


def _factors(to: str, first_day: date, last_day: date, days_back: int) -> str:
    """Each wanted currency and day with its factor, null where a rate is missing on either side."""
    grid = (
        "SELECT currency, day::DATE AS day FROM wanted, "
        f"range(DATE '{first_day}', DATE '{last_day}' + 1, INTERVAL 1 DAY) t(day)"
    )
    # A fixed rate wins over any other; else the last rate that is young enough.
    per_euro = (
        "SELECT g.currency, g.day, coalesce(f.per_euro, "
        f"CASE WHEN g.day - r.day <= {int(days_back)} THEN r.per_euro END) AS per_euro "
        f"FROM ({grid}) g ASOF LEFT JOIN rates r ON r.currency = g.currency AND g.day >= r.day "
        "LEFT JOIN fixed f ON f.currency = g.currency AND g.day >= f.since"
    )
    return (
        f"WITH known AS MATERIALIZED ({per_euro}) "
        "SELECT k.currency, k.day, CASE WHEN k.currency = t.currency THEN 1 "
        "ELSE t.per_euro::DOUBLE / k.per_euro::DOUBLE END::DECIMAL(38,10) AS factor "
        f"FROM known k JOIN known t ON t.day = k.day AND t.currency = {literal(to)}"
    )


def _refuse_missing(con: duckdb.DuckDBPyConnection, to: str) -> None:
    """Raise MissingRateError where an amount in the engine has no factor: no sum is made without a rate."""
    missing = con.execute(
        "SELECT u.what, u.currency, min(u.day), max(u.day), sum(u.n) FROM used u "
        "LEFT JOIN factors f ON f.currency = u.currency AND f.day = u.day "
        "WHERE f.factor IS NULL GROUP BY 1, 2 ORDER BY 1, 5 DESC, 2"
    ).fetchall()
    if not missing:
        return
    lines = []
    for what, currency, first, last, n in missing:
        days = f"on {first}" if first == last else f"from {first} to {last}"
        if currency is None:
            lines.append(f"{n} {what} {days} have no currency.")
        else:
            lines.append(f"No exchange rate from {currency} to {to} for {n} {what} {days}.")
    raise MissingRateError(
        "\n".join(lines),
        do="Add the rates (a CSV with day, currency, per_euro: units for one euro), or report in another currency.",
    )
