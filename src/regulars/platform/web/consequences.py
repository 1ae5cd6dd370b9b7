"""What a change of definitions will do, said before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kernel.definitions import Definitions
from regulars.platform.core import api as core
from regulars.platform.intake import api as intake


def consequences(old: Definitions, changes: Mapping[str, Any]) -> list[str]:
    """One sentence for each of `changes` (as `intake.differences` gives them), then what it means for figures and facts."""
    said = [sentence for name, value in changes.items() for sentence in _sentences(old, name, value)]
    if intake.facts_are_rewritten(names=changes):
        said.append(
            _(
                "The market and the local day of every order are written anew. With millions of orders this takes minutes."
            )
        )
    said.append(
        _(
            "All figures of all periods are computed anew. Until that is done, pages show the figures as they are now."
        )
    )
    said.append(_("Nothing is lost: the definitions so far are kept, and can be set again."))
    return said


def _sentences(old: Definitions, name: str, value: Any) -> Iterator[str]:
    if name == "markets":
        yield from _markets(old, value)
    elif name == "window_days":
        yield _window(value)
    elif name == "currency" and value is None:
        yield _("The reporting currency is the one that most orders are in.")
    elif name == "currency":
        yield _(
            "Amounts are reported in %(currency)s; those in other currencies are converted at the rate of their day."
        ) % {"currency": value}
    elif name == "zone":
        yield _("Where no zone is known of a market, days begin and end as in %(zone)s.") % {"zone": value}
    else:
        yield _flag(name, on=bool(value))


def _window(days: int | None) -> str:
    if days is None:
        return _("The days after which a customer has left are proposed from the data.")
    return ngettext(
        "A customer has left after %(days)s day without an order.",
        "A customer has left after %(days)s days without an order.",
        days,
    ) % {"days": days}


def _flag(name: str, *, on: bool) -> str:
    sentences = {
        ("include_tax", True): _("Revenue includes tax, in the past too."),
        ("include_tax", False): _("Revenue is without tax, in the past too."),
        ("include_shipping", True): _("Revenue includes shipping, in the past too."),
        ("include_shipping", False): _("Revenue is without shipping, in the past too."),
        ("one_email_is_one_customer", True): _(
            "From the next import on, orders with the same e-mail address are one customer's. Who was imported before stays as they are."
        ),
        ("one_email_is_one_customer", False): _(
            "From the next import on, each shop's customer number is a customer of its own. Who was imported before stays as they are."
        ),
    }
    return sentences[name, on]


def _markets(old: Definitions, markets: list[dict[str, Any]]) -> Iterator[str]:
    for market in markets:
        yield _("The market %(code)s holds %(countries)s; its days begin and end as in %(zone)s.") % {
            **market, "countries": ", ".join(market["countries"])
        }  # fmt: skip
    left = {market["code"] for market in markets}
    for gone in (market for market in old.markets if market.code not in left):
        yield _("The market %(code)s goes; its countries are markets of their own again.") % {
            "code": gone.code
        }
    grouped = {country for market in markets for country in market["countries"]} - left
    lost = grouped | {market.code for market in old.markets} - left
    limited = sum(1 for user in core.people() if user.is_active and lost & set(user.markets))
    if limited:
        yield ngettext(
            "%(count)s user is limited to a market that will not be there any more, and would see nothing of it.",
            "%(count)s users are limited to markets that will not be there any more, and would see nothing of them.",
            limited,
        ) % {"count": limited}
