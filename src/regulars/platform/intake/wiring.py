"""What intake registers."""

from __future__ import annotations

from regulars.platform.core.api import register_job
from regulars.platform.intake import adopting, looking, tasks


def register() -> None:
    """The look at small and at large files, and the import."""
    register_job("intake.look", looking.look, tries=tasks.TRIES)
    register_job("intake.look_long", looking.look, lane="long", tries=tasks.TRIES)
    register_job(adopting.KIND, adopting.adopt, lane="long")
    register_job("intake.import", tasks.import_files, lane="long", tries=tasks.TRIES)
