"""Everything that the page shows, as frozen plain data: no texts, no formats. The same content becomes HTML or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from regulars.kernel.definitions import as_plain
from regulars.kernel.periods import Grain
from regulars.metrics import Bridge, Cohorts, Quality, Rfm, WhatIf, WindowProposal
from regulars.metrics.figures import Row
from regulars.sources import ImportSummary

if TYPE_CHECKING:
    from regulars.report.ahead import Ahead

FEW = 30  # shares of fewer customers than this are shown, but called small

FindingKind = Literal[
    "retention_moved", "market_apart", "second_order", "few_customers", "discount_starts", "overdue",
    "guests", "refunds", "unpaid", "loyal_revenue", "more_retention",
]  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing. `values` are what its sentences need; `worth` is money a year, with its formula.

    `score` orders findings: the worth as a share of yearly revenue, so that unlike things can be compared.
    """

    kind: FindingKind
    values: dict[str, Decimal | int | str | None]
    worth: Decimal | None
    score: Decimal


@dataclass(frozen=True)
class KeyFigure:
    """A figure for the headline period, the equal period before (None where the data does not reach), and its trend."""

    slug: str
    now: Row
    before: Row | None
    trend: tuple[Row, ...]


@dataclass(frozen=True)
class Kept:
    """K1 with the bridge between its two forms: customers at the start, what became of them, who came."""

    period_start: date
    period_end: date
    complete: bool
    start: int
    kept: int
    lost: int
    won_first: int
    won_back: int
    end: int
    came_and_went: int
    by_construction: int
    rate: Row
    rate_first_time: Row | None
    repurchase: Row | None


@dataclass(frozen=True)
class Movement:
    """Customers won, kept and lost in one month."""

    start: date
    end: date
    won: int
    kept: int
    lost: int
    complete: bool


@dataclass(frozen=True)
class MarketLine:
    """One market in the headline period; `market` None: no market known. `small`: too few customers to compare."""

    market: str | None
    customers: int
    small: bool
    retention: Row
    repeat: Row | None
    order_value: Row | None
    revenue: Row | None


@dataclass(frozen=True)
class MoneyLine:
    """Revenue of one month by who ordered: new, returning or loyal customers."""

    start: date
    end: date
    group: Literal["new", "returning", "loyal"]
    revenue: Decimal
    complete: bool


@dataclass(frozen=True)
class Concentration:
    """The best customers, their number, and their share of revenue (0..1) in the headline period."""

    share_of_customers: Decimal
    customers: int
    share_of_revenue: Decimal


@dataclass(frozen=True)
class Costs:
    """Figures that need a margin or costs, and what cannot be said without them."""

    rows: tuple[Row, ...]
    margin_known: bool
    costs_known: bool


@dataclass(frozen=True)
class Person:
    """One customer to look after. Only with `people=True`; `name` is what the source calls the customer, or a number."""

    name: str
    orders: int
    last_day: date
    usual_gap_days: int
    yearly_revenue: Decimal


@dataclass(frozen=True)
class Ground:
    """What findings are chosen from, of the whole shop or of one market's customers alone.

    Of a market, `markets` is empty, and `bridge` and `quality` are None: they are about documents of all markets, also
    those of no customer.
    """

    currency: str
    window_days: int
    key: tuple[KeyFigure, ...]
    kept: Kept
    markets: tuple[MarketLine, ...]
    window: WindowProposal
    window_by_history: tuple[WindowProposal, ...]
    concentration: tuple[Concentration, ...]
    whatif: WhatIf
    bridge: Bridge | None
    quality: Quality | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class ReportContent(Ground):
    """The whole report. Rows carry their unit, currency, interval, completeness and definitions.

    `market`: the one whose customers it is about, None for all; of one it has no `costs`, which are the company's.
    `ahead`: what is predicted, None where nothing was.
    """

    name: str
    first: date
    last: date
    as_of: date
    window_was_set: bool
    grain: Grain
    definitions: str
    lake_version: int | None
    trend: tuple[Row, ...]
    movement: tuple[Movement, ...]
    cohorts: Cohorts
    rfm: Rfm
    money: tuple[MoneyLine, ...]
    costs: Costs | None
    summary: ImportSummary | None
    people: tuple[Person, ...] | None = None
    market: str | None = None
    ahead: Ahead | None = None

    @property
    def last_end(self) -> date:
        """The day after the last covered day."""
        return self.last + timedelta(days=1)

    def as_plain(self) -> dict[str, Any]:
        """Nested dicts and lists for JSON; dates and decimals as text."""
        plain: dict[str, Any] = as_plain(self)
        return plain
