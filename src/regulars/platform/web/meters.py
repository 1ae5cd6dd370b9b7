"""Counters of this process, and what the database says, as Prometheus reads it."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from regulars import __version__
from regulars.platform.core import api as core
from regulars.platform.insights import api as insights

_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)  # seconds
_lock = threading.Lock()
_requests: dict[tuple[str, str], int] = defaultdict(int)  # by method and class of status
_durations = [0] * (len(_BOUNDS) + 1)
_seconds = 0.0


def measured(handler: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count every request and how long it took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = handler(request)
        _note(request.method or "", response.status_code, time.perf_counter() - begun)
        return response

    return middleware


def _note(method: str, status: int, seconds: float) -> None:
    global _seconds
    known = method if method in ("GET", "HEAD", "POST") else "other"
    with _lock:
        _requests[known, f"{status // 100}xx"] += 1
        _durations[bisect_left(_BOUNDS, seconds)] += 1
        _seconds += seconds


def exposition(now: datetime) -> str:
    """All meters, one a line, each with its help and type."""
    with _lock:
        requests, durations, seconds = dict(_requests), list(_durations), _seconds
    age = core.worker_age(now=now)
    lines = [
        *_meter("regulars_build_info", "gauge", "The release that runs.", [(f'version="{__version__}"', 1)]),
        *_meter(
            "regulars_requests_total", "counter", "Requests answered by this process.",
            [(f'method="{method}",status="{status}"', count) for (method, status), count in sorted(requests.items())],
        ),
        *_histogram(durations, seconds),
        *_meter(
            "regulars_jobs", "gauge", "Jobs by state.",
            [(f'state="{state}"', count) for state, count in core.jobs_by_state().items()],
        ),
    ]  # fmt: skip
    if age is not None:
        lines += _meter(
            "regulars_worker_age_seconds",
            "gauge",
            "Since a worker was seen alive.",
            [("", age.total_seconds())],
        )
    if (snapshot := insights.current()) is not None:
        seconds_old = (now - snapshot.computed_at).total_seconds()
        lines += _meter(
            "regulars_figures_age_seconds", "gauge", "Since the figures were computed.", [("", seconds_old)]
        )
    return "\n".join(lines) + "\n"


def _meter(name: str, kind: str, help_: str, values: list[tuple[str, float]]) -> list[str]:
    head = [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"]
    return head + [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values]


def _histogram(durations: list[int], seconds: float) -> list[str]:
    name, total = "regulars_request_seconds", 0
    lines = [f"# HELP {name} How long requests took.", f"# TYPE {name} histogram"]
    for bound, count in zip([*map(str, _BOUNDS), "+Inf"], durations, strict=True):
        total += count
        lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
    return [*lines, f"{name}_sum {seconds:.6f}", f"{name}_count {total}"]
