"""Asking the engine from the web process: few at a time, in bounded memory, with a limit of two seconds.

Each reader has a DuckDB of its own over the snapshot's prepared tables, those of the runs beside it and the lake's files;
nothing is loaded before it is asked for. A new snapshot or run gives new readers, and the old ones are closed when they are
given back.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.conf import settings

from regulars.kernel.errors import LakeError
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.toml import from_toml
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import ATTRIBUTES
from regulars.metrics.kept import take_up
from regulars.platform import config
from regulars.platform.insights.listing import LISTING
from regulars.platform.insights.models import Snapshot
from regulars.platform.insights.queries import shown
from regulars.platform.insights.runs_views import Shown, bind_runs, shown_with

LIMIT_SECONDS = 2.0
READERS = 2
_USES = (
    200  # then a reader is closed, with what it remembered and the tables of members that rules left in it
)
_INSIST_SECONDS = 0.05


class TooSlow(Exception):  # noqa: N818 - it says what happened, as the words of a page do
    """The engine did not answer in time; nothing was changed. The page shows progress and asks a worker instead."""


class NothingYet(Exception):  # noqa: N818 - see above
    """No snapshot is ready, or its facts have just been replaced: the page says what the next step is."""


@dataclass
class _Reader:
    """`reads`: the lake, the snapshot and the runs; tests, and sites that are restored, have several lakes in one process."""

    reads: tuple[Path, int, Shown]
    analysis: Analysis
    engine: DuckEngine
    uses: int = 0


_free: queue.LifoQueue[_Reader] = queue.LifoQueue()
_places = threading.BoundedSemaphore(READERS)


@contextmanager
def asking(*, snapshot: Snapshot | None = None, seconds: float = LIMIT_SECONDS) -> Iterator[Analysis]:
    """`with asking() as analysis:` gives the current snapshot's analysis, ready to be asked.

    The reader is this thread's own inside the block. Raises NothingYet without a snapshot, TooSlow where a place is
    not free within `seconds`, or what is asked not answered within as many more. Opening a reader is not counted: it
    happens once a snapshot, and whoever comes first would be turned away for it.
    """
    wanted = snapshot or shown()
    if wanted is None or not wanted.state.get("prepared"):  # none yet, or one of a lake without orders
        raise NothingYet
    if not _places.acquire(timeout=seconds):
        raise TooSlow
    try:
        reader = _take(wanted)
        usable = True
        try:
            # Opening a snapshot's files for the first time is not counted: asking again would not make it quicker.
            with _limited(reader.engine, seconds):
                yield reader.analysis
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise TooSlow from None
        except duckdb.IOException:  # its files were removed: somebody was erased, or older versions were
            usable = False
            raise NothingYet from None
        except duckdb.Error:
            usable = False
            raise
        finally:
            _give_back(reader, usable=usable)
    finally:
        _places.release()


def warm() -> None:
    """Open the readers of what is shown, and load what compiles questions, before somebody asks; for a web process."""
    with suppress(NothingYet, TooSlow), asking(seconds=60) as first, asking(seconds=60) as second:
        for analysis in (first, second):
            analysis.run(LISTING.agg(n=LISTING.count()))


def close_readers() -> None:
    """Close the readers that nobody uses, so that no file is held open."""
    while True:
        try:
            _free.get_nowait().engine.close()
        except queue.Empty:
            return


@contextmanager
def _limited(engine: DuckEngine, seconds: float) -> Iterator[None]:
    """Interrupt what the engine runs after so many seconds, and whatever it is asked after that."""
    done = threading.Event()

    def insist() -> None:
        wait = seconds
        while not done.wait(wait):
            engine.con.interrupt()
            wait = _INSIST_SECONDS

    thread = threading.Thread(target=insist, name="regulars-limit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _take(wanted: Snapshot) -> _Reader:
    """A free reader of the snapshot; those of older ones are closed."""
    reads = (settings.SITE.lake, wanted.pk, shown_with(wanted))
    while True:
        try:
            reader = _free.get_nowait()
        except queue.Empty:
            return _open(wanted, reads)
        if reader.reads == reads:
            return reader
        reader.engine.close()


def _give_back(reader: _Reader, *, usable: bool) -> None:
    reader.uses += 1
    if usable and reader.uses < _USES:
        _free.put(reader)
    else:
        reader.engine.close()


def _open(wanted: Snapshot, reads: tuple[Path, int, Shown]) -> _Reader:
    """Raises NothingYet where the snapshot's files are gone."""
    engine = DuckEngine(memory=_part_of(config.ENGINE_MEMORY.text()), threads=2)
    try:
        # The lake's files are never written twice; a file of ten million rows says on half a megabyte where they are.
        engine.con.execute("SET parquet_metadata_cache = true")
        Lake.open(settings.SITE.lake).bind(engine, wanted.lake_version)
        definitions = from_toml(wanted.state["definitions"])
        analysis = take_up(settings.SITE.prepared / wanted.state["prepared"], engine, definitions)
        bind_runs(engine, reads[2])
        # The first question of a process loads the compiler, which takes as long as many questions.
        engine.run(ATTRIBUTES.limit(1))
    except (LakeError, FileNotFoundError, duckdb.IOException):
        engine.close()
        raise NothingYet from None
    except BaseException:
        engine.close()
        raise
    return _Reader(reads, analysis, engine)


def _part_of(memory: str) -> str:
    """One reader's part of what all may hold: '400MB' gives '200MB' to each of two."""
    found = re.fullmatch(r"([\d.]+)\s*([A-Za-z]*)", memory)
    return f"{float(found[1]) / READERS:g}{found[2]}" if found else memory
