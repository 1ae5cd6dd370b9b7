"""Progress of a long statement, asked from a second thread; raising from the progress function stops the statement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from regulars.kernel.progress import Progress, silent

_FIRST_SECONDS = 1.0  # people need to be told only of what takes a while
_EVERY_SECONDS = 0.5
_INSIST_SECONDS = 0.05


@contextmanager
def watched(con: duckdb.DuckDBPyConnection, step: str, progress: Progress) -> Iterator[None]:
    """Tell `progress` how far the statements inside the block are. Ctrl-C reaches DuckDB by itself."""
    if progress is silent:
        yield
        return
    done = threading.Event()
    stopped_by: list[BaseException] = []

    def tell() -> None:
        wait = _FIRST_SECONDS
        while not done.wait(wait):
            wait = _EVERY_SECONDS
            share = con.query_progress()
            try:
                progress(step, share / 100 if 0 <= share <= 100 else None)
            except BaseException as stop:  # whatever it raises is meant for the thread that works
                stopped_by.append(stop)
                # More than once: where the statement has not begun yet, the first is lost.
                while not done.is_set():
                    con.interrupt()
                    done.wait(_INSIST_SECONDS)
                return

    teller = threading.Thread(target=tell, name="regulars-progress", daemon=True)
    teller.start()
    try:
        yield
    except duckdb.InterruptException:
        if stopped_by:
            raise stopped_by[0] from None
        raise
    finally:
        done.set()
        teller.join()
