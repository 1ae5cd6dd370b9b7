"""Which amounts make an order: its total, its lines, or both; and what each column is of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import quoted
from regulars.sources.field_words import BY_ITS_CONTENT, BY_ITS_NAME
from regulars.sources.formats.generic.columns import Found
from regulars.sources.formats.generic.profile import Profile
from regulars.sources.formats.generic.structure import (
    Structure,
    price_is_of_line,
    price_matches,
    structure,
)
from regulars.sources.mapping.model import Value
from regulars.sources.messages import SHARES, WHOLE_LINE, WHOLE_ORDER, Message
from regulars.sources.reading.raw import ROW, RawTable

_OF_ORDER = ("total", "subtotal", "goods", "tax", "shipping", "discount", "refunded", "cost")
_OF_LINE = ("product", "product_name", "category", "quantity", "price", "amount")
_DO = "Rename the column, or say which is which in a mapping: --mapping FILE (docs/mapping.md)."


@dataclass
class Amounts:
    """The amount fields of a feed: of the order, of each line, which of the order's are given in parts, remarks."""

    order: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, Value] = field(default_factory=dict)
    sums: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_line: bool = False
    shape: Structure | None = None
    inside: frozenset[str] = frozenset()


def find_amounts(
    con: duckdb.DuckDBPyConnection,
    raw: RawTable,
    found: Found,
    profiles: dict[str, Profile],
    extra: list[str],
    inside: frozenset[str] = frozenset(),
) -> Amounts:
    """What the amounts of the file are of. `extra`: further columns of which it matters whether they are the line's.
    `inside`: columns that came out of a list of lines: they are the line's, all others the order's.

    Raises InputError where no column can be the amount, or several could.
    """
    made = Amounts(inside=inside)
    _settle_discount(found, profiles, made)
    if not inside:
        _require_amount(raw, found, profiles)
    asked = [found.columns[name] for name in (*_OF_ORDER, *_OF_LINE) if name in found] + extra
    order = found.get("order_id")
    made.shape = structure(con, raw, order, asked) if order else None
    if made.shape is None or not _has_lines(found, made.shape):
        _one_row_an_order(found, made)
        return made
    made.by_line = True
    if inside:
        made.shape = replace(made.shape, by_line=inside)
    varying = made.shape.by_line
    _line_amount(con, raw, found, made, varying)
    for name in _OF_ORDER:
        column = found.get(name)
        if column is None or name in made.order:
            continue
        made.order[name] = value(found, column)
        if column in varying and name not in made.sums:
            made.sums.append(name)
    for name in ("product", "product_name", "category", "quantity"):
        if name in found:
            made.lines[name] = value(found, found.columns[name])
    if "product" not in found and "product_name" in found:
        made.lines["product"] = value(found, found.columns["product_name"])
    _line_cost(found, made)
    return made


def value(found: Found, column: str) -> Value:
    """A column as it stands; amounts in cents become whole."""
    return Value("column", (column,), unit=Decimal("0.01") if column in found.cents else Decimal(1))


def _settle_discount(found: Found, profiles: dict[str, Profile], made: Amounts) -> None:
    column = found.get("discount")
    if column is not None and profiles[column].share:
        found.drop("discount")
        made.notes.append(Message(SHARES, column=column))
    tax = found.get("tax")
    if tax is not None and profiles[tax].share:
        found.drop("tax")


def _require_amount(raw: RawTable, found: Found, profiles: dict[str, Profile]) -> None:
    if any(name in found for name in ("total", "subtotal", "goods", "amount")):
        return
    if "price" in found:
        if "quantity" not in found:  # a price beside no quantity is what the order, or the line, cost
            found.take("total", found.columns.pop("price"), BY_ITS_NAME)
        return
    free = [c for c, p in profiles.items()
            if c not in found.columns.values() and p.number >= 0.95 and not p.flag > 0.5 and not p.share
            and p.time < 0.5 and p.distinct > 1]  # fmt: skip
    with_sign = [c for c in free if profiles[c].sign]
    chosen = with_sign if len(with_sign) == 1 else free
    if len(chosen) == 1:
        found.take("total", chosen[0], BY_ITS_CONTENT)
        return
    could = f" It could be: {', '.join(chosen[:8])}." if chosen else ""
    raise InputError(
        f"No column was recognised as the amount of the order.{could} The columns are: {', '.join(raw.names[:20])}.",
        where=raw.where,
        do=_DO,
    )


def _has_lines(found: Found, shape: Structure) -> bool:
    """Whether rows are lines of orders: several an order, with something that differs; or priced single pieces."""
    whole = any(name in found for name in ("total", "subtotal", "goods"))
    of_line = any(name in found for name in ("product", "product_name", "quantity", "amount", "price"))
    if shape.several == 0:
        # An order that names what was bought is an order of one line: figures by category need it.
        return any(name in found for name in ("product", "product_name", "category")) or (
            of_line and not whole
        )
    # Rows that repeat an order with other contents may be corrections; in a good part of the orders they are lines.
    return of_line or (bool(shape.by_line) and shape.share_several > 0.02)


def _one_row_an_order(found: Found, made: Amounts) -> None:
    for name in _OF_ORDER:
        if name in found:
            made.order[name] = value(found, found.columns[name])
    if "total" not in found and "amount" in found:
        made.order["total"] = value(found, found.columns["amount"])
    elif "total" not in found and "price" in found and not made.order.keys() & {"subtotal", "goods"}:
        parts = tuple(found.columns[name] for name in ("price", "quantity") if name in found)
        made.order["total"] = Value("times", parts) if len(parts) > 1 else value(found, parts[0])
    units = found.get("units") or found.get("quantity")
    if units is not None:
        made.order["units"] = Value("column", (units,))
    if "cost" not in made.order and "profit" in found and "total" in found:
        made.order["cost"] = Value("minus", (found.columns["total"], found.columns["profit"]))


def _line_amount(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, made: Amounts, varying: frozenset[str]
) -> None:
    """What each line adds: a line's total, else quantity x price, else the column `total` where it is the line's."""
    total, price, quantity = found.get("total"), found.get("price"), found.get("quantity")
    several = made.shape is not None and (made.shape.several > 0 or bool(made.inside))
    if "amount" in found:
        made.lines["amount"] = value(found, found.columns["amount"])
        if price is not None:
            made.lines["price"] = value(found, price)
        return
    if price is None:
        if total is not None and (total in varying or not several):
            _total_of_line(found, made, total)
        elif total is not None and not made.inside:
            made.notes.append(Message(WHOLE_ORDER, column=total))
        return
    made.lines["price"] = value(found, price)
    if quantity is None:
        return
    group = found.get("product") or found.get("product_name") or found.get("category")
    of_line = False
    if total is not None:
        whole = several and total not in varying
        order = ROW if made.inside else found.get("order_id")
        times, alone = price_matches(con, raw, found, order if whole else None)
        row_times, _ = price_matches(con, raw, found, None) if whole else (times, 0.0)
        if whole and not made.inside and row_times > 0.5 and row_times > times:
            varying = varying | {total}
            made.sums.append("total")
        of_line = alone > 0.5 and alone > times
        if not of_line and times < 0.5 and price_is_of_line(con, raw, price, quantity, group):
            of_line = True
    else:
        of_line = price_is_of_line(con, raw, price, quantity, group)
    if of_line:
        made.lines["amount"] = made.lines.pop("price")
        made.notes.append(Message(WHOLE_LINE, column=price, quantity=quantity))


def _total_of_line(found: Found, made: Amounts, total: str) -> None:
    """A total on each line is the line's amount; shipping that it contains is taken out again."""
    shipping = found.get("shipping")
    if shipping is not None and made.shape is not None and shipping in made.shape.by_line:
        made.lines["amount"] = Value("minus", (total, shipping))
        made.sums.append("total")
        return
    made.lines["amount"] = value(found, total)
    others = any(name in found for name in ("tax", "shipping", "subtotal", "goods", "discount"))
    if others and made.shape is not None and total in made.shape.by_line:
        made.sums.append("total")
    elif made.shape is None or made.shape.several:
        found.drop("total")
        found.how[total] = BY_ITS_NAME


def _line_cost(found: Found, made: Amounts) -> None:
    if made.inside and "cost" in made.order:  # the order's own
        return
    made.order.pop("cost", None)
    if "cost" in made.sums:
        made.sums.remove("cost")
    amount = made.lines.get("amount")
    if "cost" in found:
        made.lines["cost"] = value(found, found.columns["cost"])
    elif "unit_cost" in found and "quantity" in found:
        made.lines["cost"] = Value("times", (found.columns["unit_cost"], found.columns["quantity"]))
    elif "profit" in found and amount is not None and amount.how == "column":
        made.lines["cost"] = Value("minus", (amount.parts[0], found.columns["profit"]))


def negative(
    con: duckdb.DuckDBPyConnection, raw: RawTable, column: str, amount: str, words: tuple[str, ...]
) -> bool:
    """Whether the rows with these words have negative amounts, so that their sign tells already."""
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    rows = con.execute(
        f"SELECT {quoted(amount)}::VARCHAR FROM {quoted(raw.relation)} WHERE trim({quoted(column)}) IN ({listed}) LIMIT 100"
    ).fetchall()
    signs = [("-" in (r[0] or "") or "(" in (r[0] or "") or "−" in (r[0] or "")) for r in rows]
    return sum(signs) * 2 > len(signs)
