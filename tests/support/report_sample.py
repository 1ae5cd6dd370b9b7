"""A report of a made-up shop as plain data, so that pages can be tested without an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from regulars.kernel.periods import add_months
from regulars.metrics import (
    Assumption,
    Average,
    Bridge,
    BridgeLine,
    Cell,
    Cohort,
    Cohorts,
    CurrencyTotal,
    CurvePoint,
    CutPoints,
    Effect,
    Finding,
    Quality,
    Rfm,
    RfmCell,
    RfmGroup,
    Weakness,
    WhatIf,
    WindowProposal,
)  # fmt: skip
from regulars.metrics.figures import Row
from regulars.report.content import (
    Concentration,
    Costs,
    Kept,
    KeyFigure,
    MarketLine,
    MoneyLine,
    Movement,
    Person,
    ReportContent,
)  # fmt: skip
from regulars.report.content import Finding as Standout
from regulars.sources import (
    Amount,
    FileSummary,
    ImportSummary,
    QualityNote,
    ReasonCount,
    Recognised,
    SourceSummary,
    StateCount,
    TaxCounts,
)  # fmt: skip

D = Decimal
FIRST, LAST, AS_OF = date(2009, 12, 1), date(2011, 12, 9), date(2011, 12, 10)
HOSTILE = "<script>alert(1)</script>&\"'"


def row(slug="retention_rate", value="61.4", low=None, high=None, *, unit="percent", start=date(2010, 12, 10),
        end=AS_OF, denominator="3012", complete=True, market=None):  # fmt: skip
    """One figure's result."""
    number = None if value is None else D(value)
    return Row(
        metric=slug, period_start=start, period_end=end, dimensions=(("market", market),) if market else (),
        value=number, numerator=number, denominator=None if denominator is None else D(denominator), unit=unit,
        currency="GBP" if unit == "money" else None, low=None if low is None else D(low),
        high=None if high is None else D(high), complete=complete, window_days=240, definitions="0123456789ab",
        lake_version=None,
    )  # fmt: skip


def key_figure(slug, value, before, *, unit="percent", low=None, high=None, complete=True):
    """A figure with a year before it and twelve months of trend."""
    earlier = date(2009, 12, 10)
    trend = tuple(
        row(slug, str(D(value) * (90 + 7 * k % 23) / 100), unit=unit, start=add_months(date(2010, 12, 1), k),
            end=add_months(date(2011, 1, 1), k))
        for k in range(12)
    )  # fmt: skip
    past = None if before is None else row(slug, before, unit=unit, start=earlier, end=date(2010, 12, 10))
    return KeyFigure(slug, row(slug, value, low, high, unit=unit, complete=complete), past, trend)


KEY = (
    key_figure("retention_rate", "61.4", "63.0", low="59.7", high="63.1"),
    key_figure("churn_rate", "38.6", "37.0", low="36.9", high="40.3"),
    key_figure("revenue", "8124310.55", "7921004.10", unit="money"),
    key_figure("aov", "421.17", "415.02", unit="money"),
    key_figure("purchase_frequency", "4.12", "4.01", unit="ratio"),
    key_figure("repeat_purchase_rate", "71.2", None, low="70.0", high="72.3"),
    key_figure("customer_growth_rate", "6.3", "2.1"),
)

KEPT = Kept(
    date(2010, 12, 10), AS_OF, True, 3012, 1850, 1162, 1104, 203, 3157, 88, 312, row(low="59.7", high="63.1"),
    row("retention_rate_first_time_n", "68.2"), row("repurchase_rate", "66.1"),
)  # fmt: skip


def cohorts():
    """Twelve monthly cohorts; the first was there already, the last cell of each is unfinished."""
    found, cells = [], []
    for index in range(12):
        start = add_months(date(2010, 12, 1), index)
        key = start.isoformat()
        found.append(Cohort(key, start, add_months(start, 1), 240 - 9 * index, index == 0, index == 11))
        for offset in range(13 - index):
            share = D(1) if offset == 0 else D(38 - 2 * offset + index % 3) / 100
            size = 240 - 9 * index
            done = offset < 12 - index
            cells.append(Cell(key, offset, share, share * size, size, None, None, done, index == 11))
    average = tuple(Average(k, D(38 - 2 * k) / 100, None, None, 1900, 11, False) for k in range(1, 11))
    return Cohorts("first_order", "customers", "month", "month", "share", None, tuple(found), tuple(cells), average,
                   240, True, 4, "0123456789ab", None)  # fmt: skip


def rfm():
    """Two groups and a full grid."""
    cells = tuple(
        RfmCell(r, f, 3, "champions", 10 * r * f, 40, D(9000), D(9100), 400)
        for r in range(1, 6)
        for f in range(1, 6)
    )
    groups = (
        RfmGroup(
            "champions", "Champions", 1120, D("0.19"), 14000, D(5200000), D("0.61"), D(412), D(12), D("12.5")
        ),
        RfmGroup("lost", "Lost", 1400, D("0.24"), 1600, D(420000), D("0.05"), D(250), D(420), D("1.1")),
    )
    cuts = CutPoints((20, 60, 130, 260), (1, 2, 4, 8), (D(250), D(600), D(1200), D(3000)))
    return Rfm(AS_OF, cuts, groups, cells, 5853, "GBP", "0123456789ab", None)


def market(code, customers, value, low, high):
    """One line of the markets table."""
    rate = row(value=value, low=low, high=high, denominator=str(customers), market=code)
    return MarketLine(
        code, customers, customers < 30, rate, row("repeat_purchase_rate", "64.0", market=code),
        row("aov", "402.10", unit="money", market=code), row("revenue", "120000", unit="money", market=code),
    )  # fmt: skip


def window(days=240, weak=()):
    """A proposal with a smooth curve."""
    curve = tuple(CurvePoint(d, 9000 - d, 20, 1 - D(2) ** (-D(d) / 90)) for d in range(1, 700, 3))
    return WindowProposal(days, weak, FIRST, LAST, 31000, 5853, 739, D("0.84"), D("52.4"), 29, 190, curve)


def money():
    """Revenue by group and month; the last month is unfinished."""
    shares = (("new", 60), ("returning", 90), ("loyal", 410))
    return tuple(
        MoneyLine(add_months(date(2010, 12, 1), k), add_months(date(2011, 1, 1), k), group,
                  D(amount * 1000 + 900 * k), k < 12)
        for k in range(13) for group, amount in shares
    )  # fmt: skip


def bridge():
    """From the files' total to the revenue, with a note."""
    lines = (
        BridgeLine("files_total", "Total of the files", "total", D("19110280.10"), 45336),
        BridgeLine("shipping", "Shipping", "step", D("-310280.10"), None),
        BridgeLine("no_customer", "Without a customer", "step", D("-2600000.00"), -8752),
        BridgeLine("unpaid", "Not paid", "step", D("-1000.00"), -12, "open"),
        BridgeLine("revenue_before_refunds", "Revenue before refunds", "total", D("16199000.00"), 36572),
        BridgeLine("refunds", "Refunds", "step", D("-699000.00"), None),
        BridgeLine("revenue", "Revenue used", "total", D("15500000.00"), 36572),
        BridgeLine("duplicates", "Twice in the files", "note", None, None, rows=1088),
    )
    totals = (
        CurrencyTotal("GBP", 45000, D(19000000), D(19000000)),
        CurrencyTotal("EUR", 336, D(130000), D(110280)),
    )
    return Bridge(lines, totals, "GBP", "0123456789ab", None)


def whatif():
    """Five points, and what it rests on."""
    effects = (
        Effect("retention_points", D(5), "5 points", D(301200), D(270000), D(330000), "revenue", "GBP"),
        Effect("purchases_per_year", D(1), "one more", D(779000), None, None, "revenue", "GBP"),
    )
    notes = (Assumption("start_customers", "Customers at the start", D(3012)), Assumption("alike", "alike"))
    return WhatIf(
        effects,
        notes,
        date(2010, 12, 10),
        AS_OF,
        True,
        3012,
        1850,
        D("61.4"),
        D(2000),
        "revenue",
        "0123456789ab",
        None,
    )


def quality():
    """Two checks, one of which found something."""
    checks = (
        Finding("guests", "Orders without a customer", "orders", 8752, 45336, D("0.193"), D(2600000), D("0.14"), None,
                None),
        Finding("house_accounts", "House accounts", "customers", 0, 45336, D(0), D(0), D(0), D("61.4"), D("61.4")),
    )  # fmt: skip
    return Quality(checks, date(2010, 12, 10), AS_OF, "GBP", "0123456789ab", None)


def summary(file="orders.csv"):
    """An import of one file, with every kind of thing to tell."""
    return ImportSummary(
        files=(
            FileSummary(file, "shop", "orders", ("orders",), 1067370, 800000, (ReasonCount("no such date", 12),),
                        (ReasonCount("bad debt", 6),), 22523, (Recognised("Customer ID", "the customer", "name"),),
                        ("sheet",), (Amount("GBP", D("19110280.10")),)),
        ),
        sources=(
            SourceSummary("shop", FIRST, LAST, 45336, 5853, 8752, 8292, 3,
                          (StateCount("invoice", "open", 12, (), 12, ()),), TaxCounts(0, 0, 0, 45336)),
        ),
        tables=(),
        quality=(QualityNote("shared", "shop", "o***@example.org", "office@example.org", 31, 1, ()),),
        warnings=("the file names no time zone; Europe/London was taken",),
    )  # fmt: skip


def content(**changes):
    """The whole report; `changes` replace parts of it."""
    months = [add_months(date(2010, 8, 1), k) for k in range(16)]
    found = ReportContent(
        name="shop", first=FIRST, last=LAST, as_of=AS_OF, currency="GBP", window_days=240, window_was_set=False,
        grain="year", definitions="0123456789ab", lake_version=None, findings=(), key=KEY, kept=KEPT,
        trend=tuple(
            row(value=str(60 + k % 3), low=str(58 + k % 3), high=str(62 + k % 3), end=AS_OF - timedelta(days=30 * (6 - k)))
            for k in range(7)
        ),
        movement=tuple(
            Movement(m, add_months(m, 1), 120 + 5 * (k % 4), 2400, 90 + 7 * (k % 3), k < 15)
            for k, m in enumerate(months)
        ),
        cohorts=cohorts(), rfm=rfm(),
        markets=(market("GB", 2700, "61.5", "59.7", "63.3"), market("DE", 75, "70.1", "59.0", "79.3"),
                 market("FR", 64, "66.0", "54.0", "77.0"), market("NO", 9, "55.0", "26.0", "81.0")),
        window=window(),
        window_by_history=(window(95, (Weakness("short_history", "short"),)), window(190), window()),
        money=money(),
        concentration=(Concentration(D("0.01"), 43, D("0.31")), Concentration(D("0.10"), 430, D("0.62"))),
        whatif=whatif(), bridge=bridge(), costs=Costs((), False, False), quality=quality(), summary=summary(),
    )  # fmt: skip
    return replace(found, **changes)


def person(name):
    """Somebody to look after."""
    return Person(name, 12, date(2011, 8, 1), 21, D("1830.50"))


def every_finding():
    """One finding of each kind."""
    each, hundred = D("401.20"), D(100)
    values = {
        "retention_moved": {
            "now": D(61),
            "before": D(65),
            "points": D(-4),
            "low": D(-6),
            "high": D(-2),
            "start": 3012,
            "each": each,
        },
        "market_apart": {
            "market": "DE",
            "value": D(50),
            "others": D(61),
            "customers": 120,
            "points": D(11),
            "least": D(2),
            "each": each,
        },
        "second_order": {
            "never": D(38),
            "lost": 1204,
            "customers": 3100,
            "window": 240,
            "third": D(71),
            "each": each,
        },
        "few_customers": {"customers": 43, "share": D(31), "part": D(1), "all": 4300},
        "discount_starts": {
            "with": D(40),
            "without": D(52),
            "customers": 300,
            "points": D(12),
            "least": D(5),
            "each": each,
        },
        "overdue": {"customers": 71, "gap": D(30), "away": D(139)},
        "guests": {"share": D(18), "orders": 8355, "all": 45330},
        "refunds": {"share": D(6), "refunds": D(900), "revenue": D(15000)},
        "unpaid": {"orders": 40, "share": D(3)},
        "loyal_revenue": {"share": D(76), "loyal": D(760), "revenue": D(1000), "new": D(20)},
        "more_retention": {"start": 3593, "kept": 2151, "each": each},
    }
    return tuple(Standout(kind, found, hundred, D(1)) for kind, found in values.items())
