"""What personas register: the sort of run, its table and its job, which follows each run of scores."""

from __future__ import annotations

from regulars.platform.core.api import register_job, subscribe
from regulars.platform.insights import personas_update, runs_views, segments_operations
from regulars.platform.insights.models import Run
from regulars.platform.insights.personas_find import GROUPS
from regulars.platform.insights.runs import ready_topic


def register() -> None:
    """The run of groups."""
    runs_views.register_sort(Run.Sort.GROUPS, job=personas_update.KIND, tables=(GROUPS,))
    register_job(personas_update.KIND, personas_update.group, lane="long")
    subscribe(ready_topic(Run.Sort.SCORES), personas_update.KIND)
    subscribe(ready_topic(Run.Sort.GROUPS), segments_operations.EVALUATE)
