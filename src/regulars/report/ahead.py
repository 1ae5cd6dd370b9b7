"""What will happen, as the report shows it: plain data of everybody together; nobody is named.

What is expected of all customers (K12), who is at risk and what that is worth, how good the same predictions were in the past,
chances by orders so far (K13), what goes with leaving (A7), what keeping some of those who would leave is worth (K22 on
predicted value). `looking.py` fills it. It loads no model, since most reports are drawn from content that is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.prediction.value import Expected

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Risk:
    """Customers who count as active (an order within the window, or a contract) and the risk that they do not order within
    `horizon_days`. `at_risk`: those at a risk of `line` or more; `value` is their predicted value, `value_at_risk` that times the risk
    of each (None where no value is predicted); `spread`: how many are at how much risk."""

    horizon_days: int
    active: int
    staying: float
    line: float
    at_risk: int
    value: float | None
    value_at_risk: float | None
    spread: Rows


@dataclass(frozen=True)
class Trial:
    """The risk tried on a past day: of `called` customers called most at risk `left` left, `by_chance` would have; `said` and `seen` on
    average (0..1), `auc`; rows for the charts of calibration and ranking."""

    day: date
    horizon_days: int
    customers: int
    called: int
    left: int
    by_chance: float
    said: float
    seen: float
    auc: float | None
    calibration: Rows
    ranking: Rows


@dataclass(frozen=True)
class Chances:
    """Customers with `first` to `last` orders so far (None: or more): the share expected to order again within the horizon, and
    the orders and the value expected of each."""

    first: int
    last: int | None
    customers: int
    again: float
    orders: float
    value: float | None


@dataclass(frozen=True)
class Keeping:
    """K22 on predicted value: if `share` of the `leaving` active customers who are expected not to order ordered after all."""

    share: float
    leaving: float
    worth: float
    horizon_days: int


@dataclass(frozen=True)
class Told:
    """How many more or fewer of those high in a feature left (0..1, with its 95 % interval), beside all else. See `Effect`.

    `unit`: of the feature, as `prediction.features` declares it."""

    feature: str
    unit: str
    above: float | None
    below: float | None
    high_left: float
    low_left: float
    adjusted: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """What is predicted as of `day`. None, or empty, is what the history does not allow. `serves`: which model says the risk."""

    day: date
    customers: int
    value_horizon_days: int
    expected: Expected | None
    again: float | None
    risk: Risk | None
    serves: str | None
    trials: tuple[Trial, ...]
    chances: tuple[Chances, ...]
    keeping: Keeping | None
    leaving: tuple[Told, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return self.expected is None and self.risk is None
