"""The tabs of the overview."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.platform.web.asked import Asked, address


def overview_tabs(asked: Asked, here: str) -> list[tuple[str, str, bool]]:
    """Address, name and whether it is the page that is open. Who is limited to markets has no bridge: it is about
    documents of all of them."""
    names = {"overview": _("Key figures"), "money": _("Who the money comes from")}
    if asked.reach.markets is None:
        names["bridge"] = _("From the files to the revenue")
    return [(address(name, asked.scope.query()), label, name == here) for name, label in names.items()]
