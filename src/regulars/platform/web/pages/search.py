"""Search in the head of every page: customers, orders by number, figures, pages. What is typed never stands in an address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.metrics.catalogue import FIGURES
from regulars.platform.core.api import Right, User
from regulars.platform.customers import api as customers
from regulars.platform.customers.api import Found
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.web.customer_facts import orders_numbered
from regulars.platform.web.guard import Request, page
from regulars.platform.web.navigation import shown_to
from regulars.platform.web.people import called
from regulars.platform.web.templatetags.regulars import reader

_LIMIT = 8
_LOOKED_AT = 200
_FEW = 5
_ORDER_NUMBER = re.compile(r"#[^\s@]{1,60}|(?=\S*\d)[^\s@]{3,60}")

# Pages that stand within others: address, query, what they are called, the right that they take.
_WITHIN: tuple[tuple[str, str, Promise, Right], ...] = (
    ("retention", "?tab=cohorts", gettext_lazy("Cohorts"), "figures.see"),
    ("retention", "?tab=gaps", gettext_lazy("Time between purchases"), "figures.see"),
    ("retention", "?tab=worth", gettext_lazy("What more retention is worth"), "figures.see"),
    ("money", "", gettext_lazy("Who the money comes from"), "figures.see"),
    ("bridge", "", gettext_lazy("From the files to the revenue"), "figures.see"),
    ("groups", "", gettext_lazy("Groups of customers (RFM)"), "figures.see"),
    ("data-quality", "", gettext_lazy("Quality of the data"), "data.see"),
)


@dataclass(frozen=True)
class Hit:
    """One line: where it leads, what it says, and what stands beside it."""

    address: str
    label: str
    beside: str = ""


@dataclass
class Results:
    """What was found, by group; a group without hits is not shown."""

    customers: list[Hit] = field(default_factory=list)
    orders: list[Hit] = field(default_factory=list)
    segments: list[Hit] = field(default_factory=list)
    figures: list[Hit] = field(default_factory=list)
    pages: list[Hit] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.customers, self.orders, self.segments, self.figures, self.pages))


@page()
@require_POST
def search(request: Request) -> HttpResponse:
    """What was found, as a page or as the part below the field."""
    text = request.POST.get("q", "").replace("\x00", "").strip()[:200]
    found = Results()
    if text:
        found = _find(request.user, text)
    values = {"found": found, "text": text}
    whole = not request.headers.get("HX-Request")
    return render(request, "search/page.html" if whole else "search/found.html", values)


def _find(user: User, text: str) -> Results:
    found = Results(pages=_pages(user, text))
    if user.may("figures.see"):
        found.figures = _figures(text)
    if user.may("people.see"):
        found.customers = _customers(user, text)
        found.segments = _segments(text)
        found.orders = _orders(user, text)
    return found


def _customers(user: User, text: str) -> list[Hit]:
    # Whoever sees some markets only is shown the best of those, however many stand before them elsewhere.
    limit = _LIMIT if user.reach.markets is None else _LOOKED_AT
    people = customers.search(text, limit=limit, may_see_contacts=user.may("contacts.see"))
    if people and user.reach.markets is not None:
        people = _within_reach(user, people)[:_LIMIT]
    return [
        Hit(
            reverse("customer", args=[one.key]),
            one.name or one.email or one.phone or called(one.number),
            one.email if one.name else "",
        )
        for one in people
    ]


def _within_reach(user: User, people: list[Found]) -> list[Found]:
    """Those whose home is a market of the user's; nobody where that cannot be said now."""
    try:
        with insights.asking() as analysis:
            known = insights.listed(analysis, [one.number for one in people])
    except (NothingYet, TooSlow):
        return []
    return [one for one in people if one.number in known and user.reach.allows(known[one.number].market)]


def _orders(user: User, text: str) -> list[Hit]:
    if not _ORDER_NUMBER.fullmatch(text):
        return []
    try:
        with insights.asking() as analysis:
            orders = orders_numbered(analysis, text.removeprefix("#"), limit=_FEW)
    except (NothingYet, TooSlow):
        return []
    shown = [order for order in orders if user.reach.markets is None or user.reach.allows(order.market)]
    keys = customers.key_of({customers.current(order.customer) for order in shown})
    hits = []
    for order in shown:
        key = keys.get(customers.current(order.customer))
        if key is not None:
            label = _("Order %(number)s") % {"number": order.order}
            hits.append(
                Hit(reverse("customer", args=[key]), label, reader().day(order.day) if order.day else "")
            )
    return hits


def _segments(text: str) -> list[Hit]:
    named = insights.segments.choices(text=text, limit=_FEW) if len(text) > 1 else []
    return [Hit(reverse("segment", args=[slug]), name) for _number, slug, name in named]


def _figures(text: str) -> list[Hit]:
    wanted, say = text.casefold(), reader().say
    named = [(say(one.name), slug) for slug, one in FIGURES.items()]
    # Where a word begins with it: 'an' is in half of all names.
    begins = re.compile(rf"\b{re.escape(wanted)}")
    found = [
        (name, slug) for name, slug in named if begins.search(f"{name} {slug.replace('_', ' ')}".casefold())
    ]
    found.sort(key=lambda one: (not one[0].casefold().startswith(wanted), one[0]))
    return [Hit(reverse("figure", args=[slug]), name) for name, slug in found[:_FEW]] if len(text) > 1 else []


def _pages(user: User, text: str) -> list[Hit]:
    wanted = text.casefold()
    found = [
        Hit(shown.address, str(shown.place.label))
        for shown in shown_to(user, "")
        if str(shown.place.label).casefold().startswith(wanted)
    ]
    begins = re.compile(rf"\b{re.escape(wanted)}")
    found += [
        Hit(reverse(name) + query, str(label))
        for name, query, label, right in _WITHIN
        if len(text) > 1 and user.may(right) and begins.search(str(label).casefold())
    ]
    return found


urls = [path("search", search, name="search")]
