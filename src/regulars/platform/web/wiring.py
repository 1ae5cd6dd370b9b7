"""What web registers."""

from __future__ import annotations

from regulars.platform.core.api import register_job, subscribe
from regulars.platform.engagement import api as engagement
from regulars.platform.insights.api import READY
from regulars.platform.web import ahead, customer_lists, handover_said


def register() -> None:
    """Long lists of customers are written by a job; charts of new figures are drawn by another; hand-overs say what Today says."""
    register_job(customer_lists.KIND, customer_lists.write, lane="long")
    register_job(ahead.KIND, ahead.draw)
    subscribe(READY, ahead.KIND)
    engagement.register_words(handover_said.said)
