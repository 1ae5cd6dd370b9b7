"""Many rows into a table at once: one statement a chunk on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

CHUNK = 2_000  # rows a transaction
_SMALLEST = 500
_PAUSE = 0.005  # seconds; SQLite's lock knows no queue, and who waits looks every few milliseconds
_LONG = 0.06  # seconds; a transaction that took longer makes the next one smaller

Row = tuple[Any, ...]


def insert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[Row],
    *,
    update: Sequence[str] = (),
    key: int = 1,
    unless_later: str = "",
) -> None:
    """Insert rows; those whose key is there already are left as they are, or get the `update` fields' new values.

    The first `key` of `fields` are the key where something is updated; a row whose `unless_later` is later than that of the
    new one stays as it is. Values are texts, numbers, flags, instants or None.
    """
    if not rows:
        return
    described: dict[str, Any] = {name: model._meta.get_field(name) for name in fields}
    names = [connection.ops.quote_name(field.column) for field in described.values()]
    does = "NOTHING"
    if update:
        changed = [connection.ops.quote_name(described[name].column) for name in update]
        does = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changed)
        if unless_later:
            moment = connection.ops.quote_name(described[unless_later].column)
            does += f" WHERE {connection.ops.quote_name(model._meta.db_table)}.{moment} <= excluded.{moment}"
    on = f"({', '.join(names[:key])}) " if update else ""
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_type(field)}[]" for field in described.values())
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}) ON CONFLICT {on}DO {does}", columns)
        else:
            places = ", ".join(["%s"] * len(names))
            values = _plain(rows, list(described.values()))
            cursor.executemany(f"{into} VALUES ({places}) ON CONFLICT {on}DO {does}", values)


def in_chunks(
    rows: Sequence[Row],
    write: Callable[[Sequence[Row]], None],
    *,
    prepare: Callable[[Sequence[Row]], Sequence[Row]] = lambda rows: rows,
) -> None:
    """Write rows in chunks, each in a transaction of its own that stays short: where one was slow, the next is smaller.

    `prepare` makes of a chunk what is written, before the transaction begins. Between two of them others get their turn.
    """
    size, at = CHUNK, 0
    while at < len(rows):
        ready = prepare(rows[at : at + size])
        begun = time.monotonic()
        with transaction.atomic():
            write(ready)
        took = time.monotonic() - begun
        at += size
        size = max(_SMALLEST, size // 2) if took > _LONG else min(CHUNK, size * 2)
        time.sleep(_PAUSE)


def chunked(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items, at most `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def _type(field: Any) -> str:
    kind = field.target_field if field.is_relation else field
    return str(kind.db_type(connection)).split("(", maxsplit=1)[0]


def _plain(rows: Sequence[Row], fields: Sequence[Any]) -> Sequence[Row]:
    """The rows with instants as Django writes them to SQLite; a chunk has few different ones."""
    dated = {place for place, field in enumerate(fields) if field.get_internal_type() == "DateTimeField"}
    if not dated:
        return rows
    adapt = lru_cache(maxsize=100)(connection.ops.adapt_datetimefield_value)
    for place in dated:
        rows = [(*row[:place], adapt(row[place]), *row[place + 1 :]) for row in rows]
    return rows
