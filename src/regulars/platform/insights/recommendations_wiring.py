"""What recommendations register: the sort of run with its tables, and its job."""

from __future__ import annotations

from regulars.platform.core.api import register_job, subscribe
from regulars.platform.insights import recommendations_compute, runs, runs_views
from regulars.platform.insights.models import Run
from regulars.platform.insights.recommendations_tables import TABLES


def register() -> None:
    """Recommendations are made after the scores of the same snapshot."""
    kind = recommendations_compute.KIND
    runs_views.register_sort(Run.Sort.RECOMMENDATIONS, job=kind, tables=TABLES)
    register_job(kind, recommendations_compute.recommend, lane="long")
    subscribe(runs.ready_topic(Run.Sort.SCORES), kind)
