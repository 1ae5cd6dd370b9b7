"""Who may open a page: every view says it, and a test asks every address with every role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from regulars.platform.core.api import Right, User
from regulars.platform.insights import api as insights

View = Callable[..., HttpResponseBase]
SIGNED_IN = "signed in"
PUBLIC = "public"


class Request(HttpRequest):
    """A request of somebody who is signed in; for types only."""

    user: User


def public(view: View) -> View:
    """For anybody: signing in, resetting a password, health."""
    view.needs = PUBLIC  # type: ignore[attr-defined]
    return view


def page(right: Right | None = None) -> Callable[[View], View]:
    """For those who have the right (None: all who are signed in). Others are sent to sign in, or told who can help."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                if request.headers.get("HX-Request"):
                    # A fragment must not show a sign-in page inside a page: the browser goes there as a whole.
                    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
                return _to_sign_in(request)
            if (step := unfinished(request)) and request.path != step.partition("?")[0]:
                # Only the page of the step itself is open: a password alone must not change a second factor.
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=204, headers={"HX-Redirect": step})
                return redirect(step)
            if right is not None and not user.may(right):
                raise PermissionDenied(right)
            with insights.one_snapshot():
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.needs = right or SIGNED_IN  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in(request: Any) -> HttpResponse:
    """To the sign-in page, and from there to where one was: what was sent cannot be sent again by that."""
    reads = request.method in ("GET", "HEAD")
    if getattr(request.session, "ended", False):
        told = _("You were away for a while. Sign in again to go on.")
        lost = _("You were away for a while, and what you sent was not saved. Sign in again to go on.")
        messages.info(request, told if reads else lost)
    return redirect_to_login(request.get_full_path() if reads else _page_before(request))


def _page_before(request: Any) -> str:
    """The page of ours that a request was sent from; the first page where that is not said."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return reverse("today")
    parts = urlsplit(str(before))
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def unfinished(request: Any) -> str | None:
    """The page where a sign-in has to be finished first: a code, a new password, a second factor that is required."""
    from regulars.platform.web.account import next_step  # noqa: PLC0415 - the account pages use this module

    return next_step(request)
