"""95 % intervals from sums alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from regulars.metrics.figures import Interval, Number, Sums

_Z = Decimal("1.959963984540054")


def wilson(successes: Decimal, trials: Decimal, scale: int = 1) -> Interval | None:
    """Wilson's score interval for a share (E. B. Wilson, JASA 1927). None without trials."""
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share, z2 = successes / trials, _Z * _Z
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    reach = _Z / (1 + z2 / trials) * (share * (1 - share) / trials + z2 / (4 * trials * trials)).sqrt()
    return Interval(max(Decimal(0), middle - reach) * scale, min(Decimal(1), middle + reach) * scale)


def of_share(
    numerator: Callable[[Sums], Number], denominator: Callable[[Sums], Number], scale: int = 100
) -> Callable[[Sums], Interval | None]:
    """The Wilson interval of a figure that is a share of independent customers."""

    def interval(sums: Sums) -> Interval | None:
        part, whole = numerator(sums), denominator(sums)
        return None if part is None or whole is None else wilson(part, whole, scale)

    return interval


def of_mean(total: Decimal, squares: Decimal, count: Decimal) -> Interval | None:
    """Normal interval of a mean from the sum, the sum of squares and the count. None under two observations."""
    if count < 2:
        return None
    mean = total / count
    variance = max(Decimal(0), (squares - total * mean) / (count - 1))
    reach = _Z * (variance / count).sqrt()
    return Interval(mean - reach, mean + reach)
