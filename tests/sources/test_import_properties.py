"""However the rows of an export lie, and over however many files, the facts are the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.sources.test_importing import asked

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.sources import LoadOptions, SourceFile, import_into, load

few = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
ORDER_HEAD = "order_id,customer_id,email,date,amount,currency,country,refunded\n"
LINE_HEAD = "invoice,customer_id,date,sku,quantity,price,currency,country\n"
PEOPLE = ("a,a@x.no", "b,b@x.no", "c,", ",d@x.no", ",a@x.no", ",")
MOMENTS = ("2026-03-28 23:30:00", "2026-03-29 00:30:00", "2026-06-01 12:00:00", "2026-10-25 01:30:00")
# Declared, since a file of one row may not show what its columns are.
MAPPING = """
currency = "NOK"
[files]
orders = { needs = ["order_id"] }
lines = { needs = ["invoice"] }

[[facts]]
table = "orders"
file = "orders"
[facts.columns]
order_id = "order_id"
customer_id = "customer_id"
email = "email"
at = "date"
total = "amount"
country = "country"
refunded = "refunded"

[[facts]]
table = "orders"
file = "lines"
grain = "line"
[facts.columns]
order_id = "invoice"
customer_id = "customer_id"
at = "date"
country = "country"
[facts.lines]
product = "sku"
quantity = "quantity"
price = "price"
"""
FACTS = {
    "orders": 'source, order_id, customer, local_day, "at", market, goods, total, units',
    "order_lines": "source, order_id, product, quantity, price, goods, kind, customer, local_day",
    "payments": "source, payment_id, order_id, customer, local_day, amount, goods",
}

cents = st.integers(1, 100_000).map(lambda n: f"{n / 100:.2f}")
order_rows = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(MOMENTS), cents, st.sampled_from(("NO", "DE", "BR"))),
    min_size=2, max_size=12,
)  # fmt: skip
# A document: who, when, and its lines, of which equal ones are real.
documents = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", "c")), st.sampled_from(MOMENTS),
        st.lists(st.tuples(st.sampled_from(("hat", "cup")), st.integers(1, 3), cents), min_size=1, max_size=4),
    ), min_size=2, max_size=8,
)  # fmt: skip


def as_orders(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """One text a document: every second order tells of a refund of one."""
    return [
        f"{n},{who},{when},{amount},NOK,{country},{'0.01' if n % 2 else ''}\n"
        for n, (who, when, amount, country) in enumerate(rows)
    ]


def as_lines(rows: Sequence[tuple[str, str, list[tuple[str, int, str]]]]) -> list[str]:
    """One text a document, of several lines."""
    return [
        "".join(f"{n},{who},{when},{sku},{quantity},{price},NOK,NO\n" for sku, quantity, price in lines)
        for n, (who, when, lines) in enumerate(rows)
    ]


def facts(head: str, *files: Sequence[str]) -> dict[str, list[tuple[object, ...]]]:
    """The canonical facts of files made of documents, as sorted rows."""
    with TemporaryDirectory() as folder, closing(DuckEngine(threads=2)) as engine:
        named = [SourceFile(path) for path in written(Path(folder), head, files)]
        load(engine, named, definitions=Definitions(), options=declared(Path(folder)))
        return {
            table: engine.con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
            for table, columns in FACTS.items()
        }


def declared(folder: Path) -> LoadOptions:
    path = folder / "mapping.toml"
    path.write_text(MAPPING)
    return LoadOptions(mapping=path)


def written(folder: Path, head: str, files: Sequence[Sequence[str]]) -> list[Path]:
    paths = [folder / f"{n}.csv" for n in range(len(files))]
    for path, texts in zip(paths, files, strict=True):
        path.write_text(head + "".join(texts))
    return paths


def split(texts: Sequence[str], at: int) -> tuple[list[str], list[str]]:
    place = 1 + at % (len(texts) - 1)
    return list(texts[:place]), list(texts[place:])


@few
@given(order_rows, st.randoms(use_true_random=False), st.integers(0, 100))
def test_the_order_of_rows_and_files_changes_no_order(rows, chance, at):
    texts = as_orders(rows)
    mixed = chance.sample(texts, len(texts))
    once = facts(ORDER_HEAD, texts)
    assert facts(ORDER_HEAD, mixed) == once
    assert facts(ORDER_HEAD, *split(mixed, at)) == once


@few
@given(documents, st.randoms(use_true_random=False), st.integers(0, 100))
def test_the_order_of_lines_and_files_changes_no_document(rows, chance, at):
    texts = as_lines(rows)
    once = facts(LINE_HEAD, texts)
    lines = [line + "\n" for text in texts for line in text.splitlines()]
    assert facts(LINE_HEAD, chance.sample(lines, len(lines))) == once
    assert facts(LINE_HEAD, *split(chance.sample(texts, len(texts)), at)) == once


@few
@given(documents, st.integers(0, 100))
def test_files_that_overlap_by_whole_documents_change_nothing(rows, at):
    texts = as_lines(rows)
    first, second = split(texts, at)
    assert facts(LINE_HEAD, texts, second) == facts(LINE_HEAD, first, texts) == facts(LINE_HEAD, texts)


@settings(few, max_examples=3)
@given(order_rows, order_rows)
def test_twice_changes_nothing_and_a_later_export_replaces_what_it_repeats(old, new):
    with TemporaryDirectory() as folder:
        lake, options = Lake.create(Path(folder) / "lake"), declared(Path(folder))
        # Orders with an x are not in the second export; the others keep their customer, else they were other orders.
        again = [(old[n % len(old)][0], *row[1:]) for n, row in enumerate(new)][: len(old)]
        first = [*as_orders(old), *(f"x{text}" for text in as_orders(old))]
        later = [text.replace(",0.01\n", ",\n") for text in as_orders(again)]
        one, two = written(Path(folder), ORDER_HEAD, [first, later])
        for number in (1, 1):
            assert import_into(lake, [SourceFile(one)], options=options).lake_version == number
        import_into(lake, [SourceFile(two)], options=options)
        expected = {f"{x}{n}": float(row[2]) for n, row in enumerate(old) for x in ("", "x")}
        expected |= {str(n): float(row[2]) for n, row in enumerate(again)}
        found = asked(lake, "SELECT order_id, goods::DOUBLE FROM orders")
        assert dict(found) == expected
        told = {order for (order,) in asked(lake, "SELECT order_id FROM payments")}
        assert told == {
            key for key in expected if int(key[-1]) % 2 and (key[0] == "x" or int(key) >= len(again))
        }
