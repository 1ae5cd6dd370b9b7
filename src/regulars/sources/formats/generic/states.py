"""What status and type columns say of orders, as fields and conditions of a feed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import duckdb

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import quoted
from regulars.sources.formats.generic.amounts import Amounts, negative
from regulars.sources.formats.generic.columns import Found
from regulars.sources.formats.generic.statuses import Meanings, meanings, row_kind
from regulars.sources.mapping.model import Condition, Feed, Value
from regulars.sources.messages import (
    LINES_LEFT_OUT,
    NO_SALES,
    REFUND_ROWS,
    STATES_UNKNOWN,
    Message,
)
from regulars.sources.reading.raw import RawTable

_WORDS = 300  # more distinct words are no states
_NO_ORDER = ("voided", "failed", "pending", "refunded", "authorised")
_OF_REFUND = ("customer_id", "email", "phone", "at", "local_day", "currency", "country")


@dataclass
class States:
    """`columns`: fields of the order. `where`: rows that are taken. `refund_rows`: rows that are refunds, if any."""

    columns: dict[str, Value] = field(default_factory=dict)
    where: tuple[Condition, ...] = ()
    refund_rows: Condition | None = None
    notes: list[str] = field(default_factory=list)


def find_states(con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, amounts: Amounts) -> States:
    """What the status, payment state and type columns say."""
    made = States()
    _status(con, raw, found, amounts, made)
    _payment(con, raw, found, made)
    _kinds(con, raw, found, amounts, made)
    return made


def refunds(feed: Feed, said: States) -> tuple[Feed, ...]:
    """The feed of refunds from the rows that the type column calls so."""
    if said.refund_rows is None:
        return ()
    columns = {name: value for name, value in feed.columns if name in _OF_REFUND}
    amount = feed.value("total") or feed.value("goods") or feed.value("subtotal")
    number = feed.value("order_id")
    if amount is None or number is None:
        return ()
    columns |= {"payment_id": number, "amount": amount, "kind": Value("value", ("refund",))}
    return (replace(feed, table="payments", columns=tuple(columns.items()), lines=(), grain="order", sums=(),
                    where=(said.refund_rows,), signed=False),)  # fmt: skip


def _status(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, amounts: Amounts, made: States
) -> None:
    column = found.get("status")
    if column is None:
        return
    said = _meanings(con, raw, column)
    if said is None:
        found.drop("status")
        return
    if amounts.by_line and amounts.shape is not None and column in amounts.shape.by_line:
        lost = said.of(*_NO_ORDER)
        made.where += (Condition(column, none_of=lost),) if lost else ()
        made.notes.append(Message(LINES_LEFT_OUT, column=column, words=_listed(lost)))
        return
    gone = said.of("voided") if "payment_state" not in found else said.of("voided", "failed")
    if gone and "cancelled" not in found:
        made.columns["cancelled"] = Value("column", (column,), values=_each(gone, "true"), otherwise="false")
    if "fulfilment_state" not in found:
        made.columns["fulfilment_state"] = Value("column", (column,))
    if "payment_state" not in found:
        made.columns["payment_state"] = _as_payment(column, said)
        _say(column, said, made)


def _payment(con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, made: States) -> None:
    column = found.get("payment_state")
    if column is None:
        return
    said = _meanings(con, raw, column) or Meanings((), ())
    made.columns["payment_state"] = _as_payment(column, said, opened="open")
    _say(column, said, made)


def _as_payment(column: str, said: Meanings, opened: str = "") -> Value:
    """An order that is open may be paid; a payment that is open is not."""
    words = tuple((word, opened if meaning == "open" else meaning) for word, meaning in said.known)
    return Value("column", (column,), values=words, otherwise="")


def _say(column: str, said: Meanings, made: States) -> None:
    if said.unknown:
        made.notes.append(Message(STATES_UNKNOWN, column=column, words=_listed(said.unknown)))


def _kinds(
    con: duckdb.DuckDBPyConnection, raw: RawTable, found: Found, amounts: Amounts, made: States
) -> None:
    column = found.get("kind")
    if column is None:
        return
    words = _distinct(con, raw, column)
    kinds = {word: row_kind(word) for word in words}
    other = tuple(word for word, kind in kinds.items() if kind == "other")
    back = tuple(word for word, kind in kinds.items() if kind == "refund")
    if not other and not back:
        found.drop("kind")
        return
    if other:
        made.where += (Condition(column, none_of=other),)
        made.notes.append(Message(NO_SALES, column=column, words=_listed(other)))
    amount = next(
        (found.columns[n] for n in ("total", "goods", "subtotal", "amount", "quantity") if n in found), None
    )
    if not back or amount is None or negative(con, raw, column, amount, back):
        return
    if amounts.by_line and "order_id" in found:
        raise InputError(
            f'Column "{column}" says {_listed(back)}, but the amounts of these lines are positive.', where=raw.where,
            do="Export them as negative amounts, or describe the file in a --mapping FILE (docs/mapping.md).",
        )  # fmt: skip
    made.where += (Condition(column, none_of=back),)
    made.refund_rows = Condition(column, one_of=back)
    made.notes.append(Message(REFUND_ROWS, column=column, words=_listed(back)))


def _meanings(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> Meanings | None:
    """What the words of a column mean; None where none of them is a status."""
    words = _distinct(con, raw, column)
    said = meanings(words)
    return said if said.known and len(said.known) * 2 >= len(words) else None


def _distinct(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> list[str]:
    rows = con.execute(
        f"SELECT DISTINCT {quoted(column)}::VARCHAR FROM {quoted(raw.relation)} LIMIT {_WORDS}"
    ).fetchall()
    return sorted({word for row in rows if (word := (row[0] or "").strip())})


def _each(words: tuple[str, ...], meaning: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, meaning) for word in words)


def _listed(words: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{word}'" for word in words[:6])
    return shown + (", …" if len(words) > 6 else "")
