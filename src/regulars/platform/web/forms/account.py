"""Forms of signing in and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.platform.core import api as core


def languages() -> list[tuple[str, str]]:
    """The languages that may be chosen; the made-up one is for those who build pages."""
    return [(code, name) for code, name in settings.LANGUAGES if settings.DEBUG or code != "ar-xb"]


class SignInForm(AuthenticationForm):
    """E-mail address and password. One sentence for whatever is wrong, so that nobody learns which addresses exist."""

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        address = self.cleaned_data.get("username")
        if address and core.too_many_failures(email=address, now=timezone.now()):
            raise ValidationError("locked", code="locked")
        return super().clean()


class NewPasswordForm(forms.Form):
    """A password that is set, once: it is shown as dots, and may be pasted from a password manager."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy(
            "At least 12 characters. A few words that only you would put together are best."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: core.User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


class ChangePasswordForm(NewPasswordForm):
    """The password in force is asked for too: an open browser is not enough to take an account over."""

    old = forms.CharField(
        label=gettext_lazy("Password so far"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order: tuple[str, ...] = ("old", "password")

    def clean_old(self) -> str:
        return checked_password(self.user, self.cleaned_data["old"])


class ConfirmForm(forms.Form):
    """The password once more, before something that weakens an account."""

    old = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: core.User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        return checked_password(self.user, self.cleaned_data["old"])


class AddressForm(forms.Form):
    """Whose password is to be set anew."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class ProfileForm(forms.Form):
    """Name, language and theme."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages)
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"),
        choices=[
            ("auto", gettext_lazy("As the device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )


class NewUserForm(NewPasswordForm):
    """Who joins: a name and a password; the address stands in the invitation."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order: tuple[str, ...] = ("name", "password")


class FirstUserForm(NewUserForm):
    """The first administrator."""

    token = forms.CharField(
        label=gettext_lazy("Setup code"),
        max_length=40,
        help_text=gettext_lazy("The code that `regulars up` printed when it started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages)
    field_order: tuple[str, ...] = ("token", "name", "email", "password", "language")


def checked_password(user: core.User | None, given: str) -> str:
    """The password, where it is the user's. Raises ValidationError otherwise, and slows down who tries many."""
    if user is None or core.too_many_failures(email=user.email, now=timezone.now()):
        raise ValidationError(
            _("There were too many wrong passwords for this account. Try again in an hour.")
        )
    if not user.check_password(given):
        core.record(user=None, action="sign_in.failed", object=f"user:{user.pk}")
        raise ValidationError(_("This is not your password."))
    return given
