"""The four stores: countries, currency, tax, prices; and the days that the exports cover."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import pyarrow as pa

BEGAN = date(2023, 7, 1)  # first day of the made-up company: its exports begin later, in the middle
FIRST_DAY = date(2024, 4, 1)
LAST_DAY = date(2026, 9, 30)
RO_TAX_ROSE = date(2025, 8, 1)


@dataclass(frozen=True)
class Store:
    """`net_factor` turns a net list price in euro cents into the store's; `tax_included`: whether its files' prices have tax."""

    code: str
    currency: str
    zone: str
    tax_included: bool
    net_factor: float
    shipping: int  # as charged to the buyer, in minor units, as in the store's prices
    free_from: int  # goods value from which shipping is free, minor units


STORES = (
    Store("no", "NOK", "Europe/Oslo", True, 11.6, 7900, 80000),
    Store("de", "EUR", "Europe/Berlin", True, 1.0, 490, 6000),
    Store("ro", "RON", "Europe/Bucharest", True, 4.4, 1999, 25000),
    Store("br", "BRL", "America/Sao_Paulo", False, 4.1, 2490, 30000),
)

# country: store, share of people, growth (1 = as many newcomers every day), share of late parcels,
# standard and reduced tax in per cent
COUNTRIES: dict[str, tuple[str, float, float, float, int, int]] = {
    "NO": ("no", 0.29, 1.0, 0.06, 25, 15),
    "DE": ("de", 0.25, 1.2, 0.06, 19, 7),
    "AT": ("de", 0.07, 1.1, 0.06, 20, 10),
    "RO": ("ro", 0.22, 1.3, 0.42, 21, 11),
    "BR": ("br", 0.17, 1.7, 0.08, 18, 18),
}

# category: (name, net price in euro cents). Tea is taxed at the reduced rate.
PRODUCTS: dict[str, tuple[tuple[str, int], ...]] = {
    "candles": (
        ("Candle Fjord", 1490),
        ("Candle Birch", 1290),
        ("Candle Pine", 1290),
        ("Tea lights 24", 790),
    ),
    "lamps": (("Lamp Halo", 5900), ("Lamp Drift", 7900), ("Lantern Harbour", 3900)),
    "blankets": (("Blanket Wool", 6900), ("Blanket Cotton", 3900), ("Cushion Moss", 2490)),
    "ceramics": (("Mug Ember", 1690), ("Bowl Tide", 2190), ("Plate Snow", 1890), ("Vase Reed", 3290)),
    "tea": (("Tea Northern", 990), ("Tea Midsummer", 1090), ("Tea Juniper", 1190), ("Tea set Evening", 2890)),
}
MARGINS = {"candles": "0.58", "lamps": "0.44", "blankets": "0.49", "ceramics": "0.53", "tea": "0.61"}


def products() -> pa.Table:
    """One row a product and store: `product`, `sku`, `name`, `category`, `reduced`, `store`, `price` (minor units, as on file)."""
    rows = []
    flat = [(name, cents, category) for category, found in PRODUCTS.items() for name, cents in found]
    for store in STORES:
        standard, reduced = _rates(store.code)
        for number, (name, cents, category) in enumerate(flat):
            tax = reduced if category == "tea" else standard
            price = cents * store.net_factor * (1 + tax / 100 if store.tax_included else 1)
            rows.append(
                {
                    "product": number,
                    "sku": f"NL-{number + 101}",
                    "name": name,
                    "category": category,
                    "reduced": category == "tea",
                    "store": store.code,
                    "price": round(price / 10) * 10 - 1,
                }
            )
    return pa.Table.from_pylist(rows)


def stores() -> pa.Table:
    """One row a store."""
    return pa.Table.from_pylist([asdict(store) for store in STORES])


def countries() -> pa.Table:
    """One row a country: `place` (its position), `country`, `store`, `standard` and `reduced` tax in per cent."""
    rows = [
        {"place": place, "country": country, "store": store, "standard": standard, "reduced": reduced}
        for place, (country, (store, *_, standard, reduced)) in enumerate(COUNTRIES.items())
    ]
    return pa.Table.from_pylist(rows)


def _rates(store: str) -> tuple[int, int]:
    return next((standard, reduced) for code, *_, standard, reduced in COUNTRIES.values() if code == store)
