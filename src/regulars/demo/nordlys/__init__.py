"""Nordlys: a second demo shop, openly made up. Candles, lamps, blankets, ceramics and tea in four stores.

Nothing in it is real: every person, address and amount comes from a seed, names are words for 'sample', e-mail addresses
lie under the reserved name `.example` (RFC 2606). It exists so that a whole pipeline can be checked against known answers.

What was planted (tests/demo looks for all of it; `truth` counts it from the plan, not from the exports):

- **Romania keeps fewer customers because parcels are late.** Everyone leaves with the same probability after an order, plus
  `LATE_LEAVES` when the parcel came late; `LATE_SHARE` of parcels is late in Romania, few elsewhere.
- **Who began with a discount stays less** (`DISCOUNT_LEAVES` after the first order).
- Some people buy in two stores, under one e-mail address written differently (capitals, spaces).
- Guests; people known only by a phone number (Romania); orders of nobody (store counter, Romania).
- One shared address (an office's `info@`), relay addresses of a marketplace, and one house account (the counter in Oslo).
- Test orders, cancelled orders, free orders, failed, voided and pending payments; invoices open and overdue (Germany, Austria);
  cash on delivery with refused parcels (Romania); boleto pending and expired (Brazil).
- Refunds without a date of their own (Norway, Germany, Austria) and with one (Romania, Brazil).
- Prices with tax (Norway, Germany, Austria, Romania) and without (Brazil); two rates each, Romania's rose on 2025-08-01.
- A monthly export that the following quarterly export repeats, with refunds that happened in between.
"""

from decimal import Decimal

from regulars.demo.nordlys.exports import Export, Written, write
from regulars.demo.nordlys.plan import Plan, plan
from regulars.demo.nordlys.stores import MARGINS
from regulars.demo.nordlys.truth import StoreTruth, Truth, truth
from regulars.kernel.definitions import Definitions, Margin

# What the company itself would set: it reports in euro, knows its margins, and knows its own counter in Oslo.
DEFINITIONS = Definitions(
    currency="EUR",
    margin=Margin(by_category=tuple((category, Decimal(margin)) for category, margin in MARGINS.items())),
    house_accounts=("counter.oslo@nordlys.example",),
)

__all__ = [
    "DEFINITIONS", "Export", "Plan", "StoreTruth", "Truth", "Written", "plan", "truth", "write",
]  # fmt: skip
