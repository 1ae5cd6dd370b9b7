"""What a job says while it works, and what to do about its errors, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.platform.core.api import DATABASE_AWAY, DISK_FULL
from regulars.platform.web.pages.data_words import table_name


def step(text: str) -> str:
    """What a job says that it is doing, in the reader's language; what is not known stays as it was said."""
    known = {
        "finding customers": _("Finding the customers"),
        DISK_FULL: _(DISK_FULL) + " " + _("It is tried again by itself."),
        DATABASE_AWAY: _(DATABASE_AWAY) + " " + _("It is tried again by itself."),
        "settling amounts, markets and days": _("Settling amounts, markets and days"),
        "taking over the customers' numbers": _("Taking over the customers' numbers"),
        "taking back what a broken-off import left behind": _(
            "Taking back what a broken-off import left behind"
        ),
    }
    if text in known:
        return known[text]
    if text.startswith("reading "):
        return _("Reading: %(table)s") % {"table": table_name(text.removeprefix("reading "))}
    if text.startswith("opening "):
        return _("Opening %(file)s") % {"file": text.removeprefix("opening ")}
    if text.startswith("waiting for "):
        return _("Waiting for another import to end")
    return text


def next_step(error: dict[str, str] | None) -> str:
    """What to do about an error, where the advice is not one for the command line."""
    advice = (error or {}).get("do", "")
    return "" if "--" in advice or "docs/" in advice else advice
