"""All fact tables whose rows are facts as they stand: staged fields, with customer, place, day and the order's own where missing."""

from __future__ import annotations

import duckdb

from regulars.kernel.definitions import Definitions
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.tables import TABLES, Column, Table
from regulars.sources.identity.claims import Claims, join_who
from regulars.sources.loading import words
from regulars.sources.loading.ask import first, is_empty
from regulars.sources.loading.orders import nulls_of
from regulars.sources.loading.places import currency_or, place
from regulars.sources.loading.stage import stage_name

# What a fact about an order takes from it where its own file does not say.
_FROM_ORDER = ("customer", "at", "local_day", "market", "country", "currency")


def settle_plain(
    con: duckdb.DuckDBPyConnection, name: str, fields: frozenset[str], claims: Claims | None,
    definitions: Definitions, currency: str | None,
) -> None:  # fmt: skip
    """Add the staged rows of the fact table `name` to its canonical table; the last of several with one key stays."""
    table = TABLES[name]
    stage = stage_name(name)
    made: dict[str, str] = {"source": "s.source"}
    joins = []
    if claims is not None:
        joins.append(join_who(claims, "s"))
        made["customer"] = "who.customer"
    placed = place(con, stage, fields, definitions, alias="s", name=name)
    joins.append(placed.joins)
    made["market"], made["country"] = placed.market, placed.country
    if "at" in fields or "local_day" in fields:
        made["at"], made["local_day"] = placed.at, placed.day
    made["currency"] = currency_or(fields, "s", currency)
    if "order_id" in fields and name != "orders" and not is_empty(con, "orders"):
        _take_from_order(table, made, joins)
    made.update(_special(con, name, fields, joins))
    chosen = ", ".join(
        f"({_expression(c, made, fields)})::{c.duckdb} AS {quoted(c.name)}" for c in table.columns
    )
    key = ", ".join(quoted(column) for column in table.key)
    required = " AND ".join(f"{quoted(c.name)} IS NOT NULL" for c in table.columns if c.name in table.key)
    rows = (
        f"SELECT * EXCLUDE (_file, _row) FROM (SELECT s._file, s._row, {chosen} FROM {stage} s {' '.join(joins)}) "
        f"WHERE {required} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _file DESC, _row DESC) = 1"
    )
    con.execute(f"CREATE OR REPLACE TABLE {quoted(f'made_{name}')} AS {rows}")
    if first(con, f"SELECT 1 FROM information_schema.tables WHERE table_name = {literal(name)}"):
        con.execute(f"INSERT INTO {quoted(name)} BY NAME SELECT * FROM {quoted(f'made_{name}')}")
        con.execute(f"DROP TABLE {quoted(f'made_{name}')}")
    else:
        con.execute(f"ALTER TABLE {quoted(f'made_{name}')} RENAME TO {quoted(name)}")


def make_missing(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables for the facts that nothing feeds, so that every analysis finds all names."""
    for table in TABLES.values():
        con.execute(
            f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} AS SELECT {nulls_of(table)} WHERE false"
        )


def _take_from_order(table: Table, made: dict[str, str], joins: list[str]) -> None:
    joins.append("LEFT JOIN orders o ON o.source = s.source AND o.order_id = s.order_id")
    for column in _FROM_ORDER:
        if column in table.names:
            own = made.get(column)
            made[column] = f"coalesce({own}, o.{quoted(column)})" if own else f"o.{quoted(column)}"


def _expression(column: Column, made: dict[str, str], fields: frozenset[str]) -> str:
    if column.name in made:
        return made[column.name]
    return f"s.{quoted(column.name)}" if column.name in fields else "NULL"


def _special(
    con: duckdb.DuckDBPyConnection, name: str, fields: frozenset[str], joins: list[str]
) -> dict[str, str]:
    """What one table alone needs."""
    if name == "costs":
        return _costs(fields)
    if name == "payments":
        return _payments(con, fields, joins)
    if name == "customers" and "referred_by" in fields:
        return {"referred_by": "s.referred_by"}
    return {}


def _costs(fields: frozenset[str]) -> dict[str, str]:
    made = {}
    if "month" in fields:
        made = {"first_day": "date_trunc('month', s.month)::DATE", "last_day": "last_day(s.month)"}
    purpose = "coalesce(s.purpose, 'acquisition')" if "purpose" in fields else "'acquisition'"
    made["purpose"] = purpose
    if "cost_id" not in fields:
        day = made.get("first_day", "s.first_day")
        pieces = [f"({day})::VARCHAR", purpose]
        pieces += [f"coalesce(s.{c}, '')" for c in ("channel", "market", "country") if c in fields]
        made["cost_id"] = f"concat_ws('/', {', '.join(pieces)})"
    return made


def _payments(con: duckdb.DuckDBPyConnection, fields: frozenset[str], joins: list[str]) -> dict[str, str]:
    made = {}
    for column, word, rules in (
        (
            "payment_kind",
            "payment_kind" if "payment_kind" in fields else "payment_method",
            words.PAYMENT_KINDS,
        ),
        ("state", "state", words.PAYMENT_STATES),
    ):
        if word in fields:
            words.make_words(con, "stage_payments", word, rules, f"words_paid_{column}")
            joins.append(f"LEFT JOIN words_paid_{column} ON words_paid_{column}.word = s.{word}")
            made[column] = f"words_paid_{column}.canonical"
    linked = any(" orders o " in join for join in joins)
    if "day_known" not in fields:
        made["day_known"] = "true" if "at" in fields or "local_day" in fields else "false"
    if "amount" in fields and linked:
        # A refund that does not say what it gave back is split like its order.
        share = "least(abs(s.amount)::DOUBLE / nullif(o.total, 0)::DOUBLE, 1)"
        made["amount"] = "abs(s.amount)"
        for part in ("goods", "tax", "shipping", "adjustments"):
            split = f"CASE WHEN s.kind <> 'payment' THEN round(o.{part}::DOUBLE * {share}, 4) END"
            made[part] = f"coalesce(s.{part}, {split})" if part in fields else split
    if "amount" in fields and not linked and "goods" not in fields:
        made["goods"] = "CASE WHEN s.kind <> 'payment' THEN abs(s.amount) END"
    if "payment_id" not in fields:
        made["payment_id"] = f"coalesce(s.order_id, '') || '/' || s.kind || {literal('/')} || s._row"
    return made
