"""Forms of users and invitations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.core import api as core
from regulars.platform.web.forms.account import languages
from regulars.platform.web.words import ROLE_NAMES

_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")


class RoleForm(forms.Form):
    """A role, and the markets that it is limited to. Only what `by` may grant can be chosen."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    markets = forms.CharField(
        label=gettext_lazy("Only these markets"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Codes with commas between them, such as DE, NO. Empty: all markets."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, by: core.User, known_markets: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(by.markets or known_markets)
        grantable = [
            role
            for role in core.ROLES
            if core.may_grant(role=by.role, markets=by.markets, new_role=role, new_markets=by.markets)
        ]
        choices: Any = self.fields["role"]
        choices.choices = [(role, ROLE_NAMES[role]) for role in reversed(grantable)]
        if self.known:
            self.fields["markets"].help_text = _(
                "Codes with commas between them. Empty: all markets. Known: %(codes)s."
            ) % {"codes": ", ".join(self.known)}

    def clean_markets(self) -> list[str]:
        codes = [code.strip() for code in str(self.cleaned_data["markets"]).split(",") if code.strip()]
        by_lower = {code.lower(): code for code in self.known}
        for code in codes:
            if not _CODE.fullmatch(code) or (self.known and code.lower() not in by_lower):
                raise ValidationError(_("There is no market %(code)s.") % {"code": code})
        return sorted({by_lower.get(code.lower(), code.upper()) for code in codes})


class InvitationForm(RoleForm):
    """Whom to ask to join."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=languages)
    field_order: tuple[str, ...] = ("email", "role", "markets", "language")
