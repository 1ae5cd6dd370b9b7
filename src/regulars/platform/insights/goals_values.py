"""Figures, scopes and values in the words of the language in force; for goals and alerts, on pages and in mails."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.charts import Words
from regulars.metrics import FIGURES
from regulars.metrics.figures import Figure
from regulars.report.texts import LANGUAGES, words

GRAINS = ("month", "quarter", "year")
_ORDERS = frozenset({"aov", "aov_net"})


def own_words() -> Words:
    """Formats and figures' names of the language in force."""
    language = get_language() or "en"
    return words(language if language in LANGUAGES else "en")


def watchable() -> dict[str, Figure]:
    """The figures that can be a goal or be watched: one value a period, and one way is better."""
    return {
        slug: figure
        for slug, figure in FIGURES.items()
        if figure.better != "neither" and not any(family.own for family in figure.families)
    }


def figure_name(slug: str) -> str:
    return own_words().say(FIGURES[slug].name)


def is_share(slug: str) -> bool:
    """Whether it lies between 0 and 100: customers of customers, not growth and not money."""
    return FIGURES[slug].unit == "percent" and FIGURES[slug].interval is not None


def is_amount(slug: str) -> bool:
    """Whether it is a sum or a count that is compared as a ratio."""
    return FIGURES[slug].unit in ("money", "count")


def value(slug: str, number: Decimal | None, currency: str = "") -> str:
    """A value with its unit."""
    if number is None:
        return "\N{EN DASH}"
    w, unit = own_words(), FIGURES[slug].unit
    if unit == "percent":
        return w.percent(number, 1)
    if unit == "money" and currency:
        return w.money(number, currency)
    if unit == "days":
        days = round(number)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": w.number(number)}
    if unit == "years":
        return _("%(years)s years") % {"years": w.number(number, 1)}
    return w.number(number, 0 if unit in ("count", "money") else 2)


def difference(slug: str, number: Decimal, currency: str = "") -> str:
    """How far two values lie apart, without a sign: '7.1 points', '€4.10'."""
    if FIGURES[slug].unit != "percent":
        return value(slug, abs(number), currency)
    text = own_words().number(abs(number), 1)
    return ngettext("%(points)s point", "%(points)s points", 1 if abs(number) == 1 else 2) % {"points": text}


def unit_of(slug: str, currency: str) -> str:
    """What a figure is counted in, beside a field: 'points', 'EUR', 'customers' ..."""
    unit = FIGURES[slug].unit
    named = {"percent": _("points"), "money": currency, "days": _("days"), "years": _("years")}
    return named.get(unit, _("units of the figure"))


def scope(market: str, segment: str) -> str:
    """Whom it is about: 'all customers', 'Germany', 'VIP', 'VIP, Germany'."""
    place = own_words().country(market) if market else ""
    return ", ".join(part for part in (segment, place) if part) or _("all customers")


def grain_word(grain: str) -> str:
    return {"month": _("by month"), "quarter": _("by quarter"), "year": _("by year")}[grain]


def period(start: date, end: date) -> str:
    return own_words().period(start, end)


def money(amount: Decimal, currency: str) -> str:
    return own_words().money(abs(amount), currency) if currency else own_words().number(abs(amount))


def per_order(slug: str) -> bool:
    return slug in _ORDERS
