"""What looks leave behind: rows and files that tell of a person. They go with the erasure, else after a day."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from regulars.platform.privacy.files import remove
from regulars.platform.privacy.models import Look


def file_of(reference: str) -> Path:
    """The file of everything that a look asked for: named after the look, so that a second run writes over the first."""
    exports: Path = settings.SITE.exports
    return exports / f"person-{reference}.zip"


def about(numbers: Iterable[int]) -> list[Look]:
    """The looks at a person, whoever asked."""
    wanted = set(numbers)
    return [look for look in Look.objects.order_by("pk") if wanted & set(look.numbers)]


def forget(looks: list[Look]) -> None:
    """Delete looks and their files. The files first: while a row is there, somebody comes back for its file."""
    for look in looks:
        named = [settings.SITE.exports / look.file] if look.file else []
        remove([file_of(look.reference), *named])
    Look.objects.filter(pk__in=[look.pk for look in looks]).delete()


def clear() -> None:
    """Delete files whose look is gone: the look went while a worker was writing."""
    # Files are listed before rows: a row is there before its file is begun.
    files = list(settings.SITE.exports.glob("person-*.zip"))
    kept = {file_of(reference) for reference in Look.objects.values_list("reference", flat=True)}
    remove(path for path in files if path not in kept)
