"""What a customer agreed to, in words: a line a channel."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.customers.api import Statement
from regulars.platform.web.templatetags.regulars import reader

CHANNELS = {
    "email": gettext_lazy("E-mail"),
    "sms": gettext_lazy("Text message"),
    "phone": gettext_lazy("Telephone"),
    "post": gettext_lazy("Post"),
}


def consent_lines(consents: Mapping[str, Statement]) -> list[tuple[str, str]]:
    """(channel, 'Granted on 5 May 2026 (shop).'), e-mail first; e-mail always, whatever is known."""
    channels = [name for name in CHANNELS if name == "email" or name in consents]
    return [(str(CHANNELS[name]), _sentence(consents.get(name))) for name in channels]


def _sentence(one: Statement | None) -> str:
    if one is None:
        return _("Unknown: nobody has said anything.")
    known = one.at is not None and one.at <= one.recorded
    day = reader().day(timezone.localtime(one.at if known and one.at else one.recorded).date())
    values = {"day": day, "source": one.source}
    if known:
        return {
            "granted": _("Granted on %(day)s (%(source)s)."),
            "denied": _("Refused on %(day)s (%(source)s)."),
            "revoked": _("Revoked on %(day)s (%(source)s)."),
        }[one.status] % values
    return {
        "granted": _("Granted before %(day)s; %(source)s does not say when."),
        "denied": _("Refused before %(day)s; %(source)s does not say when."),
        "revoked": _("Revoked before %(day)s; %(source)s does not say when."),
    }[one.status] % values
