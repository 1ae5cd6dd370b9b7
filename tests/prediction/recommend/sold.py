"""An analysis with a products table that two sources share."""

from __future__ import annotations

from decimal import Decimal

from regulars.lake.engines import Engine
from regulars.metrics.analysis import Analysis
from support.tiny import analysed, bought

PRODUCTS = [
    {"source": "till", "product": "tea", "name": "Tea", "category": "drinks", "price": Decimal("4.50")},
    {"source": "shop", "product": "tea", "name": "Tee", "category": "drink", "price": Decimal("4.00")},
    {"source": "shop", "product": "pot", "name": None, "category": None, "price": None},
]


def sold(engine: Engine) -> Analysis:
    """One order, and what is known of products."""
    orders = [bought(1, "2024-01-05")]
    return analysed(engine, orders, first="2024-01-01", last="2024-03-31", products=PRODUCTS)
