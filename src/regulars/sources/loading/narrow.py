"""Settled documents in little room: rows in memory are not compressed, so only what differs by row is stored, and short.

Columns that are empty or alike in all rows stand in the view, not in the table; texts of few different values become
enums of one byte, sorted as their texts are, so that they compare and sort like them.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from regulars.lake.engines.duck import literal, quoted

FEW = 250  # different values that an enum of one byte holds
_TRIED = 5  # of 100 rows
_SEED = 1


def keep(
    con: duckdb.DuckDBPyConnection,
    name: str,
    rows: str,
    columns: dict[str, str],
    types: dict[str, str | None],
) -> None:
    """Make the view `name` with these columns of `rows` (a FROM clause), and the table `<name>_rows` behind it.

    `columns`: SQL by name; a column that is an SQL constant, or says the same as one before, is not stored. `types`:
    the type that a column is shown with, None for the one that it has.
    """
    stored: dict[str, str] = {}  # SQL to the name under which it is stored
    shown = []
    for column, expression in columns.items():
        if _is_constant(expression):
            # A text that is alike in all rows is an enum of one: written in a third of the time, folded where it is compared.
            is_text = expression.startswith("'") and not types.get(column)
            show = f"{expression}::ENUM({expression})" if is_text else expression
        else:
            stored.setdefault(expression, column)
            show = quoted(stored[expression])
        kind = types.get(column)
        shown.append(f"{show}{f'::{kind}' if kind else ''} AS {quoted(column)}")
    chosen = ", ".join(f"{expression} AS {quoted(column)}" for expression, column in stored.items())
    con.execute(f"CREATE OR REPLACE TABLE {name}_rows AS SELECT {chosen} FROM {rows}")
    con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join(shown)} FROM {name}_rows")


def shorten(con: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]) -> None:
    """Make enums of texts in a small table."""
    for column in columns:
        values = _values(con, table, quoted(column))
        if values:
            con.execute(f"ALTER TABLE {table} ALTER {quoted(column)} TYPE {enum(values)}")


def short(con: duckdb.DuckDBPyConnection, relation: str, texts: dict[str, str]) -> dict[str, str]:
    """SQL of those `texts` (SQL by name) that have few values in a relation: an enum, or the value if there is one."""
    if not texts:
        return {}
    # Most of the time is spent on reading the texts: a part of the rows says which have too many values to be looked at.
    counts = ", ".join(f"approx_count_distinct({one})" for one in texts.values())
    some = con.execute(
        f"SELECT {counts} FROM {relation} USING SAMPLE {_TRIED} PERCENT (system, {_SEED})"
    ).fetchall()[0]
    made = {}
    for n, (name, expression) in zip(some, texts.items(), strict=True):
        if n > FEW:
            continue
        # The texts of few values are grouped in a third of the time that a list of them takes.
        values = [
            value
            for (value,) in con.execute(
                f"SELECT DISTINCT {expression} FROM {relation} LIMIT {FEW + 2}"
            ).fetchall()
        ]
        known = sorted(value for value in values if value is not None)
        if len(known) == len(values) == 1:
            made[name] = literal(known[0])
        elif 0 < len(known) <= FEW:
            made[name] = f"({expression})::{enum(known)}"
    return made


def enum(values: list[str]) -> str:
    """The type of texts that are one of these."""
    return f"ENUM({', '.join(map(literal, values))})"


def _values(con: duckdb.DuckDBPyConnection, relation: str, expression: str) -> list[str]:
    rows = con.execute(
        f"SELECT DISTINCT {expression} AS value FROM {relation} WHERE value IS NOT NULL ORDER BY value"
    ).fetchall()
    return [value for (value,) in rows]


def _is_constant(expression: str) -> bool:
    return (
        expression == "NULL"
        or (
            expression.startswith("'")
            and expression.endswith("'")
            and "'" not in expression[1:-1].replace("''", "")
        )
        or expression.isdigit()
    )
