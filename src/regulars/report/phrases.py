"""Small pieces of the page in words: values, codes of the analyses, headings. Whole phrases, never glued parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regulars.charts.words import Words
from regulars.metrics import BridgeLine, WindowProposal
from regulars.metrics.catalogue import FIGURES
from regulars.metrics.figures import Row
from regulars.report.codes import (
    assumption,
    bridge_step,
    check,
    effect,
    identity,
    payment,
    weakness,
)  # fmt: skip
from regulars.report.content import FEW, KeyFigure, ReportContent
from regulars.report.cuts import DASH, cut_points
from regulars.sources import Message, SourceSummary

__all__ = [
    "DASH",
    "assumption",
    "bridge_step",
    "check",
    "cut_points",
    "effect",
    "identity",
    "payment",
    "weakness",
]  # fmt: skip - the page reads these from here too


@dataclass(frozen=True)
class Definition:
    """A figure's definition in one language."""

    name: str
    words: str
    symbols: str
    note: str


def definitions(slugs: Iterable[str], w: Words) -> list[Definition]:
    """The definitions of those figures that the catalogue has."""
    known = (FIGURES[slug] for slug in slugs if slug in FIGURES)
    return [Definition(w.say(f.name), w.say(f.words), f.symbols, w.say(f.note)) for f in known]


def figure_name(slug: str, w: Words) -> str:
    return w.say(FIGURES[slug].name) if slug in FIGURES else slug


def contents(c: ReportContent, w: Words) -> list[tuple[str, str]]:
    """The sections that this page has: id and heading, in order."""
    found = [
        ("findings", w.t("What stands out")), ("key", w.t("Key figures")), ("kept", w.t("Who stays")),
        ("cohorts", w.t("Cohorts")), ("rfm", w.t("Groups of customers (RFM)")),
        ("markets", w.t("Markets side by side")), ("gaps", w.t("Time between purchases")),
        ("money", w.t("Who the money comes from")), ("whatif", w.t("What more retention is worth")),
        ("ahead", w.t("What will happen")),
        ("bridge", w.t("From the files' total to the revenue used")), ("costs", w.t("Margin and costs")),
        ("data", w.t("What was read")), ("quality", w.t("How good the data is")),
        ("people", w.t("Customers to look after")), ("settings", w.t("Definitions used")),
    ]  # fmt: skip
    shown = {
        "rfm": c.rfm.customers, "markets": len(c.markets) > 1, "people": c.people is not None,
        "bridge": c.bridge is not None, "costs": c.costs is not None, "quality": c.quality is not None, "ahead": c.ahead is not None,
    }  # fmt: skip
    return [(name, heading) for name, heading in found if shown.get(name, True)]


def amount(value: Decimal, row: Row, w: Words) -> str:
    """A number in the row's unit."""
    if row.unit == "percent":
        return w.percent(value, 1)
    if row.unit == "money" and row.currency:
        return w.money(value, row.currency)
    if row.unit in ("count", "days"):
        return w.number(value)
    return w.number(value, 2)


def value(row: Row | None, w: Words) -> str:
    return DASH if row is None or row.value is None else amount(row.value, row, w)


def interval(row: Row, w: Words) -> str:
    if row.low is None or row.high is None:
        return DASH
    return between(amount(row.low, row, w), amount(row.high, row, w), w)


def between(low: str, high: str, w: Words) -> str:
    return w.t("{low} to {high}", low=low, high=high)


def few(row: Row) -> bool:
    """Whether a share rests on so few customers that it says little."""
    return row.unit == "percent" and row.denominator is not None and 0 < row.denominator < FEW


def share(part_of: int, whole_of: int, w: Words) -> str:
    return w.percent(Decimal(part_of) / whole_of * 100, 1) if whole_of else DASH


def less(count: int, w: Words) -> str:
    return "\N{MINUS SIGN}" + w.number(count) if count else "0"


def more(count: int, w: Words) -> str:
    return "+" + w.number(count) if count else "0"


def whole(value: Decimal | int | None, w: Words) -> str:
    return DASH if value is None else w.number(value)


def tenths(value: Decimal | None, w: Words) -> str:
    return DASH if value is None else w.number(value, 1)


def cents(value: Decimal | None, currency: str, w: Words) -> str:
    """Money to the currency's own decimals."""
    return DASH if value is None else w.money(value, currency, 2)


def part(value: Decimal | None, w: Words) -> str:
    return DASH if value is None else w.percent(value * 100, 1)


def days(first: date | None, last: date | None, w: Words) -> str:
    return DASH if first is None or last is None else w.period(first, last + timedelta(days=1))


def covered(proposal: WindowProposal, w: Words) -> str:
    return days(proposal.first, proposal.last, w)


def verdict(figure: KeyFigure) -> str:
    """The CSS class of a change: good or bad by the figure's own direction, if it has one."""
    better = FIGURES[figure.slug].better if figure.slug in FIGURES else "neither"
    if better == "neither" or figure.before is None:
        return ""
    before = figure.before.value or Decimal(0)
    moved = (figure.now.value or Decimal(0)) - before
    # What is shown as +0.0 is neither good nor bad.
    shown = moved if figure.now.unit == "percent" or before == 0 else moved / before * 100
    if abs(shown) < Decimal("0.05"):
        return ""
    way = "up" if moved > 0 else "down"
    return f"{way}-{'good' if way == better else 'bad'}"


def money_months(c: ReportContent, w: Words) -> list[tuple[str, bool, list[str]]]:
    """One row a month: its name, whether it is complete, revenue of new, returning and loyal customers."""
    months: dict[tuple[date, date, bool], dict[str, Decimal]] = {}
    for line in c.money:
        months.setdefault((line.start, line.end, line.complete), {})[line.group] = line.revenue
    return [
        (w.period(start, end), complete,
         [w.money(found.get(group, Decimal(0)), c.currency, 0) for group in ("new", "returning", "loyal")])
        for (start, end, complete), found in sorted(months.items())
    ]  # fmt: skip


def bridge_note(line: BridgeLine, w: Words) -> str:
    """A line that is said, not added."""
    name = bridge_step(line, w)
    if line.rows is not None:
        return w.n("{name}: {n} row", "{name}: {n} rows", line.rows, name=name)
    return w.t("{name}: {count}", name=name, count=whole(line.orders, w))


def tax(source: SourceSummary, w: Words) -> str:
    """What was found about tax in a source's prices."""
    found = source.tax
    name = source.source
    known = found.included + found.excluded + found.no_tax
    if not known:
        return w.t("{source}: the files do not say whether prices include tax.", source=name)
    if found.included and not found.excluded:
        return w.t("{source}: prices include tax; it was taken out.", source=name)
    if found.excluded and not found.included:
        return w.t("{source}: prices do not include tax.", source=name)
    if not found.included:
        return w.t("{source}: there is no tax in the files.", source=name)
    return w.t(
        "{source}: prices include tax in {included} orders and do not in {excluded}; it was detected per order.",
        source=name, included=w.number(found.included), excluded=w.number(found.excluded),
    )  # fmt: skip


def said(text: str, w: Words) -> str:
    """What the import says, in this language; a text that has no fixed form stays as it is."""
    if not isinstance(text, Message):
        return w.say(text)
    shown = {name: w.number(v) if isinstance(v, int) else v for name, v in text.values.items()}
    sentence = w.t(text.text, **shown)
    return f"{text.where}: {sentence}" if text.where else sentence


def found(check_found: object, w: Words) -> str:
    """How many orders, customers or days a check found."""
    number = int(getattr(check_found, "found", 0))
    forms = {
        "orders": w.n("{n} order", "{n} orders", number),
        "customers": w.n("{n} customer", "{n} customers", number),
        "days": w.n("{n} day", "{n} days", number),
    }
    return forms.get(str(getattr(check_found, "what", "")), w.number(number))


def with_without(check_found: object, w: Words) -> str:
    """The retention rate as reported, and without what the check found."""
    with_it, without = (
        getattr(check_found, "retention_with", None),
        getattr(check_found, "retention_without", None),
    )
    if with_it is None or without is None:
        return DASH
    return w.t("{first} and {second}", first=w.percent(with_it, 1), second=w.percent(without, 1))
