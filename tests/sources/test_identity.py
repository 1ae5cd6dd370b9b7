"""Who is the same customer: id before e-mail before phone, one e-mail one customer, nothing merged on a weak ground."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regulars.kernel.definitions import Definitions
from regulars.sources.identity.phones import e164

HEAD = "order_id,customer_id,email,phone,customer_name,date,amount,currency,country\n"


def line(number: int, who: str = "", email: str = "", phone: str = "", name: str = "") -> str:
    return f"{number},{who},{email},{phone},{name},2026-01-{number:02d} 10:00:00,10,NOK,NO\n"


def customers(result) -> list[int | None]:
    return [row[0] for row in result.rows("SELECT customer FROM orders ORDER BY source, order_id::INTEGER")]


def test_one_e_mail_is_one_customer_across_sources(run, write):
    no, de = (
        write("no.csv", HEAD + line(1, "n1", "Kari@Fjell.no")),
        write("de.csv", HEAD + line(1, "d9", "kari@fjell.no")),
    )
    assert customers(run(("no", no), ("de", de))) == [1, 1]


def test_the_setting_keeps_sources_apart(run, write):
    no, de = (
        write("no.csv", HEAD + line(1, "n1", "kari@fjell.no")),
        write("de.csv", HEAD + line(1, "d9", "kari@fjell.no")),
    )
    apart = replace(Definitions(), one_email_is_one_customer=False)
    assert len(set(customers(run(("no", no), ("de", de), definitions=apart)))) == 2


def test_a_guest_s_e_mail_finds_the_account(run, write):
    text = HEAD + line(1, "n1", "kari@fjell.no") + line(2, "", "kari@fjell.no ")
    assert customers(run(write("o.csv", text))) == [1, 1]


def test_two_ids_are_never_merged_on_an_e_mail(run, write):
    text = HEAD + line(1, "n1", "kari@fjell.no") + line(2, "n2", "kari@fjell.no")
    result = run(write("o.csv", text))
    assert len(set(customers(result))) == 2
    assert [note.kind for note in result.summary.quality] == ["possible_duplicates"]


def test_a_phone_identifies_where_nothing_else_does(run, write):
    text = HEAD + line(1, phone="22 12 34 56") + line(2, phone="+47 22123456") + line(3)
    assert customers(run(write("o.csv", text))) == [1, 1, None]


def test_a_relay_address_joins_nobody_across_sources(run, write):
    text = HEAD + line(1, "", "x1@marketplace.amazon.de") + line(2, "", "x1@marketplace.amazon.de")
    a, b = write("a.csv", text), write("b.csv", text)
    result = run(("a", a), ("b", b))
    assert len(set(customers(result))) == 2
    notes = [note for note in result.summary.quality if note.kind == "relay"]
    assert [(note.source, note.what, note.orders) for note in notes] == [
        ("a", "marketplace.amazon.de", 2),
        ("b", "marketplace.amazon.de", 2),
    ]


def test_an_address_with_many_ids_is_shared_and_named_masked(run, write):
    text = (
        HEAD
        + "".join(line(n, f"n{n}", "info@kontor.no") for n in range(1, 5))
        + line(5, "", "info@kontor.no")
    )
    result = run(write("o.csv", text))
    assert customers(result)[4] is None
    shared = next(note for note in result.summary.quality if note.kind == "shared")
    assert (shared.what, shared.who, shared.orders, shared.customers) == (
        "i…@kontor.no",
        "info@kontor.no",
        5,
        4,
    )


def test_placeholders_identify_nobody(run, write):
    text = HEAD + line(1, "", "noreply@shop.no") + line(2, "", "test@test.com")
    assert customers(run(write("o.csv", text))) == [None, None]


def test_a_house_account_is_no_customer(run, write):
    text = HEAD + line(1, "kasse", "") + line(2, "n2", "")
    house = replace(Definitions(), house_accounts=("kasse",))
    result = run(write("o.csv", text), definitions=house)
    assert customers(result)[0] is None
    assert next(note for note in result.summary.quality if note.kind == "house").orders == 1


def test_numbers_do_not_depend_on_the_order_of_rows(run, write):
    rows = [line(n, f"n{n}", f"k{n % 4}@fjell.no") for n in range(1, 9)]
    forward = run(write("a.csv", HEAD + "".join(rows)))
    backward = run(write("b.csv", HEAD + "".join(reversed(rows))))
    assert customers(forward) == customers(backward)


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("0722 000 001", "RO", "+40722000001"),
        ("+47 22 12 34 56", None, "+4722123456"),
        ("12", "NO", None),
        ("x", None, None),
    ],
)
def test_phones_are_compared_in_e164(number, country, expected):
    assert e164(number, country) == expected


def test_an_id_beside_a_country_alone_makes_no_order_twice(run, write):
    mapping = """
[files]
orders = "orders*.csv"
people = "people*.csv"
[[facts]]
table = "orders"
file = "orders"
[facts.columns]
order_id = "order_id"
customer_id = "customer_id"
local_day = "date"
total = "amount"
[[facts]]
table = "customers"
file = "people"
[facts.columns]
customer_id = "id"
phone = "tel"
country = "land"
"""
    orders = write("orders.csv", "order_id,customer_id,date,amount\n1,7,2026-01-01,10\n2,8,2026-01-02,5\n")
    people = write("people.csv", "id,tel,land\n7,,NO\n8,+4740404040,NO\n")
    result = run(orders, people, mapping=write("mapping.toml", mapping), currency="NOK")
    assert result.rows("SELECT order_id, customer FROM orders ORDER BY 1") == [("1", 1), ("2", 2)]
    assert result.one("SELECT count(*) FROM customers") == (2,)
