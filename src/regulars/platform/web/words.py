"""Names of roles and rights, and why something was refused, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.platform.core.api import Reason

ROLE_NAMES: dict[str, Promise] = {
    "administrator": _("Administrator"),
    "manager": _("Manager"),
    "marketing": _("Marketing"),
    "service": _("Service"),
    "analyst": _("Analyst"),
    "reader": _("Read-only"),
}

ROLE_TEXTS: dict[str, Promise] = {
    "administrator": _("Everything, users included."),
    "manager": _(
        "Everything but users: imports data, changes settings, exports and erases persons, reads the audit log."
    ),
    "marketing": _(
        "Figures, customers and their contacts, segments, goals, alerts and reports; downloads lists."
    ),
    "service": _("Figures, customers and their contacts, the work list; exports what is known of a person."),
    "analyst": _(
        "Figures, customers without names and contacts, segments, goals and alerts; downloads lists without contacts."
    ),
    "reader": _("Figures and charts only."),
}

REASONS: dict[Reason, Promise] = {
    "more_than_you_have": _("Nobody can give or take more than they have themselves."),
    "last_administrator": _("This is the last administrator of all markets. Make somebody else one first."),
    "already_here": _("Somebody is registered with this address already."),
    "not_valid": _("This is not valid any more. Nothing was changed."),
    "yourself": _("You cannot deactivate yourself. Another administrator can."),
}
