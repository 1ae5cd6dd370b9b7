"""From loaded facts to an analysis that is ready: coverage, currency, exchange rates, as-of day and window are settled.

The command and the notebook open facts here alike, so that the same facts always give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Thread

import ibis
import ibis.expr.types as ir

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine, Engine
from regulars.lake.fx import fx_factors
from regulars.lake.tables import ORDERS, PAYMENTS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import FX_FACTORS, orders_judged
from regulars.metrics.coverage import coverage_of
from regulars.metrics.facts import other_currencies
from regulars.metrics.window import WindowProposal, propose_window
from regulars.sources import ImportSummary, LoadOptions, SourceFile, load

# Where nobody ever came back there is nothing to propose from; a year is what most shops would say.
FALLBACK_WINDOW = 365


@dataclass(frozen=True)
class Opened:
    """An analysis that is ready, and what was learned on the way.

    `summary`: what was read (None from a lake). `proposal`: what the data proposes (None where a window was set).
    """

    analysis: Analysis
    summary: ImportSummary | None
    proposal: WindowProposal | None


def open_files(
    engine: DuckEngine,
    files: Sequence[SourceFile],
    definitions: Definitions,
    *,
    options: LoadOptions | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
) -> Opened:
    """Read files into the engine and settle everything. Nothing is stored.

    Raises InputError for what cannot be read, MissingRateError for a currency without a rate.
    """
    Thread(target=engine.get_ready, name="regulars-ready", daemon=True).start()
    loaded = load(engine, files, definitions=definitions, options=options, progress=progress)
    analysis, proposal = _settled(engine, loaded.definitions, as_of, None, progress)
    return Opened(analysis, loaded.summary, proposal)


def open_lake_with(
    lake: Lake,
    engine: Engine,
    definitions: Definitions,
    *,
    version: int | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
) -> Opened:
    """Make a lake's facts known to the engine and settle everything.

    Raises LakeError for a version that is not kept, MissingRateError for a currency without a rate.
    """
    number = lake.bind(engine, version)
    if isinstance(engine, DuckEngine):
        engine.room_for(engine.run(ORDERS.ibis.agg(n=ORDERS.ibis.count())).to_pylist()[0]["n"])
    analysis, proposal = _settled(engine, definitions, as_of, number, progress)
    return Opened(analysis, None, proposal)


def definitions_at(lake: Lake, version: int | None = None) -> Definitions:
    """The definitions that were in force in a version (None: those in force now)."""
    return lake.definitions(None if version is None else lake.manifest(version).definitions)


def _settled(
    engine: Engine, definitions: Definitions, as_of: date | None, version: int | None, progress: Progress
) -> tuple[Analysis, WindowProposal | None]:
    definitions = replace(definitions, currency=definitions.currency or _commonest_currency(engine))
    settle_rates(engine, definitions, progress, as_of)
    analysis = Analysis.of(engine, definitions, as_of=as_of, lake_version=version)
    if definitions.window_days is not None:
        return analysis, None
    progress("proposing the activity window", None)
    proposal = propose_window(analysis)
    analysis.definitions = replace(definitions, window_days=proposal.days or FALLBACK_WINDOW)
    return analysis, proposal


def settle_rates(
    engine: Engine, definitions: Definitions, progress: Progress = silent, as_of: date | None = None
) -> None:
    """Make `fx_factors` for every currency in the facts and every day that they cover, where there are several.

    Raises MissingRateError for an order or refund that counts and has no rate.
    """
    currencies = other_currencies(engine, definitions)
    if definitions.currency is None or not currencies:
        return
    progress("looking up exchange rates", None)
    sources = coverage_of(engine, definitions).sources
    first, last = min(source.first for source in sources), max(source.last for source in sources)
    factors = fx_factors(
        engine,
        currencies,
        definitions.currency,
        first,
        last,
        definitions.fx_days_back,
        uses=_that_count(definitions, as_of or last + timedelta(days=1)),
    )
    engine.put(FX_FACTORS.get_name(), factors)


def _that_count(definitions: Definitions, as_of: date) -> dict[str, ir.Table]:
    """Orders and refunds that count, before anything is prepared: what does not count needs no exchange rate."""
    judged = orders_judged(definitions, as_of)
    refunds = PAYMENTS.ibis.filter(PAYMENTS.ibis.kind.isin(["refund", "chargeback"]))
    known = judged.select(
        order_source="source", known_order="order_id", buyer="customer", left_out=judged.reason.notnull()
    )
    linked = refunds.left_join(
        known, [refunds.source == known.order_source, refunds.order_id == known.known_order]
    )
    counts = ~linked.left_out.fill_null(False) & ibis.coalesce(linked.buyer, refunds.customer).notnull()
    return {"orders": judged.filter(judged.reason.isnull()), "refunds": linked.filter(counts)}


def _commonest_currency(engine: Engine) -> str | None:
    """The currency of most orders (of equal ones the first by code). Raises InputError where there are no orders."""
    orders = ORDERS.ibis
    found = engine.run(orders.group_by("currency").agg(n=orders.count())).to_pylist()
    if not found:
        raise InputError(
            "There are no orders in this data.", do="Check which files were meant, or import some first."
        )
    named = [row for row in found if row["currency"] is not None]
    return min(named, key=lambda row: (-row["n"], row["currency"]))["currency"] if named else None
