"""Exports of merchandise systems and of shops in several countries: their words, decimal commas and days."""

from __future__ import annotations

from decimal import Decimal


def test_german_merchandise_system_in_cp1252(came):
    text = (
        "Auftragsnummer;Auftragsdatum;Kundennummer;Firma;Nachname;Land;E-Mail;Artikelnummer;Artikelname;Menge;VK Netto;MwSt %;Zahlungsart;Auftragsstatus\r\n"
        "AU-2025-1;14.03.2025;K100;;Müller;Deutschland;mueller@example.com;A-1;Grüner Tee;2;1.010,50;19;Überweisung;Abgeschlossen\r\n"
        "AU-2025-1;14.03.2025;K100;;Müller;Deutschland;mueller@example.com;A-2;Löffel;1;9,00;19;Überweisung;Abgeschlossen\r\n"
        "AU-2025-2;15.03.2025;K101;;Groß;Österreich;gross@example.com;A-2;Löffel;3;9,00;19;Rechnung;Storniert\r\n"
        "AU-2025-3;16.03.2025;K101;;Groß;Österreich;gross@example.com;A-2;Löffel;3;9,00;19;PayPal;Versendet\r\n"
    )
    got = came(text, encoding="cp1252", currency="EUR")
    assert (got.kept, got.customers, got.revenue) == (("AU-2025-1", "AU-2025-3"), 2, Decimal("2057"))
    assert got.days == ("2025-03-14", "2025-03-16")


def test_german_documents_with_credit_notes(came):
    text = (
        "belegnr;datum;kundennummer;name;email;land;umsatz_netto;gesamtsumme;waehrung;status;zahlungsweise\n"
        "200001;2025-03-14;10001;Anna M;anna@example.com;DE;100,00;119,00;EUR;abgeschlossen;paypal\n"
        "200002;2025-03-15;10002;Bernd K;bernd@example.com;DE;50,00;59,50;EUR;storniert;paypal\n"
        "200003;2025-03-16;10001;Anna M;anna@example.com;DE;-20,00;-23,80;EUR;abgeschlossen;paypal\n"
    )
    got = came(text)
    assert (got.orders, got.revenue, got.refunds, got.refunded) == (1, Decimal("100"), 1, Decimal("20"))


def test_romanian_shop(came):
    text = (
        "Nr. comandă;Data comenzii;Client;Email;Telefon;Județ;Țara;Metoda de plată;Status;Transport;Total comandă;Monedă\n"
        "1001;03.04.2025 10:12;Ana Pop;ana@example.com;0721000001;Cluj;România;Card online;Finalizată;20,00;1.254,50;RON\n"
        "1002;04.04.2025 11:12;Ion Rus;ion@example.com;0721000002;Iași;România;Card online;Anulată;20,00;100,00;RON\n"
        "1003;13.04.2025 11:12;Ana Pop;ana@example.com;0721000001;Cluj;România;Card online;În procesare;0,00;45,50;RON\n"
        "1004;14.04.2025 11:12;Dan Ene;dan@example.com;0721000003;Cluj;România;Card online;Returnată;0,00;80,00;RON\n"
        "1005;15.04.2025 11:12;Dan Ene;dan@example.com;0721000003;Cluj;România;Card online;În așteptare;0,00;80,00;RON\n"
    )
    got = came(text)
    assert (got.kept, got.customers, got.revenue) == (("1001", "1003", "1004"), 2, Decimal("1360"))
    assert (got.refunds, got.refunded, got.currency) == (1, Decimal("80"), "RON")
    assert got.days == ("2025-04-03", "2025-04-15")


def test_norwegian_shop_with_spaces_in_thousands(came):
    text = (
        "Ordrenr;Ordredato;Kundenr;Kundenavn;E-post;Land;Ordrestatus;Betalingsmåte;Ordresum;Frakt;Valuta\n"
        "1;03.04.2025;7;Kari Nes;kari@example.com;Norge;Fullført;Vipps;1 254,50;50,00;NOK\n"
        "2;04.04.2025;8;Ola Li;ola@example.com;Norge;Kansellert;Vipps;100,00;50,00;NOK\n"
        "3;05.04.2025;8;Ola Li;ola@example.com;Norge;Kreditert;Vipps;150,00;50,00;NOK\n"
    )
    got = came(text)
    assert (got.kept, got.revenue) == (("1", "3"), Decimal("1304.5"))
    assert (got.refunds, got.refunded) == (1, Decimal("100"))


def test_brazilian_shop(came):
    text = (
        "Número do pedido;Data da compra;Nome do cliente;E-mail;CPF;Status;Forma de pagamento;Subtotal;Frete;Desconto;Valor total\n"
        "5001;03/04/2025 14:30;Ana Sá;ana@example.com;111.444.777-35;Pago;Pix;R$ 1.234,50;R$ 20,00;R$ 34,50;R$ 1.220,00\n"
        "5002;04/04/2025 14:30;Rui Sá;rui@example.com;529.982.247-25;Cancelado;Boleto;R$ 50,00;R$ 20,00;R$ 0,00;R$ 70,00\n"
        "5003;25/04/2025 14:30;Rui Sá;rui@example.com;529.982.247-25;Aguardando pagamento;Boleto;R$ 50,00;R$ 20,00;R$ 0,00;R$ 70,00\n"
        "5004;26/04/2025 14:30;Rui Sá;rui@example.com;529.982.247-25;Entregue;Pix;R$ 50,00;R$ 20,00;R$ 0,00;R$ 70,00\n"
    )
    got = came(text)
    assert (got.kept, got.customers, got.revenue, got.currency) == (
        ("5001", "5004"),
        2,
        Decimal("1250"),
        "BRL",
    )
    assert got.days == ("2025-04-03", "2025-04-26")
