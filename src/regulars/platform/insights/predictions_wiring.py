"""What predictions register: the sort of run, its tables and its job."""

from __future__ import annotations

from regulars.platform.insights import runs_views
from regulars.platform.insights.models import Run
from regulars.platform.insights.predictions_tables import PREDICTIONS

KIND = "insights.predict"


def register() -> None:
    """The run of scores."""
    runs_views.register_sort(Run.Sort.SCORES, job=KIND, tables=(PREDICTIONS,))
