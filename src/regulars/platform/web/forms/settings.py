"""Forms of the settings page: the site, and how figures are defined."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kernel.definitions import Definitions
from regulars.platform.web.forms.account import languages

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_ZONE = {**_PLAIN, "list": "zones"}


class SiteForm(forms.Form):
    """What concerns the site as a whole and no figure."""

    company = forms.CharField(
        label=gettext_lazy("Name of the company"), required=False, max_length=80,
        help_text=gettext_lazy("Stands at the top of every page and in reports."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("Language of mail"), choices=languages,
        help_text=gettext_lazy("For those whose own language is not known."),
    )  # fmt: skip
    two_factor = forms.ChoiceField(
        label=gettext_lazy("Second factor"),
        choices=[
            ("optional", gettext_lazy("Everybody decides for themselves")),
            ("required", gettext_lazy("Required for everybody")),
        ],
        help_text=gettext_lazy("Required: who has none sets one up at the next click."),
    )
    keep_uploads_days = forms.IntegerField(
        label=gettext_lazy("Days until uploads, rejects and downloads are deleted"), min_value=1, max_value=365,
    )  # fmt: skip


class DefinitionsForm(forms.Form):
    """How figures are defined; what is left empty is proposed from the data."""

    window_days = forms.IntegerField(
        label=gettext_lazy("Days without an order after which a customer has left"), required=False,
        min_value=7, max_value=3_650,
    )  # fmt: skip
    currency = forms.CharField(
        label=gettext_lazy("Reporting currency"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone where none is known of a market"), widget=forms.TextInput(attrs=_ZONE)
    )
    include_tax = forms.BooleanField(label=gettext_lazy("Revenue includes tax"), required=False)
    include_shipping = forms.BooleanField(label=gettext_lazy("Revenue includes shipping"), required=False)
    one_email_is_one_customer = forms.BooleanField(
        label=gettext_lazy("One e-mail address is one customer"), required=False,
        help_text=gettext_lazy("Off: each shop's customer number is a customer of its own."),
    )  # fmt: skip

    def clean_currency(self) -> str | None:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and code not in list_currencies():
            raise ValidationError(_("There is no such currency. Give its three letters, such as EUR."))
        return code or None

    def clean_zone(self) -> str:
        return _zone(self.cleaned_data["zone"])


class MarketForm(forms.Form):
    """One market: a name and its countries."""

    code = forms.CharField(label=gettext_lazy("Market"), max_length=20, widget=forms.TextInput(attrs=_PLAIN))
    countries = forms.CharField(
        label=gettext_lazy("Countries"), max_length=800, widget=forms.TextInput(attrs=_PLAIN)
    )
    zone = forms.CharField(label=gettext_lazy("Time zone"), widget=forms.TextInput(attrs=_ZONE))

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if not code.replace("-", "").replace("_", "").isalnum() or not code.isascii():
            raise ValidationError(_("Only letters, digits, - and _ are possible."))
        return code

    def clean_countries(self) -> list[str]:
        codes = [
            code.strip().upper() for code in str(self.cleaned_data["countries"]).split(",") if code.strip()
        ]
        for code in codes:
            if code not in get_global("territory_currencies"):
                raise ValidationError(_("There is no country %(code)s.") % {"code": code})
        return codes

    def clean_zone(self) -> str:
        return _zone(self.cleaned_data["zone"])


class _Markets(BaseFormSet):  # type: ignore[type-arg]
    """All markets: no name and no country twice. A row that was emptied is a market that goes."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}

    def clean(self) -> None:
        names: set[str] = set()
        taken: dict[str, str] = {}
        for plain in self.plain() if not any(self.errors) else []:
            if plain["code"] in names:
                raise ValidationError(_("The market %(code)s is there twice.") % plain)
            names.add(plain["code"])
            for country in plain["countries"]:
                if country in taken:
                    both = {"country": country, "first": taken[country], "second": plain["code"]}
                    raise ValidationError(
                        _("%(country)s is in two markets: %(first)s and %(second)s.") % both
                    )
                taken[country] = plain["code"]

    def plain(self) -> list[dict[str, Any]]:
        """The markets that are left, as plain values."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("code")]


MarketForms: Any = formset_factory(MarketForm, formset=_Markets, extra=2, max_num=60, absolute_max=62)


def market_values(definitions: Definitions) -> list[dict[str, str]]:
    """The markets in force as the form shows them."""
    return [
        {"code": market.code, "countries": ", ".join(market.countries), "zone": market.zone}
        for market in definitions.markets
    ]


def _zone(name: str) -> str:
    if name.strip() not in available_timezones():
        raise ValidationError(_("There is no such time zone. Give one such as Europe/Oslo."))
    return name.strip()
