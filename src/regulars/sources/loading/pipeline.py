"""Files to facts, once through: read, map, stage, identify, settle, check, and for an import: publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.engines.parquet import rows_of
from regulars.lake.tables import ORDERS, TABLES
from regulars.sources.formats.registry import Choice, choose
from regulars.sources.identity.claims import CLAIMED, Claims, resolve
from regulars.sources.identity.consents import CONSENT_AT
from regulars.sources.identity.consents import FIELDS as CONSENTS
from regulars.sources.identity.forgetting import forget_older
from regulars.sources.identity.resolver import MemoryResolver, Resolver
from regulars.sources.loading import describe
from regulars.sources.loading.ask import first, is_empty, one
from regulars.sources.loading.documents import DOCUMENTS, make_documents
from regulars.sources.loading.names import name_products
from regulars.sources.loading.options import Loaded, LoadOptions, SourceFile
from regulars.sources.loading.orders import OrderFacts, nulls_of, settle_orders
from regulars.sources.loading.people import referrers
from regulars.sources.loading.plain import KNOWN_ORDERS, make_missing, settle_plain
from regulars.sources.loading.rejects import write_rejects
from regulars.sources.loading.repeats import drop_repeats, refuse_torn_documents
from regulars.sources.loading.stage import (
    Part,
    drop_stage,
    fields_in,
    make_stage,
    numbers_in,
    put_away,
    stage_name,
)
from regulars.sources.loading.written import dates_of, points_of
from regulars.sources.mapping.compile import compile_feed, numbered, tolerated, with_constants
from regulars.sources.mapping.fields import fields_of
from regulars.sources.mapping.model import SUMMED, Mapping
from regulars.sources.mapping.parsers import Style
from regulars.sources.mapping.read import read_mapping
from regulars.sources.messages import PASSED_OVER, SAME_DAY, Message, said
from regulars.sources.reading.opening import open_file
from regulars.sources.reading.raw import RawTable, ReadOptions

# When an order states consent: on its own day.
_MOMENTS = {"orders": ("at", "local_day")}
_SOURCE_NAME = re.compile(r"[\w.-]{1,60}")


@dataclass
class Work:
    """One load as it goes: what was opened, what feeds what, what was learned."""

    con: duckdb.DuckDBPyConnection
    definitions: Definitions
    options: LoadOptions
    progress: Progress
    folder: Path | None = None  # for the rows of large files
    room_for: Callable[[int], None] = lambda rows: None
    parts: dict[str, list[Part]] = field(default_factory=dict)
    opened: list[tuple[SourceFile, RawTable, Choice]] = field(default_factory=list)
    lake_orders: list[str] = field(default_factory=list)  # Parquet files of the orders known before
    lake_products: list[str] = field(default_factory=list)  # and of the products
    new_customers: int = 0
    warnings: list[str] = field(default_factory=list)


def load(
    engine: DuckEngine,
    files: Sequence[SourceFile],
    *,
    definitions: Definitions,
    resolver: Resolver | None = None,
    options: LoadOptions | None = None,
    progress: Progress = silent,
) -> Loaded:
    """Make the canonical tables of these files in the engine's own database; nothing else is stored.

    `resolver` None: customers are numbered for this load alone. Raises InputError for a file, column or setting that
    cannot be used, ConflictError where one order number means two orders. Rows that cannot be used are counted in
    the summary, and written to `options.rejects`.
    """
    work = Work(engine.con, definitions, options or LoadOptions(), progress, engine.folder, engine.room_for)
    prepare(work, files, resolver or MemoryResolver())
    summary, coverage, currencies = describe.describe(work)
    _forget(work)
    settled = _settle_definitions(work, currencies, coverage)
    return Loaded(settled, summary, coverage, currencies)


def _forget(work: Work) -> None:
    """Give back the room of the raw and the staged rows; the canonical tables do not need them."""
    work.con.execute("DROP VIEW IF EXISTS documents")
    for table in work.parts:
        drop_stage(work.con, table)
    work.con.execute("DROP TABLE IF EXISTS documents_made")
    for _, raw, _ in work.opened:
        work.con.execute(f"DROP VIEW IF EXISTS {quoted(raw.relation)}")
        work.con.execute(f"DROP TABLE IF EXISTS {quoted(raw.relation + '__raw')}")


def prepare(work: Work, files: Sequence[SourceFile], resolver: Resolver) -> None:
    """Everything up to the canonical tables."""
    _check(files)
    _open(work, files)
    work.room_for(sum(raw.rows for _, raw, _ in work.opened))
    _compile(work)
    work.con.execute("DROP TABLE IF EXISTS taken")
    for table, parts in work.parts.items():
        work.progress(f"reading {table}", None)
        make_stage(work.con, table, parts)
    _refuse_empty(work)
    orders = _documents(work)
    claims = {table: _claims(table, parts) for table, parts in work.parts.items()}
    work.progress("finding customers", None)
    claiming = [found for found in claims.values() if found is not None]
    if "referred_by" in fields_in(work.parts.get("customers", [])):
        claiming.append(referrers(work.con, fields_in(work.parts["customers"])))
    work.new_customers = resolve(work.con, claiming, resolver, work.definitions)
    work.progress("settling amounts, markets and days", None)
    if orders is not None:
        lines = any(p.feed.grain == "line" for p in orders)
        facts = OrderFacts(fields_in(orders), claims["orders"], lines, _alike(orders))
        settle_orders(
            work.con, facts, work.definitions, work.options.currency, {p.file: p.raw.where for p in orders}
        )
    make_orders_known(work.con, work.lake_orders)
    for table, parts in work.parts.items():
        if table != "orders":
            remarks = settle_plain(
                work.con, table, fields_in(parts), claims[table], work.definitions, work.options.currency
            )
            work.warnings.extend(remarks)
    make_missing(work.con)
    if orders is not None:
        name_products(work.con, fields_in(orders), work.lake_products)
    forget_older(work.con)
    if work.options.rejects is not None:
        write_rejects(work.con, work.options.rejects)


def make_orders_known(con: duckdb.DuckDBPyConnection, lake_orders: list[str]) -> None:
    """The view `known_orders`, where other facts look for their order: those of this import, then the lake's."""
    con.execute(f"CREATE TABLE IF NOT EXISTS orders AS SELECT {nulls_of(ORDERS)} WHERE false")
    columns = ", ".join(quoted(name) for name in ORDERS.names)
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {KNOWN_ORDERS} AS SELECT {columns} FROM orders UNION ALL "
        f"SELECT {columns} FROM ({rows_of(ORDERS, lake_orders)}) ANTI JOIN orders USING (source, order_id)"
    )


def _check(files: Sequence[SourceFile]) -> None:
    if not files:
        raise InputError("There is no file to read.", do="Name at least one export.")
    for file in files:
        if not _SOURCE_NAME.fullmatch(file.source):
            raise InputError(
                f"'{file.source}' cannot be the name of a source.",
                where=str(file.path.name),
                do="Use letters, digits, '-', '_' and '.', at most 60.",
            )


def _open(work: Work, files: Sequence[SourceFile]) -> None:
    mapping = read_mapping(work.options.mapping) if work.options.mapping else None
    reading = ReadOptions(folder=work.folder)
    for number, file in enumerate(files):
        work.progress(f"opening {file.path.name}", number / len(files))
        for raw, choice in _chosen(
            work, open_file(work.con, file.path, name=f"raw_{number}", options=reading), mapping
        ):
            work.warnings.extend(said(raw.where, one) for one in raw.warnings + choice.mapping.notes)
            work.opened.append((file, raw, choice))


def _chosen(work: Work, tables: list[RawTable], mapping: Mapping | None) -> list[tuple[RawTable, Choice]]:
    """Each table with its mapping. Of a workbook, sheets that hold no orders are passed over if another one does."""
    found, refused = [], []
    for raw in tables:
        try:
            found.append((raw, choose(work.con, raw, mapping, work.options)))
        except InputError as error:
            if len(tables) == 1:
                raise
            refused.append((raw, error))
    if not found:
        raise refused[0][1]
    work.warnings.extend(Message(PASSED_OVER, raw.where) for raw, _ in refused)
    return found


def _compile(work: Work) -> None:
    for number, (file, raw, choice) in enumerate(work.opened):
        others = {
            c.file: r for f, r, c in work.opened if c.mapping is choice.mapping and f.source == file.source
        }
        style = Style(
            decimal=choice.mapping.decimal,
            day_first=work.options.day_first
            if work.options.day_first is not None
            else choice.mapping.day_first,
            zone=choice.mapping.zone or work.options.zone or work.definitions.zone,
        )
        for feed in choice.mapping.feeds:
            if feed.file != choice.file:
                continue
            made = tolerated(feed, raw, others) if choice.mapping.tolerant else feed
            if choice.mapping.currency and "currency" in fields_of(feed.table):
                made = with_constants(made, {"currency": choice.mapping.currency})
            points = points_of(work.con, made, raw) if style.decimal is None else {}
            dates, notes = dates_of(work.con, made, raw, style.day_first)
            work.warnings.extend(note for note in notes if note not in work.warnings)
            parts = work.parts.setdefault(feed.table, [])
            checks = sum(len(part.staged.checks) for part in parts if part.file == number)
            staged = compile_feed(
                made, raw, others, source=file.source, file=number, style=style, points=points, dates=dates,
                checks_before=checks,
            )  # fmt: skip
            parts.append(Part(number, file.source, raw, made, staged))


def _refuse_empty(work: Work) -> None:
    for table in work.parts:
        if not is_empty(work.con, stage_name(table)):
            return
    bad = first(work.con, 'SELECT "file", "row", "column", "value", reason FROM rejects LIMIT 1')
    shown = f" The first: {bad[0]}, row {bad[1]}, column {bad[2]}, value '{bad[3]}': {bad[4]}." if bad else ""
    raise InputError(
        f"No row of the files could be used.{shown}",
        do="Check the columns, or declare them in a --mapping FILE.",
    )


def _documents(work: Work) -> list[Part] | None:
    parts = work.parts.get("orders")
    if not parts:
        return None
    fields = fields_in(parts)
    names = {part.file: part.raw.where for part in parts}
    work.con.execute(
        "CREATE OR REPLACE TEMP TABLE left_out AS SELECT _file, _row, _line, _bad FROM stage_orders WHERE _doc = 'left_out'"
    )
    if not is_empty(work.con, "left_out"):
        put_away(work.con, "orders", "left_out")
    if any(part.feed.grain == "line" for part in parts):
        refuse_torn_documents(work.con, fields, names)
    work.warnings.extend(drop_repeats(work.con, fields, names, parts))
    work.warnings.extend(_days_for_orders(work, parts))
    sums = {name: tuple(p.file for p in parts if name in p.feed.sums) for name in SUMMED}
    make_documents(work.con, fields, {name: files for name, files in sums.items() if files})
    return parts


def _days_for_orders(work: Work, parts: list[Part]) -> list[Message]:
    """Where neither numbers nor times tell orders apart: how many rows were taken for how many orders."""
    remarks = []
    for part in parts:
        number = part.feed.value("order_id")
        made = work.opened[part.file][2].mapping.found and number is not None and number.how == "text"
        if made and "at" not in part.staged.fields:
            counts = f"SELECT count(*), count(DISTINCT order_id) FROM stage_orders WHERE _file = {part.file}"
            rows, orders = one(work.con, counts)
            if rows > orders:
                remarks.append(Message(SAME_DAY, part.raw.where, rows=rows, orders=orders))
    return remarks


def _alike(parts: list[Part]) -> dict[str, str]:
    """What is the same in all rows of these parts, as SQL by column."""
    sources, files = {literal(part.source) for part in parts}, {str(part.file) for part in parts}
    pairs = (("source", sources), ("_file", files))
    return {name: values.pop() for name, values in pairs if len(values) == 1}


def _claims(table: str, parts: list[Part]) -> Claims | None:
    fields = fields_in(parts)
    columns = tuple(name for name in CLAIMED if name in fields)
    if not columns or not TABLES[table].by_customer:
        return None
    stands = DOCUMENTS if table == "orders" else stage_name(table)
    sources = {part.source for part in parts}
    only = sources.pop() if len(sources) == 1 else None
    # Documents of lines are summed up, and their numbers with them lost.
    whole = "customer_id" in numbers_in(parts) and all(part.is_light for part in parts)
    number = numbered("customer_id") if whole else None
    consents = tuple(name for name in CONSENTS if name in fields)
    moments = tuple(name for name in (CONSENT_AT, *_MOMENTS.get(table, ())) if name in fields)
    return Claims(stands, columns, "name" in fields, "country" in fields, only, number, consents, moments)


def _settle_definitions(
    work: Work, currencies: tuple[str, ...], coverage: tuple[SourceCoverage, ...]
) -> Definitions:
    settled = work.definitions
    if settled.currency is None and len(currencies) == 1:
        settled = replace(settled, currency=currencies[0])
    if work.options.zone is not None:
        settled = replace(settled, zone=work.options.zone)
    return replace(settled, coverage=coverage)
