"""Shopify's orders export: one row a line item, the order's own cells only on its first row."""

from __future__ import annotations

from decimal import Decimal

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
    "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,"
    "Billing Country,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Id,Source\n"
)
ROWS = (
    # prices include tax: 200 + 50 = 250, of which 50 tax
    "#1001,kari@fjell.no,paid,2026-01-02,fulfilled,NOK,200.00,50.00,50.00,250.00,,0.00,2026-01-02 00:30:00 +0100,"
    "1,Lue,120.00,LUE,Kari N,NO,NO,,Shopify Payments,0.00,9001,web\n"
    "#1001,kari@fjell.no,,,,,,,,,,,2026-01-02 00:30:00 +0100,2,Votter,40.00,VOT,,,,,,,,\n"
    # prices exclude tax: 90 + 10 + 20 = 120, 10 discount is in the subtotal; 60 was given back
    "#1002,joe@mail.com,partially_refunded,2026-01-03,,USD,90.00,10.00,20.00,120.00,HI10,10.00,"
    "2026-01-03 10:00:00 -0500,1,Hat,100.00,HAT,Joe,US,US,,PayPal,60.00,9002,pos\n"
    "#1003,ana@mail.com,voided,,,EUR,10.00,0.00,0.00,10.00,,0.00,2026-01-04 10:00:00 +0100,1,Pin,10.00,PIN,Ana,DE,DE,"
    "2026-01-05 10:00:00 +0100,Klarna,0.00,9003,web\n"
    "#1004,bo@mail.com,paid,,,EUR,10.00,0.00,0.00,10.00,,0.00,2026-01-04 10:00:00 +0100,1,Pin,10.00,PIN,Bo,DE,DE,,"
    "(for testing) Bogus Gateway,0.00,9004,web\n"
)


def test_an_order_is_one_row_with_its_lines_beside_it(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    assert result.summary.files[0].format == "shopify"
    assert result.one("SELECT count(*) FROM orders") == (4,)
    assert result.rows(
        "SELECT product, quantity FROM order_lines WHERE order_id = '#1001' ORDER BY line"
    ) == [
        ("LUE", 1.0),
        ("VOT", 2.0),
    ]


def test_tax_is_taken_out_where_prices_include_it(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    row = result.one("SELECT tax_included, goods, shipping, tax, total FROM orders WHERE order_id = '#1001'")
    assert row == (True, Decimal("160"), Decimal("40"), Decimal("50"), Decimal("250"))
    assert result.one("SELECT sum(goods) FROM order_lines WHERE order_id = '#1001'") == (Decimal("160"),)


def test_tax_stays_apart_where_prices_exclude_it(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    row = result.one("SELECT tax_included, goods, discount, discounted FROM orders WHERE order_id = '#1002'")
    assert row == (False, Decimal("90"), Decimal("10"), True)
    assert result.summary.sources[0].tax.included == 1
    assert result.summary.sources[0].tax.excluded == 1


def test_a_refund_without_a_date_counts_on_the_day_of_the_order(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    assert result.rows("SELECT order_id, day_known, amount, goods, local_day::VARCHAR FROM payments") == [
        ("#1002", False, Decimal("60"), Decimal("45"), "2026-01-03")
    ]
    assert result.summary.sources[0].refunds_without_date == 1


def test_states_cancellation_and_test_orders_are_told_apart(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    assert result.rows(
        "SELECT payment_kind, payment_state, cancelled, test FROM orders ORDER BY order_id"
    ) == [
        ("card", "paid", False, None),
        ("wallet", "partially_refunded", False, None),
        ("invoice", "voided", True, None),
        ("other", "paid", False, True),
    ]


def test_the_day_is_the_market_s_own(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    row = result.one(
        "SELECT \"at\"::VARCHAR, local_day::VARCHAR, market FROM orders WHERE order_id = '#1001'"
    )
    assert row == ("2026-01-01 23:30:00", "2026-01-02", "NO")


def test_columns_that_a_shop_does_not_have_are_tolerated(run, write):
    header = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    rows = "#1,a@b.no,paid,NOK,100,2026-01-02 10:00:00 +0100,1,Lue,100\n"
    result = run(write("orders.csv", header + rows))
    assert result.one("SELECT goods, customer FROM orders") == (Decimal("100"), 1)


def test_several_currencies_are_kept_apart_and_said(run, write):
    result = run(write("orders_export.csv", HEADER + ROWS))
    assert set(result.loaded.currencies) == {"NOK", "USD", "EUR"}
    assert result.loaded.definitions.currency is None
    assert "The amounts are in several currencies: EUR, NOK, USD." in result.summary.warnings


CARDS = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem requires shipping,Lineitem taxable,Shipping Country\n"
)


def test_a_sold_gift_card_is_neither_goods_nor_taxed(run, write):
    rows = (
        "#1,a@b.no,paid,NOK,700.00,0.00,40.00,700.00,2026-01-02 10:00:00 +0100,1,Lue,200.00,true,true,NO\n"
        "#1,a@b.no,,,,,,,2026-01-02 10:00:00 +0100,1,Gavekort - kr 500,500.00,false,false,\n"
        "#2,b@b.no,paid,NOK,200.00,0.00,40.00,240.00,2026-01-02 10:00:00 +0100,1,Gift card holder,200.00,true,true,NO\n"
    )
    result = run(write("orders_export.csv", CARDS + rows))
    assert result.rows(
        "SELECT goods, tax, adjustments, total, tax_included FROM orders ORDER BY order_id"
    ) == [
        (Decimal("160"), Decimal("40"), Decimal("500"), Decimal("700"), True),
        (Decimal("200"), Decimal("40"), None, Decimal("240"), False),
    ]
    assert result.rows("SELECT kind, goods FROM order_lines WHERE order_id = '#1' ORDER BY line") == [
        ("goods", Decimal("160")),
        ("gift_card", Decimal("500")),
    ]


def test_an_order_of_nothing_but_a_gift_card_has_no_goods(run, write):
    rows = "#1,a@b.no,paid,NOK,500.00,0.00,0.00,500.00,2026-01-02 10:00:00 +0100,1,Gift Card,500.00,false,false,NO\n"
    result = run(write("orders_export.csv", CARDS + rows))
    assert result.one("SELECT goods, adjustments, total FROM orders") == (0, Decimal("500"), Decimal("500"))


def test_a_tag_or_a_name_makes_no_test_order(run, write):
    header = CARDS.replace("Created at", "Tags,Payment Method,Created at")
    row = "#{0},a@b.no,paid,NOK,5,0,0,5,{1},{2},2026-01-02 10:00:00 +0100,1,Test,5,true,true,NO\n"
    text = header + row.format(1, "test", "card") + row.format(2, "", "bogus")
    assert run(write("orders_export.csv", text)).rows("SELECT test FROM orders ORDER BY order_id") == [
        (None,),
        (True,),
    ]
