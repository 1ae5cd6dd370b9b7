"""What web registers."""

from __future__ import annotations

from regulars.platform.core.api import register_job, subscribe
from regulars.platform.insights.api import READY
from regulars.platform.web import ahead, customer_lists


def register() -> None:
    """Long lists of customers are written by a job; charts of new figures are drawn by another."""
    register_job(customer_lists.KIND, customer_lists.write, lane="long")
    register_job(ahead.KIND, ahead.draw)
    subscribe(READY, ahead.KIND)
