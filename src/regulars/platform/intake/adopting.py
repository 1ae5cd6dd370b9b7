"""A lake that was put here from elsewhere: its customers are taken over, and its figures computed, without an import."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from regulars.lake import Lake
from regulars.platform.core.api import Running, publish, start_job
from regulars.platform.intake import lakes
from regulars.sources import LocalResolver

KIND = "intake.adopt"


def adopt_if_needed() -> bool:
    """Start taking over the lake's customers where their numbers still lie beside it. Returns whether there was need."""
    if not Lake.is_lake(settings.SITE.lake) or not LocalResolver.beside(settings.SITE.lake).path.exists():
        return False
    start_job(kind=KIND, key="adopt")
    return True


def adopt(job: Running) -> dict[str, Any]:
    """Take over the customers' numbers, then have the figures computed. Safe to repeat."""
    count = lakes.adopt(job.progress)
    lake = lakes.lake()
    if lake is not None:
        publish("lake.changed", key="lake", lake_version=lake.version)
    return {"identifiers": count}
