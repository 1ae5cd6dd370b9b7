"""Which column of an unknown orders file is what: by its name first, by what stands in it where names do not say."""

from __future__ import annotations

import re

import duckdb

from regulars.kernel.errors import InputError
from regulars.sources.formats.generic.content import Looks, look
from regulars.sources.loading.options import LoadOptions
from regulars.sources.mapping.model import Feed, FileRule, Mapping, Value
from regulars.sources.mapping.parsers import Point
from regulars.sources.reading.raw import RawTable

# Names as they are compared: small letters and digits only. First come, first served, within a field too.
_NAMES: dict[str, tuple[str, ...]] = {
    "order_id": ("orderid", "ordernumber", "orderno", "ordernr", "order", "invoice", "invoiceno", "invoicenumber",
                 "invoiceid", "bestellnummer", "bestellnr", "auftragsnummer", "ordrenummer", "ordrenr", "rechnungsnummer",
                 "numarcomanda", "comanda", "idcomanda", "pedido", "numeropedido", "transactionid", "documentnumber",
                 "receipt", "receiptnumber", "bonnummer", "fakturanummer", "ordreid", "purchaseid"),
    "external_id": ("externalid", "internalid"),
    "customer_id": ("customerid", "customernumber", "customerno", "customer", "clientid", "client", "userid", "user",
                    "kundennummer", "kundenr", "kundenummer", "kunde", "kundeid", "kundennr", "idclient", "clienteid",
                    "cliente", "memberid", "custid", "buyerid", "accountid", "customerkey", "cust"),
    "email": ("email", "emailaddress", "customeremail", "mail", "epost", "buyeremail", "useremail", "billingemail",
              "epostadresse", "emailadresse"),
    "phone": ("phone", "telephone", "telefon", "mobile", "phonenumber", "customerphone", "tel", "telefone", "mobil"),
    "name": ("customername", "fullname", "billingname", "kundenname", "navn", "buyername"),
    "at": ("date", "orderdate", "createdat", "orderedat", "timestamp", "datetime", "invoicedate", "purchasedate",
           "transactiondate", "ts", "orderts", "bestelldatum", "datum", "dato", "ordredato", "data", "datacomenzii",
           "datapedido", "orderdatetime", "placedat", "created", "purchasedat", "ordertime", "time", "rechnungsdatum"),
    "currency": ("currency", "currencycode", "wahrung", "waehrung", "valuta", "moneda", "moeda", "iso4217"),
    "total": ("total", "amount", "revenue", "ordertotal", "grandtotal", "totalamount", "orderamount", "sales", "betrag",
              "summe", "gesamt", "gesamtbetrag", "belop", "sum", "suma", "valoare", "valor", "valortotal", "orderrvalue",
              "ordervalue", "totalprice", "totalvalue", "turnover", "umsatz", "price paid", "spend", "value"),
    "subtotal": ("subtotal", "zwischensumme", "delsum", "nettotal", "merchandisetotal"),
    "goods": ("goods", "netgoods", "goodsvalue", "netrevenue"),
    "tax": ("tax", "vat", "taxes", "totaltax", "mwst", "mva", "tva", "taxamount", "steuer", "ust", "imposto", "moms"),
    "shipping": ("shipping", "shippingcost", "delivery", "versand", "versandkosten", "frakt", "transport", "frete",
                 "shippingamount", "shippingtotal", "freight", "postage", "livrare"),
    "discount": ("discount", "discountamount", "rabatt", "discounts", "reducere", "desconto", "discounttotal"),
    "cost": ("cost", "cogs", "goodscost", "einstandspreis"),
    "country": ("country", "shippingcountry", "countrycode", "land", "tara", "pais", "shipcountry", "deliverycountry",
                "lieferland", "market"),
    "billing_country": ("billingcountry", "rechnungsland"),
    "channel": ("channel", "saleschannel", "kanal", "canal", "medium"),
    "payment_method": ("paymentmethod", "payment", "paymenttype", "zahlungsart", "betalingsmetode", "metodaplata",
                       "formapagamento", "gateway", "betalingsmate"),
    "payment_state": ("paymentstatus", "financialstatus", "paymentstate", "zahlungsstatus", "betalingsstatus"),
    "fulfilment_state": ("fulfillmentstatus", "fulfilmentstatus", "deliverystatus", "shippingstatus", "lieferstatus"),
    "cancelled": ("cancelled", "canceled", "iscancelled", "storniert", "kansellert"),
    "cancelled_at": ("cancelledat", "canceledat"),
    "test": ("test", "istest", "testorder"),
    "refunded": ("refunded", "refundedamount", "refundamount", "amountrefunded", "erstattet", "refund"),
    "units": ("units", "items", "itemcount", "numitems", "pieces"),
    "discounted": ("discounted", "hasdiscount"),
}  # fmt: skip
_LINE_NAMES: dict[str, tuple[str, ...]] = {
    "product": ("sku", "product", "productid", "stockcode", "item", "itemid", "productcode", "artikelnummer",
                "varenummer", "codprodus", "produto", "articlenumber", "artikel", "itemcode", "productsku", "asin"),
    "product_name": ("productname", "description", "itemname", "lineitemname", "bezeichnung", "varenavn"),
    "category": ("category", "productcategory", "kategorie", "kategori", "categorie", "categoria"),
    "quantity": ("quantity", "qty", "menge", "antall", "cantitate", "quantidade", "anzahl"),
    "price": ("price", "unitprice", "itemprice", "einzelpreis", "preis", "pris", "enhetspris", "pret", "preco"),
    "amount": ("linetotal", "lineamount", "itemtotal", "linesum", "positionssumme"),
}  # fmt: skip
_DOCS = {
    "order_id": "the order number", "customer_id": "the customer", "at": "the time of the order", "total": "the total",
    "local_day": "the day of the order", "email": "the e-mail", "phone": "the phone", "country": "the country",
}  # fmt: skip


def plain_name(name: str) -> str:
    """A column name as it is compared."""
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("ß", "ss").replace("ü", "u").replace("å", "a"))


def recognise(con: duckdb.DuckDBPyConnection, raw: RawTable, options: LoadOptions) -> Mapping:
    """A mapping for an unknown orders file. Raises InputError that says what is missing and how to declare it."""
    by_name = {field: _named(raw, names) for field, names in {**_NAMES, **_LINE_NAMES}.items()}
    found = {field: column for field, column in by_name.items() if column is not None}
    how = dict.fromkeys(found.values(), "by its name")
    looks = {c.name: look(con, raw, c, options) for c in raw.columns}
    _by_content(found, how, looks)
    _settle_lines(found)
    _require(found, raw)
    columns = {name: _value(column, looks[column]) for name, column in found.items() if name in _NAMES}
    if looks[found["at"]].only_days:
        columns["local_day"] = columns.pop("at")
    lines = {name: _value(column, looks[column]) for name, column in found.items() if name in _LINE_NAMES}
    if "order_id" not in columns:
        # The same purchase gets the same number again, so that importing twice changes nothing.
        who = found.get("customer_id") or found.get("email") or found["at"]
        columns["order_id"] = Value("text", (f"{{{who}}} {{{found['at']}}}",))
    by_line = bool(lines.keys() & {"product", "quantity", "price", "amount"}) and "order_id" in found
    if by_line and "total" in columns and "amount" not in lines and "price" not in lines:
        lines["amount"] = columns.pop("total")
    feed = Feed(
        "orders", "file", tuple(columns.items()), tuple(lines.items()) if by_line else (),
        grain="line" if by_line or "order_id" not in found else "order",
    )  # fmt: skip
    if "order_id" not in found and not feed.lines:
        feed = Feed("orders", "file", tuple((n, v) for n, v in columns.items() if n != "total"),
                    (("amount", columns["total"]),), grain="line")  # fmt: skip
    return Mapping(
        "generic orders", (FileRule("file"),), (feed,), decimal=_decimal(looks, found),
        day_first=_day_first(looks, found), found=tuple(how.items()),
    )  # fmt: skip


def _named(raw: RawTable, names: tuple[str, ...]) -> str | None:
    plain = {plain_name(c.original): c.name for c in reversed(raw.columns)}
    return next((plain[name] for name in names if name in plain), None)


def _by_content(found: dict[str, str], how: dict[str, str], looks: dict[str, Looks]) -> None:
    """Fill what names did not say, where exactly one column looks like it."""
    free = {name: found_look for name, found_look in looks.items() if name not in found.values()}
    for field, kind in (("email", "email"), ("at", "time"), ("currency", "currency")):
        fitting = [name for name, one in free.items() if one.kind == kind]
        if field not in found and len(fitting) == 1:
            found[field] = fitting[0]
            how[fitting[0]] = "by its content"
            del free[fitting[0]]
    # A column that is called like an instant and holds something else is none.
    for field in ("at", "cancelled_at"):
        if field in found and looks[found[field]].kind not in ("time", "empty"):
            del found[field]


def _settle_lines(found: dict[str, str]) -> None:
    """A price beside no quantity, in a file without products, is what the order cost."""
    if "price" in found and not found.keys() & {
        "quantity",
        "product",
        "amount",
        "total",
        "goods",
        "subtotal",
    }:
        found["total"] = found.pop("price")
    if "category" in found and not found.keys() & {"product", "quantity", "price", "amount"}:
        del found["category"]


def _require(found: dict[str, str], raw: RawTable) -> None:
    amount = {"total", "subtotal", "goods", "amount"} & found.keys() or {"price", "quantity"} <= found.keys()
    missing = []
    if "at" not in found:
        missing.append("the date of the order")
    if not amount:
        missing.append("the amount")
    if missing:
        raise InputError(
            f"No column was recognised as {' or '.join(missing)}; the columns are: {', '.join(raw.names[:20])}.",
            where=raw.where,
            do="Rename the column, or say which is which in a mapping: --mapping FILE (docs/mapping.md).",
        )


def _value(column: str, looks: Looks) -> Value:
    return Value("column", (column,), format=looks.format)


def _decimal(looks: dict[str, Looks], found: dict[str, str]) -> Point | None:
    return next((looks[c].decimal for c in found.values() if looks[c].decimal is not None), None)


def _day_first(looks: dict[str, Looks], found: dict[str, str]) -> bool | None:
    return looks[found["at"]].day_first
