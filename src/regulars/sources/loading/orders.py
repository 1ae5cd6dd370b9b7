"""Canonical orders, their lines and refunds, from documents whose amounts, customers and places are settled."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from regulars.kernel.definitions import Definitions
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.tables import ORDER_LINES, ORDERS, PAYMENTS, Table
from regulars.sources.identity.claims import Claims, join_customers
from regulars.sources.loading import words
from regulars.sources.loading.ask import is_empty
from regulars.sources.loading.documents import AMOUNTS, DOCUMENTS, STAGE, amounts_from, amounts_of
from regulars.sources.loading.narrow import enum, keep, short, shorten
from regulars.sources.loading.places import currency_or, day_of, place
from regulars.sources.messages import ORDER_WITHOUT_AMOUNT, ORDER_WITHOUT_DATE

SETTLED = (
    "settled"  # documents as the orders table has them, with _file, _row, _doc, lines, basis, refunded, ...
)
OWN_REFUND = "/refund"  # behind the order's number: the refund that the order itself tells of
# The day and the goods stand before all that may say the same: rows without them are removed from the table itself.
_KEPT = ("source", "order_id", "_file", "_row", "_doc", "local_day", "goods", "lines", "basis", "refunded", "refunded_at",
         "fee")  # fmt: skip

# What `settled` has beside the columns of `orders`, with its type where an empty column needs one.
_EXTRA_TYPES = {"_doc": "VARCHAR", "lines": "DECIMAL(18,4)", "refunded": "DECIMAL(18,4)", "refunded_at": "TIMESTAMP",
                "fee": "DECIMAL(18,4)", "refund_day": "DATE"}  # fmt: skip
# Texts of few values, which may be enums. They stay so in `orders`: that is much the quickest to group and join by.
_SHORT = {"source", "market", "country", "channel", "currency", "payment_kind", "payment_method", "payment_state",
          "fulfilment_state"}  # fmt: skip
_ALWAYS_THERE = {"source", "order_id", "_file", "_row", "_doc", "basis"}
_EMPTY_UNLESS_FED = {*ORDERS.names, "lines", "refunded", "refunded_at", "fee"} - _ALWAYS_THERE

_DOC = enum(["order", "refund"])


@dataclass(frozen=True)
class OrderFacts:
    """What the staged orders are like: the fields that any file feeds, whether rows are lines somewhere, and what is
    alike in all rows (SQL by column)."""

    fields: frozenset[str]
    claims: Claims | None
    has_lines: bool
    constants: dict[str, str]


def settle_orders(
    con: duckdb.DuckDBPyConnection,
    facts: OrderFacts,
    definitions: Definitions,
    currency: str | None,
    files: dict[int, str],
) -> None:
    """Make `settled`, and from it the tables `orders`, `order_lines` and `payments` (refunds of orders)."""
    joins, customer = [], "NULL"
    amounts = amounts_of(facts.fields, has_lines=facts.has_lines)
    currencies = currency_or(facts.fields, "d", currency)
    raw = [name for name in ("channel", "payment_method") if name in facts.fields]
    texts: dict[str, str] = {name: f"d.{name}" for name in raw}
    if "currency" in facts.fields:
        texts["currency"] = currencies
    if facts.claims is not None:
        joins.append(join_customers(con, facts.claims, "d"))
        customer = "who.customer"
    placed = place(con, DOCUMENTS, facts.fields, definitions, alias="d", name="orders")
    made = {
        "customer": customer,
        "at": placed.at,
        "local_day": placed.day,
        "market": placed.market,
        "country": placed.country,
        "currency": currencies,
        **short(con, f"{DOCUMENTS} d", texts),
        **dict.fromkeys(AMOUNTS, "NULL"),
        **{name: f"d.made_{name}" for name in amounts},
        **facts.constants,
    }
    if amounts is not AMOUNTS:
        made["basis"] = "'unknown'"
        if "goods" not in facts.fields:
            made["goods"] = made["total"]
    if "cancelled_at" in facts.fields:
        made["cancelled"] = "coalesce(d.cancelled, false) OR d.cancelled_at IS NOT NULL"
    joins.append(placed.joins)
    refund_day = "NULL"
    if "refunded_at" in facts.fields:
        join, refund_day = day_of(con, DOCUMENTS, "refunded_at", alias="d", name="orders")
        joins.append(join)
    made.update(_canonical_words(con, facts.fields, joins))
    refund = "d._doc = 'refund' OR (d._doc = 'signed' AND coalesce(d.made_total, d.made_goods) < 0)"
    made["_doc"] = f"CASE WHEN {refund} THEN 'refund'::{_DOC} ELSE 'order'::{_DOC} END"
    made["refund_day"] = refund_day
    _make_settled(con, facts, made, f"({amounts_from(DOCUMENTS, amounts)}) d {' '.join(joins)}")
    _reject_incomplete(con, files)
    columns = ", ".join(quoted(name) for name in ORDERS.names)
    con.execute(f"CREATE OR REPLACE VIEW orders AS SELECT {columns} FROM {SETTLED} WHERE _doc = 'order'")
    con.execute(f"CREATE OR REPLACE TABLE order_lines AS {_lines(facts)}")
    con.execute(f"CREATE OR REPLACE TABLE payments AS {_refunds()}")


def _make_settled(con: duckdb.DuckDBPyConnection, facts: OrderFacts, made: dict[str, str], rows: str) -> None:
    """Make the view `settled` with all columns, of which the table behind it holds what the files feed."""
    columns: dict[str, str] = {}
    types: dict[str, str | None] = {}
    for name in dict.fromkeys((*_KEPT, "refund_day", *ORDERS.names)):
        kind = ORDERS[name].duckdb if name in ORDERS.names else _EXTRA_TYPES.get(name)
        expression = made.get(name)
        if expression is None:
            fed = name not in _EMPTY_UNLESS_FED or name in facts.fields or facts.has_lines
            expression = f"d.{quoted(name)}" if fed else "NULL"
        columns[name] = expression
        types[name] = None if name in _SHORT and expression != "NULL" else kind
    keep(con, SETTLED, rows, columns, types)


def _reject_incomplete(con: duckdb.DuckDBPyConnection, files: dict[int, str]) -> None:
    """A document without a day or an amount is no fact; of a document with lines the first row is named."""
    if is_empty(con, f"(SELECT 1 FROM {SETTLED} WHERE local_day IS NULL OR goods IS NULL)"):
        return
    names = " ".join(f"WHEN {number} THEN {literal(name)}" for number, name in files.items())
    con.execute(
        f"""INSERT INTO rejects SELECT CASE _file {names} END, _row, 'order_id', order_id,
        CASE WHEN local_day IS NULL THEN {literal(ORDER_WITHOUT_DATE)} ELSE {literal(ORDER_WITHOUT_AMOUNT)} END
        FROM {SETTLED} WHERE local_day IS NULL OR goods IS NULL"""
    )
    con.execute(f"DELETE FROM {SETTLED}_rows WHERE local_day IS NULL OR goods IS NULL")


def _canonical_words(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], joins: list[str]
) -> dict[str, str]:
    """Joins to the tables of distinct words, and the canonical columns that they give."""
    made = {}
    sources = {
        "payment_kind": (
            "payment_kind" if "payment_kind" in fields else "payment_method",
            (*words.PAYMENT_KINDS, ("other", ".*")),
        ),
        "payment_state": ("payment_state", words.PAYMENT_STATES),
        "fulfilment_state": ("fulfilment_state", words.FULFILMENT_STATES),
    }
    for column, (word, rules) in sources.items():
        if word in fields:
            words.make_words(con, DOCUMENTS, word, rules, f"words_{column}")
            joins.append(f"LEFT JOIN words_{column} ON words_{column}.word = d.{word}")
            shorten(con, f"words_{column}", ["canonical"])
            made[column] = f"words_{column}.canonical"
    return made


def _lines(facts: OrderFacts) -> str:
    """The lines of documents: amounts shrink to the document's goods where a discount or tax was taken out there."""
    if not facts.has_lines:
        return f"SELECT {nulls_of(ORDER_LINES)} WHERE false"
    have = {name: f"l.line_{name}" if f"line_{name}" in facts.fields else "NULL" for name in
            ("product", "category", "quantity", "price", "discount", "tax", "cost")}  # fmt: skip
    shrunk = (
        "CASE WHEN l._kind <> 'goods' OR d.lines = 0 OR d.lines = d.goods THEN l._amount "
        "ELSE round(l._amount::DOUBLE * d.goods::DOUBLE / d.lines::DOUBLE, 4) END"
    )
    made = {
        "line": "row_number() OVER (PARTITION BY l.source, l.order_id ORDER BY l._file, l._row, l._line)",
        "kind": "CASE WHEN d._doc = 'refund' AND l._kind = 'goods' THEN 'refund' ELSE l._kind END",
        "product": have["product"],
        "category": have["category"],
        "quantity": f"abs({have['quantity']}::DOUBLE)",
        "price": have["price"],
        "goods": shrunk,
        "discount": have["discount"],
        "tax": have["tax"],
        "cost": have["cost"],
    }
    typed = ", ".join(
        f"({made.get(c.name, f'd.{quoted(c.name)}')})::{c.duckdb} AS {quoted(c.name)}"
        for c in ORDER_LINES.columns
    )
    return (
        f"SELECT {typed} FROM {STAGE} l JOIN {SETTLED} d USING (source, order_id) WHERE l._kind IS NOT NULL"
    )


def _refunds() -> str:
    """Refund documents, and what orders say was given back on them: in parts like the order's own."""
    document = {
        "payment_id": "order_id", "order_id": "NULL", "kind": "'refund'", "day_known": "true", "amount": "-total",
        "goods": "-goods", "tax": "-tax", "shipping": "-shipping", "adjustments": "-adjustments",
        "state": "'refunded'", "fee": "fee",
    }  # fmt: skip
    share = "least(refunded::DOUBLE / nullif(total, 0)::DOUBLE, 1)"
    own_day = "refunded_at IS NOT NULL"
    given_back = {
        "payment_id": f"order_id || {literal(OWN_REFUND)}", "order_id": "order_id", "kind": "'refund'", "day_known": own_day,
        "at": 'coalesce(refunded_at, "at")',
        "local_day": "coalesce(refund_day, local_day)",
        "amount": "refunded", "goods": f"round(goods::DOUBLE * {share}, 4)", "tax": f"round(tax::DOUBLE * {share}, 4)",
        "shipping": f"round(shipping::DOUBLE * {share}, 4)", "state": "'refunded'", "fee": "NULL",
        "adjustments": f"round(adjustments::DOUBLE * {share}, 4)",
    }  # fmt: skip
    first = f"SELECT {_payment(document)} FROM {SETTLED} WHERE _doc = 'refund'"
    # An order that is said to be refunded, without an amount, was given back whole.
    whole = "CASE WHEN payment_state = 'refunded' AND NOT coalesce(cancelled, false) THEN total END"
    told = f"SELECT * REPLACE (coalesce(refunded, {whole}) AS refunded) FROM {SETTLED} WHERE _doc = 'order'"
    second = f"SELECT {_payment(given_back)} FROM ({told}) WHERE refunded > 0"
    return f"{first} UNION ALL {second}"


def _payment(made: dict[str, str]) -> str:
    own = {**{name: quoted(name) for name in PAYMENTS.names}, "reason": "NULL", **made}
    return ", ".join(f"({own[c.name]})::{c.duckdb} AS {quoted(c.name)}" for c in PAYMENTS.columns)


def nulls_of(table: Table) -> str:
    """The columns of a fact table as typed nulls."""
    return ", ".join(f"NULL::{c.duckdb} AS {quoted(c.name)}" for c in table.columns)
