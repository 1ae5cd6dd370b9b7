"""Exports of marketplaces, tills, payment providers and billing systems."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.errors import InputError

EBAY = (
    '""\n'
    '"Sales Record Number","Order Number","Buyer Username","Buyer Name","Buyer Email","Ship To Country","Item Number","Item Title","Custom Label",'
    '"Quantity","Sold For","Shipping And Handling","Total Price","Payment Method","Sale Date","Paid On Date"\n'
    '""\n'
    '"101","01-1","annroe","Ann Roe","ann@example.com","United States","3301","Mug","M1","2","$15.00","$5.00","$35.00","PayPal","Mar-15-25","Mar-15-25"\n'
    '"102","01-2","bobpoe","Bob Poe","bob@example.com","United States","3302","Hat","H1","1","$20.00","$5.00","$25.00","PayPal","Mar-16-25","Mar-16-25"\n'
    '"103","01-3","bobpoe","Bob Poe","bob@example.com","United States","3302","Hat","H1","1","$20.00","$5.00","$25.00","PayPal","Mar-17-25","Mar-17-25"\n'
    '"104","01-4","bobpoe","Bob Poe","bob@example.com","United States","3302","Hat","H1","1","$20.00","$5.00","$25.00","PayPal","Mar-18-25","Mar-18-25"\n'
    '"105","01-5","bobpoe","Bob Poe","bob@example.com","United States","3302","Hat","H1","1","$20.00","$5.00","$25.00","PayPal","Mar-19-25","Mar-19-25"\n'
    '\n"2","record(s) downloaded,"\n"Seller ID : example"\n'
)


def test_ebay_orders_with_preamble_and_footer(came):
    got = came(EBAY, currency="USD")
    assert (got.orders, got.customers, got.revenue) == (5, 2, Decimal("110"))
    assert got.days == ("2025-03-15", "2025-03-19")
    assert len(got.rejects) == 2


AMAZON = (
    "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\tproduct-name\tsku\tasin\t"
    "item-status\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\titem-promotion-discount\tship-country\tbuyer-email\n"
    "111-1\t\t2025-03-15T10:12:33+00:00\t2025-03-16T10:12:33+00:00\tShipped\tAmazon\tAmazon.de\tMug\tM1\tB01\tShipped\t2\tEUR\t30.00\t0.00\t5.00\t0.00\t3.00\tDE\ta1@marketplace.amazon.de\n"
    "111-1\t\t2025-03-15T10:12:33+00:00\t2025-03-16T10:12:33+00:00\tShipped\tAmazon\tAmazon.de\tPin\tP1\tB02\tShipped\t1\tEUR\t10.00\t0.00\t0.00\t0.00\t0.00\tDE\ta1@marketplace.amazon.de\n"
    "111-2\t\t2025-03-16T10:12:33+00:00\t2025-03-17T10:12:33+00:00\tCancelled\tAmazon\tAmazon.de\tPin\tP1\tB02\tCancelled\t1\tEUR\t10.00\t0.00\t0.00\t0.00\t0.00\tDE\tb1@marketplace.amazon.de\n"
)


def test_amazon_all_orders_whose_item_price_is_the_whole_line_s(came):
    got = came(AMAZON, name="orders.txt")
    assert (got.kept, got.customers, got.revenue) == (("111-1",), 1, Decimal("37"))
    assert got.result.one("SELECT shipping, discount FROM orders WHERE order_id = '111-1'") == (
        Decimal("5"),
        Decimal("3"),
    )


def test_amazon_without_buyers_says_that_nobody_is_named(came):
    text = "\n".join("\t".join(line.split("\t")[:-1]) for line in AMAZON.splitlines()) + "\n"
    with pytest.raises(InputError, match="who the customer is"):
        came(text, name="orders.txt")


def test_paypal_activity_with_refunds_and_withdrawals(came):
    text = (
        '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Reference Txn ID","Balance Impact","Country"\n'
        '"03/15/2025","10:12:33","PST","Ann Roe","Express Checkout Payment","Completed","USD","50.00","-1.75","48.25","ann@example.com","shop@example.com","TX1","","Credit","United States"\n'
        '"03/16/2025","10:12:33","PST","Bob Poe","Express Checkout Payment","Completed","USD","1,030.00","-1.05","1,028.95","bob@example.com","shop@example.com","TX2","","Credit","United States"\n'
        '"03/17/2025","10:12:33","PST","Bob Poe","Payment Refund","Completed","USD","-30.00","0.00","-30.00","shop@example.com","bob@example.com","TX3","TX2","Debit","United States"\n'
        '"03/18/2025","10:12:33","PST","","General Withdrawal","Completed","USD","-900.00","0.00","-900.00","shop@example.com","","TX4","","Debit",""\n'
        '"03/19/2025","10:12:33","PST","Ann Roe","Express Checkout Payment","Pending","USD","20.00","0.00","20.00","ann@example.com","shop@example.com","TX5","","Credit","United States"\n'
    )
    got = came(text)
    assert (got.kept, got.customers, got.revenue) == (("TX1", "TX2"), 2, Decimal("1080"))
    assert (got.refunds, got.refunded) == (1, Decimal("30"))
    assert "General Withdrawal" in got.said or got.result.summary.files[0].format == "paypal"


def test_square_transactions(came):
    text = (
        "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Source,Card,Fees,Net Total,Transaction ID,Payment ID,Device Name,Event Type,Location,Customer ID,Customer Name\n"
        "2025-03-15,10:12:33,Eastern Time (US & Canada),$20.00,-$2.00,$18.00,$1.44,$0.00,$19.44,Point of Sale,$19.44,-$0.60,$18.84,T1,P1,Till,Payment,Troy,C1,Ann Roe\n"
        '2025-03-16,10:12:33,Eastern Time (US & Canada),"$1,200.00",$0.00,"$1,200.00",$96.00,$0.00,"$1,296.00",Point of Sale,"$1,296.00",-$30.00,"$1,266.00",T2,P2,Till,Payment,Troy,C2,Bob Poe\n'
        "2025-03-17,10:12:33,Eastern Time (US & Canada),-$20.00,$2.00,-$18.00,-$1.44,$0.00,-$19.44,Point of Sale,-$19.44,$0.00,-$19.44,T3,P3,Till,Refund,Troy,C1,Ann Roe\n"
        "2025-03-18,10:12:33,Eastern Time (US & Canada),$5.00,$0.00,$5.00,$0.40,$0.00,$5.40,Point of Sale,$5.40,$0.00,$5.40,T4,P4,Till,Payment,Troy,,\n"
    )
    got = came(text, currency="USD")
    assert (got.kept, got.customers, got.revenue) == (("T1", "T2"), 2, Decimal("1218"))
    assert (got.refunds, got.refunded) == (1, Decimal("18"))


def test_lightspeed_sales_history_takes_each_sale_once(came):
    text = (
        "Date,Receipt Number,Line Type,Customer Code,Customer Name,Note,Quantity,Subtotal,Sales Tax,Discount,Loyalty,Total,Paid,Details,Register,User,Status,Sku\n"
        "2025-03-15 10:12:33,1001,Sale,ann-1,Ann Roe,,3,30.00,3.00,0.00,0.00,33.00,33.00,2 x Mug + 1 x Pin,Main,Cy,CLOSED,\n"
        "2025-03-15 10:12:33,1001,Sale Line,ann-1,Ann Roe,,2,20.00,2.00,0.00,0.00,22.00,,Mug,Main,Cy,,M1\n"
        "2025-03-15 10:12:33,1001,Sale Line,ann-1,Ann Roe,,1,10.00,1.00,0.00,0.00,11.00,,Pin,Main,Cy,,P1\n"
        "2025-03-15 10:12:33,1001,Payment,ann-1,Ann Roe,,,,,,,,33.00,Cash,Main,Cy,,\n"
    )
    got = came(text, currency="NZD")
    assert (got.orders, got.customers, got.revenue) == (1, 1, Decimal("30"))


def test_order_events_of_a_mailing_system(came):
    text = (
        "Event,Person ID,Email,Timestamp,Value,Order ID,Currency\n"
        "Placed Order,01A,ann@example.com,2025-03-15T10:12:33+00:00,40.5,9001,EUR\n"
        "Placed Order,01B,bob@example.com,2025-03-16T10:12:33+00:00,20,9002,EUR\n"
        "Placed Order,01A,ann@example.com,2025-04-16T10:12:33+00:00,20,9003,EUR\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue) == (3, 2, Decimal("80.5"))


def test_invoices_of_a_subscription_system(came):
    text = (
        "Invoice Number,Customer Id,Customer Email,Subscription Id,Invoice Date,Status,Amount,Tax Total,Refunded Amount,Currency,Paid On\n"
        "INV-1,c1,ann@example.com,s1,2025-03-01 00:00,Paid,119.00,19.00,0.00,EUR,2025-03-01 00:10\n"
        "INV-2,c2,bob@example.com,s2,2025-03-02 00:00,Payment Due,119.00,19.00,0.00,EUR,\n"
        "INV-3,c1,ann@example.com,s1,2025-04-01 00:00,Paid,119.00,19.00,59.50,EUR,2025-04-01 00:10\n"
        "INV-4,c3,cy@example.com,s3,2025-04-02 00:00,Voided,119.00,19.00,0.00,EUR,\n"
    )
    got = came(text)
    assert (got.kept, got.customers, got.revenue) == (("INV-1", "INV-3"), 1, Decimal("200"))
    assert (got.refunds, got.refunded) == (1, Decimal("50"))


def test_rows_typed_as_returns_with_positive_amounts_are_refunds(came):
    text = (
        "transaction_id,customer_id,transaction_type,date,amount,currency\n"
        "1,a,Sale,2025-03-01,50,EUR\n2,b,Sale,2025-03-02,30,EUR\n3,a,Return,2025-03-05,20,EUR\n"
    )
    got = came(text)
    assert (got.orders, got.revenue, got.refunds, got.refunded) == (2, Decimal("80"), 1, Decimal("20"))
    assert "'Return' are refunds" in got.said
