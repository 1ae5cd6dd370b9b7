"""Order exports of shop systems, with the headers and quirks that they write."""

from __future__ import annotations

from decimal import Decimal

MAGENTO = (
    '"ID","Purchase Point","Purchase Date","Bill-to Name","Ship-to Name","Grand Total (Base)","Grand Total (Purchased)",'
    '"Status","Billing Address","Shipping Address","Shipping Information","Customer Email","Customer Group","Subtotal",'
    '"Shipping and Handling","Customer Name","Payment Method","Total Refunded"\n'
    '000000001,"Main Website\n    Main Website Store","Mar 3, 2025 10:12:33 AM","Ann Roe","Ann Roe",55.0000,55.0000,Complete,'
    '"1 Elm St,Troy","1 Elm St,Troy","Flat Rate - Fixed",ann@example.com,General,50.0000,5.0000,"Ann Roe",checkmo,\n'
    '000000002,"Main Website\n    Main Website Store","Mar 4, 2025 9:00:00 PM","Bob Poe","Bob Poe",30.0000,30.0000,Closed,'
    '"2 Elm St,Troy","2 Elm St,Troy","Flat Rate - Fixed",bob@example.com,General,25.0000,5.0000,"Bob Poe",checkmo,30.0000\n'
    '000000003,"Main Website\n    Main Website Store","Mar 5, 2025 1:00:00 AM","Ann Roe","Ann Roe",20.0000,20.0000,Canceled,'
    '"1 Elm St,Troy","1 Elm St,Troy","Flat Rate - Fixed",ann@example.com,General,15.0000,5.0000,"Ann Roe",checkmo,\n'
    '000000004,"Main Website\n    Main Website Store","Mar 6, 2025 1:00:00 AM","Cy Doe","Cy Doe",20.0000,20.0000,Pending,'
    '"3 Elm St,Troy","3 Elm St,Troy","Flat Rate - Fixed",cy@example.com,"NOT LOGGED IN",15.0000,5.0000,"Cy Doe",checkmo,\n'
)


def test_magento_order_grid(came):
    got = came(MAGENTO, currency="USD")
    assert (got.orders, got.customers, got.revenue, got.currency) == (2, 2, Decimal("75"), "USD")
    assert (got.refunds, got.refunded) == (1, Decimal("25"))
    assert got.days == ("2025-03-03", "2025-03-06")
    assert got.fields["Grand Total (Base)"] == "the order's total"


BIGCOMMERCE = (
    "Order ID,Order Status,Order Date,Order Time,Subtotal (inc tax),Subtotal (ex tax),Tax Total,Shipping Cost (inc tax),"
    "Shipping Cost (ex tax),Ship Method,Coupon Details,Refund Amount,Order Total (inc tax),Order Total (ex tax),Customer ID,"
    "Customer Name,Customer Email,Customer Phone,Payment Method,Total Quantity,Total Shipped,Date Shipped,Order Currency Code,"
    "Billing Country,Shipping Country\n"
    "101,Completed,03/15/2025,10:12:33,110.00,100.00,12.00,22.00,20.00,UPS,,0.00,132.00,120.00,7,Ann Roe,ann@example.com,,Stripe,2,2,03/16/2025,USD,United States,United States\n"
    "102,Awaiting Fulfillment,03/16/2025,11:00:00,55.00,50.00,5.00,0.00,0.00,UPS,,0.00,55.00,50.00,0,Bob Poe,bob@example.com,,PayPal,1,0,,USD,United States,United States\n"
    "103,Awaiting Payment,03/17/2025,11:00:00,55.00,50.00,5.00,0.00,0.00,UPS,,0.00,55.00,50.00,0,Cy Doe,cy@example.com,,PayPal,1,0,,USD,United States,United States\n"
    "104,Refunded,03/18/2025,11:00:00,55.00,50.00,5.00,0.00,0.00,UPS,,55.00,55.00,50.00,0,Di Moe,di@example.com,,PayPal,1,0,,USD,United States,United States\n"
    "105,Incomplete,03/19/2025,11:00:00,55.00,50.00,5.00,0.00,0.00,UPS,,0.00,55.00,50.00,0,Di Moe,di@example.com,,PayPal,1,0,,USD,United States,United States\n"
)


def test_bigcommerce_orders_and_its_guests_with_id_nought(came):
    got = came(BIGCOMMERCE)
    assert got.kept == ("101", "102", "104")
    assert (got.customers, got.revenue, got.currency) == (3, Decimal("200"), "USD")
    assert (got.refunds, got.refunded) == (1, Decimal("50"))
    assert got.days == ("2025-03-15", "2025-03-19")


def test_prestashop_in_french_has_names_alone_and_says_so(came):
    text = (
        "ID;Référence;Nouveau client;Livraison;Client;Total;Paiement;État;Date\n"
        "5;KHWLILZLL;1;France;J. DUPONT;61,80 €;Chèque;Paiement accepté;2025-03-15 10:12:33\n"
        "6;XKBKNABJK;0;France;J. DUPONT;1 020,00 €;Chèque;En attente du paiement par chèque;2025-03-16 10:12:33\n"
        "7;OHSATSERP;1;Belgique;A. MARTIN;20,00 €;Carte;Annulé;2025-03-17 10:12:33\n"
        "8;UOYEVOLI;1;Belgique;A. MARTIN;30,50 €;Carte;Livré;2025-03-18 10:12:33\n"
        "9;FFATNOMMJ;1;Belgique;B. LEROY;10,00 €;Carte;Remboursé;2025-03-19 10:12:33\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue, got.currency) == (3, 3, Decimal("102.3"), "EUR")
    assert (got.refunds, got.refunded) == (1, Decimal("10"))
    assert "names" in got.said


def test_prestashop_in_spanish(came):
    text = (
        "ID;Referencia;Nuevo cliente;Entrega;Cliente;Correo electrónico;Total;Pago;Estado;Fecha\n"
        "5;KHWLILZLL;1;España;J. Pérez;jp@example.com;61,80 €;Tarjeta;Pago aceptado;15/03/2025 10:12\n"
        "6;XKBKNABJK;0;España;J. Pérez;jp@example.com;20,00 €;Cheque;En espera de pago por cheque;16/03/2025 10:12\n"
        "7;OHSATSERP;1;España;A. Ruiz;ar@example.com;20,00 €;Tarjeta;Cancelado;17/03/2025 10:12\n"
        "8;UOYEVOLI;1;España;A. Ruiz;ar@example.com;30,50 €;Tarjeta;Enviado;18/03/2025 10:12\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue) == (2, 2, Decimal("92.3"))
    assert got.fields["Correo electrónico"] == "the customer's e-mail"


def test_shopware_in_german(came):
    text = (
        "Bestellnummer;Bestelldatum;Kundennummer;E-Mail-Adresse;Bestellstatus;Zahlungsstatus;Lieferstatus;Gesamtbetrag;Versandkosten;Währung\n"
        "10001;01.03.2025, 10:12;5001;a@example.com;Abgeschlossen;Bezahlt;Versandt;1.119,00;0,00;EUR\n"
        "10002;02.03.2025, 10:12;5002;b@example.com;Offen;Offen;Offen;50,00;5,00;EUR\n"
        "10003;03.03.2025, 10:12;5001;a@example.com;Storniert;Bezahlt;Offen;70,00;5,00;EUR\n"
        "10004;04.03.2025, 10:12;5003;c@example.com;In Bearbeitung;Bezahlt;Offen;45,50;5,50;EUR\n"
        "10005;05.03.2025, 10:12;5003;c@example.com;Abgeschlossen;Erstattet;Retour;40,00;0,00;EUR\n"
    )
    got = came(text)
    assert got.kept == ("10001", "10004", "10005")
    assert (got.customers, got.revenue) == (2, Decimal("1199"))
    assert (got.refunds, got.refunded, got.days[0]) == (1, Decimal("40"), "2025-03-01")


def test_squarespace_lines_with_the_order_on_the_first(came):
    text = (
        "Order ID,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Amount Refunded,Total,"
        "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
        "Billing Name,Billing Country,Shipping Country,Cancelled at,Channel Type,Payment Method\n"
        "00001,ann@example.com,PAID,2025-03-01 10:12:33 -0500,FULFILLED,,USD,50.00,5.00,4.00,0.00,59.00,,0.00,Flat,"
        "2025-03-01 10:12:33 -0500,2,Mug,20.00,SQ1,Ann Roe,US,US,,web,Stripe\n"
        "00001,ann@example.com,,,,,,,,,,,,,,2025-03-01 10:12:33 -0500,1,Pin,10.00,SQ2,,,,,,\n"
        "00002,bob@example.com,REFUNDED,2025-03-02 10:12:33 -0500,FULFILLED,,USD,30.00,0.00,0.00,30.00,30.00,,0.00,Flat,"
        "2025-03-02 22:12:33 -0500,1,Hat,30.00,SQ3,Bob Poe,US,US,,web,Stripe\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue, got.currency) == (2, 2, Decimal("80"), "USD")
    assert (got.refunds, got.refunded) == (1, Decimal("30"))
    assert got.result.one("SELECT count(*), sum(quantity) FROM order_lines") == (3, 4.0)


def test_ecwid_orders(came):
    text = (
        "order_number,internal_id,email,order_date,subtotal,discount,shipping,tax,total,payment_method,payment_status,fulfillment_status,ship_country,currency\n"
        "1001,XA1,ann@example.com,2025-03-01 10:12:33 +0000,40.00,5.00,6.00,0.00,41.00,Card,PAID,SHIPPED,DE,EUR\n"
        "1002,XA2,ann@example.com,2025-03-09 10:12:33 +0000,40.00,0.00,6.00,0.00,46.00,Card,AWAITING_PAYMENT,AWAITING_PROCESSING,DE,EUR\n"
        "1003,XA3,bob@example.com,2025-03-10 10:12:33 +0000,40.00,0.00,6.00,0.00,46.00,Card,CANCELLED,WILL_NOT_DELIVER,DE,EUR\n"
    )
    got = came(text)
    assert (got.kept, got.revenue) == (("1001",), Decimal("35"))


def test_woocommerce_export_with_the_order_repeated_on_each_line(came):
    text = (
        "Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Email (Billing),Country Code (Billing),"
        "Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,"
        "Order Total Tax Amount,SKU,Item Name,Quantity,Item Cost,Order Currency\n"
        "501,Completed,2025-03-01 10:12,Ann,Roe,ann@example.com,DE,Card,0,50,5,0,55,0,A1,Mug,2,20,EUR\n"
        "501,Completed,2025-03-01 10:12,Ann,Roe,ann@example.com,DE,Card,0,50,5,0,55,0,A2,Pin,1,10,EUR\n"
        "502,Processing,2025-03-02 10:12,Bob,Poe,bob@example.com,AT,Card,0,30,0,0,30,0,A3,Hat,1,30,EUR\n"
        "503,Cancelled,2025-03-03 10:12,Bob,Poe,bob@example.com,AT,Card,0,30,0,0,30,0,A3,Hat,1,30,EUR\n"
        "504,On hold,2025-03-04 10:12,Bob,Poe,bob@example.com,AT,BACS,0,30,0,0,30,0,A3,Hat,1,30,EUR\n"
    )
    got = came(text)
    assert (got.kept, got.customers, got.revenue) == (("501", "502"), 2, Decimal("80"))
    assert got.result.one("SELECT sum(goods) FROM order_lines WHERE order_id = '501'") == (Decimal("50"),)


def test_etsy_sold_orders(came):
    text = (
        "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,Date Shipped,Street 1,Ship City,"
        "Ship Country,Currency,Order Value,Coupon Code,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,"
        "Card Processing Fees,Order Net,Buyer\n"
        "03/15/25,3301,annroe,Ann Roe,Ann,Roe,2,Credit Card,03/16/25,1 Elm,Troy,United States,USD,40.00,,4.00,0.00,5.00,0.00,41.00,Shipped,1.48,39.52,Ann Roe (annroe)\n"
        "03/12/25,3300,bobpoe,Bob Poe,Bob,Poe,1,Credit Card,03/13/25,2 Elm,Troy,Canada,USD,20.00,,0.00,0.00,5.00,0.00,25.00,Shipped,1.00,24.00,Bob Poe (bobpoe)\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue, got.days) == (
        2,
        2,
        Decimal("56"),
        ("2025-03-12", "2025-03-15"),
    )


def test_etsy_order_items(came):
    text = (
        "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Order Shipping,Order Sales Tax,Item Total,Currency,"
        "Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship Country,Order ID,SKU\n"
        "03/15/25,Mug,Ann Roe (annroe),2,15.00,,0.00,5.00,0.00,30.00,USD,9001,777,03/15/2025,03/16/2025,Ann Roe,United States,3301,M1\n"
        "03/15/25,Pin,Ann Roe (annroe),1,10.00,,0.00,5.00,0.00,10.00,USD,9002,778,03/15/2025,03/16/2025,Ann Roe,United States,3301,P1\n"
        "03/12/25,Hat,Bob Poe (bobpoe),1,20.00,,0.00,5.00,0.00,20.00,USD,9000,779,03/12/2025,03/13/2025,Bob Poe,Canada,3300,H1\n"
    )
    got = came(text)
    assert (got.orders, got.customers, got.revenue) == (2, 2, Decimal("60"))
