"""Personas in words: their names by what stands out, how they differ from all others, and how firm it all is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.platform.insights.api import personas
from regulars.platform.web.templatetags.regulars import reader

# Parts of a name: what stands out against everybody else. One with a place takes the name of a category or a channel.
_PARTS: dict[str, str | Promise] = {
    "recency_days.low": gettext_lazy("bought lately"),
    "recency_days.high": gettext_lazy("long away"),
    "orders.high": gettext_lazy("frequent"),
    "orders.low": gettext_lazy("few orders"),
    "gap_days.low": gettext_lazy("short intervals"),
    "gap_days.high": gettext_lazy("long intervals"),
    "average_order_value.high": gettext_lazy("large baskets"),
    "average_order_value.low": gettext_lazy("small baskets"),
    "discounted_share.high": gettext_lazy("buys discounted"),
    "discounted_share.low": gettext_lazy("pays full price"),
    "refunded_share.high": gettext_lazy("sends much back"),
    "refunded_share.low": gettext_lazy("keeps what is bought"),
    "season_share.high": gettext_lazy("before Christmas"),
    "season_share.low": gettext_lazy("outside the season"),
    "weekend_share.high": gettext_lazy("at weekends"),
    "weekend_share.low": gettext_lazy("on weekdays"),
    "category.high": "%(what)s",
    "category.low": gettext_lazy("no %(what)s"),
    "channel.high": gettext_lazy("by %(what)s"),
    "channel.low": gettext_lazy("not by %(what)s"),
}
_TRAITS: dict[str, str | Promise] = {
    "recency_days": gettext_lazy("Days since the last order"),
    "orders": gettext_lazy("Orders"),
    "gap_days": gettext_lazy("Days between orders"),
    "average_order_value": gettext_lazy("Average order"),
    "discounted_share": gettext_lazy("Orders with a discount"),
    "refunded_share": gettext_lazy("Revenue refunded"),
    "season_share": gettext_lazy("Orders in November and December"),
    "weekend_share": gettext_lazy("Orders at weekends"),
    "category": gettext_lazy("Spending on %(what)s"),
    "channel": gettext_lazy("Orders by %(what)s"),
}
# What a portrait answers, in its order: the question, and the facets that answer it.
FACETS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("what", gettext_lazy("What they buy"), ("category", "product")),
    ("when", gettext_lazy("When they order"), ("month", "weekday")),
    ("where", gettext_lazy("Where they are and how they order"), ("market", "country", "channel")),
    ("answers", gettext_lazy("What they answer to"), ("response",)),
)
_RESPONSES: dict[str, str | Promise] = {
    "opened": gettext_lazy("Messages opened"),
    "clicked": gettext_lazy("Messages clicked"),
    "unsubscribed": gettext_lazy("Unsubscribed"),
}
VERY_STABLE, STABLE = 0.85, 0.6  # C. Hennig, Comput. Stat. Data Anal. 52, 2007


def persona_name(one: personas.PersonaInfo) -> str:
    """The name that people gave, else what stood out when the persona was first seen."""
    return one.name if one.given else parts_name(one.parts, one.place) or one.name


def parts_name(parts: Sequence[tuple[str, str | None]], place: int = 0) -> str:
    """'Frequent, bought lately'; with a number where others are called alike."""
    words = ", ".join(
        str(_PARTS[key]) % {"what": of} if of else str(_PARTS[key]) for key, of in parts if key in _PARTS
    )
    words = words or _("like most")
    return words[0].upper() + words[1:] + (f" ({place})" if place else "")


def trait_name(one: personas.Trait) -> str:
    """'Days since the last order'; 'Spending on tea'."""
    text = str(_TRAITS.get(one.name, one.name))
    return text % {"what": one.of} if one.of else text


def trait_value(one: personas.Trait, value: float, currency: str) -> str:
    """A trait's value in its unit."""
    w = reader()
    if one.kind == "share":
        return w.percent(100 * value)
    if one.kind == "money":
        return w.money(Decimal(str(value)), currency) if currency else w.number(value, 2)
    return w.number(value)


def difference_name(one: personas.Difference) -> str:
    """'Orders in November'; 'Spending on tea'."""
    w = reader()
    value = one.value
    match one.facet:
        case "category":
            return _("Spending on %(what)s") % {"what": value}
        case "product":
            return _("Spending on the product %(what)s") % {"what": value}
        case "channel":
            return _("Orders by %(what)s") % {"what": value}
        case "month":
            return _("Orders in %(month)s") % {"month": w.locale.months["stand-alone"]["wide"][int(value)]}
        case "weekday":
            return _("Orders on %(day)s") % {"day": w.locale.days["stand-alone"]["wide"][int(value)]}
        case "market":
            return _("Home market %(place)s") % {"place": w.country(value)}
        case "country":
            return _("Country %(place)s") % {"place": w.country(value)}
    return str(_RESPONSES.get(value, value))


def times(one: personas.Difference) -> str:
    """'1.3 times as much'; where nobody else has it, that."""
    if one.lift is None:
        return _("nobody else")
    return _("%(times)s times") % {"times": reader().number(one.lift, 1)}


def lead(found: personas.Personas) -> str:
    """What the page opens with: how many there are, or plainly that there are none."""
    w = reader()
    if not found.rows:
        return {
            "too_few": _("There are too few customers to look for groups among them: it takes 200 who may be profiled."),
            "all_alike": _("The customers are all alike in what is known of them, so there are no groups."),
        }.get(found.reason, _("There are no groups here: whatever way the customers are divided, another look divides them otherwise."))  # fmt: skip
    values = {"n": w.number(len(found.rows)), "customers": w.number(found.customers)}
    if found.kind == "groups":
        return (
            ngettext(
                "%(customers)s customers are of %(n)s kind.",
                "%(customers)s customers are of %(n)s kinds, each apart from the others.",
                len(found.rows),
            )
            % values
        )
    return _(
        "%(customers)s customers in %(n)s parts. They are not separate groups: customers slide from one to the next, but cut in so many parts, they are cut the same way each time."
    ) % values  # fmt: skip


def stability(value: float) -> tuple[str, str]:
    """How firm a persona is, and the class of its mark."""
    if value >= VERY_STABLE:
        return _("very stable"), "good"
    return (_("stable"), "") if value >= STABLE else (_("not stable"), "warn")
