"""What web registers."""

from __future__ import annotations

from regulars.platform.core.api import register_job
from regulars.platform.web import customer_lists


def register() -> None:
    """Long lists of customers are written by a job."""
    register_job(customer_lists.KIND, customer_lists.write, lane="long")
