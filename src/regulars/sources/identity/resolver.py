"""Identifiers to customer numbers, behind one protocol: in memory for a report, in a file beside the lake for imports.

An identifier is one text: `id:source:value`, `email:source:value`, `phone:source:value`, where the source is
empty if the address counts in all sources. A resolver keeps (identifier, customer) and hands out numbers; who belongs together is
decided before, in sets, by `identity/claims.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import duckdb

from regulars.kernel.errors import LakeError
from regulars.lake.engines.duck import literal

_SCHEMA = "CREATE {temp} TABLE IF NOT EXISTS {at}.identifiers (identifier VARCHAR NOT NULL, customer BIGINT NOT NULL)"
WAIT_SECONDS = 120.0


class Resolver(Protocol):
    """Knows customers by identifier. Both steps happen inside one `session`, which others have to wait for."""

    def session(self, con: duckdb.DuckDBPyConnection) -> AbstractContextManager[Book]:
        """Open for one resolve; on a clean exit what was learned is kept, else it is forgotten."""

    def peek(self) -> Resolver:
        """The same knowledge, from which nothing new is kept: for a dry run."""


class Book(Protocol):
    """An open resolver: tables are named, and live in the connection that opened it."""

    def known(self, wanted: str, into: str) -> None:
        """Make the table `into` (identifier, customer) of those identifiers in `wanted` (identifier) that are known."""

    def ids_of(self, customers: str, into: str) -> None:
        """Make the table `into` (customer, source): in which sources the `customers` (customer) have an id."""

    def called(self, customers: str, into: str) -> None:
        """Make the table `into` (customer, name): what a source calls those in `customers`: an id, else an address."""

    def highest(self) -> int:
        """The highest customer number given so far; 0 where there is none."""

    def learn(self, fresh: str) -> None:
        """Remember the rows of the table `fresh` (identifier, customer), all of them unknown so far."""


@runtime_checkable
class KeepsContacts(Protocol):
    """A book that also remembers how customers are reached; those in a file beside a lake do not."""

    def contacts(self, table: str) -> None:
        """Remember the rows of `table` (customer, name, email, phone), null where nothing is said."""


@runtime_checkable
class KeepsConsents(Protocol):
    """A book that also remembers what customers agreed to; those in a file beside a lake do not."""

    def consents(self, table: str) -> None:
        """Remember the rows of `table`, as `identity.consents.agreed` makes them."""


class _DuckBook:
    """A book that is a table of an attached (or the connection's own temporary) DuckDB database."""

    def __init__(self, con: duckdb.DuckDBPyConnection, at: str) -> None:
        self._con, self._at = con, at
        con.execute(_SCHEMA.format(at=at, temp="TEMP" if at.startswith("temp.") else ""))

    def known(self, wanted: str, into: str) -> None:
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT identifier, customer "
            f"FROM {self._at}.identifiers SEMI JOIN {wanted} USING (identifier)"
        )

    def ids_of(self, customers: str, into: str) -> None:
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT DISTINCT customer, "
            f"split_part(identifier, ':', 2) AS source FROM {self._at}.identifiers "
            f"SEMI JOIN {customers} USING (customer) WHERE starts_with(identifier, 'id:')"
        )

    def called(self, customers: str, into: str) -> None:
        # 'id:' < 'email:' < 'phone:' in what people recognise; an id's own source stands before it.
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT customer, regexp_replace(arg_min(identifier, "
            "(CASE split_part(identifier, ':', 1) WHEN 'id' THEN 1 WHEN 'email' THEN 2 ELSE 3 END, identifier)), "
            f"'^(id:[^:]*|email|phone):', '') AS name FROM {self._at}.identifiers "
            f"SEMI JOIN {customers} USING (customer) GROUP BY customer"
        )

    def highest(self) -> int:
        found = self._con.execute(f"SELECT coalesce(max(customer), 0) FROM {self._at}.identifiers").fetchall()
        return int(found[0][0])

    def learn(self, fresh: str) -> None:
        self._con.execute(f"INSERT INTO {self._at}.identifiers SELECT identifier, customer FROM {fresh}")


class MemoryResolver:
    """Numbers for one report: they live in the connection's temporary tables and end with it."""

    @contextmanager
    def session(self, con: duckdb.DuckDBPyConnection) -> Iterator[Book]:
        yield _DuckBook(con, "temp.main")

    def peek(self) -> Resolver:
        return self


class LocalResolver:
    """Numbers kept in a DuckDB file that only its owner may read: it holds personal data, the lake holds none."""

    def __init__(self, path: Path, *, keeps: bool = True) -> None:
        self.path = path
        self._keeps = keeps

    def peek(self) -> Resolver:
        return LocalResolver(self.path, keeps=False) if self.path.exists() else MemoryResolver()

    @classmethod
    def beside(cls, lake: Path) -> LocalResolver:
        """The resolver of a lake: `<lake>.people.duckdb`, beside it and never in it."""
        return cls(lake.with_name(lake.name + ".people.duckdb"))

    @contextmanager
    def session(self, con: duckdb.DuckDBPyConnection) -> Iterator[Book]:
        self._attach(con)
        try:
            con.execute("BEGIN")
            yield _DuckBook(con, "people.main")
            con.execute("COMMIT" if self._keeps else "ROLLBACK")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        finally:
            con.execute("DETACH people")

    def _attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Attach the file, waiting for another import that has it open (DuckDB locks it for one process)."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        give_up = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                con.execute(f"ATTACH {literal(str(self.path))} AS people")
                break
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise LakeError(
                        "The file with the customers' identifiers cannot be opened.",
                        where=str(self.path),
                        do=f"Check that it is readable and not damaged. DuckDB says: {str(error).splitlines()[0]}",
                    ) from None
                if time.monotonic() > give_up:
                    raise LakeError(
                        "Another import has had the customers' identifiers open for two minutes.",
                        where=str(self.path),
                        do="Wait for it to end, then run this again; nothing was changed.",
                    ) from None
                time.sleep(0.1)
        self.path.chmod(0o600)
