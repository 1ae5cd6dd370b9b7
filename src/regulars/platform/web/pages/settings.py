"""Settings of the site: company, second factor, how long files are kept; and how figures are defined."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError
from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.intake import api as intake
from regulars.platform.web.consequences import consequences
from regulars.platform.web.forms.settings import DefinitionsForm, MarketForms, SiteForm, market_values
from regulars.platform.web.guard import Request, page

_SITE = ("company", "language", "two_factor", "keep_uploads_days")
_FIELDS = ("window_days", "currency", "zone", "include_tax", "include_shipping", "one_email_is_one_customer")


@page("settings.change")
@require_GET
def settings(request: Request) -> HttpResponse:
    return _page(request)


@page("settings.change")
@require_POST
def change_site(request: Request) -> HttpResponse:
    """Company, language, second factor, how long files are kept."""
    _needs_all_markets(request)
    form = SiteForm(request.POST)
    if not form.is_valid():
        return _page(request, site=form)
    core.change_settings(by=request.user, values=form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("settings")


@page("settings.change")
@require_POST
def change_definitions(request: Request) -> HttpResponse:
    """First said what the change will do, then, once that was read, the change as a job."""
    _needs_all_markets(request)
    form, markets = DefinitionsForm(request.POST), MarketForms(request.POST, prefix="markets")
    if not (form.is_valid() and markets.is_valid()):
        return _page(request, form=form, markets=markets)
    changes = {**form.cleaned_data, "markets": markets.plain()}
    try:
        different = intake.differences(changes=changes)
    except InputError as error:  # what the forms do not know
        form.add_error(None, str(error))
        return _page(request, form=form, markets=markets)
    if not different:
        messages.info(request, _("Nothing was changed: the definitions are like this already."))
        return redirect("settings")
    if "agreed" not in request.POST:
        posted = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
        said = consequences(intake.definitions(), different)
        return render(request, "settings/preview.html", {"said": said, "posted": posted})
    intake.change_definitions(by=request.user, changes=different)
    return redirect("settings")


def _needs_all_markets(request: Request) -> None:
    """Settings concern every market: somebody who sees some of them only does not change them."""
    if request.user.markets:
        raise PermissionDenied


def _page(
    request: Request, *, site: SiteForm | None = None, form: Any = None, markets: Any = None
) -> HttpResponse:
    """The settings; forms that were filled in wrongly come with what is wrong."""
    definitions, snapshot, wrong = intake.definitions(), insights.current(), bool(site or form)
    form = form or DefinitionsForm(initial={name: getattr(definitions, name) for name in _FIELDS})
    _say_what_is_proposed(form, snapshot)
    context = {
        "site": site or SiteForm(initial={name: core.get_setting(name) for name in _SITE}),
        "form": form,
        "markets": markets or MarketForms(initial=market_values(definitions), prefix="markets"),
        "snapshot": snapshot,
        "job": intake.changing(),
        "zones": sorted(available_timezones()),
        "may_change": not request.user.markets,
        "by_hand": _by_hand(definitions),
    }
    return render(request, "settings/settings.html", context, status=422 if wrong else 200)


def _say_what_is_proposed(form: DefinitionsForm, snapshot: insights.SnapshotInfo | None) -> None:
    """What an empty field means, with what it means at present where that is known."""
    window, currency = (
        _("Empty: proposed from how often customers order."),
        _("Empty: the one that most orders are in."),
    )
    if snapshot and not snapshot.empty:
        window = ngettext(
            "Empty: proposed from how often customers order. At present it is %(days)s day.",
            "Empty: proposed from how often customers order. At present it is %(days)s days.",
            snapshot.window_days,
        ) % {"days": snapshot.window_days}
        currency = _("Empty: the one that most orders are in. At present it is %(currency)s.") % {
            "currency": snapshot.currency
        }
    form.fields["window_days"].help_text = window
    form.fields["currency"].help_text = currency


def _by_hand(definitions: Definitions) -> list[str]:
    """Names of the definitions that differ from their defaults and stand in the lake's file only."""
    plain = Definitions()
    names = (
        "basis",
        "include_adjustments",
        "payment_rules",
        "margin",
        "coverage",
        "house_accounts",
        "lifespan_cap_years",
    )
    return [name for name in names if getattr(definitions, name) != getattr(plain, name)]


urls = [
    path("settings", settings, name="settings"),
    path("settings/site", change_site, name="change-settings"),
    path("settings/definitions", change_definitions, name="change-definitions"),
]
