"""Who should be looked after: the rules behind Today. Pure; docs/platform/today.md explains them to readers.

Worth: revenue after refunds in the 365 days that end with the customer's last order. A fact, not an extrapolation.

Slipping: the part of that worth which waiting has put at risk, 0..1.
- With a rhythm of one's own (three order days or more: two gaps) of g days, after d days without an order:
  1 - 2 ** (1 - d / g). Nothing up to the usual gap, half after one gap more, three quarters after two.
- Without one, by the shop's own curve of returns: the chance to come back that a customer has lost by waiting. With F(t)
  the share that has come back after t days (metrics/window.py), who has waited t days still comes back with
  (F(end) - F(t)) / (1 - F(t)); lost is what that is less than F(end).

Score = worth x slipping, in the reporting currency. Where the customer is predicted, it is risk x value instead: the
probability that no order comes (`churn_probability`) times the revenue that is expected of them (`predicted_clv`).
Listed is who waits longer than usual, but not so long that they count as gone: beyond the activity window (or three gaps of
their own, where that is longer) other means are needed than a kind word. And who is more likely lost than not, once they have
waited as long as half of those who come back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from regulars.metrics.window import CurvePoint

Reason = Literal["complaint", "late", "overdue"]
URGENCY: dict[Reason, int] = {"complaint": 0, "late": 1, "overdue": 2}

YEAR = 365
OWN_GAPS = 2  # gaps that make a rhythm of one's own
SHORTEST_GAP = 7  # days; orders that follow each other faster are one purchase in parts, not a rhythm
WAITED = 1.5  # own gaps of waiting from which on somebody is listed
GONE = 3  # own gaps of waiting after which somebody is listed no more, if the activity window is over too
PER_MARKET = 1000
RESTS = 90  # days for which who was looked after is not listed again for the same reason, unless they order
COMPLAINT_DAYS = 90  # older complaints are not today's work
LATE_DAYS = 60  # nor are parcels promised longer ago
AT_RISK = 0.5  # the risk from which on somebody is listed who is not late by their own rhythm
_BARGAINS = 0.5  # share of orders with a discount from which on somebody is said to buy at a discount
_UNHAPPY = 0.6  # mean answer, as a share of the best, below which one asks what was wrong

Step = Literal[
    "answer_complaint", "find_parcel", "solve_request", "settle_payment", "ask_returns", "ask_feedback", "no_messages",
    "review_plan", "second_order", "offer", "remind", "ask",
]  # fmt: skip
STEPS: tuple[Step, ...] = Step.__args__  # type: ignore[attr-defined]


def slipping(days: Any, gap: Any) -> Any:
    """What waiting has put at risk for a customer with a rhythm of `gap` days: numbers, or expressions of the engine."""
    return 1 - 2.0 ** (1 - days / gap)


def next_step(
    reason: Reason,
    stories: Sequence[str] = (),
    told: Mapping[str, float] | None = None,
    *,
    order_days: int | None = None,
    rhythm: bool = False,
) -> Step:
    """What to do first: the table below from the top, what is broken before what could be sold.

    `stories`: what speaks for leaving, strongest first, with the numbers `told` (prediction/stories.py). `rhythm`: whether they
    order at intervals of their own.
    """
    numbers = told or {}
    if reason == "complaint":
        return "answer_complaint"
    if reason == "late":
        return "find_parcel"
    for story, step, fits in (
        ("service", "answer_complaint", numbers.get("complaints_open", 0) > 0),
        ("service", "solve_request", numbers.get("tickets_open", 0) > 0),
        ("payments", "settle_payment", numbers.get("failed_payments_91", 0) > 0),
        ("refunds", "ask_returns", numbers.get("refunds", 0) > 0),
        ("answers", "ask_feedback", numbers.get("liking", 1) < _UNHAPPY),
        ("messages", "no_messages", numbers.get("unsubscribed", 0) > 0),
        ("contract", "review_plan", True),
        ("price", "review_plan", True),
    ):
        if fits and story in stories:
            return step  # type: ignore[return-value]
    if order_days == 1:
        return "second_order"
    if "discounts" in stories and numbers.get("discount_share", 0) >= _BARGAINS:
        return "offer"
    return "remind" if rhythm else "ask"


@dataclass(frozen=True)
class ShopRhythm:
    """How customers of this shop come back. `curve`: days and the share (0..1) that has come back by then, rising."""

    curve: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, curve: Sequence[CurvePoint]) -> ShopRhythm:
        return cls(tuple((point.days, float(point.share)) for point in curve))

    @property
    def final(self) -> float:
        return self.curve[-1][1] if self.curve else 0.0

    @property
    def usual(self) -> int | None:
        """Days after which half of those who come back have done so; None where nobody ever came back."""
        return next((days for days, share in self.curve if share > 0 and 2 * share >= self.final), None)

    def lost(self, days: int) -> float:
        """The chance to come back that has been lost by waiting so many days: 0 at first, at most `final`."""
        back = max((share for after, share in self.curve if after <= days), default=0.0)
        still = (self.final - back) / (1 - back) if back < 1 else 0.0
        return self.final - still

    def table(self, last: int) -> list[tuple[int, float]]:
        """`lost` for each day from the one after `usual` to `last`."""
        start = self.usual
        return [] if start is None else [(days, self.lost(days)) for days in range(start + 1, last + 1)]


@dataclass(frozen=True)
class Standing:
    """An open item. `touched`: somebody has assigned it, put it off or written on it."""

    reason: str
    last_order_day: date | None
    touched: bool


Fate = Literal["stays", "came_back", "ends", "goes"]


def fate(item: Standing, *, found: bool, last_order_day: date | None) -> Fate:
    """What becomes of an open item: `found` says whether the facts still give the reason.

    `came_back`: ordered again, the best outcome. `ends`: the reason is over and the item is kept, since somebody worked on
    it. `goes`: nobody did, so nothing is lost. Who is only outranked by others stays if somebody touched the item.
    """
    if item.reason != "overdue":
        return "stays" if found else "ends" if item.touched else "goes"
    if ordered_again(item.last_order_day, last_order_day):
        return "came_back"
    return "stays" if found or item.touched else "goes"


def ordered_again(before: date | None, now: date | None) -> bool:
    """Whether there is an order after the one that was known."""
    return now is not None and (before is None or now > before)


def rests(*, closed_on: date, came_back: bool, today: date) -> bool:
    """Whether somebody who was looked after is left in peace still."""
    return not came_back and today < closed_on + timedelta(days=RESTS)
