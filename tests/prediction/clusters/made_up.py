"""Tables of traits with and without groups planted in them."""

from __future__ import annotations

import numpy as np

from regulars.prediction.clusters import TraitTable
from regulars.prediction.clusters.traits import PLAIN, Trait

TRAITS = (*PLAIN, Trait("category:tea", "share", "categories", of="tea"))

# Recency, orders, days between, order value, discounted, refunded, season, weekend, tea: typical values of three kinds.
KINDS = (
    (15.0, 12.0, 30.0, 50.0, 0.05, 0.02, 0.2, 0.3, 0.1),  # regulars
    (200.0, 5.0, 90.0, 25.0, 0.9, 0.02, 0.2, 0.3, 0.5),  # bargain hunters
    (330.0, 5.0, 350.0, 120.0, 0.1, 0.2, 0.95, 0.3, 0.1),  # before Christmas
)


def planted(customers: int, seed: int, first: int = 1) -> tuple[TraitTable, np.ndarray]:
    """Three kinds of customers, a fifth of a logarithm (shares: a tenth) about what is typical; and who is of which."""
    chance = np.random.default_rng(seed)
    kind = chance.choice(3, customers, p=[0.5, 0.3, 0.2])
    typical = np.array(KINDS)[kind]
    values = {}
    for place, trait in enumerate(TRAITS):
        if trait.kind == "share":
            values[trait.name] = np.clip(typical[:, place] + chance.normal(0, 0.1, customers), 0, 1)
        else:
            values[trait.name] = typical[:, place] * np.exp(chance.normal(0, 0.25, customers))
    values["orders"] = np.maximum(np.round(values["orders"]), 1.0)
    values["gap_days"] = np.where(values["orders"] > 1, values["gap_days"], np.nan)
    return TraitTable(np.arange(first, first + customers), TRAITS, values), kind


def heap(customers: int, seed: int) -> TraitTable:
    """One heap: every trait varies, none with another, nothing in between is missing."""
    chance = np.random.default_rng(seed)
    values = {}
    for trait in TRAITS:
        drawn = chance.normal(size=customers)
        values[trait.name] = (
            np.clip(0.5 + drawn / 8, 0, 1) if trait.kind == "share" else 50 * np.exp(drawn / 3)
        )
    values["orders"] = np.round(values["orders"])
    return TraitTable(np.arange(customers), TRAITS, values)


def sliding(customers: int, seed: int) -> TraitTable:
    """One long heap: who orders more orders sooner, lately and at a higher value, without any boundary."""
    chance = np.random.default_rng(seed)
    much = chance.normal(size=customers)
    table = heap(customers, seed + 1)
    along = {"recency_days": -1.0, "orders": 1.0, "gap_days": -1.0, "average_order_value": 1.0}
    for name, side in along.items():
        table.values[name][:] = 50 * np.exp(side * much + chance.normal(0, 0.2, customers))
    return table
