"""Money: decimal with its currency. Amounts in facts are decimal(18,4); sums are wider."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision

LARGEST = Decimal("99999999999999.9999")  # decimal(18,4); anything beyond is a mistake in the input


@dataclass(frozen=True)
class Money:
    """An amount in an ISO 4217 currency. Adding different currencies is an error, never a sum."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency} without a rate")
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> Money:
        """To the currency's own number of decimals (0 for JPY), half to even."""
        places = get_currency_precision(self.currency)
        return Money(self.amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN), self.currency)
