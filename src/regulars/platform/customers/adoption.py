"""A lake that was made without the platform: its customers' numbers are taken over into the state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from django.db.models import Max
from django.utils import timezone

from regulars.kernel.errors import ConflictError, LakeError
from regulars.kernel.progress import Progress, silent
from regulars.platform.customers.bulk import CHUNK, chunked, in_chunks, insert
from regulars.platform.customers.lease import Turn
from regulars.platform.customers.models import Customer, Identifier, Source, new_keys
from regulars.platform.customers.rules import kept_sql
from regulars.sources.identity.resolver import LocalResolver

ADOPTED = ".adopted"
_LOOK_UP = 500


def adopt(lake: Path, *, progress: Progress = silent) -> int:
    """Take over the identifiers beside a lake, with their numbers; returns how many there were, 0 without such a file.

    Safe to repeat: only when everything is in the state is the file moved aside. Raises ConflictError, before anything
    is written, where the state has given an identifier another number, or the number to somebody else.
    """
    path = LocalResolver.beside(lake).path
    if not path.exists():
        return 0
    try:
        con = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise LakeError(
            "The file with the customers' identifiers cannot be opened.",
            where=path.name,
            do=f"Check that no import runs and that it is readable. DuckDB says: {str(error).splitlines()[0]}",
        ) from None
    turn = Turn()
    turn.take()
    try:
        count = int(con.execute("SELECT count(*) FROM identifiers").fetchall()[0][0])
        _refuse_other_numbers(con, turn)
        _take_over(con, turn, count, progress)
    finally:
        con.close()
        turn.give_back()
    path.rename(path.with_name(path.name + ADOPTED))
    return count


def _rows(con: duckdb.DuckDBPyConnection) -> Any:
    # A cursor of its own: both passes may be under way at once.
    query = f"SELECT {kept_sql('identifier')} AS kept, customer FROM identifiers ORDER BY customer, kept"
    for batch in con.cursor().sql(query).to_arrow_reader(CHUNK * 10):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _refuse_other_numbers(con: duckdb.DuckDBPyConnection, turn: Turn) -> None:
    """An adoption broken off half-way has left a beginning of the file's rows; anything else is a contradiction."""
    highest = int(Customer.objects.aggregate(highest=Max("number"))["highest"] or 0)
    for rows in _rows(con):
        turn.prolong()
        met = [row for row in rows if row[1] <= highest]
        for some in chunked(met, _LOOK_UP):
            wanted = dict(some)
            known = dict(
                Identifier.objects.filter(identifier__in=wanted).values_list("identifier", "customer_id")
            )
            numbers = set(wanted.values()) - set(known.values())
            taken = Identifier.objects.filter(customer__in=numbers).exists() if numbers else False
            if taken or any(known.get(identifier, number) != number for identifier, number in wanted.items()):
                raise ConflictError(
                    "The customers beside the lake have numbers that this site has given to others.",
                    do="Import the lake's files again into this site instead of adopting the lake.",
                )


def _take_over(con: duckdb.DuckDBPyConnection, turn: Turn, count: int, progress: Progress) -> None:
    ids = (
        "SELECT DISTINCT split_part(identifier, ':', 2) FROM identifiers WHERE starts_with(identifier, 'id:')"
    )
    for (name,) in con.cursor().execute(ids).fetchall():
        Source.objects.get_or_create(name=name)

    def write(rows: Sequence[tuple[Any, ...]]) -> None:
        turn.prolong()
        now = timezone.now()
        numbers = sorted({number for _, number in rows})
        insert(
            Customer,
            ("number", "key", "no_profiling", "created_at"),
            [(n, key, False, now) for n, key in zip(numbers, new_keys(len(numbers)), strict=True)],
        )
        insert(Identifier, ("identifier", "customer"), rows)

    done = 0
    for rows in _rows(con):
        in_chunks(rows, write)
        done += len(rows)
        progress("taking over the customers' numbers", done / max(count, 1))
