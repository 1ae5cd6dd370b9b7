"""An orders file that nobody described: columns are recognised by name and content, and said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import ConflictError, InputError

PLAIN = (
    "order_id,customer_id,date,amount,currency,country,channel\n"
    "1,a,2026-01-01 10:00:00,10.50,EUR,DE,web\n2,b,2026-01-02 10:00:00,20,EUR,AT,web\n3,a,2026-01-03 10:00:00,5,EUR,DE,app\n"
)


def test_a_plain_file_needs_no_help(run, write):
    result = run(write("orders.csv", PLAIN))
    assert result.one("SELECT count(*), count(DISTINCT customer), sum(goods) FROM orders") == (
        3,
        2,
        Decimal("35.5"),
    )
    assert 'column "customer_id" is the customer (by its name)' in map(
        str, result.summary.files[0].recognised
    )


def test_german_headers_commas_and_days_first(run, write):
    text = "Bestellnummer;Kundennummer;Bestelldatum;Gesamtbetrag;Land\n1;k1;31.01.2026;1.234,50;Deutschland\n"
    result = run(write("bestellungen.csv", text), currency="EUR")
    row = result.one("SELECT goods, local_day::VARCHAR, country, currency FROM orders")
    assert row == (Decimal("1234.5"), "2026-01-31", "DE", "EUR")


def test_repeated_rows_count_once(run, write):
    result = run(write("orders.csv", PLAIN + PLAIN.splitlines()[1] + "\n"))
    assert result.one("SELECT count(*) FROM orders") == (3,)
    assert result.summary.files[0].duplicates == 1


def test_a_later_export_replaces_the_orders_it_repeats(run, write):
    old = write("january.csv", PLAIN)
    new = write("february.csv", PLAIN.replace("2,b,2026-01-02 10:00:00,20", "2,b,2026-01-02 10:00:00,25")
                + "4,c,2026-02-01 10:00:00,7,EUR,DE,web\n")  # fmt: skip
    for files in ((old, new), (new, old)):
        assert run(*files).one("SELECT goods FROM orders WHERE order_id = '2'") == (Decimal("25"),)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [("2,b,", "2,z,", "customer"), ("20,EUR", "20,NOK", "currency")],
)
def test_one_number_for_two_orders_stops_and_shows_both_rows(run, write, old, new, word):
    first, second = write("a.csv", PLAIN), write("b.csv", PLAIN.replace(old, new))
    with pytest.raises(ConflictError, match=f"another {word}") as caught:
        run(first, second)
    assert "a.csv, row 2" in str(caught.value)
    assert "b.csv, row 2" in str(caught.value)
    assert "--source" in str(caught.value)


def test_two_sources_may_use_the_same_numbers(run, write):
    first, second = write("a.csv", PLAIN), write("b.csv", PLAIN.replace("2,b,", "2,z,"))
    assert run(("no", first), ("de", second)).one("SELECT count(*) FROM orders") == (6,)


def test_rows_that_cannot_be_used_are_kept_aside_with_the_reason(run, write, tmp_path):
    bad = PLAIN + "4,a,yesterday,1,EUR,DE,web\n5,a,2026-01-03 10:00:00,=cmd(),EUR,DE,web\n"
    rejects = tmp_path / "private" / "rejects.csv"
    result = run(write("orders.csv", bad), rejects=rejects)
    assert result.summary.rejected == 2
    text = rejects.read_text()
    assert "orders.csv,4,date,yesterday,cannot be read as a date" in text
    assert "'=cmd()" in text
    assert rejects.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_impossible_days_are_rejected(run, write, day):
    result = run(write("orders.csv", PLAIN + f"4,a,{day} 10:00:00,1,EUR,DE,web\n"))
    assert result.summary.files[0].rejected[0].reason == "not a possible day (1970 to 2099)"


def test_a_file_without_dates_says_what_is_missing(run, write):
    with pytest.raises(InputError, match="date of the order"):
        run(write("orders.csv", "order_id,customer_id,amount\n1,a,2\n"))


def test_without_order_numbers_a_purchase_is_customer_and_time(run, write):
    text = "customer_id,date,amount,currency\na,2026-01-01,5,EUR\na,2026-01-02,6,EUR\nb,2026-01-02,7,EUR\n"
    assert run(write("purchases.csv", text)).one("SELECT count(*), sum(goods) FROM orders") == (
        3,
        Decimal("18"),
    )


def test_rows_files_and_their_order_make_no_difference(run, write):
    head, *rows = PLAIN.splitlines()
    query = "SELECT order_id, customer, goods, local_day FROM orders ORDER BY order_id"
    whole = run(write("whole.csv", PLAIN)).rows(query)
    shuffled = write("shuffled.csv", "\n".join([head, *reversed(rows)]) + "\n")
    parts = [write(f"part{n}.csv", f"{head}\n{row}\n") for n, row in enumerate(rows)]
    assert run(shuffled).rows(query) == whole
    assert run(*reversed(parts)).rows(query) == whole


def test_an_order_that_names_its_category_has_a_line_of_it(run, write):
    text = "order_id,customer_id,date,total,currency,category\n1,a,2026-01-05,10.50,EUR,Books\n2,b,2026-01-07,20,EUR,Toys\n"
    result = run(write("orders.csv", text))
    assert result.rows("SELECT order_id, category, goods FROM order_lines ORDER BY 1") == [
        ("1", "Books", Decimal("10.5")),
        ("2", "Toys", Decimal("20")),
    ]


@pytest.mark.parametrize(("told", "day"), [(None, "2026-04-03"), (True, "2026-04-03"), (False, "2026-03-04")])
def test_points_mean_the_day_first_unless_somebody_says_otherwise(run, write, told, day):
    text = "order_id,customer_id,date,amount,currency\n1,a,03.04.2026,10,EUR\n"
    result = run(write("orders.csv", text), day_first=told)
    assert result.one("SELECT local_day::VARCHAR FROM orders") == (day,)
    assert not any("03.04" in text for text in result.summary.warnings)


def test_a_value_that_tells_goes_before_what_was_told(run, write):
    text = "order_id,customer_id,date,amount,currency\n1,a,31/04/2026,10,EUR\n2,a,30/04/2026,10,EUR\n"
    result = run(write("orders.csv", text), day_first=False)
    assert result.one("SELECT local_day::VARCHAR FROM orders") == ("2026-04-30",)


@pytest.mark.parametrize(
    ("day", "time", "hour"),
    [
        ("2026-01-31", "14:03", "14:03:00"),
        ("31.01.2026", "14:03:22", "14:03:22"),
        ("01/31/2026", "2:03 PM", "14:03:00"),
        ("2026-01-31 00:00:00", "9.05", "09:05:00"),
        ("20260131", "23:30", "23:30:00"),
        ("2026-01-31", "", "00:00:00"),
    ],
)
def test_a_day_and_its_time_may_stand_in_two_columns(run, write, day, time, hour):
    text = f"order_id,customer_id,order date,order time,amount,currency\n1,a,{day},{time},10,EUR\n2,b,{day},10:00,10,EUR\n"
    result = run(write("orders.csv", text), zone="Europe/Oslo", definitions=Definitions(zone="Europe/Oslo"))
    day_and_hour = (
        "SELECT local_day::VARCHAR, (orders.at + INTERVAL 1 HOUR)::VARCHAR FROM orders WHERE order_id = '1'"
    )
    assert result.one(day_and_hour) == ("2026-01-31", f"2026-01-31 {hour}")
    said = {one.column: one.field for one in result.summary.files[0].recognised}
    assert (said["order date"], said["order time"]) == ("the day", "the time")


def test_two_purchases_of_a_day_are_two_orders_where_a_column_has_their_times(run, write):
    text = "customer_id,date,time,amount,currency\na,2026-01-01,10:00,5,EUR\na,2026-01-01,10:00,6,EUR\na,2026-01-01,18:00,7,EUR\n"
    result = run(write("orders.csv", text))
    assert result.rows("SELECT goods FROM orders ORDER BY orders.at") == [(Decimal(11),), (Decimal(7),)]


def test_a_time_that_cannot_be_read_is_a_reject(run, write):
    lines = "".join(f"{n},a,2026-01-01,10:{n:02},5,EUR\n" for n in range(10, 50))
    text = f"order_id,customer_id,date,time,amount,currency\n{lines}99,a,2026-01-01,later,5,EUR\n"
    result = run(write("orders.csv", text))
    assert [str(one.reason) for one in result.summary.files[0].rejected] == ["cannot be read as a date"]


def test_an_order_without_an_amount_goes_to_the_rejects_where_there_is_nothing_but_a_total(run, write):
    rows = "order_id,customer_id,date,amount,currency\n1,a,2026-01-01,10,NOK\n2,b,2026-01-02,,NOK\n"
    result = run(write("orders.csv", rows))
    assert result.rows("SELECT order_id, total, goods FROM orders") == [("1", Decimal(10), Decimal(10))]
    assert result.rows('SELECT "row", reason FROM rejects') == [(2, "the order has no amount")]
