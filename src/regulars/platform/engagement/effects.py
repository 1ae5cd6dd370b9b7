"""Effects as plain data and back: what a page reads was computed by a job."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from regulars.experiments import TREATED, Effect, Experiment, Gathered, Interval, check_shares

OUTCOMES = ("kept", "orders", "margin")
_EVERY_DAY = 180  # days of looks; of a longer path one a week is kept
_INTERVALS = ("per_customer", "fixed", "total")


def effects_of(found: Gathered, experiment: Experiment, alpha: float = 0.05) -> dict[str, Any]:
    """What was added so far, by outcome: the newest effect and the path that led there. Each interval holds by itself, at all
    looks at once; the first outcome, customers kept, is the one that the hand-over is judged by."""
    days = looks(found)
    told: dict[str, Any] = {}
    for outcome in OUTCOMES:
        if outcome not in found.outcomes:
            continue
        path = found.path(outcome, TREATED, alpha=alpha, looks=days)
        told[outcome] = {"latest": plain(path.latest), "path": [_look(one) for one in path.looks]}
    counts = found.counts()
    check = check_shares(experiment, counts)
    return {
        "outcomes": told, "counts": counts, "horizon": found.horizon,
        "check": {"p": check.p, "mismatch": check.mismatch, "expected": check.expected},
    }  # fmt: skip


def looks(found: Gathered) -> list[date]:
    """The days that are looked at: each, of a long path the same day of every week, and always the newest."""
    first = date(1970, 1, 1) + timedelta(int(found.day.min()))
    last = found.as_of - timedelta(1)
    step = 1 if (last - first).days < _EVERY_DAY else 7
    days = [first + timedelta(n) for n in range(0, max((last - first).days, 0) + 1, step)]
    return days if days[-1] == last else [*days, last]


def plain(effect: Effect) -> dict[str, Any]:
    """As JSON takes it."""
    values = asdict(effect)
    return values | {"day": effect.day.isoformat() if effect.day else None}


def effect_from(values: dict[str, Any]) -> Effect:
    """What `plain` gave."""
    intervals = {name: Interval(**values[name]) if values[name] else None for name in _INTERVALS}
    day = date.fromisoformat(values["day"]) if values["day"] else None
    return Effect(**(values | intervals | {"day": day}))


def _look(effect: Effect) -> dict[str, Any]:
    one = effect.per_customer
    known = {"estimate": one.estimate, "low": one.low, "high": one.high} if one else {}
    return {"day": effect.day.isoformat() if effect.day else "", "answer": effect.answer, **known}
