"""The left side: what may be opened, in the order of UI.md."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.platform.core.api import Right, User


@dataclass(frozen=True)
class Place:
    """One entry. `url` is an address's name; `group` separates what one looks at from what one sets."""

    url: str
    label: str | Promise
    icon: str
    right: Right
    group: str = "look"


@dataclass(frozen=True)
class Shown:
    """An entry as the page shows it."""

    place: Place
    address: str
    here: bool
    new_group: bool


PLACES: tuple[Place, ...] = (
    Place("today", _("Today"), "today", "people.see"),
    Place("overview", _("Overview"), "overview", "figures.see"),
    Place("retention", _("Retention"), "retention", "figures.see"),
    Place("customers", _("Customers"), "customers", "people.see"),
    Place("segments", _("Segments"), "segments", "people.see"),
    Place("personas", _("Personas"), "personas", "figures.see"),
    Place("products", _("Products"), "products", "figures.see"),
    Place("markets", _("Markets"), "markets", "figures.see"),
    Place("goals", _("Goals"), "goals", "figures.see", "act"),
    Place("alerts", _("Alerts"), "alerts", "figures.see", "act"),
    Place("reports", _("Reports"), "reports", "figures.see", "act"),
    Place("experiments", _("Experiments"), "experiments", "people.see", "act"),
    Place("data", _("Data"), "data", "data.see", "set"),
    Place("figures", _("Figures"), "figures", "figures.see", "set"),
    Place("settings", _("Settings"), "settings", "settings.change", "set"),
    Place("users", _("Users"), "users", "users.manage", "set"),
    Place("audit", _("Audit log"), "audit", "audit.see", "set"),
)


def shown_to(user: User, path: str) -> list[Shown]:
    """The entries that a user may open; the one whose address the path begins with is marked."""
    shown: list[Shown] = []
    group = ""
    for place in PLACES:
        if not user.may(place.right):
            continue
        try:
            address = reverse(place.url)
        except NoReverseMatch:
            continue
        here = path == address or (address != "/" and path.startswith(address))
        shown.append(Shown(place, address, here, bool(shown) and place.group != group))
        group = place.group
    return shown
