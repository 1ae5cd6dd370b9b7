"""An analysis put down in a folder, and taken up again at once by another process: its prepared tables as Parquet.

A cache of one lake version under one set of definitions. What a page asks of it is answered from these tables, so that
nothing has to go through all orders again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions, as_plain
from regulars.lake.durable import replace_file, sync_file, sync_folder
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.parquet import quoted
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import ATTRIBUTES, CUSTOMER_BASE, FX_FACTORS
from regulars.metrics.coverage import Coverage, Covered
from regulars.metrics.homes import HOMES

FORMAT = 1
_STATE = "analysis.json"
_FLAGS = ("converted", "merged", "contract", "with_margin")
# The column that a table is sorted by, so that one customer's rows stand together.
_SORT = "customer"
# What says what a number or a day means, whoever the customers are.
_LOOK_UPS = (ATTRIBUTES.get_name(), FX_FACTORS.get_name())


def keep(analysis: Analysis, folder: Path, *, also: Iterable[str] = ()) -> None:
    """Write the analysis into `folder`, whole or not at all. A folder that is whole already stays as it is.

    Every table that its figures read is written that takes going through the facts; views are made anew from them.
    `also`: tables of one's own that the engine knows (`engine.put`), to be kept under their names.
    """
    if is_kept(folder):
        return
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    analysis.prepare()
    if analysis.contract:
        analysis.run(HOMES.limit(0))  # a table then, and what says whose customers a market's are
    engine = _duck(analysis)
    names = [*_tables(analysis, engine), *also]
    for name in names:
        columns = engine.con.sql(f'FROM "{name}" LIMIT 0').columns
        engine.save(name, fresh / f"{name}.parquet", sort=_SORT if _SORT in columns else None)
        sync_file(fresh / f"{name}.parquet")
    replace_file(fresh / _STATE, json.dumps(_state(analysis, names), indent=1))
    shutil.rmtree(folder, ignore_errors=True)  # an incomplete one of a process that was killed
    fresh.rename(folder)
    sync_folder(folder.parent)


def _tables(analysis: Analysis, engine: DuckEngine) -> list[str]:
    """What was computed from the facts so far, and the exchange rates that views over the facts need."""
    made = [
        name for name, recipe in analysis.plan.recipes().items() if recipe.how == "table" and engine.has(name)
    ]
    rates = FX_FACTORS.get_name()
    return [*made, rates] if engine.has(rates) else made


def _state(analysis: Analysis, names: list[str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "as_of": str(analysis.as_of),
        "lake_version": analysis.lake_version,
        "definitions": analysis.definitions.digest(),
        "coverage": [as_plain(source) for source in analysis.coverage.sources],
        "given": sorted(analysis.facts_given),
        "tables": names,
        **{flag: getattr(analysis, flag) for flag in _FLAGS},
    }


def is_kept(folder: Path) -> bool:
    """Whether a whole analysis of this format lies in the folder, with all of its files."""
    path = folder / _STATE
    if not path.exists():
        return False
    state = json.loads(path.read_text(encoding="utf-8"))
    return bool(state["format"] == FORMAT) and all(
        (folder / f"{name}.parquet").exists() for name in state["tables"]
    )


def take_up(
    folder: Path, engine: DuckEngine, definitions: Definitions, *, market: str | None = None
) -> Analysis:
    """The analysis that `keep` wrote, over an engine that knows the same lake version's facts (`Lake.bind`).

    `definitions`: those it was made with, window and currency settled. Raises ValueError for others, FileNotFoundError
    where the folder is gone. `market`: only customers whose home it is, with all of their orders, covered as the sources
    of its orders are; the facts themselves stay whole, so it is for what reads prepared tables (cohorts, RFM).
    """
    state: dict[str, Any] = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    if state["definitions"] != definitions.digest():
        raise ValueError("the folder holds an analysis under other definitions")
    for name in state["tables"]:
        engine.show(name, folder / f"{name}.parquet")
    prepared, coverage = state["tables"], Coverage(tuple(_covered(source) for source in state["coverage"]))
    if market is not None:
        prepared, coverage = _only(engine, prepared, market), _of_market(engine, coverage, market)
    analysis = Analysis(
        engine,
        definitions,
        date.fromisoformat(state["as_of"]),
        coverage,
        state["lake_version"],
        **{flag: state[flag] for flag in _FLAGS},
    )
    analysis.know(prepared, frozenset(state["given"]))
    return analysis


def _only(engine: DuckEngine, names: list[str], market: str) -> list[str]:
    """Leave one market's customers in the tables that have customers; returns those that are right as they are.

    What is summed over customers (orders by day) is not: it is made anew where it is asked for.
    """
    engine.put("customers_of_market", engine.run(_people(market, contract=HOMES.get_name() in names)))
    right = []
    for name in names:
        columns = engine.con.sql(f"FROM {quoted(name)} LIMIT 0").columns
        if _SORT in columns:
            query = f"FROM {quoted(name)} SEMI JOIN customers_of_market ON {quoted(name)}.customer = of_it"
            engine.con.execute(f"CREATE OR REPLACE TABLE {quoted(f'{name} (market)')} AS {query}")
            engine.con.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS FROM {quoted(f'{name} (market)')}")
            right.append(name)
        elif name in _LOOK_UPS:
            right.append(name)
    return right


def _people(market: str, *, contract: bool) -> ir.Table:
    """`of_it`: whose home the market is. With contract that of the first subscription, of whom has none that of the first
    order: who subscribes need not have ordered."""
    buyers = CUSTOMER_BASE.select("customer", "market")
    if contract:
        homes = HOMES.select("customer", "market")
        buyers = homes.union(buyers.anti_join(homes, "customer"))
    return buyers.filter(buyers.market == market).select(of_it="customer")


def _of_market(engine: DuckEngine, coverage: Coverage, market: str) -> Coverage:
    """Without the sources of orders that the market has none from; all where it has none at all."""
    rows = engine.run(ATTRIBUTES.filter(ATTRIBUTES.market == market).select("source").distinct()).to_pylist()
    own = {row["source"] for row in rows}
    return Coverage(
        tuple(one for one in coverage.sources if one.fact != "orders" or not own or one.source in own)
    )


def _covered(plain: Mapping[str, Any]) -> Covered:
    known = {field.name for field in fields(Covered)}
    values = {name: value for name, value in plain.items() if name in known}
    return Covered(
        **{**values, "first": date.fromisoformat(plain["first"]), "last": date.fromisoformat(plain["last"])}
    )


def _duck(analysis: Analysis) -> DuckEngine:
    if not isinstance(analysis.engine, DuckEngine):
        raise TypeError("only an analysis on DuckDB can be put down")
    return analysis.engine
