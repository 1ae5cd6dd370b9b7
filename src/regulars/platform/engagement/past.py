"""What customers like these did when nothing was done: what a plan begins from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from django.conf import settings

from regulars.experiments import Base, base_of, gather
from regulars.kernel.errors import InputError, LakeError, RuleError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.metrics.opening import open_lake_with
from regulars.metrics.segments import STANDARD, Registry, segment_members
from regulars.platform import config
from regulars.platform.core.api import TryLater
from regulars.platform.customers import api as customers
from regulars.platform.engagement.models import HandOver

# Columns that are as of any day. What was predicted is known for the present alone.
_AS_OF_ANY_DAY = ("base", "discounts", "rfm", "profile", "subscription", "answers", "support")
FACTS = Registry(tuple(one for one in STANDARD.providers if one.name in _AS_OF_ANY_DAY))


@dataclass(frozen=True)
class Past:
    """The base of a plan. `like`: whether it is of customers whom the same rule found then, or of everybody."""

    base: Base
    customers: int
    like: bool


def past_of(analysis: Analysis, hand_over: HandOver, horizon: int) -> Past | None:
    """Who was in the segment a horizon before the analysis's day, and what they did since. Of everybody who had ordered by
    then where the rule cannot be asked of the past or found too few; None where that tells nothing either."""
    day = analysis.as_of - timedelta(days=horizon)
    if day <= analysis.coverage.first:
        return None
    try:
        with _as_of(analysis, day) as then:
            tries = [_members(then, hand_over.rule)] if hand_over.rule else []
            tries.append(then.run(CUSTOMER_BASE.select("customer")))
    except InputError:  # nothing had happened by then
        return None
    except LakeError as error:  # this version was removed meanwhile, as after an erasure
        raise TryLater from error
    for place, members in enumerate(tries):
        base = _base(analysis, members, day, horizon)
        if base is not None:
            return Past(base, members.num_rows, like=bool(hand_over.rule) and place == 0)
    return None


def _members(then: Analysis, rule: str) -> pa.Table:
    try:
        return then.run(segment_members(then, rule, registry=FACTS))
    except RuleError:  # it asks for what is known of the present alone, or fits no longer
        return pa.table({"customer": pa.array([], pa.int64())})


def _base(analysis: Analysis, members: pa.Table, day: date, horizon: int) -> Base | None:
    numbers = np.setdiff1d(
        members["customer"].to_numpy(), np.array(sorted(customers.not_profiled()), np.int64)
    )
    if not numbers.size:
        return None
    rows = pa.table(
        {
            "customer": pa.array(numbers, pa.int64()),
            "arm": pa.repeat("past", numbers.size),
            "day": pa.repeat(pa.scalar(day, pa.date32()), numbers.size),
        }
    )
    try:
        return base_of(gather(analysis, rows, arms=("past",), horizon=horizon), "kept")
    except InputError:  # too few, or all alike
        return None


@contextmanager
def _as_of(analysis: Analysis, day: date) -> Iterator[Analysis]:
    """The facts of the same version as they were on an earlier day."""
    engine = DuckEngine(memory=config.WORKER_MEMORY.text(), threads=1)
    try:
        lake = Lake.open(settings.SITE.lake)
        yield open_lake_with(
            lake, engine, analysis.definitions, version=analysis.lake_version, as_of=day
        ).analysis
    finally:
        engine.close()
