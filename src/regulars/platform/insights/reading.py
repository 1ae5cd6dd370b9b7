"""Asking the engine from the web process: few at a time, in bounded memory, with a limit of two seconds.

Each reader has a DuckDB of its own over the snapshot's prepared tables and the lake's files; nothing is loaded before it
is asked for. A new snapshot gives new readers, and the old ones are closed when they are given back.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from django.conf import settings

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.toml import from_toml
from regulars.metrics.analysis import Analysis
from regulars.metrics.kept import take_up
from regulars.platform import config
from regulars.platform.insights.models import Snapshot

LIMIT_SECONDS = 2.0
READERS = 2


class TooSlow(Exception):
    """The engine did not answer in time; nothing was changed. The page shows progress and asks a worker instead."""


class NothingYet(Exception):
    """No snapshot is ready: the page says what the first step is."""


@dataclass
class _Reader:
    snapshot: int
    analysis: Analysis
    engine: DuckEngine


_free: queue.LifoQueue[_Reader] = queue.LifoQueue()
_places = threading.BoundedSemaphore(READERS)


@contextmanager
def asking(*, snapshot: Snapshot | None = None, seconds: float = LIMIT_SECONDS) -> Iterator[Analysis]:
    """`with asking() as analysis:` gives the current snapshot's analysis, ready to be asked.

    Raises NothingYet without a snapshot, TooSlow where a place is not free or an answer not there within `seconds`.
    """
    wanted = snapshot or Snapshot.objects.filter(current=True).first()
    if wanted is None:
        raise NothingYet
    if not _places.acquire(timeout=seconds):
        raise TooSlow
    try:
        reader = _take(wanted)
        timer = threading.Timer(seconds, reader.engine.con.interrupt)
        timer.start()
        try:
            yield reader.analysis
        except duckdb.InterruptException:
            raise TooSlow from None
        finally:
            timer.cancel()
            timer.join()
            _free.put(reader)
    finally:
        _places.release()


def _take(wanted: Snapshot) -> _Reader:
    """A free reader of the snapshot; those of older ones are closed."""
    while True:
        try:
            reader = _free.get_nowait()
        except queue.Empty:
            return _open(wanted)
        if reader.snapshot == wanted.pk:
            return reader
        reader.engine.close()


def _open(wanted: Snapshot) -> _Reader:
    lake = Lake.open(settings.SITE.lake)
    engine = DuckEngine(memory=config.ENGINE_MEMORY.text(), threads=2)
    lake.bind(engine, wanted.lake_version)
    definitions = from_toml(wanted.state["definitions"])
    analysis = take_up(settings.SITE.prepared / wanted.state["prepared"], engine, definitions)
    return _Reader(wanted.pk, analysis, engine)
