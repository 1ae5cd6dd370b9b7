"""After a restore: who was erased since the back-up was made is erased again."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from regulars.kernel.progress import Progress, silent
from regulars.platform.erased_list import FILE, PENDING, add
from regulars.platform.privacy import tombstones
from regulars.platform.privacy.models import Tombstone
from regulars.platform.privacy.operations import continue_erasure
from regulars.platform.privacy.registry import came_back


def erase_again(file: Path, *, progress: Progress = silent) -> int:
    """Obey the tombstones of a list (`erased.jsonl` of the site before) and those known; returns how many people it was.

    An erasure that was broken off is finished too. The site's own list has all of them afterwards.
    """
    tombstones.take_in(file)
    add(settings.SITE.home / FILE, tombstones.lines())
    count = 0
    for tombstone, numbers in came_back():
        row = Tombstone.objects.get(pk=tombstone)
        row.numbers, row.finished_at = numbers, None
        row.save()
        continue_erasure(row, by=None, progress=progress)
        count += 1
    for row in Tombstone.objects.filter(finished_at=None).exclude(numbers=[]):
        continue_erasure(row, by=None, progress=progress)
        count += 1
    return count


def erase_due(*, progress: Progress = silent) -> int:
    """What a site does before it serves a page: obey its list, where a back-up was restored or the database is older than
    the list. Returns how many people were erased again; costs nothing where nothing is due."""
    file: Path = settings.SITE.home / FILE
    pending: Path = settings.SITE.home / PENDING
    if not pending.exists() and not tombstones.unknown(file):
        return 0
    pending.touch(mode=0o600)
    count = erase_again(file, progress=progress)
    pending.unlink()
    return count
