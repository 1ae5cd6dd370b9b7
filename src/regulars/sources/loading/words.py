"""What shops call payments, states and countries, as canonical words. Only distinct words are looked at."""

from __future__ import annotations

import duckdb

from regulars.lake.engines.duck import literal
from regulars.sources.reading.countries import country_of

# First match decides. The texts are compared in small letters.
PAYMENT_KINDS = (
    ("cash_on_delivery", r"\bcod\b|cash on delivery|nachnahme|ramburs|postoppkrav|efterkrav|contrassegno|"
                         r"contre.?remboursement|contrareembolso|na entrega|oppkrav"),
    ("gift_card", r"gift.?card|gutschein|gavekort|cart(ã|a)o presente|card cadou"),
    ("pay_in_parts", r"afterpay|clearpay|affirm|sezzle|in parts|install?ment|delbetaling|raten|parcelad|rate\b|"
                     r"klarna.?(slice|account|financ)|scalapay|tbi|alma\b"),
    ("invoice", r"invoice|faktura|rechnung|factur|klarna|billmate|net ?(14|30|60)|kauf auf rechnung|bacs_invoice"),
    ("bank_transfer", r"boleto|bank|transfer|überweisung|ueberweisung|vorkasse|prepay|bacs\b|sofort|giropay|ideal|"
                      r"pix\b|trustly|ordin de plat|virament|vipps.?konto|wire|iban|op\b|multibanco|przelewy|blik"),
    ("direct_debit", r"direct.?debit|sepa|lastschrift|avtalegiro|autogiro|débito|debito direto"),
    ("wallet", r"paypal|apple.?pay|google.?pay|amazon.?pay|amazon|shop.?pay|vipps|swish|mobile.?pay|twint|"
               r"mercado.?pago|picpay|alipay|wechat|wallet|link\b"),
    ("card", r"card|karte|kort|cart(ã|a)o|visa|master|amex|american express|stripe|shopify.?payments|adyen|"
             r"square|mollie|netopia|euplatesc|payu|cielo|pagseguro|credit|debit|dankort|woocommerce_payments"),
    ("voucher", r"voucher|coupon|vale\b"),
    ("crypto", r"crypto|bitcoin|coinbase|btc|eth\b"),
    ("cash", r"\bcash\b|^bar$|barzahlung|kontant|dinheiro|numerar"),
)  # fmt: skip
PAYMENT_STATES = (
    ("partially_refunded", r"^partial(ly)?[ _-]?refund(ed)?$|teilweise erstattet|delvis refundert"),
    ("partially_paid", r"^partial(ly)?[ _-]?paid$|teilbezahlt|delbetalt"),
    ("refunded", r"^refunded$|^refund$|erstattet|refundert|reembolsad|rambursat"),
    ("voided", r"^void(ed)?$|^cancell?ed$|storniert|^annul|^kansellert$|^canceled$"),
    ("failed", r"fail|declin|reject|error|expired|abgelehnt|uncaptured_failed|avvist|recusad|esuat|eșuat"),
    ("authorised", r"^authori[sz]ed$|autori|reserved|reservert|uncaptured"),
    ("pending", r"pending|on[ _-]?hold|ausstehend|waiting|await|aguardando|venter|în așteptare|asteptare|processing payment"),
    ("open", r"^open$|unpaid|offen|ubetalt|outstanding|due|neplătit|neplatit|em aberto|åpen"),
    ("paid", r"^paid|success|succeeded|captured|bezahlt|betalt|complete|pago$|paga$|plătit|platit|^ok$|settled|processing"),
)  # fmt: skip
FULFILMENT_STATES = (
    ("partly_shipped", r"partial|teilweise|delvis"),
    ("refused", r"refus|rejected|verweigert|uncollected|not collected|refuzat|nicht angenommen|ikke hentet|recusad"),
    ("returned", r"return|retur|restocked|devolvid"),
    ("delivered", r"deliver|zugestellt|levert|livrat|entregue|complete"),
    ("shipped", r"fulfilled|shipped|sent|versandt|verschickt|sendt|expediat|enviad|dispatched"),
    ("open", r".*"),
)  # fmt: skip
# Words for 'we do not know': no country and no market.
_NOWHERE = ("unspecified", "unknown", "n/a", "none", "-", "other", "european community")


def classified(expression: str, rules: tuple[tuple[str, str], ...]) -> str:
    """SQL for the first rule whose pattern is found in a text."""
    shown = f"lower(trim({expression}))"
    branches = " ".join(f"WHEN regexp_matches({shown}, {literal(p)}) THEN {literal(w)}" for w, p in rules)
    return f"CASE {branches} END"


def make_words(
    con: duckdb.DuckDBPyConnection, table: str, column: str, rules: tuple[tuple[str, str], ...], into: str
) -> None:
    """Make the table `into` (word, canonical) of the distinct texts of a column; canonical words stay as they are."""
    known = ", ".join(literal(word) for word, _ in rules)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT word, "
        f"CASE WHEN word IN ({known}) THEN word ELSE {classified('word', rules)} END AS canonical "
        f'FROM (SELECT DISTINCT "{column}" AS word FROM {table} WHERE "{column}" IS NOT NULL)'
    )


def place_of(word: str | None) -> tuple[str | None, str | None]:
    """(ISO code, place) of a country word: the place is the code, else the word itself (a region that the shop treats
    as a country), and None where the word says that nobody knows."""
    if word is None or not word.strip():
        return None, None
    code = country_of(word)
    if code is not None:
        return code, code
    return None, None if word.strip().lower() in _NOWHERE else word.strip()
