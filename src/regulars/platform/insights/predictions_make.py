"""The job that predicts: from the snapshot that is shown to a run of scores, and the lake's table of that name.

Made every night where the facts changed, and with a snapshot where none was made yet for its definitions or where there are many
more customers than the last one knew. Safe to kill and to run again: nothing is shown before it is whole.
"""

from __future__ import annotations

import time
from collections.abc import Set
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from threadpoolctl import threadpool_limits

from regulars import __version__
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.metrics.analysis import Analysis
from regulars.platform import config
from regulars.platform.core.api import Running
from regulars.platform.customers import api as customers
from regulars.platform.insights import runs
from regulars.platform.insights.models import Run, Snapshot
from regulars.platform.insights.predictions_state import state_of
from regulars.platform.insights.predictions_tables import PREDICTIONS, TOLD
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.prediction.churn import Effect, what_goes_with_leaving
from regulars.prediction.keeping import forget_scores, keep_scores
from regulars.prediction.scores import Scores
from regulars.prediction.scores import predict as predicted

# What a run holds: the number rises when pages need what earlier runs lack, so that one is made anew.
PROGRAM = f"{__version__}/1"
_MANY_MORE = 1.2  # times the customers of the last run
_BREATH = 0.5  # seconds between two notes on the progress


def predict(job: Running) -> dict[str, Any] | None:
    """Predict for everybody in the current snapshot who did not object, unless that was done already."""
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    if not is_due(snapshot, nightly=bool(job.arguments.get("nightly"))):
        _leave_out()
        return {"due": False}
    tell = _slowly(job)
    job.progress("predicting", None)
    run = runs.begin(Run.Sort.SCORES, snapshot, program=PROGRAM)
    with at_work(snapshot) as analysis, threadpool_limits(1):
        found = predicted(analysis, threads=1, progress=tell)
        effects = _effects(analysis, found)
    known = without(found, customers.to_leave_out())
    job.progress("writing predictions", None)
    runs.write(run, PREDICTIONS, _rows(known))
    lake = Lake.open(settings.SITE.lake)
    keep_scores(lake, known.facts(), known.day, memory=config.WORKER_MEMORY.text(), progress=tell)
    runs.show(run, state_of(known, effects, objected=len(found.table) - len(known.table)))
    _leave_out(tell)
    return {"run": run.pk, "customers": len(known.table)}


def _leave_out(tell: Progress = silent) -> None:
    """Take whoever objected or is being erased out of what is there. Also where nothing is to be made: a worker that was killed
    right after it had shown a run comes here when it begins again."""
    gone = customers.to_leave_out()
    runs.leave_out(gone)
    if gone and Lake.is_lake(settings.SITE.lake):
        forget_scores(Lake.open(settings.SITE.lake), gone, progress=tell)


def is_due(snapshot: Snapshot, *, nightly: bool) -> bool:
    """Whether a run is to be made from the snapshot."""
    last = runs.current(Run.Sort.SCORES)
    if last is None or last.program != PROGRAM or not runs.is_whole(last):
        return True
    if last.definitions != snapshot.definitions or last.currency != (snapshot.state.get("currency") or ""):
        return True
    if nightly:
        return last.snapshot != snapshot.pk
    everybody = last.state.get("customers", 0) + last.state.get("objected", 0)
    return bool(snapshot.state.get("customers", 0) > _MANY_MORE * max(everybody, 1))


def without(found: Scores, objected: Set[int]) -> Scores:
    """The same, with nothing of these customers in its table."""
    gone = pc.is_in(found.table["customer"], value_set=pa.array(sorted(objected), pa.int64()))
    return replace(found, table=found.table.filter(pc.invert(gone)))


def _rows(found: Scores) -> pa.Table:
    """The columns of PREDICTIONS: what is predicted, and the numbers that the reasons' sentences have."""
    if found.reasons is None:
        return found.table
    told = found.reasons.numbers()
    told = told.rename_columns(
        [name if name == "customer" else f"{TOLD}{name}" for name in told.column_names]
    )
    return found.table.join(told, keys="customer", join_type="left outer", use_threads=False)


def _effects(analysis: Analysis, found: Scores) -> tuple[Effect, ...]:
    """What goes with leaving; nothing where nobody can be learned from."""
    if found.churn is None or found.churn.serves == "rate":
        return ()
    try:
        return what_goes_with_leaving(analysis, found.horizon)
    except InputError:
        return ()


def _slowly(job: Running) -> Progress:
    """The job's progress, told at most twice a second; whether the worker is stopping is looked at each time."""
    last = [0.0]

    def tell(step: str, share: float | None = None) -> None:
        job.go_on()
        now = time.monotonic()
        if now - last[0] >= _BREATH:
            last[0] = now
            job.progress(step, share)

    return tell
