"""The resolver of a site: identifiers and customer numbers in the state database (sources/identity/resolver.py).

Few wanted identifiers are looked up; many are found by reading all known ones once, as Arrow batches, into the import's
own DuckDB. What is new is written in short transactions that are safe to repeat: a kill half-way leaves some
identifiers known, and the next import gives the others the numbers that they would have got.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
from django.db.models import Max, QuerySet
from django.utils import timezone

from regulars.platform.customers.bulk import CHUNK, chunked, in_chunks, insert
from regulars.platform.customers.consents import remember
from regulars.platform.customers.lease import Turn
from regulars.platform.customers.models import Contact, Customer, Identifier, Source, new_keys
from regulars.platform.customers.rules import folded, kept_sql
from regulars.platform.privacy import api as privacy
from regulars.sources.identity.resolver import Book, Resolver

_FEW = 20_000  # wanted rows that are looked up, in statements of _LOOK_UP each
_LOOK_UP = 500
_BATCH = 50_000


class SiteResolver:
    """Customer numbers of the site. `keeps=False`: nothing new is kept, for a dry run."""

    def __init__(self, *, keeps: bool = True) -> None:
        self._keeps = keeps

    def peek(self) -> Resolver:
        return SiteResolver(keeps=False)

    @contextmanager
    def session(self, con: duckdb.DuckDBPyConnection) -> Iterator[Book]:
        """Open for one resolve; others wait. Raises LakeError where another has it for a quarter of an hour."""
        if not self._keeps:
            yield _SiteBook(con, None)
            return
        turn = Turn()
        turn.take()
        try:
            yield _SiteBook(con, turn)
        finally:
            turn.give_back()


class _SiteBook:
    """The open resolver. Without a turn it reads only."""

    def __init__(self, con: duckdb.DuckDBPyConnection, turn: Turn | None) -> None:
        self._con, self._turn = con, turn
        self._before = 0  # the highest number when the session began to learn

    def known(self, wanted: str, into: str) -> None:
        self._alive()
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE _wanted AS SELECT DISTINCT identifier, {kept_sql('identifier')} AS kept FROM {wanted}"
        )
        self._con.execute("CREATE OR REPLACE TEMP TABLE _found (kept VARCHAR, customer BIGINT)")
        rows = Identifier.objects.values_list("identifier", "customer_id")
        self._bring(rows, "identifier", "_wanted", "kept")
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT identifier, customer FROM _wanted JOIN _found USING (kept)"
        )
        self._con.execute("DROP TABLE _wanted")

    def ids_of(self, customers: str, into: str) -> None:
        self._of(customers)
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT DISTINCT customer, split_part(kept, ':', 2) AS source "
            "FROM _found WHERE starts_with(kept, 'id:')"
        )

    def called(self, customers: str, into: str) -> None:
        self._of(customers)
        # 'id:' < 'email:' < 'phone:' in what people recognise; an id's own source stands before it.
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT customer, regexp_replace(arg_min(kept, "
            "(CASE split_part(kept, ':', 1) WHEN 'id' THEN 1 WHEN 'email' THEN 2 ELSE 3 END, kept)), "
            "'^(id:[^:]*|email|phone):', '') AS name FROM _found GROUP BY customer"
        )

    def highest(self) -> int:
        self._before = int(Customer.objects.aggregate(highest=Max("number"))["highest"] or 0)
        return self._before

    def learn(self, fresh: str) -> None:
        if self._turn is None:
            return
        sources = self._con.execute(
            f"SELECT DISTINCT split_part(identifier, ':', 2) FROM {fresh} WHERE starts_with(identifier, 'id:')"
        ).fetchall()
        for (name,) in sources:
            Source.objects.get_or_create(name=name)
        # In the order of numbers: what is left after a kill is numbered as it would have been.
        for rows in self._batches(
            f"SELECT {kept_sql('identifier')} AS kept, min(customer) AS customer FROM {fresh} GROUP BY kept ORDER BY customer, kept"
        ):
            in_chunks(rows, self._learn)

    def erased(self, wanted: str, into: str) -> bool:
        """Make the table `into` (identifier, person, until) of those in `wanted` that were erased; False for none."""
        marks = privacy.marks()
        if not marks.num_rows:
            return False
        self._con.register("_marks", marks)
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT w.identifier, m.person, m.until "
            f"FROM (SELECT identifier, {privacy.digest_sql(kept_sql('identifier'))} AS digest FROM {wanted}) w "
            "JOIN _marks m USING (digest)"
        )
        self._con.unregister("_marks")
        return bool(self._con.execute(f"SELECT 1 FROM {into} LIMIT 1").fetchall())

    def contacts(self, table: str) -> None:
        """Remember how customers are reached: rows of `table` (customer, name, email, phone), one a customer.

        What a row does not say stays as it was.
        """
        if self._turn is None:
            return
        for rows in self._batches(
            f"SELECT customer, coalesce(name, ''), coalesce(email, ''), coalesce(phone, '') FROM {table} "
            "WHERE customer IS NOT NULL ORDER BY customer"
        ):
            in_chunks(rows, self._remember, prepare=self._changed)

    def consents(self, table: str) -> None:
        """Remember what customers agreed to: rows of `table`, one a customer and channel."""
        if self._turn is None:
            return
        rows = self._batches(
            f"SELECT customer, channel, status, moment, source, undated, undated_source FROM {table} ORDER BY customer, channel"
        )
        remember(rows, before=self._before, alive=self._alive)

    def _learn(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._alive()
        now = timezone.now()
        numbers = sorted({customer for _, customer in rows if customer > self._before})
        insert(
            Customer,
            ("number", "key", "no_profiling", "created_at"),
            [(n, key, False, now) for n, key in zip(numbers, new_keys(len(numbers)), strict=True)],
        )
        insert(Identifier, ("identifier", "customer"), rows)

    def _changed(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """The contacts that are new or other than they were, as they are stored."""
        now = timezone.now()
        clean = [(number, *(value.replace("\x00", "")[:500] for value in values)) for number, *values in rows]
        known = {
            row.customer_id: row
            for numbers in chunked([row[0] for row in clean if row[0] <= self._before], _LOOK_UP)
            for row in Contact.objects.filter(pk__in=numbers)
        }
        changed = []
        for number, *said in clean:
            old = known.get(number)
            was = [old.name, old.email, old.phone] if old else ["", "", ""]
            values = [new or kept for new, kept in zip(said, was, strict=True)]
            if values != was:
                changed.append((number, *values, folded(*values), now))
        return changed

    def _remember(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._alive()
        fields = ("customer", "name", "email", "phone", "folded", "updated_at")
        insert(Contact, fields, rows, update=fields[1:])

    def _alive(self) -> None:
        if self._turn is not None:
            self._turn.prolong()

    def _of(self, customers: str) -> None:
        """Make `_found` (kept, customer): all identifiers of the `customers`."""
        self._alive()
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE _whose AS SELECT DISTINCT customer FROM {customers}")
        self._con.execute("CREATE OR REPLACE TEMP TABLE _found (kept VARCHAR, customer BIGINT)")
        rows = Identifier.objects.values_list("identifier", "customer_id")
        self._bring(rows, "customer_id", "_whose", "customer")
        self._con.execute("DROP TABLE _whose")

    def _bring(self, rows: QuerySet[Any, Any], field: str, wanted: str, column: str) -> None:
        """Add those identifiers to `_found` whose `field` stands in the `column` of `wanted`."""
        ((count,),) = self._con.execute(f"SELECT count(*) FROM {wanted}").fetchall()
        if count <= _FEW:
            values = [value for (value,) in self._con.execute(f"SELECT {column} FROM {wanted}").fetchall()]
            found = (
                pair
                for some in chunked(values, _LOOK_UP)
                for pair in rows.filter(**{f"{field}__in": some}).iterator()
            )
            self._put(found, "SELECT * FROM _batch")
        else:
            self._put(
                rows.iterator(chunk_size=_BATCH), f"SELECT * FROM _batch SEMI JOIN {wanted} USING ({column})"
            )

    def _put(self, pairs: Iterable[tuple[str, int]], chosen: str) -> None:
        for batch in _in_batches(pairs):
            self._alive()
            identifiers, customers = zip(*batch, strict=True)
            columns = [pa.array(identifiers, pa.string()), pa.array(customers, pa.int64())]
            self._con.register("_batch", pa.table(columns, names=["kept", "customer"]))
            self._con.execute(f"INSERT INTO _found {chosen}")
            self._con.unregister("_batch")

    def _batches(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, so many at a time that memory stays small."""
        for batch in self._con.sql(query).to_arrow_reader(CHUNK * 10):
            columns = [column.to_pylist() for column in batch.columns]
            yield list(zip(*columns, strict=True))


def _in_batches(pairs: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
