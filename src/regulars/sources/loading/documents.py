"""From staged rows to documents (`documents`, one row an order or refund document), and their amounts without tax.

A document's numbers decide themselves whether prices include tax. With G goods, S shipping, A adjustments, D a
discount that the goods may still contain, T tax: prices exclude tax where G + S + A (- D) + T = total, and include
it where G + S + A (- D) = total. Gift cards that are sold are left aside: they are no goods and carry no tax.
"""

from __future__ import annotations

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.lake.tables import ORDERS
from regulars.lake.tables.declare import Column, Type
from regulars.sources.mapping.compile import NUMBERED, numbered
from regulars.sources.mapping.fields import LINE_FIELDS, fields_of

STAGE = "stage_orders"
DOCUMENTS = "documents"
# Two amounts are equal if no further apart than this share of the total, and never less than 2 hundredths.
TOLERANCE = "greatest(0.02, 0.0002 * abs(total::DOUBLE))"
_MONEY = "NULL::DECIMAL(18,4)"
_LINE_SUMS = {
    # Null where no line has an amount: then only the document's own total says what it cost.
    "lines": "CASE WHEN count(_amount) > 0 THEN coalesce(sum(_amount) FILTER (_kind = 'goods'), 0) END",
    "line_shipping": "sum(_amount) FILTER (_kind = 'shipping')",
    "line_adjustments": "sum(_amount) FILTER (_kind = 'adjustment')",
    "line_gift_cards": "sum(_amount) FILTER (_kind = 'gift_card')",
}
_LINE_OPTIONAL = {
    "line_discounts": ("line_discount", "sum(line_discount)"),
    "line_taxes": ("line_tax", "sum(line_tax) FILTER (_kind = 'goods')"),
    "line_costs": ("line_cost", "sum(line_cost) FILTER (_kind = 'goods')"),
    "line_units": ("line_quantity", "sum(line_quantity) FILTER (_kind = 'goods')"),
}


def make_documents(
    con: duckdb.DuckDBPyConnection, fields: frozenset[str], sums: dict[str, tuple[int, ...]]
) -> None:
    """Make `documents` from the staged rows: a view where rows are orders, a table where lines are summed up.

    `sums`: fields of which each line gives a part, with the numbers of the files that write them so.
    """
    columns = {row[0] for row in con.execute(f"DESCRIBE {STAGE}").fetchall()}
    order_rows = _order_rows(fields)
    if "_kind" not in columns:
        numbers = "".join(f", {name}" for name in map(numbered, NUMBERED) if name in columns)
        con.execute(f"CREATE OR REPLACE VIEW {DOCUMENTS} AS SELECT {order_rows}{numbers} FROM {STAGE}")
        return
    con.execute(
        f"CREATE OR REPLACE TABLE {DOCUMENTS}_made AS SELECT {_line_rows(fields, sums)} FROM {STAGE} "
        f"WHERE _kind IS NOT NULL GROUP BY source, order_id "
        f"UNION ALL BY NAME SELECT {order_rows} FROM {STAGE} WHERE _kind IS NULL"
    )
    con.execute(f"CREATE OR REPLACE VIEW {DOCUMENTS} AS SELECT * FROM {DOCUMENTS}_made")


def _all_fields() -> dict[str, Type]:
    return {name: kind for name, kind in fields_of("orders").items() if name != "order_id"}


def _null(kind: Type) -> str:
    return f"NULL::{Column('', kind, '').duckdb}"


def _order_rows(fields: frozenset[str]) -> str:
    chosen = [
        quoted(name) if name in fields else f"{_null(kind)} AS {quoted(name)}"
        for name, kind in _all_fields().items()
    ]
    sums = [f"{_MONEY} AS {name}" for name in (*_LINE_SUMS, "line_discounts", "line_taxes", "line_costs")]
    return ", ".join(
        ["source", "order_id", "_file", "_row", "_doc", *chosen, *sums, "NULL::DOUBLE AS line_units"]
    )


def _line_rows(fields: frozenset[str], sums: dict[str, tuple[int, ...]]) -> str:
    """The aggregates of a document's lines: its fields from the first row that has them, its instant the earliest."""
    chosen = []
    for name, kind in _all_fields().items():
        if name not in fields:
            made = _null(kind)
        elif name in ("at", "local_day"):
            made = f"min({quoted(name)})"
        else:
            made = f"arg_min({quoted(name)}, _row)"  # skips rows where the field is empty
            if name in sums:
                files = ", ".join(map(str, sums[name]))
                made = f"CASE WHEN min(_file) IN ({files}) THEN sum({quoted(name)}) ELSE {made} END"
        chosen.append(f"{made} AS {quoted(name)}")
    added = [f"({made})::DECIMAL(18,4) AS {name}" for name, made in _LINE_SUMS.items()]
    for name, (needs, made) in _LINE_OPTIONAL.items():
        kind = LINE_FIELDS[needs.removeprefix("line_")]
        added.append(
            f"{f'({made})' if needs in fields else _null(kind)}::{Column('', kind, '').duckdb} AS {name}"
        )
    keys = ["source", "order_id", "min(_file) AS _file", "min(_row) AS _row", "min(_doc) AS _doc"]
    return ", ".join([*keys, *chosen, *added])


# Step by step; each step may use the names of the ones before.
_STEPS = (
    # What the file says, brought together: goods in the file's own basis before a discount that stands apart.
    # A subtotal has the gift cards in it. They are no goods: what they pay for later is, and they carry no tax.
    """coalesce(subtotal - coalesce(line_gift_cards, 0), lines) AS stated,
       coalesce(line_gift_cards, 0) AS cards,
       coalesce(shipping, 0) + coalesce(line_shipping, 0) AS sent,
       coalesce(adjustments, 0) + coalesce(line_adjustments, 0) AS fees,
       coalesce(tax, 0) AS taxed,
       coalesce(abs(discount), line_discounts, 0) AS off""",
    # `apart`: the discount that may not be in the goods yet; `rest`: what the total has beyond goods, shipping, fees.
    f"""CASE WHEN subtotal IS NULL OR total IS NOT NULL THEN abs(coalesce(discount, 0)) ELSE 0 END AS apart,
       (total - stated - sent - fees - cards)::DOUBLE AS rest, {TOLERANCE} AS near""",
    """CASE WHEN goods IS NOT NULL OR tax IS NULL THEN 'unknown'
            WHEN abs(taxed) <= 0.0001 THEN 'no_tax'
            WHEN tax_included IS NOT NULL THEN CASE WHEN tax_included THEN 'included' ELSE 'excluded' END
            WHEN stated IS NULL AND total IS NOT NULL THEN 'total'
            WHEN subtotal IS NOT NULL AND abs(rest - taxed::DOUBLE) <= near THEN 'excluded'
            WHEN subtotal IS NOT NULL AND abs(rest) <= near THEN 'included'
            WHEN abs(rest - taxed::DOUBLE) <= near OR abs(rest - (taxed - apart)::DOUBLE) <= near THEN 'excluded'
            WHEN abs(rest) <= near OR abs(rest + apart::DOUBLE) <= near THEN 'included'
            ELSE 'unknown' END AS basis""",
    """CASE WHEN apart = 0 THEN false
            WHEN total IS NULL THEN coalesce(line_discounts, 0) = 0
            -- A subtotal is as a rule after discounts: only a total that says otherwise tells that it is not.
            WHEN subtotal IS NOT NULL AND (abs(rest) <= near OR abs(rest - taxed::DOUBLE) <= near) THEN false
            WHEN subtotal IS NOT NULL THEN abs(rest - (taxed - apart)::DOUBLE) <= near OR abs(rest + apart::DOUBLE) <= near
            WHEN basis = 'excluded' THEN abs(rest - taxed::DOUBLE) > near
            WHEN basis IN ('included', 'no_tax') THEN abs(rest) > near
            ELSE abs(rest - (taxed - apart)::DOUBLE) <= near OR abs(rest + apart::DOUBLE) <= near END AS is_apart""",
    # `net`: goods after all discounts, still with tax where prices include it.
    """CASE WHEN stated IS NULL THEN total - taxed - sent - fees - cards
            WHEN is_apart THEN stated - apart ELSE stated END AS net""",
    """CASE WHEN basis <> 'included' OR net + sent + fees = 0 THEN 0
            WHEN line_taxes IS NOT NULL AND line_taxes <> 0 AND abs(line_taxes) <= abs(taxed) + 0.02 THEN line_taxes
            ELSE round(taxed::DOUBLE * net::DOUBLE / (net + sent + fees)::DOUBLE, 4)
            END::DECIMAL(18,4) AS goods_tax""",
    """CASE WHEN basis = 'included' AND sent + fees <> 0
            THEN (taxed - goods_tax)::DOUBLE / (sent + fees)::DOUBLE ELSE 0 END AS other_rate,
       CASE WHEN basis IN ('included', 'total') AND abs(coalesce(total - cards, net + sent + fees)) > abs(taxed)
            THEN taxed::DOUBLE / coalesce(total - cards, net + sent + fees)::DOUBLE ELSE 0 END AS mean_rate""",
)
# Columns of `orders` and how they come out of the steps.
AMOUNTS = {
    "total": "coalesce(total, net + sent + fees + cards + CASE WHEN basis = 'excluded' THEN taxed ELSE 0 END)",
    "goods": "coalesce(goods, net - goods_tax)",
    "discount": "CASE WHEN discount IS NOT NULL OR line_discounts IS NOT NULL "
    "THEN round(off::DOUBLE * (1 - mean_rate), 4) END",
    "tax": "tax",
    "shipping": "CASE WHEN shipping IS NOT NULL OR line_shipping IS NOT NULL "
    "THEN round(sent::DOUBLE * (1 - other_rate), 4) END",
    "adjustments": "CASE WHEN adjustments IS NOT NULL OR line_adjustments IS NOT NULL OR line_gift_cards IS NOT NULL "
    "THEN round(fees::DOUBLE * (1 - other_rate), 4)::DECIMAL(18,4) + cards END",
    "cost": "coalesce(cost, line_costs)",
    "units": "coalesce(units, line_units)",
    "tax_included": "CASE WHEN basis IN ('included', 'total') THEN true WHEN basis = 'excluded' THEN false END",
    "discounted": "coalesce(discounted, CASE WHEN discount IS NOT NULL OR line_discounts IS NOT NULL THEN off > 0 END)",
}


# An order with nothing but a total: no step changes anything, and they cost more than all the rest of a load.
_ONLY_A_TOTAL = {"total": "total", "goods": "coalesce(goods, total)", "cost": "cost", "units": "units",
                 "discounted": "discounted"}  # fmt: skip
_TAKEN_APART = {"subtotal", "discount", "tax", "shipping", "adjustments", "tax_included"}


def amounts_of(fields: frozenset[str], *, has_lines: bool) -> dict[str, str]:
    """Which columns of `orders` can have an amount, and how it comes out of the steps.

    `fields`: the fields that any file feeds; `has_lines`: whether documents were summed up from lines.
    """
    if has_lines or "total" not in fields or fields & _TAKEN_APART:
        return AMOUNTS
    return {name: made for name, made in _ONLY_A_TOTAL.items() if name in fields | {"total", "goods"}}


def amounts_from(table: str, amounts: dict[str, str]) -> str:
    """SQL: the rows of `table` with `made_<column>` for each column in `amounts`, and `basis`."""
    if amounts is AMOUNTS:
        made = f"SELECT * FROM {table}"
        for step in _STEPS:
            made = f"SELECT *, {step} FROM ({made})"
    else:
        made = f"SELECT *, 'unknown' AS basis FROM {table}"
    final = ", ".join(
        f"({expression})::{ORDERS[name].duckdb} AS made_{name}" for name, expression in amounts.items()
    )
    return f"SELECT *, {final} FROM ({made})"
