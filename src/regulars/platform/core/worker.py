"""The worker process: one thread a lane, and one that renews leases, recovers what was lost and starts what is due."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from regulars.platform.core import heartbeat, jobs, leases, schedules
from regulars.platform.core.faults import machine_fault

log = logging.getLogger(__name__)

_PAUSE = 0.5  # seconds between looks into an empty lane
_KEEPING = 5.0  # seconds between renewals
_JUMP = timedelta(seconds=30)  # more than clocks are corrected by in the course of a day


def run() -> None:
    """Run until SIGTERM or SIGINT; what is running then goes back to the queue at its next step."""
    lanes = [_lane(lane) for lane in jobs.LANES]
    threads = [
        threading.Thread(target=_for_ever, args=(lane.run,), name=f"lane {lane.queue_names[0]}", daemon=True)
        for lane in lanes
    ]
    threads.append(threading.Thread(target=_for_ever, args=(_keep,), name="keeper", daemon=True))

    def stop(number: int, frame: FrameType | None) -> None:
        jobs.stopping.set()
        for lane in lanes:
            lane.running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    leases.take_back()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(timeout=0.2)


def run_until_idle(*, limit: int = 1000) -> None:
    """Run everything that waits and is due, in this thread; for tests and commands."""
    worker = Worker(
        queue_names=["*"], excluded_queue_names=[], interval=0, batch=True, backend_name="default",
        startup_delay=False, max_tasks=limit, worker_id=jobs.WORKER,
    )  # fmt: skip
    worker.run()


def _lane(lane: jobs.Lane) -> Worker:
    return Worker(
        queue_names=[lane], excluded_queue_names=[], interval=_PAUSE, batch=False, backend_name="default",
        startup_delay=False, max_tasks=None, worker_id=f"{jobs.WORKER}-{lane}",
    )  # fmt: skip


def _for_ever(work: Callable[[], None]) -> None:
    """Keep a thread at work while the database is away or busy, or the disk full: nothing is lost, it only waits."""
    pause = 0.5
    while not jobs.stopping.is_set():
        try:
            work()
            pause = 0.5
        except Exception as error:  # a thread that ended would leave half a worker, which looks alive
            if machine_fault(error):
                log.warning("%s Trying again. (%s)", machine_fault(error), type(error).__name__)
            else:
                log.exception("the worker's thread %s failed; it goes on", threading.current_thread().name)
            close_old_connections()
            jobs.stopping.wait(pause)
            pause = min(pause * 2, 15.0)
    connection.close()


def _keep() -> None:
    last_look = float("-inf")
    while not jobs.stopping.is_set():
        close_old_connections()
        leases.renew()
        schedules.start_due()
        if time.monotonic() - last_look > 15:
            last_look = time.monotonic()
            back = heartbeat.beat(now=timezone.now())
            if back > _JUMP:
                log.warning("the clock was set back by %s seconds", round(back.total_seconds()))
                leases.clock_was_set_back(back)
            if count := leases.recover():
                log.warning("%s jobs that nobody had in hand were delivered again", count)
        jobs.stopping.wait(_KEEPING)
