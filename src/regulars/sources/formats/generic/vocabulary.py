"""What columns of orders are called in the exports of the world, as patterns over plain words.

A pattern is a regular expression over the whole of `spoken(name)`; a space in it may be missing in the name
(`customer id` also means `customerid`). First pattern, best match.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i", "%": " percent "})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_TAX = r"(?: (?:ex|excl|excluding|inc|incl|including|net|netto|gross|brutto|without|with|before|after) ?(?:tax|vat|taxes|gst|mwst)?| ht| ttc)?"
_DOC = r"(?:order|invoice|sales?|purchase|transaction|document|receipt|basket|cart|payment|checkout)"

PATTERNS: dict[str, tuple[str, ...]] = {
    "order_id": (
        "orders? (?:number|no|nr|num|id|reference|ref|key|code)|increment id|amazon order id|order name",
        "(?:sales?|purchase) order(?: (?:id|number|no))?|sales? (?:id|number|no|nr)|purchase id",
        "bestell(?:ungs?)? ?(?:nummer|nr|id)|auftrags? ?(?:nummer|nr|id)|beleg ?(?:nummer|nr)|ordre ?(?:nummer|nr|id)|bestillings ?(?:nummer|nr|id)",
        "(?:nr|numar|numarul|id|cod) (?:de )?comanda|comanda(?: (?:nr|id))?|id ?comanda",
        "(?:numero|num|nr|no|n|id|codigo|cod)(?: (?:do|de|da|di|du|della|dell))?(?: la)? ?(?:pedido|commande|ordine|ordem|venda|compra)",
        "pedido(?: (?:id|numero))?|(?:commande|ordine|order)(?: (?:id|n|no|numero))?",
        "invoice(?: (?:no|nr|number|id|num|ref))?|rechnungs? ?(?:nummer|nr)|faktura ?(?:nummer|nr|nr)|factura|facture|fatura|numar factura",
        "(?:receipt|ticket|basket|cart|bill|booking|document|bon|bong|kvittering|kassabon) ?(?:number|no|nr|id|nummer)?",
        "(?:transaction|trans|txn|tx|charge|payment|checkout) (?:id|number|no|ref|reference)|transactionid",
        "(?:gift|donation|contribution) (?:id|number)|reference(?: number)?|referencia|referinta|id ?pedido|id ?order",
        "id|number|nummer|no|nr|rowid",
    ),
    "external_id": ("external id|internal id|order internal id",),
    "customer_id": (
        "customer unique id",
        "(?:customer|cust|client|buyer|shopper|user|member|donor|account|subscriber|contact|person|profile|patron|guest|household|consumer)s? ?(?:id|number|no|nr|num|key|code|ref|reference|user ?id|username|user ?name)",
        "kunden? ?(?:nummer|nr|id)|kunde ?(?:nummer|nr|id)|debitor(?:en)? ?(?:nummer|nr)?",
        "(?:id|cod|codigo|code|nr|numar|numero)(?: (?:do|de|del|du))? ?(?:client|cliente|customer|kunde|utilizator|usuario|comprador)",
        "(?:cliente|client|klient) (?:id|nr|code|codigo)|idclient",
        "customer|client|cliente|kunde|buyer|user|donor|member|shopper|cust|account|comprador|acheteur|utilizator|patron|person",
        "cpf(?: cnpj)?|cpf do cliente|cnp",
    ),
    "email": (
        "(?:customer|client|buyer|user|billing|contact|order|account|purchaser|person|cliente|kunden?|bill to)s? ?(?:s )?e ?mail(?: address| adresse)?",
        "e ?mail(?: (?:address|adresse|billing|customer|client|cliente|do cliente|kunde))?|mail(?: ?adresse)?",
        "e ?post(?: ?adresse)?|(?:adresse )?(?:e ?mail|courriel)|correo(?: electronico)?|adresa (?:de )?e ?mail",
        "from email address|(?:shipping|recipient|payer) e ?mail(?: address)?",
    ),
    "phone": (
        "(?:customer|billing|buyer|contact|shipping|client|bill to)? ?(?:tele)?(?:phone|fon|fono|mobile|mobil|cell)(?: (?:number|no|nr|billing))?",
        "tel|telefone|telefonnummer|telefonnr|mobilnummer|handy|celular|gsm|telephone|numar de telefon",
    ),
    "name": (
        "(?:customer|billing|bill to|buyer|client|contact|full|cardholder|donor) name|name of customer|full name",
        "kunden? ?name|kunde ?navn|navn|nume(?: client| complet)?|nome(?: (?:do )?cliente)?|nom(?: (?:du )?client)?|nombre(?: (?:del )?cliente)?|name",
    ),
    "at": (
        "orders? (?:purchase )?(?:date|timestamp|datetime|date ?time|created|placed|created (?:at|on|date)|placed (?:at|on)|date and time|ts|time ?stamp)(?: utc| gmt| local)?",
        "purchase (?:date|timestamp|time|datetime)|purchased (?:at|on)|date (?:of )?(?:the )?(?:order|purchase|sale|transaction)|ordered (?:at|on|date)|order day|order ts",
        "(?:invoice|sales?|transaction|trans|txn|purchase|checkout|receipt|gift|donation|booking) ?(?:date|time|timestamp|datetime|day|date ?time)(?: utc)?|sold (?:at|on|date)|invoiced (?:at|on)",
        "created(?: (?:at|date|on|time))?(?: utc| gmt)?|creation (?:date|time)|date (?:created|added|placed|ordered)(?: utc| gmt)?|placed(?: (?:at|on))?",
        "bestell ?(?:datum|zeit|zeitpunkt)|auftrags ?datum|beleg ?datum|rechnungs ?datum|ordre ?dato|faktura ?dato|kjops ?dato|bestillings ?dato|datum(?: der bestellung)?|dato",
        "data(?: e hora)?(?: (?:da|de|do|di|della|del))? ?(?:comenzii|comanda|compra|pedido|venda|commande|ordine|criacao|crearii)|date (?:de )?(?:la )?(?:commande|creation|achat|facture)|fecha(?: (?:de|del|de la))? ?(?:pedido|compra|creacion|venta)",
        "date|data|fecha|datetime|date ?time|date and time|timestamp|time ?stamp|ts|day|event (?:time|date|timestamp)|period",
        "(?:processed|completed|paid|captured|payment|settled)(?: (?:at|on|date|time))?(?: utc)?|payment date|date paid",
        "time|order time|zeit",
    ),
    "clock": (
        f"(?:{_DOC} ?)?(?:time|hour)(?: of (?:day|{_DOC}))?|(?:bestell|auftrags|beleg|kauf|kjops|ordre)? ?(?:uhrzeit|zeit|tid|tidspunkt|klokkeslett|klokke)|kl(?:okken)?|ora(?: comenzii)?|hora(?: (?:do|del|da) (?:pedido|compra|venda))?|heure(?: (?:de )?(?:la )?commande)?|orario",
    ),
    "currency": (
        f"{_DOC}? ?(?:currency|ccy)(?: (?:code|iso|symbol))?|wahrung|waehrung|valuta|moneda|moeda|devise|iso ?4217|monnaie|currency iso code",
    ),
    "total": (
        "(?:order )?grand total base|base grand total|(?:order )?grand total(?: amount)?(?: (?:inc|incl|including) ?(?:tax|vat))?|grand total purchased",
        "order total(?: (?:amount|price|value|paid|inc tax|incl tax|gross|inc|incl))?|total (?:order|invoice|sale|purchase|transaction|receipt|comanda|pedido|commande|ordine|bestellung)(?: (?:amount|value|price))?",
        "(?:order|invoice|purchase|transaction|sales?|basket|gift|donation|checkout|receipt|charge)s? ?(?:amount|total|value|sum|price|gross)(?: (?:paid|gross|inc tax))?|amount (?:paid|charged|total|spent|gross)",
        "gesamt ?(?:betrag|summe|preis|wert)?(?: brutto)?|(?:auftrags|rechnungs|bestell|brutto) ?(?:wert|summe|betrag|umsatz)(?: brutto)?|brutto|summe(?: brutto)?|betrag(?: brutto)?|(?:ordre|total|faktura)? ?(?:sum|belop)(?: inkl mva)?|totalt(?: inkl mva)?|totalsum",
        "(?:valor|valoare|montant|importe|importo|suma|prix)(?: (?:total|totala|totale|comanda|ttc|cu tva|final|pago|paye))?(?: (?:do|da|de|del|la|ttc))? ?(?:pedido|compra|venda|comanda|comenzii|commande)?|total (?:ttc|cu tva|paye|pago|com frete|geral|general|factura|de plata)",
        "total(?: (?:amount|price|value|paid|sales?|revenue|cost|spent|collected|sum|gross|charged|inc tax|incl tax|incl vat|inc vat|due))?|totale|amount(?: usd)?",
        "gross(?: (?:amount|sales|total|revenue|value))?|revenue|sales(?: (?:amount|value|total))?|turnover|umsatz(?: brutto)?|omsetning|spend|spent|payment (?:value|amount)|donation|contribution|price paid|value|monetary(?: value)?|paid amount|net paid",
    ),
    "subtotal": (
        "(?:order |cart |invoice )?sub ?total(?: amount)? ?(?:ex tax|excl tax|ex|excl|net|netto|excluding tax|ex vat|excl vat)",
        f"(?:order |cart |invoice |items? )?sub ?total(?: (?:amount|price|purchased|base))?{_TAX}|zwischen ?summe|waren ?wert|waren ?summe|del ?sum|merchandise (?:total|subtotal|value)|total produse|valor dos produtos|total (?:des )?produits|total productos|order value|products? total|cart total|items total|total line items price|netto ?(?:betrag|summe)",
    ),
    "goods": (
        "goods(?: value)?|net (?:goods|revenue|sales|merchandise|turnover)(?: (?:amount|value))?|netto ?umsatz|umsatz ?netto|gesamt ?(?:betrag|summe) ?netto|(?:auftrags|bestell) ?(?:wert|summe) ?netto|netto ?omsetning|omsetning ?eks ?mva|product revenue",
    ),
    "tax": (
        f"(?:total |{_DOC} |item |collected |product )?(?:tax|taxes|vat|gst|hst|sales tax)(?: (?:total|amount|collected|paid|value))?|total (?:sales )?tax(?:es)?(?: amount)?",
        "mwst(?: ?betrag)?|ust(?: ?betrag)?|mva(?: ?belop)?|tva(?: totala| valoare)?|iva|moms|steuer(?: ?betrag)?|impostos?|valoare tva|umsatz ?steuer|mehrwert ?steuer|montant tva",
    ),
    "shipping": (
        f"(?:total |{_DOC} |item )?(?:shipping|delivery|freight|postage|shipping (?:and|plus)? ?handling|s h)(?: (?:and handling))?(?: (?:cost|costs|amount|total|price|charge|charges|fee|fees|charged|paid|value|revenue))? (?:ex|excl|net)(?: ?(?:tax|vat))?",
        f"(?:total |{_DOC} |item )?(?:shipping|delivery|freight|postage|shipping (?:and|plus)? ?handling|s h)(?: (?:and handling))?(?: (?:cost|costs|amount|total|price|charge|charges|fee|fees|charged|paid|value|revenue))?{_TAX}",
        "versand(?: ?kosten)?(?: netto| brutto)?|porto|frakt(?: ?kostnad| ?belop| ?pris)?|transport|(?:cost |taxa |valoare )?(?:livrare|transport)|(?:valor (?:do )?)?frete|frais (?:de )?(?:port|livraison)|gastos (?:de )?envio|envio|liefer ?kosten|shipping and handling amount",
    ),
    "discount": (
        f"(?:total |{_DOC} |coupon |item |line |promo(?:tion)? )?discounts?(?: (?:amount|total|value|given|applied))?{_TAX}|total discounts?|(?:cart |coupon )(?:value|amount)|markdown",
        "rabatt(?: ?betrag| ?belop)?|rabais|reducere|reduceri|descontos?|valor (?:do )?desconto|descuentos?|remise|reduction|nachlass|avslag",
    ),
    "cost": ("(?:total |product |goods |item )?(?:cost|costs)(?: (?:of )?goods(?: sold)?)?|cogs|wareneinsatz|einstands? ?preis|vare ?kost(?:nad)?|cost price total|goods cost",),
    "unit_cost": ("(?:unit|per unit) cost|cost (?:price|per unit|per item)|purchase price|kost ?pris|ek(?: ?preis)?",),
    "profit": ("(?:gross |total |net )?(?:profit|gewinn|deckungsbeitrag)|rohertrag|dekningsbidrag|gross margin amount",),
    "country": (
        "(?:shipping|ship|ship to|delivery|deliver to|destination|recipient) (?:address )?(?:country|land)(?: (?:code|name|iso))?|country(?: code)? shipping",
        "country(?: (?:code|name|region|iso|of residence))?|liefer ?land|land|tara|pais|pays|pais (?:de )?(?:entrega|envio)|leverings ?land|nation",
        "delivery|livraison|entrega|market|region|(?:customer|buyer|user|client) country(?: code)?",
    ),
    "billing_country": (
        "(?:billing|bill to|invoice|payment) (?:address )?country(?: (?:code|name|iso))?|rechnungs ?land|country(?: code)? billing|faktura ?land",
    ),
    "channel": (
        "(?:sales? |order |marketing )?channel(?: (?:name|type))?|(?:vertriebs|verkaufs|salgs)? ?kanal|canal(?: (?:de )?(?:venda|vente|vanzare|venta))?|sales channel name|order source|purchase point|market ?place|utm source|fulfil?lment channel|source name|platform",
    ),
    "payment_method": (
        "(?:payment|pay) (?:method|type|option|gateway|provider|mode|instrument|source)(?: (?:title|name|type))?|payment",
        "zahlungs ?(?:art|weise|methode|mittel)|betalings ?(?:metode|mate|type|form)|(?:metoda|modalitate|mod|tip)(?: de)? plata|(?:forma|metodo|meio|modo)(?: (?:de|di))? (?:pago|pagamento)|(?:mode|moyen)(?: de)? (?:paiement|reglement)|paiement|pago|pagamento|plata|gateway|tender(?: type)?|betaling",
    ),
    "payment_state": (
        "(?:financial|payment|billing|pay) (?:status|state)|zahlungs ?status|betalings ?status|status (?:plata|platii)|(?:status|estado|situacao|stare|etat) (?:do |de |du |del )?(?:pagamento|pago|paiement|plata)|stare plata",
    ),
    "status": (
        f"(?:{_DOC} |current )(?:status|state)(?: (?:name|label|description))?",
        "(?:bestell|auftrags|ordre|rechnungs|faktura)? ?status|state|(?:status|stare|starea|stadiu|estado|situacao|etat|statut|stato)(?: (?:do|de|del|della|dell|de la))? ?(?:pedido|comanda|comenzii|commande|ordine)?|bi status|stage|tilstand",
        "item status|line status",
    ),
    "fulfilment_state": (
        "(?:fulfil?lment|delivery|shipping|shipment) (?:status|state)|(?:liefer|versand|leverings|sendings) ?status|status (?:livrare|entrega|livraison|envio)",
    ),
    "cancelled": ("(?:is |was |order )?cancell?ed|is cancell?ation|storniert|kansellert|anulat|cancelado|annule",),
    "cancelled_at": ("cancell?(?:ed|ation) (?:at|on|date|time)|date cancell?ed|storno ?datum",),
    # Only names that say to what: whoever ticked 'opt in' may have agreed to anything.
    "consent_email": (
        "(?:customer |buyer )?accepts (?:e ?mail )?marketing|(?:e ?mail )?marketing (?:consent|opt in|permission|allowed|accepted)(?: (?:status|state))?|consent e ?mail|(?:consent|opt in) (?:to |for )?(?:e ?mail )?(?:marketing|newsletter)|e ?mail (?:opt in|consent)(?: status)?",
        "newsletter(?: (?:opt in|consent|subscribed|subscription|subscriber|status|anmeldung|einwilligung|samtykke))?|subscribed to newsletter|is newsletter subscriber|(?:einwilligung|zustimmung)(?: (?:e ?mail )?(?:newsletter|werbung|marketing))|werbe ?einwilligung|samtykke (?:e ?post|nyhetsbrev|markedsforing)|nyhetsbrev|(?:consimtamant|acord) (?:marketing|newsletter)|abonat(?: la)? newsletter",
    ),
    "consent_at": (
        "(?:e ?mail )?(?:marketing )?(?:consent|opt in)(?: (?:date|time|timestamp|at|on|given at))|consented (?:at|on)|newsletter (?:date|since|signup date)|subscribed (?:at|on|date)|einwilligungs? ?(?:datum|zeitpunkt)|samtykke ?dato|data (?:consimtamantului|acordului)",
    ),
    "test": ("(?:is )?test(?: (?:order|mode))?|is test order",),
    "refunded": (
        "(?:total |amount |order |item )?refund(?:ed|s)?(?: (?:amount|total|value|sum))?|amount refunded|total refunded|erstattet(?:er betrag)?|erstattung|rambursat|suma rambursata|(?:valor )?reembolsado|reembolso|remboursement|montant rembourse|refundert(?: belop)?|returned amount|return value",
    ),
    "refunded_at": ("refund(?:ed)? (?:at|on|date|time)|refunded date utc|date refunded",),
    "kind": (
        "(?:transaction|event|line|record|document|invoice|row|entry|trans|order|sale|payment) ?type|type|typ|beleg ?art|vorgang(?:s ?art)?|tipo(?: de)? ?(?:transacao|documento|operacion)?|bilagstype|transaction kind|sale return",
    ),
    "units": ("(?:total |number of |num |no of )(?:items|quantity|units|products|pieces|articles)|item(?:s)? count|items?(?: (?:sold|ordered|purchased|qty))|total qty|total quantity|units total|num items|antall varer|anzahl artikel|nr produse",),
    "product": (
        "(?:product|item|lineitem|line item|variant|seller|merchant|article|stock|listing)s? ?sku|sku|sku (?:code|id)|stock ?code|stock keeping unit",
        "(?:product|item|article|variant|material|style|plu|stock|part|asin|goods)s? ?(?:code|id|number|no|key|num|nr)|artikel ?(?:nummer|nr|id)|vare ?(?:nummer|nr|id)|produkt ?(?:nummer|nr|id)|cod(?:ul)? (?:produs|produsului|produto|articol)|codigo (?:do )?(?:produto|producto|articulo)|id ?produs|custom label|asin|isbn|ean|gtin|upc|barcode|product",
        "item|article|artikel|produto|produs|producto|produit|vare|varenr|products?",
    ),
    "product_name": (
        "(?:product|item|lineitem|line item|article|listing|variant|plan)s? ?(?:name|title|description)|bezeichnung|artikel ?(?:name|bezeichnung)|vare ?(?:navn|beskrivelse)|produkt ?(?:name|navn|bezeichnung)|denumire(?: produs)?|nume produs|(?:nome|descricao) (?:do )?produto|nombre (?:del )?producto|designation|description|title",
    ),
    "category": (
        "(?:product |item |main )?(?:category|department|categories)(?: (?:name|1|english|name 1|name english))?|product (?:category name|type|line|group|class|family)|kategori[e]?|categori[ae](?: (?:do )?(?:produs|produto))?|waren ?gruppe|vare ?gruppe|brand|vendor",
    ),
    "quantity": (
        "(?:product |item |lineitem |line item |order |sales )?(?:quantity|qty)(?: (?:ordered|purchased|sold|invoiced|shipped))?|quantity ordered|qty ordered|menge|anzahl|stuckzahl|stueckzahl|antall|cantitate|quantidade|qtd|qtde|cantidad|quantite|aantal|units(?: (?:sold|ordered))?|number of units|pieces|pcs|num items|buc",
    ),
    "price": (
        f"(?:unit|lineitem|line item|item|product|sku) ?(?:sale |selling |retail |base )?price{_TAX}|price (?:each|per (?:unit|item|piece))|einzel ?preis(?: netto| brutto)?|stuck ?preis|vk(?: ?preis)?(?: netto| brutto)?|enhets ?pris|stykk ?pris|pret(?:ul)? unitar|preco unitario|precio unitario|prix unitaire|item cost|sold for",
        f"price{_TAX}|(?:sale|selling|retail|list|base) ?price|preis(?: netto| brutto)?|pris|pret|preco|precio|prix|pris inkl mva",
    ),
    "amount": (
        f"(?:line|row|item|lineitem|line item|position|product|ext|extended)s? ?(?:total|amount|value|sales|subtotal|revenue|sum|gross|net|price total)(?: (?:price|amount|value|sum))?{_TAX}|extended price|line item total|position[s]? ?(?:wert|summe|betrag|preis)(?: netto| brutto)?|gesamt ?preis(?: netto| brutto)?|linje ?(?:sum|total|belop)|total linie|valoare linie|total (?:do )?item|total ligne|row total incl tax",
    ),
}  # fmt: skip

_CODES = re.compile(
    r"^(.*?) ?\b(?:in )?(aud|brl|cad|chf|czk|dkk|eur|gbp|huf|inr|jpy|mxn|nok|pkr|pln|ron|sek|try|tl|usd|zar)$"
)
_CENTS = re.compile(r"^(.*?) ?(?:in )?(?:cents|pence|ore|minor(?: units?)?|ct|bani|centavos)$")
_OWN_CODES = {"tl": "TRY"}


def spoken(name: str) -> str:
    """A column name as plain words: small letters without accents, apart at capitals and signs."""
    apart = _CAMEL.sub(" ", name.strip()).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def taken_apart(name: str) -> tuple[str, str | None, bool]:
    """(words, currency code, in cents) of a column name such as 'Amount (USD)' or 'total_cents'."""
    words, code, cents = spoken(name), None, False
    if (found := _CODES.match(words)) and found[1]:
        words, code = found[1], _OWN_CODES.get(found[2], found[2].upper())
    if (found := _CENTS.match(words)) and found[1]:
        words, cents = found[1], True
    return words, code, cents


def rank(field: str, words: str) -> int | None:
    """How well plain words name a field: 0 is best, None not at all."""
    return next((n for n, pattern in enumerate(_compiled(field)) if pattern.fullmatch(words)), None)


@cache
def _compiled(field: str) -> tuple[re.Pattern[str], ...]:
    # A space may be missing in the name, but not the one in front of an optional group's question mark.
    return tuple(re.compile(re.sub(r" (?!\?)", " ?", pattern)) for pattern in PATTERNS[field])
