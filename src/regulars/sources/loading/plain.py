"""All fact tables whose rows are facts as they stand: staged fields, with customer, place, day and the order's own where missing."""

from __future__ import annotations

import duckdb

from regulars.kernel.definitions import Definitions
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.tables import TABLES, Column, Table
from regulars.sources.identity.claims import Claims, join_who
from regulars.sources.loading import words
from regulars.sources.loading.ask import first, is_empty, one
from regulars.sources.loading.orders import nulls_of
from regulars.sources.loading.people import of_customers
from regulars.sources.loading.places import currency_or, place
from regulars.sources.loading.stage import stage_name
from regulars.sources.messages import ORDER_UNKNOWN, WITHOUT_KEY, Message

KNOWN_ORDERS = "known_orders"
# What a fact about an order takes from it where its own file does not say.
_FROM_ORDER = ("customer", "at", "local_day", "market", "country", "currency")
_OF_ORDER = (*_FROM_ORDER, "total", "goods", "tax", "shipping", "adjustments")


def settle_plain(
    con: duckdb.DuckDBPyConnection, name: str, fields: frozenset[str], claims: Claims | None,
    definitions: Definitions, currency: str | None,
) -> list[Message]:  # fmt: skip
    """Add the staged rows of the fact table `name` to its canonical table; the last of several with one key stays.

    Returns what is worth knowing: rows that name no known order, and customers who cannot be told from each other.
    """
    table = TABLES[name]
    linked = "order_id" in fields and not is_empty(con, KNOWN_ORDERS)
    stage = _with_orders(con, name) if linked else stage_name(name)
    made: dict[str, str] = {"source": "s.source"}
    joins = []
    if claims is not None:
        joins.append(join_who(claims, "s"))
        made["customer"] = "who.customer"
    placed = place(con, stage, fields, definitions, alias="s", name=name, order="s" if linked else None)
    joins.append(placed.joins)
    made["market"], made["country"] = placed.market, placed.country
    if "at" in fields or "local_day" in fields:
        made["at"], made["local_day"] = placed.at, placed.day
    made["currency"] = currency_or(fields, "s", currency)
    if linked:
        _take_from_order(table, made)
    made.update(_special(con, name, fields, joins, linked))
    chosen = ", ".join(
        f"({_expression(c, made, fields)})::{c.duckdb} AS {quoted(c.name)}" for c in table.columns
    )
    key = ", ".join(quoted(column) for column in table.key)
    required = " AND ".join(f"{quoted(c.name)} IS NOT NULL" for c in table.columns if c.name in table.key)
    every = f"SELECT s._file, s._row, {chosen} FROM {stage} s {' '.join(joins)}"
    rows = (
        f"SELECT * EXCLUDE (_file, _row) FROM ({every}) "
        f"WHERE {required} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _file DESC, _row DESC) = 1"
    )
    con.execute(f"CREATE OR REPLACE TABLE {quoted(f'made_{name}')} AS {rows}")
    if first(con, f"SELECT 1 FROM information_schema.tables WHERE table_name = {literal(name)}"):
        con.execute(f"INSERT INTO {quoted(name)} BY NAME SELECT * FROM {quoted(f'made_{name}')}")
        con.execute(f"DROP TABLE {quoted(f'made_{name}')}")
    else:
        con.execute(f"ALTER TABLE {quoted(f'made_{name}')} RENAME TO {quoted(name)}")
    return _remarks(con, name, stage, fields, linked, f"SELECT 1 FROM ({every}) WHERE NOT ({required})")


def _remarks(
    con: duckdb.DuckDBPyConnection, name: str, stage: str, fields: frozenset[str], linked: bool, lost: str
) -> list[Message]:
    counts = []
    if "order_id" in fields:
        unknown = "order_id IS NOT NULL" + (" AND order_local_day IS NULL" if linked else "")
        counts.append((ORDER_UNKNOWN, f"SELECT 1 FROM {stage} WHERE {unknown}"))
    if name == "customers":  # the other keys are checked while staging
        counts.append((WITHOUT_KEY, lost))
    found = [(text, one(con, f"SELECT count(*) FROM ({rows})")[0]) for text, rows in counts]
    return [Message(text, table=name, rows=rows) for text, rows in found if rows]


def make_missing(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables for the facts that nothing feeds, so that every analysis finds all names."""
    for table in TABLES.values():
        con.execute(
            f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} AS SELECT {nulls_of(table)} WHERE false"
        )


def _with_orders(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """The staged rows with what their order says as `order_...`, as a table of its own."""
    theirs = ", ".join(f"o.{quoted(column)} AS order_{column}" for column in _OF_ORDER)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE linked_{name} AS SELECT s.*, {theirs} FROM {stage_name(name)} s "
        f"LEFT JOIN {KNOWN_ORDERS} o ON o.source = s.source AND o.order_id = s.order_id"
    )
    return f"linked_{name}"


def _take_from_order(table: Table, made: dict[str, str]) -> None:
    for column in _FROM_ORDER:
        if column in table.names:
            own = made.get(column)
            made[column] = f"coalesce({own}, s.order_{column})" if own else f"s.order_{column}"


def _expression(column: Column, made: dict[str, str], fields: frozenset[str]) -> str:
    if column.name in made:
        return made[column.name]
    return f"s.{quoted(column.name)}" if column.name in fields else "NULL"


def _special(
    con: duckdb.DuckDBPyConnection, name: str, fields: frozenset[str], joins: list[str], linked: bool
) -> dict[str, str]:
    """What one table alone needs."""
    if name == "costs":
        return _costs(fields)
    if name == "payments":
        return _payments(con, fields, joins, linked)
    if name == "customers":
        return of_customers(fields, joins)
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
        key = f"concat_ws('/', {', '.join(pieces)})"
        # Several rows of a file for one month and channel are several costs; a later file replaces each by its place.
        place = f"row_number() OVER (PARTITION BY s.source, s._file, {key} ORDER BY s._row)"
        made["cost_id"] = f"{key} || CASE WHEN {place} > 1 THEN '/' || {place} ELSE '' END"
    return made


def _payments(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], joins: list[str], linked: bool
) -> dict[str, str]:
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
    if "day_known" not in fields:
        made["day_known"] = "true" if "at" in fields or "local_day" in fields else "false"
    if "amount" in fields:
        made["amount"] = "abs(s.amount)"
        made.update(_parts(fields, linked))
    if fields >= {"fee", "fee_currency", "settled_amount", "currency", "amount"}:
        other = "upper(s.fee_currency) <> upper(trim(s.currency))"
        rate = "abs(s.amount)::DOUBLE / nullif(abs(s.settled_amount), 0)::DOUBLE"
        made["fee"] = f"CASE WHEN {other} THEN round(s.fee::DOUBLE * {rate}, 4) ELSE s.fee END"
    if "payment_id" not in fields:
        made["payment_id"] = f"coalesce(s.order_id, '') || '/' || s.kind || {literal('/')} || s._row"
    return made


def _parts(fields: frozenset[str], linked: bool) -> dict[str, str]:
    """What a refund gave back of goods, tax, ...: where it does not say, like its order; all goods without one."""
    parts = ("goods", "tax", "shipping", "adjustments")
    made = {part: f"s.{part}" for part in parts if part in fields}
    if linked:
        share = "least(abs(s.amount)::DOUBLE / nullif(s.order_total, 0)::DOUBLE, 1)"
        for part in parts:
            split = f"CASE WHEN s.kind <> 'payment' THEN round(s.order_{part}::DOUBLE * {share}, 4) END"
            made[part] = f"coalesce({made[part]}, {split})" if part in made else split
    if "goods" not in fields:
        whole = "CASE WHEN s.kind <> 'payment' THEN abs(s.amount) END"
        made["goods"] = f"coalesce({made['goods']}, {whole})" if linked else whole
    return made
