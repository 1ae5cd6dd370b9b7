"""Writing down what a customer says about marketing, on the customer's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.kernel.errors import InputError
from regulars.platform.customers import api as customers
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.customer import within_reach


@page("worklist.change")
@require_POST
def consent(request: Request, key: str) -> HttpResponse:
    """Record that a customer grants or revokes marketing consent of a channel, now."""
    known = within_reach(request, key)
    channel, status = request.POST.get("channel", ""), request.POST.get("status", "")
    try:
        customers.write_down(numbers=known.numbers, channel=channel, status=status, by=request.user)
    except InputError:
        messages.error(request, _("Choose a channel and what the customer says."))
    return redirect("customer", known.key)


urls = [path("customers/<str:key>/consent", consent, name="customer-consent")]
