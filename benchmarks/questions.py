"""What every peer is asked: the data's shape and the settings, the same for all. Needs nothing but Python."""

from __future__ import annotations

from datetime import date

FIRST = date(2023, 1, 1)
AS_OF = date(2026, 1, 1)  # the data ends the day before
WINDOW = 180  # days without an order after which a customer is lost
CURRENCY = "EUR"
COUNTRIES = ("DE", "FR", "NL", "AT", "BE", "IT", "ES", "FI", "IE", "PT", "GR", "LV")
CHANNELS = ("web", "app", "search", "social", "newsletter", "marketplace")


def months() -> list[date]:
    """The first day of every month from the first day to the as-of day, both included."""
    count = (AS_OF.year - FIRST.year) * 12 + AS_OF.month - FIRST.month
    return [date(FIRST.year + n // 12, n % 12 + 1, 1) for n in range(count + 1)]
