"""Looking at files before they are imported, and saying what their columns are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.platform.core.models import User
from regulars.platform.intake import api, operations, sample, trying
from regulars.platform.intake.rules.drawn import Mistake, Reading, Table, drawn, mistakes, toml_of
from regulars.platform.site import Site
from regulars.sources import LoadOptions
from regulars.sources.mapping.read import parse_mapping


@pytest.mark.django_db(transaction=True)
def test_a_look_says_what_an_import_would_bring_and_stores_nothing(
    site: Site, work: Callable[[], None], orders: Path, user: Callable[..., User]
) -> None:
    number = api.bring(files=[(orders, "shop")], look=True)
    work()
    found = api.imported(number)
    assert found is not None and found.state == "ready" and found.orders == 40
    assert api.lake() is None
    (table,) = sample.taken(found.sample)
    assert (
        table.columns[0] == "order_id" and len(table.rows) == 40 and table.examples("date")[0] == "2026-01-02"
    )
    assert operations.agree(number, by=user())
    work()
    done = api.imported(number)
    assert done is not None and done.state == "done" and done.lake_version == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_not_understood_is_mapped_and_then_imported(
    site: Site, work: Callable[[], None], odd_orders: Path, user: Callable[..., User]
) -> None:
    number = api.bring(files=[(odd_orders, "shop")], look=True)
    work()
    found = api.imported(number)
    assert found is not None and found.state == "unclear" and found.error is not None
    tables = sample.taken(found.sample)
    fields = {"aa": "order_id", "bb": "customer_id", "cc": "total", "dd": "local_day"}
    toml = toml_of([Table(tables[0].columns, "orders", fields)], Reading(currency="NOK"), name="odd")
    (tried,) = trying.try_out(tables, toml, LoadOptions())
    assert tried.error is None and tried.usable == 40
    assert dict(zip(tried.fields, tried.rows[0], strict=True)) == {
        "order_id": "N1", "customer_id": "K1", "total": "11.5", "local_day": "2026-01-02", "currency": "NOK",
    }  # fmt: skip
    boss = user()
    assert operations.look_again(number, by=boss, mapping=toml, options={})
    work()
    found = api.imported(number)
    assert found is not None and found.state == "ready" and (found.orders, found.customers) == (40, 7)


@pytest.mark.django_db(transaction=True)
def test_what_was_recognised_is_the_beginning_of_a_mapping_on_screen(
    site: Site, work: Callable[[], None], orders: Path
) -> None:
    number = api.bring(files=[(orders, "shop")], look=True)
    work()
    found = api.imported(number)
    assert found is not None
    (table,), reading = trying.recognised(sample.taken(found.sample), "", LoadOptions())
    assert (
        table.fact == "orders" and table.fields["order_id"] == "order_id" and table.fields["email"] == "email"
    )
    assert mistakes([table]) == [] and reading == Reading()


def test_mistakes_are_told_at_the_column() -> None:
    table = Table(("a", "b", "c"), "orders", {"a": "total", "b": "total", "c": "nonsense"})
    assert mistakes([table]) == [
        Mistake(0, "a", "twice", "total"), Mistake(0, "b", "twice", "total"), Mistake(0, "c", "unknown", "nonsense"),
        Mistake(0, "", "no_date", "at"), Mistake(0, "", "no_customer", "customer_id"),
    ]  # fmt: skip


def test_a_mapping_drawn_on_screen_is_read_as_it_was_meant() -> None:
    columns = ("Nr.", 'the "odd" one', "when", "who\\", "sku", "each", "pieces")
    fields = dict(
        zip(
            columns,
            ("order_id", "country", "at", "email", "line.product", "line.price", "line.quantity"),
            strict=True,
        )
    )
    toml = toml_of(
        [Table(columns, "orders", fields)], Reading("EUR", "Europe/Oslo", True, ","), name="a 'name'"
    )
    mapping = parse_mapping(toml, where="test")
    assert (mapping.currency, mapping.zone, mapping.day_first, mapping.decimal) == (
        "EUR",
        "Europe/Oslo",
        True,
        ",",
    )
    assert mapping.feeds[0].grain == "line" and mapping.feeds[0].signed
    assert drawn(mapping, "file", columns).fields == fields


def test_without_order_numbers_one_customers_rows_at_one_time_are_an_order() -> None:
    table = Table(("who", "when", "sum"), "orders", {"who": "email", "when": "at", "sum": "total"})
    feed = parse_mapping(toml_of([table], Reading(), name="x"), where="test").feeds[0]
    assert feed.grain == "line" and dict(feed.lines)["amount"].parts == ("sum",)
    order = feed.value("order_id")
    assert order is not None and order.how == "text" and order.parts == ("{who} {when}",)


def test_several_tables_are_told_apart_by_their_columns() -> None:
    tables = [
        Table(("id", "mail"), "customers", {"id": "customer_id", "mail": "email"}),
        Table(
            ("id", "nr", "day", "sum"),
            "orders",
            {"id": "customer_id", "nr": "order_id", "day": "local_day", "sum": "total"},
        ),
    ]
    mapping = parse_mapping(toml_of(tables, Reading(), name="x"), where="test")
    assert [(rule.name, rule.needs) for rule in mapping.files] == [
        ("file_2", ("id", "nr", "day", "sum")), ("file_1", ("id", "mail")),
    ]  # fmt: skip


def test_a_sheet_that_holds_nothing_is_passed_over() -> None:
    orders = {"nr": "order_id", "who": "email", "day": "local_day", "sum": "total"}
    tables = [Table(tuple(orders), "orders", orders, "Orders"), Table(("x", "y"), "", {}, "Notes")]
    assert mistakes(tables) == [] and mistakes(tables[1:]) != []
    mapping = parse_mapping(toml_of(tables, Reading(), name="x"), where="test")
    assert [(rule.sheet, rule.needs) for rule in mapping.files] == [("Orders", tuple(orders))]
