"""The job that measures every hand-over when there are new figures: what the customers did since, in both arms alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.experiments import gather
from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Running
from regulars.platform.engagement.drawing import experiment_of
from regulars.platform.engagement.effects import effects_of
from regulars.platform.engagement.models import HandOver, HandOverList, Measured
from regulars.platform.engagement.whom import stored
from regulars.platform.insights import api as insights

MEASURE = "engagement.measure"


def measure(job: Running) -> dict[str, Any] | None:
    """Measure what is not over yet, or the one that is named. Safe to repeat."""
    snapshot = insights.current_snapshot()
    begun = HandOver.objects.exclude(state=HandOver.State.DRAFT).order_by("pk")
    if one := job.arguments.get("hand_over"):
        begun = begun.filter(pk=one)
    wanted = [
        hand_over
        for hand_over in begun.select_related("measured").defer("measured__state")
        if not _over(hand_over)
    ]
    if snapshot is None or not wanted:
        return None
    measured = 0
    with insights.at_work(snapshot) as analysis:
        for place, hand_over in enumerate(wanted):
            job.progress(hand_over.name, place / len(wanted))
            state = of_hand_over(analysis, hand_over)
            if state is None:
                continue
            kept = state["outcomes"]["kept"]["latest"]["answer"]
            Measured.objects.update_or_create(
                hand_over=hand_over,
                defaults={"snapshot": snapshot.pk, "as_of": analysis.as_of, "answer": kept, "state": state},
            )
            measured += 1
    return {"measured": measured}


def of_hand_over(analysis: Analysis, hand_over: HandOver) -> dict[str, Any] | None:
    """What a hand-over has added as of the analysis's day; None while nobody was assigned before it."""
    rows = stored(hand_over, "customer", "arm", "day", of_list__state=HandOverList.State.READY)
    if not rows.num_rows:
        return None
    experiment = experiment_of(hand_over)
    try:
        found = gather(analysis, rows, arms=experiment.names, horizon=hand_over.horizon or None)
    except InputError:  # the facts end before the first day
        return None
    return effects_of(found, experiment) | {"currency": analysis.definitions.currency or ""}


def _over(hand_over: HandOver) -> bool:
    """Whether everybody's days had passed when it was measured last, and nobody is added."""
    measured = getattr(hand_over, "measured", None)
    goes_on = hand_over.state == HandOver.State.OPEN and hand_over.every != HandOver.Every.ONCE
    last = hand_over.lists.order_by("-day").values_list("day", flat=True).first()
    if measured is None or last is None or goes_on:
        return False
    return bool(measured.as_of > last + timedelta(days=hand_over.horizon))
