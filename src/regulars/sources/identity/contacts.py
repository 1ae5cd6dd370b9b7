"""How the customers of an import are reached: one name, address and telephone number each, for a book that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import duckdb

from regulars.lake.engines.duck import quoted


class Named(Protocol):
    """A staged table whose rows may hold a name, and how its rows find their `who`."""

    @property
    def table(self) -> str: ...
    @property
    def has_name(self) -> bool: ...


def reached(con: duckdb.DuckDBPyConnection, named: Sequence[tuple[Named, str]], into: str) -> None:
    """Make the table `into` (customer, name, email, phone) of those of `who` of whom anything is said.

    Of several, what stands in most rows counts, and of these the last by the alphabet. `named`: staged tables, each
    with the join that finds the `who` row of its rows, known as `s`.
    """
    parts = [
        "SELECT customer, 'email' AS what, address AS said, sum(n) AS n FROM who WHERE address IS NOT NULL "
        "AND coalesce(trouble, '') NOT IN ('shared', 'placeholder', 'house') GROUP BY ALL",
        "SELECT customer, 'phone' AS what, trim(phone) AS said, sum(n) AS n FROM who WHERE trim(phone) <> '' GROUP BY ALL",
    ]
    parts += [
        f"SELECT who.customer, 'name' AS what, trim(s.name) AS said, count(*) AS n FROM {quoted(one.table)} s {join} "
        "WHERE trim(s.name) <> '' GROUP BY ALL"
        for one, join in named
        if one.has_name
    ]
    chosen = ", ".join(
        f"arg_max(said, (n, said)) FILTER (what = '{what}') AS {what}" for what in ("name", "email", "phone")
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT customer, {chosen} "
        f"FROM ({' UNION ALL '.join(parts)}) WHERE customer > 0 GROUP BY customer"
    )
