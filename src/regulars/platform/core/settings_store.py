"""Settings that people change on a page, such as the company's name. What changes figures stands in the lake instead."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.db import transaction

from regulars.platform import config
from regulars.platform.core import audit
from regulars.platform.core.models import Setting, User

# Name and default of every setting; docs/platform/settings.md names them all.
DEFAULTS: dict[str, Any] = {
    "company": "",
    "language": "en",          # of mails to those whose language is not known
    "two_factor": "optional",  # optional, or required for everyone
    "keep_uploads_days": config.KEEP_DAYS.whole(),
    # What is never recommended: product codes, categories, what was not sold for so many days (0: no limit), and
    # whether a market is offered only what was sold in it.
    "recommend_never_products": [],
    "recommend_never_categories": [],
    "recommend_sold_within_days": 180,
    "recommend_own_market": False,
}  # fmt: skip


# All settings, read together once a request; None outside of one, where each is read when it is asked for.
READ: ContextVar[dict[str, Any] | None] = ContextVar("settings", default=None)


def get(name: str) -> Any:
    """A setting's value, or its default. Raises KeyError for a name that is not declared."""
    default = DEFAULTS[name]
    values = READ.get()
    if values is None:
        found = Setting.objects.filter(pk=name).first()
        return default if found is None else found.value
    if not values:
        values |= DEFAULTS | dict(Setting.objects.filter(pk__in=DEFAULTS).values_list("name", "value"))
    return values[name]


def put(name: str, value: Any) -> None:
    """Set a setting. Raises KeyError for a name that is not declared."""
    _ = DEFAULTS[name]
    Setting.objects.update_or_create(name=name, defaults={"value": value})
    if (values := READ.get()) is not None:
        values.clear()


def change(*, by: User, values: dict[str, Any]) -> list[str]:
    """Set what differs, and write down from what to what. Returns the names that changed."""
    names = [name for name, value in values.items() if get(name) != value]
    with transaction.atomic():
        for name in names:
            audit.record(user=by, action="settings.changed", object=name, old=get(name), new=values[name])
            put(name, values[name])
    return names
