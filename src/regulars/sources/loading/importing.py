"""Files into a lake: the same pipeline, then every fact table replaced by key and one new version published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from regulars.kernel.definitions import Definitions
from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake, Writer
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.engines.parquet import rows_of
from regulars.lake.tables import ORDERS, TABLES
from regulars.sources.identity.resolver import LocalResolver, Resolver
from regulars.sources.loading import describe
from regulars.sources.loading.ask import first, is_empty, one
from regulars.sources.loading.options import LoadOptions, SourceFile
from regulars.sources.loading.orders import OWN_REFUND
from regulars.sources.loading.pipeline import Work, prepare
from regulars.sources.loading.repeats import conflict
from regulars.sources.loading.summary import ImportSummary
from regulars.sources.messages import ORDER_CAME_LATER, Message

_STORED = "the lake"


def import_into(
    lake: Lake,
    files: Sequence[SourceFile],
    *,
    definitions: Definitions | None = None,
    resolver: Resolver | None = None,
    options: LoadOptions | None = None,
    progress: Progress = silent,
    dry_run: bool = False,
) -> ImportSummary:
    """Bring the files' facts into the lake as one new version; rows of a known order give way to the new ones.

    `definitions` None: those in force in the lake. `resolver` None: the private file beside the lake. Importing the
    same files again changes nothing. Raises InputError and ConflictError as `load` does, also where an order number
    contradicts the lake; the lake is unchanged then. With `dry_run` nothing is written, and customers that the lake
    does not know are numbered for the summary alone.
    """
    known = definitions or lake.definitions()
    book: Resolver = resolver or LocalResolver.beside(lake.path)
    engine = DuckEngine()
    try:
        work = Work(engine.con, known, options or LoadOptions(), progress, engine.folder, engine.room_for)
        work.lake_orders, work.lake_products = lake.files("orders"), lake.files("products")
        prepare(work, files, book.peek() if dry_run else book)
        seen = lake.files("orders")
        _refuse_contradictions(work, seen)
        work.warnings.extend(_waiting(work, lake))
        summary, coverage, _ = describe.describe(work)
        if dry_run:
            return replace(summary, dry_run=True)
        with lake.writer(progress=progress) as writer:
            # Under the lock: another import may have brought the same order numbers meanwhile.
            if (now := lake.files("orders")) != seen:
                _refuse_contradictions(work, now)
            _write(work, writer)
            version = writer.publish(coverage=coverage, note=f"import of {len(files)} files")
        return replace(summary, lake_version=version)
    finally:
        engine.close()


def _write(work: Work, writer: Writer) -> None:
    for name in TABLES:
        if is_empty(work.con, quoted(name)):
            continue
        writer.replace(work.con, name)
    _take_back_refunds(work, writer)


def _take_back_refunds(work: Work, writer: Writer) -> None:
    """A repeated order replaces the refund that it told of before: where it tells of none now, the old one goes.

    Payments and refunds that came as rows of their own have other keys and stay.
    """
    work.con.execute(
        "CREATE OR REPLACE TEMP VIEW told_no_more AS "
        f"FROM (SELECT source, order_id || {literal(OWN_REFUND)} AS payment_id FROM orders) "
        "ANTI JOIN payments USING (source, payment_id)"
    )
    writer.remove(work.con, "payments", "told_no_more")


def _waiting(work: Work, lake: Lake) -> list[Message]:
    """Which facts of the lake came before orders that this import brings.

    They are not settled here: what a payment's file left out and what came of it cannot be told apart any more.
    """
    said = []
    for name, table in TABLES.items() if "orders" in work.parts else ():
        about_orders = {"order_id", "customer"} <= set(table.names) and name not in ("orders", "order_lines")
        files = lake.files(name) if about_orders else []
        if not files:
            continue
        columns = [column for column in ("customer", "market") if column in table.names]
        empty = " OR ".join(f"{column} IS NULL" for column in columns)
        lacks = " OR ".join(f"(f.{column} IS NULL AND o.{column} IS NOT NULL)" for column in columns)
        key = ", ".join(map(quoted, table.key))
        (rows,) = one(
            work.con,
            f"SELECT count(*) FROM (FROM ({rows_of(table, files)}) WHERE {empty}) f JOIN orders o USING (source, order_id) "
            f"ANTI JOIN {quoted(name)} n USING ({key}) WHERE {lacks}",
        )
        said += [Message(ORDER_CAME_LATER, table=name, rows=rows)] if rows else []
    return said


def _refuse_contradictions(work: Work, files: list[str]) -> None:
    """Stop where these files of the lake know an order number of the same source with another id, currency or customer."""
    if "orders" not in work.parts or not files:
        return
    words = (("external_id", "id"), ("currency", "currency"), ("customer", "customer"))
    differs = " OR ".join(f"n.{column} <> o.{column}" for column, _ in words)
    chosen = ", ".join(f"n.{column}, o.{column}" for column, _ in words)
    found = first(
        work.con,
        f"""SELECT n.source, n.order_id, n._file, n._row, o.local_day, {chosen}
        FROM settled n JOIN ({rows_of(ORDERS, files)}) o
            ON o.source = n.source AND o.order_id = n.order_id
        WHERE n._doc = 'order' AND ({differs}) ORDER BY 1, 2 LIMIT 1""",
    )
    if found is None:
        return
    source, order, file, row, day, *pairs = found
    names = {part.file: part.raw.where for part in work.parts["orders"]}
    for (_, word), new, old in zip(words, pairs[::2], pairs[1::2], strict=True):
        if new is not None and old is not None and new != old:
            raise conflict(
                source, order, word, f"{names[file]}, row {row}", new, f"{_STORED}, order of {day}", old
            )
