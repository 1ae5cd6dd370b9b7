"""The sentence that opens each section: what is so, before any picture or table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from regulars.charts.words import Words
from regulars.metrics import Bridge, Quality, RfmGroup, WhatIf, WindowProposal
from regulars.metrics.figures import Row
from regulars.report.content import Concentration, Costs, KeyFigure, MarketLine, ReportContent


def title(c: ReportContent, w: Words) -> str:
    """The page's headline: the retention rate of the headline period, if it can be said."""
    k, rate = c.kept, c.kept.rate
    if not k.complete or rate.value is None:
        return w.n(
            "The data is too short for a retention rate with a window of {n} day.",
            "The data is too short for a retention rate with a window of {n} days.", c.window_days,
        )  # fmt: skip
    kept_of = w.number(rate.value)
    before = _before(c, "retention_rate")
    if before is None or before.value is None or not before.complete:
        return w.t("{kept} of 100 customers stayed.", kept=kept_of)
    moved = round(rate.value) - round(before.value)
    if moved == 0:
        return w.t("{kept} of 100 customers stayed, as many as in the period before.", kept=kept_of)
    if moved > 0:
        return w.n(
            "{kept} of 100 customers stayed, {n} more than in the period before.",
            "{kept} of 100 customers stayed, {n} more than in the period before.", moved, kept=kept_of,
        )  # fmt: skip
    return w.n(
        "{kept} of 100 customers stayed, {n} fewer than in the period before.",
        "{kept} of 100 customers stayed, {n} fewer than in the period before.", -moved, kept=kept_of,
    )  # fmt: skip


def _before(c: ReportContent, slug: str) -> Row | None:
    return next((figure.before for figure in c.key if figure.slug == slug), None)


def findings(c: ReportContent, w: Words) -> str:
    if not c.findings:
        return w.t("Nothing stands out with enough evidence: the data is too short or too small.")
    return w.n("{n} thing is worth knowing first.", "{n} things are worth knowing first.", len(c.findings))


def key(c: ReportContent, w: Words) -> str:
    """What the key figures say together."""
    period = w.period(c.kept.period_start, c.kept.period_end)
    revenue = next((f.now for f in c.key if f.slug == "revenue_net"), None)
    if revenue is None or revenue.value is None:
        return w.t("Figures for {period}.", period=period)
    return w.t(
        "{revenue} of revenue in {period}, with {customers} customers at its end.",
        revenue=w.money(revenue.value, c.currency), period=period, customers=w.number(c.kept.end),
    )  # fmt: skip


def kept(c: ReportContent, w: Words) -> str:
    """Who was kept, lost and won in the headline period."""
    k = c.kept
    return w.t(
        "Of {start} customers at the start, {kept} were still customers at the end and {lost} had left; {won} were won.",
        start=w.number(k.start), kept=w.number(k.kept), lost=w.number(k.lost),
        won=w.number(k.won_first + k.won_back),
    )  # fmt: skip


def cohorts(c: ReportContent, w: Words) -> str:
    """How many of a cohort come back."""
    curve = [point for point in c.cohorts.average if point.offset > 0 and point.value is not None]
    if not curve:
        return w.t("The data is too short for cohorts: all customers were already there in its first {days} days.",
                   days=c.window_days)  # fmt: skip
    later = min(curve, key=lambda point: abs(point.offset - 6))
    return w.t(
        "Of 100 new customers, {first} order again in the month after their first, and {later} in month {month}.",
        first=w.number(_pct(curve[0].value)), later=w.number(_pct(later.value)), month=later.offset,
    )  # fmt: skip


def rfm(groups: Sequence[RfmGroup], w: Words) -> str:
    """Who orders often and recently, and who no longer does."""
    best = max(groups, key=lambda group: group.revenue)
    return w.t(
        "The group that brings the most is '{group}': {customers} of customers and {revenue} of revenue.",
        group=w.t(best.name), customers=w.percent(_pct(best.customer_share)),
        revenue=w.percent(_pct(best.revenue_share)),
    )  # fmt: skip


def markets(c: ReportContent, w: Words) -> str:
    """Which market keeps more, which fewer."""
    firm = [line for line in c.markets if comparable(line)]
    if len(firm) < 2:
        return w.t("There is only one market with enough customers to say anything about it.")
    best = max(firm, key=lambda line: line.retention.value or 0)
    worst = min(firm, key=lambda line: line.retention.value or 0)
    return w.t(
        "{best} keeps {best_value} of its customers, {worst} keeps {worst_value}.",
        best=w.country(best.market), best_value=w.percent(best.retention.value or 0),
        worst=w.country(worst.market), worst_value=w.percent(worst.retention.value or 0),
    )  # fmt: skip


def comparable(line: MarketLine) -> bool:
    """Whether a market's retention may be compared: known, complete, and of enough customers."""
    return not line.small and line.retention.complete and line.retention.value is not None


def gaps(proposal: WindowProposal, w: Words) -> str:
    """How long customers take to order again, and the window that follows."""
    if proposal.days is None or proposal.median_gap is None:
        return w.t("No customer has ordered on two different days, so no rhythm can be seen yet.")
    return w.t(
        "Half of those who come back do so within {median} days; after {window} days nine in ten of them have.",
        median=w.number(proposal.median_gap), window=w.number(proposal.days),
    )  # fmt: skip


def money(parts: Sequence[Concentration], w: Words) -> str:
    """Whom the revenue came from."""
    best = parts[1] if len(parts) > 1 else None
    if best is None:
        return w.t("There is no revenue in the period.")
    return w.t(
        "The best {part} of customers bring {share} of revenue.",
        part=w.percent(_pct(best.share_of_customers)), share=w.percent(_pct(best.share_of_revenue)),
    )  # fmt: skip


def whatif(found: WhatIf, currency: str, w: Words) -> str:
    """What more retention would be worth."""
    effect = next((e for e in found.effects if e.scenario == "retention_points"), None)
    if effect is None or effect.effect is None or not found.complete:
        return w.t("The data is too short to say what more retention would be worth.")
    change = w.number(effect.change, 0 if effect.change == int(effect.change) else 1)
    places = {"points": change, "worth": w.money(effect.effect, currency, 0)}
    if effect.basis == "margin":
        return w.t("{points} points more retention would bring {worth} of margin a year.", **places)
    return w.t("{points} points more retention would bring {worth} of revenue a year.", **places)


def bridge(found: Bridge, currency: str, w: Words) -> str:
    """What lies between the files' total and the revenue used."""
    totals = [line for line in found.lines if line.kind == "total" and line.amount is not None]
    if not totals:
        return w.t("There are no amounts to bridge.")
    return w.t(
        "The files add up to {first}; {last} of it is the revenue used here.",
        first=w.money(totals[0].amount or 0, currency, 0), last=w.money(totals[-1].amount or 0, currency, 0),
    )  # fmt: skip


def costs(known: Costs, w: Words) -> str:
    """What winning and keeping a customer cost, or what cannot be said."""
    if known.margin_known and known.costs_known:
        return w.t("Margin and costs are known, so value and return can be told in profit.")
    if known.margin_known:
        return w.t("The margin is known; what it costs to win and to keep a customer is not.")
    if known.costs_known:
        return w.t("Costs are known, the margin is not: value is told in revenue, not in profit.")
    return w.t("Neither margin nor costs were given, so nothing here is profit, and nothing was assumed.")


def data(c: ReportContent, w: Words) -> str:
    """What was read and which days it covers."""
    if c.summary is None:
        return w.t("The figures come from a lake; what was left out was said at its imports.")
    rows = sum(file.rows for file in c.summary.files)
    used = sum(file.used for file in c.summary.files)
    return w.n("{used} of {n} row was used.", "{used} of {n} rows were used.", rows, used=w.number(used))


def quality(checked: Quality, w: Words) -> str:
    """What in the data may mislead."""
    found = sum(1 for check in checked.findings if check.found)
    if not found:
        return w.t("All checks passed.")
    return w.n(
        "{n} check found something that may mislead.", "{n} checks found something that may mislead.", found
    )


def change(figure: KeyFigure, w: Words, currency: str) -> str | None:
    """The change against the period before; None where it cannot be said."""
    now, before = figure.now, figure.before
    if before is None or before.value is None or now.value is None or not (now.complete and before.complete):
        return None
    if now.unit == "percent":
        return w.t("{points} points", points=w.points(now.value - before.value))
    if before.value == 0:
        return None
    return _signed(w, (now.value / before.value - 1) * 100)


def _signed(w: Words, percent: Decimal) -> str:
    sign = "+" if percent >= 0 else "\N{MINUS SIGN}"
    return sign + w.percent(abs(percent), 1)


def _pct(share: Decimal | None) -> Decimal:
    return (share or Decimal(0)) * 100
