"""The job that computes a snapshot: figures, cohorts, what stands out, for one lake version under one set of definitions.

The figures are as of the earlier of today and the day after the last day that the data covers: as the library's default,
but never ahead of the clock, so that a wrong date in the future moves nothing. The nightly run therefore makes a new
snapshot only where a day has passed that the data covers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from regulars import __version__
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import ORDERS
from regulars.lake.toml import from_toml, to_toml
from regulars.metrics.coverage import coverage_of
from regulars.metrics.kept import is_kept, keep, take_up
from regulars.metrics.opening import Opened, open_lake_with
from regulars.platform import config
from regulars.platform.core.api import Job, Running, start_job
from regulars.platform.insights import operations, pieces, pieces_report, queries, runs
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.models import Snapshot

KIND = "insights.compute"
# What a snapshot holds: the number rises when pages need what earlier snapshots lack, so that they are made anew.
PROGRAM = f"{__version__}/2"
_MOST_THREADS = 4  # each holds some of the engine's memory
_MANY = 20_000_000  # orders, from which on the worker's usual memory may not do
_BYTES_AN_ORDER = 75


def compute(job: Running) -> dict[str, object]:
    """Compute what the newest lake version shows, unless that is there already. Safe to run again from the start."""
    if _newer_waits(job):
        return {"left_to_another": True}
    if not Lake.is_lake(settings.SITE.lake):
        return {"lake": False}
    lake = Lake.open(settings.SITE.lake)
    version = lake.facts_version()
    definitions = lake.definitions(lake.manifest(version).definitions)
    with _engine(job) as engine:
        as_of = _as_of(lake, engine, version)
        known = operations.ready(version, definitions.digest(), PROGRAM, as_of)
        if known is None:
            job.progress("reading the facts", 0.0)
            fresh = operations.begin(version, definitions.digest(), PROGRAM, as_of)
            if as_of is None:
                state = operations.empty_state(definitions)
            else:
                opened = open_lake_with(lake, engine, definitions, version=version, as_of=as_of)
                state = _fill(fresh, opened, lake, job)
            operations.show(fresh, state)
            known = fresh
        else:
            if not is_whole(known):
                job.progress("keeping prepared tables", None)
                _keep_again(known, lake, engine)
            if not known.current:
                operations.show(known, known.state)
    operations.clear(lake)
    return {"snapshot": known.pk}


def watch(job: Running) -> None:
    """Have figures computed where nobody said that they are needed: facts imported by the command, a lake that was put
    in place, prepared tables that were lost or restored without, another program; and runs of predictions whose files were
    lost. Not again where the last computation failed."""
    if not Lake.is_lake(settings.SITE.lake) or queries.computing() is not None:
        return
    shown = Snapshot.objects.filter(current=True).first()
    if (
        shown is None
        or shown.program != PROGRAM
        or shown.lake_version != Lake(settings.SITE.lake).facts_version()
        or not is_whole(shown)
    ):
        start_job(kind=KIND, key="watch")
        return
    for kind in runs.lost():
        last = Job.objects.filter(kind=kind).order_by("-pk").first()
        if last is None or last.state in (Job.State.DONE, Job.State.CANCELLED):
            start_job(kind=kind, key="watch")


def is_whole(snapshot: Snapshot) -> bool:
    """Whether the snapshot's prepared tables are all there; those of an empty lake are none."""
    return bool(snapshot.state.get("empty")) or is_kept(settings.SITE.prepared / snapshot.state["prepared"])


def _keep_again(snapshot: Snapshot, lake: Lake, engine: DuckEngine) -> None:
    """Make the prepared tables anew; the pieces are in the database and stay."""
    definitions = from_toml(snapshot.state["definitions"])
    opened = open_lake_with(lake, engine, definitions, version=snapshot.lake_version, as_of=snapshot.as_of)
    engine.put(NAME, opened.analysis.run(listing(opened.analysis)))
    keep(opened.analysis, settings.SITE.prepared / snapshot.state["prepared"], also=[NAME])


def _newer_waits(job: Running) -> bool:
    """Whether a job that came later will do the same work: several events in a row are one computation."""
    waiting = Job.objects.filter(kind=KIND, state=Job.State.WAITING, not_before__lte=timezone.now())
    return waiting.exclude(pk=job.number).exists()


@contextmanager
def _engine(job: Running) -> Iterator[DuckEngine]:
    """An engine whose statements end where the worker is stopping."""
    engine = DuckEngine(
        memory=config.WORKER_MEMORY.text(),
        threads=min(os.cpu_count() or 1, _MOST_THREADS),
        progress=lambda step, share: job.go_on(),
    )
    try:
        yield engine
    finally:
        engine.close()


def _as_of(lake: Lake, engine: DuckEngine, version: int) -> date | None:
    """The day that figures are as of; None where there are no orders."""
    lake.bind(engine, version)
    orders: int = engine.run(ORDERS.ibis.agg(n=ORDERS.ibis.count())).to_pylist()[0]["n"]
    if not orders:
        return None
    if orders > _MANY and config.WORKER_MEMORY.text() == config.WORKER_MEMORY.default:
        # Sums by customer do not all find room on disk: nobody said how much is too much, so they get what they need.
        engine.con.execute(f"SET memory_limit = '{orders * _BYTES_AN_ORDER // 1_000_000}MB'")
    last = coverage_of(engine, lake.definitions(lake.manifest(version).definitions)).last
    return min(timezone.now().date(), last + timedelta(days=1))


def _fill(snapshot: Snapshot, opened: Opened, lake: Lake, job: Running) -> dict[str, object]:
    """Compute and store all pieces and the prepared tables; returns what was settled."""
    analysis, folder = opened.analysis, settings.SITE.prepared / f"s{snapshot.pk}"
    engine: DuckEngine = analysis.engine  # type: ignore[assignment]
    job.progress("counting orders", 0.05)
    engine.put(NAME, analysis.run(listing(analysis)))
    markets = pieces.markets_of(analysis)
    codes = [code for code, _ in markets[: pieces.MOST_MARKETS]]
    operations.store(snapshot, pieces.figures(analysis, codes, job.progress))
    job.progress("cohorts", 0.6)
    operations.store(snapshot, pieces.cohort_pieces(analysis, None))
    operations.store(snapshot, pieces_report.report(analysis, opened.proposal, job.progress))
    job.progress("keeping prepared tables", 0.85)
    keep(analysis, folder, also=[NAME])
    engine.close()  # what it holds in memory is in the folder now
    large = [code for code, n in markets if n >= pieces.ENOUGH_FOR_COHORTS][: pieces.MOST_COHORT_MARKETS]
    for place, code in enumerate(large):
        job.progress("market by market", 0.9 + 0.1 * place / len(large))
        with _engine(job) as own:
            lake.bind(own, snapshot.lake_version)
            alone = take_up(folder, own, analysis.definitions, market=code)
            operations.store(snapshot, pieces.cohort_pieces(alone, code))
            operations.store(snapshot, pieces_report.of_market(alone, code))
    first, last = pieces.covered(analysis)
    return {
        "definitions": to_toml(analysis.definitions),
        "prepared": folder.name,
        "currency": analysis.definitions.currency,
        "window_days": analysis.window,
        "window_was_set": opened.proposal is None,
        "contract": analysis.contract,
        "markets": markets,
        "cohort_markets": large,
        "customers": sum(n for _, n in markets),
        "first": first,
        "last": last,
    }
