"""Shapes of public data sets of shop orders, which people try first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.errors import InputError


def test_superstore_with_shares_as_discount(came):
    text = (
        "Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit\n"
        "1,CA-2016-1,11/8/2016,11/11/2016,Second Class,CG-12520,Ann Roe,Consumer,United States,Henderson,Kentucky,42420,South,FUR-1,Furniture,Bookcases,Bookcase,261.96,2,0,41.9136\n"
        "2,CA-2016-1,11/8/2016,11/11/2016,Second Class,CG-12520,Ann Roe,Consumer,United States,Henderson,Kentucky,42420,South,FUR-2,Furniture,Chairs,Chair,731.94,3,0.2,219.582\n"
        "3,CA-2016-2,6/12/2016,6/16/2016,Second Class,DV-13045,Bob Poe,Corporate,United States,Los Angeles,California,90036,West,OFF-1,Office Supplies,Labels,Labels,14.62,2,0,6.8714\n"
    )
    got = came(text, encoding="cp1252")
    assert (got.orders, got.customers, got.revenue, got.currency) == (2, 2, Decimal("1008.52"), "USD")
    assert got.days == ("2016-06-12", "2016-11-08")
    assert "shares, not amounts" in got.said
    assert got.result.one("SELECT sum(cost)::DECIMAL(18,2) FROM order_lines") == (Decimal("740.15"),)


def test_first_online_retail_data_set(came):
    text = (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
        "536365,71053,LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom\n"
        "536366,22633,WARMER,6,12/13/2010 8:28,1.85,13047,France\n"
        "C536379,D,Discount,-1,12/14/2010 9:41,27.5,17850,United Kingdom\n"
        "536370,22633,WARMER,1,12/15/2010 8:28,1.85,,France\n"
    )
    got = came(text, currency="GBP")
    assert (got.orders, got.customers, got.revenue) == (2, 2, Decimal("46.74"))
    assert (got.refunds, got.days) == (1, ("2010-12-01", "2010-12-15"))


def test_order_total_repeated_on_lines_with_states_of_their_own(came):
    text = (
        "item_id,status,created_at,sku,price,qty_ordered,grand_total,increment_id,category_name_1,discount_amount,payment_method,Customer ID\n"
        "211131,complete,7/1/2016,kreations_YI,1950,1,2190,100147443,Fashion,0,cod,1\n"
        "211132,complete,7/1/2016,kcc_Buy,240,1,2190,100147443,Beauty,0,cod,1\n"
        "211133,canceled,7/13/2016,Ego_UP,2450,1,2450,100147444,Fashion,0,cod,2\n"
        "211134,complete,7/14/2016,kcc_krone,360,2,720,100147445,Beauty,0,Easypay,3\n"
        "211135,order_refunded,7/15/2016,BK7010,555,2,1110,100147446,Soghaat,0,Easypay,3\n"
    )
    got = came(text, currency="PKR")
    assert got.kept == ("100147443", "100147445", "100147446")
    assert (got.customers, got.revenue, got.refunds, got.refunded) == (2, Decimal("4020"), 1, Decimal("1110"))
    assert got.days == ("2016-07-01", "2016-07-15")


def test_price_that_grows_with_the_quantity_is_the_line_s(came):
    rows = [("Clothing", 5, 1500.4), ("Clothing", 1, 300.08), ("Clothing", 2, 600.16), ("Shoes", 3, 1800.51),
            ("Shoes", 1, 600.17), ("Books", 4, 60.6), ("Books", 2, 30.3), ("Books", 1, 15.15)]  # fmt: skip
    lines = [f"I{n},C{n % 3},F,30,{c},{q},{p},Cash,{n + 10}/8/2022,Forum" for n, (c, q, p) in enumerate(rows)]
    text = (
        "invoice_no,customer_id,gender,age,category,quantity,price,payment_method,invoice_date,shopping_mall\n"
        + "\n".join(lines)
        + "\n"
    )
    got = came(text, currency="TRY")
    assert (got.orders, got.customers, got.revenue) == (8, 3, Decimal("4907.37"))
    assert 'Column "price" grows with "quantity"' in got.said
    assert got.days == ("2022-08-10", "2022-08-17")


def test_purchases_with_neither_number_nor_currency_ask_for_the_currency(came):
    text = "customer_id,date,cds,amount\n1,1997-01-01,1,11.77\n2,1997-01-12,1,12.00\n2,1997-01-12,5,77.00\n3,1997-01-02,2,20.76\n"
    with pytest.raises(InputError, match="--currency"):
        came(text)
    got = came(text, currency="USD")
    assert (got.orders, got.customers, got.revenue) == (3, 3, Decimal("121.53"))
    assert "4 rows made 3 orders" in got.said


def test_a_bare_id_that_comes_back_is_the_customer(came):
    text = "id,date,amount\n1,1997-01-01,11.77\n1,1997-02-01,12.00\n2,1997-01-12,77.00\n"
    got = came(text, currency="USD")
    assert (got.orders, got.customers) == (3, 2)
    assert "taken for the customer" in got.said


def test_donations(came):
    text = (
        "Donor ID,Gift Date,Gift Amount,Campaign,Payment Type\n"
        'D1,03/15/2025,"$1,050.00",Spring,Check\nD2,03/16/2025,$25.00,Spring,Card\nD1,04/16/2025,$25.00,Spring,Card\n'
    )
    got = came(text, currency="USD")
    assert (got.orders, got.customers, got.revenue) == (3, 2, Decimal("1100"))
    with pytest.raises(InputError, match=r"'\$' stands for several"):
        came(text)


def test_orders_without_amounts_say_what_is_missing(came):
    text = (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_estimated_delivery_date\n"
        "e481,9ef4,delivered,2017-10-02 10:56:33,2017-10-02 11:07:15,2017-10-18 00:00:00\n"
        "53cd,b083,delivered,2018-07-24 20:41:37,2018-07-26 03:24:27,2018-08-13 00:00:00\n"
    )
    with pytest.raises(InputError, match="amount of the order") as caught:
        came(text)
    assert "--mapping" in str(caught.value)


def test_several_dates_without_a_name_are_named_as_candidates(came):
    text = "order_id,customer_id,alpha,beta,amount,currency\n1,a,2025-01-01,2025-01-02,5,EUR\n2,b,2025-01-03,2025-01-04,6,EUR\n"
    with pytest.raises(InputError, match="alpha, beta"):
        came(text)


def test_dates_that_could_be_either_are_read_as_the_rows_go_on_and_said(came):
    rows = "".join(
        f"{n},a,{m:02}/{d:02}/2025,5,EUR\n" for n, (m, d) in enumerate([(1, 9), (2, 3), (3, 1), (4, 8)])
    )
    got = came("order_id,customer_id,date,amount,currency\n" + rows)
    assert got.days == ("2025-01-09", "2025-04-08")
    assert "the month first" in got.said
