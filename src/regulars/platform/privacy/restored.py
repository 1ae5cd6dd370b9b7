"""After a restore: who was erased since the back-up was made is erased again."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from regulars.kernel.progress import Progress, silent
from regulars.platform.erased_list import FILE, PENDING, add
from regulars.platform.privacy import tombstones
from regulars.platform.privacy.models import Tombstone
from regulars.platform.privacy.operations import erase_together
from regulars.platform.privacy.registry import came_back

# A place such as the lake is written once for so many; more at once would hold the database's lock for too long.
_TOGETHER = 500


def erase_again(file: Path, *, progress: Progress = silent) -> int:
    """Obey the tombstones of a list (`erased.jsonl` of the site before) and those known; returns how many people it was.

    An erasure that was broken off is finished too. The site's own list has all of them afterwards.
    """
    tombstones.take_in(file)
    add(settings.SITE.home / FILE, tombstones.lines())
    numbers: dict[int, list[int]] = {}
    for tombstone, some in came_back():
        numbers.setdefault(tombstone, []).extend(some)
    _open_again(numbers)
    due = list(Tombstone.objects.filter(finished_at=None).exclude(numbers=[]).order_by("pk"))
    for start in range(0, len(due), _TOGETHER):
        erase_together(due[start : start + _TOGETHER], progress=progress)
    return len(due)


def _open_again(numbers: dict[int, list[int]]) -> None:
    """Note whom a tombstone is about, by its key: from now on a start that is killed goes on with it."""
    found = list(Tombstone.objects.filter(pk__in=numbers))
    for one in found:
        one.numbers, one.finished_at = numbers[one.pk], None
    Tombstone.objects.bulk_update(found, ["numbers", "finished_at"], batch_size=_TOGETHER)


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
