"""After a restore: who was erased since the back-up was made is erased again."""

from __future__ import annotations

from pathlib import Path

from regulars.kernel.progress import Progress, silent
from regulars.platform.privacy import tombstones
from regulars.platform.privacy.models import Tombstone
from regulars.platform.privacy.operations import continue_erasure
from regulars.platform.privacy.registry import came_back


def erase_again(file: Path, *, progress: Progress = silent) -> int:
    """Obey the tombstones of a file (`erased.jsonl` of the site before) and those known; returns how many people it was.

    An erasure that was broken off is finished too.
    """
    tombstones.take_in(file)
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
