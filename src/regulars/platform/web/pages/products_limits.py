"""What is never recommended: a form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.kernel.errors import InputError
from regulars.platform.insights.api import recommendations as door
from regulars.platform.web.guard import Request, page


@page("settings.change")
@require_http_methods(["GET", "POST"])
def limits(request: Request) -> HttpResponse:
    """What is never recommended."""
    if request.user.markets:
        raise PermissionDenied  # it concerns every market
    now = door.limits()
    values: dict[str, Any] = {
        "products": "\n".join(now.products), "categories": "\n".join(now.categories),
        "days": str(now.sold_within_days), "own": now.own_market,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "products/limits.html", {"values": values})
    values = {name: request.POST.get(name, "")[:500_000] for name in ("products", "categories", "days")}
    values["own"] = request.POST.get("own") == "1"
    days = values["days"].strip()
    try:
        changed = door.change_limits(
            by=request.user,
            products=values["products"].splitlines(),
            categories=values["categories"].splitlines(),
            sold_within_days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else -1,
            own_market=values["own"],
        )
    except InputError as error:
        context = {"values": values, "wrong": error.where}
        return render(request, "products/limits.html", context, status=422)
    if changed:
        messages.success(
            request,
            _("Saved. What was taken out is not shown from now on; the lists are being made anew."),
        )
    else:
        messages.info(request, _("Nothing was changed: it is set like this already."))
    return redirect("products")


urls = [path("products/limits", limits, name="products-limits")]
