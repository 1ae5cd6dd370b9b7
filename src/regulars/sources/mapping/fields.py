"""The fields that a feed may fill: those of its fact table, with identifiers in place of customer numbers."""

from __future__ import annotations

from regulars.lake.tables import TABLES
from regulars.lake.tables.declare import Type
from regulars.sources.identity.consents import CONSENT_AT
from regulars.sources.identity.consents import FIELDS as CONSENTS

# In place of `customer`: from these the resolver makes the number. They never reach the lake.
IDENTITY: dict[str, Type] = {"customer_id": "text", "email": "text", "phone": "text", "name": "text"}

# What somebody agreed to, in the words of identity/consents.py, and when. They go to the platform's state, never into the lake.
CONSENT: dict[str, Type] = {**dict.fromkeys(CONSENTS, "text"), CONSENT_AT: "instant"}

# What a file states beside a table's own columns, and what the import makes of it.
_EXTRAS: dict[str, dict[str, Type]] = {
    "orders": {
        "subtotal": "money",  # goods after discounts, with or without tax as the file has them
        "cancelled_at": "instant",  # filled: the order is cancelled
        "billing_country": "text",  # the market where there is no shipping country
        "refunded": "money",  # given back on this order, with tax, positive: becomes a refund
        "refunded_at": "instant",  # its day; without it the refund counts on the order's day
        "refund_state": "text",  # payment_state of the refund
        "fee": "money",  # what the payment provider kept
        **CONSENT,
    },
    "payments": {
        "fee_currency": "text",  # where the fee is in another currency than the amount:
        "settled_amount": "money",  # the amount in that currency, which gives the rate
    },
    "customers": {
        "referred_by": "text",  # the referring customer's id in this source, or e-mail: becomes their number
        "birthday": "text",  # becomes birth_month and birth_day; the year is not kept
        **CONSENT,
    },
    "costs": {"month": "day"},  # any day of the month that the spend is for
}
# What the lines of a document may state (feeds of `orders` with grain = "line").
LINE_FIELDS: dict[str, Type] = {
    "product": "text", "product_name": "text", "category": "text", "quantity": "number", "price": "money",
    "amount": "money", "discount": "money", "tax": "money", "cost": "money", "kind": "text",
}  # fmt: skip
# Made by the import, never stated by a file.
_MADE = (
    "customer",
    "source",
    "local_day",
    "goods",
    "day_known",
    "first_day",
    "last_day",
    "cost_id",
    "payment_id",
)
NOT_FED = ("aliases", "scores", "fx_rates")
FED = tuple(name for name in TABLES if name not in NOT_FED)


def fields_of(table: str) -> dict[str, Type]:
    """Field name to type, for one fact table."""
    declared = TABLES[table]
    fields: dict[str, Type] = {
        c.name: c.type for c in declared.columns if c.name not in ("customer", "source")
    }
    identity = IDENTITY if declared.by_customer else {}
    return {**identity, **fields, **_EXTRAS.get(table, {})}


def required_of(table: str) -> tuple[str, ...]:
    """Fields without which a row is no fact, apart from those that the import makes."""
    return tuple(c.name for c in TABLES[table].columns if c.required and c.name not in _MADE)
