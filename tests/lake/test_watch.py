"""A long statement is stopped by its progress function, also where it was told to before it had begun."""

from __future__ import annotations

import time

import duckdb
import pytest

from regulars.lake.engines.watch import watched

LONG = "SELECT sum(a.range * b.range % 7) FROM range(300000) a, range(300000) b"


class StoppedError(Exception):
    """What the progress function raises."""


def stop(step: str, share: float | None) -> None:
    raise StoppedError


def test_what_progress_raises_stops_the_statement() -> None:
    with duckdb.connect() as con, pytest.raises(StoppedError), watched(con, "counting", stop):
        con.execute(LONG).fetchall()


def test_a_statement_that_begins_after_it_was_stopped_ends_too() -> None:
    with duckdb.connect() as con, pytest.raises(StoppedError), watched(con, "counting", stop):
        time.sleep(1.5)
        con.execute(LONG).fetchall()


def test_the_connection_is_of_use_afterwards() -> None:
    with duckdb.connect() as con:
        with pytest.raises(StoppedError), watched(con, "counting", stop):
            con.execute(LONG).fetchall()
        assert con.execute("SELECT 1").fetchall() == [(1,)]
