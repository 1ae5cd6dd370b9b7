"""Persons who were erased: what their files tell of the time before stays forgotten, whoever imports it again.

A claim by an erased identifier is one of that person. Where all of a person's facts in an import are older than the
erasure, nobody gets a number for them and nothing of them is kept. Where one is newer, the person has come back: they get a
new number, and only the older facts are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.lake.tables import TABLES

FORGOTTEN = (
    "who_forgotten"  # table (customer, until): facts of `customer` up to `until` are left out; below 0: all
)
# What says when a fact happened, best first.
_MOMENTS = ("at", "local_day", "started_day", "sent_day", "created_at")


@runtime_checkable
class Forgets(Protocol):
    """A book that knows who was erased."""

    def erased(self, wanted: str, into: str) -> bool:
        """Make the table `into` (identifier, person, until) of those in `wanted` (identifier) that were erased.

        `person`: a number from 1, the same for all identifiers of one erasure; `until`: when, UTC. False where there
        are none.
        """


class Claiming(Protocol):
    """A staged table whose rows claim to be of somebody."""

    @property
    def table(self) -> str: ...


C = TypeVar("C", bound=Claiming)


def set_aside(
    con: duckdb.DuckDBPyConnection, claims: Sequence[C], book: object, join: Callable[[C, str], str]
) -> bool:
    """Mark the claims of erased persons in `who_identified` (person, until, away); False where there are none.

    Those who are `away` lose their identifiers, so that nobody numbers them. `join` gives the join to `who`.
    """
    con.execute(f"DROP TABLE IF EXISTS {FORGOTTEN}")
    if not isinstance(book, Forgets):
        return False
    con.execute(
        "CREATE OR REPLACE TEMP TABLE who_asked AS SELECT identifier FROM who_identified WHERE identifier IS NOT NULL "
        "UNION SELECT by_email FROM who_identified WHERE by_email IS NOT NULL"
    )
    if not book.erased("who_asked", "who_erased"):
        return False
    con.execute(
        "CREATE OR REPLACE TEMP TABLE who AS SELECT i.*, least(a.person, b.person) AS person, "
        "greatest(a.until, b.until) AS until FROM who_identified i "
        "LEFT JOIN who_erased a ON a.identifier = i.identifier LEFT JOIN who_erased b ON b.identifier = i.by_email"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE who_back (person BIGINT)")
    for one in claims:
        columns = {row[0] for row in con.execute(f"DESCRIBE {quoted(one.table)}").fetchall()}
        moments = [f"TRY_CAST(s.{quoted(name)} AS TIMESTAMP)" for name in _MOMENTS if name in columns]
        if moments:
            con.execute(
                f"INSERT INTO who_back SELECT DISTINCT who.person FROM {quoted(one.table)} s {join(one, 's')} "
                f"WHERE who.person IS NOT NULL AND coalesce({', '.join(moments)}) > who.until"
            )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE who_identified AS SELECT * REPLACE (CASE WHEN away THEN NULL ELSE identifier END AS "
        "identifier, CASE WHEN away THEN NULL ELSE by_email END AS by_email) FROM "
        "(SELECT *, person IS NOT NULL AND person NOT IN (FROM who_back) AS away FROM who)"
    )
    return True


def remember_aside(con: duckdb.DuckDBPyConnection) -> None:
    """From `who`, whose customers are known now: from when on the facts of those who came back count."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {FORGOTTEN} AS SELECT customer, max(until) AS until FROM who "
        "WHERE person IS NOT NULL AND customer IS NOT NULL GROUP BY customer"
    )


def forget_older(con: duckdb.DuckDBPyConnection) -> None:
    """Take the facts of erased persons out of the canonical tables as each table is erased: the row, or only whose it is."""
    if not _is_there(con, FORGOTTEN):
        return
    for name, table in TABLES.items():
        stands = "settled_rows" if name == "orders" and _is_there(con, "settled_rows") else name
        if table.erase == "nothing" or "customer" not in table.names or not _is_there(con, stands):
            continue
        columns = {row[0] for row in con.execute(f"DESCRIBE {quoted(stands)}").fetchall()}
        if "customer" not in columns:
            continue
        moments = [f"TRY_CAST({quoted(one)} AS TIMESTAMP)" for one in _MOMENTS if one in columns]
        older = f"coalesce({', '.join(moments)}) <= until" if moments else "false"
        gone = (
            f"customer < 0 OR (customer IN (SELECT customer FROM {FORGOTTEN}) AND "
            f"(SELECT {older} FROM {FORGOTTEN} f WHERE f.customer = {quoted(stands)}.customer))"
        )
        does = (
            f"UPDATE {quoted(stands)} SET customer = NULL"
            if table.erase == "unlink"
            else f"DELETE FROM {quoted(stands)}"
        )
        con.execute(f"{does} WHERE {gone}")
    if _is_there(con, "customers"):
        con.execute("UPDATE customers SET referred_by = NULL WHERE referred_by < 0")


def _is_there(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall())
