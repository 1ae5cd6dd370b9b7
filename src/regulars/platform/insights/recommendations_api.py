"""Recommendations and products, for other contexts."""

from __future__ import annotations

from regulars.platform.insights.products_queries import (
    SORTS,
    Again,
    Better,
    Bundle,
    Line,
    Lines,
    Sort,
    Sums,
    Together,
    Whole,
    product,
    products_page,
)
from regulars.platform.insights.recommendations_limits import Limits, change_limits, limits
from regulars.platform.insights.recommendations_queries import (
    Known,
    Offer,
    Offers,
    Product,
    for_basket,
    for_visitor,
    known,
    names_of,
    offers_of,
    suggested,
)

__all__ = [
    "SORTS", "Again", "Better", "Bundle", "Known", "Limits", "Line", "Lines", "Offer", "Offers", "Product", "Sort", "Sums",
    "Together", "Whole", "change_limits", "for_basket", "for_visitor", "known", "limits", "names_of", "offers_of", "product",
    "products_page", "suggested",
]  # fmt: skip
