"""An analysis of a snapshot for a worker: with the worker's memory, and without a limit of time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from regulars.kernel.errors import LakeError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.toml import from_toml
from regulars.metrics.analysis import Analysis
from regulars.metrics.kept import take_up
from regulars.platform import config
from regulars.platform.core.api import TryLater
from regulars.platform.insights.models import Snapshot
from regulars.platform.insights.runs_views import bind_runs, shown_with, with_runs


@contextmanager
def at_work(snapshot: Snapshot, *, market: str | None = None) -> Iterator[Analysis]:
    """The snapshot's analysis on an engine of its own; `market`: of the customers alone whose home it is. Raises TryLater where its files have just been replaced."""
    engine = DuckEngine(memory=config.WORKER_MEMORY.text(), threads=2)
    try:
        try:
            Lake.open(settings.SITE.lake).bind(engine, snapshot.lake_version)
            folder = settings.SITE.prepared / snapshot.state["prepared"]
            analysis = take_up(folder, engine, from_toml(snapshot.state["definitions"]), market=market)
            bind_runs(engine, shown_with(snapshot))
        except (LakeError, FileNotFoundError) as error:
            raise TryLater from error
        yield analysis
    finally:
        engine.close()


def current_snapshot() -> Snapshot | None:
    """The snapshot that pages show, if its lake has customers."""
    found = with_runs().filter(current=True).first()
    return found if found is not None and found.state.get("prepared") else None
