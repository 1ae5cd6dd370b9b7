"""The small shop with predictions: made once in a test run, then put back as they were."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any

from regulars.platform.site import Site

OBJECTED = 3  # to profiling, before anything was predicted
_KEPT: dict[str, Any] = {}


def with_predictions(site: Site) -> Site:
    """Put a run of scores into a site with figures, and the lake that it left, as the worker would leave them."""
    from regulars.platform.insights.models import Run  # noqa: PLC0415 - Django must be set up before

    if not _KEPT:
        _predict(site)
    shutil.rmtree(site.lake)
    shutil.copytree(_KEPT["folder"] / "lake", site.lake)
    shutil.copytree(_KEPT["folder"] / "run", site.prepared / _KEPT["run"].folder)
    Run.objects.bulk_create([_KEPT["run"]])
    return site


def _predict(site: Site) -> None:
    """Predict once, keep what came of it, and leave the test's database as it was."""
    from django.db import transaction  # noqa: PLC0415 - see above

    from regulars.platform.core.api import Running  # noqa: PLC0415 - see above
    from regulars.platform.customers.models import Customer  # noqa: PLC0415 - see above
    from regulars.platform.insights import runs  # noqa: PLC0415 - see above
    from regulars.platform.insights.models import Run  # noqa: PLC0415 - see above
    from regulars.platform.insights.predictions_make import predict  # noqa: PLC0415 - see above

    class Quiet(Running):
        def progress(self, step: str, share: float | None = None) -> None:
            """Nobody looks."""

    with transaction.atomic():
        Customer.objects.create(number=OBJECTED, key="objected00", no_profiling=True)
        predict(Quiet(0, {}, None, 1))
        run = Run.objects.get()
        folder = Path(tempfile.mkdtemp(prefix="regulars-predicted-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(site.lake, folder / "lake")
        shutil.copytree(runs.folder(run), folder / "run")
        shutil.rmtree(runs.folder(run))
        _KEPT.update(folder=folder, run=run)
        transaction.set_rollback(True)
