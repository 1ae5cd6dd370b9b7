"""Addresses that name nobody: relays of marketplaces, placeholders, desks that many people write from."""

from __future__ import annotations

from regulars.lake.engines.duck import literal

# A relay gives each buyer an address of its own that forwards; it is the same buyer only inside one shop.
RELAY_DOMAINS = (
    "privaterelay.appleid.com", "members.ebay.com", "guest.airbnb.com", "relay.firefox.com", "mozmail.com",
    "duck.com", "guest.booking.com", "mail.cdiscount.com", "relay.walmart.com", "mktplace.otto.de",
    "allegromail.pl", "user.allegrogroup.pl", "marketplace.emag.ro", "mail.mercadolivre.com", "m.finn.no",
    "etsy.transaction.com", "zalando-partner.com", "relay.shop.app",
)  # fmt: skip
RELAY_PATTERNS = (r"(^|\.)marketplace\.amazon\.[a-z.]+$", r"(^|\.)members\.ebay\.[a-z.]+$")

# Typed where the till or the form wants an address and there is none.
PLACEHOLDERS = (
    "noreply", "no-reply", "no.reply", "donotreply", "do-not-reply", "test", "tester", "testing", "none", "null",
    "na", "n.a", "no", "noemail", "no-email", "noemail1", "nomail", "no-mail", "unknown", "anonymous", "guest",
    "dummy", "example", "asdf", "xxx", "abc", "keine", "ingen", "nu", "fara", "sem",
)  # fmt: skip
# Not example.com and its like: made-up and masked exports write whole customer bases there, each with an address of
# their own; one that many names use is found as shared all the same.
PLACEHOLDER_DOMAINS = ("invalid", "noemail.com", "no-email.com", "noreply.com")
# Shared by their role: they may be one buyer in one shop, and never join what other shops know.
ROLES = ("info", "office", "contact", "kontakt", "post", "mail", "sales", "order", "orders", "bestilling",
         "bestellung", "shop", "store", "admin", "support", "kundeservice", "kundenservice", "service", "einkauf",
         "innkjop", "purchasing", "accounts", "faktura", "invoice", "comenzi", "vendas", "contato")  # fmt: skip

# An address used by at least so many customer ids, or so many names, of one source belongs to no single person.
SHARED_IDS = 3
SHARED_NAMES = 4


def normalised(expression: str) -> str:
    """An e-mail as it is compared: no 'mailto:', no spaces, small letters; null where it is none."""
    bare = f"lower(regexp_replace(trim({expression}), '^(mailto:)|[<>\\s]', '', 'g'))"
    return f"CASE WHEN regexp_full_match({bare}, '[^@]+@[^@.]+(\\.[^@.]+)+') THEN {bare} END"


def kind_of_address(email: str) -> str:
    """SQL for `relay`, `placeholder`, `role` or null, of a normalised address."""
    user = f"split_part(split_part({email}, '@', 1), '+', 1)"
    domain = f"split_part({email}, '@', 2)"
    patterns = " OR ".join(f"regexp_matches({domain}, {literal(p)})" for p in RELAY_PATTERNS)
    return (
        f"CASE WHEN {domain} IN {_listed(RELAY_DOMAINS)} OR {patterns} THEN 'relay' "
        f"WHEN {user} IN {_listed(PLACEHOLDERS)} OR {domain} IN {_listed(PLACEHOLDER_DOMAINS)} THEN 'placeholder' "
        f"WHEN {user} IN {_listed(ROLES)} THEN 'role' END"
    )


def _listed(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(word) for word in words) + ")"
