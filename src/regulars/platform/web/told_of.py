"""Mail to somebody whose way in was changed: where it was not they themselves, they learn of it.

Callers have one transaction around the change and the mail: neither is without the other.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regulars.platform.core import api as core


def password_changed(user: core.User) -> None:
    _tell(user, "password", lambda: _("Your password for Regulars was changed."))


def second_factor_on(user: core.User) -> None:
    _tell(user, "on", lambda: _("A second factor was set up for your sign-in to Regulars."))


def second_factor_off(user: core.User) -> None:
    _tell(user, "off", lambda: _("The second factor of your sign-in to Regulars was removed."))


def recovery_codes_new(user: core.User) -> None:
    """Tell a user by mail that the earlier codes are void."""
    _tell(
        user,
        "codes",
        lambda: _("New recovery codes for your sign-in to Regulars were made; the earlier ones are void."),
    )


def _tell(user: core.User, what: str, said: Callable[[], str]) -> None:
    """One mail a minute at most, in the user's language; none where no mail server is set."""
    if not core.mail_is_sent():
        return
    minute = int(timezone.now().timestamp()) // 60
    with translation.override(user.language):
        advice = _("If it was you, you need do nothing. If not, tell an administrator of Regulars at once.")
        core.send_mail(
            cause=f"credentials:{user.pk}:{what}:{minute}", to=user.email,
            subject=_("Your sign-in to Regulars was changed"), text=f"{said()}\n\n{advice}",
        )  # fmt: skip
