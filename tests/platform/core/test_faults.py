"""What passes by itself, and what is a fault of the program: told apart by the number that the driver gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg import errors as postgres

from regulars.platform.core import jobs
from regulars.platform.core.faults import DATABASE_AWAY, machine_fault
from regulars.platform.core.models import Job


def as_django_has_it(error: Exception) -> OperationalError:
    try:
        raise OperationalError(str(error)) from error
    except OperationalError as raised:
        return raised


def refused(statement: str, file: Path) -> sqlite3.Error:
    """What SQLite says to a statement while another connection writes."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(file, timeout=0)) as own, pytest.raises(sqlite3.Error) as raised:
            own.execute(statement)
    return raised.value


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("CREATE TABLE mine (n)", DATABASE_AWAY),
        ("ATTACH 'no/such/folder/file' AS other", DATABASE_AWAY),
        ("SELECT n FROM nothing", ""),
        ("SELEC", ""),
    ],
)
def test_sqlite_that_is_busy_passes_and_a_wrong_statement_does_not(
    tmp_path: Path, statement: str, fault: str
) -> None:
    assert machine_fault(as_django_has_it(refused(statement, tmp_path / "file"))) == fault


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (postgres.OperationalError("connection refused"), DATABASE_AWAY),  # no server, no number
        (postgres.AdminShutdown("57P01"), DATABASE_AWAY),
        (postgres.TooManyConnections("53300"), DATABASE_AWAY),
        (postgres.LockNotAvailable("55P03"), DATABASE_AWAY),
        (postgres.SerializationFailure("40001"), DATABASE_AWAY),
        (postgres.QueryCanceled("57014"), ""),
        (postgres.ProgramLimitExceeded("54000"), ""),
    ],
)
def test_postgresql_that_is_away_passes_and_what_it_cannot_do_does_not(error: Exception, fault: str) -> None:
    assert machine_fault(as_django_has_it(error)) == fault


def test_a_connection_that_is_gone_passes() -> None:
    assert machine_fault(InterfaceError("connection already closed")) == DATABASE_AWAY


@pytest.mark.django_db(transaction=True)
def test_a_job_with_a_wrong_statement_fails_soon_and_leaves_a_traceback(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    def ask(job: jobs.Running) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_this_name FROM core_job")

    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(jobs, "backoff", lambda attempt: timedelta(0))
    jobs.register("ask", ask, tries=2)
    job = jobs.start(kind="ask")
    work()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, 2)
    traces = [record.exc_info for record in caplog.records if record.name == jobs.log.name]
    assert [trace is not None and issubclass(trace[0] or int, DatabaseError) for trace in traces] == [
        True,
        True,
    ]
