"""The runs of scores as the model's page shows them: the one in force, those before, and the job that makes the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.platform.core.api import Job, User, start_job
from regulars.platform.insights.models import Run

KIND = "insights.predict"
_HISTORY = 60


@dataclass(frozen=True)
class Model:
    """What was predicted as of a day, and how good it is: `state` as predictions_state.py tells it."""

    number: int
    as_of: date
    made_at: datetime
    currency: str
    state: dict[str, Any]


@dataclass(frozen=True)
class Before:
    """An earlier run: the newest day of its back-test, None where it had none."""

    number: int
    as_of: date
    made_at: datetime
    customers: int
    serves: str | None
    tested: dict[str, Any] | None
    drift: float | None


def model() -> Model | None:
    """The run that is shown."""
    run = Run.objects.filter(sort=Run.Sort.SCORES, current=True).first()
    if run is None or run.ready_at is None:
        return None
    return Model(run.pk, run.as_of, run.ready_at, run.currency, run.state)


def models_made() -> list[Before]:
    """The last 60 runs, newest first, the one in force among them; their curves are not read."""
    rows = Run.objects.filter(sort=Run.Sort.SCORES, ready_at__isnull=False).order_by("-ready_at")
    told = rows.values_list(
        "pk", "as_of", "ready_at", "state__customers", "state__serves", "state__days", "state__drift__score"
    )  # fmt: skip
    return [
        Before(pk, as_of, made, customers or 0, serves, days[-1] if days else None, drift)
        for pk, as_of, made, customers, serves, days, drift in told[:_HISTORY]
        if made is not None
    ]


def predicting() -> Job | None:
    """The job that predicts or is going to, else the last one if it failed; None where all is well."""
    jobs = Job.objects.filter(kind=KIND).exclude(state=Job.State.CANCELLED).order_by("-pk")
    last = jobs.first()
    return last if last is not None and last.state != Job.State.DONE else None


def start(*, by: User) -> int:
    """Have predictions made from the snapshot that is shown, unless they are there already; returns the job's number."""
    return start_job(kind=KIND, key="asked", by=by, nightly=True).pk
