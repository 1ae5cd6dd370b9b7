"""From loaded facts to an analysis that is ready: coverage, currency, exchange rates, as-of day and window are settled.

The command and the notebook open facts here alike, so that the same facts always give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine, Engine
from regulars.lake.fx import prepare_factors
from regulars.lake.tables import ALIASES, ORDERS
from regulars.metrics.analysis import Analysis
from regulars.metrics.coverage import Coverage, Covered
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
    loaded = load(engine, files, definitions=definitions, options=options, progress=progress)
    analysis, proposal = _settled(engine, loaded.definitions, loaded.coverage, as_of, None, progress)
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
    analysis, proposal = _settled(engine, definitions, lake.coverage(version), as_of, number, progress)
    return Opened(analysis, None, proposal)


def definitions_at(lake: Lake, version: int | None = None) -> Definitions:
    """The definitions that were in force in a version (None: those in force now)."""
    return lake.definitions(None if version is None else lake.manifest(version).definitions)


def _settled(
    engine: Engine,
    definitions: Definitions,
    coverage: Sequence[SourceCoverage],
    as_of: date | None,
    version: int | None,
    progress: Progress,
) -> tuple[Analysis, WindowProposal | None]:
    covered = covered_days(definitions.coverage, coverage)
    currencies = _currencies(engine)
    reporting = definitions.currency or (currencies[0] if currencies else None)
    definitions = replace(definitions, currency=reporting)
    several = any(code != reporting for code in currencies)
    if several and reporting is not None:
        progress("looking up exchange rates", None)
        prepare_factors(engine, reporting, days_back=definitions.fx_days_back)
    analysis = Analysis(
        engine,
        definitions,
        as_of or covered.last + timedelta(days=1),
        covered,
        lake_version=version,
        converted=several,
        merged=_count(engine, ALIASES.ibis) > 0,
    )
    if definitions.window_days is not None:
        return analysis, None
    progress("proposing the activity window", None)
    proposal = propose_window(analysis)
    analysis.definitions = replace(definitions, window_days=proposal.days or FALLBACK_WINDOW)
    return analysis, proposal


def covered_days(by_hand: Sequence[SourceCoverage], found: Sequence[SourceCoverage]) -> Coverage:
    """The days that each source covers, as set by hand, else as found. Raises InputError where there are none."""
    stated = {item.source: item for item in by_hand}
    sources = []
    for item in found:
        hand = stated.get(item.source, item)
        first, last = hand.first or item.first, hand.last or item.last
        if first is not None and last is not None:
            sources.append(Covered(item.source, first, last, hand.opened))
    if not sources:
        raise InputError(
            "there are no orders in it.", do="Check which files were meant, or import some first."
        )
    return Coverage(tuple(sources))


def _currencies(engine: Engine) -> list[str]:
    """The currencies of orders, most orders first, equal ones by their code."""
    orders = ORDERS.ibis.filter(ORDERS.ibis.currency.notnull())
    found = engine.run(orders.group_by("currency").agg(n=orders.count())).to_pylist()
    return [row["currency"] for row in sorted(found, key=lambda row: (-row["n"], row["currency"]))]


def _count(engine: Engine, table: object) -> int:
    return int(engine.run(table.aggregate(n=table.count())).to_pylist()[0]["n"])  # type: ignore[attr-defined]
