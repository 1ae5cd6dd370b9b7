"""Everything that changes a figure, in one frozen value: stored beside the lake's manifest, hashed into each result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from regulars.kernel.markets import Market, zone_of_country

Counts = Literal["yes", "no", "while_recent", "once_delivered"]


@dataclass(frozen=True)
class PaymentRule:
    """Whether an order in a payment state counts. None matches anything; the first matching rule decides.

    `while_recent`: counts while younger than `days` on the as-of day (an open invoice).
    `once_delivered`: counts once its fulfilment state is `delivered` (cash on delivery).
    """

    counts: Counts
    state: str | None = None
    kind: str | None = None
    market: str | None = None
    days: int = 30


# Canonical payment states and kinds are listed in lake/tables/orders.py.
STANDARD_PAYMENT_RULES: tuple[PaymentRule, ...] = (
    PaymentRule("yes", state="paid"),
    PaymentRule("yes", state="partially_paid"),
    PaymentRule("yes", state="partially_refunded"),
    PaymentRule("yes", state="refunded"),
    PaymentRule("no", state="failed"),
    PaymentRule("no", state="voided"),
    PaymentRule("while_recent", kind="invoice", state="open"),
    PaymentRule("while_recent", kind="invoice", state="pending"),
    PaymentRule("once_delivered", kind="cash_on_delivery"),
    PaymentRule("no", state="open"),
    PaymentRule("no", state="pending"),
    PaymentRule("no", state="authorised"),
    PaymentRule("yes"),  # an export without payment states holds orders that count
)


@dataclass(frozen=True)
class Margin:
    """Gross margin as a share of revenue: one share, or by product, category or market (first match in that order)."""

    share: Decimal | None = None
    by_product: tuple[tuple[str, Decimal], ...] = ()
    by_category: tuple[tuple[str, Decimal], ...] = ()
    by_market: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class SourceCoverage:
    """Days that a source's data covers, both included; set by hand where the data cannot say.

    `opened`: the shop took its first order on `first`, so nothing is missing before it.
    """

    source: str
    first: date | None = None
    last: date | None = None
    opened: bool = False


@dataclass(frozen=True)
class Definitions:
    """All settings that change a figure. `window_days` and `currency` None mean: propose from the data."""

    window_days: int | None = None
    currency: str | None = None
    zone: str = "UTC"
    markets: tuple[Market, ...] = ()
    basis: Literal["auto", "orders", "subscriptions"] = "auto"
    include_tax: bool = False
    include_shipping: bool = False
    include_adjustments: bool = False
    payment_rules: tuple[PaymentRule, ...] = STANDARD_PAYMENT_RULES
    margin: Margin | None = None
    coverage: tuple[SourceCoverage, ...] = ()
    one_email_is_one_customer: bool = True
    house_accounts: tuple[str, ...] = ()
    lifespan_cap_years: int = 10
    fx_days_back: int = 7
    format: int = field(default=1, repr=False)

    def market_of(self, country: str | None) -> str | None:
        """The market of a country: its group, else the country itself."""
        if country is None:
            return None
        for market in self.markets:
            if country in market.countries:
                return market.code
        return country

    def zone_of(self, market: str | None) -> str:
        """The time zone in which a market's periods are cut."""
        for known in self.markets:
            if known.code == market:
                return known.zone
        return (zone_of_country(market) if market else None) or self.zone

    def digest(self) -> str:
        """12 hex digits that change with any setting; every result carries them."""
        text = json.dumps(as_plain(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def as_plain(value: Any) -> Any:
    """A dataclass as nested dicts and lists of plain values (dates and decimals as text); None and private fields left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_"))
        return {name: as_plain(item) for name, item in pairs if item is not None}
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: as_plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, date | Decimal):
        return str(value)
    return value
