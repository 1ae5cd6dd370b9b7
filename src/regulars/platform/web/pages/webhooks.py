"""Webhooks: where alerts are sent beside people, and what became of each message. Their addresses belong to alerts."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.kernel.errors import InputError
from regulars.platform.insights.api import alerts as door
from regulars.platform.web.forms.goals import WebhookForm
from regulars.platform.web.guard import Request, page


@page("settings.change")
@require_http_methods(["GET", "POST"])
def webhooks(request: Request) -> HttpResponse:
    """Addresses, their messages, and a form for a new one. A secret is shown in the answer that makes it, never again."""
    _needs_all_markets(request)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _number, secret = door.add_webhook(
                by=request.user, name=form.cleaned_data["name"], url=form.cleaned_data["url"]
            )
            form = WebhookForm()
        except InputError:
            form.add_error(
                "url", _("This address cannot be called. Give an https address of the open internet.")
            )
    return _shown(request, form, secret)


def _needs_all_markets(request: Request) -> None:
    """An address takes the alerts of every market: see the settings."""
    if request.user.markets:
        raise PermissionDenied


def _shown(request: Request, form: WebhookForm, secret: str = "") -> HttpResponse:
    context = {"form": form, "secret": secret, "webhooks": door.webhooks(), "deliveries": door.deliveries()}
    return render(request, "alerts/webhooks.html", context)


@page("settings.change")
@require_POST
def act(request: Request, number: int) -> HttpResponse:
    """Switch an address on or off, give it a new secret, try it, or put it away."""
    _needs_all_markets(request)
    what = request.POST.get("what")
    try:
        if what == "secret":
            return _shown(request, WebhookForm(), door.fresh_secret(by=request.user, number=number))
        if what == "try":
            door.try_webhook(by=request.user, number=number)
            messages.success(request, _("A message was sent. What became of it stands below in a moment."))
        elif what in ("on", "off"):
            door.switch_webhook(by=request.user, number=number, on=what == "on")
        elif what == "remove":
            door.remove_webhook(by=request.user, number=number)
    except InputError:
        messages.error(request, _("This webhook is not there any more."))
    return redirect("webhooks")


@page("settings.change")
@require_POST
def again(request: Request, number: int) -> HttpResponse:
    """Send a message that failed once more."""
    _needs_all_markets(request)
    door.replay(by=request.user, number=number)
    return redirect("webhooks")


urls = [
    path("alerts/webhooks", webhooks, name="webhooks"),
    path("alerts/webhooks/<int:number>", act, name="change-webhook"),
    path("alerts/deliveries/<int:number>", again, name="replay-delivery"),
]
