"""How a lower context tells a higher one: by a job, in the transaction of what happened. Never by an import."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from regulars.platform.core import jobs

_SUBSCRIBERS: dict[str, list[str]] = defaultdict(list)


def subscribe(topic: str, kind: str) -> None:
    """From now on, each event of the topic starts a job of the kind, with the event's values as arguments."""
    if kind not in _SUBSCRIBERS[topic]:
        _SUBSCRIBERS[topic].append(kind)


def publish(topic: str, *, key: str = "", **values: Any) -> None:
    """Tell whoever subscribed, if the caller's transaction commits. With a `key`, what waits already is not doubled."""
    for kind in _SUBSCRIBERS[topic]:
        jobs.start(kind=kind, key=key, **values)
