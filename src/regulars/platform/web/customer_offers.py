"""What to offer to a customer, for the customer's page."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.metrics.analysis import Analysis
from regulars.platform.customers.api import Known
from regulars.platform.insights.api import recommendations
from regulars.platform.web.product_words import reason

SHOWN = 5  # of each list


@dataclass(frozen=True)
class Shown:
    """Both lists as the page shows them: code, name, why. `popular`: nothing is known of the customer's own purchases."""

    again: tuple[tuple[str, str, str], ...]
    discover: tuple[tuple[str, str, str], ...]
    popular: bool


def offers(analysis: Analysis, known: Known, market: str | None) -> Shown | None:
    """The lists of a person; None for who objected to profiling, and where there is nothing to offer."""
    if known.no_profiling:
        return None
    found = recommendations.offers_of(analysis, known.numbers, market)
    again, discover = (
        tuple((one.product.code, one.product.name, reason(one, analysis.as_of)) for one in each[:SHOWN])
        for each in (found.again, found.discover)
    )
    return Shown(again, discover, found.popular) if again or discover else None
