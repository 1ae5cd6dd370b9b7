"""Many rows into a table at once: one statement a chunk on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction

CHUNK = 2_000  # rows a transaction
_SMALLEST = 250
_LONG = 0.06  # seconds; a transaction that took longer makes the next one smaller

Row = tuple[Any, ...]


def insert(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Row], *, update: Sequence[str] = ()
) -> None:
    """Insert rows; those whose key is there already are left as they are, or get the `update` fields' new values.

    The first of `fields` is the key where something is updated. Values are texts, numbers, flags, instants or None.
    """
    if not rows:
        return
    described: dict[str, Any] = {name: model._meta.get_field(name) for name in fields}
    names = [connection.ops.quote_name(field.column) for field in described.values()]
    does = "NOTHING"
    if update:
        changed = [connection.ops.quote_name(described[name].column) for name in update]
        does = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changed)
    on = f"({names[0]}) " if update else ""
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_type(field)}[]" for field in described.values())
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}) ON CONFLICT {on}DO {does}", columns)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f"{into} VALUES ({places}) ON CONFLICT {on}DO {does}", [_plain(row) for row in rows]
            )


def in_chunks(rows: Sequence[Row], write: Callable[[Sequence[Row]], None], *, pause: float = 0.0) -> None:
    """Write rows in chunks, each in a transaction of its own that stays short: where one was slow, the next is smaller."""
    size, at = CHUNK, 0
    while at < len(rows):
        begun = time.monotonic()
        with transaction.atomic():
            write(rows[at : at + size])
        took = time.monotonic() - begun
        at += size
        size = max(_SMALLEST, size // 2) if took > _LONG else min(CHUNK, size * 2)
        if pause:
            time.sleep(pause)


def chunked(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items, at most `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def _type(field: Any) -> str:
    kind = field.target_field if field.is_relation else field
    return str(kind.db_type(connection)).split("(", maxsplit=1)[0]


def _plain(row: Row) -> Row:
    adapt = connection.ops.adapt_datetimefield_value
    return tuple(adapt(value) if hasattr(value, "isoformat") else value for value in row)
