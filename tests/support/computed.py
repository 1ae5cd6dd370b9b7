"""A site with a small made-up shop whose figures are computed: once in a test run, then put back as it was."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into
from support.shop import write

CUSTOMERS = 250
_KEPT: dict[str, Any] = {}


@cache
def small_lake() -> Path:
    """A lake of 250 customers in three markets, with costs. Copy it before you write to it."""
    folder = _folder()
    write(folder, customers=CUSTOMERS)
    lake = Lake.create(folder / "lake")
    lake.set_definitions(Definitions(currency="EUR"))
    import_into(lake, [SourceFile(folder / "orders.csv", "shop")], definitions=lake.definitions())
    import_into(lake, [SourceFile(folder / "costs.csv", "company")], definitions=lake.definitions())
    return lake.path


def with_lake(site: Site) -> Site:
    """Put the small shop's lake into a site; nothing is computed."""
    shutil.copytree(small_lake(), site.lake)
    return site


def with_figures(site: Site) -> Site:
    """Put the lake and its snapshot into a site, as the worker would leave them."""
    from regulars.platform.insights.models import Piece, Snapshot  # noqa: PLC0415 - Django must be set up before

    with_lake(site)
    if not _KEPT:
        _compute(site)
    shutil.copytree(_KEPT["folder"], site.prepared, dirs_exist_ok=True)
    Snapshot.objects.bulk_create([_KEPT["snapshot"]])
    Piece.objects.bulk_create(_KEPT["pieces"], batch_size=500)
    return site


def _compute(site: Site) -> None:
    """Compute once, keep what came of it, and leave the test's database as it was."""
    from django.db import transaction  # noqa: PLC0415 - see above

    from regulars.platform.core.api import Running  # noqa: PLC0415 - see above
    from regulars.platform.insights.compute import compute  # noqa: PLC0415 - see above
    from regulars.platform.insights.models import Piece, Snapshot  # noqa: PLC0415 - see above

    class Quiet(Running):
        def progress(self, step: str, share: float | None = None) -> None:
            """Nobody looks."""

    with transaction.atomic():
        compute(Quiet(0, {}, None, 1))
        folder = _folder() / "prepared"
        shutil.copytree(site.prepared, folder)
        _KEPT.update(folder=folder, snapshot=Snapshot.objects.get(), pieces=list(Piece.objects.all()))
        transaction.set_rollback(True)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="regulars-small-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
