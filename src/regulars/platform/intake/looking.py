"""The look: what an import would bring, before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from regulars.kernel.errors import RegularsError
from regulars.lake import Lake
from regulars.platform.core.api import Running
from regulars.platform.intake import files, lakes, sample
from regulars.platform.intake.models import Import
from regulars.platform.intake.rules.kept import kept
from regulars.platform.intake.tasks import at_hand, failing, slowly
from regulars.sources import import_into


def look(job: Running) -> dict[str, Any] | None:
    """Read an import's files as the import would, and keep what was understood. Nothing reaches the lake."""
    row = Import.objects.get(pk=job.arguments["number"])
    if row.state != Import.State.LOOKING:
        return {"number": row.pk}
    with failing(row, job), at_hand(row) as ready:
        key = sample.take(ready.files)  # a file that is no table fails here, for good
        values: dict[str, Any] = {"sample": key, "error": None}
        try:
            with _some_lake() as lake:
                summary = import_into(
                    lake,
                    ready.files,
                    resolver=lakes.resolver(),
                    options=ready.options,
                    progress=slowly(job),
                    dry_run=True,
                )
            values |= {"state": Import.State.READY, "summary": kept(summary)}
        except RegularsError as error:
            # Somebody may say what the columns are, or read the files in another way.
            values |= {
                "state": Import.State.UNCLEAR,
                "summary": None,
                "error": {"what": error.what, "where": error.where, "do": error.do},
            }
        if not Import.objects.filter(pk=row.pk, state=Import.State.LOOKING).update(**values):
            files.remove(key)
        elif row.sample:
            files.remove(row.sample)
    return {"number": row.pk}


@contextmanager
def _some_lake() -> Iterator[Lake]:
    """The site's lake; where there is none yet, an empty one elsewhere: looking makes nothing."""
    found = lakes.lake()
    if found is not None:
        yield found
        return
    with TemporaryDirectory(prefix="regulars-look-") as folder:
        yield Lake.create(Path(folder) / "lake")
