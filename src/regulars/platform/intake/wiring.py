"""What intake registers."""

from __future__ import annotations

from regulars.platform.core.api import register_job
from regulars.platform.intake import tasks


def register() -> None:
    """The import."""
    register_job("intake.import", tasks.import_files, lane="long", tries=tasks.TRIES)
