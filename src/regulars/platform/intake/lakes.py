"""The site's lake and who its customers are."""

from __future__ import annotations

from django.conf import settings

from regulars.kernel.errors import LakeError
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.platform.customers import api as customers
from regulars.sources.identity.resolver import Resolver


def lake() -> Lake | None:
    """The site's lake; None where nothing was imported yet. Raises LakeError for that of a later release."""
    return Lake.open(settings.SITE.lake) if Lake.is_lake(settings.SITE.lake) else None


def made_lake() -> Lake:
    """The site's lake, made where there is none, however many ask at once."""
    found = lake()
    if found is not None:
        return found
    try:
        return Lake.create(settings.SITE.lake)
    except LakeError:
        if (made := lake()) is not None:
            return made
        raise


def resolver() -> Resolver:
    """Who knows customers by their identifiers: the state."""
    return customers.resolver()


def adopt(progress: Progress = silent) -> int:
    """Take over the customers of a lake that was put here from elsewhere; returns how many identifiers there were."""
    return customers.adopt(settings.SITE.lake, progress=progress) if Lake.is_lake(settings.SITE.lake) else 0
