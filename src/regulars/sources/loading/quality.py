"""What the import found out about who the customers are (D14), each finding with its effect on orders and money."""

from __future__ import annotations

import duckdb

from regulars.kernel.definitions import Definitions
from regulars.sources.loading.ask import is_empty
from regulars.sources.loading.summary import Amount, NoteKind, QualityNote

# An id with at least so many addresses is more likely a till or a desk than a person.
HOUSE_ADDRESSES = 10
LISTED = 50  # findings of a kind that are listed one by one
_ORDERS_OF_SUSPECTS = """SELECT o.source, s.what, o.order_id, o.currency, o.goods, o.customer
    FROM suspects s JOIN orders o ON o.source = s.source AND o.customer = s.customer"""
_TROUBLES: tuple[tuple[NoteKind, tuple[str, ...]], ...] = (
    ("relay", ("relay",)),
    ("shared", ("shared", "placeholder", "role")),
    ("house", ("house",)),
)


def quality_notes(con: duckdb.DuckDBPyConnection, definitions: Definitions) -> tuple[QualityNote, ...]:
    """Guests, relay, shared and house addresses, possible house accounts and possible duplicates."""
    notes = _guests(con)
    if not is_empty(con, "(SELECT 1 FROM who WHERE trouble IS NOT NULL)"):
        notes += _troubled(con)
    suspects: tuple[tuple[NoteKind, str], ...] = (
        ("possible_house", _possible_houses()),
        ("possible_duplicates", _possible_duplicates()),
    )
    for kind, customers in suspects:
        con.execute(f"CREATE OR REPLACE TEMP TABLE suspects AS {customers}")
        if not is_empty(con, "suspects"):
            notes += _grouped(con, kind, _ORDERS_OF_SUSPECTS)
    return tuple(notes)


def _troubled(con: duckdb.DuckDBPyConnection) -> list[QualityNote]:
    """Orders by an address that is not one person's."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE note_orders AS
        WITH named AS (SELECT d.source, d.order_id, w.* EXCLUDE (source) FROM documents d
            JOIN (FROM who WHERE trouble IS NOT NULL) w ON w.source = d.source
                AND w.customer_id IS NOT DISTINCT FROM d.customer_id AND w.email IS NOT DISTINCT FROM d.email)
        SELECT w.source, w.identifier, w.address, w.trouble, w.customer_id, s.order_id, s.currency, s.goods, s.customer
        FROM settled s JOIN named w USING (source, order_id) WHERE s._doc = 'order'
        QUALIFY row_number() OVER (PARTITION BY s.source, s.order_id ORDER BY w.identifier) = 1"""
    )
    notes = []
    for kind, troubles in _TROUBLES:
        listed = ", ".join(f"'{one}'" for one in troubles)
        what = "split_part(address, '@', 2)" if kind == "relay" else "coalesce(address, customer_id)"
        notes += _grouped(
            con, kind, f"SELECT source, {what} AS what, * FROM note_orders WHERE trouble IN ({listed})"
        )
    return notes


def masked(address: str) -> str:
    """An address that may be shown to anybody: 'i…@shop.no'. Ids keep their last two signs."""
    user, at, domain = address.partition("@")
    return f"{user[:1]}…@{domain}" if at else f"…{address[-2:]}"


def _guests(con: duckdb.DuckDBPyConnection) -> list[QualityNote]:
    """Orders that name no customer at all."""
    return _grouped(
        con, "guests",
        "SELECT source, 'orders without a customer' AS what, order_id, currency, goods, customer FROM orders "
        "WHERE customer IS NULL",
    )  # fmt: skip


def _possible_houses() -> str:
    return f"""SELECT source, min(customer) AS customer, customer_id AS what FROM who WHERE customer_id IS NOT NULL
        AND customer IS NOT NULL AND address IS NOT NULL GROUP BY source, customer_id HAVING count(DISTINCT address) >= {HOUSE_ADDRESSES}"""


def _possible_duplicates() -> str:
    """Several customers of one source behind one e-mail that is not shared: ids are never merged on it."""
    return """SELECT DISTINCT w.source, w.customer, 'customers that share an e-mail' AS what FROM who w
        JOIN (SELECT source, address FROM who WHERE address IS NOT NULL AND trouble IS NULL
              GROUP BY 1, 2 HAVING count(DISTINCT customer) > 1) a USING (source, address)
        WHERE w.customer IS NOT NULL"""


def _grouped(con: duckdb.DuckDBPyConnection, kind: NoteKind, rows: str) -> list[QualityNote]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE found AS SELECT source, what, currency, customer, sum(goods) AS goods, "
        f"count(*) AS orders FROM ({rows}) GROUP BY ALL"
    )
    found = con.execute(
        f"""WITH money AS (SELECT source, what, currency, sum(goods) AS goods, sum(orders) AS orders
            FROM found GROUP BY ALL)
        SELECT m.source, m.what, sum(m.orders)::BIGINT, any_value(c.customers),
            list({{'currency': m.currency, 'goods': m.goods}} ORDER BY m.currency)
        FROM money m JOIN (SELECT source, what, count(DISTINCT customer) AS customers FROM found GROUP BY ALL) c
            USING (source, what)
        GROUP BY m.source, m.what ORDER BY 3 DESC, 1, 2 LIMIT {LISTED}"""
    ).fetchall()
    plain = kind in ("guests", "relay", "possible_duplicates")
    return [
        QualityNote(
            kind, source, what if plain else masked(what), what, orders, customers,
            tuple(Amount(m["currency"], m["goods"]) for m in money if m["goods"] is not None),
        )
        for source, what, orders, customers, money in found
    ]  # fmt: skip
