"""What an installation still lacks until figures can be seen: pages without data show it in place of an empty table."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.intake import api as intake


@dataclass(frozen=True)
class Step:
    """One step. `address` is where it is taken, None where this user may not take it."""

    title: str
    text: str
    done: bool
    address: str | None
    button: str


def steps(user: User) -> list[Step] | None:
    """The steps, to be shown with `first/steps.html`; None once figures are there."""
    snapshot = insights.current()
    if snapshot is not None and not snapshot.empty:
        return None
    imported = _facts_are_there()
    return [
        Step(_("Make the first user"), _("Done: you are signed in."), True, None, ""),
        Step(
            _("Bring data"),
            _(
                "An export of orders is enough: order number, day, customer and amount. CSV, Excel, Parquet or JSON lines."
            )
            if user.may("data.import")
            else _("Somebody with the right to import brings the first export of orders."),
            imported,
            _where_to_bring() if user.may("data.import") else None,
            _("Bring data"),
        ),
        Step(
            _("See figures"),
            _("The figures are being computed. This page shows them as soon as they are there.")
            if imported
            else _("Figures are computed by themselves after the first import."),
            False,
            None,
            "",
        ),
    ]


def _facts_are_there() -> bool:
    lake = intake.lake()
    return lake is not None and bool(lake.coverage())


def _where_to_bring() -> str:
    """The form; where an import is under way the list of imports, since it may wait for somebody to agree."""
    return reverse("data" if intake.running() else "data-new")
