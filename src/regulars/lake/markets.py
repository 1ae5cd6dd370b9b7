"""The recorded rewrite when markets are grouped otherwise or a zone changes: market and local day of all facts."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.kernel.progress import Progress, silent
from regulars.lake.engines.duck import DuckEngine
from regulars.lake.engines.parquet import quoted
from regulars.lake.tables import Table

if TYPE_CHECKING:
    from regulars.lake.lake import Lake

_TARGET = "_rewritten"


def rewrite_markets(lake: Lake, definitions: Definitions, *, progress: Progress = silent) -> int:
    """Put definitions into force and recompute `market` and `local_day` of every fact; returns the lake's version.

    A fact's country is its own, else its order's, else its customer's, else its market where that is a country. A
    fact of which none is known keeps its market. Facts that came with a day and no time may move by a day when
    their zone changes, as their instant is that day's midnight in the zone that they were imported with.
    """
    with lake.writer(progress=progress) as writer, closing(DuckEngine(progress=progress)) as engine:
        lake.bind(engine)
        changed = [
            lake.tables[name] for name in lake.manifest().tables if "market" in lake.tables[name].names
        ]
        _put_markets(engine, changed, definitions)
        for table in changed:
            progress(f"markets of {table.name}", None)
            engine.con.execute(f"CREATE OR REPLACE TABLE {_TARGET} AS {_rewritten(table)}")
            writer.replace(engine.con, table.name, _TARGET)
        return writer.publish(definitions=definitions, note="markets and zones changed")


def _put_markets(engine: DuckEngine, tables: list[Table], definitions: Definitions) -> None:
    """`_places` (code, market) for every country and market in the facts; `_zones` (market, zone), null included."""
    columns = [(t.name, c) for t in tables for c in ("country", "market") if c in t.names]
    queries = [f"SELECT {c} AS code FROM {quoted(name)}" for name, c in columns]
    queries.append("SELECT country FROM customers")
    found = engine.con.execute(
        f"SELECT DISTINCT code FROM ({' UNION ALL '.join(queries)}) WHERE code IS NOT NULL"
    ).fetchall()
    codes = [code for (code,) in found]
    markets = [definitions.market_of(code) for code in codes]
    known = [None, *sorted({m for m in markets if m is not None})]
    zones = [definitions.zone_of(market) for market in known]
    text = pa.string()
    engine.put("_places", pa.table({"code": pa.array(codes, text), "market": pa.array(markets, text)}))
    engine.put("_zones", pa.table({"market": pa.array(known, text), "zone": pa.array(zones, text)}))


def _rewritten(table: Table) -> str:
    """A SELECT of the rows of a table that change; of whole groups where the table replaces by group."""
    joins, countries = [], []
    if "country" in table.names:
        countries.append("f.country")
    if "order_id" in table.names and table.name != "orders":
        joins.append("LEFT JOIN orders o ON o.source = f.source AND o.order_id = f.order_id")
        countries.append("o.country")
    if table.by_customer and table.name != "customers":
        joins.append("LEFT JOIN customers c ON c.customer = f.customer")
        countries.append("c.country")
    # A home market that nobody stated stays unstated.
    country = "NULL" if table.name == "customers" or not countries else f"coalesce({', '.join(countries)})"
    chosen = ["f." + quoted(n) for n in table.names if n not in ("market", "local_day")]
    day = "NULL::DATE"
    if "local_day" in table.names:
        day = "coalesce(((f.\"at\" AT TIME ZONE 'UTC') AT TIME ZONE z.zone)::DATE, f.local_day)"
        chosen.append(f"{day} AS local_day")
    query = (
        f"SELECT {', '.join(chosen)}, p.market AS market, "
        f"(p.market IS DISTINCT FROM f.market{' OR ' + day + ' IS DISTINCT FROM f.local_day' if day[0] == 'c' else ''})"
        f" AS _changes FROM {quoted(table.name)} f {' '.join(joins)} "
        f"LEFT JOIN _places p ON p.code = coalesce({country}, f.market) "
        "LEFT JOIN _zones z ON z.market IS NOT DISTINCT FROM p.market"
    )
    if table.replaces:
        return f"SELECT * EXCLUDE (_changes) FROM ({query})"
    return f"SELECT * EXCLUDE (_changes) FROM ({query}) WHERE _changes"
